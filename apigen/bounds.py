"""What a field says of its values besides their type: whether a bound is for the type, and whether any value fits."""

import math
from typing import TYPE_CHECKING

from apigen.formats import FORMATS, NEAR_MISSES
from apigen.gotypes import INTEGERS, NUMBERS
from apigen.limits import Limits
from apigen.model import Path, Schema
from apigen.patterns import fault
from apigen.source import Source
from apigen.spec import FieldSpec
from apigen.texts import texts
from apigen.words import choices, quoted

if TYPE_CHECKING:
    from apigen.checks import Problems

RANGES: dict[str, tuple[float, float]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float64": (-1.7976931348623157e308, 1.7976931348623157e308),
}

_NUMERIC = ("int32, int64, float64 and intOrString", (*NUMBERS, "intOrString"))
_TEXTUAL = ("string and intOrString", ("string", "intOrString"))
_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "minimum": _NUMERIC,
    "maximum": _NUMERIC,
    "exclusiveMinimum": _NUMERIC,
    "exclusiveMaximum": _NUMERIC,
    "multipleOf": _NUMERIC,
    "minLength": _TEXTUAL,
    "maxLength": _TEXTUAL,
    "pattern": _TEXTUAL,
    "format": ("string", ("string",)),
    "minItems": ("lists", ("list",)),
    "maxItems": ("lists", ("list",)),
    "minProperties": ("maps and objects", ("map", "object")),
    "maxProperties": ("maps and objects", ("map", "object")),
}
"""For each bound the types that it is for: as text, and by the words of the language or the kinds of schemas."""


def limits_of(spec: FieldSpec) -> Limits:
    """Return the bounds that a field says."""
    return Limits(**{name: getattr(spec, name) for name in Limits.__dataclass_fields__})


def check_bounds(problems: "Problems", source: Source, spec: FieldSpec, schema: Schema, at: Path) -> None:
    """Report bounds that are not for the type, that no value of it has, and that leave no value."""
    given = limits_of(spec).given()
    for key, value in given.items():
        _check_bound(problems, source, spec, schema, at, key, value)
    _check_example(problems, source, spec, schema, at)
    for end in ("Length", "Items", "Properties"):
        _check_order(problems, source, given, f"min{end}", f"max{end}", at)
    low, high = _least(given, schema.word), _greatest(given, schema.word)
    if low and high and low[0] > high[0] - (low[2] or (high[2] and schema.word == "float64")):
        message = f"{high[1]} {given[high[1]]} is less than {low[1]} {given[low[1]]}: no value fits"
        if low[1].startswith("ex") or high[1].startswith("ex"):
            message = f"{low[1]} {given[low[1]]} and {high[1]} {given[high[1]]} leave no value"
        problems.add(source, (*at, high[1]), message)


def _check_example(problems: "Problems", source: Source, spec: FieldSpec, schema: Schema, at: Path) -> None:
    """Refuse a pattern to which no text was found: the objects of the generated tests need one."""
    told = spec.model_fields_set & {"default", "example"} or spec.enum
    pattern = schema.limits.pattern
    if pattern is None or told or schema.word != "string" or schema.limits.format not in (None, *FORMATS):
        return
    if not fault(pattern) and next(texts([schema.limits], str(at[-1])), None) is None:
        message = f"no text was found that fits the pattern {pattern} and the other bounds"
        problems.add(source, (*at, "pattern"), message, "show one by `example:`")


def _check_order(
    problems: "Problems", source: Source, given: dict[str, float], low: str, high: str, at: Path
) -> None:
    if low in given and high in given and given[low] > given[high]:
        message = f"{high} {given[high]} is less than {low} {given[low]}: no value fits"
        problems.add(source, (*at, high), message)


_End = tuple[float, str, bool]
"""The last number that fits, the bound that says so, and whether it does not fit itself."""


def _least(given: dict[str, float], word: str) -> _End | None:
    ends: list[_End] = []
    if "minimum" in given:
        ends.append((given["minimum"], "minimum", False))
    if "exclusiveMinimum" in given:
        low = given["exclusiveMinimum"]
        whole = word in INTEGERS
        ends.append((math.floor(low) + 1 if whole else low, "exclusiveMinimum", not whole))
    return max(ends, default=None)


def _greatest(given: dict[str, float], word: str) -> _End | None:
    ends: list[_End] = []
    if "maximum" in given:
        ends.append((given["maximum"], "maximum", False))
    if "exclusiveMaximum" in given:
        high = given["exclusiveMaximum"]
        whole = word in INTEGERS
        ends.append((math.ceil(high) - 1 if whole else high, "exclusiveMaximum", not whole))
    return min(ends, default=None)


def _check_bound(
    problems: "Problems",
    source: Source,
    spec: FieldSpec,
    schema: Schema,
    at: Path,
    key: str,
    value: float | str,
) -> None:
    """Check one bound: that the type has it, and that a value of the type can be like that."""
    word = schema.word if schema.kind in ("basic", "named") else schema.kind
    text, words = _OF[key]
    if word not in words:
        *_, innermost = schema.layers
        inside = innermost is not schema and innermost.word in words
        hint = f"put it under `{'items' if schema.kind == 'list' else 'values'}:`"
        message = f"{key} does not apply to {quoted(spec.type) if spec.type else 'an object'}"
        problems.add(source, (*at, key), message, hint if inside else f"it is for {text}", key=True)
    elif key == "pattern":
        if wrong := fault(str(value)):
            message = f"{quoted(str(value))} is no regular expression: {wrong}"
            problems.add(source, (*at, key), message, "patterns are RE2: no look-around, no references")
    elif key == "format":
        if value not in FORMATS:
            near = NEAR_MISSES.get(str(value))
            hint = f"did you mean {near}?" if near else choices(str(value), sorted(FORMATS), "formats")
            problems.add(source, (*at, key), f"unknown format {quoted(str(value))}", hint)
    elif not isinstance(value, str):
        _check_number(problems, source, word, (*at, key), key, value)


def _check_number(problems: "Problems", source: Source, word: str, at: Path, key: str, value: float) -> None:
    of_values = _OF[key] is _NUMERIC
    word = "int32" if word == "intOrString" else word
    low, high = RANGES[word if of_values else "int64"]
    whole = word not in INTEGERS or isinstance(value, int)
    if not (whole and low <= value <= high):
        wrong = f"is no {word}" if of_values else "is too large"
        problems.add(source, at, f"{key} {value} {wrong}")
