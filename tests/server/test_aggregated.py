"""The server as part of a cluster: it authenticates and authorizes by asking a kube-apiserver, here a stand-in."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aggregated import Aggregated, aggregated, cluster_flags, etcd_flags, etcd_of, free_port
from apiclient import Resource
from certificates import authority, certificate
from cluster import Cluster
from servers import Standalone

UPSTREAMS = "/apis/nginx.example.com/v1/namespaces/default/upstreams"


@pytest.fixture(scope="module")
def server(nginx: Standalone, nginx_binary: Path) -> Iterator[Aggregated]:
    with aggregated(nginx_binary, nginx) as found:
        yield found


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
    server = Aggregated(nginx_binary, folder, *etcd_flags(etcd_of(nginx), folder.name))
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
