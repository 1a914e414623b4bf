"""What a run of apigen touches besides its project: nothing. Watched from inside, by the audit events of Python.

Each command runs in a process of its own, in a folder with modules planted that must not be loaded.
"""

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from test_template_values import SAMPLES

from apigen.pipeline import rendered

ROOT = Path(__file__).parents[1]
# The events that write, connect or start something, and what of their arguments to print.
WATCH = """
import os, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
names = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.exec",
         "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.symlink", "os.link", "os.rename", "os.remove",
         "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree", "pty.spawn", "ctypes.dlopen")

def place(path, folder):
    path = os.fsdecode(path)
    if isinstance(folder, int) and folder >= 0:
        path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
    return os.path.abspath(path)

def watch(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and isinstance(args[2], int) and args[2] & writing:
        os.write(log, repr(("open", os.fsdecode(args[0]))).encode() + b"\\n")
    elif event == "os.rename":
        found = [place(args[0], args[2]), place(args[1], args[3])]
        os.write(log, repr((event, *found)).encode() + b"\\n")
    elif event in ("os.mkdir", "os.remove", "os.rmdir"):
        os.write(log, repr((event, place(args[0], args[-1]))).encode() + b"\\n")
    elif event in names:
        os.write(log, repr((event, str(args[0]))).encode() + b"\\n")

sys.addaudithook(watch)
sys.argv = ["apigen", *sys.argv[2:]]
from apigen.cli import main
main(sys.argv[1:])
"""
PLANTED = (
    "sitecustomize",
    "usercustomize",
    "jinja2",
    "ruamel",
    "typer",
    "rich",
    "pydantic",
    "json",
    "apigen",
)
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abp]-\w+"
    r"|\beyJ[\w-]{20,}\.[\w-]{20,}\.|(?i:password|passwd|secret|token|api_?key)\w*\s*[:=]+\s*[\"'][^\"'\s]{8,}[\"']"
)


def watched(folder: Path, *arguments: str, mask: int = 0o022) -> list[tuple[str, ...]]:
    """Run a command line in `folder`; return what it did besides reading."""
    script, log = folder.parent / "watch.py", folder.parent / "events"
    script.write_text(WATCH)
    log.unlink(missing_ok=True)
    for name in PLANTED:
        (folder / f"{name}.py").write_text(f'raise SystemExit("{name} was loaded")')
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(script), str(log), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, umask=mask
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in PLANTED:
        (folder / f"{name}.py").unlink()
    return [ast.literal_eval(line) for line in log.read_text().splitlines()]


@pytest.fixture
def project(fast: Path) -> Path:
    root = fast / "project"
    shutil.copytree(SAMPLES[1] / "resources", root / "resources")
    shutil.copy(SAMPLES[1] / "apigen.yaml", root)
    return root


@pytest.mark.parametrize("command", [["generate"], ["generate", "--check"], ["lint"], ["graph"]])
def test_a_command_writes_into_its_project_and_starts_nothing(project: Path, command: list[str]) -> None:
    if "--check" in command:
        watched(project, "generate")
    events = watched(project, *command)
    assert {event for event, *_ in events} <= {"open", "os.mkdir", "os.rename", "os.remove", "os.chmod"}
    for event, *paths in events:
        if event == "open":  # below an open folder, by its last name
            (path,) = paths
            assert re.fullmatch(r"\.apigen-[0-9a-f]{16}\.tmp", path) or path == os.devnull
        elif event == "os.chmod":  # of an open file, by its number
            assert paths[0].isdigit()
        else:
            assert all(Path(path).is_relative_to(project) for path in paths), event
    assert bool([e for e in events if e[0] == "os.rename"]) == (command == ["generate"])


def test_the_watch_sees_what_is_wrong(project: Path) -> None:
    script = project.parent / "bad.py"
    script.write_text(
        WATCH.rpartition("from apigen")[0]
        + "import subprocess, socket\nopen('x', 'w').close()\nsubprocess.run(['true'])\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9))\nexcept OSError:\n    pass\n"
    )
    log = project.parent / "events"
    subprocess.run([sys.executable, str(script), str(log)], cwd=project, check=True)
    seen = {ast.literal_eval(line)[0] for line in log.read_text().splitlines()}
    assert {"open", "subprocess.Popen", "socket.connect"} <= seen


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_modes_are_ours(project: Path, mask: int) -> None:
    given = set(project.rglob("*"))
    watched(project, "generate", mask=mask)
    modes = {(p.is_dir(), stat.S_IMODE(p.lstat().st_mode)) for p in project.rglob("*") if p not in given}
    folder = 0o700 if mask == 0o077 else 0o755
    assert modes == {(True, folder), (False, 0o644)}


@pytest.mark.parametrize("sample", SAMPLES, ids=[p.name for p in SAMPLES])
def test_no_secret_is_generated(sample: Path) -> None:
    found = [(f.path, m.group()) for f in rendered(sample) for m in SECRETS.finditer(f.text)]
    assert found == []


def test_the_scanner_finds_secrets() -> None:
    for text in ("-----BEGIN EC PRIVATE KEY-----", "AKIA" + "A" * 16, 'password: "correct-horse"'):
        assert SECRETS.search(text)
