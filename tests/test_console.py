"""What people see, to the character; and that no text of theirs is taken for a command."""

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

from apigen.compare import Change, Verdict
from apigen.console import show_changes, show_check, show_diff, show_error, show_problems, visible
from apigen.files import Kind, Obstacle
from apigen.problems import ApigenError, Position, Problem, SpecError

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def problem(
    source: str, column: int, length: int = 1, message: str = "m", hint: str = "", line: int = 8
) -> Problem:
    return Problem(Position("resources/upstream.yaml", line, column), message, hint, source, length)


def shown(*problems: Problem) -> str:
    stream = io.StringIO()
    show_problems(problems, stream)
    return stream.getvalue()


INTT = problem("        type: intt", 15, 4, 'unknown type "intt"', 'did you mean "int32"?')


def test_a_problem() -> None:
    assert shown(INTT) == (
        'resources/upstream.yaml:8:15: error: unknown type "intt"\n'
        "    8 |         type: intt\n"
        "      |               ^^^^\n"
        'hint: did you mean "int32"?\n'
    )


def test_several_problems_are_counted() -> None:
    text = shown(INTT, problem("", 1), problem("a: b", 1, line=123456))
    assert text.endswith(
        "resources/upstream.yaml:8:1: error: m\n"
        "resources/upstream.yaml:123456:1: error: m\n"
        "123456 | a: b\n"
        "       | ^\n"
        "3 problems\n"
    )
    assert shown(INTT, INTT).endswith("\n2 problems\n")


@pytest.mark.parametrize(
    ("source", "column", "length", "line", "caret"),
    [
        ("\ta: b", 5, 1, "    a: b", "       ^"),
        ("日本: 値x", 5, 2, "日本: 値x", "      ^^^"),
        ("e\u0301: x", 5, 1, "e\u0301: x", "   ^"),
        ("a\x1b[2Jb: x", 9, 1, "a\\u001b[2Jb: x", " " * 13 + "^"),
        ("a\u202eb: x", 4, 1, "a\\u202eb: x", " " * 8 + "^"),
        ("a: b", 5, 1, "a: b", "    ^"),
        ("a: b", 4, 99, "a: b", "   ^"),
    ],
)
def test_the_caret_stands_under_the_place(
    source: str, column: int, length: int, line: str, caret: str
) -> None:
    lines = shown(problem(source, column, length)).split("\n")
    assert lines[1] == f"    8 | {line}"
    assert lines[2] == f"      | {caret}"


@pytest.mark.parametrize("at", [0, 39, 41, 150, 299, 300])
def test_long_lines_are_cut_around_the_caret(at: int) -> None:
    source = "".join(chr(0x4E) if i != at else "X" for i in range(300))
    line, caret = shown(problem(source, at + 1, 500 if at == 150 else 1)).split("\n")[1:3]
    assert len(line) <= 8 + 100 + 6
    assert len(caret) <= 8 + 100 + 3
    assert line[:8] == "    8 | "
    if at < 300:
        assert line[caret.index("^")] == "X"
    assert line.endswith("...") == (at < 240)
    assert line.startswith("    8 | ...") == (at > 40)


def test_text_is_not_markup_and_hides_nothing() -> None:
    hostile = problem("[red]x[/red]", 1, message="[bold]m\x1b[2J\n\u202e[/]\u200b", hint="[link=x]h\r")
    assert shown(hostile) == (
        "resources/upstream.yaml:8:1: error: [bold]m\\u001b[2J\\n\\u202e[/]\\u200b\n"
        "    8 | [red]x[/red]\n"
        "      | ^\n"
        "hint: [link=x]h\\r\n"
    )


def test_a_terminal_gets_the_same_words_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("NO_COLOR", raising=False)
    problems = [INTT, problem("[red]x[/red] :smile: " + "y" * 90, 1, message="[b]http://x [/b] 1.5 'q'" * 4)]
    stream = Terminal()
    show_problems(problems, stream)
    assert ANSI.sub("", stream.getvalue()) == shown(*problems)
    assert ANSI.search(stream.getvalue())
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    show_problems(problems, plain)
    assert plain.getvalue() == shown(*problems)


def test_a_stream_that_knows_no_unicode_gets_escapes() -> None:
    data = io.BytesIO()
    stream: TextIO = io.TextIOWrapper(data, encoding="ascii")
    show_problems([problem("é: x", 1)], stream)
    stream.flush()
    assert b"    8 | \\xe9: x\n" in data.getvalue()


