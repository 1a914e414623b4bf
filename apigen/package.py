"""The types of one group version while they are being declared, and the scopes in which their names are looked up.

Several kinds put their types into one package; types that come from one declaration in a shared file are one Go
type, any other clash of names is a problem that names both places.
"""

from dataclasses import dataclass, field
from typing import Any

from apigen.checks import Problems
from apigen.model import NamedScalar, Path, Schema, Struct, Types
from apigen.source import Source
from apigen.spec import Fields, FieldSpec
from apigen.upstream import Upstream
from apigen.values import value_problems

RESERVED = frozenset(
    (
        "AddToScheme",
        "GroupName",
        "Kind",
        "Resource",
        "SchemeBuilder",
        "SchemeGroupVersion",
        "JSON",
        "JSONObject",
    )
)
Layer = tuple[Fields, Source, Path]


@dataclass(frozen=True)
class Scope:
    """Where a named type may be declared, the nearest first: (declarations, source, path of the mapping).

    `own` layers are a version's and its kind's; the others are the shared files of the group. `hidden` are names
    that a shared file may not use: it knows nothing of the kinds that use it.
    """

    own: tuple[Layer, ...]
    shared: tuple[Layer, ...]
    hidden: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.own + self.shared

    def find(self, name: str) -> tuple[FieldSpec, Source, Path] | None:
        """The declaration of a named type and its place."""
        for fields, source, path in self.layers:
            if name in fields:
                return fields[name], source, (*path, name)
        return None

    def seen_from(self, source: Source) -> "Scope":
        """The scope inside a declaration of that file."""
        if any(s is source for _, s, _ in self.own):
            return self
        own = tuple(name for fields, _, _ in self.own for name in fields)
        return Scope((), self.shared, self.hidden + own)

    def names(self) -> list[str]:
        """All names that are declared."""
        return list(dict.fromkeys(name for fields, _, _ in self.layers for name in fields))


@dataclass
class Package:
    """The types of one group version while they are being declared."""

    upstream: Upstream
    problems: Problems
    structs: dict[str, Struct] = field(default_factory=dict)
    scalars: dict[str, NamedScalar] = field(default_factory=dict)
    taken: dict[str, tuple[Source, Path]] = field(default_factory=dict)
    """The places of Go names."""
    later: list[tuple[Source, Schema, Path]] = field(default_factory=list)
    """Map lists whose keys are checked once all types are there."""
    values: list[tuple[Source, Schema, Path, Any]] = field(default_factory=list)
    """Defaults and examples that are checked once all types are there."""

    def types(self) -> Types:
        """What was declared, by Go name."""
        return Types(dict(sorted(self.structs.items())), dict(sorted(self.scalars.items())))

    def take(self, go: str, source: Source, path: Path, *, key: bool = True) -> bool:
        """Reserve a Go name; say whether it is new. The same place may take its name again."""
        if go in RESERVED:
            message = f'"{go}" is a name that the generated code needs itself'
            self.problems.add(source, path, message, "choose another", key=key)
            return False
        if go not in self.taken:
            self.taken[go] = source, path
            return True
        other, there = self.taken[go]
        if not self.owns(go, source, path):
            place = other.position(there, key=True)
            hint = "rename one of the two, or declare it under `types` by another name"
            if other.file != source.file and path[-2:-1] == there[-2:-1] == ("types",):
                hint = (
                    "put the type that two kinds share into a file without `kind`, or rename one of the two"
                )
            self.problems.add(
                source, path, f'the Go name "{go}" is taken by {place.file}:{place.line}', hint, key=key
            )
        return False

    def owns(self, go: str, source: Source, path: Path) -> bool:
        """Whether a Go name belongs to that place."""
        return go in self.taken and (self.taken[go][0].file, self.taken[go][1]) == (source.file, path)

    def valued(self, source: Source, spec: FieldSpec, schema: Schema, at: Path) -> None:
        """Note the default and the example of what stands at `at`, for check_values."""
        for key, value in (("default", spec.default), ("example", spec.example)):
            if key in spec.model_fields_set:
                self.values.append((source, schema, (*at, key), value))

    def check_values(self) -> None:
        """Report every default and every example that does not fit its type."""
        for source, schema, at, value in self.values:
            what = str(at[-1])
            for place, message in value_problems(self, schema, value, at, what):
                hint = "quote it" if message.startswith(f"expected a text as {what}, not the number") else ""
                self.problems.add(source, place, message, hint)
