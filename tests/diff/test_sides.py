"""The sides of a comparison: revisions of real repositories, folders, files; and what cannot be one."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from edits import ALONE

from apigen import cli

PROJECT = 'apigen: 1\nname: shop\nmodule: example.com/shop\nkubernetes: "1.37"\n'
LESS = ALONE.replace("          at: {type: time}\n", "")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a project in a folder of it, which is the working folder; a tag and a branch."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    root = tmp_path / "repo" / "services" / "shop"
    (root / "resources").mkdir(parents=True)
    (root / "apigen.yaml").write_text(PROJECT)
    (root / "resources" / "widget.yaml").write_text(ALONE)
    monkeypatch.chdir(root)
    git("init", "-q", "-b", "main", str(tmp_path / "repo"))
    return root


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def commit(tag: str = "") -> None:
    git("add", "-A")
    git("commit", "-qm", "x")
    if tag:
        git("tag", tag)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["diff", *arguments])
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


def test_the_working_tree_against_head(repository: Path, run: Run) -> None:
    commit()
    assert run() == (0, "the API is the same\n", "")
    Path("resources/widget.yaml").write_text(LESS)
    code, out, _ = run()
    assert code == 0 and "- v1 spec.at field-removed: breaks clients, breaks stored data" in out
    assert out.endswith("1 change: 1 break clients, 1 break stored data, 1 break Go importers\n")
    assert run("--exit-code")[0] == 5
    Path("resources/widget.yaml").write_text(ALONE)
    Path("resources/gadget.yaml").write_text(
        ALONE.replace("kind: Widget", "kind: Gadget").replace("plural: widgets, shortNames: [wd]", "plural: gadgets")
        .replace("Color", "Tone").replace("Part", "Piece")
    )  # fmt: skip
    assert "kind-added: compatible" in run("--exit-code")[1], "what is not yet in git is there too"


def test_revisions(repository: Path, run: Run) -> None:
    commit("v1")
    git("checkout", "-q", "-b", "topic")
    Path("resources/widget.yaml").write_text(LESS)
    commit()
    for old, new in (("v1", ""), ("v1", "topic"), ("main", "HEAD"), ("HEAD~1", "topic")):
        assert "field-removed" in run(*filter(None, (old, new)))[1]
    assert "field-added" in run("topic", "main")[1]
    before = subprocess.run(["git", "status", "--porcelain"], capture_output=True).stdout
    assert before == b"", "nothing is checked out"


def test_a_resource_that_was_deleted(repository: Path, run: Run) -> None:
    commit()
    Path("resources/gadget.yaml").write_text(
        ALONE.replace("kind: Widget", "kind: Gadget").replace("plural: widgets, shortNames: [wd]", "plural: gadgets")
        .replace("Color", "Tone").replace("Part", "Piece")
    )  # fmt: skip
    Path("resources/widget.yaml").unlink()
    code, out, _ = run("--exit-code")
    assert code == 5 and "- kind-removed: breaks clients" in out and "+ kind-added" in out


def test_files_and_folders(repository: Path, run: Run, tmp_path: Path) -> None:
    commit("v1")
    old = tmp_path / "old.yaml"
    old.write_text(ALONE)
    Path("resources/widget.yaml").write_text(LESS)
    assert "field-removed" in run(str(old), "resources/widget.yaml")[1]
    assert "field-removed" in run(str(old), ".")[1]
    assert "field-added" in run("resources/widget.yaml", "v1")[1]
    assert "field-removed" in run("v1", "resources/widget.yaml")[1]


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ("nothing", 2, "is no folder, no file and no revision"),
        ("--output=/tmp/x", 2, "No such option"),
        ("v1\x1b[31m", 2, "v1\\u001b[31m"),
        ("HEAD:resources", 2, "no revision"),
    ],
)
def test_what_is_no_side(repository: Path, run: Run, given: str, code: int, says: str) -> None:
    commit()
    found, out, err = run(given)
    assert (found, out) == (code, "") and says.lower() in err.lower()


def test_a_revision_that_looks_like_an_option(repository: Path, run: Run) -> None:
    commit()
    found, _, err = run("--", "--upload-pack=touch x")
    assert found == 2 and "no revision" in err and not Path("x").exists()


def test_a_branch_that_looks_like_an_option(repository: Path, run: Run) -> None:
    commit()
    git("update-ref", "refs/heads/--all", "HEAD")
    assert run("--", "--all") == (0, "the API is the same\n", "")


def test_before_the_first_commit(repository: Path, run: Run) -> None:
    code, _, err = run()
    assert code == 2 and '"HEAD" is no folder, no file and no revision' in err


def test_outside_of_a_repository(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "apigen.yaml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    code, _, err = run()
    assert code == 2 and "is in no repository of git" in err


def test_without_git(repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    code, _, err = run()
    assert code == 1 and "there is no git here" in err


def test_a_revision_without_the_project(repository: Path, run: Run) -> None:
    Path("../../readme").write_text("x")
    git("add", "../../readme")
    git("commit", "-qm", "x")
    code, _, err = run()
    assert code == 1 and "has no services/shop/apigen.yaml" in err


def test_a_side_that_is_wrong_is_named(repository: Path, run: Run) -> None:
    Path("resources/widget.yaml").write_text(ALONE.replace("type: time", "type: tome"))
    commit("bad")
    Path("resources/widget.yaml").write_text(ALONE)
    code, _, err = run("bad")
    assert code == 3 and "resources/widget.yaml:31:22: error: in bad: unknown type" in err


def test_names_that_are_no_text(repository: Path, run: Run) -> None:
    """They are in the repository, and have nothing to do with the spec."""
    (repository / "resources" / b"\xff.txt".decode(errors="surrogateescape")).write_text("x")
    commit()
    assert run()[0] == 0


def test_what_is_allowed(repository: Path, run: Run) -> None:
    commit()
    Path("resources/widget.yaml").write_text(LESS)
    allowed = "diff: {allow: [{change: field-removed, kind: Widget, path: spec.at, reason: nobody set it}"
    Path("apigen.yaml").write_text(f"{PROJECT}{allowed}]}}\n")
    code, out, _ = run("--exit-code")
    assert code == 0 and "      allowed: nobody set it\n" in out and out.endswith("; 1 allowed\n")
    (row,) = json.loads(run("--format", "json")[1])
    assert (row["change"], row["allowed"], row["breaking"]) == ("field-removed", "nobody set it", False)
    Path("apigen.yaml").write_text(f"{PROJECT}{allowed}, {{change: kind-removed, reason: later}}]}}\n")
    assert run()[1].endswith("note: `diff` in apigen.yaml allows kind-removed, and nothing of that is here\n")
    for entry in (
        "{change: field-remoned, reason: x}",
        "{change: field-removed, reason: ' '}",
        "{change: x}",
    ):
        Path("apigen.yaml").write_text(f"{PROJECT}diff: {{allow: [{entry}]}}\n")
        assert run()[0] == 3


def test_marks_for_github(repository: Path, run: Run) -> None:
    commit()
    Path("resources/widget.yaml").write_text(ALONE.replace("maxItems: 5", "maxItems: 4"))
    code, out, _ = run("--format", "github", "--exit-code")
    line = 1 + ALONE.splitlines().index("          tags: {type: list of string, listType: set, maxItems: 5}")
    assert code == 5
    assert out.startswith(
        f"::error file=resources/widget.yaml,line={line},col=11,title=apigen diff%3A constraint-tightened::"
    )


def test_attributes_of_the_repository_have_no_say(repository: Path, run: Run) -> None:
    """With `git archive` they would leave files out, change them, or run a filter."""
    Path("../../.gitattributes").write_text("*.yaml export-ignore filter=touch eol=crlf\n")
    git("config", "filter.touch.smudge", "touch ran; cat")
    commit("v1")
    assert run("v1", "--exit-code") == (0, "the API is the same\n", "")
    assert not Path("ran").exists()


def test_a_branch_that_is_called_like_a_folder_or_a_program(repository: Path, run: Run) -> None:
    commit()
    git("branch", "resources")
    git("branch", "shop")
    Path("shop").write_bytes(b"\x7fELF")
    Path("resources/widget.yaml").write_text(LESS)
    assert "field-removed" in run("resources")[1]
    assert "field-removed" in run("shop")[1]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("resources", "there is no apigen.yaml in resources"),
        ("program", "program is no resource file"),
    ],
)
def test_what_is_there_and_no_side(repository: Path, run: Run, given: str, says: str) -> None:
    Path("program").write_bytes(b"\x7fELF")
    commit()
    code, _, err = run(given)
    assert code == 2 and says in err and "hint: " in err


def test_symbolic_links(repository: Path, run: Run) -> None:
    Path("resources/readme").symlink_to("/etc/passwd")
    commit("v1")
    assert run("v1")[0] == 0
    Path("resources/other.yaml").symlink_to("/etc/passwd")
    commit("v2")
    code, out, err = run("v2", "v1")
    assert (code, out) == (1, "") and "resources/other.yaml is a symbolic link" in err


def test_a_file_whose_types_are_shared(repository: Path, run: Run, tmp_path: Path) -> None:
    old = tmp_path / "old"
    for folder in (Path("resources"), old):
        folder.mkdir(exist_ok=True)
        (folder / "types.yaml").write_text(
            "apigen: 1\ngroup: shop.example.com\ntypes: {Hue: {type: string}}\n"
        )
        (folder / "notes.yaml").write_text("[")
    for folder, name in ((Path("resources"), "hue: Hue"), (old, "tint: Hue")):
        (folder / "widget.yaml").write_text(ALONE.replace("at: {type: time}", name))
    code, out, err = run(str(old / "widget.yaml"), "resources/widget.yaml")
    assert (code, err) == (0, "") and "spec.tint field-removed" in out and "spec.hue field-added" in out


def test_a_file_that_is_wrong_has_its_name(repository: Path, run: Run) -> None:
    commit()
    Path("other.yaml").write_text("kind: [")
    code, _, err = run("other.yaml", "resources/widget.yaml")
    assert code == 3 and "other.yaml:1:8: error: in other.yaml: " in err


def test_a_repository_that_git_refuses(repository: Path, run: Run) -> None:
    commit()
    Path("../../.git/config").write_text("[core")
    code, _, err = run()
    assert code == 2 and "git does not read this repository: bad config" in err


def test_names_of_resource_files_that_are_no_text(repository: Path, run: Run) -> None:
    odd = repository / "resources" / b"\xff.yaml".decode(errors="surrogateescape")
    Path("resources/widget.yaml").rename(odd)
    commit()
    odd.write_text(LESS)
    code, out, _ = run("--format", "github", "--exit-code")
    assert code == 5 and "file=resources/\\udcff.yaml" in out
