"""Several versions through one store: each reads back what was written, and nothing is lost."""

from dataclasses import replace

import pytest
from apiclient import Object, Resource
from servers import Kubectl, Standalone

SPECS: dict[str, Object] = {
    "v1": {
        "role": "worker",
        "resources": {"cpus": 4, "disks": [{"device": "/a", "size": "1Gi", "encrypted": False}]},
        "location": {"rack": "r1", "slot": 0},
        "ports": [{"name": "ssh", "number": 22, "protocol": "TCP"}],
        "tags": {"x": "y"},
        "replicas": 2,
    },
    "v1beta1": {
        "role": "worker",
        "cpus": 4,
        "disks": [{"device": "/a", "size": "1Gi", "encrypted": False}],
        "location": {"rack": "r1", "slot": 0},
        "ports": [{"name": "ssh", "number": 22, "protocol": "TCP"}],
        "tags": {"x": "y"},
        "replicas": 2,
    },
    "v1alpha1": {
        "role": "worker",
        "cpus": 4,
        "disks": [{"path": "/a", "size": "1Gi", "encrypted": False}],
        "rack": "r1",
        "slot": 0,
        "ports": [{"name": "ssh", "number": 22, "protocol": "TCP"}],
        "labels": {"x": "y"},
        "replicas": 2,
    },
}
VERSIONS = list(SPECS)
EMPTY: dict[str, Object] = {
    "v1": {
        "role": "worker",
        "resources": {"cpus": 2, "disks": []},
        "location": {},
        "ports": [],
        "tags": {},
        "replicas": 1,
    },
    "v1beta1": {
        "role": "worker",
        "cpus": 2,
        "disks": [],
        "location": {},
        "ports": [],
        "tags": {},
        "replicas": 1,
    },
    "v1alpha1": {"role": "worker", "cpus": 2, "disks": [], "ports": [], "labels": {}, "replicas": 1},
}


def changed(machines: Resource) -> str:
    found: str = machines.get("m")["metadata"]["resourceVersion"]
    return found


@pytest.mark.parametrize("written", VERSIONS)
@pytest.mark.parametrize("read", VERSIONS)
def test_each_version_shows_what_another_wrote(machines: Resource, written: str, read: str) -> None:
    machines.at(written).create("m", SPECS[written])
    found = machines.at(read).get("m")
    assert found["apiVersion"] == f"fleet.example.com/{read}"
    assert found["spec"] == SPECS[read]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_empty_is_read_empty(machines: Resource, version: str) -> None:
    assert machines.at(version).create("m", EMPTY[version])["spec"] == EMPTY[version]
    assert machines.at(version).get("m")["spec"] == EMPTY[version]


def test_a_list_shows_one_version(machines: Resource) -> None:
    for version in VERSIONS:
        machines.at(version).create(version, SPECS[version])
    for version in VERSIONS:
        found = machines.at(version).collection()
        assert found["apiVersion"] == f"fleet.example.com/{version}"
        assert [item["spec"] for item in found["items"]] == [SPECS[version]] * 3


@pytest.mark.parametrize("version", VERSIONS)
def test_writing_back_what_was_read_changes_nothing(machines: Resource, version: str) -> None:
    machines.create("m", SPECS["v1"])
    before = changed(machines)
    at = machines.at(version)
    at.put(at.get("m")).ok()
    assert changed(machines) == before
    at.patch("m", {}).ok()
    at.patch("m", {"spec": SPECS[version]}).ok()
    at.patch("m", {"spec": SPECS[version]}, "strategic").ok()
    assert changed(machines) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_writing_back_what_is_barely_there_changes_nothing(machines: Resource, version: str) -> None:
    machines.create("m", {"role": "worker"})
    before = changed(machines)
    at = machines.at(version)
    at.put(at.get("m")).ok()
    at.patch("m", {}).ok()
    assert changed(machines) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_applying_what_was_read_adds_an_owner_and_no_more(machines: Resource, version: str) -> None:
    made = machines.create("m", SPECS["v1"])
    at = machines.at(version)
    found = at.apply("m", at.get("m")["spec"]).ok()
    assert found["metadata"]["generation"] == 1
    assert machines.get("m")["spec"] == made["spec"]
    before = changed(machines)
    at.apply("m", SPECS[version]).ok()
    assert changed(machines) == before


def test_a_change_through_the_old_version_keeps_the_rest(machines: Resource) -> None:
    machines.create("m", SPECS["v1"])
    machines.at("v1alpha1").patch("m", {"spec": {"rack": "r2"}}).ok()
    expected = SPECS["v1"] | {"location": {"rack": "r2", "slot": 0}}
    assert machines.get("m")["spec"] == expected


def test_one_object_has_one_resource_version(machines: Resource) -> None:
    machines.create("m", SPECS["v1"])
    seen = {machines.at(version).get("m")["metadata"]["resourceVersion"] for version in VERSIONS}
    assert len(seen) == 1


def test_a_conflict_is_seen_across_versions(machines: Resource) -> None:
    old = machines.at("v1alpha1")
    made = old.create("m", SPECS["v1alpha1"])
    machines.patch("m", {"spec": {"replicas": 3}}).ok()
    old.put(made).refused(409)


