"""Whether a plain value is within bounds: for defaults and examples, by the rules that the server has."""

from collections.abc import Iterator
from typing import Any

from apigen.formats import FORMATS
from apigen.limits import Limits
from apigen.patterns import matches
from apigen.words import quoted


def beyond(limits: Limits, value: Any, what: str) -> Iterator[str]:
    """Yield which bounds a value breaks. `what` is what it is: "the default"."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(limits, value, f"{what} {value}")
    elif isinstance(value, str):
        yield from _size(limits.min_length, limits.max_length, len(value), "character", what)
        if limits.pattern is not None and not matches(limits.pattern, value):
            yield f"{what} {quoted(value)} does not match the pattern {limits.pattern}"
        if limits.format is not None and not FORMATS[limits.format].fits(value):
            yield f"{what} {quoted(value)} is not {FORMATS[limits.format].says}"
    elif isinstance(value, list):
        yield from _size(limits.min_items, limits.max_items, len(value), "item", what)
    elif isinstance(value, dict):
        yield from _size(limits.min_properties, limits.max_properties, len(value), "field", what)


def _number(limits: Limits, value: float, what: str) -> Iterator[str]:
    if limits.minimum is not None and value < limits.minimum:
        yield f"{what} is less than the minimum {limits.minimum}"
    if limits.maximum is not None and value > limits.maximum:
        yield f"{what} is greater than the maximum {limits.maximum}"
    if limits.exclusive_minimum is not None and value <= limits.exclusive_minimum:
        yield f"{what} is not greater than {limits.exclusive_minimum}"
    if limits.exclusive_maximum is not None and value >= limits.exclusive_maximum:
        yield f"{what} is not less than {limits.exclusive_maximum}"
    if limits.multiple_of is not None and not is_multiple(value, limits.multiple_of):
        yield f"{what} is no multiple of {limits.multiple_of}"


def is_multiple(value: float, factor: float) -> bool:
    """Whether a number is a multiple of another, up to what floats cannot say.

    Source: MultipleOf in k8s.io/kube-openapi/pkg/validation/validate.
    """
    if isinstance(value, int) and isinstance(factor, int):
        return value % factor == 0
    times = value * (1 / factor) if factor < 1 else value / factor
    return abs(times - round(times)) <= 1e-9 * max(1.0, abs(times))


def _size(low: int | None, high: int | None, size: int, unit: str, what: str) -> Iterator[str]:
    has = f"{what} has {size} {unit}" + ("" if size == 1 else "s")
    if low is not None and size < low:
        yield f"{has}, and {low} is the least"
    if high is not None and size > high:
        yield f"{has}, and {high} is the most"
