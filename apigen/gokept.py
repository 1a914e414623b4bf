"""What a conversion keeps, in Go: values that one end cannot say become annotations, and come back out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apigen.gotext import Lines, quote
from apigen.gotypes import is_nilable, spelling
from apigen.model import Field, Only, Schema, Types
from apigen.upstream import Upstream


def kept_path(fields: tuple[Field, ...]) -> str:
    """Return the path of fields as annotations have it; a slash stands for the root. Source: convert.Name, in Go."""
    path = ""
    for field in fields:
        if field.meta:
            return f'/metadata.{field.meta}["{field.go}"]'
        if "." in field.json:
            path += f'["{field.json}"]'
        else:
            path += ("." if path else "") + field.json
    return path


def pattern(names: tuple[str, ...]) -> str:
    """Return a path from the root with nothing in its brackets; `*` stands for what is in a list or map."""
    path = ""
    for name in names:
        if name == "*" or "." in name:
            path += "[]"
        else:
            path += ("." if path else "") + name
    return path


def shared(schema: Schema) -> bool:
    """Whether structured merge may own parts of a value."""
    if schema.kind == "list":
        return schema.list_type in ("set", "map")
    if schema.kind == "upstream":
        assert schema.upstream is not None
        return not schema.upstream.is_scalar and _objectlike(schema.upstream.schema)
    return schema.kind in ("object", "map") and schema.map_type != "atomic"


def _objectlike(schema: dict[str, Any]) -> bool:
    granular = "properties" in schema or "additionalProperties" in schema
    return granular and schema.get("x-kubernetes-map-type") != "atomic"


@dataclass(frozen=True)
class Sharing:
    """Says how owners share a value where its JSON does not tell: as objects by member, lists as a whole.

    Shapes are the inside of Go literals of convert.Shape; an empty one says nothing.
    """

    types: Types
    upstream: Upstream

    def of(self, schema: Schema, entered: tuple[str, ...] = ()) -> str:
        """Return the shape of a value. A type that contains itself has no end: there it is one part."""
        if schema.map_type == "atomic" or (schema.kind == "object" and schema.name in entered):
            return _ATOMIC
        match schema.kind:
            case "list" if schema.list_type in ("set", "map"):
                return _list(schema.list_map_keys, self.of(schema.element, entered))
            case "map":
                return _values(self.of(schema.element, entered))
            case "upstream":
                assert schema.upstream is not None
                return self._upstream(schema.upstream.schema, entered)
            case "basic" if schema.name in ("any", "open object", "embedded resource"):
                return _ATOMIC
            case "object":
                members = self.types.struct(schema).named
                return _members({f.json: self.of(f.schema, (*entered, schema.name)) for f in members})
        return ""

    def _upstream(self, schema: dict[str, Any], entered: tuple[str, ...]) -> str:
        if "$ref" in schema:
            found = self.upstream.resolve(schema)
            if found is None or found.model in entered:
                return _ATOMIC
            return self._upstream(found.schema, (*entered, found.model))
        match schema.get("type", "object"):
            case "array" if schema.get("x-kubernetes-list-type") in ("set", "map"):
                keys = schema.get("x-kubernetes-list-map-keys", ())
                return _list(keys, self._upstream(schema["items"], entered))
            case "object" if not _objectlike(schema):
                return _ATOMIC
            case "object" if "additionalProperties" in schema:
                return _values(self._upstream(schema["additionalProperties"], entered))
            case "object":
                return _members({n: self._upstream(p, entered) for n, p in schema["properties"].items()})
        return ""


_ATOMIC = "Atomic: true"


def _list(keys: Sequence[str], items: str) -> str:
    if not keys:
        return "Set: true"
    texts = ", ".join(quote(key) for key in keys)
    return f"Keys: []string{{{texts}}}" + (f", Items: &convert.Shape{{{items}}}" if items else "")


def _values(shape: str) -> str:
    return f"Values: &convert.Shape{{{shape}}}" if shape else ""


def _members(shapes: dict[str, str]) -> str:
    said = ", ".join(f"{quote(name)}: {{{shape}}}" for name, shape in sorted(shapes.items()) if shape)
    return f"Members: map[string]*convert.Shape{{{said}}}" if said else ""


class Kept:
    """Writes how the fields that one end alone has are kept and taken.

    `shapes` are the variables that say how owners share what is in composite fields, and their texts in Go.
    """

    def __init__(
        self, sharing: tuple[Sharing, Sharing], packages: tuple[str, str], shapes: dict[str, str]
    ) -> None:
        self._sharing, self._packages, self._shapes = sharing, packages, shapes

    def put(self, only: Only) -> Lines:
        """Return the statements that keep a field of the source."""
        path, of = go_path("in", only.path), only.path[-1]
        name = quote(kept_path(only.path))
        guards = guards_of(only.path)
        if only.drop:
            present = f"{path} != {_zero(of)}"
            return _guarded([*guards, present], f"t.Drop(at, {name}, {quote(only.drop)})")
        if only.bare:
            return _guarded(guards, f"convert.Bare(t, at, {name}, {path})") if of.pointer else []
        value = f"*{path}" if of.pointer else path
        call = f"convert.Put(t, at, {name}, {value})"
        if shared(of.schema):
            call = f"convert.PutTree(t, at, {name}, {value}, {self._shape(of.schema, self._sharing[0])})"
        return _guarded([*guards, f"{path} != {_zero(of)}"], call)

    def take(self, only: Only) -> Lines:
        """Return the statements that give a field of the target what is kept of it."""
        path, of = go_path("out", only.path), only.path[-1]
        name, go = quote(kept_path(only.path)), spelling(of.schema, self._packages[1])
        if only.drop or (only.bare and not of.pointer):
            return []
        ensured = ensure(only.path)
        if only.bare:
            line = f"{path} = convert.Ensure({path})"
            return [f"if _, ok := convert.Take[struct{{}}](t, at, {name}); ok {{", [*ensured, line], "}"]
        if shared(of.schema):
            shape = self._shape(of.schema, self._sharing[1])
            call = f"convert.TakeTree[{go}](t, at, {name}, {shape})"
        elif of.pointer and not ensured:
            return [f"{path} = convert.TakePointer[{go}](t, at, {name})"]
        else:
            call = f"convert.Take[{go}](t, at, {name})"
        return [f"if v, ok := {call}; ok {{", [*ensured, f"{path} = {'&v' if of.pointer else 'v'}"], "}"]

    def _shape(self, schema: Schema, sharing: Sharing) -> str:
        """Return the variable of a shape, or nil for one that JSON tells."""
        text = sharing.of(schema)
        if not text:
            return "nil"
        for name, known in self._shapes.items():
            if known == text:
                return name
        name = f"shape{len(self._shapes) + 1}"
        self._shapes[name] = text
        return name


def go_path(start: str, fields: tuple[Field, ...]) -> str:
    """Return the Go expression for a field at the end of a path."""
    return ".".join([start, *(f.go for f in fields)]) if fields else f"*{start}"


def ensure(fields: tuple[Field, ...]) -> Lines:
    """Return the statements that make the objects on the way to a field of the target."""
    return [
        f"{go_path('out', fields[: i + 1])} = convert.Ensure({go_path('out', fields[: i + 1])})"
        for i, f in enumerate(fields[:-1])
        if f.pointer
    ]


def guards_of(fields: tuple[Field, ...]) -> list[str]:
    """Return the conditions under which the objects on the way to a field of the source are there."""
    return [f"{go_path('in', fields[: i + 1])} != nil" for i, f in enumerate(fields[:-1]) if f.pointer]


def _guarded(guards: list[str], line: str) -> Lines:
    return [f"if {' && '.join(guards)} {{", [line], "}"] if guards else [line]


def _zero(of: Field) -> str:
    if of.pointer or is_nilable(of.schema):
        return "nil"
    return zero(of.schema)


def zero(schema: Schema) -> str:
    """Return the zero value of a scalar."""
    return '""' if schema.word == "string" else "false" if schema.word == "bool" else "0"
