"""Where two neighbouring versions differ in what they accept: constraints that one has and the other has not."""

from collections.abc import Iterator
from dataclasses import dataclass

from apigen.loss import Names, Place, walk
from apigen.model import Edge, Field, Kind, Schema
from apigen.paths import dotted


@dataclass(frozen=True)
class Stricter:
    """A constraint of a version, with its path there, that its neighbour has not."""

    version: str
    path: str
    constraint: str
    neighbour: str
    there: str


def stricter(kind: Kind) -> Iterator[Stricter]:
    """Yield the constraints of each version that its neighbour has not, for fields that are of one type in both."""
    for version in kind.versions:
        edge = version.edge
        if version.version == kind.storage:
            continue
        neighbour = edge.target or kind.storage
        for place in walk(edge, edge.frames):
            pair = place.pair
            if pair is None or pair.bare or not (pair.a and pair.b and place.a and place.b):
                continue
            if pair.lens.how in ("same", "object", "list", "map"):
                ends = (version.version, place.a, pair.a[-1]), (neighbour, place.b, pair.b[-1])
                yield from _differing(*ends)
                yield from _differing(*ends[::-1])


_End = tuple[str, Names, Field]


def _differing(mine: _End, other: _End) -> Iterator[Stricter]:
    have, lacks = set(_constraints(mine[2])), set(_constraints(other[2]))
    for text in sorted(have - lacks):
        yield Stricter(mine[0], dotted(mine[1]), text, other[0], dotted(other[1]))


def _constraints(of: Field) -> Iterator[str]:
    if of.meta:
        return
    if of.required:
        yield "required"
    if of.schema.enum:
        yield f"enum {', '.join(str(c.value) or '(empty)' for c in of.schema.enum)}"
    for key, value in of.schema.limits.given().items():
        yield f"{key} {value}"


def _by_item(schema: Schema) -> bool:
    """Whether owners share what is in a list or map item by item."""
    return schema.list_type in ("set", "map") or (schema.kind == "map" and schema.map_type != "atomic")


def different_lists(edge: Edge) -> Iterator[Place]:
    """Yield the pairs of lists of which owners share the one by item and the other as a whole."""
    for place in walk(edge, edge.frames):
        pair = place.pair
        if pair and pair.a and pair.b and not pair.bare:
            kinds = [_by_item(f[-1].schema) for f in (pair.a, pair.b)]
            lists = [f[-1].schema.kind == "list" for f in (pair.a, pair.b)]
            if any(lists) and kinds[0] != kinds[1]:
                yield place
