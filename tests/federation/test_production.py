"""Three replicas on an etcd of three members, as the manifests describe it: nothing is lost when a part goes."""

import base64
import json
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from apiclient import Resource
from controlplane import BINARIES, ControlPlane, cluster
from cryptography import x509
from installation import PRODUCTION, Installation, wait
from servers import ROOT, Standalone, build, short_folder

GROUP = "nginx.example.com"


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """A cluster of its own: another installation of the same server may be in that of other tests."""
    with cluster() as made:
        yield made


@pytest.fixture(scope="module")
def edge(plane: ControlPlane) -> Iterator[Installation]:
    installed = Installation(plane, ROOT / "samples" / "nginx", build("nginx"), PRODUCTION)
    yield installed
    installed.stop()


@pytest.fixture
def upstreams(plane: ControlPlane, edge: Installation) -> Resource:
    return Resource(plane.admin, GROUP, "v1", "upstreams", "Upstream", "default")


class Writer:
    """Creates objects one after another through kube-apiserver, and tries each once more if it fails."""

    def __init__(self, plane: ControlPlane, prefix: str) -> None:
        self.upstreams = Resource(
            plane.client("writer", "system:masters"), GROUP, "v1", "upstreams", "Upstream", "default"
        )
        self.made: list[str] = []
        self.failed: list[str] = []
        self.retried = 0
        self.prefix, self.done = prefix, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while not self.done.is_set():
            name = f"{self.prefix}-{len(self.made) + len(self.failed)}"
            for again in range(2):
                answer = self.upstreams.post(self.upstreams.object(name, {}))
                if answer.status in (201, 409):
                    self.made.append(name)
                    break
                self.retried += 1
                if again:
                    self.failed.append(f"{name}: {answer.status} {answer.body.decode()[:300]}")
                time.sleep(float(answer.headers.get("Retry-After", 0.2)))

    def __enter__(self) -> "Writer":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()


def test_every_replica_serves(edge: Installation, upstreams: Resource) -> None:
    assert len(edge.servers) == 3
    upstreams.create("shared", {})
    for server in edge.servers:
        client = edge.plane.client_at(f"https://127.0.0.1:{server.port}", "admin", "system:masters")
        assert client.get(upstreams.path("shared")).ok()["metadata"]["name"] == "shared"
    upstreams.delete("shared").ok()


def test_etcd_takes_none_without_a_certificate(edge: Installation) -> None:
    address = next(iter(edge.kubelet.hosts.values()))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for port in (2379, 2380):
        with (
            socket.create_connection((address, port), timeout=10) as raw,
            pytest.raises(OSError),
            context.wrap_socket(raw) as secured,
        ):
            secured.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n")
            if not secured.recv(100):
                raise ConnectionResetError
        with socket.create_connection((address, port), timeout=10) as plain:
            plain.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" not in plain.recv(1000)


def test_etcd_knows_its_members_by_name(edge: Installation) -> None:
    """Of a peer with a wildcard etcd asks the reverse DNS of its address, which loopback has no need of."""
    of = edge.plane.object("v1", "secrets", f"{edge.name}-etcd", edge.namespace)
    found = x509.load_pem_x509_certificate(base64.b64decode(of["data"]["tls.crt"]))
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = set(names.get_values_for_type(x509.DNSName))
    assert hosts == {*edge.kubelet.hosts, "localhost"}


def test_a_replica_drains(plane: ControlPlane, edge: Installation, upstreams: Resource) -> None:
    """A rolling update: the new replica first, then SIGTERM for an old one, under load and with an open watch."""
    with Writer(plane, "drain") as writer:
        wait(lambda: len(writer.made) > 20, "writes")
        edge.add_server()
        start = time.monotonic()
        assert edge.remove_server() == 0
        took = time.monotonic() - start
        more = len(writer.made)
        wait(lambda: len(writer.made) > more + 20, "writes")
    assert writer.failed == []
    assert 15 <= took < 60
    names = set(upstreams.names())
    assert set(writer.made) <= names


def test_a_replica_dies(plane: ControlPlane, edge: Installation, upstreams: Resource) -> None:
    with Writer(plane, "crash") as writer:
        wait(lambda: len(writer.made) > 20, "writes")
        edge.remove_server(signal.SIGKILL)
        more = len(writer.made)
        wait(lambda: len(writer.made) > more + 50, "writes")
        edge.add_server()
    assert writer.failed == []
    assert set(writer.made) <= set(upstreams.names())


