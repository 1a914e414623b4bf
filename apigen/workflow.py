"""The commands by which GitHub marks lines of a change.

Source: actions/toolkit, packages/core/src/command.ts.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from apigen.problems import Position


@dataclass(frozen=True)
class Mark:
    """What is to be shown at a place; `title` is shown above the text, `hint` below it."""

    level: Literal["error", "warning", "notice"]
    place: Position
    title: str
    text: str
    hint: str = ""


def command(mark: Mark, root: Path) -> str:
    """Return the command for a mark, in one line; `root` leads from the repository to the project."""
    properties = {
        "file": (root / mark.place.file).as_posix(),
        "line": mark.place.line,
        "col": mark.place.column,
        "title": mark.title,
    }
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{mark.level} {listed}::" + _data(mark.text + (f"\nhint: {mark.hint}" if mark.hint else ""))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
