"""What the template of the names of a kind's objects is given."""

from functools import cached_property

from apigen.gobounds import Bounds
from apigen.gotext import block, imports, quote
from apigen.limits import Limits
from apigen.model import Schema, Types
from apigen.views import used

_VALIDATION = "k8s.io/apimachinery/pkg/util/validation"


class NameRules:
    """What names of objects must be besides DNS subdomains, as Go."""

    def __init__(self, limits: Limits) -> None:
        self._bounds = Bounds(Types({}, {}))
        self._schema = Schema("basic", "string", limits=limits)

    @cached_property
    def body(self) -> str:
        """The statements that append to errs."""
        return block(self._bounds.of(self._schema, "name", "path", "Name"))

    @cached_property
    def variables(self) -> list[str]:
        """The patterns with which names are compared."""
        assert self.body is not None  # which finds them
        return [f"{name} = regexp.MustCompile({quote(of)})" for name, of in self._bounds.patterns.items()]

    @property
    def imports(self) -> str:
        candidates = {
            ("", "regexp"),
            ("", "unicode/utf8"),
            ("utilvalidation", _VALIDATION),
            ("", "k8s.io/kube-openapi/pkg/validation/strfmt"),
        }
        text = "".join([self.body, *self.variables])
        return imports({i for i in candidates if used(i, text)} | {("", _VALIDATION + "/field")}, "")
