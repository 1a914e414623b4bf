"""A valid object for a version: what is required, and what a reader would like to see filled in.

The objects are examples for people and the input of the generated tests. Of upstream's types they hold what the
schemas require. A field of such a type is always there, also where this version could do without: another version
may require it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from apigen.gotypes import INTEGERS, NUMBERS
from apigen.model import ABSENT, Constant, Schema, Struct, Types
from apigen.texts import fitting, numbers, texts
from apigen.upstream import Schema as UpstreamSchema
from apigen.upstream import Upstream, UpstreamType

# Optional fields are filled in up to this depth, and lists of objects no further than that.
_SHOWN = 3
# No sample has more values; what a list needs beyond that it does not get.
_MOST = 10_000
_TEXTS: dict[str, Any] = {
    "bytes": "aGVsbG8=",
    "quantity": "100Mi",
    "intOrString": "25%",
    "duration": "30s",
    "time": "2026-01-01T00:00:00Z",
    "microTime": "2026-01-01T00:00:00.000000Z",
    "bool": True,
    "any": {"key": "value"},
    "open object": {"key": "value"},
    "embedded resource": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "example"}},
}
# A small valid value for those upstream types of which the schema does not say all, or that people write most.
_UPSTREAM: dict[str, Any] = {
    "intstr.IntOrString": 80,
    "resource.Quantity": "1",
    "meta/v1.Duration": _TEXTS["duration"],
    "meta/v1.MicroTime": _TEXTS["microTime"],
    "meta/v1.Condition": {
        "type": "Ready",
        "status": "True",
        "reason": "Example",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    },
    "meta/v1.LabelSelector": {"matchLabels": {"app": "example"}},
    "core/v1.LocalObjectReference": {"name": "example"},
    "core/v1.SecretKeySelector": {"name": "example", "key": "key"},
    "core/v1.ConfigMapKeySelector": {"name": "example", "key": "key"},
    "core/v1.ObjectReference": {"kind": "ConfigMap", "namespace": "default", "name": "example"},
}
# The words of the language for the scalars of upstream's schemas, by their formats and types.
_WORDS = {
    "byte": "bytes",
    "date-time": "time",
    "string": "string",
    "integer": "int64",
    "number": "float64",
    "boolean": "bool",
}


def sample(types: Types, root: Struct, kubernetes: Upstream) -> dict[str, Any]:
    """Return the root fields of a valid object, with a status that a controller may write."""
    sampler = _Sampler(types, kubernetes)
    filled = {f.json: sampler.value(f.schema, f.json, required=f.required) for f in root.named}
    made = {name: value for name, value in filled.items() if value is not ABSENT}
    _choose(root, made)
    return made


def _choose(struct: Struct, value: dict[str, Any]) -> None:
    """Leave the first of the fields of which an object may say only one."""
    for group in struct.one_ofs:
        said = [f.json for f in struct.fields if f.json in group.fields and f.json in value]
        for name in said[1:] if group.how != "atLeastOneOf" else ():
            del value[name]


@dataclass
class _Sampler:
    types: Types
    kubernetes: Upstream
    open: list[str] = field(default_factory=list)
    """The structs in which the value is that is being made, by Go name."""
    made: int = 0

    def value(self, schema: Schema, name: str, *, required: bool) -> Any:
        """Return a value for the field `name`; ABSENT if it can be left out and is better left out."""
        self.made += 1
        if schema.default is not ABSENT and schema.default not in ({}, []):
            return schema.default
        if schema.example is not ABSENT:
            return schema.example
        match schema.kind:
            case "object":
                return self._object(schema, required)
            case "upstream":
                assert schema.upstream is not None
                return self._upstream(schema.upstream, name)
            case "list":
                return self._list(schema, name, required)
            case "map":
                return self._map(schema, name, required)
        return next(self._scalars(schema, name), ABSENT)

    def _object(self, schema: Schema, required: bool) -> Any:
        if not required and (schema.name in self.open or len(self.open) > _SHOWN):
            return ABSENT
        if self.made > _MOST:
            return {}  # types that need each other over and over have no example of a readable size
        self.open.append(schema.name)
        out = {}
        members = self.types.struct(schema).named
        for member in members:
            if member.required or member.schema.kind == "upstream" or len(self.open) <= _SHOWN:
                value = self.value(member.schema, member.json, required=member.required)
                if value is not ABSENT:
                    out[member.json] = value
        self.open.pop()
        _choose(self.types.struct(schema), out)
        most = schema.limits.max_properties
        spare = [m.json for m in members if m.json in out and not m.required]
        for name in spare[::-1][: max(0, len(out) - most)] if most is not None else ():
            del out[name]
        return out if out or required else ABSENT

    def _list(self, schema: Schema, name: str, required: bool) -> Any:
        limits, item = schema.limits, schema.element
        least = min(limits.min_items or 0, max(1, _MOST - self.made))
        if limits.max_items == 0:
            return []
        if item.kind in ("basic", "named") and schema.list_type == "set":
            return list(islice(self._scalars(item, name), max(1, least)))
        first = self.value(item, name, required=required and bool(least))
        if first is ABSENT:
            return [] if required else ABSENT
        items = [first] + [self.value(item, name, required=True) for _ in range(1, least)]
        return self._told_apart(schema, items) if schema.list_type == "map" else items

    def _map(self, schema: Schema, name: str, required: bool) -> Any:
        limits = schema.limits
        if limits.max_properties == 0:
            return {}
        value = self.value(schema.element, name, required=bool(limits.min_properties))
        if value is ABSENT:
            return {} if required else ABSENT
        more = (f"example{i}" for i in range(2, min(limits.min_properties or 0, _MOST) + 1))
        return dict.fromkeys(["example", *more], value)

    def _told_apart(self, schema: Schema, items: list[Any]) -> list[Any]:
        """Give items of a map list keys that differ: the first key that has enough values counts through them."""
        for key in schema.list_map_keys if len(items) > 1 else ():
            values = list(islice(self._scalars(self._key(schema.element, key), key), len(items)))
            if len(values) == len(items):
                return [{**item, key: value} for item, value in zip(items, values, strict=True)]
        return items

    def _key(self, item: Schema, key: str) -> Schema:
        """The schema of a key of the items of a map list."""
        if item.upstream is not None:
            return _scalar(item.upstream.schema["properties"][key])
        member = self.types.struct(item).find(key)
        assert member is not None
        return member.schema

    def _upstream(self, named: UpstreamType, name: str) -> Any:
        """Return a small valid value of an upstream type for the field `name`."""
        return _UPSTREAM[named.name] if named.name in _UPSTREAM else self._required(named.schema, name)

    def _required(self, schema: UpstreamSchema, name: str) -> Any:
        """Return what a schema of upstream's requires, all the way down."""
        named = self.kubernetes.resolve(schema)
        if named is not None:
            return self._upstream(named, name)
        if schema.get("default"):
            return schema["default"]
        match schema["type"]:
            case "array":
                return [self._required(schema["items"], name)]
            case "object":
                return self._members(schema)
        return next(self._scalars(_scalar(schema), name))

    def _members(self, schema: UpstreamSchema) -> dict[str, Any]:
        """Return the required properties, and those whose default, {}, lacks what they require themselves."""
        out, required = {}, schema.get("required", ())
        for key, member in schema.get("properties", {}).items():
            if key in required or member.get("default") == {}:
                value = self._required(member, key)
                if key in required or value != {}:
                    out[key] = value
        return out

    def _scalars(self, schema: Schema, name: str) -> Iterator[Any]:
        """Yield distinct values of a scalar type, the nicest first; at least one."""
        if schema.enum:
            yield from (c.value for c in schema.enum)
            return
        if schema.example is not ABSENT:
            yield schema.example
        limits = [schema.limits]
        if schema.kind == "named":
            limits.append(self.types.scalars[schema.name].limits)
        if schema.word in NUMBERS:
            yield from numbers(limits, whole=schema.word in INTEGERS)
        elif schema.word == "string":
            yield from texts(limits, name)
        elif schema.word == "intOrString":
            yield from fitting(
                limits, chain([_TEXTS["intOrString"]], numbers(limits, whole=True), texts(limits, name))
            )
        else:
            yield _TEXTS[schema.word]
            if schema.word == "bool":
                yield False


def _scalar(schema: UpstreamSchema) -> Schema:
    """Return the schema of a scalar of upstream's in the words of the language."""
    word = _WORDS.get(schema.get("format", "")) or _WORDS[schema["type"]]
    return Schema("basic", word, enum=tuple(Constant(value, "", "") for value in schema.get("enum", ())))
