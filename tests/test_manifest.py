"""The record: what is written is read, sha256sum agrees, and what comes from elsewhere is not believed."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigen import manifest
from apigen.manifest import Manifest, digest, read, render
from apigen.problems import ApigenError

A, B = "a" * 64, "b" * 64
IS_A, IS_B = frozenset({A}), frozenset({B})
NAMES = st.from_regex(r"[a-z#é ][a-z0-9._ é-]{0,8}[a-z]", fullmatch=True)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join).filter(lambda p: not p.startswith("resources/"))


def refused(text: str) -> str:
    with pytest.raises(ApigenError) as caught:
        read(text)
    assert caught.value.exit_code == 1
    assert caught.value.hint
    return caught.value.message


def test_the_text_is_stable() -> None:
    record = Manifest(
        "0.1.0", {"b/x.go": IS_B, "a.go": IS_A}, frozenset({"go.mod", "Makefile"}), {"c.go": IS_A}
    )
    assert render(record) == (
        f"# apigen 0.1.0\n# scaffold Makefile\n# scaffold go.mod\n# ejected {A}  c.go\n{A}  a.go\n{B}  b/x.go\n"
    )


@given(
    st.dictionaries(PATHS, st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
    st.frozensets(PATHS),
    st.dictionaries(PATHS, st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
)
def test_what_is_rendered_is_read(
    generated: dict[str, str], scaffolds: frozenset[str], ejected: dict[str, str]
) -> None:
    scaffolds -= generated.keys()
    ours = {path: frozenset({one}) for path, one in generated.items()}
    theirs = {p: frozenset({one}) for p, one in ejected.items() if p not in scaffolds and p not in ours}
    record = Manifest("1.2.3-rc.1+x", ours, scaffolds, theirs)
    assert read(render(record)) == record


def test_no_record_says_nothing() -> None:
    assert read("") == Manifest() == Manifest("", {}, frozenset())


def test_lines_may_end_as_git_on_windows_ends_them() -> None:
    text = f"# apigen 1\n# scaffold go.mod\n{A}  a.go\n"
    assert read(text.replace("\n", "\r\n")) == read(text)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/etc/passwd", "is absolute"),
        ("../x", '".."'),
        ("a/../../x", '".."'),
        ("a/..", '".."'),
        ("a//b", "empty part"),
        ("a/", "empty part"),
        ("./a", "empty part"),
        (".", "empty part"),
        ("a\\b", "backslash"),
        ("a\tb", "control character"),
        ("a\x1b[31m", "control character"),
        ("a\u2028b", "control character"),
        (".git/config", "belongs to git"),
        (".GIT/hooks/x", "belongs to git"),
        ("apigen.sum", "record itself"),
        ("apigen.yaml", "belongs to the spec"),
        ("resources/x.yaml", "belongs to the spec"),
    ],
)
def test_paths_are_not_believed(path: str, why: str) -> None:
    for line in (f"{A}  {path}", f"# scaffold {path}"):
        message = refused(f"# apigen 1\n{line}\n")
        assert message.startswith("apigen.sum: line 2 names a path that")
        assert why in message
        assert message.isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        f"{A} a",
        f"{A} *a",
        f"{'A' * 64}  a",
        f"{A[1:]}  a",
        f"\\{A}  a",
        "# scaffold ",
        "# note",
        f"{A}  ",
    ],
)
def test_malformed_lines_are_refused(line: str) -> None:
    assert "line 2 is neither" in refused(f"# apigen 1\n{line}\n")


def test_the_first_line_says_who_wrote_it() -> None:
    for text in (f"{A}  a\n", f"{A}  a\n# apigen 1\n", "# apigen 1\n# apigen 2\n", "\n", "# apigen \n", "\0"):
        assert "line 1" in refused(text)


def test_a_path_is_named_once() -> None:
    for second in (f"{A}  a", f"{B}  a", "# scaffold a", f"# ejected {A}  a"):
        assert "line 3 names a path for the second time" in refused(f"# apigen 1\n{A}  a\n{second}\n")


CONFLICT = f"""# apigen 1
<<<<<<< HEAD
{A}  a.go
{A}  both.go
=======
{B}  a.go
{A}  both.go
# scaffold hook.go
>>>>>>> topic
{B}  z.go
"""


def test_both_sides_of_a_conflict_are_believed() -> None:
    generated = {"a.go": IS_A | IS_B, "both.go": IS_A, "z.go": IS_B}
    assert read(CONFLICT) == Manifest("1", generated, frozenset({"hook.go"}))
    versions = "<<<<<<< a\n# apigen 1\n||||||| base\n# apigen 0\n=======\n# apigen 2\n>>>>>>> b\n"
    assert read(versions).version == "2"
    assert "names a path" in refused(CONFLICT + f"{A}  ../x\n")


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (f"{A}  a", "# scaffold a", Manifest("1", {}, frozenset({"a"}))),
        (f"{A}  a", f"# ejected {B}  a", Manifest("1", ejected={"a": IS_B})),
        (f"# ejected {A}  a", f"# ejected {B}  a", Manifest("1", ejected={"a": IS_A | IS_B})),
        (f"# ejected {A}  a", "# scaffold a", Manifest("1", {}, frozenset({"a"}))),
    ],
)
def test_where_sides_differ_a_file_is_its_owners(one: str, other: str, wanted: Manifest) -> None:
    for first, second in ((one, other), (other, one)):
        assert read(f"# apigen 1\n<<<<<<< x\n{first}\n=======\n{second}\n>>>>>>> y\n") == wanted


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for start in ("", "# apigen 1\n"):
        with suppress(ApigenError):
            read(start + text)


def test_sha256sum_agrees(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x y.go").write_bytes(b"package x\n")
    record = Manifest("1", {"sub/x y.go": frozenset({digest(b"package x\n")})}, frozenset({"gone.go"}))
    (tmp_path / manifest.RECORD).write_text(render(record))
    program = ["sha256sum"] if shutil.which("sha256sum") else ["shasum", "-a", "256"]
    command = [*program, "--strict", "-c", manifest.RECORD]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "sub" / "x y.go").write_bytes(b"package y\n")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1
