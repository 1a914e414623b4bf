"""The first step: the text of one YAML file becomes plain data that still knows its places.

YAML 1.2, core schema, without what makes YAML surprising: no anchors, aliases, merge keys or tags, one
document a file, keys that are text, no key twice. A plain scalar that other readers of YAML take for
something else (`yes`, `0777`, `12:30`, `2001-01-01`) is refused: what a person sees is what all readers get.

The parser's events are read one by one, without recursion and with a budget, so the time and the memory that
a file can cost are bounded. Places are kept in rows, one for each node in the order of the text.
"""

import re
import stat
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from apigen.problems import ApigenError, Position, Problem, SpecError
from apigen.scalars import Refusal, cut, key, plain

Step: TypeAlias = str | int

MAX_BYTES = 8 * 1024 * 1024
MAX_LINES = 1_000_000
MAX_NODES = 1_000_000
MAX_DEPTH = 100
MAX_KEY = 1024
# Enough to mend a file by; a file that is not YAML at all should not fill the screen.
MAX_PROBLEMS = 100

_BREAK = re.compile(r"\r\n|\r|\n")
# What YAML forbids, and the three characters that end a line for the parser but not for an editor.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_UTF8_BOM = b"\xef\xbb\xbf"
_REST_OF_LINE = 0xFFFFFFFF
_WRITE_OUT = "write the value out where it is needed; fields are shared by a type of their own"
_HINTS = (
    ("cannot start any token", "quote text that starts with a special character"),
    ("unexpected ':'", "in braces and brackets, quote text that holds a colon"),
    ("mapping values are not allowed", 'quote text that holds ": ", and check the indentation'),
    (
        "could not find expected ':'",
        "a key is followed by a colon and a space, and has at most 1,024 characters",
    ),
    ("expected key", "check the indentation, and the quotes and brackets above"),
    ("expected '-' indicator", "check the indentation, and the quotes and brackets above"),
    ("expected ',' or", "close the bracket, put commas between entries, quote text with special characters"),
    ("end of stream", "close the quote"),
)


class Places:
    """Where each node stands; rows in the order of the text, counting from 0.

    The row of a mapping or list is followed by the rows of what it holds: of each key, then of its value.
    """

    def __init__(self) -> None:
        self.lines = array("I")
        self.columns = array("I")
        self.lengths = array("I")
        self.sizes = array("I")
        self._inner: dict[int, dict[Step, int]] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def add(self, line: int, column: int, length: int) -> int:
        self.lines.append(line)
        self.columns.append(column)
        self.lengths.append(length)
        self.sizes.append(1)
        return len(self.lines) - 1

    def inner(self, row: int, data: Any) -> dict[Step, int]:
        """The rows, by step, of what is in the mapping or list `data` at `row`: of its keys or items."""
        if row not in self._inner:
            rows: dict[Step, int] = {}
            at, skip = row + 1, int(isinstance(data, dict))
            for step in data if isinstance(data, dict) else range(len(data)):
                rows[step] = at
                at += skip + self.sizes[at + skip]
            self._inner[row] = rows
        return self._inner[row]

    def find(self, document: Any, path: tuple[Step, ...], key: bool) -> int:
        """The row of the value at `path`, or of its key; of the nearest ancestor where there is none."""
        row, data = 0, document
        for depth, step in enumerate(path, 1):
            inner = self.inner(row, data).get(step) if isinstance(data, dict | list) else None
            if inner is None:
                break
            at_key = isinstance(data, list) or (key and depth == len(path))
            row = inner if at_key else inner + 1
            data = data[step]
        return row


