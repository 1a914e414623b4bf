"""What rules look at: every kind, every version and every value that a spec declares, each once, where it is declared.

A named type is looked at where it stands under `types`, not where it is used. What is deprecated is left out: nobody
should use it any more, and it cannot be changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from apigen import phrases
from apigen.gotypes import BASICS
from apigen.load import Loaded, Spec
from apigen.model import Path
from apigen.paths import STAR
from apigen.source import Source
from apigen.spec import Fields, FieldSpec, ResourceSpec, VersionSpec

Trail = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where something is declared: in which file and where in it, and how `lint` in that file calls it.

    `trail` is the path of a field from the root of the version, or from the named type that declares it.
    """

    source: Source
    at: Path
    version: str = ""
    type: str = ""
    trail: Trail = ()


@dataclass(frozen=True)
class Kind:
    """A kind, with its resource file."""

    place: Place
    spec: ResourceSpec


@dataclass(frozen=True)
class Version:
    """A version of a kind."""

    place: Place
    spec: VersionSpec


@dataclass(frozen=True)
class Named:
    """A type under `types`. What is asked of it for every field that uses it is found out once."""

    spec: FieldSpec

    @cached_property
    def requires(self) -> bool:
        """Whether an object of the type has a certain field."""
        return requires(self.spec.fields or {})

    @cached_property
    def has_rules(self) -> bool:
        """Whether a rule in CEL stands at the type or at one of its fields."""
        return has_rules(self.spec)


def requires(fields: Fields) -> bool:
    """Whether one of the fields is required."""
    return any(spec.required for spec in fields.values())


def has_rules(spec: FieldSpec) -> bool:
    """Whether a rule in CEL stands at a value or at one of its fields."""
    return any(each.validations for each in (spec, *(spec.fields or {}).values()))


@dataclass(frozen=True)
class Layer:
    """One of the values in each other that a type phrase speaks of: a list, what it holds, and so on.

    `word` is list, map, object, a word of the language, or the name of a type; `spec` is what is said of it, if
    anything is.
    """

    word: str
    spec: FieldSpec | None


@dataclass(frozen=True)
class Value:
    """A field, what a list or map holds (where anything is said of it), or a named type.

    `outer` and `inner` are its type phrase: the lists and maps from outside in, and what they hold. `named` is the
    declaration of that, if it is a named type. `version` is set at the root of a version.
    """

    place: Place
    role: Literal["field", "items", "values", "type"]
    name: str
    spec: FieldSpec
    outer: tuple[str, ...]
    inner: str
    named: Named | None
    siblings: Fields
    version: VersionSpec | None = None

    @property
    def layers(self) -> Iterator[Layer]:
        """This value, what is in it, and so on to the innermost."""
        spec: FieldSpec | None = self.spec
        for word in self.outer:
            yield Layer(word, spec)
            spec = spec and (spec.items if word == "list" else spec.values)
        yield Layer(self.word, spec)

    @property
    def leaf(self) -> FieldSpec | None:
        """What is said of the innermost value, if anything is."""
        return [*self.layers][-1].spec

    @property
    def said(self) -> tuple[FieldSpec, ...]:
        """All that is said of the innermost value: where it stands, and by its type if that has a name."""
        both = (self.leaf, self.named.spec if self.named else None)
        return tuple(spec for spec in both if spec is not None)

    @property
    def word(self) -> str:
        """What the innermost value is: a word of the language, `object`, or the name of a type of Kubernetes."""
        if self.named is None:
            return self.inner
        return "object" if self.named.spec.fields is not None else self.named.spec.type or ""

    @property
    def members(self) -> Fields | None:
        """The fields of the innermost value, if it is an object of the spec."""
        if self.named is not None:
            return self.named.spec.fields
        return self.leaf.fields if self.leaf else None

    @property
    def is_object(self) -> bool:
        """Whether the innermost value is an object, of the spec or of Kubernetes."""
        return self.word not in BASICS

    @property
    def declared(self) -> bool:
        """Whether the value has a name of its own: a field or a named type."""
        return self.role in ("field", "type")


Types = dict[str, Named]


