"""Two specs -> what differs in the API, each change with its place, and with whom it breaks."""

from collections.abc import Iterable, Iterator

from apigen.diff import places
from apigen.diff.change import ApiChange
from apigen.diff.kinds import KindDiff
from apigen.diff.places import Of
from apigen.diff.sides import Side
from apigen.names import is_alpha

_PROJECT = "the project"


def compare(old: Side, new: Side) -> tuple[ApiChange, ...]:
    """Return what differs in the API of two sides, by kind, version and path."""
    found = [] if old.alone or new.alone else [*_project(old, new)]
    before, after = _kinds(old), _kinds(new)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was and now:
            found += KindDiff(old, new, was, now).changes()
        elif now:
            found.append(ApiChange("kind-added", name, place=places.of_path(new, now, ("kind",))))
        elif was:
            place, near = places.of_path(old, was, ("kind",)), places.of_project(new, "name")
            alpha = all(is_alpha(v.version) for v in was[1].versions)
            found.append(ApiChange("kind-removed", name, place=place, old=True, near=near, alpha=alpha))
    return tuple(found)


def _kinds(side: Side) -> dict[str, Of]:
    return {f"{k.kind}.{g.name}": (g, k) for g in side.project.groups for k in g.kinds}


def _project(old: Side, new: Side) -> Iterator[ApiChange]:
    for key, code in (
        ("name", "project-renamed"),
        ("module", "module-changed"),
        ("kubernetes", "kubernetes-changed"),
    ):
        was, now = getattr(old.project, key), getattr(new.project, key)
        if was != now:
            place = places.of_project(new, key)
            yield ApiChange(code, _PROJECT, text=f"{was} is {now}", place=place)


def sorted_changes(changes: Iterable[ApiChange]) -> tuple[ApiChange, ...]:
    """Return changes by kind, version and path; those that break something first where all that is the same."""
    return tuple(sorted(changes, key=lambda c: (c.kind, c.version, c.path, not c.breaks, c.code, c.text)))
