"""Who gets in, through what, and what lies on the disk."""

import json
import ssl
import stat
from pathlib import Path

import pytest
from apiclient import Client, Resource
from certificates import authority, certificate
from servers import Standalone

HEALTH = ("/healthz", "/livez", "/readyz")
PATHS = (
    "/",
    "/api",
    "/apis",
    "/apis/fleet.example.com",
    "/apis/fleet.example.com/v1",
    "/apis/fleet.example.com/v1/machines",
    "/apis/fleet.example.com/v1/namespaces/default/machines",
    "/apis/fleet.example.com/v1/namespaces/default/machines/a",
    "/apis/fleet.example.com/v1/namespaces/default/machines/a/status",
    "/apis/fleet.example.com/v1/namespaces/default/machines/a/scale",
    "/apis/fleet.example.com/v1alpha1/machines?watch=1",
    "/apis/fleet.example.com/v1/profiles",
    "/apis/policy.fleet.example.com/v1/policies",
    "/metrics",
    "/metrics/slis",
    "/version",
    "/openapi/v2",
    "/openapi/v3",
    "/openapi/v3/apis/fleet.example.com/v1",
    "/debug/pprof/",
    "/debug/flags/v",
    "/livez/etcd",
    "/readyz/ping",
    "/healthz/",
    "//livez",
    "/livez/../apis",
    "/nothing",
)


@pytest.mark.parametrize("value", ["Bearer wrong", "Basic YWRtaW46YWRtaW4=", "Bearer "])
def test_bad_credentials(fleet: Standalone, value: str) -> None:
    client = fleet.anonymous()
    client.get("/apis", Authorization=value).refused(401)


@pytest.mark.parametrize("header", ["X_Remote_User", "x_remote_user", "Impersonate_User"])
def test_nobody_becomes_another_by_a_header(fleet: Standalone, header: str) -> None:
    headers = {header: "admin", "X_Remote_Group": "system:masters", "Impersonate_Group": "system:masters"}
    fleet.anonymous().get("/apis", **headers).refused(401)


def test_another_user_is_forbidden(fleet: Standalone, folder: Path) -> None:
    client = fleet.user(certificate(fleet.data / "pki" / "ca", folder, "jane", "staff"))
    for path in PATHS:
        answer = client.get(path)
        assert answer.status == 403, path
    status = client.get("/apis/fleet.example.com/v1/machines").refused(
        403, 'User "jane" cannot list resource "machines"'
    )
    assert status["reason"] == "Forbidden"
    body = {"metadata": {"name": "a"}, "spec": {"role": "worker"}}
    client.request("POST", "/apis/fleet.example.com/v1/namespaces/x/machines", body).refused(403)
    for path in HEALTH:
        assert client.get(path).status == 200


def test_a_user_of_masters_is_let_in(fleet: Standalone, folder: Path) -> None:
    client = fleet.user(certificate(fleet.data / "pki" / "ca", folder, "root", "system:masters"))
    client.get("/apis/fleet.example.com/v1/machines").ok()


def test_nobody_becomes_another_by_impersonation(fleet: Standalone, folder: Path) -> None:
    client = fleet.user(certificate(fleet.data / "pki" / "ca", folder, "jane"))
    client.get("/apis", Impersonate_User="admin", Impersonate_Group="system:masters").refused(403)


def test_a_certificate_of_another_authority(fleet: Standalone, folder: Path) -> None:
    client = fleet.user(certificate(authority(folder, "other"), folder, "admin", "system:masters"))
    assert refused(client)


def test_a_certificate_that_is_over(fleet: Standalone, folder: Path) -> None:
    client = fleet.user(certificate(fleet.data / "pki" / "ca", folder, "admin", "system:masters", days=-1))
    assert refused(client)


def refused(client: Client) -> bool:
    try:
        return client.get("/apis").status == 401
    except (ssl.SSLError, ConnectionError):
        return True


def test_secrets_are_the_owners_alone(fleet: Standalone) -> None:
    secrets = [fleet.kubeconfig, *(fleet.data / "pki").glob("*.key"), *(fleet.data / "etcd").rglob("*")]
    assert len(secrets) > 6
    for path in [fleet.data, fleet.data / "pki", *secrets]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_kubeconfig_is_verified_and_complete(fleet: Standalone) -> None:
    told = fleet.kubectl()("config", "view", "--raw", "-o", "json")
    found = json.loads(told)
    (cluster,) = found["clusters"]
    assert cluster["cluster"].keys() == {"server", "certificate-authority-data"}
    assert cluster["cluster"]["server"] == fleet.url
    assert found["users"][0]["user"].keys() == {"client-certificate-data", "client-key-data"}


def test_no_secret_is_logged(fleet: Standalone, machines: Resource) -> None:
    fleet.anonymous().get("/apis", Authorization="Bearer very-secret-token")
    machines.create("m", {"role": "worker"})
    told = fleet.text()
    assert "very-secret-token" not in told
    assert "PRIVATE KEY" not in told
