"""Defaults in Go: one function for each struct that has defaults in it, calling those of the structs it holds."""

from apigen.goliterals import Literals
from apigen.gotext import Lines
from apigen.model import Field, Schema, Struct, Types


class Defaults:
    """Writes the functions that fill in the defaults of one version. Every function takes a pointer named in."""

    def __init__(self, types: Types, package: str) -> None:
        self.types = types
        self.package = package
        self._literals = Literals(types, package)
        self.structs = self._with_defaults()
        """The Go names of the structs that have a function, sorted."""

    def _with_defaults(self) -> tuple[str, ...]:
        found = {go for go, s in self.types.structs.items() if any(f.has_default for f in s.fields)}
        while True:
            more = {
                go
                for go, s in self.types.structs.items()
                if go not in found and any(_object_in(f.schema) in found for f in s.fields)
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
        if _object_in(field.schema) not in self.structs:
            return []
        name = f"in.{field.go}"
        if field.schema.kind != "object":
            return self._each(field.schema, name, 0)
        call = f"setDefaults{field.schema.name}({name if field.pointer else '&' + name})"
        return [f"if {name} != nil {{", [call], "}"] if field.pointer else [call]

    def _each(self, schema: Schema, name: str, depth: int) -> Lines:
        item = schema.element
        index = "ijklmn"[depth % 6] if schema.kind == "list" else f"key{depth or ''}"
        at = f"{name}[{index}]"
        head = f"for {index} := range {name} {{"
        if item.kind != "object":
            return [head, self._each(item, at, depth + 1), "}"]
        if schema.kind == "list":
            return [head, [f"setDefaults{item.name}(&{at})"], "}"]
        value = f"value{depth or ''}"
        return [
            f"for {index}, {value} := range {name} {{",
            [f"setDefaults{item.name}(&{value})", f"{at} = {value}"],
            "}",
        ]


def _object_in(schema: Schema) -> str:
    """The Go name of the struct that a field holds, also in lists and maps; nothing if it holds none."""
    while schema.item is not None:
        schema = schema.item
    return schema.name if schema.kind == "object" else ""
