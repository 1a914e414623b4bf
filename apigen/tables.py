"""The tables of conversions for readers: text, JSON, Markdown; and which of them a command asks for."""

import json
from collections.abc import Iterable, Iterator

from apigen.loss import CARRIED, DROPPED, EXACT, KEPT
from apigen.losstable import MOST, Row, Table, neighbours, table
from apigen.model import Group, Kind, Project
from apigen.problems import UsageError
from apigen.words import choices, quoted

VERDICTS = {
    EXACT: "the same value, in other words perhaps",
    CARRIED: "converted; what the other version's word does not tell is kept",
    KEPT: "the other version has nothing like it; it is kept for this one",
    DROPPED: "given up",
}


def tables(project: Project, kind: str = "", source: str = "", target: str = "") -> list[Table]:
    """Return the tables of all kinds, or of the one that is asked for by KIND or KIND.GROUP.

    They are of all neighbours, both ways, or from one version to another. Raises UsageError.
    """
    found = kinds(project, kind)
    if source or target:
        if not kind and len(found) > 1:
            raise UsageError(
                "--from and --to are for one kind", "name it: apigen conversions KIND --from V --to V"
            )
        return [_between(group, of, source, target) for group, of in found]
    return [made for group, of in found for made in of_kind(group, of)]


def of_kind(group: Group, kind: Kind, most: int = MOST) -> list[Table]:
    """Return the tables of all pairs of neighbours, both ways, of `most` rows each."""
    types = {v.name: v.types for v in group.versions}
    ways = [way for pair in neighbours(kind) for way in (pair, pair[::-1])]
    return [table(kind, types, *way, most=most) for way in ways]


def kinds(project: Project, wanted: str) -> list[tuple[Group, Kind]]:
    """Return the kinds that have several versions, or the one that is asked for. Raises UsageError."""
    everything = [(g, k) for g in project.groups for k in g.kinds]
    found = [(g, k) for g, k in everything if not wanted or wanted in (k.kind, f"{k.kind}.{g.name}")]
    if not found:
        known = [k.kind for _, k in everything]
        raise UsageError(f"there is no kind {quoted(wanted)}", choices(wanted, known, "kinds"))
    several = [(g, k) for g, k in found if len(k.versions) > 1]
    if wanted and not several:
        raise UsageError(f"{wanted} has one version", "there is nothing to convert")
    return several


def _between(group: Group, kind: Kind, source: str, target: str) -> Table:
    known = [v.version for v in kind.versions]
    for flag, version in (("--from", source), ("--to", target)):
        if version not in known:
            message = f"{kind.kind} has no version {quoted(version)}" if version else f"{flag} is missing"
            raise UsageError(message, choices(version, known, "versions"))
    if source == target:
        raise UsageError("a version does not convert into itself", "name two versions")
    return table(kind, {v.name: v.types for v in group.versions}, source, target)


def as_json(found: Iterable[Table]) -> str:
    """Return tables as JSON for programs: every field, also those that stay what they are."""
    rows = [
        {
            "kind": t.kind,
            "from": t.source,
            "to": t.target,
            "fields": [{"path": r.path, "verdict": r.verdict, "to": r.other, "how": r.how} for r in t.rows],
        }
        for t in found
    ]
    return json.dumps(rows, indent=2) + "\n"


def as_text(found: Iterable[Table], *, everything: bool) -> Iterator[str]:
    """Yield the lines of tables for people; fields that stay what they are only if `everything` is asked for."""
    for i, of in enumerate(found):
        yield from [""] * bool(i)
        yield f"{of.kind}: {of.source} -> {of.target}"
        rows = [row for row in of.rows if everything or not row.same]
        widths = [max(map(len, column)) for column in zip(*_cells(rows), strict=True)]
        for cells in _cells(rows):
            yield ("  " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True))).rstrip()
        same = len(of.rows) - len(rows)
        if same:
            yield f"  {same} field{'s are' if same > 1 else ' is'} the same in both"


def _cells(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    return [(r.path, r.verdict, r.other or "-", r.how) for r in rows]


def as_markdown(found: Iterable[Table]) -> str:
    """Return tables as Markdown."""
    out = []
    for of in found:
        out.append(f"### {of.kind}: {of.source} to {of.target}\n")
        rows = [row for row in of.rows if not row.same]
        if rows:
            out += ["| field | | in the other version | how |", "| --- | --- | --- | --- |"]
            out += [markdown_row(cells).rstrip() for cells in _cells(rows)]
            out.append("")
        same = len(of.rows) - len(rows)
        out += [f"{same} field{'s are' if same > 1 else ' is'} the same in both.\n"] if same else []
    return "\n".join(out)


def markdown_row(cells: Iterable[str]) -> str:
    """Return a row of a table in Markdown."""
    return "| " + " | ".join(markdown(text) for text in cells) + " |\n"


def markdown(text: str) -> str:
    """Return a text with nothing of it taken for markup."""
    for char in "\\`*_{}[]<>|#":
        text = text.replace(char, "\\" + char)
    return text
