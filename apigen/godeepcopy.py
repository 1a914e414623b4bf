"""Deep copies as k8s.io/code-generator's deepcopy-gen writes them, statement for statement.

A test compares the two. Source: k8s.io/gengo/v2/examples/deepcopy-gen/generators.
"""

from functools import cache

from apigen.gotext import Lines
from apigen.gotypes import BASICS, spelling
from apigen.model import Field, Schema, Struct, Types

# Types with a hand-written DeepCopyInto on a pointer and a generated DeepCopy: copied through the latter.
_BY_DEEPCOPY = ("time", "microTime")


class Copier:
    """Writes the deep copies of one package."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._flat = cache(self._is_flat)

    def _is_flat(self, go: str) -> bool:
        """Whether a struct is copied by assignment: no pointers, lists, maps in it."""
        return all(not f.pointer and self.flat(f.schema) for f in self._types.structs[go].fields)

    def flat(self, schema: Schema) -> bool:
        """Whether a value is copied by assignment."""
        match schema.kind:
            case "list" | "map":
                return False
            case "object":
                return self._flat(schema.name)
            case "upstream":
                return bool(schema.upstream and schema.upstream.is_comparable)
        return schema.kind == "named" or BASICS[schema.name].copy == ""

    def body(self, struct: Struct) -> Lines:
        """Return the statements that copy the fields of `in` that `*out = *in` leaves shared."""
        lines: Lines = []
        for field in struct.fields:
            lines += self._field(field)
        return lines

    def _field(self, field: Field) -> Lines:
        schema, name = field.schema, field.go
        if field.pointer or schema.kind in ("list", "map") or schema.name == "bytes":
            inner = self._pointer(schema) if field.pointer else self._container(schema)
            return [f"if in.{name} != nil {{", [f"in, out := &in.{name}, &out.{name}", *inner], "}"]
        if self.flat(schema):
            return [f"out.{name} = in.{name}"] if schema.kind in ("object", "upstream") else []
        if schema.name == "quantity":
            return [f"out.{name} = in.{name}.DeepCopy()"]
        return [f"in.{name}.DeepCopyInto(&out.{name})"]

    def _pointer(self, schema: Schema) -> Lines:
        if schema.kind == "basic" and schema.name in _BY_DEEPCOPY:
            return ["*out = (*in).DeepCopy()"]
        if schema.kind == "basic" and schema.name == "quantity":
            return ["x := (*in).DeepCopy()", "*out = &x"]
        made = f"*out = new({spelling(schema)})"
        return [made, "**out = **in"] if self.flat(schema) else [made, "(*in).DeepCopyInto(*out)"]

    def _container(self, schema: Schema) -> Lines:
        if schema.kind == "basic":  # bytes
            return ["*out = make([]byte, len(*in))", "copy(*out, *in)"]
        return self._list(schema) if schema.kind == "list" else self._map(schema)

    def _list(self, schema: Schema) -> Lines:
        item = schema.element
        made = f"*out = make({spelling(schema)}, len(*in))"
        if self.flat(item):
            return [made, "copy(*out, *in)"]
        if item.kind in ("list", "map") or item.name == "bytes":
            inner = ["in, out := &(*in)[i], &(*out)[i]", *self._container(item)]
            return [made, "for i := range *in {", ["if (*in)[i] != nil {", inner, "}"], "}"]
        return [made, "for i := range *in {", ["(*in)[i].DeepCopyInto(&(*out)[i])"], "}"]

    def _map(self, schema: Schema) -> Lines:
        value = schema.element
        made = f"*out = make({spelling(schema)}, len(*in))"
        if self.flat(value):
            inner: Lines = ["(*out)[key] = val"]
        elif value.kind in ("list", "map") or value.name == "bytes":
            inner = [
                f"var outVal {spelling(value)}",
                "if val == nil {",
                ["(*out)[key] = nil"],
                "} else {",
                ["in, out := &val, &outVal", *self._container(value)],
                "}",
                "(*out)[key] = outVal",
            ]
        elif value.name == "quantity":
            inner = ["(*out)[key] = val.DeepCopy()"]
        else:
            inner = ["(*out)[key] = *val.DeepCopy()"]
        return [made, "for key, val := range *in {", inner, "}"]
