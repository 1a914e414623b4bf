"""What this machine has of what a project takes: to be generated, built, run and used.

Every look is at one thing, takes seconds at most, and changes nothing but caches of Go.
"""

import os
import platform
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from apigen import __version__, gobuild, gomodules, manifest, upstream
from apigen.gobuild import Go
from apigen.identity import known_minors, unknown_minor
from apigen.load import PROJECT_FILE, load
from apigen.problems import ApigenError
from apigen.render import template_folder
from apigen.write import read_record

State = Literal["ok", "warning", "missing"]

_GIB = 1 << 30
# A first build fills Go's cache with about 2 GiB, and a server's data and log need some room too.
_DISK = 4
_SECONDS = 20
_PORT = 8443
# The module whose presence stands for that of all.
_MODULE = "k8s.io/apiserver"
# kubectl is supported within one minor of the server. Source: Kubernetes' version skew policy.
_SKEW = 1


@dataclass(frozen=True)
class Look:
    """What was found of one thing. `hint` says how to get it, or what will not work without it."""

    name: str
    state: State
    found: str
    hint: str = ""


def doctor(root: Path) -> tuple[Look, ...]:
    """Return what this machine has, for the project in `root` if there is one. What is missing stops work; a warning
    says what will not work."""
    minor, project = _project(root)
    go, looked = _go()
    return (
        Look("python", "ok", f"{platform.python_version()}, apigen {__version__}"),
        project,
        looked,
        _disk(root, go),
        _modules(go, minor),
        _port(),
        _kubectl(minor),
        _git(),
    )


def _project(root: Path) -> tuple[str, Look]:
    """The minor of Kubernetes that the project is for, the newest without one, and what was found of the project."""
    newest = upstream.versions()[-1]
    if not (root / PROJECT_FILE).is_file():
        return newest, Look("project", "ok", "none here")
    try:
        spec, record = load(root).project.spec, manifest.read(read_record(root))
    except ApigenError as error:
        hint = error.hint or "see: apigen generate"
        return newest, Look("project", "missing", str(error).splitlines()[0], hint)
    if spec.kubernetes not in upstream.versions():
        return newest, Look("project", "missing", unknown_minor(spec.kubernetes), known_minors())
    found = f"{spec.name}, for Kubernetes {spec.kubernetes}"
    if record.version not in ("", __version__):
        hint = f"with this one `apigen generate` makes what {__version__} makes"
        return spec.kubernetes, Look(
            "project", "warning", f"{found}; written by apigen {record.version}", hint
        )
    return spec.kubernetes, Look("project", "ok", found)


def _go() -> tuple[Go | None, Look]:
    try:
        go = gobuild.find()
    except ApigenError as error:
        return None, Look("go", "missing", error.message, error.hint)
    said = _ask([go.program, "version"], go.environment).removeprefix("go version ")
    return go, Look("go", "ok", f"{said} ({go.program})")


def _disk(root: Path, go: Go | None) -> Look:
    places = {"the project": root.resolve(), "temporary files": Path(tempfile.gettempdir())}
    if cache := _environment(go, "GOCACHE"):
        places["Go's cache"] = Path(cache)
    free = {what: shutil.disk_usage(_there(path)).free / _GIB for what, path in places.items()}
    found = ", ".join(f"{size:.0f} GiB for {what}" for what, size in free.items())
    if min(free.values()) < _DISK:
        return Look("disk", "missing", found, f"a build needs {_DISK} GiB: go clean -cache frees the most")
    return Look("disk", "ok", found)


def _there(path: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(p for p in (path, *path.parents) if p.exists())


def _modules(go: Go | None, minor: str) -> Look:
    if go is None:
        return Look("modules", "warning", "not looked at without Go")
    text = (template_folder() / "modules" / minor / "go.mod.j2").read_text(encoding="utf-8")
    wanted = f"{_MODULE}@{gomodules.required(text)[_MODULE]}"
    said = _ask([go.program, "list", "-m", wanted], go.environment)
    proxy = _without_secrets(_environment(go, "GOPROXY"))
    if said.startswith(f"{_MODULE} "):
        return Look("modules", "ok", f"{wanted} from {proxy}")
    hint = "set GOPROXY to a proxy that can be reached: go env -w GOPROXY=https://proxy.golang.org,direct"
    return Look("modules", "missing", f"{proxy} does not give {wanted}", hint)


def _without_secrets(proxy: str) -> str:
    return re.sub(r"//[^/@,|]*@", "//", proxy) or "nowhere"


def _port() -> Look:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _PORT))
        except OSError as error:
            hint = "apigen run takes another port by itself; `make run` needs this one"
            return Look("port", "warning", f"{_PORT}: {error.strerror}", hint)
    return Look("port", "ok", f"{_PORT} is free")


def _kubectl(minor: str) -> Look:
    hint = f"the server works without it; get {minor} from https://kubernetes.io/docs/tasks/tools"
    program = shutil.which("kubectl")
    said = _said([program, "version", "--client", "-o", "json"]) if program else ""
    found = re.search(r'"gitVersion":\s*"v(([0-9]+)\.([0-9]+)[^"]*)"', said)
    if not found:
        return Look("kubectl", "warning", "not here" if not program else f"{program} does not answer", hint)
    if abs(int(found[3]) - int(minor.split(".")[1])) > _SKEW:
        return Look("kubectl", "warning", f"{found[1]}, more than a minor from {minor}", hint)
    return Look("kubectl", "ok", found[1])


def _git() -> Look:
    said = _said(["git", "--version"])
    if not said:
        return Look(
            "git", "warning", "not here", "apigen diff compares with what git has; nothing else needs it"
        )
    return Look("git", "ok", said.removeprefix("git version "))


def _environment(go: Go | None, name: str) -> str:
    """A setting of Go, "" where there is no Go."""
    return _ask([go.program, "env", name], go.environment) if go else ""


def _said(command: Sequence[str]) -> str:
    return _ask(command, os.environ)


def _ask(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a program prints when it is started in an empty folder; "" if it fails or takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command, cwd=folder, env=dict(environment),
                capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return ""
    return done.stdout.strip() if done.returncode == 0 else ""
