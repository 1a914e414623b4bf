"""What people see. Nothing here decides anything.

The words are the same everywhere; colour is added on a terminal, unless NO_COLOR is set. Text from a spec or
a file is shown as it is, but for characters that would move the cursor, reorder the line or be invisible:
those are shown escaped.
"""

import difflib
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from apigen.checkreport import faults, left_behind, repairs, settled
from apigen.compare import Change, Verdict
from apigen.manifest import RECORD
from apigen.problems import ApigenError, Problem, SpecError
from apigen.workflow import Mark, command
from apigen.yamltext import flow

if TYPE_CHECKING:  # slow to import, and for one command alone
    from apigen.crd.account import Account
    from apigen.crd.read import Skipped
    from apigen.doctor import Look
    from apigen.lint.finding import Finding

Mode = Literal["generate", "force", "diff"]
# A line is made of pieces: text and its style.
_Line = list[tuple[str, str]]

_WIDTH = 100
_BEFORE = 40
_WHOLE = (Verdict.CREATE, Verdict.MISSING_HOOK, Verdict.ORPHAN)
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_problems(problems: Sequence[Problem], stream: TextIO | None = None) -> None:
    """Write `problems`, each with place, line and hint, to `stream` (stderr); then their number."""
    lines = [line for problem in problems for line in _problem(problem)]
    if len(problems) > 1:
        lines.append([(f"{len(problems)} problems", "bold")])
    _emit(lines, stream or sys.stderr)


def show_findings(found: Sequence["Finding"], stream: TextIO | None = None) -> None:
    """Write what lint has found to `stream` (stdout), each like a problem, with its rule; then their number."""
    lines = [line for finding in found for line in _problem(finding.problem, finding.rule)]
    total = f"{len(found) or 'no'} finding{'' if len(found) == 1 else 's'}"
    _emit([*lines, [(total, "bold")]], stream or sys.stdout)


def show_error(error: ApigenError, stream: TextIO | None = None) -> None:
    """Write `error` to `stream` (stderr); of a SpecError its problems."""
    if isinstance(error, SpecError):
        show_problems(error.problems, stream)
        return
    first, *more = error.message.splitlines() or [""]
    lines: list[_Line] = [[("error: ", "bold red"), (visible(first), "bold")]]
    lines += [[(visible(line), "")] for line in more]
    _emit(lines + _hint(error.hint), stream or sys.stderr)


def show_hint(text: str, stream: TextIO | None = None) -> None:
    """Write to `stream` (stderr) what could be done next."""
    _emit(_hint(text), stream or sys.stderr)


def show_import(
    accounts: Sequence["Account"], skipped: Sequence["Skipped"], stream: TextIO | None = None
) -> None:
    """Write to `stream` (stderr) what was imported, what was not carried and why, and the conversions to look at."""
    lines: list[_Line] = []
    for one in accounts:
        lines.append([(visible(one.name), "bold"), (f": {one.summary}", "")])
        if one.not_carried:
            lines.append([(f"  not carried: {len(one.not_carried)}", "yellow")])
        for lost in one.not_carried:
            place, path = visible(lost["place"]), visible(lost["path"])
            lines.append(
                [
                    (f"    {place}: {path}", ""),
                    (f"\n      {visible(lost['what'])}: {visible(lost['reason'])}", ""),
                ]
            )
        if one.conversions:
            lines.append([(f"  conversions to look at: {len(one.conversions)}", "yellow")])
        for (between, why), rules in _by_reason(one).items():
            lines.append([(f"    {between}: {why}", "")])
            lines += [[(f"      {visible(rule)}", "")] for rule in rules]
    for other in skipped:
        lines.append(
            [(f"skipped {visible(other.what)}, {visible(other.position.file)}:{other.position.line}", "")]
        )
    _emit(lines, stream or sys.stderr)


