"""Where a field of a version is in the hub, if it converts exactly, and what its values are called there."""

from dataclasses import dataclass

from apigen.loss import Names, walk
from apigen.model import Edge, Lens

Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Way:
    """The path of a field in the hub, and its values there that have other names: those of the version first."""

    path: Names
    values: Values = ()


def way(path: Names, edges: tuple[Edge, ...]) -> Way | str:
    """Follow a field along the edges from its version to the hub; or say why its values cannot be told in the hub."""
    values: dict[str, str] = {}
    for edge in edges:
        place = next(
            (p for p in walk(edge, edge.frames) if p.a == path and not (p.pair and p.pair.bare)), None
        )
        if place is None or place.pair is None or not place.b:
            return f"{edge.version} alone has it"
        step = _values(place.pair.lens)
        if step is None:
            return f"its values are other ones in {edge.target or 'the storage version'}"
        known = {*step, *values}
        values = {one: step.get(values.get(one, one), values.get(one, one)) for one in known}
        path = place.b
    return Way(path, tuple(sorted((one, other) for one, other in values.items() if one != other)))


def _values(lens: Lens) -> dict[str, str] | None:
    """The values that have other names at the other end; None where they do not correspond one to one."""
    if lens.how == "same":
        return {}
    if lens.how == "not":
        return {"true": "false", "false": "true"}
    if lens.how != "enum":
        return None
    pairs = [(two, one) if lens.turned else (one, two) for one, two in lens.option]
    names = {str(one): str(two) for one, two in pairs}
    return names if len(set(names.values())) == len(names) == len(pairs) else None
