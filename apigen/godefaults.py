"""Defaults in Go: one function for each struct that has defaults in it, calling those of the structs it holds."""

from apigen.goliterals import Literals
from apigen.gotext import Lines
from apigen.model import Field, Schema, Struct, Types

# How it was written is no part of its value: else a client that formats it otherwise would change the object.
EMBEDDED = "embedded resource"


class Defaults:
    """Writes the functions that fill in the defaults of one version. Every function takes a pointer named in."""

    def __init__(self, types: Types, package: str) -> None:
        self.types = types
        self.package = package
        self._literals = Literals(types, package)
        self.structs = self._with_defaults()
        """The Go names of the structs that have a function, sorted."""

    def _with_defaults(self) -> tuple[str, ...]:
        found = {go for go, s in self.types.structs.items() if any(_own_work(f) for f in s.fields)}
        while True:
            more = {
                go
                for go, s in self.types.structs.items()
                if go not in found and any(_innermost(f.schema).name in found for f in s.fields)
            }
            if not more:
                return tuple(sorted(found))
            found |= more

    def body(self, struct: Struct) -> Lines:
        """Return the statements that fill in the fields of a struct."""
        lines: Lines = []
        for field in struct.fields:
            lines += self._own(field) + self._inner(field)
        return lines

    def _own(self, field: Field) -> Lines:
        if not field.has_default:
            return []
        value = self._literals.field(field, field.schema.default)
        return [f"if in.{field.go} == nil {{", [f"in.{field.go} = {value}"], "}"]

    def _inner(self, field: Field) -> Lines:
        if not self._has_work(field.schema):
            return []
        name = f"in.{field.go}"
        if field.schema.item is not None:
            return self._each(field.schema, name, 0)
        lines = self._call(field.schema, name, pointer=field.pointer)
        return [f"if {name} != nil {{", lines, "}"] if field.pointer else lines

    def _has_work(self, schema: Schema) -> bool:
        return _innermost(schema).name in self.structs or _innermost(schema).name == EMBEDDED

    def _call(self, schema: Schema, name: str, *, pointer: bool) -> Lines:
        if schema.name == EMBEDDED:
            return [f"{name}.Raw = convert.Canonical({name}.Raw)"]
        return [f"setDefaults{schema.name}({name if pointer else '&' + name})"]

    def _each(self, schema: Schema, name: str, depth: int) -> Lines:
        item = schema.element
        index = "ijklmn"[depth % 6] if schema.kind == "list" else f"key{depth or ''}"
        at = f"{name}[{index}]"
        head = f"for {index} := range {name} {{"
        if item.item is not None:
            return [head, self._each(item, at, depth + 1), "}"]
        if schema.kind == "list":
            return [head, self._call(item, at, pointer=False), "}"]
        value = f"value{depth or ''}"
        lines = [*self._call(item, value, pointer=False), f"{at} = {value}"]
        return [f"for {index}, {value} := range {name} {{", lines, "}"]


def _innermost(schema: Schema) -> Schema:
    """What a field holds, also in lists and maps."""
    while schema.item is not None:
        schema = schema.item
    return schema


def _own_work(field: Field) -> bool:
    """Whether there is something to do for a field itself: a default, or JSON that is kept as it was written."""
    return field.has_default or _innermost(field.schema).name == EMBEDDED
