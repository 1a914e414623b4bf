"""Validation in Go: one function for each struct in which anything is demanded, in Kubernetes' own words.

Wording and error types are those of k8s.io/apimachinery: pkg/api/validate and pkg/util/validation/field.
"""

from apigen.gotext import Lines, quote
from apigen.gotypes import is_nilable
from apigen.model import Field, Limits, Schema, Struct, Types


class Validation:
    """Writes the functions that validate the types of one version; every one takes (in, path)."""

    def __init__(self, types: Types, package: str) -> None:
        self.types = types
        self.package = package
        self.structs = self._with_rules()
        """The Go names of the structs that have a function, sorted."""

    def _with_rules(self) -> tuple[str, ...]:
        found: set[str] = set()
        while True:
            more = {
                go
                for go, s in self.types.structs.items()
                if go not in found and any(self._demands(f, found) for f in s.fields)
            }
            if not more:
                return tuple(sorted(found))
            found |= more

    def _demands(self, field: Field, known: set[str]) -> bool:
        root_value = field.schema.kind == "object" and not field.pointer
        return (field.required and not root_value) or self._schema_demands(field.schema, known)

    def _schema_demands(self, schema: Schema, known: set[str]) -> bool:
        own = (
            _conditions(schema)
            or schema.limits != Limits()
            or bool(schema.enum)
            or schema.list_type in ("set", "map")
        )
        named = schema.kind == "named" and self.types.scalars[schema.name].limits != Limits()
        inner = schema.item is not None and self._schema_demands(schema.item, known)
        return (
            own
            or named
            or inner
            or (schema.kind == "object" and schema.name in known)
            or schema.name == "embedded resource"
        )

    def body(self, struct: Struct) -> Lines:
        """Return the statements that append to errs what is wrong with the fields of in."""
        known = set(self.structs)
        lines: Lines = []
        for field in struct.fields:
            if self._demands(field, known):
                lines += self._field(field, known)
        return lines

    def _field(self, field: Field, known: set[str]) -> Lines:
        path, name, schema = f"path.Child({quote(field.json)})", f"in.{field.go}", field.schema
        value = f"*{name}" if field.pointer else name
        inner = self._value(schema, value, path, known, 0, pointer=field.pointer)
        if schema.kind == "object" and not field.pointer:
            return inner
        nilable = field.pointer or is_nilable(schema)
        absent = f"{name} == nil" if nilable else f"{name} == {_zero(schema)}"
        if not nilable and schema.word == "string":
            inner = _without_length_of_one(inner)
        if field.required:
            return _else([f"if {absent} {{", [f'errs = append(errs, field.Required({path}, ""))']], inner)
        if field.pointer or (nilable and schema.limits.min_items):
            return _nested(f"{name} != nil", inner)
        return inner

    def _value(
        self, schema: Schema, value: str, path: str, known: set[str], depth: int, *, pointer: bool = False
    ) -> Lines:
        """Return the checks of a value that is there."""
        if schema.kind == "object":
            if schema.name not in known:
                return []
            argument = value[1:] if pointer else "&" + value
            return [f"errs = append(errs, validate{schema.name}({argument}, {path})...)"]
        if schema.kind == "list":
            return self._list(schema, value, path, known, depth)
        if schema.kind == "map":
            return self._map(schema, value, path, known, depth)
        if schema.name == "embedded resource":
            return [
                f"errs = append(errs, validation.EmbeddedResource({value.removeprefix('*')}.Raw, {path})...)"
            ]
        return self._scalar(schema, value, path)

    def _scalar(self, schema: Schema, value: str, path: str) -> Lines:
        lines: Lines = []
        if schema.enum:
            lines += self._enum(schema, value, path)
        bounds = [schema.limits]
        if schema.kind == "named":
            bounds.append(self.types.scalars[schema.name].limits)
        for limits in bounds:
            lines += _bounds(schema, limits, value, path)
        return lines

    def _enum(self, schema: Schema, value: str, path: str) -> Lines:
        values = f"valid{schema.name}"
        listed = values if schema.base == "string" else f"validation.Texts({values})"
        return _if(f"!slices.Contains({values}, {value})", f"field.NotSupported({path}, {value}, {listed})")

    def _list(self, schema: Schema, value: str, path: str, known: set[str], depth: int) -> Lines:
        lines: Lines = []
        limits = schema.limits
        if limits.min_items:
            lines += _if(
                f"len({value}) < {limits.min_items}",
                f"field.TooFew({path}, len({value}), {limits.min_items})",
            )
        if limits.max_items is not None:
            lines += _if(
                f"len({value}) > {limits.max_items}",
                f"field.TooMany({path}, len({value}), {limits.max_items})",
            )
        if schema.list_type == "set":
            lines.append(f"errs = append(errs, validation.Unique({value}, {path})...)")
        if _conditions(schema):
            lines.append(f"errs = append(errs, metav1validation.ValidateConditions({value}, {path})...)")
        elif schema.list_type == "map":
            lines += self._unique_keys(schema, value, path)
        if not self._schema_demands(schema.element, known):
            return lines
        i = "ijklmn"[depth % 6]
        at = f"{path}.Index({i})"
        inner = self._value(schema.element, f"{value}[{i}]", at, known, depth + 1)
        return [*lines, f"for {i} := range {value} {{", inner, "}"]

    def _map(self, schema: Schema, value: str, path: str, known: set[str], depth: int) -> Lines:
        if not self._schema_demands(schema.element, known):
            return []
        key, item = f"key{depth or ''}", f"value{depth or ''}"
        inner = self._value(schema.element, item, f"{path}.Key({key})", known, depth + 1)
        return [f"for {key}, {item} := range validation.Sorted({value}) {{", inner, "}"]

    def _unique_keys(self, schema: Schema, value: str, path: str) -> Lines:
        """Compare the items of a map list by their keys. A key that is absent stands for its zero value."""
        item, keys = schema.element, schema.list_map_keys
        go = (
            f"{self.package}.{item.name}"
            if item.kind == "object"
            else item.upstream.go if item.upstream else ""
        )
        parts = [self._key(schema, k) for k in keys]
        pairs = ", ".join(f"{quote(k)}: {p}" for k, p in zip(keys, parts, strict=True))
        return [
            f"errs = append(errs, validation.UniqueKeys({value}, {path}, func(in *{go}) map[string]any {{",
            [f"return map[string]any{{{pairs}}}"],
            "})...)",
        ]

    def _key(self, schema: Schema, key: str) -> str:
        if schema.element.upstream is not None:
            found = next(f for f in schema.element.upstream.fields if f.json == key)
            return f"validation.Deref(in.{found.go})" if found.is_pointer else f"in.{found.go}"
        field = self.types.struct(schema.element).find(key)
        assert field is not None
        return f"validation.Deref(in.{field.go})" if field.pointer else f"in.{field.go}"

    def enums(self) -> list[tuple[str, str, list[str]]]:
        """Return (variable, Go type, constants) of the enums that the functions compare with."""
        used = [self.types.scalars[go] for go in self.types.scalars if self.types.scalars[go].constants]
        return [
            (f"valid{s.go}", f"{self.package}.{s.go}", [f"{self.package}.{c.go}" for c in s.constants])
            for s in used
        ]