def test_errors() -> None:
    stream = io.StringIO()
    show_error(ApigenError("first\n  a\x1b.go", "do this"), stream)
    show_error(SpecError([INTT]), stream)
    assert stream.getvalue() == "error: first\n  a\\u001b.go\nhint: do this\n" + shown(INTT)


def change(path: str, verdict: Verdict, new: str | None, old: bytes | None, **rest: object) -> Change:
    kind = Kind(str(rest.pop("kind", "generated")))
    return Change(path, verdict, new, old, kind, **rest)  # type: ignore[arg-type]


CHANGES = (
    change("a.go", Verdict.UPDATE, "one\n\ttwo\n", b"one\n\t2\n"),
    change("b.go", Verdict.UNCHANGED, "same\n", b"same\n"),
    change("c.go", Verdict.CREATE, "c\n", None),
    change("d.go", Verdict.ORPHAN, None, b"d"),
    change("e.go", Verdict.EDITED, "e\n", b"m\xff\r\n"),
    change("f.go", Verdict.EDITED, "f\n", None, obstacle=Obstacle.LINK),
    change("g.go", Verdict.EDITED_ORPHAN, None, b"g\n"),
    change("h.go", Verdict.GONE, None, None),
    change("i.go", Verdict.ADOPT, "i\n", b"i\n"),
    change("j.go", Verdict.CREATE, "j\n", None, kind="scaffold"),
    change("k.go", Verdict.KEPT, "k\n", b"mine\n", kind="scaffold"),
    change("l.go", Verdict.RELEASED, None, b"mine\n", kind="scaffold"),
    change("m.go", Verdict.MISSING_HOOK, "m\n", None, kind="scaffold"),
)
DIFF_A = "--- a/a.go\n+++ b/a.go\n@@ -1,2 +1,2 @@\n one\n-\t2\n+\ttwo\n"
DIFF_C = "--- a/c.go\n+++ b/c.go\n@@ -0,0 +1 @@\n+c\n"
DIFF_D = "--- a/d.go\n+++ b/d.go\n@@ -1 +0,0 @@\n-d\n\\ No newline at end of file\n"
DIFF_E = "--- a/e.go\n+++ b/e.go\n@@ -1 +1 @@\n-m\ufffd\\r\n+e\n"
DIFF_J = "--- a/j.go\n+++ b/j.go\n@@ -0,0 +1 @@\n+j\n"
DIFF_M = "--- a/m.go\n+++ b/m.go\n@@ -0,0 +1 @@\n+m\n"


def test_diffs_go_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    show_diff(CHANGES)
    assert capsys.readouterr() == (DIFF_A + DIFF_C + DIFF_D + DIFF_E + DIFF_J + DIFF_M, "")


def test_a_check_names_each_problem_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    show_check(CHANGES)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "missing: c.go\n"
        "missing: m.go\n"
        "stale: a.go\n"
        "edited: e.go\n"
        "edited: f.go (a symbolic link)\n"
        "orphan: d.go\n"
        "edited orphan: g.go\n"
        "stale record: h.go\n"
        "stale record: i.go\n"
        f"{DIFF_C}{DIFF_M}{DIFF_A}{DIFF_E}{DIFF_D}"
        "move away what is in the way: f.go\n"
        "to keep edits: apigen eject e.go\n"
        "to replace edits, of which copies are kept: apigen generate --force\n"
        "run: apigen generate\n"
    )
    show_check([c for c in CHANGES if not c.complaint])
    assert capsys.readouterr() == ("", "")


def test_changes_are_named_by_what_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    show_changes(CHANGES, "force")
    assert capsys.readouterr().err.split("\n") == [
        "update  a.go",
        "create  c.go",
        "delete  d.go",
        "replace e.go",
        "edited  f.go (a symbolic link)",
        "delete  g.go",
        "forget  h.go",
        "adopt   i.go",
        "create  j.go",
        "release l.go",
        "create  m.go",
        "11 of 14 files change",
        "",
    ]
    show_changes(CHANGES, "diff")
    err = capsys.readouterr().err
    assert "edited  e.go\n" in err
    assert "leave   g.go\n" in err
    assert "missing m.go\n" in err
    assert err.endswith("; nothing was written\n")
    show_changes(CHANGES[1:2], "generate")
    assert capsys.readouterr().err == "2 files, all current\n"


