"""Builds all of a project, tests too, and says where it does not: the Go of the user's that must change."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from apigen.console import progress
from apigen.gobuild import Go
from apigen.minors import Moved
from apigen.problems import ApigenError, Position, Problem

_PLACE = re.compile(r"^(?:vet: )?(?:\./)?([^\s:][^:]*\.go):(\d+)(?::(\d+))?: (.+)$")


def faults(go: Go, root: Path, moved: Iterable[Moved], generated: frozenset[str]) -> tuple[Problem, ...]:
    """Return every place below `root` where Go finds fault, with what is to be done where that is known.

    `generated` are the files that are not the user's. Raises ApigenError if Go fails without naming a place.
    """
    for step, command in (("building", "build"), ("vetting, with tests", "vet")):
        with progress(step):
            done = subprocess.run(
                [go.program, command, "-mod=mod", "./..."], cwd=root, env=dict(go.environment),
                capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        if done.returncode == 0:
            continue
        if found := tuple(_problems(done.stderr, root, tuple(moved), generated)):
            return found
        said = "".join(f"\n  {line}" for line in done.stderr.splitlines()[:20])
        raise ApigenError(
            f"the project is moved, but `go {command} ./...` fails:{said}", "mend that, then build again"
        )
    return ()


def _problems(
    said: str, root: Path, moved: tuple[Moved, ...], generated: frozenset[str]
) -> Iterable[Problem]:
    for file, line, column, message in dict.fromkeys(
        m.groups() for line in said.splitlines() if (m := _PLACE.match(line))
    ):
        text = _line(root, file, int(line))
        if file in generated:
            hint = "this file is generated: a bug in apigen, please report it"
        else:
            hint = next((m.advice for m in moved if m.word in message + text), "this file is yours")
        yield Problem(Position(file, int(line), int(column or 1)), message, hint, text)


def _line(root: Path, file: str, number: int) -> str:
    """The text of a line; "" where it cannot be had, or lies outside of the project."""
    path = root / file
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return ""
        return path.read_text("utf-8", errors="replace").split("\n")[number - 1]
    except (OSError, IndexError):
        return ""
