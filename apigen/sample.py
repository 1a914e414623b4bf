"""A valid object for a version: what is required, and what a reader would like to see filled in.

The objects are examples for people and the input of the generated tests.
"""

from typing import Any

from apigen.model import ABSENT, Schema, Struct, Types

_DEPTH = 6
_TEXTS = {
    "bytes": "aGVsbG8=",
    "quantity": "100Mi",
    "intOrString": "25%",
    "duration": "30s",
    "time": "2026-01-01T00:00:00Z",
    "microTime": "2026-01-01T00:00:00.000000Z",
}
# A small valid value for those upstream types whose fields the server checks, or that people write most.
_UPSTREAM: dict[str, Any] = {
    "meta/v1.LabelSelector": {"matchLabels": {"app": "example"}},
    "core/v1.LocalObjectReference": {"name": "example"},
    "core/v1.SecretKeySelector": {"name": "example", "key": "key"},
    "core/v1.ConfigMapKeySelector": {"name": "example", "key": "key"},
    "core/v1.ObjectReference": {"kind": "ConfigMap", "namespace": "default", "name": "example"},
}


def sample(types: Types, root: Struct) -> dict[str, Any]:
    """Return the root fields of a valid object but status."""
    filled = {f.json: _value(types, f.schema, f.json, 0) for f in root.fields if f.json != "status"}
    return {k: v for k, v in filled.items() if v is not ABSENT}


def _struct(types: Types, struct: Struct, depth: int) -> dict[str, Any]:
    out = {}
    for field in struct.fields:
        wanted = field.required or depth < 3
        value = _value(types, field.schema, field.json, depth) if wanted else ABSENT
        if value is not ABSENT:
            out[field.json] = value
    return out


def _value(types: Types, schema: Schema, name: str, depth: int) -> Any:
    if schema.default is not ABSENT and schema.default not in ({}, []):
        return schema.default
    match schema.kind:
        case "object":
            return _struct(types, types.struct(schema), depth + 1) if depth < _DEPTH else {}
        case "upstream":
            assert schema.upstream is not None
            return _UPSTREAM.get(schema.upstream.name, ABSENT if depth else {})
        case "list":
            return _list(types, schema, name, depth)
        case "map":
            value = _value(types, schema.element, name, depth + 1) if depth < _DEPTH else ABSENT
            return {} if value is ABSENT else {"example": value}
    return _scalar(types, schema, name)


def _list(types: Types, schema: Schema, name: str, depth: int) -> Any:
    least = schema.limits.min_items or 0
    if schema.limits.max_items == 0:
        return []
    item = _value(types, schema.element, name, depth + 1) if depth < _DEPTH else ABSENT
    if item is ABSENT:
        return ABSENT if not least else [{}] * least
    count = max(1, least)
    if count == 1 or not schema.list_type or schema.list_type == "atomic":
        return [item] * count
    keys = schema.list_map_keys
    return [_distinct(item, keys, i) for i in range(count)]


def _distinct(item: Any, keys: tuple[str, ...], i: int) -> Any:
    """Return the i-th of items that a set or a map list can tell apart."""
    if isinstance(item, dict) and keys:
        return {**item, keys[0]: _distinct(item.get(keys[0], ""), (), i)}
    return item + i if isinstance(item, int) else f"{item}{i or ''}"


def _scalar(types: Types, schema: Schema, name: str) -> Any:
    if schema.enum:
        return schema.enum[0].value
    named = (
        types.scalars[schema.name].limits
        if schema.name in types.scalars and schema.kind == "named"
        else schema.limits
    )
    word, limits = schema.word, (schema.limits, named)
    if word in ("int32", "int64", "float64"):
        low = max([x.minimum for x in limits if x.minimum is not None], default=1)
        high = min([x.maximum for x in limits if x.maximum is not None], default=max(low, 1))
        return min(max(low, 1), high) if low <= 1 else low
    if word == "bool":
        return True
    if word == "string":
        least = max([x.min_length or 0 for x in limits])
        most = min([x.max_length for x in limits if x.max_length is not None], default=63)
        text = "".join(c for c in name.lower() if c.isalnum()) or "text"
        return (text + "x" * least)[: max(least, min(most, max(least, len(text))))]
    if word == "any":
        return {"key": "value"}
    if word == "open object":
        return {"key": "value"}
    if word == "embedded resource":
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "example"}}
    return _TEXTS[word]
