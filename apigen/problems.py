"""What can be wrong, where, and which exit code says so.

Every step collects all the problems that it can find and raises one error with them:

* ApigenError (1)       input, output, a tool that failed
  + UsageError (2)      the command line asks for something impossible
  + SpecError (3)       the spec is wrong; carries problems with places
  + EditedError (4)     a generated file was edited by hand
  + CheckFailed (5)     the tree on disk is not what the spec asks for, or a check of the spec found something
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it.

    `source` is the text of the line at `position` and `length` how many characters of it are meant;
    both serve only to show the place.
    """

    position: Position
    message: str
    hint: str = ""
    source: str = field(default="", compare=False)
    length: int = field(default=1, compare=False)


class ApigenError(Exception):
    """Something went wrong that a person can read about; `hint` says what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ApigenError):
    """The command line asks for something impossible."""

    exit_code = 2


class SpecError(ApigenError):
    """The spec is wrong. `problems` are sorted by place and hold no duplicates."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(p.message for p in self.problems))


class EditedError(ApigenError):
    """A generated file was edited by hand and nothing was written."""

    exit_code = 4


class CheckFailed(ApigenError):
    """The tree on disk is not what the spec asks for, or a check of the spec found something."""

    exit_code = 5
