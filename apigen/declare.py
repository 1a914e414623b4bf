"""Field specs -> the Go types of one version: structs, named scalars and schemas, with unique Go names.

A Package holds the types of one group version. Several kinds put their types into it; types that come from one
declaration in a shared file are one Go type, any other clash of names is a problem that names both places.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from apigen import names, phrases
from apigen.checks import Problems, check_schema, enum_constants
from apigen.gotypes import BASICS, SCALARS, is_pointer
from apigen.model import ABSENT, Constant, Field, Limits, NamedScalar, Path, Schema, Struct, Types
from apigen.source import Source
from apigen.spec import FieldSpec, Fields
from apigen.upstream import Upstream

RESERVED = frozenset(
    "AddToScheme GroupName Kind Resource SchemeBuilder SchemeGroupVersion JSON JSONObject Install".split()
)


@dataclass(frozen=True)
class Scope:
    """Where a named type may be declared, the nearest first: (declarations, source, path of the mapping).

    The first two layers are the version's and the kind's own; the others are the shared files of the group.
    """

    layers: tuple[tuple[Fields, Source, Path], ...]

    def find(self, name: str) -> tuple[FieldSpec, Source, Path] | None:
        """The declaration of a named type and its place."""
        for fields, source, path in self.layers:
            if name in fields:
                return fields[name], source, (*path, name)
        return None

    def seen_from(self, source: Source) -> "Scope":
        """The scope inside a declaration of that file: a shared file knows nothing of the kinds that use it."""
        return self if self.layers[0][1].file == source.file else Scope(self.layers[2:])

    def names(self) -> list[str]:
        """All names that are declared."""
        return [n for fields, _, _ in self.layers for n in fields]


@dataclass
class Package:
    """The types of one group version while they are being declared."""

    upstream: Upstream
    problems: Problems
    structs: dict[str, Struct] = field(default_factory=dict)
    scalars: dict[str, NamedScalar] = field(default_factory=dict)
    taken: dict[str, tuple[str, Path]] = field(default_factory=dict)
    later: list[tuple[Source, Schema, Path]] = field(default_factory=list)
    """Map lists whose keys are checked once all types are there."""
    sources: dict[str, Source] = field(default_factory=dict)
    """The files that declare types here, by name."""

    def types(self) -> Types:
        """What was declared, by Go name."""
        return Types(dict(sorted(self.structs.items())), dict(sorted(self.scalars.items())))

    def take(self, go: str, source: Source, path: Path, *, key: bool = True) -> bool:
        """Reserve a Go name; say whether it is new. The same place may take its name again."""
        place = (source.file, path)
        if go in RESERVED:
            self.problems.add(
                source,
                path,
                f'"{go}" is a name that the generated code needs itself',
                "choose another",
                key=key,
            )
            return False
        if go in self.taken and self.taken[go] != place:
            other = self.taken[go]
            self.problems.add(source, path, f'the Go name "{go}" is taken by {other[0]}: {_dotted(other[1])}',
                "rename one of the two; types that two kinds share belong in a file without `kind`", key=key)  # fmt: skip
            return False
        new = go not in self.taken
        self.taken[go] = place
        self.sources.setdefault(source.file, source)
        return new


def _dotted(path: Path) -> str:
    return ".".join(str(p) for p in path)


@dataclass(frozen=True)
class Declarer:
    """Declares the types of one kind, or of one shared file, in a package."""

    package: Package
    scope: Scope
    source: Source

    def struct(
        self,
        go: str,
        fields: Fields,
        path: Path,
        description: str,
        *,
        root: bool = False,
        spec_name: str = "",
    ) -> str:
        """Declare a struct whose fields stand at `path`, and all that they need. Returns its Go name."""
        owner = path[:-1] if path and path[-1] == "fields" else path
        if not self.package.take(go, self.source, owner) and go in self.package.structs:
            return go
        self.package.structs[go] = Struct(
            go, description, (), spec_name, root
        )  # for types that contain themselves
        made: list[Field] = []
        seen: dict[str, str] = {}
        for json, spec in fields.items():
            at = (*path, json)
            if not self._field_name(json, at, root):
                continue
            name = names.field_name(json)
            if name in seen:
                self.package.problems.add(self.source, at, f'"{json}" and "{seen[name]}" are both {name} in Go',
                    "rename one of the two", key=True)  # fmt: skip
                continue
            seen[name] = json
            made.append(self._field(go, json, name, spec, at, root=root))
        self.package.structs[go] = Struct(go, description, tuple(made), spec_name, root)
        return go

    def _field_name(self, json: str, at: Path, root: bool) -> bool:
        if not names.FIELD.match(json) or json in ("_", "-"):
            self.package.problems.add(self.source, at, f'"{json}" cannot be the name of a field',
                "letters, digits, and _ . - / $ inside; at most 128 characters", key=True)  # fmt: skip
            return False
        if root and json in ("apiVersion", "kind", "metadata"):
            self.package.problems.add(
                self.source, at, f'"{json}" is there by itself', "leave it out", key=True
            )
            return False
        return True

    def _field(self, owner: str, json: str, go: str, spec: FieldSpec, at: Path, *, root: bool) -> Field:
        schema = self.schema(spec, at, owner + go.removesuffix("Field") if go != "Field" else owner + go)
        limits = self._type_limits(schema)
        value = root and json in ("spec", "status") and schema.kind == "object"
        pointer = not value and is_pointer(schema, spec.required, schema.default is not ABSENT, limits)
        if spec.nullable and spec.required:
            self.package.problems.add(self.source, (*at, "nullable"), "a required field cannot be nullable: null equals absent",
                "leave out one of the two", key=True)  # fmt: skip
        return Field(json, go, schema, spec.required, pointer, at)

    def _type_limits(self, schema: Schema) -> Limits:
        return self.package.scalars[schema.name].limits if schema.name in self.package.scalars else Limits()

    def schema(self, spec: FieldSpec, at: Path, go: str) -> Schema:
        """Return the schema of a value declared at `at`; `go` names the types that it needs."""
        schema = self._typed(spec, at, go)
        limits = Limits(
            spec.minimum, spec.maximum, spec.min_length, spec.max_length, spec.min_items, spec.max_items
        )
        list_type, keys = spec.list_type or "", tuple(spec.list_map_keys or ())
        inner = schema.item.upstream if schema.kind == "list" and schema.item else None
        if inner and inner.name == "meta/v1.Condition" and not list_type:
            list_type, keys = "map", ("type",)
        schema = replace(
            schema,
            description=spec.description,
            nullable=spec.nullable,
            limits=limits,
            list_type=list_type,
            list_map_keys=keys,
            map_type=spec.map_type or "",
            default=spec.default if "default" in spec.model_fields_set else ABSENT,
        )
        check_schema(self.package, self.source, spec, schema, at)
        return schema

    def _typed(self, spec: FieldSpec, at: Path, go: str) -> Schema:
        problems = self.package.problems
        if spec.fields is not None and spec.type is None:
            self._no_items(spec, at, ())
            return Schema("object", self.struct(go, spec.fields, (*at, "fields"), spec.description))
        if spec.type is None:
            problems.add(self.source, at, "a field needs a type", "write `type:` or `fields:`", key=True)
            return Schema("basic", "string")
        phrase = phrases.parse(spec.type)
        if isinstance(phrase, str):
            problems.add(self.source, (*at, "type"), f'unknown type "{spec.type}"',
                phrase or phrases.nearest(spec.type, self.scope.names(), self.package.upstream.names()))  # fmt: skip
            return Schema("basic", "string")
        if spec.fields is not None:
            hint = (
                "put them under `items:` or `values:`"
                if phrase.inner == "object"
                else "leave out one of the two"
            )
            problems.add(self.source, (*at, "fields"), "`fields` beside `type`", hint, key=True)
        self._no_items(spec, at, phrase.outer)
        return self._nested(spec, at, go, phrase.outer, phrase.inner)

    def _no_items(self, spec: FieldSpec, at: Path, outer: tuple[str, ...]) -> None:
        for key, value, container in (("items", spec.items, "list"), ("values", spec.values, "map")):
            if value is not None and outer[:1] != (container,):
                self.package.problems.add(self.source, (*at, key), f"`{key}` is for a {container}",
                    f"write `type: {container} of T`", key=True)  # fmt: skip

    def _nested(self, spec: FieldSpec, at: Path, go: str, outer: tuple[str, ...], inner: str) -> Schema:
        """Return the schema of a phrase; `items` and `values` describe the next container's content."""
        if not outer:
            return self._inner(spec, at, go, inner)
        key = "items" if outer[0] == "list" else "values"
        element = spec.items if outer[0] == "list" else spec.values
        suffix = "Item" if outer[0] == "list" else "Value"
        if element is None:
            if len(outer) == 1 and inner == "object":
                self.package.problems.add(self.source, (*at, "type"), f'"{spec.type}" needs `{key}` with `fields`',
                    f"write `{key}: {{fields: {{...}}}}`")  # fmt: skip
                return Schema(_container(outer[0]), item=Schema("basic", "string"))
            empty = FieldSpec(type=spec.type)
            return Schema(_container(outer[0]), item=self._nested(empty, at, go + suffix, outer[1:], inner))
        return Schema(
            _container(outer[0]), item=self._element(element, (*at, key), go + suffix, outer[1:], inner)
        )

    def _element(self, spec: FieldSpec, at: Path, go: str, outer: tuple[str, ...], inner: str) -> Schema:
        if inner == "object" and not outer:
            if spec.fields is None or spec.type is not None:
                self.package.problems.add(
                    self.source, at, "the content of an object is missing", "write `fields:` here", key=True
                )
                return Schema("basic", "string")
            return self.schema(spec, at, go)
        if spec.type is not None or spec.fields is not None:
            self.package.problems.add(self.source, at, "the type stands in the phrase above already",
                "leave out `type` and `fields` here, or write `list of object` and `map of object` above", key=True)  # fmt: skip
        phrase = " ".join([*(f"{o} of" for o in outer), inner])
        typed = spec.model_copy(update={"type": phrase, "fields": None})
        return self.schema(typed, at, go)

    def _inner(self, spec: FieldSpec, at: Path, go: str, word: str) -> Schema:
        if word in BASICS:
            return (
                self._enum(spec, at, go, word)
                if spec.enum is not None and word in SCALARS
                else Schema("basic", word)
            )
        if found := self.scope.find(word):
            return self._named(word, *found, at)
        if upstream := self.package.upstream.find(word):
            if upstream.is_root:
                self.package.problems.add(self.source, (*at, "type"), f'"{word}" is a whole resource',
                    "use `embedded resource`, or the type of its spec")  # fmt: skip
            if upstream.is_scalar:
                return (
                    Schema("basic", upstream.base)
                    if spec.enum is None
                    else self._enum(spec, at, go, upstream.base)
                )
            return Schema("upstream", upstream.name, upstream)
        self.package.problems.add(self.source, (*at, "type"), f'unknown type "{word}"',
            phrases.nearest(word, self.scope.names(), self.package.upstream.names()))  # fmt: skip
        return Schema("basic", "string")

    def _enum(self, spec: FieldSpec, at: Path, go: str, base: str) -> Schema:
        constants = enum_constants(self.package.problems, self.source, spec, at, base, go)
        if self.package.take(go, self.source, at):
            for constant in constants:
                self.package.take(constant.go, self.source, (*at, "enum"), key=False)
        self.package.scalars[go] = NamedScalar(go, base, spec.description, constants)
        return Schema("named", go, enum=constants, base=base)

    def named(self, name: str) -> None:
        """Declare a type by its name, whether a field uses it or not."""
        if found := self.scope.find(name):
            self._named(name, *found, found[2])

    def _named(self, name: str, spec: FieldSpec, source: Source, path: Path, used: Path) -> Schema:
        """Return the schema of a type declared under `types`; declare it where this is its first use."""
        there = Declarer(self.package, self.scope.seen_from(source), source)
        go = names.exported(name)
        if spec.fields is not None:
            if spec.type is not None:
                self.package.problems.add(
                    source, (*path, "type"), "`fields` beside `type`", "leave out one of the two", key=True
                )
            self._first_capital(name, source, path)
            return Schema(
                "object", there.struct(go, spec.fields, (*path, "fields"), spec.description, spec_name=name)
            )
        if spec.type not in SCALARS:
            self.package.problems.add(source, path, "a named type is an object or a scalar",
                f"write `fields:`, or `type:` with one of {', '.join(SCALARS)}", key=True)  # fmt: skip
            return Schema("basic", "string")
        self._first_capital(name, source, path)
        if go not in self.package.scalars or not self.package.taken.get(go) == (source.file, path):
            self._scalar(there, go, spec, source, path)
        scalar = self.package.scalars.get(go)
        return Schema("named", go, enum=scalar.constants if scalar else (), base=spec.type)

    def _scalar(self, there: "Declarer", go: str, spec: FieldSpec, source: Source, path: Path) -> None:
        assert spec.type is not None
        constants: tuple[Constant, ...] = ()
        if spec.enum is not None:
            constants = enum_constants(self.package.problems, source, spec, path, spec.type, go)
        if self.package.take(go, source, path):
            for constant in constants:
                self.package.take(constant.go, source, (*path, "enum"), key=False)
        there.schema(
            spec.model_copy(update={"enum": None}), path, go
        )  # its constraints are checked like a field's
        limits = Limits(spec.minimum, spec.maximum, spec.min_length, spec.max_length)
        self.package.scalars[go] = NamedScalar(go, spec.type, spec.description, constants, limits)

    def _first_capital(self, name: str, source: Source, path: Path) -> None:
        if not names.KIND.match(name):
            self.package.problems.add(
                source,
                path,
                f'"{name}" cannot be the name of a type',
                "a capital first, then letters and digits",
                key=True,
            )


def _container(word: str) -> Any:
    return "list" if word == "list" else "map"