def _by_reason(one: "Account") -> dict[tuple[str, str], list[str]]:
    """The rules of conversions by the versions between which they are, and why they are there."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule in one.conversions:
        key = f"{rule['from']} to {rule['to']}", rule["why"]
        found.setdefault(key, []).append(flow(rule["rule"]))
    return found


# How many files are named one by one; a first run makes hundreds.
LISTED = 25
# How much is shown of a file that is there on one side only.
_EXCERPT = 40


def show_changes(changes: Sequence[Change], mode: Mode, stream: TextIO | None = None) -> None:
    """Write to `stream` (stderr) what `mode` does with each file, then how many in all.

    Files that stay as they are only count; so do those past the first LISTED, but not code that is left behind.
    """
    left = left_behind(changes, force=mode == "force")
    lines: list[_Line] = []
    for change in changes:
        if change.left_behind:
            continue
        if word := _deed(change, force=mode == "force"):
            because = f" ({change.obstacle})" if change.obstacle else ""
            lines.append([(f"{word:<8}", "bold"), (visible(change.path) + because, "")])
    busy = len(lines) + len(left)
    # The record is among the changes only where it changes.
    count = len({RECORD, *(c.path for c in changes)})
    total = f"{busy} of {count} files change" if busy else f"{count} files, all current"
    if len(lines) > LISTED:
        lines[LISTED:] = [[(f"... and {len(lines) - LISTED} more", "")]]
    lines += [[("released ", "bold"), (visible(f"{path}: {why}"), "")] for path, why in left.items()]
    lines.append([(total if mode != "diff" else f"{total}; nothing was written", "")])
    _emit(lines, stream or sys.stderr)


def show_notes(lines: Sequence[str], page: str, stream: TextIO | None = None) -> None:
    """Write to `stream` (stderr) what a person should know and need not change, and the page that says more."""
    if lines:
        said: list[_Line] = [[("note: ", "bold"), (visible(line), "")] for line in lines[:LISTED]]
        _emit([*said, [(f"see {page}", "")]], stream or sys.stderr)


def show_behind(changes: Sequence[Change], stream: TextIO | None = None) -> None:
    """Write to `stream` (stderr) which files are their owner's though what apigen would write has changed."""
    lines: list[_Line] = [
        [("note: ", "bold"), (f"{visible(c.path)} is yours, and apigen would write something else now", "")]
        for c in changes
        if c.verdict is Verdict.BEHIND
    ]
    if remedy := settled(changes):
        lines.append([(visible(remedy), "")])
    _emit(lines, stream or sys.stderr)


def show_diff(changes: Sequence[Change], stream: TextIO | None = None) -> None:
    """Write to `stream` (stdout) a unified diff of every file that is created, replaced or deleted.

    Of what is created or deleted as a whole only the start.
    """
    _emit(_diffs(changes), stream or sys.stdout)


def show_check(changes: Sequence[Change], stream: TextIO | None = None) -> None:
    """Write to `stream` (stderr) what is wrong with the tree, by kind, the diffs and the remedies, if any."""
    lines: list[_Line] = []
    failing = {change.path: change for change in changes if change.complaint}
    found = faults(changes, {})
    for fault in found:
        obstacle = failing[fault.path].obstacle
        because = f" ({obstacle})" if obstacle else f": {fault.why}" if fault.why else ""
        lines.append([(f"{fault.kind}: ", "bold red"), (visible(fault.path + because), "")])
    lines += _diffs(failing[fault.path] for fault in found)
    lines += [[(visible(remedy), "bold")] for remedy in repairs(changes)] if found else []
    _emit(lines, stream or sys.stderr)


def show_looks(looks: "Sequence[Look]", stream: TextIO | None = None) -> None:
    """Write to `stream` (stdout) what a machine has and lacks, each with what to do."""
    styles = {"ok": "green", "warning": "bold yellow", "missing": "bold red"}
    lines: list[_Line] = []
    for look in looks:
        lines.append([(f"{look.state:<8}", styles[look.state]), (f"{look.name}: {visible(look.found)}", "")])
        lines += _hint(look.hint)
    _emit(lines, stream or sys.stdout)


def show_marks(marks: Iterable[Mark], root: Path, stream: TextIO | None = None) -> None:
    """Write to `stream` (stdout) the commands by which GitHub marks lines; `root` leads from there to the project."""
    _emit(([(visible(command(mark, root)), "")] for mark in marks), stream or sys.stdout)


