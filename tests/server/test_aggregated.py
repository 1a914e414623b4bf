"""The server as part of a cluster: it authenticates and authorizes by asking a kube-apiserver, here a stand-in."""

import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiclient import Client, Resource
from certificates import authority, certificate
from cluster import Cluster
from servers import Process, Standalone, short_folder

UPSTREAMS = "/apis/nginx.example.com/v1/namespaces/default/upstreams"


class Aggregated(Process):
    """A server that leans on a cluster and on the etcd of another server."""

    def __init__(self, binary: Path, folder: Path, etcd: str) -> None:
        self.ca = authority(folder, "client-ca")
        self.proxy_ca = authority(folder, "proxy-ca")
        self.serving = certificate(self.ca, folder, "server")
        self.cluster = Cluster(self.ca.with_suffix(".crt"), self.proxy_ca.with_suffix(".crt"))
        self.clients: list[Client] = []
        port = free_port()
        self.url = f"https://127.0.0.1:{port}"
        flags = [
            *cluster_flags(self.cluster, folder),
            *etcd_flags(etcd, folder.name),
            f"--secure-port={port}",
        ]
        flags += [f"--client-ca-file={self.ca}.crt"]
        flags += [
            f"--tls-cert-file={self.serving}.crt",
            f"--tls-private-key-file={self.serving}.key",
            "--bind-address=127.0.0.1",
        ]
        super().__init__(binary, folder, *flags)
        self.admin = self.client(certificate(self.ca, folder, "admin", "system:masters"))
        try:
            self.wait_ready(self.admin)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def client(self, identity: Path | None = None) -> Client:
        context = ssl.create_default_context(cafile=self.ca.with_suffix(".crt"))
        if identity:
            context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
        self.clients.append(Client(self.url, context))
        return self.clients[-1]

    def stop(self, sign: int = signal.SIGTERM) -> int:
        for client in self.clients:
            client.close()
        try:
            return super().stop(sign)
        finally:
            self.cluster.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def cluster_flags(cluster: Cluster, folder: Path) -> list[str]:
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig())
    return [f"--{kind}kubeconfig={kubeconfig}" for kind in ("", "authentication-", "authorization-")]


def etcd_flags(etcd: str, prefix: str) -> list[str]:
    return [f"--etcd-servers={etcd}", f"--etcd-prefix=/registry/{prefix}"]


def etcd_of(server: Standalone) -> str:
    return f"unix://{server.data}/client.sock"


@pytest.fixture(scope="module")
def server(nginx: Standalone, nginx_binary: Path) -> Iterator[Aggregated]:
    folder = short_folder()
    found = Aggregated(nginx_binary, folder, etcd_of(nginx))
    yield found
    found.stop()
    shutil.rmtree(folder)


@pytest.fixture
def upstreams(server: Aggregated) -> Resource:
    return Resource(server.admin, "nginx.example.com", "v1", "upstreams", "Upstream", "default")


def test_ready_means_that_it_knows_its_cluster(server: Aggregated) -> None:
    told = server.admin.get("/readyz?verbose").body
    for check in (b"informer-sync", b"etcd", b"poststarthook/priority-and-fairness-config-consumer"):
        assert b"[+]" + check + b" ok" in told


def test_create_and_get(upstreams: Resource, name: str) -> None:
    made = upstreams.create(name, {"timeoutSeconds": 3})
    assert upstreams.get(name) == made
    assert upstreams.apply(name, {"replicas": 3}, force="true").ok()["spec"]["replicas"] == 3
    upstreams.delete(name).ok()


def test_its_objects_are_its_own(nginx: Standalone, upstreams: Resource, name: str) -> None:
    upstreams.create(name, {})
    assert name not in nginx.resource("Upstream", "v1").names()


def test_a_namespace_that_is_not_there(server: Aggregated, name: str) -> None:
    elsewhere = Resource(server.admin, "nginx.example.com", "v1", "upstreams", "Upstream", "nowhere")
    elsewhere.post(elsewhere.object(name, {})).refused(404, 'namespaces "nowhere" not found')


def test_protobuf_first_deletecollection(server: Aggregated) -> None:
    accept = "application/vnd.kubernetes.protobuf,application/json"
    answer = server.admin.request(
        "DELETE", "/apis/nginx.example.com/v1/namespaces/empty/upstreams", Accept=accept
    )
    assert answer.status == 200


@pytest.mark.parametrize(
    "path", ["/", "/apis", "/version", "/metrics", "/openapi/v2", "/openapi/v3", "/livez/etcd", UPSTREAMS]
)
def test_anonymous_gets_nothing(server: Aggregated, path: str) -> None:
    server.client().get(path).refused(401)


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_anonymous_gets_health(server: Aggregated, path: str) -> None:
    assert server.client().get(path).body == b"ok"


def test_a_token_is_reviewed(server: Aggregated) -> None:
    client = server.client()
    client.get(UPSTREAMS, Authorization="Bearer unknown").refused(401)
    server.cluster.tokens["known"] = "jane"
    client.get(UPSTREAMS, Authorization="Bearer known").refused(
        403, 'User "jane" cannot list resource "upstreams"'
    )
    server.cluster.tokens["other"] = "joe"
    server.cluster.allowed.add("joe")
    client.get(UPSTREAMS, Authorization="Bearer other").ok()


