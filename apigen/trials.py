"""What the tests of conversions are told of a group: what does not come back, which words and numbers it names."""

from collections.abc import Hashable, Iterator

from apigen.loss import Losses, Names, walk
from apigen.model import Edge, Frame, Group, Kind, Schema
from apigen.openapi import all_schemas
from apigen.paths import moved


def dropped(kind: Kind) -> dict[str, set[Names]]:
    """Return the paths of what conversions give up: of what rules name, and of what other versions have of it."""
    edges = [v.edge for v in kind.versions if v.version != kind.storage]
    found: dict[str, set[Names]] = {}
    for edge in edges:
        for place in walk(edge, Losses(edge.frames)):
            if place.only is not None and place.only.drop:
                version = edge.version if place.a else edge.target or kind.storage
                _spread(version, place.a or place.b or (), edges, kind.storage, found)
    return found


def _spread(version: str, path: Names, edges: list[Edge], storage: str, found: dict[str, set[Names]]) -> None:
    """Add a path of a version, and what its neighbours call the same."""
    if path in found.setdefault(version, set()):
        return
    found[version].add(path)
    for edge in edges:
        ends = edge.version, edge.target or storage
        if version == ends[0]:
            _spread(ends[1], moved(path, edge.moves), edges, storage, found)
        elif version == ends[1]:
            back = tuple((b, a) for a, b in edge.moves)
            _spread(ends[0], moved(path, back), edges, storage, found)


def metadata_names(group: Group) -> dict[str, list[str]]:
    """Return the annotations and labels that rules name."""
    found: dict[str, set[str]] = {}
    for frame in _frames(group):
        for pair in frame.pairs:
            for field in pair.a + pair.b:
                if field.meta:
                    found.setdefault(field.meta, set()).add(field.go)
    return {of: sorted(names) for of, names in found.items()}


def _frames(group: Group) -> Iterator[Frame]:
    for kind in group.kinds:
        for version in kind.versions:
            yield from version.edge.frames.values()


def words(group: Group) -> set[str]:
    """Return the texts that the spec names: words of enums and unions, defaults."""
    named = {c.value for v in group.versions for s in v.types.scalars.values() for c in s.constants}
    unions = {n for f in _frames(group) for p in f.pairs if p.lens.how == "union" for n in p.lens.option[0]}
    found = (
        named
        | unions
        | {s.default for s in _schemas(group)}
        | {c.value for s in _schemas(group) for c in s.enum}
    )
    return {word for word in found if isinstance(word, str)}


def numbers(group: Group) -> set[int]:
    """Return the integers that the spec names: defaults, members of enums, bounds and what is next to them."""
    found: set[object] = set()
    for schema in _schemas(group):
        found |= {schema.default, *(c.value for c in schema.enum)}
        for bound in (schema.limits.minimum, schema.limits.maximum):
            found |= {bound - 1, bound, bound + 1} if isinstance(bound, int) else set()
    return {n for n in found if isinstance(n, int) and not isinstance(n, bool) and abs(n) < 1 << 63}


def _schemas(group: Group) -> Iterator[Schema]:
    for version in group.versions:
        yield from (s for s in all_schemas(version) if isinstance(s.default, Hashable))
