"""What conversions make of the fields of a version in its neighbours, to be compared before and after."""

from collections.abc import Iterator
from typing import Any

from apigen.diff.demands import shown
from apigen.loss import EXACT, KEPT, walk
from apigen.model import Field, Group, Kind, Lens
from apigen.paths import STAR, dotted
from apigen.tables import of_kind

# No table is read here, so that none has to end; a type in many places must, though.
_MOST = 100_000

Of = tuple[Group, Kind]
Key = tuple[str, str, str]
"""A version, another one, and the path of a field in the first."""


def converted(of: Of) -> dict[Key, str]:
    """Return what each field of a version is in its neighbours."""
    tables = of_kind(*of, most=_MOST) if len(of[1].versions) > 1 else []
    options = dict(_options(of[1]))
    return {
        key: " ".join(filter(None, (row.verdict, row.other, row.how, options.get(key))))
        for table in tables
        for row in sorted(table.rows, key=lambda row: row.verdict != EXACT)
        for key in [(table.source, table.target, row.path)]
    }


def kept(of: Of) -> frozenset[tuple[str, str]]:
    """Return the versions and names of fields that a neighbour has not, so that they are stored beside its own.

    Names, not paths: a type that has several places is reported at one of them, and may be kept at another.
    """
    rows = (key for key, text in converted(of).items() if text.split()[0] == KEPT)
    return frozenset((source, name) for source, _, path in rows for name in path.split("."))


def new_values(of: Of) -> dict[tuple[str, str, str], str]:
    """Return what fields get in objects made through a version that has nothing like it."""
    return {
        (value.version, through, dotted(tuple(f.json if f else STAR for f in value.path))): shown(value.value)
        for value in of[1].values
        for through in value.through
    }


def _options(kind: Kind) -> Iterator[tuple[Key, str]]:
    """What rules say of words and values, which the tables leave out."""
    for version in kind.versions:
        if version.version == kind.storage:
            continue
        target = version.edge.target or kind.storage
        for place in walk(version.edge, version.edge.frames):
            if place.pair is None or place.a is None or place.b is None:
                continue
            if option := _plain(_innermost(place.pair.lens).option):
                text = shown(option)
                yield (version.version, target, dotted(place.a)), text
                yield (target, version.version, dotted(place.b)), text


def _innermost(lens: Lens) -> Lens:
    while lens.item is not None and lens.how in ("list", "map"):
        lens = lens.item
    return lens


def _plain(option: Any) -> Any:
    """The words and names in an option."""
    if isinstance(option, tuple | list):
        return [_plain(part) for part in option]
    if isinstance(option, Field):
        return option.json
    return option if isinstance(option, str | int | float | bool) else None
