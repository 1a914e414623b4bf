"""Values of a spec as Go expressions: defaults, and the members of enums."""

import json
from typing import Any

from apigen.checks import duration
from apigen.gotext import quote
from apigen.gotypes import spelling
from apigen.model import Field, Schema, Types


class Literals:
    """Writes values as Go expressions of the types in one package, which `package` qualifies."""

    def __init__(self, types: Types, package: str) -> None:
        self.types = types
        self.package = package

    def field(self, field: Field, value: Any) -> str:
        """Return the expression that a field of that value is set to."""
        return self.pointer(field.schema, value) if field.pointer else self.value(field.schema, value)

    def zero(self, schema: Schema) -> str:
        """Return the zero value of a scalar."""
        return '""' if schema.word == "string" else "false" if schema.word == "bool" else "0"

    def pointer(self, schema: Schema, value: Any) -> str:
        """Return a pointer to a value."""
        literal = self.value(schema, value)
        if literal.endswith("}") and not literal.startswith("new("):
            return "&" + literal
        if schema.kind == "named" and not any(c.value == value for c in schema.enum):
            return f"new({literal})"
        if schema.kind == "basic" and schema.name in ("int32", "int64", "float64"):
            return f"new({schema.name}({literal}))"
        return f"new({literal})"

    def value(self, schema: Schema, value: Any) -> str:
        """Return a value as an expression."""
        go = spelling(schema, self.package)
        match schema.kind:
            case "list":
                return f"{go}{{{', '.join(self.value(schema.element, v) for v in value)}}}"
            case "map":
                pairs = ", ".join(
                    f"{quote(k)}: {self.value(schema.element, v)}" for k, v in sorted(value.items())
                )
                return f"{go}{{{pairs}}}"
            case "object":
                return f"{go}{{{', '.join(self._members(schema, value))}}}"
            case "upstream":
                return f"{go}{{}}"
            case "named":
                return self._named(schema, value, go)
        return self._basic(schema, value, go)

    def _members(self, schema: Schema, value: Any) -> list[str]:
        struct = self.types.struct(schema)
        beside = {name: said for name, said in value.items() if struct.find(name) is None}
        said = {**value, "": beside} if beside else value
        return [f"{f.go}: {self.field(f, said[f.json])}" for f in struct.fields if f.json in said]

    def _named(self, schema: Schema, value: Any, go: str) -> str:
        prefix = self.package + "." if self.package else ""
        constant = next((c.go for c in schema.enum if c.value == value), None)
        return prefix + constant if constant else f"{go}({self.scalar(value)})"

    def scalar(self, value: Any) -> str:
        """Return a text, a number or a boolean as a Go literal."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return quote(value) if isinstance(value, str) else repr(value)

    def _basic(self, schema: Schema, value: Any, go: str) -> str:
        match schema.name:
            case "any" | "open object":
                text = json.dumps(value, separators=(",", ":"), sort_keys=True)
                return f"{go}{{Raw: []byte({quote(text)})}}"
            case "quantity":
                return f"resource.MustParse({quote(str(value))})"
            case "intOrString":
                return (
                    f"intstr.FromInt32({value})"
                    if isinstance(value, int)
                    else f"intstr.FromString({quote(value)})"
                )
            case "duration":
                return f"metav1.Duration{{Duration: {duration(value)}}}"
        return self.scalar(value)