def show_line(text: str, stream: TextIO | None = None) -> None:
    """Write a line to `stream` (stderr)."""
    _emit([[(visible(text), "")]], stream or sys.stderr)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr that `what` is under way while the block runs; what it yields shows a step of it.

    On a terminal that is one line, which goes away in the end; elsewhere every step has a line.
    """
    if not sys.stderr.isatty():
        show_line(what)
        yield show_line
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)) as status:
        yield lambda step: status.update(Text(f"{what}: {visible(step)}", overflow="ellipsis", no_wrap=True))


def visible(text: str, keep: str = "") -> str:
    """Return `text` as one line that hides nothing: control, bidi and invisible characters escaped.

    The characters in `keep` stay.
    """
    return "".join(char if char.isprintable() or char in keep else _escape(char) for char in text)


def _escape(char: str) -> str:
    code = ord(char)
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return short.get(char) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _source(text: str) -> str:
    """A piece of a source line; tabs become spaces, so that the caret stands right."""
    return visible(text.replace("\t", "    "))


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _problem(problem: Problem, rule: str = "") -> Iterator[_Line]:
    """The lines of a problem; with a `rule` it is a warning, by that rule."""
    place = problem.position
    where = f"{visible(place.file)}:{place.line}:{place.column}: "
    level = ("warning: ", "bold yellow") if rule else ("error: ", "bold red")
    yield [(where, "bold"), level, (visible(problem.message), "bold"), (f" [{rule}]" if rule else "", "cyan")]
    if problem.source:
        yield from _excerpt(problem)
    yield from _hint(problem.hint)


def _excerpt(problem: Problem) -> Iterator[_Line]:
    """The source line and the caret under it; of a long line what is around the place."""
    at = problem.position.column - 1
    start = max(0, at - _BEFORE) if len(problem.source) > _WIDTH else 0
    window = problem.source[start : start + _WIDTH]
    head = ("..." if start else "") + _source(window[: at - start])
    meant = _source(window[at - start : at - start + problem.length])
    tail = _source(window[at - start + problem.length :])
    tail += "..." if start + _WIDTH < len(problem.source) else ""
    number = f"{problem.position.line:>5}"
    yield [(f"{number} | ", "blue"), (head + meant + tail, "")]
    carets = "^" * max(1, _columns(meant))
    yield [(f"{'':>{len(number)}} | ", "blue"), (" " * _columns(head) + carets, "bold red")]


def _hint(hint: str) -> list[_Line]:
    return [[("hint: ", "bold cyan"), (visible(hint), "")]] if hint else []


def _deed(change: Change, force: bool) -> str:
    """What is done with a file, in a word; "" for nothing."""
    if change.writes(force=force):
        return "create" if change.old is None else "replace" if change.refused else "update"
    if change.deletes(force=force):
        return "delete"
    words = {
        Verdict.EDITED: "edited",
        Verdict.CLASS_CHANGED: "edited",
        Verdict.MISSING_HOOK: "missing",
        Verdict.EDITED_ORPHAN: "leave",
        Verdict.RELEASED: "release",
        Verdict.GONE: "forget",
        Verdict.ADOPT: "adopt",
    }
    return words.get(change.verdict, "")


def _diffs(changes: Iterable[Change]) -> list[_Line]:
    """The unified diffs of what force would write or delete, but for orphans that stay."""
    lines: list[_Line] = []
    for change in changes:
        behind = change.verdict is Verdict.BEHIND
        if change.obstacle or not (behind or change.writes(force=True) or change.deletes()):
            continue
        old = (change.old or b"").decode(errors="replace")
        path = visible(change.path)
        found = difflib.unified_diff(
            _diff_lines(old), _diff_lines(change.new or ""), f"a/{path}", f"b/{path}", lineterm=""
        )
        shown: list[_Line] = []
        for line in found:
            style = "bold" if line.startswith(("---", "+++")) else _STYLES.get(line[:1], "")
            shown += [[(part, style)] for part in line.split("\n")]
        if change.verdict in _WHOLE and (more := len(shown) - _EXCERPT) > 0:
            shown[_EXCERPT:] = [[(f"... {more} more line{'s' if more > 1 else ''}", "")]]
        lines += shown
    return lines


def _diff_lines(text: str) -> list[str]:
    """Lines for a diff. One that lacks its end carries the remark that diffs have for it."""
    if not text:
        return []
    *lines, last = text.split("\n")
    shown = [visible(line, keep="\t") for line in lines]
    return [*shown, visible(last, keep="\t") + "\n\\ No newline at end of file"] if last else shown


def _emit(lines: Iterable[_Line], stream: TextIO) -> None:
    if stream.isatty() and "NO_COLOR" not in os.environ:
        _emit_in_colour(lines, stream)
        return
    encoding = stream.encoding or "utf-8"
    for line in lines:
        text = "".join(text for text, _ in line)
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _emit_in_colour(lines: Iterable[_Line], stream: TextIO) -> None:
    # Slow to import, and most runs show nothing in colour.
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, soft_wrap=True)
    for line in lines:
        # A Text, unlike a string, is never searched for markup.
        text = Text()
        for piece, style in line:
            text.append(piece, style)
        console.print(text)
