"""Validation in Go: one function for each struct in which anything is demanded, in Kubernetes' own words.

Wording and error types are those of k8s.io/apimachinery: pkg/api/validate and pkg/util/validation/field.
"""

from dataclasses import dataclass

from apigen.gobounds import Bounds, is_single, only_if, when, zero
from apigen.gotext import Lines, quote
from apigen.gotypes import is_nilable
from apigen.limits import NO_LIMITS
from apigen.model import Field, OneOf, Schema, Struct, Types
from apigen.names import exported


@dataclass(frozen=True)
class _At:
    """Where a value is: how Go calls it and its path, a name for variables, and in how many loops it stands."""

    value: str
    path: str
    name: str
    depth: int = 0


class Validation:
    """Writes the functions that validate the types of one version; every one takes (in, path)."""

    def __init__(self, types: Types, package: str) -> None:
        self.types = types
        self.package = package
        self.bounds = Bounds(types)
        self.structs = self._with_rules()
        """The Go names of the structs that have a function, sorted."""
        self._known = set(self.structs)

    def _with_rules(self) -> tuple[str, ...]:
        found: set[str] = set()
        while True:
            more = {
                go
                for go, s in self.types.structs.items()
                if go not in found and (s.one_ofs or any(self._demands(f, found) for f in s.fields))
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
            or schema.limits != NO_LIMITS
            or bool(schema.enum)
            or schema.list_type in ("set", "map")
        )
        named = schema.kind == "named" and self.types.scalars[schema.name].limits != NO_LIMITS
        inner = schema.item is not None and self._schema_demands(schema.item, known)
        return (
            own
            or named
            or inner
            or (schema.kind == "object" and schema.name in known)
            or schema.name == "embedded resource"
            or upstream_demands(schema)
        )

    def body(self, struct: Struct) -> Lines:
        """Return the statements that append to errs what is wrong with the fields of in."""
        lines: Lines = []
        for field in struct.fields:
            if self._demands(field, self._known):
                lines += self._field(struct, field)
        return lines + [_one_of(struct, group) for group in struct.one_ofs]

    def _field(self, struct: Struct, field: Field) -> Lines:
        schema, name = field.schema, f"in.{field.go}"
        path = f"path.Child({quote(field.json)})"
        at = _At("*" * field.pointer + name, path, struct.go + exported(field.json))
        inner = self._value(schema, at)
        if schema.kind == "object" and not field.pointer:
            if field.json != "status" or not struct.root or not inner:
                return inner
            # A status that says nothing is one that no controller has written yet.
            empty = f"{self.package}.{schema.name}{{}}"
            return only_if(f"!apiequality.Semantic.DeepEqual({name}, {empty})", inner)
        nilable = field.pointer or is_nilable(schema)
        if not nilable and schema.word == "string":
            inner = _without_length_of_one(inner)
        if field.required:
            missing = [f'errs = append(errs, field.Required({path}, ""))']
            return _else([f"if {name} == {zero(field)} {{", missing], inner)
        if field.pointer or (nilable and (schema.limits.min_items or schema.limits.min_properties)):
            return only_if(f"{name} != nil", inner) if inner else []
        return inner

    def _value(self, schema: Schema, at: "_At") -> Lines:
        """Return the checks of a value that is there."""
        lines = self._enum(schema, at) if schema.enum else []
        lines += self.bounds.of(schema, at.value, at.path, at.name)
        if schema.kind == "object" and schema.name in self._known:
            argument = at.value[1:] if at.value.startswith("*") else "&" + at.value
            lines.append(f"errs = append(errs, validate{schema.name}({argument}, {at.path})...)")
        elif schema.kind == "list":
            lines += self._list(schema, at)
        elif schema.kind == "map":
            lines += self._map(schema, at)
        elif upstream_demands(schema):
            pointer = at.value[1:] if at.value.startswith("*") else "&" + at.value
            lines.append(f"errs = append(errs, validation.Upstream({pointer}, {at.path})...)")
        elif schema.name == "embedded resource":
            raw = f"{at.value.removeprefix('*')}.Raw"
            lines.append(f"errs = append(errs, validation.EmbeddedResource({raw}, {at.path})...)")
        return lines

    def _enum(self, schema: Schema, at: "_At") -> Lines:
        values = f"valid{schema.name}"
        listed = values if schema.base == "string" else f"validation.Texts({values})"
        error = f"field.NotSupported({at.path}, {at.value}, {listed})"
        return when(f"!slices.Contains({values}, {at.value})", error)

    def _list(self, schema: Schema, at: "_At") -> Lines:
        lines: Lines = []
        if schema.list_type == "set":
            lines.append(f"errs = append(errs, validation.Unique({at.value}, {at.path})...)")
        if _conditions(schema):
            call = f"metav1validation.ValidateConditions({at.value}, {at.path})"
            lines.append(f"errs = append(errs, {call}...)")
        elif schema.list_type == "map":
            lines += self._unique_keys(schema, at.value, at.path)
        if not self._schema_demands(schema.element, self._known):
            return lines
        i = "ijklmn"[at.depth % 6]
        inside = _At(f"{at.value}[{i}]", f"{at.path}.Index({i})", at.name + "Item", at.depth + 1)
        return [*lines, f"for {i} := range {at.value} {{", self._value(schema.element, inside), "}"]

    def _map(self, schema: Schema, at: "_At") -> Lines:
        if not self._schema_demands(schema.element, self._known):
            return []
        key, value = f"key{at.depth or ''}", f"value{at.depth or ''}"
        inside = _At(value, f"{at.path}.Key({key})", at.name + "Value", at.depth + 1)
        inner = self._value(schema.element, inside)
        return [f"for {key}, {value} := range validation.Sorted({at.value}) {{", inner, "}"]

    def _unique_keys(self, schema: Schema, value: str, path: str) -> Lines:
        """Compare the items of a map list by their keys."""
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
            return f"validation.{'KeyAt' if found.is_pointer else 'Key'}(in.{found.go})"
        field = self.types.struct(schema.element).find(key)
        assert field is not None
        return f"validation.{'KeyAt' if field.pointer else 'Key'}(in.{field.go})"

    def enums(self) -> list[tuple[str, str, list[str]]]:
        """Return (variable, Go type, constants) of the enums that the functions compare with."""
        used = [self.types.scalars[go] for go in self.types.scalars if self.types.scalars[go].constants]
        return [
            (f"valid{s.go}", f"{self.package}.{s.go}", [f"{self.package}.{c.go}" for c in s.constants])
            for s in used
        ]


