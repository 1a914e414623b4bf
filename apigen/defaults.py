"""Defaults as people write them: what is wrong with one, for its type and by its own bounds."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from apigen.checks import RANGES, duration
from apigen.model import Limits, Path, Schema
from apigen.words import called, quoted

if TYPE_CHECKING:
    from apigen.package import Package

Wrong = Iterator[tuple[Path, str]]

_QUANTITY = re.compile(r"[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?")


def default_problems(package: "Package", schema: Schema, value: Any, at: Path) -> Wrong:
    """Yield what is wrong with a default, as pairs of place and message."""
    if schema.kind == "list":
        yield from _list(package, schema, value, at)
    elif schema.kind == "map":
        if not isinstance(value, dict):
            yield at, f"expected a mapping as default, not {called(value)}"
            return
        for key, member in value.items():
            yield from default_problems(package, schema.element, member, (*at, key))
    elif schema.kind == "object":
        yield from _object(package, schema, value, at)
    elif schema.kind == "upstream":
        if value != {}:
            yield at, "only {} can be the default of an upstream type"
    else:
        yield from _scalar(package, schema, value, at)


def _list(package: "Package", schema: Schema, value: Any, at: Path) -> Wrong:
    if not isinstance(value, list):
        yield at, f"expected a list as default, not {called(value)}"
        return
    yield from _beyond(schema.limits, value, at)
    seen: list[Any] = []
    for i, item in enumerate(value):
        yield from default_problems(package, schema.element, item, (*at, i))
        identity = item
        if schema.list_type == "map" and isinstance(item, dict):
            identity = [item.get(key) for key in schema.list_map_keys]
        if schema.list_type in ("set", "map") and identity in seen:
            yield (
                *at,
                i,
            ), f"the items of a {schema.list_type} list are distinct, and this one is there twice"
        seen.append(identity)


def _object(package: "Package", schema: Schema, value: Any, at: Path) -> Wrong:
    if not isinstance(value, dict):
        yield at, f"expected a mapping as default, not {called(value)}"
        return
    struct = package.structs.get(schema.name)
    for key, member in value.items():
        found = struct.find(key) if struct else None
        if found is None:
            yield (*at, key), f"the default has the unknown field {quoted(key)}"
        else:
            yield from default_problems(package, found.schema, member, (*at, key))
    for field in struct.fields if struct else ():
        if field.required and not field.has_default and field.json not in value:
            yield at, f'the default lacks the required field "{field.json}"'


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_int(value: Any, word: str) -> bool:
    low, high = RANGES[word]
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


_FITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "string": (lambda v: isinstance(v, str), "a text"),
    "bool": (lambda v: isinstance(v, bool), "true or false"),
    "int32": (lambda v: _is_int(v, "int32"), "an int32"),
    "int64": (lambda v: _is_int(v, "int64"), "an int64"),
    "float64": (lambda v: _is_number(v) and abs(v) <= RANGES["float64"][1], "a number"),
    "any": (lambda v: v is not None, "a value"),
    "open object": (lambda v: isinstance(v, dict), "a mapping"),
    "quantity": (
        lambda v: (isinstance(v, str) and bool(_QUANTITY.fullmatch(v))) or _is_int(v, "int64"),
        'a quantity such as "100Mi"',
    ),
    "intOrString": (lambda v: isinstance(v, str) or _is_int(v, "int32"), "an int32 or a text"),
    "duration": (lambda v: isinstance(v, str) and duration(v) is not None, 'a duration such as "1m30s"'),
}


def _scalar(package: "Package", schema: Schema, value: Any, at: Path) -> Wrong:
    if schema.word not in _FITS:
        yield at, f"a field of type {schema.word} cannot have a default"
        return
    fits, wanted = _FITS[schema.word]
    if not fits(value):
        yield at, f"expected {wanted} as default, not {called(value)}"
        return
    if schema.enum and value not in [c.value for c in schema.enum]:
        yield at, f"the default {quoted(str(value))} is not in the enum"
        return
    named = package.scalars[schema.name].limits if schema.name in package.scalars else Limits()
    for limits in (schema.limits, named):
        if wrong := list(_beyond(limits, value, at)):
            yield from wrong
            return


def _beyond(limits: Limits, value: Any, at: Path) -> Wrong:
    """Yield which bounds a default breaks."""
    if _is_number(value):
        if limits.minimum is not None and value < limits.minimum:
            yield at, f"the default {value} is less than the minimum {limits.minimum}"
        if limits.maximum is not None and value > limits.maximum:
            yield at, f"the default {value} is greater than the maximum {limits.maximum}"
    if isinstance(value, str | list):
        low, high, unit = limits.min_length, limits.max_length, "character"
        if isinstance(value, list):
            low, high, unit = limits.min_items, limits.max_items, "item"
        if low is not None and len(value) < low:
            yield at, f"the default has {_count(len(value), unit)}, and {low} is the least"
        if high is not None and len(value) > high:
            yield at, f"the default has {_count(len(value), unit)}, and {high} is the most"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" + ("" if number == 1 else "s")
