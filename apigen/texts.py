"""Values that fit bounds: texts that match a pattern, numbers of a range. The nicest come first."""

from collections.abc import Iterable, Iterator
from itertools import chain, count, islice
from typing import Any

from apigen.fits import beyond
from apigen.formats import FORMATS
from apigen.limits import Limits
from apigen.matching import matching

# So many candidates are tried before it is given up.
_TRIED = 2000


def fitting(limits: Iterable[Limits], candidates: Iterable[Any]) -> Iterator[Any]:
    """Yield the distinct candidates that are within all bounds."""
    bounds, seen = list(limits), set()
    for value in islice(candidates, _TRIED):
        if value not in seen and not any(True for x in bounds for _ in beyond(x, value, "")):
            seen.add(value)
            yield value


def texts(limits: Iterable[Limits], name: str) -> Iterator[str]:
    """Yield distinct texts within bounds for a field of that name: its name, an example of the format, what matches."""
    bounds = list(limits)
    least = max((x.min_length or 0 for x in bounds), default=0)
    most = min((x.max_length for x in bounds if x.max_length is not None), default=None)
    formats = [FORMATS[x.format].example for x in bounds if x.format is not None]
    patterns = [x.pattern for x in bounds if x.pattern is not None]
    if not formats and not patterns:
        yield from named(name, least, most)
        return
    found = chain.from_iterable(matching(pattern, least) for pattern in patterns)
    yield from fitting(bounds, chain(formats, islice(named(name, least, most), 100), found))


def numbers(limits: Iterable[Limits], *, whole: bool) -> Iterator[float]:
    """Yield distinct numbers within bounds."""
    bounds = list(limits)
    lows = [x for b in bounds for x in (b.minimum, b.exclusive_minimum) if x is not None]
    highs = [x for b in bounds for x in (b.maximum, b.exclusive_maximum) if x is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    step: float = max((x.multiple_of for x in bounds if x.multiple_of is not None), default=1)
    first = step if low is None else -(-low // step) * step
    multiples = (first + step * i for i in range(-100, 100)) if step != 1 else iter(())
    yield from fitting(bounds, chain(islice(_range(low, high), 1000), multiples, _between(low, high, whole)))


def _between(low: float | None, high: float | None, whole: bool) -> Iterator[float]:
    if not whole and low is not None and high is not None:
        yield from (low + (high - low) * i / 16 for i in range(1, 16))


def _range(low: float | None, high: float | None) -> Iterator[float]:
    """Yield numbers of a range, 1 or the nearest to it first: up to the end, then down from there."""
    first: float = 1
    if low is not None and low > first:
        first = low
    if high is not None and high < first:
        first = high
    for number in count(first):
        if (high is not None and number > high) or number > first + 500:
            break
        yield number
    for number in count(first - 1, -1):
        if low is not None and number < low:
            break
        yield number


def named(name: str, least: int, most: int | None) -> Iterator[str]:
    """Yield texts whose lengths are in a range: the name of the field, then with numbers at the end."""
    text = "".join(c for c in name.lower() if c.isalnum() and c.isascii()) or "text"
    text = (text + "x" * max(0, least - len(text)))[:most]
    yield text
    for i in count(1):
        end = str(i)
        if most is not None and len(end) > most:
            return
        cut = most is not None and len(text) + len(end) > most
        numbered = (text[: (most or 0) - len(end)] if cut else text) + end
        if numbered != text:
            yield numbered
