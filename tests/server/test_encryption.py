"""Objects at rest: with encryption no file has them in plain text, and nobody reads those below another prefix."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from aggregated import etcd_of
from apiclient import Object, Resource
from etcd import Etcd
from servers import Standalone

UPSTREAMS = "/apis/nginx.example.com/v1/namespaces/default/upstreams"
SEEDS = ["plain-text-of-create", "plain-text-of-update", "plain-text-of-status", "plain-text-of-old-version"]


def encryption(path: Path, provider: str, resource: str, seed: str = "k") -> str:
    """The flag for encryption of a resource, or of several, with keys made of a letter."""
    key = {"name": "key", "secret": b64encode(seed.encode() * 32).decode()}
    providers: list[Object] = [{provider: {"keys": [key]}}, {"identity": {}}]
    resources = [{"resources": [resource], "providers": providers}]
    found = {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": resources,
    }
    path.write_text(json.dumps(found))
    return f"--encryption-provider-config={path}"


def write(upstreams: Resource) -> None:
    """Every way in which a value comes into the store, kept or overwritten or deleted."""
    create, update, status, old = SEEDS
    upstreams.create("a", {"servers": [{"address": create}]})
    upstreams.patch("a", {"spec": {"servers": [{"address": update}]}}).ok()
    upstreams.patch("a", {"status": {"labels": status}}, sub="status").ok()
    upstreams.at("v1alpha1").create("b", {"hosts": [{"address": old}]})
    upstreams.create("c", {"servers": [{"address": create}]}, annotations={"a": update})
    upstreams.delete("c").ok()


def hits(data: Path) -> set[str]:
    """The seeds in the files of etcd, be they where they may: its database, and its log."""
    files = [path for path in (data / "etcd").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"db"} and any(path.suffix == ".wal" for path in files)
    return {seed for path in files for seed in SEEDS if seed.encode() in path.read_bytes()}


def test_without_encryption_the_search_finds_all(
    start: Callable[..., Standalone], nginx_binary: Path, namespace: str
) -> None:
    server = start(nginx_binary)
    write(server.resource("Upstream", "v1", namespace))
    server.stop()
    assert hits(server.data) == {*SEEDS}


@pytest.mark.parametrize(
    ("provider", "resource"),
    [
        ("secretbox", "upstreams.nginx.example.com"),
        ("aesgcm", "*.nginx.example.com"),
        ("aescbc", "*.*"),
    ],
)
def test_with_encryption_no_file_has_plain_text(
    start: Callable[..., Standalone],
    nginx_binary: Path,
    folder: Path,
    namespace: str,
    provider: str,
    resource: str,
) -> None:
    flag = encryption(folder / "encryption.json", provider, resource)
    server = start(nginx_binary, flag)
    upstreams = server.resource("Upstream", "v1", namespace)
    write(upstreams)
    assert upstreams.get("a")["spec"]["servers"][0]["address"] == SEEDS[1]
    stored = Etcd(server.data).stored("/registry/")
    assert sorted(key.rpartition("/upstreams/")[2] for key in stored) == [f"{namespace}/a", f"{namespace}/b"]
    for value in stored.values():
        assert value.data.startswith(f"k8s:enc:{provider}:v1:key:".encode())
    server.stop()
    assert hits(server.data) == set()
    again = start(nginx_binary, flag)
    assert again.resource("Upstream", "v1", namespace).names() == ["a", "b"]
    again.stop()
    assert hits(server.data) == set()


@pytest.mark.parametrize("another", [True, False], ids=["another key", "no key"])
def test_without_the_key_nothing_is_read(
    start: Callable[..., Standalone], nginx_binary: Path, folder: Path, namespace: str, another: bool
) -> None:
    server = start(nginx_binary, encryption(folder / "one.json", "secretbox", "*.*"))
    write(server.resource("Upstream", "v1", namespace))
    # Beside it, on its etcd: the data are all there.
    flags = [encryption(folder / "two.json", "secretbox", "*.*", "x")] if another else []
    watchless = (f"--etcd-servers={etcd_of(server)}", "--watch-cache=false")
    beside = start(nginx_binary, *watchless, *flags, name="beside")
    upstreams = beside.resource("Upstream", "v1", namespace)
    for path in (upstreams.path("a"), upstreams.path(), upstreams.at("v1alpha1").path("a")):
        answer = upstreams.client.get(path)
        assert answer.status == 500
        assert not any(seed.encode() in answer.body for seed in SEEDS)


def test_nothing_below_another_prefix_is_served(
    start: Callable[..., Standalone], nginx: Standalone, nginx_binary: Path, folder: Path, namespace: str
) -> None:
    """Prefixes that begin with one another, or lie beside the kinds of one another, in one etcd."""
    roots = [f"/registry/{folder.name}{end}" for end in ("", "x", "/nginx.example.com")]
    servers = []
    for number, root in enumerate(roots):
        flags = (f"--etcd-servers={etcd_of(nginx)}", f"--etcd-prefix={root}")
        servers.append(
            start(nginx_binary, *flags, name=f"server-{number}").resource("Upstream", "v1", namespace)
        )
        servers[-1].create(f"own-{number}", {})
    for number, upstreams in enumerate(servers):
        assert upstreams.names() == [f"own-{number}"]
        everywhere = Resource(upstreams.client, upstreams.group, "v1", "upstreams", "Upstream")
        for query in ({}, {"resourceVersion": 0}, {"limit": 500}):
            assert everywhere.names(**query) == [f"own-{number}"], roots[number]
        upstreams.client.request("DELETE", upstreams.path()).ok()
        for other in servers[number + 1 :]:
            assert len(other.names()) == 1
