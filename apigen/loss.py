"""What becomes of every field when a version converts into its neighbour, and back: the loss table of an edge.

A field is exact (the same value in other words), carried (converted, and what the other end's word does not tell
is kept), kept (the other end has nothing like it) or dropped (the spec gives it up).
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from itertools import islice

from apigen.model import Edge, Field, Frame, Lens, Only, Pair, Schema, Struct
from apigen.paths import STAR, moved

Names = tuple[str, ...]

EXACT, CARRIED, KEPT, DROPPED = "exact", "carried", "kept", "dropped"


@dataclass(frozen=True)
class Place:
    """A pair of fields and their paths from the roots, or a field that one end alone has; the other path is None."""

    a: Names | None
    b: Names | None
    pair: Pair | None = None
    only: Only | None = None

    def keyed(self, frames: dict[str, Frame]) -> bool:
        """Whether the items of two lists are told apart by keys."""
        if self.pair is None or not self.pair.a or not self.pair.b:
            return False
        return bool(identity(frames, self.pair.lens, self.pair.a[-1].schema, self.pair.b[-1].schema))


# More than any table or server needs; types used in many places could multiply them.
_MAX_PLACES = 5000


def walk(edge: Edge, into: Container[str]) -> Iterator[Place]:
    """Yield the pairs and the fields without a partner in the root and in the frames named by `into`, each at all
    the places where it is, up to a great many; types that contain themselves are entered once."""
    frames = {name: frame for name, frame in edge.frames.items() if name in into or name == edge.root}
    yield from islice(_frame(frames, edge.root, (), (), ()), _MAX_PLACES)


def _frame(
    frames: dict[str, Frame], name: str, a: Names, b: Names, entered: tuple[str, ...]
) -> Iterator[Place]:
    if name in entered or name not in frames:
        return
    frame = frames[name]
    for pair in frame.pairs:
        ends = _below(a, pair.a), _below(b, pair.b)
        yield Place(*ends, pair)
        if not pair.bare:
            schemas = _schema(frame.a, pair.a), _schema(frame.b, pair.b)
            yield from _inside(frames, pair.lens, schemas, *ends, (*entered, name))
    for only in frame.only_a:
        yield Place(a + _names(only.path), None, only=only)
    for only in frame.only_b:
        yield Place(None, b + _names(only.path), only=only)


def _inside(
    frames: dict[str, Frame],
    lens: Lens,
    ends: tuple[Schema, Schema],
    a: Names,
    b: Names,
    entered: tuple[str, ...],
) -> Iterator[Place]:
    match lens.how:
        case "object" | "wrap":
            yield from _frame(frames, lens.inner, a, b, entered)
        case "entries":
            yield from _frame(frames, lens.inner, (*a, STAR), (*b, STAR), entered)
        case "list" | "map":
            assert lens.item is not None
            items = ends[0].element, ends[1].element
            yield from _inside(frames, lens.item, items, (*a, STAR), (*b, STAR), entered)
        case "first":
            assert lens.item is not None
            listed = ends[0].kind == "list", ends[1].kind == "list"
            one, other = ((*a, STAR), b) if listed[0] and not listed[1] else (a, (*b, STAR))
            inner = tuple(s.element if is_list else s for s, is_list in zip(ends, listed, strict=True))
            yield from _inside(frames, lens.item, (inner[0], inner[1]), one, other, entered)


def moves(edge: Edge) -> tuple[tuple[Names, Names], ...]:
    """Return the paths of a version that its neighbour has elsewhere, those of containers first."""
    found: list[tuple[Names, Names]] = []
    for place in walk(edge, with_inner(edge.frames, lambda frame: any(_moves(p) for p in frame.pairs))):
        pair = place.pair
        if pair is None or not place.a or not place.b or pair.lens.how == "union":
            continue
        if moved(place.a, tuple(found)) != place.b:
            found.append((place.a, place.b))
    return tuple(found)


def _moves(pair: Pair) -> bool:
    return _names(pair.a) != _names(pair.b) or pair.lens.how in ("first", "entries")


def with_inner(frames: dict[str, Frame], of: Callable[[Frame], bool]) -> frozenset[str]:
    """Return the names of the frames for which `of` holds, and of those that they are in."""
    found = {name for name, frame in frames.items() if of(frame)}
    holders: dict[str, set[str]] = {}
    for name, frame in frames.items():
        for pair in frame.pairs:
            holders.setdefault(_innermost(pair.lens), set()).add(name)
    left = list(found)
    while left:
        more = holders.get(left.pop(), set()) - found
        found |= more
        left += more
    return frozenset(found)


def _innermost(lens: Lens) -> str:
    """The frame of the objects in a value, or nothing."""
    return _innermost(lens.item) if lens.item else lens.inner


def identity(
    frames: dict[str, Frame], lens: Lens, a: Schema, b: Schema
) -> tuple[tuple[Field | None, Field | None], ...]:
    """Return the fields that tell the items of two lists apart, pair by pair; None stands for the item itself.

    Nothing where either list is shared as a whole, or where the keys of the one are not those of the other: then
    what is kept of an item cannot be told from its key.
    """
    if lens.item is None or not lens.item.inner or a.kind != "list":
        return ()
    frame = frames[lens.item.inner]
    pairs = []
    for pair in frame.pairs:
        plain = len(pair.a) <= 1 and len(pair.b) <= 1 and pair.lens.how == "same"
        ends = (pair.a or (None,))[0], (pair.b or (None,))[0]
        if plain and _is_key(a, ends[0]) and _is_key(b, ends[1]):
            pairs.append(ends)
    wanted = max(len(a.list_map_keys), len(b.list_map_keys), 1)
    return tuple(pairs) if len(pairs) == wanted else ()


def _is_key(items: Schema, field: Field | None) -> bool:
    if field is None:
        return items.list_type == "set"
    return items.list_type == "map" and field.json in items.list_map_keys


class Losses:
    """Tells which frames and pairs of an edge keep something, in either direction."""

    def __init__(self, frames: dict[str, Frame]) -> None:
        self._lossy: frozenset[str] = frozenset()  # read by `pair` while it is found
        self._lossy = with_inner(frames, self._keeps)

    def _keeps(self, frame: Frame) -> bool:
        return bool(frame.only_a or frame.only_b) or any(self.pair(p) for p in frame.pairs)

    def __contains__(self, name: object) -> bool:
        return name in self._lossy

    def frame(self, name: str) -> bool:
        """Whether the conversion of two ends keeps, takes or drops anything."""
        return name in self._lossy

    def pair(self, pair: Pair) -> bool:
        """Whether a pair of fields keeps anything."""
        if pair.bare:
            return True
        ends = [fields[-1] if fields else None for fields in (pair.a, pair.b)]
        if len({bool(f and f.pointer) for f in ends}) > 1 or any(f and f.meta for f in ends):
            return True
        return self.lens(pair.lens)

    def lens(self, lens: Lens) -> bool:
        """Whether the conversion of values that are there keeps anything."""
        match lens.how:
            case "same" | "not":
                return False
            case "object" | "wrap":
                return self.frame(lens.inner)
            case "list" | "map":
                assert lens.item is not None
                return self.lens(lens.item)
        return True


def hook_types(edge: Edge) -> dict[str, frozenset[tuple[str, str, str]]]:
    """Return the types between which the functions of users convert, by their names."""
    found: dict[str, frozenset[tuple[str, str, str]]] = {}
    for frame in edge.frames.values():
        for pair in frame.pairs:
            lens, ends = pair.lens, (_schema(frame.a, pair.a), _schema(frame.b, pair.b))
            while lens.item is not None and lens.how in ("list", "map"):
                lens, ends = lens.item, (ends[0].element, ends[1].element)
            if lens.how == "go":
                types = frozenset((s.kind, s.name, s.base) for s in ends)
                found[lens.option] = found.get(lens.option, types) | types
    return found


_WORDS = ("enum", "duration", "scale", "width", "text", "json", "yaml", "split", "anyList", "first", "go")


def words(edge: Edge, losses: Losses) -> Iterator[tuple[Names, Names]]:
    """Yield the pairs of which one end may say something more exactly than the other, by their paths."""
    for place in walk(edge, losses):
        lens = place.pair.lens if place.pair else None
        if lens is None or not place.a or not place.b:
            continue
        if lens.how in _WORDS or (lens.how == "list" and losses.lens(lens) and not place.keyed(edge.frames)):
            yield place.a, place.b


def _schema(end: Struct | Schema, path: tuple[Field, ...]) -> Schema:
    if path:
        return path[-1].schema
    return end if isinstance(end, Schema) else Schema("object", end.go)


def _below(path: Names, fields: tuple[Field, ...]) -> Names:
    """The path of fields below another; an annotation or label stands at the root."""
    if fields and fields[-1].meta:
        return ("metadata", fields[-1].meta, fields[-1].go)
    return path + _names(fields)


def _names(fields: tuple[Field, ...]) -> Names:
    return tuple(f.json for f in fields)
