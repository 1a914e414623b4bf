"""Changes of an API for people, for programs, and as marks in a pull request."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal

from apigen.diff import Comparison
from apigen.diff.change import ApiChange
from apigen.diffcodes import Verdict
from apigen.workflow import Mark


def as_text(found: Comparison) -> Iterator[str]:
    """Yield the lines for people: the changes of each kind, what they break, why, and the way out; then the counts."""
    kind, changes = "", found.changes
    for change in changes:
        if change.kind != kind:
            if kind:
                yield ""
            kind = change.kind
            yield kind
        yield f"  {_head(change)}"
        if change.breaks:
            yield f"      at: {_where(change)}"
            if change.reason:
                yield f"      allowed: {change.reason}"
            else:
                yield f"      rule: {change.of.rule}"
                yield f"      way out: {change.of.way}"
    if changes:
        yield ""
    yield summary(changes)
    for entry in found.idle:
        what = " ".join(filter(None, (entry.change, entry.kind, entry.version, entry.path)))
        yield f"note: `diff` in apigen.yaml allows {what}, and nothing of that is here"


def _head(change: ApiChange) -> str:
    sign = "-" if change.old else "+" if change.code.endswith("-added") else "~"
    where = " ".join(filter(None, (change.version, change.path)))
    what = " ".join(filter(None, (where, change.code)))
    text = f": {change.text}" if change.text else ""
    verdict = ", ".join(change.breaks) or "compatible"
    alpha = " (an alpha version promises nothing)" if change.alpha and change.breaks else ""
    return f"{sign} {what}{text}: {verdict}{alpha}"


def _where(change: ApiChange) -> str:
    place = change.place
    text = f"{place.file}:{place.line}:{place.column}" if place else "the spec"
    return f"{text}, in the old spec" if change.old else text


def summary(changes: Sequence[ApiChange]) -> str:
    """Return one line with how many changes there are, and what they break."""
    if not changes:
        return "the API is the same"
    counts = [f"{sum(v in c.breaks for c in changes)} {_does(v)}" for v in Verdict]
    allowed = sum(bool(c.reason) for c in changes)
    total = f"{len(changes)} change{'s' if len(changes) > 1 else ''}"
    return f"{total}: {', '.join(counts)}" + (f"; {allowed} allowed" if allowed else "")


def _does(verdict: Verdict) -> str:
    return verdict.replace("breaks", "break")


def as_json(changes: Sequence[ApiChange]) -> str:
    """Return the changes as a JSON array."""
    rows = [
        {
            "change": c.code,
            "kind": c.kind,
            "version": c.version,
            "path": c.path,
            "text": c.text,
            "breaks": [verdict.removeprefix("breaks ") for verdict in c.breaks],
            "rule": c.of.rule,
            "wayOut": c.of.way,
            "allowed": c.reason,
            "breaking": c.breaking,
            "side": "old" if c.old else "new",
            "file": c.place.file if c.place else "",
            "line": c.place.line if c.place else 0,
            "column": c.place.column if c.place else 0,
        }
        for c in changes
    ]
    return json.dumps(rows, indent=2) + "\n"


def marks(changes: Sequence[ApiChange]) -> Iterator[Mark]:
    """Yield a mark for each change that breaks something, where its place is in the new spec."""
    for change in changes:
        place = change.near if change.old else change.place
        if not change.breaks or place is None:
            continue
        hint = (change.reason and f"allowed: {change.reason}") or f"{change.of.rule}; {change.of.way}"
        level: Literal["error", "notice"] = "error" if change.breaking else "notice"
        where = " ".join(filter(None, (change.kind, change.version, change.path)))
        text = f"{where}: {change.text or change.of.about}: {', '.join(change.breaks)}"
        yield Mark(level, place, f"apigen diff: {change.code}", text, hint)