def test_a_body_of_another_version_is_refused(machines: Resource) -> None:
    body = machines.at("v1alpha1").object("m", SPECS["v1alpha1"])
    machines.post(body).refused(400, "does not match")


def test_preferred_version_is_the_stable_one(fleet: Standalone) -> None:
    group = fleet.client.get("/apis/fleet.example.com").ok()
    assert group["preferredVersion"]["version"] == "v1"
    assert [version["version"] for version in group["versions"]] == ["v1", "v1beta1", "v1alpha1"]


@pytest.mark.alone
def test_a_version_that_is_not_served_is_not_found(fleet: Standalone, policies: Resource) -> None:
    old = policies.at("v2beta1")
    old.client.get(old.path()).refused(404)
    old.post(old.object("p", {"verb": "x", "target": {"kind": "y"}})).refused(404)
    group = fleet.client.get("/apis/policy.fleet.example.com").ok()
    assert [version["version"] for version in group["versions"]] == ["v1"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_deprecated_version_warns(upstreams: Resource, method: str) -> None:
    upstreams.create("a", {})
    old = upstreams.at("v1alpha1")
    path = old.path() if method == "POST" else old.path("a")
    body = None if method in ("GET", "DELETE") else old.object("b" if method == "POST" else "a", {})
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    answer = upstreams.client.request(method, path, body, kind)
    answer.ok()
    assert answer.warnings == ['299 - "nginx.example.com/v1alpha1 Upstream is deprecated; use v1."']


def test_a_deprecated_version_warns_by_default(machines: Resource) -> None:
    old = machines.at("v1alpha1")
    assert "fleet.example.com/v1alpha1 Machine is deprecated" in old.client.get(old.path()).warnings[0]


def test_a_current_version_does_not_warn(machines: Resource) -> None:
    for version in ("v1", "v1beta1"):
        at = machines.at(version)
        assert at.client.get(at.path()).warnings == []


def test_the_sample_of_upstream_in_both_versions(flunders: Resource) -> None:
    old = flunders.at("v1alpha1")
    old.create("f", {"reference": "other", "referenceType": "Flunder"})
    assert flunders.get("f")["spec"] == {"flunderReference": "other", "referenceType": "Flunder"}
    flunders.patch("f", {"spec": {"flunderReference": "more"}}).ok()
    assert old.get("f")["spec"] == {"reference": "more", "referenceType": "Flunder"}


def test_a_field_of_the_root(wardle: Standalone, name: str) -> None:
    fischers = wardle.resource("Fischer", "v1alpha1")
    body = fischers.object(name) | {"disallowedFlunders": ["a", "b"]}
    assert fischers.post(body).ok()["disallowedFlunders"] == ["a", "b"]
    assert fischers.get(name)["disallowedFlunders"] == ["a", "b"]


def test_kubectl_edits_through_an_old_version(fleet_kubectl: Kubectl, machines: Resource) -> None:
    machines.create("m", SPECS["v1"])
    told = fleet_kubectl("get", "machines.v1alpha1.fleet.example.com", "m", "-o", "jsonpath={.spec.rack}")
    assert told == "r1"
    fleet_kubectl(
        "patch", "machines.v1alpha1.fleet.example.com", "m", "-p", '{"spec": {"disks": [{"path": "/b"}]}}'
    )
    assert {disk["device"] for disk in machines.get("m")["spec"]["resources"]["disks"]} == {"/a", "/b"}


def test_faults_by_the_rules_of_the_stored_version_have_the_names_of_the_clients(machines: Resource) -> None:
    """Only v1 limits the length of a device's path; who writes through v1alpha1 calls it otherwise."""
    spec = SPECS["v1alpha1"] | {"disks": [{"path": "/a"}, {"path": "/" + "b" * 64}]}
    old = machines.at("v1alpha1")
    old.post(old.object("m", spec)).refused(422, "spec.disks[1].path", "Too long")
    newer = machines.at("v1beta1")
    spec = SPECS["v1beta1"] | {"disks": [{"device": "/" + "b" * 64}]}
    newer.post(newer.object("m", spec)).refused(422, "spec.disks[0].device", "Too long")


def test_a_flunder_names_a_fischer_that_is_there(wardle: Standalone, namespace: str, name: str) -> None:
    """The hook of the sample reads another kind; what has not changed is not asked again."""
    flunders, fischers = (wardle.resource(kind, "v1alpha1", namespace) for kind in ("Flunder", "Fischer"))
    fischers = replace(fischers, namespace=None)
    spec = {"reference": name, "referenceType": "Fischer"}
    refused = flunders.post(flunders.object("a", spec)).refused(422)
    assert [(c["reason"], c["field"]) for c in refused["details"]["causes"]] == [
        ("FieldValueNotFound", "spec.fischerReference")  # hooks speak the storage version
    ]
    fischers.create(name)
    flunders.create("a", spec)
    fischers.delete(name).ok()
    flunders.patch("a", {"metadata": {"labels": {"still": "there"}}}).ok()
    flunders.patch("a", {"spec": {"reference": name + "x"}}).refused(422, f'"{name}x"')
