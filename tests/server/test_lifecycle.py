"""Starting, stopping, being killed; what is kept; and the flags of the generic server."""

import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from apiclient import Resource
from servers import MINOR, Standalone

Start = Callable[..., Standalone]
KILLS = 3
WRITERS = 4


def complaints(server: Standalone) -> list[str]:
    """Lines of the log that are errors: of the levels that say so, or of no level at all."""
    return [line for line in server.text().splitlines() if not re.match(r"[IW]\d{4} ", line)]


def test_sigterm_ends_cleanly(start: Start, nginx_binary: Path) -> None:
    server = start(nginx_binary)
    server.resource("Upstream", "v1", "default").create("a", {})
    before = time.monotonic()
    assert server.stop(signal.SIGTERM) == 0
    assert time.monotonic() - before < 10
    assert complaints(server) == []


def test_sigint_ends_cleanly(start: Start, nginx_binary: Path) -> None:
    server = start(nginx_binary)
    assert server.stop(signal.SIGINT) == 0
    assert complaints(server) == []


def test_sigterm_ends_open_watches(start: Start, nginx_binary: Path) -> None:
    server = start(nginx_binary)
    upstreams = server.resource("Upstream", "v1", "default")
    upstreams.create("a", {})
    with upstreams.watch() as watch:
        watch.next("ADDED")
        before = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - before < 10
        assert list(watch) == []
    assert complaints(server) == []


def test_readyz_fails_while_the_server_ends(start: Start, nginx_binary: Path) -> None:
    server = start(nginx_binary, "--shutdown-delay-duration=2s")
    client = server.anonymous()
    server.popen.send_signal(signal.SIGTERM)
    seen = set()
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        seen.add((client.get("/livez").status, client.get("/readyz").status))
        time.sleep(0.05)
    assert (200, 500) in seen
    assert server.wait() == 0


def test_a_restart_keeps_objects_and_certificates(start: Start, nginx_binary: Path) -> None:
    first = start(nginx_binary)
    made = first.resource("Upstream", "v1", "default").create("a", {})
    authority = (first.data / "pki" / "ca.crt").read_bytes()
    certificates = first.kubeconfig.read_text().replace(first.url, "")
    first.stop()
    second = start(nginx_binary)
    assert second.resource("Upstream", "v1", "default").get("a") == made
    assert (second.data / "pki" / "ca.crt").read_bytes() == authority
    assert second.kubeconfig.read_text().replace(second.url, "") == certificates


def write(upstreams: Resource, prefix: str, acknowledged: list[str], stop: threading.Event) -> None:
    """Create objects until the server goes away; keep the names of those that it said it had."""
    for index in range(100_000):
        if stop.is_set():
            return
        name = f"{prefix}-{index}"
        try:
            upstreams.client.connection.timeout = 5
            answer = upstreams.post(upstreams.object(name, {"timeoutSeconds": index}))
        except Exception:  # whatever a dying server does
            return
        if answer.status == 201:
            acknowledged.append(name)


