"""What becomes of every field of a version in another one: rows for people, for programs and for the docs.

Between versions that are not neighbours the fields go by way of those between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from apigen.loss import CARRIED, DROPPED, EXACT, KEPT, Names, Place, walk
from apigen.model import Edge, Kind, Lens, Schema, Struct, Types
from apigen.paths import STAR, dotted

_ORDER = (EXACT, CARRIED, KEPT, DROPPED)
_EXACT = ("same", "object", "list", "map", "wrap", "not")
_DEPTH = 24
MOST = 2000
"""More rows than anybody reads."""


@dataclass(frozen=True)
class Row:
    """A field of one version, and what it is in another: how it converts, and why it is dropped."""

    path: str
    verdict: str
    other: str = ""
    how: str = ""

    @property
    def same(self) -> bool:
        """Whether nothing is to be said of it."""
        return self.verdict == EXACT and self.path == self.other and not self.how


@dataclass(frozen=True)
class Table:
    """The rows of all fields of a version that another version is asked for."""

    kind: str
    source: str
    target: str
    rows: tuple[Row, ...]

    def count(self, verdict: str) -> int:
        """How many fields fare so."""
        return sum(row.verdict == verdict for row in self.rows)


def table(kind: Kind, types: dict[str, Types], source: str, target: str, most: int = MOST) -> Table:
    """Return what becomes of the fields of `source` in `target`, of the first `most`; `types` are of all versions."""
    steps = [_Step(edge, forward) for edge, forward in _way(kind, source, target)]
    root = next(v.root for v in kind.versions if v.version == source)
    rows = []
    for path in _leaves(Schema("object", root.go), types[source], (), ()):
        rows.append(_row(path, steps))
        if len(rows) == most:
            break
    return Table(kind.kind, source, target, tuple(rows))


def neighbours(kind: Kind) -> list[tuple[str, str]]:
    """The pairs of versions that convert into each other directly: the one farther from the storage version first."""
    edges = {v.version: v.edge.target or kind.storage for v in kind.versions if v.version != kind.storage}
    return sorted(edges.items(), key=lambda pair: (_distance(edges, pair[0]), pair))


def _distance(edges: dict[str, str], version: str) -> int:
    return 1 + _distance(edges, edges[version]) if version in edges else 0


def _way(kind: Kind, source: str, target: str) -> list[tuple[Edge, bool]]:
    """The edges from one version to another, and whether they lead towards the hub."""
    edges = {v.version: v.edge for v in kind.versions if v.version != kind.storage}

    def to_hub(version: str) -> list[str]:
        found = [version]
        while found[-1] in edges:
            found.append(edges[found[-1]].target or kind.storage)
        return found

    up, down = to_hub(source), to_hub(target)
    while len(up) > 1 and len(down) > 1 and up[-2] == down[-2]:
        up, down = up[:-1], down[:-1]
    return [(edges[v], True) for v in up[:-1]] + [(edges[v], False) for v in reversed(down[:-1])]


class _Step:
    """One edge in one direction: where each path leads."""

    def __init__(self, edge: Edge, forward: bool) -> None:
        self._places: dict[Names, tuple[Place, Names | None]] = {}
        self._others: dict[Names, tuple[Names, ...]] = {}
        for place in walk(edge, edge.frames):
            mine, other = (place.a, place.b) if forward else (place.b, place.a)
            if mine is None:
                continue
            self._places.setdefault(mine, (place, other))
            if place.pair and place.pair.lens.how == "union":
                self._union(place.pair.lens, mine, other or (), folded=place.pair.lens.turned != forward)

    def _union(self, lens: Lens, mine: Names, other: Names, *, folded: bool) -> None:
        _, ends, cases, _ = lens.option
        near, far = (ends, cases) if folded else (cases, ends)
        paths = tuple((*other, way[-1].json) for way in far)
        self._others.update({(*mine, way[-1].json): paths for way in near})

    def take(self, path: Names) -> tuple[str, tuple[Names, ...], str]:
        """What becomes of a path: the verdict, where it is, how it got there."""
        if path in self._others and path not in self._places:
            return CARRIED, self._others[path], "union"
        verdict, how = EXACT, ""
        there = path  # as annotations and labels are, of which no rule of this edge speaks
        for n in range(1, len(path) + 1):
            place, other = self._places.get(path[:n], (None, None))
            if place is None:
                continue
            if place.only is not None and not place.only.bare:
                return (DROPPED, (), place.only.drop) if place.only.drop else (KEPT, (), "")
            if place.pair and not place.pair.bare:
                lens = _innermost(place.pair.lens)
                if lens.how not in _EXACT:
                    verdict = CARRIED
                how = _text(lens) or how
            if other is not None:
                there = other if _is_whole(place, path[n:]) else (*other, *path[n:])
        return verdict, (there,), how


def _is_whole(place: Place, rest: Names) -> bool:
    """Whether a field's parts have no paths of their own at the other end."""
    lens = _innermost(place.pair.lens) if place.pair else None
    if lens is not None and lens.how == "entries":
        return rest == (STAR, lens.option.json)
    return lens is not None and lens.how not in (*_EXACT, "first")


def _row(path: Names, steps: list[_Step]) -> Row:
    verdict, hows = EXACT, []
    at: tuple[Names, ...] = (path,)
    for step in steps:
        taken = [step.take(one) for one in at]
        verdict = max([verdict, *(found for found, _, _ in taken)], key=_ORDER.index)
        at = tuple(dict.fromkeys(other for _, there, _ in taken for other in there))
        if not at:
            return Row(dotted(path), verdict, "", taken[0][2])
        hows += [how for _, _, how in taken[:1] if how]
    other = ", ".join(dotted(p) for p in at)
    return Row(dotted(path), verdict, other, ", ".join(hows))


def _innermost(lens: Lens) -> Lens:
    while lens.item is not None and lens.how in ("list", "map"):
        lens = lens.item
    return lens


def _text(lens: Lens) -> str:
    """How a lens is called in a spec."""
    match lens.how:
        case "same" | "object" | "list" | "map":
            return ""
        case "wrap":
            return "eachTo"
        case "entries":
            return "mapTo"
        case "first" | "anyList":
            return "list"
        case "json" | "yaml":
            return f"text {lens.how}"
        case "duration" | "scale" | "go":
            return f"{lens.how} {lens.option}"
    return lens.how


def _leaves(schema: Schema, types: Types, path: Names, entered: tuple[str, ...]) -> Iterator[Names]:
    """The paths of all that is no object, list or map of the spec's own types."""
    if schema.item is not None:
        inner = list(_leaves(schema.element, types, (*path, STAR), entered))
        yield from inner if _has_objects(schema) else [path]
    elif schema.kind == "object" and schema.name not in entered and len(path) < _DEPTH:
        struct: Struct = types.struct(schema)
        for of in struct.named:
            yield from _leaves(of.schema, types, (*path, of.json), (*entered, schema.name))
        if not struct.named:
            yield path
    else:
        yield path


def _has_objects(schema: Schema) -> bool:
    while schema.item is not None:
        schema = schema.item
    return schema.kind == "object"
