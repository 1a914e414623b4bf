"""The bounds of a schema as the language has them: numbers of the right type, exclusive ends as numbers."""

import math
from typing import Any

from apigen.bounds import RANGES

Schema = dict[str, Any]

_ENDS = (("minimum", "exclusiveMinimum", max, math.ceil), ("maximum", "exclusiveMaximum", min, math.floor))
_LEAST = ("minimum", "minLength", "minItems", "minProperties")
_GREATEST = ("maximum", "maxLength", "maxItems", "maxProperties")


def numbers(schema: Schema, word: str) -> tuple[Schema, dict[str, str]]:
    """Take the bounds of numbers out of a schema; return them for a type, and for those left out the reason."""
    found: Schema = {}
    left: dict[str, str] = {}
    for key, exclusive, _, rounded in _ENDS:
        open_end = schema.pop(exclusive, False)
        bound = schema.pop(key, None)
        if bound is None:
            if open_end:
                left[exclusive] = f"it says nothing without {key}"
            continue
        if word != "float64" and not float(bound).is_integer():
            bound, open_end = rounded(bound), False
        bound = int(bound) if float(bound).is_integer() else bound
        low, high = RANGES[word]
        if not low <= bound <= high:
            left[key] = f"{bound} is no {word}"
            continue
        found[exclusive if open_end else key] = bound
    if (factor := schema.pop("multipleOf", None)) is not None:
        found["multipleOf"] = int(factor) if float(factor).is_integer() else factor
    return found, left


def merge(schema: Schema) -> None:
    """Let a schema say by itself what its allOf says by bounds. What cannot be said so stays in allOf."""
    left: list[Schema] = []
    for branch in schema.pop("allOf", ()):
        rest = {key: value for key, value in branch.items() if not _merged(schema, key, value)}
        if rest:
            left.append(rest)
    if left:
        schema["allOf"] = left


def _merged(schema: Schema, key: str, value: Any) -> bool:
    """Add one key of a branch to a schema; say whether that could be done."""
    mine = schema.get(key)
    if key == "enum":
        schema[key] = value if mine is None else [v for v in mine if v in value]
    elif key in _LEAST + _GREATEST and not any(f"exclusive{k.capitalize()}" in schema for k in (key,)):
        schema[key] = value if mine is None else (max if key in _LEAST else min)(mine, value)
    elif key in ("pattern", "format", "multipleOf") and mine in (None, value):
        schema[key] = value
    else:
        return False
    return True
