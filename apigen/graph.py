"""The versions of kinds as graphs: which convert into each other, and what each step keeps and drops."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from apigen.loss import CARRIED, DROPPED, KEPT
from apigen.losstable import Table, neighbours
from apigen.model import Group, Kind
from apigen.tables import of_kind

_WIDTH, _HEIGHT, _ACROSS, _DOWN = 170, 56, 330, 110


_ARROW = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
    ' orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker></defs>'
)


def mermaid(kinds: Iterable[tuple[Group, Kind]]) -> str:
    """Return a graph for Markdown. Versions stand for themselves; words on the edges tell what happens to fields."""
    lines = ["flowchart LR"]
    for group, kind in kinds:
        name = f"{group.package}_{kind.kind}"
        lines.append(f'  subgraph {name}["{kind.kind}"]')
        for version in kind.versions:
            about = " (stored)" if version.version == kind.storage else ""
            lines.append(f'    {name}_{version.version}["{version.version}{about}"]')
        for there, back in _both(group, kind):
            for way in (there, back):
                lines.append(f'    {name}_{way.source} -->|"{_sum(way)}"| {name}_{way.target}')
        lines.append("  end")
    return "\n".join(lines) + "\n"


def svg(kinds: Iterable[tuple[Group, Kind]]) -> str:
    """Return a drawing: a row for each version, by its distance to the stored one, which stands on the right."""
    parts: list[str] = []
    top, widest = 20, 0
    for group, kind in kinds:
        parts.append(_text(20, top + 10, kind.kind, bold=True))
        places = _places(kind, top + 30)
        for there, back in _both(group, kind):
            parts += _edge(places[there.source], places[there.target], there, back)
        for version, (x, y) in places.items():
            parts += _box(x, y, version, stored=version == kind.storage)
            widest = max(widest, x + _WIDTH)
        top = max(y for _, y in places.values()) + _HEIGHT + 50
    size = f'width="{widest + 20}" height="{top}" viewBox="0 0 {widest + 20} {top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">'
    return "\n".join([head, _ARROW, *parts, "</svg>", ""])


def _both(group: Group, kind: Kind) -> list[tuple[Table, Table]]:
    found = of_kind(group, kind)
    return list(zip(found[::2], found[1::2], strict=True))


def _sum(of: Table) -> str:
    counts = [(of.count(verdict), verdict) for verdict in (CARRIED, KEPT, DROPPED)]
    return ", ".join(f"{n} {verdict}" for n, verdict in counts if n) or "exact"


def _places(kind: Kind, top: int) -> dict[str, tuple[int, int]]:
    """Where the versions stand: the stored one on the right, others by their distance to it."""
    parents = dict(neighbours(kind))

    def depth(version: str) -> int:
        return 1 + depth(parents[version]) if version in parents else 0

    deepest = max((depth(v.version) for v in kind.versions), default=0)
    rows: dict[int, int] = {}
    found = {}
    for version in sorted((v.version for v in kind.versions), key=lambda v: (depth(v), v)):
        column = deepest - depth(version)
        row = rows.get(column, 0)
        rows[column] = row + 1
        found[version] = (20 + column * _ACROSS, top + row * _DOWN)
    return found


def _edge(one: tuple[int, int], other: tuple[int, int], there: Table, back: Table) -> list[str]:
    x1, y1, x2, y2 = one[0] + _WIDTH, one[1] + _HEIGHT // 2, other[0], other[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2, (y1 + y2) // 2
    ends = f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
    line = f'<line {ends} stroke="black" marker-start="url(#to)" marker-end="url(#to)"/>'
    words = ((f"→ {_sum(there)}", middle[1] - 8), (f"← {_sum(back)}", middle[1] + 18))
    return [line, *(_text(middle[0], y, text, middle=True) for text, y in words)]


def _box(x: int, y: int, version: str, *, stored: bool) -> list[str]:
    fill = "#dbe9ff" if stored else "white"
    box = f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{fill}" stroke="black"/>'
    label = f"{version} (stored)" if stored else version
    return [box, _text(x + _WIDTH // 2, y + _HEIGHT // 2 + 5, label, middle=True)]


def _text(x: int, y: int, text: str, *, middle: bool = False, bold: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}"{anchor}{weight}>{escape(text)}</text>'