def test_kill_loses_nothing_that_was_acknowledged(start: Start, nginx_binary: Path) -> None:
    acknowledged: list[str] = []
    for round_ in range(KILLS):
        server = start(nginx_binary, fsync=True)
        stop = threading.Event()
        threads = []
        before = len(acknowledged)
        for writer in range(WRITERS):
            upstreams = Resource(
                server.admin(), "nginx.example.com", "v1", "upstreams", "Upstream", "default"
            )
            arguments = (upstreams, f"u{round_}-{writer}", acknowledged, stop)
            threads.append(threading.Thread(target=write, args=arguments))
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 20
        while len(acknowledged) < before + 100 and time.monotonic() < deadline:
            time.sleep(0.01)
        server.stop(signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        assert len(acknowledged) >= before + 100, "too few writes to mean anything"
    server = start(nginx_binary, fsync=True)
    assert set(acknowledged) <= set(server.resource("Upstream", "v1", "default").names())


def test_a_second_server_on_the_same_data_is_refused(start: Start, nginx_binary: Path) -> None:
    server = start(nginx_binary)
    flags = ["--standalone", "--data-dir", str(server.data), "--secure-port", "0"]
    second = subprocess.run([nginx_binary, *flags], capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"another server uses {server.data}" in second.stderr
    assert server.client.get("/readyz").status == 200
    server.resource("Upstream", "v1", "default").create("a", {})
    assert "a" in server.kubectl()("get", "ups", "-o", "name"), "the kubeconfig still leads to the first"


def test_a_port_that_is_taken_is_refused(start: Start, nginx_binary: Path, folder: Path) -> None:
    port = start(nginx_binary).url.rpartition(":")[2]
    flags = ["--standalone", "--data-dir", str(folder / "other"), "--secure-port", port]
    second = subprocess.run([nginx_binary, *flags], capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert "cannot listen; choose another --secure-port" in second.stderr


def test_a_long_data_folder(start: Start, nginx_binary: Path) -> None:
    """Longer than a unix socket's path may be."""
    server = start(nginx_binary, name="x" * 120)
    server.resource("Upstream", "v1", "default").create("a", {})


def test_an_unwritable_data_folder_is_refused(nginx_binary: Path) -> None:
    flags = ["--standalone", "--data-dir", "/proc/nothing", "--secure-port", "0"]
    done = subprocess.run([nginx_binary, *flags], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "/proc/nothing" in done.stderr


ENCRYPTION = """
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: ["*.*"]
    providers:
      - secretbox: {keys: [{name: one, secret: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}]}
      - identity: {}
"""
MARK = "no-one-may-read-this"


@pytest.mark.parametrize("encrypted", [True, False])
def test_encryption_at_rest(start: Start, nginx_binary: Path, folder: Path, encrypted: bool) -> None:
    config = folder / "encryption.yaml"
    config.write_text(ENCRYPTION)
    flags = [f"--encryption-provider-config={config}"] if encrypted else []
    server = start(nginx_binary, *flags)
    upstreams = server.resource("Upstream", "v1", "default")
    made = upstreams.create("a", {"servers": [{"address": MARK}]})
    assert upstreams.get("a") == made
    server.stop()
    files = [path for path in (server.data / "etcd").rglob("*") if path.is_file()]
    found = any(MARK.encode() in path.read_bytes() for path in files)
    assert found is not encrypted


AUDIT = """
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - level: RequestResponse
    verbs: [create]
  - level: Metadata
"""


def test_audit(start: Start, nginx_binary: Path, folder: Path) -> None:
    (folder / "policy.yaml").write_text(AUDIT)
    log = folder / "audit.log"
    server = start(nginx_binary, f"--audit-policy-file={folder / 'policy.yaml'}", f"--audit-log-path={log}")
    server.resource("Upstream", "v1", "default").create("a", {"timeoutSeconds": 42})
    server.anonymous().get("/apis").refused(401)
    server.stop()
    events = [json.loads(line) for line in log.read_text().splitlines()]
    (made,) = [e for e in events if e["verb"] == "create" and e["stage"] == "ResponseComplete"]
    assert made["user"]["username"] == "admin"
    assert made["objectRef"]["resource"] == "upstreams"
    assert made["requestObject"]["spec"]["timeoutSeconds"] == 42
    assert any(event.get("responseStatus", {}).get("code") == 401 for event in events)


def test_json_logs(start: Start, nginx_binary: Path) -> None:
    server = start(nginx_binary, "--logging-format=json")
    server.stop()
    lines = server.text().splitlines()
    assert lines and all(isinstance(json.loads(line), dict) for line in lines)


@pytest.fixture(scope="module")
def flags(fleet_binary: Path) -> str:
    return subprocess.run([fleet_binary, "--help"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "flag",
    [
        "standalone",
        "data-dir",
        "etcd-servers",
        "etcd-cafile",
        "secure-port",
        "tls-cert-file",
        "tls-private-key-file",
        "tls-min-version",
        "client-ca-file",
        "kubeconfig",
        "authentication-kubeconfig",
        "authorization-kubeconfig",
        "requestheader-client-ca-file",
        "shutdown-delay-duration",
        "shutdown-send-retry-after",
        "shutdown-watch-termination-grace-period",
        "audit-policy-file",
        "audit-log-path",
        "audit-webhook-config-file",
        "tracing-config-file",
        "encryption-provider-config",
        "max-requests-inflight",
        "max-mutating-requests-inflight",
        "request-timeout",
        "goaway-chance",
        "enable-priority-and-fairness",
        "admission-control-config-file",
        "disable-admission-plugins",
        "feature-gates",
        "logging-format",
        "v",
        "version",
    ],
)
def test_flags_are_there(flags: str, flag: str) -> None:
    assert re.search(rf"--{flag}[ \n=]", flags)


@pytest.mark.parametrize(
    "wrong", [["--nothing"], ["argument"], ["--storage-media-type=application/vnd.kubernetes.protobuf"]]
)
def test_wrong_flags_are_refused(nginx_binary: Path, folder: Path, wrong: list[str]) -> None:
    flags = ["--standalone", "--data-dir", str(folder / "data"), "--secure-port", "0", *wrong]
    done = subprocess.run([nginx_binary, *flags], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert wrong[0].split("=")[0].strip("-") in done.stderr


def test_version_flag(nginx_binary: Path) -> None:
    told = subprocess.run([nginx_binary, "--version"], capture_output=True, text=True, check=True).stdout
    assert MINOR in told


def increment(upstreams: Resource, times: int) -> None:
    for _ in range(times):
        while True:
            obj = upstreams.get("a")
            obj["spec"]["timeoutSeconds"] += 1
            answer = upstreams.put(obj)
            if answer.status == 200:
                break
            answer.refused(409)


def test_writers_that_retry_lose_no_update(nginx: Standalone, upstreams: Resource) -> None:
    upstreams.create("a", {"timeoutSeconds": 0})
    threads = []
    for index in range(8):
        version = ("v1", "v1alpha1")[index % 2]
        own = Resource(nginx.admin(), upstreams.group, version, "upstreams", "Upstream", upstreams.namespace)
        threads.append(threading.Thread(target=increment, args=(own, 20)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert upstreams.get("a")["spec"]["timeoutSeconds"] == 160


def test_one_of_many_creators_wins(nginx: Standalone, upstreams: Resource) -> None:
    statuses: list[int] = []

    def create() -> None:
        own = Resource(nginx.admin(), upstreams.group, "v1", "upstreams", "Upstream", upstreams.namespace)
        statuses.append(own.post(own.object("a", {})).status)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 7


def test_watches_that_went_away_leave_nothing_open(nginx: Standalone, upstreams: Resource) -> None:
    def descriptors() -> int:
        return len(list(Path(f"/proc/{nginx.popen.pid}/fd").iterdir()))

    upstreams.create("a", {})
    before = descriptors()
    for _ in range(20):
        with upstreams.watch() as watch:
            watch.next("ADDED")
    time.sleep(0.3)
    assert descriptors() < before + 10
