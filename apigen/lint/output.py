"""Findings for programs: JSON, and the commands by which GitHub marks lines of a change. And the list of rules."""

import json
import textwrap
from collections.abc import Iterable, Iterator

from apigen.lint.finding import Finding
from apigen.lint.rules import RULES
from apigen.workflow import Mark

_WIDTH = 100


def as_json(found: Iterable[Finding]) -> str:
    """Return findings as a JSON array."""
    rows = [
        {
            "rule": f.rule,
            "file": f.problem.position.file,
            "line": f.problem.position.line,
            "column": f.problem.position.column,
            "message": f.problem.message,
            "hint": f.problem.hint,
            "version": f.place.version,
            "type": f.place.type,
            "path": f.path,
        }
        for f in found
    ]
    return json.dumps(rows, indent=2) + "\n"


def marks(found: Iterable[Finding]) -> Iterator[Mark]:
    """Yield a mark for each finding."""
    for finding in found:
        problem = finding.problem
        title = f"apigen lint: {finding.rule}"
        yield Mark("warning", problem.position, title, problem.message, problem.hint)


def rules_as_text() -> str:
    """Return all rules for people: the name, what it finds, why that is wrong."""
    parts = []
    for rule in RULES:
        state = "" if rule.default else " (off unless enabled)"
        text = textwrap.fill(
            f"{rule.finds} {rule.why}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        parts.append(f"{rule.name}{state}\n{text}\n")
    return "\n".join(part.replace("`", "") for part in parts)


def rules_as_json() -> str:
    """Return all rules as a JSON array."""
    rows = [
        {"rule": r.name, "default": r.default, "finds": r.finds, "why": r.why, "source": r.source}
        for r in RULES
    ]
    return json.dumps(rows, indent=2) + "\n"