def _conditions(schema: Schema) -> bool:
    """Whether a value is a list of conditions, for which Kubernetes has rules of its own."""
    upstream = schema.item.upstream if schema.kind == "list" and schema.item else None
    return upstream is not None and upstream.name == "meta/v1.Condition"


def _bounds(schema: Schema, limits: Limits, value: str, path: str) -> Lines:
    lines: Lines = []
    if limits.minimum is not None:
        lines += _if(
            f"{value} < {limits.minimum}",
            _invalid(path, value, f"must be greater than or equal to {_number(limits.minimum)}"),
        )
    if limits.maximum is not None:
        lines += _if(
            f"{value} > {limits.maximum}",
            _invalid(path, value, f"must be less than or equal to {_number(limits.maximum)}"),
        )
    if limits.min_length:
        lines += _if(
            f"{_count(schema, value)} < {limits.min_length}",
            f"field.TooShort({path}, {value}, {limits.min_length})",
        )
    if limits.max_length is not None:
        lines += _if(
            f"{_count(schema, value)} > {limits.max_length}",
            f"field.TooLongCharacters({path}, {value}, {limits.max_length})",
        )
    return lines


def _count(schema: Schema, value: str) -> str:
    return f"utf8.RuneCountInString({value if schema.kind == 'basic' else f'string({value})'})"


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _invalid(path: str, value: str, message: str) -> str:
    return f"field.Invalid({path}, {value}, {quote(message)})"


def _if(condition: str, error: str) -> Lines:
    return [f"if {condition} {{", [f"errs = append(errs, {error})"], "}"]


def _single(lines: Lines) -> bool:
    """Whether statements are one `if` without an else."""
    return len(lines) == 3 and str(lines[0]).startswith("if ") and lines[2] == "}"


def _nested(condition: str, inner: Lines) -> Lines:
    if _single(inner):
        return [f"if {condition} && {inner[0].removeprefix('if ')}", *inner[1:]]
    return [f"if {condition} {{", inner, "}"]


def _else(head: Lines, inner: Lines) -> Lines:
    if _single(inner):
        return [*head, "} else " + inner[0], *inner[1:]]
    return [*head, "} else {", inner, "}"] if inner else [*head, "}"]


def _without_length_of_one(lines: Lines) -> Lines:
    """Leave out what an empty text has been refused for already."""
    at = next((i for i, line in enumerate(lines) if isinstance(line, str) and line.endswith(") < 1 {")), None)
    return lines if at is None else lines[:at] + lines[at + 3 :]


def _zero(schema: Schema) -> str:
    return '""' if schema.word == "string" else "false" if schema.word == "bool" else "0"
