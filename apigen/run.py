"""`apigen run`: the generated server by itself, from source to a clean stop.

1. Look whether there is a project, and nobody else at work on its data.
2. Build what is on disk, and warn if it is not what the spec asks for.
3. Start the server in a session of its own, so that Ctrl-C reaches us alone.
4. Wait until it is ready; say where, and what to try.
5. When we are told to stop, tell the server, once, and wait for it.
"""

import base64
import fcntl
import http.client
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apigen import gobuild, pipeline
from apigen.console import show_line
from apigen.load import load
from apigen.problems import ApigenError, UsageError

_READY_WITHIN = 180
_STOPPED_WITHIN = 30
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class _Project:
    """A project on disk; `plural` is one of its resources."""

    root: Path
    name: str
    plural: str

    @property
    def state(self) -> Path:
        return self.root / ".apigen"

    @property
    def data(self) -> Path:
        return self.state / "data"

    @property
    def binary(self) -> Path:
        return self.state / "bin" / self.name

    @property
    def kubeconfig(self) -> Path:
        """Written by the server when it listens."""
        return self.data / "kubeconfig"


def run(root: Path, flags: Sequence[str], *, fresh: bool = False, verbose: bool = False) -> int:
    """Build and run the server of the project in `root` until a signal; return the exit code.

    `fresh` removes the data of earlier runs first, `verbose` shows the server's log. Raises ApigenError,
    also if the server ends by itself.
    """
    if any(flag.split("=")[0] == "--data-dir" for flag in flags):
        raise UsageError(
            "--data-dir is not for `run`, whose data is in .apigen/data", "start the server itself"
        )
    project = _project(root)
    _refuse_second(project)
    with _on_signals(_interrupt):
        go = gobuild.find()
        project.binary.parent.mkdir(parents=True, exist_ok=True)
        gobuild.build(go, root, f"./cmd/{project.name}", project.binary)
    port = _free_port(project.kubeconfig)
    if fresh and project.data.exists():
        shutil.rmtree(project.data)
        show_line(f"removed {project.data}")
    with _started(project, ["--secure-port", str(port), *flags], verbose) as server:
        return _attend(project, server)


def _project(root: Path) -> _Project:
    spec = load(root)
    stale = [change.path for change in pipeline.changes(root, spec) if change.complaint]
    project = _Project(root, spec.project.spec.name, spec.resources[0].spec.plural)
    if not (root / "go.mod").exists() or not (root / "cmd" / project.name).exists():
        raise ApigenError(f"there is no server in {root} yet", "run `apigen generate` first")
    if stale:
        show_line(f"warning: {stale[0]} is not what the spec asks for; `apigen generate` makes it so")
    return project


def _refuse_second(project: _Project) -> None:
    """Keep off the data of a server that runs: a second one would overwrite its kubeconfig before it fails."""
    with suppress(FileNotFoundError), (project.data / "lock").open("r+b") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as etcd does on Linux
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # and elsewhere
        except BlockingIOError:
            raise ApigenError(f"another server uses {project.data}", "stop it first") from None


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