@dataclass(frozen=True)
class _Scope:
    """Where named types are looked up, the nearest first, and in which file and version that is."""

    source: Source
    types: tuple[Types, ...]
    version: str = ""
    type: str = ""

    def find(self, name: str) -> Named | None:
        return next((types[name] for types in self.types if name in types), None)

    def place(self, at: Path, trail: Trail) -> Place:
        return Place(self.source, at, self.version, self.type, trail)


def kinds(spec: Spec) -> Iterator[Kind]:
    """Yield every kind."""
    for resource in spec.resources:
        yield Kind(Place(resource.source, ()), resource.spec)


def versions(spec: Spec) -> Iterator[Version]:
    """Yield every version of every kind that is not deprecated."""
    for resource in spec.resources:
        for i, version in _versions(resource):
            yield Version(Place(resource.source, ("versions", i), version.name), version)


def values(spec: Spec) -> Iterator[Value]:
    """Yield every value that is declared: those of a version from its root on, those of named types from there."""
    for resource in spec.resources:
        source, shared = resource.source, _shared(spec, resource.spec.group)
        theirs = [_named(version.types) for version in resource.spec.versions]
        own = (_named(resource.spec.types), *shared)
        yield from _types(_Scope(source, (*own, *theirs)), ("types",), resource.spec.types)
        for i, version in _versions(resource):
            scope = _Scope(source, (theirs[i], *own), version.name)
            yield from _types(scope, ("versions", i, "types"), version.types)
            yield from _fields(scope, ("versions", i, "fields"), (), version.fields, version)
    for file in spec.types:
        scope = _Scope(file.source, _shared(spec, file.spec.group))
        yield from _types(scope, ("types",), file.spec.types)


def _versions(resource: Loaded[ResourceSpec]) -> Iterator[tuple[int, VersionSpec]]:
    yield from ((i, v) for i, v in enumerate(resource.spec.versions) if not v.deprecated)


def _shared(spec: Spec, group: str) -> tuple[Types, ...]:
    return tuple(_named(file.spec.types) for file in spec.types if file.spec.group == group)


def _named(fields: Fields) -> Types:
    return {name: Named(spec) for name, spec in fields.items()}


def _types(scope: _Scope, at: Path, types: Fields) -> Iterator[Value]:
    for name, spec in types.items():
        inside = _Scope(scope.source, scope.types, scope.version, name)
        yield from _value(inside, "type", name, spec, (*at, name), (), types)


def _fields(
    scope: _Scope, at: Path, trail: Trail, fields: Fields, version: VersionSpec | None = None
) -> Iterator[Value]:
    for name, spec in fields.items():
        if not spec.deprecated:
            yield from _value(scope, "field", name, spec, (*at, name), (*trail, name), fields, version)


def _value(
    scope: _Scope,
    role: Literal["field", "items", "values", "type"],
    name: str,
    spec: FieldSpec,
    at: Path,
    trail: Trail,
    siblings: Fields,
    version: VersionSpec | None = None,
    phrase: phrases.Phrase | None = None,
) -> Iterator[Value]:
    """Yield a value and all that is declared in it. `phrase` is its type where that stands further out."""
    phrase = phrase or _phrase(spec)
    named = scope.find(phrase.inner)
    yield Value(
        scope.place(at, trail), role, name, spec, phrase.outer, phrase.inner, named, siblings, version
    )
    if spec.fields is not None:
        yield from _fields(scope, (*at, "fields"), trail, spec.fields)
    inner = phrases.Phrase(phrase.outer[1:], phrase.inner)
    if spec.items is not None:
        yield from _value(scope, "items", name, spec.items, (*at, "items"), (*trail, STAR), {}, phrase=inner)
    if spec.values is not None:
        yield from _value(
            scope, "values", name, spec.values, (*at, "values"), (*trail, STAR), {}, phrase=inner
        )


def _phrase(spec: FieldSpec) -> phrases.Phrase:
    parsed = phrases.parse(spec.type) if spec.type is not None else None
    return parsed if isinstance(parsed, phrases.Phrase) else phrases.Phrase((), "object")
