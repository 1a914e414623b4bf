"""What the server is told of how the versions of a kind differ: what they keep of each other, and in which words."""

from dataclasses import dataclass
from functools import cached_property

from apigen import gotext, loss
from apigen.gokept import pattern
from apigen.gotext import quote
from apigen.loss import Losses
from apigen.model import Kind
from apigen.newvalues import set_values
from apigen.views import pairs, texts

_APIMACHINERY = "k8s.io/apimachinery/pkg/"


@dataclass(frozen=True)
class CarriedView:
    """How the versions of a kind differ. `hub` is the path of the internal types; `ignored` what the status endpoint
    ignores, as arguments in Go."""

    model: Kind
    module: str
    hub: str
    ignored: str

    @cached_property
    def _losses(self) -> dict[str, Losses]:
        return {v.version: Losses(v.edge.frames) for v in self.model.versions}

    @cached_property
    def keeps(self) -> bool:
        """Whether any version keeps anything of another."""
        return any(self._losses[v.version].frame(v.edge.root) for v in self.model.versions)

    @property
    def _others(self) -> tuple[str, ...]:
        return tuple(v.version for v in self.model.versions if v.version != self.model.storage)

    @property
    def others(self) -> str:
        return texts(self._others)

    @property
    def values(self) -> list[dict[str, str]]:
        """The versions of which new objects get values, and the functions that give them, by the version they came
        through."""
        made = []
        for version in sorted({v.version for v in self.model.values}):
            for through in sorted({t for v in self.model.values if v.version == version for t in v.through}):
                name = f"internal{version}.{set_values(self.model.kind, through)}"
                made.append({"version": quote(version), "through": quote(through), "function": name})
        return made

    @property
    def rest(self) -> str:
        """The last fields of the Go literal."""
        rest: list[tuple[str, str]] = [
            (name.capitalize(), texts(found))
            for name in ("annotations", "labels")
            if (found := metadata(self.model, name))
        ]
        if self.model.dropped:
            value = f"&obj.(*hub.{self.model.kind}).{self.model.dropped}"
            rest.append(("Dropped", f"func(obj runtime.Object) *[]string {{ return {value} }}"))
        if self.model.status:
            rest.append(("StatusIgnores", f"fieldpath.NewSet({self.ignored})"))
        return pairs(rest, 2)

    @property
    def rules(self) -> str:
        rules = [
            (quote(name), f"carry.Rules(internal{name}.Validate{self.model.kind})") for name in self._others
        ]
        return pairs(rules, 3)

    @property
    def words(self) -> str:
        """The paths of every version that say something more exactly than another version, as entries of a Go map."""
        found: dict[str, set[str]] = {}
        for version in self.model.versions:
            for mine, other in loss.words(version.edge, self._losses[version.version]):
                found.setdefault(version.version, set()).add(pattern(mine))
                found.setdefault(version.edge.target or self.model.storage, set()).add(pattern(other))
        entries = (f"\t\t\t{quote(v)}: {{\n{_lines(found[v])}\t\t\t}},\n" for v in sorted(found))
        return "".join(entries)

    @property
    def imports(self) -> str:
        found = {
            ("hub", self.hub),
            ("", f"{self.module}/internal/carry"),
            ("", _APIMACHINERY + "runtime"),
        }
        internal = set(self._others) | {v.version for v in self.model.values}
        found |= {(f"internal{name}", f"{self.hub}/{name}") for name in internal}
        found |= {("", _APIMACHINERY + "util/validation/field")}
        found |= {("", "sigs.k8s.io/structured-merge-diff/v6/fieldpath")} if self.model.status else set()
        return gotext.imports(found, self.module)


def _lines(paths: set[str]) -> str:
    return "".join(f"\t\t\t\t{quote(path)},\n" for path in sorted(paths))


def metadata(kind: Kind, which: str) -> tuple[str, ...]:
    """The annotations or labels of the hub that stand for fields of a version."""
    ends = (p.b[-1] for v in kind.versions for f in v.edge.frames.values() for p in f.pairs if p.b)
    return tuple(sorted({end.go for end in ends if end.meta == which}))
