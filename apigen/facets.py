"""What names fields of a version from outside of its types: columns, field selectors, the scale subresource."""

from dataclasses import dataclass

from apigen.checks import Problems
from apigen.gotypes import INTEGERS
from apigen.model import Column, Edge, Field, Path, Scale, Selectable, Struct, Types
from apigen.paths import Part, escaped, fields_of, json_path, missing
from apigen.source import Source
from apigen.spec import VersionSpec
from apigen.ways import Way, way
from apigen.words import quoted

# Age is what CRDs show where nothing is said. Source: apiextensions-apiserver's defaults for printer columns.
_AGE_TEXT = (
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not"
    " guaranteed to be set in happens-before order across separate operations."
)
AGE = Column("Age", "date", ".metadata.creationTimestamp", _AGE_TEXT, "", 0)


@dataclass(frozen=True)
class Facets:
    """One version of a kind, and how to get from it to the hub. Paths that lead nowhere become problems.

    `at` is the version's path in its file; `edges` lead from the version to the hub.
    """

    problems: Problems
    source: Source
    at: Path
    version: VersionSpec
    root: Struct
    types: Types
    hub: Struct
    hub_types: Types
    edges: tuple[Edge, ...]

    def columns(self) -> tuple[Column, ...]:
        """Return the printer columns."""
        made: list[Column] = []
        for i, column in enumerate(self.version.additional_printer_columns):
            where = (*self.at, "additionalPrinterColumns", i)
            self._json_path((*where, "jsonPath"), column.json_path)
            if any(c.name == column.name for c in made):
                message = f"there are two columns {quoted(column.name)}"
                self.problems.add(self.source, (*where, "name"), message, "rename one")
            if not column.name.strip():
                self.problems.add(self.source, (*where, "name"), "a column needs a name", "such as Ready")
            made.append(
                Column(
                    column.name,
                    column.type,
                    escaped(column.json_path),
                    column.description,
                    column.format,
                    column.priority,
                )
            )
        return tuple(made) or (AGE,)

    def _json_path(self, where: Path, text: str) -> list[Part] | None:
        """Return the parts of a JSON path that leads somewhere, or report what is wrong with it."""
        parts = json_path(text)
        if isinstance(parts, str):
            self.problems.add(self.source, where, f"{quoted(text)} is no JSON path", parts)
            return None
        if fault := missing(parts, self.root, self.types):
            self.problems.add(self.source, where, f"{quoted(text)} points nowhere: {fault[0]}", fault[1])
            return None
        return parts

    def selectable(self) -> tuple[Selectable, ...]:
        """Return the fields for selectors: strings, booleans and integers outside of lists and maps."""
        made: list[Selectable] = []
        for i, selected in enumerate(self.version.selectable_fields):
            where, text = (*self.at, "selectableFields", i, "jsonPath"), selected.json_path
            path = self._plain(where, text)
            if path is None:
                continue
            schema, names = path[-1].schema, tuple(f.json for f in path)
            if schema.kind not in ("basic", "named") or schema.word not in ("string", "bool", *INTEGERS):
                message = f"{quoted(text)} is no string, boolean or integer"
                self.problems.add(self.source, where, message, "only those can be selected by")
            elif any(s.label == ".".join(names) for s in made):
                self.problems.add(self.source, where, f"{quoted(text)} is there twice", "leave out one")
            elif found := self._way(where, text, names):
                hub = self._in_hub(found.path)
                made.append(Selectable(".".join(names), ".".join(found.path), hub, found.values))
        return tuple(made)

    def _way(self, where: Path, text: str, names: tuple[str, ...]) -> Way | None:
        """Where a field is in the hub, or a problem if it does not convert exactly."""
        found = way(names, self.edges)
        if isinstance(found, str):
            message = f"{quoted(text)} has no exact counterpart in the storage version: {found}"
            self.problems.add(self.source, where, message, "name a field that converts one to one")
            return None
        return found

    def _in_hub(self, path: tuple[str, ...]) -> tuple[Field, ...]:
        return fields_of(path, self.hub, self.hub_types) or ()

    def _plain(self, where: Path, text: str) -> tuple[Field, ...] | None:
        """Return the fields that a JSON path of names alone passes, or report why there are none."""
        parts = self._json_path(where, text)
        if parts is None:
            return None
        found = fields_of(tuple(p.text for p in parts if p.kind == "key"), self.root, self.types)
        if found is None or any(p.kind != "key" for p in parts):
            message = f"{quoted(text)} does not lead through objects alone to a field"
            self.problems.add(
                self.source, where, message, "write names with dots: no lists, no maps, no metadata"
            )
            return None
        return found

    def scale(self) -> Scale | None:
        """Return the scale subresource in the hub's fields, if the version has it."""
        spec = self.version.subresources.scale
        if spec is None:
            return None
        return Scale(
            self._scaled("specReplicasPath", spec.spec_replicas_path, ("spec",), "int32"),
            self._scaled("statusReplicasPath", spec.status_replicas_path, ("status",), "int32"),
            self._scaled("labelSelectorPath", spec.label_selector_path, ("spec", "status"), "string"),
        )

    def _scaled(self, key: str, text: str | None, starts: tuple[str, ...], word: str) -> tuple[Field, ...]:
        """Return the hub's fields on the way to one field of the scale subresource."""
        where = (*self.at, "subresources", "scale", key)
        path = self._plain(where, text) if text is not None else None
        if not path:
            return ()
        if path[0].json not in starts:
            message = f"{quoted(text or '')} is not under .{' or .'.join(starts)}"
            self.problems.add(self.source, where, message)
        elif path[-1].schema.kind != "basic" or path[-1].schema.word != word:
            self.problems.add(self.source, where, f"{quoted(text or '')} is not of type {word}")
        found = self._way(where, text or "", tuple(f.json for f in path))
        return self._in_hub(found.path) if found else ()