def test_the_record_counts_whether_it_changes_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    same = [change(f"{n}.go", Verdict.UNCHANGED, "x\n", b"x\n") for n in range(3)]
    show_changes(same, "generate")
    show_changes([*same, change("apigen.sum", Verdict.UPDATE, "x", b"y")], "generate")
    show_changes([*same[:2], change("z.go", Verdict.UPDATE, "x", b"y")], "generate")
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "files" in line] == [
        "4 files, all current",
        "1 of 4 files change",
        "1 of 4 files change",
    ]


OLD_HOOK = "internal/registry/data/thing/validate.go"
NEW_HOOK = "internal/registry/dataacme/thing/validate.go"
LEFT = change(OLD_HOOK, Verdict.RELEASED, None, b"mine\n", kind="scaffold")
CREATED = change(NEW_HOOK, Verdict.CREATE, "x\n", None, kind="scaffold", required=True)
RELEASED = (
    f"released {OLD_HOOK}: yours, and no part of the project any more; it may not build: move or delete it\n"
)


def test_code_that_is_left_behind_is_always_named(capsys: pytest.CaptureFixture[str]) -> None:
    many = [change(f"a{n:02}.go", Verdict.CREATE, "x\n", None) for n in range(30)]
    show_changes([*many, LEFT], "generate")
    assert capsys.readouterr().err.endswith(
        f"create  a24.go\n... and 5 more\n{RELEASED}31 of 32 files change\n"
    )
    show_changes([LEFT, CREATED], "force")
    assert RELEASED in capsys.readouterr().err
    show_changes([LEFT, CREATED], "diff")
    assert f"released {OLD_HOOK}: your hook {OLD_HOOK} would no longer run" in capsys.readouterr().err


def test_a_check_names_code_that_is_left_behind(capsys: pytest.CaptureFixture[str]) -> None:
    show_check([CHANGES[0], LEFT])
    assert capsys.readouterr().err == (
        RELEASED.replace("released ", "released: ") + f"stale: a.go\n{DIFF_A}run: apigen generate\n"
    )
    show_check([LEFT, CREATED])
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first.startswith(
        f"released: {OLD_HOOK}: your hook {OLD_HOOK} would no longer run; move it to {NEW_HOOK} ("
    )
    assert last == "run: apigen generate"


@pytest.mark.parametrize(
    ("verdict", "new", "old", "start"),
    [
        (Verdict.CREATE, "x\n" * 60, None, "--- a/x.go\n+++ b/x.go\n@@ -0,0 +1,60 @@\n" + "+x\n" * 37),
        (Verdict.MISSING_HOOK, "x\n" * 60, None, "--- a/x.go\n+++ b/x.go\n@@ -0,0 +1,60 @@\n" + "+x\n" * 37),
        (Verdict.ORPHAN, None, b"x\n" * 60, "--- a/x.go\n+++ b/x.go\n@@ -1,60 +0,0 @@\n" + "-x\n" * 37),
    ],
)
def test_of_whole_files_only_the_start_is_shown(
    capsys: pytest.CaptureFixture[str], verdict: Verdict, new: str | None, old: bytes | None, start: str
) -> None:
    found = [change("x.go", verdict, new, old)]
    show_diff(found)
    assert capsys.readouterr().out == f"{start}... 23 more lines\n"
    show_check(found)
    assert capsys.readouterr().err == (
        f"{found[0].complaint}: x.go\n{start}... 23 more lines\nrun: apigen generate\n"
    )


def test_of_changed_files_all_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_diff([change("x.go", Verdict.UPDATE, "x\n" * 60, b"y\n" * 60)])
    assert len(capsys.readouterr().out.splitlines()) == 123
    show_diff([change("x.go", Verdict.CREATE, "x\n" * 37, None)])
    assert len(capsys.readouterr().out.splitlines()) == 40


def test_visible_keeps_what_can_be_seen() -> None:
    assert visible("Grüße, 日本 😀 [x]") == "Grüße, 日本 😀 [x]"
    assert visible("a\u00a0\u2066\U000e0041\x7f\t") == "a\\u00a0\\u2066\\U000e0041\\u007f\\t"
    assert visible("a\tb\n", keep="\t") == "a\tb\\n"


def test_rich_is_loaded_only_for_a_terminal() -> None:
    code = "import sys, apigen.console as c; c.show_problems([]); sys.exit('rich' in sys.modules)"
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0
