"""Example objects that a server takes and gives back as they are: without what the spec gives up, and with one case of
each union."""

from collections.abc import Iterable, Iterator
from typing import Any

from apigen.loss import Names, walk, with_inner
from apigen.model import Edge, Frame
from apigen.paths import STAR

Example = dict[str, Any]


def fitting(example: Example, ends: Iterable[tuple[Edge, bool]]) -> Example:
    """Return an example of a version without what would not come back. `ends` are the edges of the version, and
    whether it is their first end."""
    for edge, first in ends:
        for path in _unfit(edge, first, example):
            *way, last = path
            inside = _at(example, tuple(way))
            if isinstance(inside, dict):
                inside.pop(last, None)
    return example


def _unfit(edge: Edge, first: bool, example: Example) -> Iterator[Names]:
    """Yield the paths of what the spec gives up, and of the cases of unions besides the one that is meant."""
    for place in walk(edge, with_inner(edge.frames, _has_any)):
        if place.only is not None and place.only.drop and first and place.a and STAR not in place.a:
            yield place.a
        lens = place.pair.lens if place.pair else None
        path = place.a if first else place.b
        if lens is None or lens.how != "union" or path is None or first != lens.turned:
            continue
        names, (discriminator, _), cases, _ = lens.option
        said = _at(example, (*path, discriminator[-1].json))
        meant = names.index(said) if said in names else 0
        yield from ((*path, way[-1].json) for i, way in enumerate(cases) if i != meant)


def _has_any(frame: Frame) -> bool:
    return any(only.drop for only in frame.only_a) or any(p.lens.how == "union" for p in frame.pairs)


def _at(example: Any, path: Names) -> Any:
    for name in path:
        example = example.get(name) if isinstance(example, dict) else None
    return example