def _one_of(struct: Struct, group: OneOf) -> str:
    fields = [f for f in struct.fields if f.json in group.fields]
    listed = ", ".join(quote(f.json) for f in fields)
    said = ", ".join(f"in.{f.go} != {zero(f)}" for f in fields)
    call = f"validation.{group.how[0].upper()}{group.how[1:]}(path, []string{{{listed}}}, {said})"
    return f"errs = append(errs, {call}...)"


def upstream_demands(schema: Schema) -> bool:
    """Whether the definition of an upstream type, or of one in it, demands anything of its values."""
    of = schema.upstream
    if schema.kind != "upstream" or of is None or not of.model or of.name == "meta/v1.Condition":
        return False
    members = of.schema.get("properties", {}).values()
    return "required" in of.schema or any("$ref" in m or "items" in m or "allOf" in m for m in members)


def _conditions(schema: Schema) -> bool:
    """Whether a value is a list of conditions, for which Kubernetes has rules of its own."""
    upstream = schema.item.upstream if schema.kind == "list" and schema.item else None
    return upstream is not None and upstream.name == "meta/v1.Condition"


def _else(head: Lines, inner: Lines) -> Lines:
    if is_single(inner):
        return [*head, "} else " + inner[0], *inner[1:]]
    return [*head, "} else {", inner, "}"] if inner else [*head, "}"]


def _without_length_of_one(lines: Lines) -> Lines:
    """Leave out what an empty text has been refused for already."""
    at = next((i for i, line in enumerate(lines) if isinstance(line, str) and line.endswith(") < 1 {")), None)
    return lines if at is None else lines[:at] + lines[at + 3 :]
