"""What the server says of itself: OpenAPI for explain, apply and clients; discovery; versions; metrics."""

from typing import Any

import pytest
from apiclient import Client, Object
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator
from servers import MINOR, Standalone

DESCRIBED_ELSEWHERE = ("io.k8s.apimachinery.", "io.k8s.api.")


@pytest.fixture(params=["nginx", "fleet", "wardle"])
def server(request: pytest.FixtureRequest) -> Standalone:
    found: Standalone = request.getfixturevalue(request.param)
    return found


def documents(client: Client) -> dict[str, Object]:
    """All OpenAPI v3 documents, by their path."""
    paths = client.get("/openapi/v3").ok()["paths"]
    return {path: client.get(entry["serverRelativeURL"]).ok() for path, entry in paths.items()}


@pytest.mark.alone
def test_openapi_v3_is_valid(server: Standalone) -> None:
    found = documents(server.client)
    assert any(path.startswith("apis/") and path.count("/") == 2 for path in found)
    for path, document in found.items():
        assert document["openapi"].startswith("3.0."), path
        OpenAPIV30SpecValidator(document).validate()


def test_openapi_v2_is_valid(server: Standalone) -> None:
    document = server.client.get("/openapi/v2").ok()
    assert document["swagger"] == "2.0"
    OpenAPIV2SpecValidator(document).validate()


def undescribed(schema: Any, path: str) -> list[str]:
    """The paths of properties, items and values that nobody described."""
    found = []
    for name, below in schema.get("properties", {}).items():
        if not below.get("description"):
            found.append(f"{path}.{name}")
        found += undescribed(below, f"{path}.{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(below := schema.get(word), dict):
            found += undescribed(below, f"{path}[]")
    return found


def test_all_that_is_described_in_the_spec_is_described(fleet: Standalone) -> None:
    schemas = fleet.client.get("/openapi/v3/apis/fleet.example.com/v1").ok()["components"]["schemas"]
    own = {name: schema for name, schema in schemas.items() if not name.startswith(DESCRIBED_ELSEWHERE)}
    assert len(own) > 5
    missing = [path for name, schema in own.items() for path in undescribed(schema, name)]
    anonymous = [
        path for path in missing if path.rsplit(".", 1)[-1] not in ("name", "size", "ports", "values")
    ]
    assert anonymous == []


def schema(client: Client, group_version: str, kind: str) -> Any:
    schemas = client.get(f"/openapi/v3/apis/{group_version}").ok()["components"]["schemas"]
    group, version = group_version.split("/")
    wanted = {"group": group, "version": version, "kind": kind}
    (found,) = [s for s in schemas.values() if wanted in s.get("x-kubernetes-group-version-kind", [])]
    return found, schemas


def resolved(found: Any, schemas: Any) -> Any:
    reference = found.get("$ref") or found["allOf"][0]["$ref"]
    return schemas[reference.rsplit("/", 1)[-1]]


def test_constraints_are_published(fleet: Standalone) -> None:
    machine, schemas = schema(fleet.client, "fleet.example.com/v1", "Machine")
    spec = resolved(machine["properties"]["spec"], schemas)
    assert spec["required"] == ["role"]
    assert spec["properties"]["role"]["enum"] == ["control", "worker"]
    resources = resolved(spec["properties"]["resources"], schemas)["properties"]
    assert (resources["cpus"]["minimum"], resources["cpus"]["maximum"], resources["cpus"]["default"]) == (
        1,
        512,
        2,
    )
    assert resources["disks"]["maxItems"] == 16


def test_list_types_are_published(fleet: Standalone) -> None:
    machine, schemas = schema(fleet.client, "fleet.example.com/v1", "Machine")
    ports = resolved(machine["properties"]["spec"], schemas)["properties"]["ports"]
    assert (ports["x-kubernetes-list-type"], ports["x-kubernetes-list-map-keys"]) == ("map", ["name"])
    profile, schemas = schema(fleet.client, "fleet.example.com/v1", "Profile")
    spec = resolved(profile["properties"]["spec"], schemas)["properties"]
    assert spec["names"]["x-kubernetes-list-type"] == "set"
    assert spec["atomicMap"]["x-kubernetes-map-type"] == "atomic"
    assert spec["limit"].get("x-kubernetes-int-or-string") or spec["limit"].get("default") == "25%"


@pytest.mark.alone
def test_every_served_version_has_its_document(fleet: Standalone) -> None:
    paths = {path for path in documents(fleet.client) if path.count("/") == 2}
    assert paths == {
        "apis/fleet.example.com/v1",
        "apis/fleet.example.com/v1alpha1",
        "apis/fleet.example.com/v1beta1",
        "apis/policy.fleet.example.com/v1",
    }


def test_operations_tell_what_patches_they_take(fleet: Standalone) -> None:
    document = fleet.client.get("/openapi/v3/apis/fleet.example.com/v1").ok()
    path = "/apis/fleet.example.com/v1/namespaces/{namespace}/machines/{name}"
    assert {"get", "put", "patch", "delete"} <= document["paths"][path].keys()
    assert set(document["paths"][path]["patch"]["requestBody"]["content"]) >= {
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    }


def test_discovery_of_a_version(fleet: Standalone) -> None:
    found = {
        entry["name"]: entry for entry in fleet.client.get("/apis/fleet.example.com/v1").ok()["resources"]
    }
    assert found.keys() == {
        "machines",
        "machines/status",
        "machines/scale",
        "probes",
        "profiles",
        "robots",
        "robots/status",
    }
    machines = found["machines"]
    assert machines["singularName"] == "machine"
    assert machines["shortNames"] == ["mach", "mc"]
    assert machines["categories"] == ["all", "fleet"]
    assert set(machines["verbs"]) == {
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    }
    assert found["machines/scale"]["kind"] == "Scale"
    assert found["machines/scale"]["group"] == "autoscaling"
    assert set(found["machines/status"]["verbs"]) == {"get", "patch", "update"}
    assert found["profiles"]["namespaced"] is False


@pytest.mark.alone
def test_aggregated_discovery(fleet: Standalone) -> None:
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    found = fleet.client.get("/apis", Accept=accept).ok()
    assert found["kind"] == "APIGroupDiscoveryList"
    assert {group["metadata"]["name"] for group in found["items"]} == {
        "fleet.example.com",
        "policy.fleet.example.com",
    }


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz"])
def test_health(server: Standalone, path: str) -> None:
    answer = server.client.get(path)
    assert (answer.status, answer.body) == (200, b"ok")
    assert b"etcd ok" in server.client.get(f"{path}?verbose").body


def test_version(server: Standalone) -> None:
    found = server.client.get("/version").ok()
    assert (found["major"], found["minor"]) == tuple(MINOR.split("."))
    assert found["gitVersion"].startswith(f"v{MINOR}.")


@pytest.mark.alone
def test_metrics(nginx: Standalone) -> None:
    nginx.client.get("/apis/nginx.example.com/v1/upstreams").ok()
    told = nginx.client.get("/metrics").body.decode()
    assert "apiserver_request_total{" in told
    assert 'resource="upstreams"' in told
    assert "etcd_request_duration_seconds" in told