@contextmanager
def _on_signals(handler: Callable[..., None]) -> Iterator[None]:
    """Handle the signals that end a program. Those that are ignored, as under nohup, stay so."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    heard = [number for number in _SIGNALS if before[number] is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


def _free_port(kubeconfig: Path) -> int:
    """The port of the last run, so that a kubeconfig in use stays good; 0, for any, if it is taken."""
    with suppress(OSError), socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _, port, _ = _address(kubeconfig)
        probe.bind(("127.0.0.1", port))
        return port
    return 0


def _address(kubeconfig: Path) -> tuple[str, int, str]:
    """Host and port of the server that wrote a kubeconfig, and its authority. Raises OSError if it is none yet."""
    text = kubeconfig.read_text(encoding="utf-8")
    server = re.search(r"^ +server: https://(.+):([0-9]+)\n", text, re.MULTILINE)
    authority = re.search(r"^ +certificate-authority-data: (\S+)\n", text, re.MULTILINE)
    if server is None or authority is None:
        raise OSError(f"{kubeconfig} is no kubeconfig")
    return server[1].strip("[]"), int(server[2]), base64.b64decode(authority[1]).decode()


@dataclass
class _Server:
    """A server that was started. `told` is set when we are told to stop; the log is shown if `verbose`."""

    process: subprocess.Popen[bytes]
    log: Path
    told: threading.Event
    verbose: bool
    shown: int = 0

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Return True as soon as `until` holds; False if the server ends first, or the time is over."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            if until():
                return True
            self.show_log()
            time.sleep(0.1)
        self.show_log()
        return False

    def show_log(self) -> None:
        """Copy to stderr what is new in the log, if that is wanted."""
        if self.verbose:
            with self.log.open("rb") as log:
                log.seek(self.shown)
                new = log.read()
            self.shown += len(new)
            sys.stderr.write(new.decode(errors="replace"))
            sys.stderr.flush()

    def failure(self, what: str) -> ApigenError:
        """Return an error with the end of the log; of a panic, with its beginning."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        panic = next((i for i, line in enumerate(lines) if line.startswith("panic: ")), len(lines) - 10)
        shown = lines[max(panic, 0) :][:10]
        ends = "".join(f"\n  {line}" for line in shown)
        return ApigenError(f"{what}; its log ends:{ends}", f"the whole log is in {self.log}")


@contextmanager
def _started(project: _Project, flags: Sequence[str], verbose: bool) -> Iterator[_Server]:
    """A server with these flags; it does not outlive the block."""
    told = threading.Event()
    path = project.state / "server.log"
    command = [str(project.binary.absolute()), "--standalone", "--data-dir", str(project.data.absolute())]
    with _on_signals(lambda *_: told.set()), path.open("wb") as log:
        process = subprocess.Popen(
            [*command, *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield _Server(process, path, told, verbose)
        finally:
            process.kill()
            process.wait()


def _attend(project: _Project, server: _Server) -> int:
    """Stay with the server until it ends or we are told to stop."""
    told = server.told.is_set
    came = server.wait(lambda: told() or _is_ready(project.kubeconfig), _READY_WITHIN)
    ready = came and not told()
    if ready:
        _announce(project)
        server.wait(told, float("inf"))
    code = server.process.poll()
    if told():
        return _stop(server, ready)
    if code is None:
        raise server.failure(f"the server is not ready after {_READY_WITHIN} s")
    if ready or code != 0:
        raise server.failure(f"the server ended by itself, with exit code {code}")
    # It was asked for something else than to serve, such as --help.
    sys.stdout.write(server.log.read_text(encoding="utf-8", errors="replace"))
    return 0


def _stop(server: _Server, ready: bool) -> int:
    """Stop the server. One that is not ready yet may end as it likes: it has served nobody."""
    show_line("stopping the server")
    server.process.send_signal(signal.SIGTERM)
    server.wait(lambda: False, _STOPPED_WITHIN)
    code = server.process.poll()
    if code is None:
        raise server.failure(f"the server did not stop within {_STOPPED_WITHIN} s and was killed")
    if ready and code != 0:
        raise server.failure(f"the server stopped with exit code {code}")
    return 0


def _is_ready(kubeconfig: Path) -> bool:
    try:
        host, port, authority = _address(kubeconfig)
        trusted = ssl.create_default_context(cadata=authority)
        connection = http.client.HTTPSConnection(host, port, context=trusted, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False


def _announce(project: _Project) -> None:
    """Say on stdout where the server is, and what to try."""
    host, port, _ = _address(project.kubeconfig)
    kubectl = f"kubectl --kubeconfig {shlex.quote(str(project.kubeconfig))}"
    samples = shlex.quote(f"{project.root / 'samples'}/")
    lines = [
        f"{project.name} is ready at https://{host}:{port}",
        f"kubeconfig: {project.kubeconfig.absolute()}",
        "try, in another terminal:",
        f"  {kubectl} api-resources",
        f"  {kubectl} apply -f {samples}",
        f"  {kubectl} get {project.plural}",
        f"Ctrl-C stops it; its data stays in {project.data}",
    ]
    for line in lines:
        show_line(line, sys.stdout)
    sys.stdout.flush()
