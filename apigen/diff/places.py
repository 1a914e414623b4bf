"""Where what has changed stands in the files of a side."""

from apigen.diff.sides import Side
from apigen.load import PROJECT_FILE, Loaded
from apigen.model import Group, Kind, Path
from apigen.problems import Position
from apigen.spec import ResourceSpec

Of = tuple[Group, Kind]


def of_project(side: Side, key: str) -> Position:
    """Return where the project file says something."""
    return side.spec.project.source.position((key,), key=True)


def of_path(side: Side, of: Of, path: Path) -> Position:
    """Return where a path stands in the file of a kind, or where the shared type is that it leads to.

    Where there is none, it is the place of the nearest thing around it.
    """
    mine = _file(side, of)
    if mine and (path[:1] != ("types",) or path[1] in mine.spec.types):
        return mine.source.position(path, key=True)
    for shared in side.spec.types:
        if shared.spec.group == of[0].name and path[:1] == ("types",) and path[1] in shared.spec.types:
            return shared.source.position(path, key=True)
    return Position(PROJECT_FILE)


def of_version(side: Side, of: Of, version: str) -> Position:
    """Return where a version of a kind has its name; where the kind has it, if there is no such version."""
    mine = _file(side, of)
    names = [v.name for v in mine.spec.versions] if mine else []
    if version in names:
        return of_path(side, of, ("versions", names.index(version), "name"))
    return of_path(side, of, ("kind",))


def _file(side: Side, of: Of) -> Loaded[ResourceSpec] | None:
    found = (r for r in side.spec.resources if (r.spec.group, r.spec.kind) == (of[0].name, of[1].kind))
    return next(found, None)
