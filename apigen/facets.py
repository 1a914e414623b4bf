"""What names fields of a version from outside of its types: printer columns, field selectors, the scale subresource."""

from apigen.checks import Problems
from apigen.gotypes import INTEGERS
from apigen.model import Column, Field, Path, Scale, Selectable, Struct, Types
from apigen.paths import Part, fields_of, json_path, missing, moved
from apigen.source import Source
from apigen.spec import VersionSpec

Moves = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]

# Age is what CRDs show where nothing is said. Source: apiextensions-apiserver's defaults for printer columns.
_AGE_TEXT = (
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed"
    " to be set in happens-before order across separate operations."
)
AGE = Column("Age", "date", ".metadata.creationTimestamp", _AGE_TEXT, "", 0)


def columns(
    problems: Problems, source: Source, at: Path, version: VersionSpec, root: Struct, types: Types
) -> tuple[Column, ...]:
    """Return the printer columns of a version; their paths must lead somewhere."""
    made: list[Column] = []
    for i, column in enumerate(version.additional_printer_columns):
        where = (*at, "additionalPrinterColumns", i)
        parts = json_path(column.json_path)
        if isinstance(parts, str):
            problems.add(source, (*where, "jsonPath"), f'"{column.json_path}" is no JSON path', parts)
        elif wrong := missing(parts, root, types):
            problems.add(
                source,
                (*where, "jsonPath"),
                f'"{column.json_path}" points nowhere: {wrong}',
                "look for a slip in the path",
            )
        if any(c.name == column.name for c in made):
            problems.add(source, (*where, "name"), f'there are two columns "{column.name}"', "rename one")
        if not column.name.strip():
            problems.add(source, (*where, "name"), "a column needs a name")
        made.append(
            Column(
                column.name, column.type, column.json_path, column.description, column.format, column.priority
            )
        )
    return tuple(made) or (AGE,)


def selectable(
    problems: Problems,
    source: Source,
    at: Path,
    version: VersionSpec,
    root: Struct,
    types: Types,
    hub: Struct,
    hub_types: Types,
    moves: Moves,
) -> tuple[Selectable, ...]:
    """Return the fields for selectors: strings, booleans and integers outside of lists and maps."""
    made: list[Selectable] = []
    for i, selected in enumerate(version.selectable_fields):
        where = (*at, "selectableFields", i, "jsonPath")
        path = _plain(problems, source, where, selected.json_path, root, types)
        if path is None:
            continue
        word = path[-1].schema.word
        if path[-1].schema.kind not in ("basic", "named") or word not in ("string", "bool", *INTEGERS):
            problems.add(
                source,
                where,
                f'"{selected.json_path}" is no string, boolean or integer',
                "only those can be selected by",
            )
            continue
        names = tuple(f.json for f in path)
        label = ".".join(names)
        if any(s.label == label for s in made):
            problems.add(source, where, f'"{selected.json_path}" is there twice', "leave out one")
            continue
        there = moved(names, moves)
        made.append(Selectable(label, ".".join(there), fields_of(there, hub, hub_types) or ()))
    return tuple(made)


def _plain(
    problems: Problems, source: Source, where: Path, text: str, root: Struct, types: Types
) -> tuple[Field, ...] | None:
    """Return the fields that a JSON path of names alone passes, or report why there are none."""
    parts = json_path(text)
    if isinstance(parts, str):
        problems.add(source, where, f'"{text}" is no JSON path', parts)
        return None
    if any(p.kind != "key" for p in parts) or parts[:1] == [Part("key", "metadata")]:
        problems.add(
            source,
            where,
            f'"{text}" is not a path of field names below the root',
            "no lists, no filters, no metadata",
        )
        return None
    found = fields_of(tuple(p.text for p in parts), root, types)
    if found is None:
        problems.add(
            source,
            where,
            f'"{text}" points nowhere: {missing(parts, root, types) or "it leads out of the fields"}',
            "look for a slip in the path",
        )
    return found


def scale(
    problems: Problems,
    source: Source,
    at: Path,
    version: VersionSpec,
    root: Struct,
    types: Types,
    hub: Struct,
    hub_types: Types,
    moves: Moves,
) -> Scale | None:
    """Return the scale subresource of a version in the hub's fields, if it has one."""
    spec = version.subresources.scale
    if spec is None:
        return None
    where = (*at, "subresources", "scale")
    wanted = (
        ("specReplicasPath", spec.spec_replicas_path, ("spec",), "int32"),
        ("statusReplicasPath", spec.status_replicas_path, ("status",), "int32"),
        ("labelSelectorPath", spec.label_selector_path, ("spec", "status"), "string"),
    )
    found: list[tuple[Field, ...]] = []
    for key, text, starts, word in wanted:
        path = _plain(problems, source, (*where, key), text, root, types) if text is not None else ()
        if path and path[0].json not in starts:
            problems.add(source, (*where, key), f'"{text}" is not under .{" or .".join(starts)}')
        elif path and (path[-1].schema.kind != "basic" or path[-1].schema.word != word):
            problems.add(source, (*where, key), f'"{text}" is not of type {word}')
        there = moved(tuple(f.json for f in path or ()), moves)
        found.append((fields_of(there, hub, hub_types) or ()) if path else ())
    return Scale(*found)