@pytest.mark.parametrize(
    ("method", "path", "verb", "subresource", "name"),
    [
        ("GET", UPSTREAMS, "list", None, None),
        ("GET", UPSTREAMS + "?watch=1", "watch", None, None),
        ("GET", UPSTREAMS + "/a", "get", None, "a"),
        ("POST", UPSTREAMS, "create", None, None),
        ("PUT", UPSTREAMS + "/a", "update", None, "a"),
        ("PATCH", UPSTREAMS + "/a/status", "patch", "status", "a"),
        ("PUT", UPSTREAMS + "/a/scale", "update", "scale", "a"),
        ("DELETE", UPSTREAMS + "/a", "delete", None, "a"),
        ("DELETE", UPSTREAMS, "deletecollection", None, None),
    ],
)
def test_every_request_is_authorized(
    server: Aggregated,
    folder: Path,
    method: str,
    path: str,
    verb: str,
    subresource: str | None,
    name: str | None,
) -> None:
    user = f"user-{folder.name}"
    client = server.client(certificate(server.ca, folder, user))
    client.request(method, path, None if method in ("GET", "DELETE") else {}).refused(403)
    (asked,) = [review for review in server.cluster.reviews if review["user"] == user]
    expected = {
        "verb": verb,
        "group": "nginx.example.com",
        "version": "v1",
        "resource": "upstreams",
        "namespace": "default",
    }
    expected |= {"subresource": subresource} if subresource else {}
    expected |= {"name": name} if name else {}
    assert asked["resourceAttributes"] == expected


def test_the_front_proxy_names_the_user(server: Aggregated, folder: Path) -> None:
    client = server.client(certificate(server.proxy_ca, folder, "front-proxy-client"))
    server.cluster.allowed.add("proxied")
    client.get(UPSTREAMS, X_Remote_User="proxied").ok()
    client.get(UPSTREAMS, X_Remote_User="another").refused(403, 'User "another"')


@pytest.mark.parametrize("header", ["X-Remote-User", "x-remote-user", "X_Remote_User", "X-REMOTE-USER"])
def test_nobody_else_names_the_user(server: Aggregated, folder: Path, header: str) -> None:
    server.cluster.allowed.add("proxied")
    headers = {header: "proxied", "X_Remote_Group": "system:masters"}
    server.client().get(UPSTREAMS, **headers).refused(401)
    wrong_name = server.client(certificate(server.proxy_ca, folder, "other-client"))
    wrong_name.get(UPSTREAMS, **headers).refused(401)
    wrong_ca = server.client(certificate(server.ca, folder, "front-proxy-client"))
    wrong_ca.get(UPSTREAMS, **headers).refused(403, 'User "front-proxy-client"')


def test_a_front_proxy_whose_certificate_is_over(server: Aggregated, folder: Path) -> None:
    client = server.client(certificate(server.proxy_ca, folder, "front-proxy-client", days=-1))
    assert client.get(UPSTREAMS, X_Remote_User="proxied").status == 401


def test_it_refuses_to_start_without_a_certificate(
    nginx: Standalone, nginx_binary: Path, folder: Path
) -> None:
    ca = authority(folder, "ca")
    cluster = Cluster(ca.with_suffix(".crt"), ca.with_suffix(".crt"))
    command = [nginx_binary, *cluster_flags(cluster, folder), *etcd_flags(etcd_of(nginx), folder.name)]
    done = subprocess.run(
        [*command, f"--secure-port={free_port()}"], capture_output=True, text=True, timeout=30, cwd=folder
    )
    cluster.stop()
    assert done.returncode == 1
    assert "--tls-cert-file and --tls-private-key-file are required" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["ca.crt", "ca.key", "kubeconfig"]


def test_it_refuses_to_start_without_etcd(nginx_binary: Path, folder: Path) -> None:
    done = subprocess.run([nginx_binary], capture_output=True, text=True, timeout=30, cwd=folder)
    assert done.returncode == 1
    assert "--etcd-servers must be specified" in done.stderr


def test_sigterm_ends_cleanly(nginx: Standalone, nginx_binary: Path, folder: Path) -> None:
    server = Aggregated(nginx_binary, folder, etcd_of(nginx))
    upstreams = Resource(server.admin, "nginx.example.com", "v1", "upstreams", "Upstream", "default")
    upstreams.create("a", {})
    with upstreams.watch() as watch:
        watch.next("ADDED")
        time.sleep(0.5)  # for informers that it does not wait for
        assert server.stop() == 0
    assert [line for line in server.text().splitlines() if line.startswith(("E", "F"))] == []


def test_standalone_takes_an_etcd_of_others(nginx: Standalone, nginx_binary: Path, folder: Path) -> None:
    server = Standalone(nginx_binary, folder, *etcd_flags(etcd_of(nginx), folder.name))
    try:
        server.resource("Upstream", "v1", "default").create("a", {})
        assert not (server.data / "etcd").exists()
    finally:
        assert server.stop() == 0