def test_a_member_of_etcd_dies(plane: ControlPlane, edge: Installation, upstreams: Resource) -> None:
    with Writer(plane, "member") as writer:
        wait(lambda: len(writer.made) > 20, "writes")
        edge.members[0].stop(signal.SIGKILL)
        more = len(writer.made)
        wait(lambda: len(writer.made) > more + 50, "writes", timeout=60)
        edge.start_member(0)
    assert set(writer.made) <= set(upstreams.names())
    assert len(writer.failed) <= 5  # until another leader is there


def snapshots(edge: Installation) -> list[Path]:
    return sorted(edge.volume("backups").glob("*.db"))


def back_up(edge: Installation) -> Path:
    """Run the pod of the CronJob."""
    job = edge.plane.object("batch/v1", "cronjobs", f"{edge.name}-backup", edge.namespace)["spec"]
    spec = job["jobTemplate"]["spec"]["template"]["spec"]
    name = f"backup-{len(edge.kubelet.pods)}"
    pod = edge.kubelet.run(name, spec, edge.namespace, backups=edge.volume("backups"))
    assert pod.wait(60) == 0, pod.text()
    return snapshots(edge)[-1]


def test_back_up_and_restore(edge: Installation, upstreams: Resource, tmp_path: Path) -> None:
    upstreams.create("kept", {"timeoutSeconds": 7})
    snapshot = back_up(edge)
    upstreams.create("later", {})
    folder = short_folder()
    restored = folder / "data" / "etcd"
    command = [BINARIES / "etcdutl", "snapshot", "restore", snapshot, f"--data-dir={restored}"]
    command += ["--bump-revision=1000000000", "--mark-compacted", "--name=default"]
    command += ["--initial-cluster=default=http://127.0.0.1:2380"]
    command += ["--initial-advertise-peer-urls=http://127.0.0.1:2380"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    server = Standalone(build("nginx"), folder)
    try:
        found = server.resource("Upstream", "v1", "default")
        assert found.get("kept")["spec"]["timeoutSeconds"] == 7
        assert "later" not in found.names()
        made = found.create("new", {})
        assert int(made["metadata"]["resourceVersion"]) > 1_000_000_000
        with suppress(StopIteration), found.watch(resourceVersion=5) as watch:
            event = next(iter(watch))
            assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_old_snapshots_go(edge: Installation) -> None:
    folder = edge.volume("backups")
    back_up(edge)
    newest = snapshots(edge)[-1]
    for i in range(30):
        shutil.copy2(newest, folder / f"20200101T0000{i:02}Z.db")
    (folder / "notes.db").write_text("not a snapshot")
    time.sleep(1.1)  # names are as fine as seconds
    back_up(edge)
    assert len(snapshots(edge)) == 28 + 1
    assert (folder / "notes.db").exists()
    assert newest.exists()


def serial(edge: Installation) -> int:
    port = edge.server.port
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def test_certificates_are_replaced_while_all_goes_on(
    plane: ControlPlane, edge: Installation, upstreams: Resource
) -> None:
    """A new authority and new certificates: no watch is lost, no request fails, nothing is started again."""
    before, pids = serial(edge), [s.popen.pid for s in edge.servers]
    with upstreams.watch(timeoutSeconds=300) as watch, Writer(plane, "rotate") as writer:
        plane.kubectl("delete", "secret", "-n", edge.namespace, f"{edge.name}-ca", f"{edge.name}-serving")
        edge.certs.stop()
        edge.certs = edge.start(f"{edge.name}-certs")
        wait(lambda: edge.has_secret(f"{edge.name}-serving"), "certificates", pod=edge.certs)
        edge.kubelet.refresh(edge.namespace)
        start = time.monotonic()
        wait(lambda: serial(edge) != before, "the new certificate", timeout=60)
        assert time.monotonic() - start < 60
        more = len(writer.made)
        wait(lambda: len(writer.made) > more + 30, "writes")
        last = writer.made[-1]
        assert any(event["object"]["metadata"]["name"] == last for event in watch)
    assert writer.failed == []
    assert [s.popen.pid for s in edge.servers] == pids
    edge.wait_available()
    told = edge.metrics()
    (line,) = [x for x in told.splitlines() if x.startswith("apiserver_serving_certificate_expiration")]
    assert float(line.split()[1]) > time.time() + 80 * 24 * 3600
    assert json.loads(
        plane.kubectl("get", "secret", "-n", edge.namespace, f"{edge.name}-serving", "-o", "json")
    )["data"]["ca.crt"]
