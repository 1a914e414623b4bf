"""Generated servers as processes: built once, started on ports that the system chooses, always stopped."""

import fcntl
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from apiclient import Client, Resource

from apigen import pipeline, upstream

ROOT = Path(__file__).parents[2]
SPECS = Path(__file__).parent / "specs"
# The minor of Kubernetes to generate the servers for; that of the samples unless given.
SAMPLES_MINOR = upstream.versions()[-1]
MINOR = os.environ.get("APIGEN_KUBERNETES", SAMPLES_MINOR)
BUILT = ROOT / ".cache" / "servers" / MINOR
PLURALS = {
    "Upstream": ("nginx.example.com", "upstreams"),
    "Machine": ("fleet.example.com", "machines"),
    "Probe": ("fleet.example.com", "probes"),
    "Profile": ("fleet.example.com", "profiles"),
    "Robot": ("fleet.example.com", "robots"),
    "Policy": ("policy.fleet.example.com", "policies"),
    "Gadget": ("lenses.example.com", "gadgets"),
    "Twin": ("lenses.example.com", "twins"),
    "Flunder": ("wardle.example.com", "flunders"),
    "Fischer": ("wardle.example.com", "fischers"),
}


def build(sample: str) -> Path:
    """The server of a sample. Go itself knows whether there is something to do."""
    BUILT.mkdir(parents=True, exist_ok=True)
    binary = BUILT / sample
    command = ["go", "build", "-buildvcs=false", "-o", str(binary), "./cmd/..."]
    with (BUILT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = ROOT / "samples" / sample
        if MINOR != SAMPLES_MINOR:
            root = Path(shutil.copytree(root, BUILT / f"{sample}-project", dirs_exist_ok=True))
            for_minor(root)
            pipeline.generate(root)
        subprocess.run(command, cwd=root, check=True, timeout=900)
    return binary


def for_minor(root: Path, minor: str = MINOR) -> None:
    """Make a project that has just been copied one for another minor, as if it had been from the start."""
    spec, record = root / "apigen.yaml", root / "apigen.sum"
    spec.write_text(spec.read_text().replace(f'kubernetes: "{SAMPLES_MINOR}"', f'kubernetes: "{minor}"'))
    if minor != SAMPLES_MINOR:
        for name in ("go.mod", "go.sum"):
            (root / name).unlink(missing_ok=True)
            if record.exists():
                record.write_text(record.read_text().replace(f"# scaffold {name}\n", ""))


def build_spec(name: str) -> Path:
    """The server of a spec of the tests, which is generated first."""
    root = BUILT / f"{name}-project"
    shutil.copytree(SPECS / name, root, dirs_exist_ok=True)
    with (BUILT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for_minor(root)
        pipeline.generate(root)
        command = ["go", "build", "-buildvcs=false", "-o", str(BUILT / name), "./cmd/..."]
        subprocess.run(command, cwd=root, check=True, timeout=900)
    return BUILT / name


def kubectl_binary() -> Path:
    """The kubectl that the repository builds; one of the machine may be too old."""
    own = ROOT / ".cache" / "bin" / "kubectl"
    return own if own.exists() else Path("kubectl")


class Process:
    """A server that runs, with all that it says in a file."""

    ready = "/readyz?verbose"
    """The path that answers 200 once the server is ready."""

    def __init__(self, binary: Path, folder: Path, *flags: str, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [binary, *flags], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env
            )

    def wait(self, timeout: float = 30) -> int:
        return self.popen.wait(timeout)

    def stop(self, sign: int = signal.SIGTERM) -> int:
        if self.popen.poll() is None:
            self.popen.send_signal(sign)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.popen.kill()
            raise

    def wait_ready(self, client: Client, timeout: float = 30) -> None:
        end = time.monotonic() + timeout
        status: object = None
        while time.monotonic() < end:
            assert self.popen.poll() is None, f"the server ended:\n{self.text()}"
            with suppress(OSError):
                status = client.get(self.ready)
                if status.status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError(f"not ready: {status}\n{self.text()}")

    def text(self) -> str:
        return self.log.read_text(errors="replace")


class Standalone(Process):
    """A server with an etcd of its own."""

    def __init__(self, binary: Path, folder: Path, *flags: str, fsync: bool = False) -> None:
        self.data = folder / "data"
        self.kubeconfig = self.data / "kubeconfig"
        before = self.kubeconfig.stat().st_mtime_ns if self.kubeconfig.exists() else 0
        quick = () if fsync else ("--unsafe-no-fsync",)
        where = ("--standalone", "--data-dir", str(self.data), "--secure-port", "0")
        super().__init__(binary, folder, *where, *quick, *flags)
        self.clients: list[Client] = []
        try:
            self.url = self.wait_kubeconfig(before)
            self.client = self.admin()
            self.wait_ready(self.client)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def wait_kubeconfig(self, before: int) -> str:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            assert self.popen.poll() is None, f"the server ended:\n{self.text()}"
            new = self.kubeconfig.exists() and self.kubeconfig.stat().st_mtime_ns != before
            if new and (found := re.search(r"server: (\S+)\n(?s:.*)users:", self.kubeconfig.read_text())):
                return found[1]
            time.sleep(0.01)
        raise AssertionError(f"no kubeconfig:\n{self.text()}")

    def context(self, certificate: Path | None = None) -> ssl.SSLContext:
        """TLS with a client certificate from NAME.crt and NAME.key, or with none."""
        context = ssl.create_default_context(cafile=self.data / "pki" / "ca.crt")
        if certificate:
            context.load_cert_chain(certificate.with_suffix(".crt"), certificate.with_suffix(".key"))
        return context

    def user(self, certificate: Path | None) -> Client:
        """A client with the certificate of a user, closed with the server."""
        self.clients.append(Client(self.url, self.context(certificate)))
        return self.clients[-1]

    def admin(self) -> Client:
        return self.user(self.data / "pki" / "admin")

    def anonymous(self) -> Client:
        return self.user(None)

    def stop(self, sign: int = signal.SIGTERM) -> int:
        for client in self.clients:
            client.close()
        return super().stop(sign)

    def metrics(self) -> str:
        return self.client.get("/metrics").body.decode()

    def resource(self, kind: str, version: str, namespace: str | None = None) -> Resource:
        group, plural = PLURALS[kind]
        return Resource(self.client, group, version, plural, kind, namespace)

    def kubectl(self, namespace: str = "default") -> "Kubectl":
        return Kubectl(self.kubeconfig, self.folder / "kubecache", namespace)


class Kubectl:
    """kubectl in one namespace of one server, or in none."""

    def __init__(self, kubeconfig: Path, cache: Path, namespace: str) -> None:
        self.command = [str(kubectl_binary()), *(["--namespace", namespace] if namespace else [])]
        self.environment = os.environ | {
            "KUBECONFIG": str(kubeconfig),
            "KUBECACHEDIR": str(cache),
            "HOME": str(cache),
        }

    def run(self, *arguments: str, input: str | None = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.command, *arguments],
            input=input,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def __call__(self, *arguments: str, input: str | None = None) -> str:
        """What kubectl prints when all goes well."""
        done = self.run(*arguments, input=input)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def fails(self, *arguments: str, input: str | None = None) -> str:
        """What kubectl complains of."""
        done = self.run(*arguments, input=input)
        assert done.returncode != 0, f"kubectl {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stderr


def managers(obj: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries of managedFields by manager and operation."""
    entries = obj["metadata"].get("managedFields", [])
    return {
        f"{entry['manager']} {entry['operation']} {entry.get('subresource', '')}".strip(): entry
        for entry in entries
    }


def owned(entry: dict[str, Any]) -> set[str]:
    """The paths of the leaves that an entry of managedFields owns, such as `spec.replicas`."""
    found = set()

    def walk(fields: dict[str, Any], path: list[str]) -> None:
        for key, below in fields.items():
            if key == ".":
                continue
            kind, _, name = key.partition(":")
            inner = [*path, name if kind == "f" else f"[{name}]"]
            if below:
                walk(below, inner)
            else:
                found.add(".".join(inner).replace(".[", "["))

    walk(entry["fieldsV1"], [])
    return found


def short_folder() -> Path:
    """A folder whose path is short enough for unix sockets, which temporary folders of tests need not be."""
    return Path(tempfile.mkdtemp(prefix="srv-"))