@dataclass(frozen=True)
class Source:
    """One file: `document` is its data, made of dict, list, str, int, float, bool and None alone."""

    file: str
    text: str = field(repr=False)
    document: dict[str, Any]
    places: Places = field(repr=False, compare=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text, without their ends."""
        return tuple(_BREAK.split(self.text))

    def position(self, path: tuple[Step, ...], *, key: bool = False) -> Position:
        """Return the place of the value at `path`, or of its key if `key` is set.

        Where the path leads to nothing it is the place of the nearest ancestor that is there. A value that is
        left empty has the place of its key.
        """
        row = self.places.find(self.document, path, key)
        return Position(self.file, self.places.lines[row] + 1, self.places.columns[row] + 1)

    def problem(self, path: tuple[Step, ...], message: str, hint: str = "", *, key: bool = False) -> Problem:
        """Return a problem at the place that `position` gives for `path`, with its line of the source."""
        row = self.places.find(self.document, path, key)
        place = self.places.lines[row], self.places.columns[row], self.places.lengths[row]
        return _problem(self.file, self.lines, place, message, hint)


def read(path: Path, name: str) -> Source:
    """Return the spec in the file `path`, which problems call `name`.

    Raises SpecError for what `parse` refuses, ApigenError if the file cannot be read.
    """
    try:
        # A pipe or a device would be waited for, or never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ApigenError(f"cannot read {name}: not a regular file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ApigenError(f"cannot read {name}: {error.strerror}") from error
    return parse(data, name)


def parse(text: bytes, name: str) -> Source:
    """Return the spec that `text` holds; problems call it `name`.

    Raises SpecError with every problem that can be found in one pass: text that is not UTF-8 or YAML, what
    YAML has but a spec has not, a root that is not a mapping, a limit exceeded.
    """
    decoded = decode(text, name)
    walk = Walk(name, decoded)
    walk.run()
    if not walk.problems and not isinstance(walk.root, dict):
        message = f"a spec is a mapping, not {_kind(walk.root)}" if len(walk.places) else "the file is empty"
        walk.refuse((0, 0, _REST_OF_LINE), message, "a spec starts with keys such as apigen: 1")
    if walk.problems:
        raise SpecError(walk.problems)
    return Source(name, decoded, walk.root, walk.places)


def _kind(value: Any) -> str:
    """What a person calls the type of `value`."""
    words = {dict: "a mapping", list: "a list", str: "text", bool: "a boolean", type(None): "null"}
    return words.get(type(value), "a number")


def _problem(
    file: str, lines: tuple[str, ...], place: tuple[int, int, int], message: str, hint: str = ""
) -> Problem:
    """A problem at `place` (line and column from 0, length)."""
    line = min(place[0], len(lines) - 1)
    # Past the last line, where the parser misses something, is the end of the last line.
    column = place[1] if line == place[0] else len(lines[line])
    length = max(1, min(place[2], len(lines[line].rstrip()) - column))
    return Problem(Position(file, line + 1, column + 1), message, hint, lines[line], length)


def decode(data: bytes, name: str) -> str:
    """The text of a file, which has neither too much of anything nor characters that YAML forbids."""
    start = Position(name)
    if len(data) > MAX_BYTES:
        raise SpecError([Problem(start, f"the file has more than {MAX_BYTES:,} bytes")])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SpecError([Problem(start, "the file is UTF-16, not UTF-8", "save it as UTF-8")])
    if data.count(b"\n") + data.count(b"\r") > MAX_LINES:
        raise SpecError([Problem(start, f"the file has more than {MAX_LINES:,} lines")])
    data = data.removeprefix(_UTF8_BOM)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        lines = tuple(_BREAK.split(data.decode(errors="replace")))
        before = _BREAK.split(data[: error.start].decode())
        place = len(before) - 1, len(before[-1]), 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise SpecError([_problem(name, lines, place, message, "save the file as UTF-8")]) from None
    problems = list(_forbidden(text, name))
    if problems:
        raise SpecError(problems)
    return text


def _forbidden(text: str, name: str) -> Iterator[Problem]:
    """A problem for each of the first characters that may not stand in a spec."""
    if not _FORBIDDEN.search(text):
        return
    lines = tuple(_BREAK.split(text))
    found = ((i, m) for i, line in enumerate(lines) for m in _FORBIDDEN.finditer(line))
    for (line, match), _ in zip(found, range(MAX_PROBLEMS), strict=False):
        code = ord(match.group())
        if code in (0x2028, 0x2029):
            message, hint = f"line separator U+{code:04X}", f'in double quotes, write it as "\\u{code:04x}"'
        else:
            message, hint = f"control character U+{code:04X}", "remove it"
        yield _problem(name, lines, (line, match.start(), 1), message, hint)


@dataclass(slots=True)
class _Open:
    """A mapping or list that has not ended; in a mapping, the key that waits for its value."""

    row: int
    data: Any
    waits: bool = False
    key: str | None = None
    key_row: int = 0
    rows: dict[str, int] = field(default_factory=dict)


class _StopError(Exception):
    """Going on is impossible or of no use."""


class Walk:
    """One pass over the parser's events: makes `root` and `places`, and collects `problems`."""

    read_plain, read_key = staticmethod(plain), staticmethod(key)

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.root: Any = None
        self.places = Places()
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0
        self._aliases: set[str] = set()

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(_BREAK.split(self.text))

    def run(self) -> None:
        steps = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._start,
            events.SequenceStartEvent: self._start,
            events.MappingEndEvent: self._end,
            events.SequenceEndEvent: self._end,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._document,
        }
        try:
            # A new reader for each file: after an error the old one would not be clean.
            for event in YAML(typ="safe", pure=False).parse(self.text):
                if step := steps.get(type(event)):
                    step(event)
        except _StopError:
            pass
        except YAMLError as error:
            self.problems.append(self._syntax(error))

    def refuse(self, place: tuple[int, int, int], message: str, hint: str = "") -> None:
        self.problems.append(_problem(self.file, self.lines, place, message, hint))

    def _refuse(self, event: Any, message: str, hint: str = "") -> None:
        self.refuse(_place(event), message, hint)
        if len(self.problems) >= MAX_PROBLEMS:
            raise _StopError

    def _syntax(self, error: YAMLError) -> Problem:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        if mark is None or not isinstance(error, MarkedYAMLError):
            return _problem(self.file, self.lines, (0, 0, 1), str(error).partition("\n")[0] or "not YAML")
        place = mark.line, mark.column, 1
        at = _problem(self.file, self.lines, place, "")
        if "cannot start any token" in error.problem and at.source[mark.column :].startswith("\t"):
            return _problem(self.file, self.lines, place, "tab used as indentation", "indent with spaces")
        since = f" {error.context}" if error.context else ""
        if error.context_mark and error.context_mark.line != mark.line:
            since += f" that starts on line {error.context_mark.line + 1}"
        hint = next((hint for words, hint in _HINTS if words in error.problem), "")
        return _problem(self.file, self.lines, place, f"{error.problem}{since}", hint)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "a second document in the file", "put it into a file of its own")
            raise _StopError
        if event.version not in (None, (1, 2)):
            self._refuse(event, "a spec is YAML 1.2", "remove the line that starts with %YAML")

    def _node(self, event: Any) -> int:
        """Note the place of a node; refuse what all kinds of nodes must not have."""
        row = self.places.add(*_place(event))
        if row >= MAX_NODES:
            self._refuse(event, f"the file has more than {MAX_NODES:,} values")
            raise _StopError
        if event.anchor is not None:
            self._refuse(event, f'anchor "&{cut(event.anchor)}": apigen specs have no aliases', _WRITE_OUT)
        if event.tag is not None:
            tag = cut(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._refuse(event, f'tag "{tag}": apigen specs have no tags', "quote text instead")
        return row

    def _alias(self, event: Any) -> None:
        row = self.places.add(*_place(event))
        # Once for each name: a bomb is made of little else.
        if event.anchor not in self._aliases:
            self._aliases.add(event.anchor)
            self._refuse(event, f'alias "*{cut(event.anchor)}": apigen specs have no aliases', _WRITE_OUT)
        self._put(event, row, None, None)

    def _scalar(self, event: Any) -> None:
        row = self._node(event)
        at_key = self._open and isinstance(self._open[-1].data, dict) and not self._open[-1].waits
        text = event.value
        value: Any = text
        if event.style == "" and event.tag is None:
            value = self.read_key(text) if at_key else self.read_plain(text)
        elif found := _CONTROL.search(text):
            value = Refusal(f"control character U+{ord(found.group()):04X}", "remove it")
        if isinstance(value, Refusal):
            self._refuse(event, value.message, value.hint)
            value = None
        elif at_key and len(text) > MAX_KEY:
            self._refuse(event, f"a key of more than {MAX_KEY:,} characters")
            value = None
        self._put(event, row, value, value)

    def _start(self, event: Any) -> None:
        row = self._node(event)
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} levels deep")
            raise _StopError
        data: Any = {} if isinstance(event, events.MappingStartEvent) else []
        top = self._open[-1] if self._open else None
        if top and isinstance(top.data, dict) and not top.waits:
            self._refuse(event, f"a key is text, not {_kind(data)}", "quote it")
        self._put(event, row, data, None)
        self._open.append(_Open(row, data))

    def _end(self, event: Any) -> None:
        ended = self._open.pop()
        self.places.sizes[ended.row] = len(self.places) - ended.row
        # Only brackets have a width at their end; a block is shown by its first character.
        if event.end_mark.column > event.start_mark.column:
            same = event.end_mark.line == self.places.lines[ended.row]
            width = event.end_mark.column - self.places.columns[ended.row]
            self.places.lengths[ended.row] = width if same else _REST_OF_LINE

    def _put(self, event: Any, row: int, value: Any, as_key: str | None) -> None:
        """Add a node to what is open; `as_key` is None if it cannot be a key, which has been said already."""
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top.data, list):
            top.data.append(value)
        elif not top.waits:
            top.waits, top.key, top.key_row = True, as_key, row
            self._unique(event, top)
        else:
            top.waits = False
            if top.key is not None:
                top.data[top.key] = value
            if value is None and event.end_mark.index == event.start_mark.index:
                self.places.lines[row] = self.places.lines[top.key_row]
                self.places.columns[row] = self.places.columns[top.key_row]
                self.places.lengths[row] = self.places.lengths[top.key_row]

    def _unique(self, event: Any, top: _Open) -> None:
        if top.key is None:
            return
        if (first := top.rows.setdefault(top.key, top.key_row)) != top.key_row:
            lines = f"first on line {self.places.lines[first] + 1}, again on line {event.start_mark.line + 1}"
            self._refuse(event, f'duplicate key "{cut(top.key)}": {lines}', "remove or rename one of them")


def _place(event: Any) -> tuple[int, int, int]:
    """Line and column from 0, and how many characters of that line the event is about."""
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else _REST_OF_LINE
    return start.line, start.column, length
