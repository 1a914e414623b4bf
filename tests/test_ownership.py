"""Files that are handed over and given back; records that git has merged; what a check says to programs."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from apigen import cli

FILE = Path("internal/registry/rest.go")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a generated project, which is the working folder. Returns the code, stdout and stderr."""
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capsys.readouterr())

    assert run("init", ".", "--module", "example.com/shop")[0] == 0
    assert run("add-resource", "Widget", "--group", "shop.example.com")[0] == 0
    assert run("generate")[0] == 0
    return run


def record() -> str:
    return Path("apigen.sum").read_text()


def template_has_changed() -> None:
    """Make the record say that apigen would have written something else."""
    lines = [
        f"# ejected {'0' * 64}  {FILE}" if line.startswith("# ejected") else line
        for line in record().splitlines()
    ]
    Path("apigen.sum").write_text("\n".join(lines) + "\n")


def test_eject_hands_over_for_good(shop: Run) -> None:
    body = FILE.read_text().partition("\n")[2]
    assert shop("eject", f"./{FILE}") == (0, "", f"{FILE} is yours now\n")
    assert FILE.read_text() == (
        f"// This file is yours: apigen wrote it once and will not touch it again.\n{body}"
    )
    assert "# ejected " in record() and record().count(str(FILE)) == 1
    FILE.write_text("package registry // mine\n")
    for flags in ((), ("--force",), ("--check",)):
        assert shop("generate", *flags)[0] == 0
        assert FILE.read_text() == "package registry // mine\n"
    assert "# ejected " in record()


def test_an_edited_file_can_be_handed_over(shop: Run) -> None:
    FILE.write_text(FILE.read_text() + "// mine\n")
    code, _, err = shop("generate")
    assert code == 4 and f"apigen eject {FILE}" in err
    assert shop("eject", str(FILE))[0] == 0
    assert FILE.read_text().endswith("// mine\n")
    assert shop("generate", "--check")[0] == 0


def test_a_changed_template_shows_until_it_is_settled(shop: Run) -> None:
    shop("eject", str(FILE))
    FILE.write_text(FILE.read_text() + "// mine\n")
    template_has_changed()
    before = FILE.read_text()
    code, _, err = shop("generate", "--check")
    assert code == 5
    assert f"behind: {FILE}\n" in err and "-// mine\n" in err
    assert err.endswith(f"take over what you want, then: apigen eject {FILE}\n")
    code, _, err = shop("generate")
    assert code == 0 and f"note: {FILE} is yours, and apigen would write something else now\n" in err
    assert shop("generate", "--check")[0] == 5
    assert shop("eject", str(FILE))[2] == f"{FILE} is yours, up to what apigen would write today\n"
    assert shop("generate", "--check")[0] == 0
    assert FILE.read_text() == before


def test_an_ejected_file_that_was_deleted_is_missed(shop: Run) -> None:
    shop("eject", str(FILE))
    FILE.unlink()
    assert shop("generate", "--check")[0] == 5
    assert shop("generate")[0] == 3
    assert shop("generate", "--force")[0] == 0
    assert FILE.exists() and "# ejected" not in record()


def test_adopt_gives_back(shop: Run) -> None:
    before, recorded = FILE.read_text(), record()
    shop("eject", str(FILE))
    assert shop("adopt", str(FILE)) == (0, "", f"{FILE} is generated again\n")
    assert (FILE.read_text(), record()) == (before, recorded)
    shop("eject", str(FILE))
    FILE.write_text("mine\n")
    assert shop("adopt", str(FILE))[2] == f"{FILE} is generated again; what it was is in {FILE}.edited\n"
    assert (FILE.read_text(), record()) == (before, recorded)
    assert Path(f"{FILE}.edited").read_text() == "mine\n"
    shop("eject", str(FILE))
    FILE.unlink()
    assert shop("adopt", str(FILE))[0] == 0
    assert (FILE.read_text(), record()) == (before, recorded)
    assert shop("generate", "--check")[0] == 0


@pytest.mark.parametrize(
    ("command", "path", "says"),
    [
        ("eject", "nothing.go", "is no file that apigen generates"),
        ("eject", "../outside.go", "is no file that apigen generates"),
        ("eject", "apigen.sum", "is no file that apigen generates"),
        ("eject", "resources/widget.yaml", "is no file that apigen generates"),
        ("eject", "Makefile", "is yours already"),
        ("adopt", str(FILE), "was not handed over"),
        ("adopt", "Makefile", "is yours already"),
        ("adopt", "no\x1b[31mthing", "no\\u001b[31mthing"),
    ],
)
def test_what_cannot_change_hands(shop: Run, command: str, path: str, says: str) -> None:
    before = record()
    code, out, err = shop(command, str(FILE) if path == "x" else path)
    assert (code, out) == (2, "") and says in err and "hint: " in err
    assert record() == before


