"""What is demanded of a value before and after: does it refuse more, or less? Nothing here knows where the value is.

A demand that another one implies is not new: a bound may move from a field to its named type, and a union may get a
member that no object has had yet.
"""

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from apigen.limits import Limits
from apigen.model import OneOf, Struct
from apigen.scalars import cut

Demand = tuple[bool, str]
"""Whether what was accepted is refused now, and what has changed."""

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
# Of which zero demands nothing.
_SIZES = ("minLength", "minItems", "minProperties")


def bounds(old: Iterable[Limits], new: Iterable[Limits], *, integer: bool = False) -> Iterator[Demand]:
    """Yield how the bounds of a value differ. Each side is what all of its limits demand together.

    Whether a pattern or a format accepts all that another does is not decided: one that is new refuses more.
    """
    was, now = _together(old, integer), _together(new, integer)
    for key in sorted(was.keys() | now.keys()):
        before, after = was.get(key), now.get(key)
        if before != after:
            yield _tighter(key, before, after), f"{key} {_shown(before)} is {_shown(after)}"


def _together(limits: Iterable[Limits], integer: bool) -> dict[str, Any]:
    """The strictest of each bound; of patterns, formats and factors all."""
    found: dict[str, Any] = {}
    for each in limits:
        for given, bound in each.given().items():
            key, value = _whole(given, bound) if integer else (given, bound)
            if key in _LOWER:
                found[key] = max(value, found.get(key, value))
            elif key in _UPPER:
                found[key] = min(value, found.get(key, value))
            else:
                found[key] = tuple(sorted({*found.get(key, ()), value}))
    return {key: value for key, value in found.items() if value != 0 or key not in _SIZES}


def _whole(key: str, value: Any) -> tuple[str, Any]:
    """An exclusive bound of an integer is an inclusive one, one further in."""
    if key == "exclusiveMinimum" and isinstance(value, int):
        return "minimum", value + 1
    if key == "exclusiveMaximum" and isinstance(value, int):
        return "maximum", value - 1
    return key, value


def _tighter(key: str, old: Any, new: Any) -> bool:
    if new is None or old is None:
        return old is None
    if key in _LOWER:
        return bool(new > old)
    if key in _UPPER:
        return bool(new < old)
    if key == "multipleOf":
        # Every multiple of 6 is one of 3.
        return not all(any(_divides(n, o) for o in old) for n in new)
    return not set(new) <= set(old)


def _divides(factor: Any, value: Any) -> bool:
    return (Fraction(str(value)) / Fraction(str(factor))).denominator == 1


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return " and ".join(map(shown, value)) if isinstance(value, tuple) else shown(value)


def shown(value: Any) -> str:
    """Return a value as JSON, a long one cut."""
    return cut(json.dumps(value, sort_keys=True, ensure_ascii=False))


def one_ofs(old: Struct, new: Struct) -> Iterator[Demand]:
    """Yield how two objects differ in how many of some fields they must say."""
    before, after = {f.json for f in old.named}, {f.json for f in new.named}
    yield from (
        (True, f"{_text(group)} is new") for group in new.one_ofs if not _implied(group, old.one_ofs, before)
    )
    yield from (
        (False, f"{_text(group)} is gone") for group in old.one_ofs if not _implied(group, new.one_ofs, after)
    )


def _text(group: OneOf) -> str:
    return f"{group.how} {', '.join(group.fields)}"


def _implied(group: OneOf, others: Iterable[OneOf], known: set[str]) -> bool:
    """Whether objects that obey `others` and say no fields but the `known` ones obey `group`."""
    left = known & set(group.fields)
    others = tuple(others)
    most = len(left) <= 1 or any(o.how != "atLeastOneOf" and left <= set(o.fields) for o in others)
    least = any(o.how != "atMostOneOf" and set(o.fields) & known <= set(group.fields) for o in others)
    return {"atMostOneOf": most, "atLeastOneOf": least, "exactlyOneOf": most and least}[group.how]
