"""The types of a version with the bounds of the versions behind it: what a value needs to be accepted all the way.

A request is validated by the rules of its own version and then by those of the storage version, so an example of the
one has to fit the other, too.
"""

from dataclasses import replace
from typing import Any

from apigen.fits import beyond
from apigen.limits import NO_LIMITS, Limits
from apigen.model import ABSENT, Edge, Field, Schema, Struct, Types

_GREATEST = ("minimum", "exclusive_minimum", "min_length", "min_items", "min_properties")
_LEAST = ("maximum", "exclusive_maximum", "max_length", "max_items", "max_properties")


def narrowed(types: Types, edge: Edge, ahead: Types) -> Types:
    """Return the types of a version, where each field that its neighbour has unchanged has the bounds of both.

    `edge` is that of the version; `ahead` are the neighbour's types, narrowed by those behind it.
    """
    structs = dict(types.structs)
    for frame in edge.frames.values():
        if not isinstance(frame.a, Struct) or not isinstance(frame.b, Struct):
            continue
        for pair in frame.pairs:
            if pair.bare or pair.lens.how not in ("same", "list", "map") or not _plain(pair.a, pair.b):
                continue
            other = _field(ahead.structs[_owner(frame.b, pair.b)], pair.b[-1].json)
            owner = structs[_owner(frame.a, pair.a)]
            mine = _field(owner, pair.a[-1].json)
            schema = _narrow(mine.schema, types, other.schema, ahead)
            if schema is not mine.schema:
                fields = tuple(replace(f, schema=schema) if f is mine else f for f in owner.fields)
                structs[owner.go] = replace(owner, fields=fields)
    return Types(structs, types.scalars)


def _plain(*paths: tuple[Field, ...]) -> bool:
    """Whether paths end at fields of the objects themselves, and not at labels or annotations."""
    return all(path and not any(field.meta for field in path) for path in paths)


def _owner(frame: Struct, path: tuple[Field, ...]) -> str:
    return path[-2].schema.name if len(path) > 1 else frame.go


def _field(struct: Struct, json: str) -> Field:
    found = struct.find(json)
    assert found is not None
    return found


def _narrow(mine: Schema, types: Types, other: Schema, ahead: Types) -> Schema:
    """Return a schema with the bounds of another one, of the same type; itself where that changes nothing."""
    changed: dict[str, Any] = {}
    own = _limits(mine, types)
    limits = _both(own, _limits(other, ahead))
    if limits != own:
        changed["limits"] = limits
    values = {c.value for c in other.enum}
    enum = tuple(c for c in mine.enum if c.value in values) if values and mine.enum else mine.enum
    if enum != mine.enum and enum:
        changed["enum"] = enum
    elif values and not mine.enum and mine.kind == "basic":
        changed["enum"] = other.enum
    if mine.example is ABSENT and other.example is not ABSENT and not any(beyond(limits, other.example, "")):
        changed["example"] = other.example
    if mine.item and other.item and mine.item.kind != "object":
        item = _narrow(mine.item, types, other.item, ahead)
        if item is not mine.item:
            changed["item"] = item
    return replace(mine, **changed) if changed else mine


def _limits(schema: Schema, types: Types) -> Limits:
    named = types.scalars[schema.name].limits if schema.kind == "named" else NO_LIMITS
    return _both(schema.limits, named)


def _both(one: Limits, other: Limits) -> Limits:
    """The bounds that hold where both do. Of two patterns, formats or multiples the first stays: which values have
    both cannot be said in one bound."""
    if other == NO_LIMITS or one == other:
        return one
    out = {name: value for name in Limits.__dataclass_fields__ if (value := getattr(one, name)) is not None}
    for name in Limits.__dataclass_fields__:
        value = getattr(other, name)
        if value is None:
            continue
        if name in out and name in (*_GREATEST, *_LEAST):
            out[name] = max(out[name], value) if name in _GREATEST else min(out[name], value)
        else:
            out.setdefault(name, value)
    return Limits(**out)