def test_all_or_nothing(shop: Run) -> None:
    before, recorded = FILE.read_text(), record()
    assert shop("eject", str(FILE), "nothing.go")[0] == 2
    assert (FILE.read_text(), record()) == (before, recorded)


@pytest.mark.parametrize("make", [lambda p: p.mkdir(), lambda p: p.symlink_to("/etc/hosts"), lambda p: None])
def test_what_is_no_file_is_not_handed_over(shop: Run, make: Callable[[Path], None]) -> None:
    FILE.unlink()
    make(FILE)
    code, _, err = shop("eject", str(FILE))
    assert code == 1 and str(FILE) in err


def git(*arguments: str, code: int = 0) -> None:
    options = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "merge.conflictStyle=diff3")
    done = subprocess.run(["git", *options, *arguments], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr


@pytest.fixture
def branches(shop: Run) -> Run:
    """Two branches, of which each has added a resource; the second is checked out, the first is called one."""
    git("init", "-q", "-b", "base")
    git("add", "-A")
    git("commit", "-qm", "base")
    for branch, kind in (("one", "Gadget"), ("two", "Gear")):
        git("checkout", "-q", "-b", branch, "base")
        assert shop("add-resource", kind, "--group", "shop.example.com")[0] == 0
        assert shop("generate")[0] == 0
        git("add", "-A")
        git("commit", "-qm", kind)
    return shop


def test_two_branches_that_each_add_a_resource(branches: Run) -> None:
    merged = subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "merge", "-q", "one", "-m", "merge"],
        capture_output=True,
    )
    assert merged.returncode == 1, "the branches change the same lines"
    assert "<<<<<<< " in record()
    code, _, err = branches("generate")
    assert code in (0, 4)
    if code == 4:  # a file with git's markers in it is nobody's work, but apigen cannot know
        assert "apigen generate --force" in err
        assert branches("generate", "--force")[0] == 0
    assert "<<<<<<<" not in record()
    for kind in ("gadget", "gear"):
        assert Path(f"internal/registry/shop/{kind}/strategy.go").exists()
    assert branches("generate", "--check")[0] == 0


def test_a_check_for_programs(shop: Run) -> None:
    assert json.loads(shop("generate", "--check", "--format", "json")[1]) == {"problems": [], "repair": []}
    Path("resources/widget.yaml").write_text(
        Path("resources/widget.yaml").read_text().replace("description: ", "description: New, ", 1)
    )
    FILE.write_text("mine\n")
    Path("Makefile").unlink()
    code, out, err = shop("generate", "--check", "--format", "json")
    assert (code, err) == (5, "")
    report = json.loads(out)
    places = {p["path"]: (p["kind"], p["file"], p["line"]) for p in report["problems"]}
    assert places["api/shop/v1/types.go"][:2] == ("stale", "resources/widget.yaml")
    line = places["api/shop/v1/types.go"][2]
    assert "name: v1" in Path("resources/widget.yaml").read_text().splitlines()[line - 1]
    assert places[str(FILE)] == ("edited", str(FILE), 1)
    assert report["repair"] == [
        f"to keep edits: apigen eject {FILE}",
        "to replace edits, of which copies are kept: apigen generate --force",
        "run: apigen generate",
    ]


def test_a_check_marks_lines_of_the_spec(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path("resources/widget.yaml").read_text()
    Path("resources/widget.yaml").write_text(text.replace("description: ", "description: New, ", 1))
    monkeypatch.chdir("..")
    code, out, err = shop("-C", "shop", "generate", "--check", "--format", "github")
    assert (code, err) == (5, "")
    marks = out.splitlines()
    assert all(mark.startswith("::error file=") for mark in marks)
    types = next(mark for mark in marks if "types.go" in mark)
    assert "file=shop/resources/widget.yaml,line=" in types
    assert (
        "title=apigen generate --check%3A stale::api/shop/v1/types.go: this file is not what the spec"
        in types
    )


def test_format_is_for_checks(shop: Run) -> None:
    assert shop("generate", "--format", "json")[0] == 2
    assert shop("generate", "--diff", "--format", "json")[0] == 2
