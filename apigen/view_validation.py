"""What the template of a version's validation is given."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from apigen.goimmutable import Immutability
from apigen.gotext import Lines, block, imports, quote
from apigen.gotypes import INTSTR
from apigen.govalidate import Validation
from apigen.model import CelRule, Kind, Schema, Struct, Types
from apigen.view_types import Function
from apigen.views import types_imports, used

if TYPE_CHECKING:
    from apigen.view_version import VersionView

_APIMACHINERY = "k8s.io/apimachinery/pkg/"


class ValidationView:
    """What is demanded of the objects of one version, as Go."""

    def __init__(self, version: "VersionView") -> None:
        self.version, self.types = version, version.types
        self._writer = Validation(version.types, version.alias)
        self._immutability = Immutability(version.types, version.alias)

    @cached_property
    def kinds(self) -> list[Function]:
        """For each kind the statements of the function that validates its objects."""
        return [Function(k.kind, self._validate(k)) for k in self.version.kinds]

    @property
    def demands(self) -> bool:
        """Whether anything is demanded of objects of any kind."""
        return any(any(self._demanded(kind)) for kind in self.version.kinds)

    def _demanded(self, kind: Kind) -> tuple[bool, bool, bool]:
        """Whether there are constraints, immutable fields, and rules in CEL."""
        name = kind.kind
        rules = has_rules(self.types, self.version.root(kind))
        return name in self._writer.structs, name in self._immutability.structs, rules

    def _validate(self, kind: Kind) -> str:
        name = kind.kind
        checked, changes, rules = self._demanded(kind)
        if not (rules or checked or changes):
            return "\treturn nil\n"
        convert = f"Convert_{self.version.model.package}_{name}_To_{self.version.name}_{name}"
        lines: Lines = [
            f"in, was, err := validation.In(obj, old, {convert})",
            "if err != nil {",
            ["return field.ErrorList{field.InternalError(nil, err)}"],
            "}",
        ]
        errs = f"validation.Changed(validate{name}(in, nil), in, was)" if checked else ""
        if not (rules or changes):
            return block([*lines, f"return {errs}"])
        lines.append(f"errs := {errs}" if errs else "var errs field.ErrorList")
        if changes:
            lines += ["if was != nil {", [f"errs = append(errs, changes{name}(in, was, nil)...)"], "}"]
        return block([*lines, f"return {self._rules(name) if rules else 'errs'}"])

    def _rules(self, kind: str) -> str:
        return f"validation.Rules(ctx, {self.version.alias}.SchemeGroupVersion.WithKind({quote(kind)}), errs, in, was)"

    @cached_property
    def functions(self) -> list[Function]:
        """The functions that validate structs."""
        return [Function(go, block(self._writer.body(self.types.structs[go]))) for go in self._writer.structs]

    @cached_property
    def changes(self) -> list[Function]:
        """The functions that say what has changed but may not."""
        writer = self._immutability
        return [Function(go, block(writer.body(self.types.structs[go]))) for go in sorted(writer.structs)]

    @cached_property
    def variables(self) -> list[str]:
        """The enums and patterns that the functions compare with."""
        body = "".join(f.body for f in self.functions)
        made = [
            (name, f"= []{go}{{{', '.join(values)}}}")
            for name, go, values in self._writer.enums()
            if name in body
        ]
        patterns = self._writer.bounds.patterns
        made += [(name, f"= regexp.MustCompile({quote(patterns[name])})") for name in sorted(patterns)]
        width = max((len(n) for n, _ in made), default=0)
        return [f"{name.ljust(width)} {value}" for name, value in made]

    @property
    def imports(self) -> str:
        version = self.version
        text = "".join([*(f.body for f in [*self.kinds, *self.functions, *self.changes]), *self.variables])
        candidates = types_imports(self.types) | {
            ("", "regexp"),
            ("", "slices"),
            ("", "unicode/utf8"),
            INTSTR,
            ("apiequality", _APIMACHINERY + "api/equality"),
            ("apivalidation", _APIMACHINERY + "api/validation"),
            ("utilvalidation", _APIMACHINERY + "util/validation"),
            ("metav1validation", _APIMACHINERY + "apis/meta/v1/validation"),
            ("", "k8s.io/kube-openapi/pkg/validation/strfmt"),
            ("", "k8s.io/utils/ptr"),
            ("", f"{version.module}/internal/validation"),
        }
        always = {("", "context"), ("", _APIMACHINERY + "util/validation/field"), ("hub", version.hub_path)}
        own = (version.alias, version.external_path)
        external = {own} if self.functions or self.changes or used(own, text) else set()
        return imports({i for i in candidates if used(i, text)} | always | external, version.module)


def has_rules(types: Types, root: Struct) -> bool:
    """Whether an object of a kind holds a value with a rule in CEL."""
    seen: set[str] = set()
    return _has_rules(types, Schema("object", root.go), seen)


def _has_rules(types: Types, schema: Schema, seen: set[str]) -> bool:
    if schema.rules:
        return True
    if schema.item is not None:
        return _has_rules(types, schema.item, seen)
    if schema.kind == "named":
        return bool(types.scalars[schema.name].rules)
    if schema.kind != "object" or schema.name in seen:
        return False
    seen.add(schema.name)
    struct = types.struct(schema)
    return bool(struct.rules) or any(_has_rules(types, f.schema, seen) for f in struct.fields)


def all_rules(types: Types) -> Iterator[CelRule]:
    """Yield every rule in CEL of a version's types."""
    for scalar in types.scalars.values():
        yield from scalar.rules
    for struct in types.structs.values():
        yield from struct.rules
        for field in struct.fields:
            for schema in field.schema.layers:
                yield from schema.rules
