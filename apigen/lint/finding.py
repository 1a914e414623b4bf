"""What lint reports."""

from dataclasses import dataclass

from apigen.lint.subjects import Place
from apigen.paths import dotted
from apigen.problems import Position, Problem

STALE = "stale"
"""Stands for a rule in findings about what silences nothing. It is no rule, and cannot be silenced."""


@dataclass(frozen=True)
class Finding:
    """Something that breaks a rule: which, and where that is declared. `problem` has the place in the file."""

    rule: str
    place: Place
    problem: Problem

    @property
    def path(self) -> str:
        """The field, as `lint` in its file calls it; nothing for a kind, a version or a named type."""
        return dotted(self.place.trail)

    @property
    def order(self) -> tuple[Position, str, str]:
        """What findings are sorted by."""
        return self.problem.position, self.rule, self.problem.message
