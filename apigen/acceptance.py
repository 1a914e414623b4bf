"""Where two neighbouring versions differ in what they accept: constraints that one has and the other has not."""

from collections.abc import Iterator
from dataclasses import dataclass

from apigen.limits import NO_LIMITS
from apigen.loss import Names, Place, walk
from apigen.model import Edge, Field, Kind, Project, Schema, Struct, Types
from apigen.paths import dotted


@dataclass(frozen=True)
class Stricter:
    """A constraint of a version, with its path there, that its neighbour has not."""

    version: str
    path: str
    constraint: str
    neighbour: str
    there: str


def stricter(kind: Kind, types: dict[str, Types]) -> Iterator[Stricter]:
    """Yield the constraints of each version that its neighbour has not, for fields that are of one type in both, and
    for the objects as a whole. `types` are those of the versions."""
    roots = {v.version: v.root for v in kind.versions}
    for version in kind.versions:
        edge = version.edge
        if version.version == kind.storage:
            continue
        neighbour = edge.target or kind.storage
        whole = [(v, (), set(_of_struct(roots[v]))) for v in (version.version, neighbour)]
        yield from _differing(*whole)
        yield from _differing(*whole[::-1])
        for place in walk(edge, edge.frames):
            pair = place.pair
            if pair is None or pair.bare or not (pair.a and pair.b and place.a and place.b):
                continue
            if pair.lens.how in ("same", "object", "list", "map"):
                mine = (version.version, place.a, set(_constraints(pair.a[-1], types[version.version])))
                other = (neighbour, place.b, set(_constraints(pair.b[-1], types[neighbour])))
                yield from _differing(mine, other)
                yield from _differing(other, mine)


_SHOWN = 3


def summary(project: Project) -> list[str]:
    """Return a line for each version that accepts less than a neighbour: of which kind, and at which fields."""
    lines = []
    for group, kind in ((g, k) for g in project.groups for k in g.kinds):
        paths: dict[tuple[str, str], dict[str, None]] = {}
        for one in stricter(kind, {v.name: v.types for v in group.versions}):
            paths.setdefault((one.version, one.neighbour), {})[one.path or "the whole object"] = None
        for (version, neighbour), found in paths.items():
            shown = ", ".join(list(found)[:_SHOWN])
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            lines.append(f"{kind.kind} {version} demands what {neighbour} does not: {shown}{more}")
    return lines


_End = tuple[str, Names, set[str]]


def _differing(mine: _End, other: _End) -> Iterator[Stricter]:
    for text in sorted(mine[2] - other[2]):
        yield Stricter(mine[0], dotted(mine[1]), text, other[0], dotted(other[1]))


def _constraints(of: Field, types: Types) -> Iterator[str]:
    if of.meta:
        return
    if of.required:
        yield "required"
    yield from _of_schema(of.schema, types, "")


def _of_schema(schema: Schema, types: Types, within: str) -> Iterator[str]:
    """Yield what a schema demands, and what it demands of the items or values in it."""
    if schema.enum:
        yield f"{within}enum {', '.join(str(c.value) or '(empty)' for c in schema.enum)}"
    named = types.scalars[schema.name] if schema.kind == "named" else None
    for limits in (schema.limits, named.limits if named else NO_LIMITS):
        for key, value in limits.given().items():
            yield f"{within}{key} {value}"
    if schema.immutable:
        yield within + ("immutable" if schema.immutable == "always" else "immutable once set")
    for rule in (*schema.rules, *(named.rules if named else ())):
        yield f"{within}rule {rule.rule}"
    if schema.kind == "object":
        yield from _of_struct(types.struct(schema))
    elif schema.item is not None and schema.item.kind != "object":
        yield from _of_schema(
            schema.item, types, f"{within}{'items' if schema.kind == 'list' else 'values'}: "
        )


def _of_struct(struct: Struct) -> Iterator[str]:
    for group in struct.one_ofs:
        yield f"{group.how} {', '.join(group.fields)}"
    for rule in struct.rules:
        yield f"rule {rule.rule}"


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
