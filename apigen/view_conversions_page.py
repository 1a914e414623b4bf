"""What the page on conversions is given: the tables of a project's own versions, as Markdown."""

from functools import cached_property

from apigen import graph, tables
from apigen.acceptance import different_lists, stricter
from apigen.model import Group, Kind, Project
from apigen.paths import dotted


class ConversionsPage:
    """The kinds of a project that have several versions."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def __bool__(self) -> bool:
        return bool(self._kinds)

    @cached_property
    def _kinds(self) -> list[tuple[Group, Kind]]:
        return [(g, k) for g in self._project.groups for k in g.kinds if len(k.versions) > 1]

    @property
    def graph(self) -> str:
        return graph.mermaid(self._kinds)

    @property
    def tables(self) -> str:
        """The table of each pair of neighbours, both ways."""
        return "\n".join(tables.as_markdown(tables.of_kind(g, k)) for g, k in self._kinds)

    @property
    def verdicts(self) -> str:
        """What the words in the tables mean."""
        return "".join(f"* **{word}**: {meaning}\n" for word, meaning in tables.VERDICTS.items())

    @property
    def stricter(self) -> str:
        """The constraints that one version has and its neighbour has not, as a table."""
        found = [
            (kind.kind, one)
            for group, kind in self._kinds
            for one in stricter(kind, {v.name: v.types for v in group.versions})
        ]
        if not found:
            return "There is none.\n"
        head = "| kind | version | field | constraint | not in |\n| --- | --- | --- | --- | --- |\n"
        rows = (
            (kind, s.version, s.path, s.constraint, f"{s.neighbour} {s.there}".strip()) for kind, s in found
        )
        return head + "".join(tables.markdown_row(row) for row in rows)

    @property
    def different_lists(self) -> str:
        """The lists that versions share differently, as the end of a sentence."""
        found = [
            f"{kind.kind} {version.version} {dotted(place.a or ())}"
            for _, kind in self._kinds
            for version in kind.versions
            for place in different_lists(version.edge)
        ]
        return f" Here: {', '.join(tables.markdown(text) for text in found)}." if found else ""
