"""Through kube-apiserver: what clients of the cluster see of our resources."""

import json

from apiclient import Resource
from controlplane import ControlPlane
from installation import Installation, wait
from objects import GROUP, SPEC, machine, text
from servers import Kubectl


def test_the_authority_is_in_every_api_service(fleet: Installation) -> None:
    found = fleet.api_services()
    assert sorted(one["metadata"]["name"] for one in found) == [
        "v1.fleet.example.com",
        "v1.policy.fleet.example.com",
        "v1alpha1.fleet.example.com",
        "v1beta1.fleet.example.com",
    ]
    for one in found:
        assert one["spec"]["caBundle"]
        assert "insecureSkipTLSVerify" not in one["spec"]


def test_kubectl_get_all(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=text(machine("one")))
    assert "machine.fleet.example.com/one" in kubectl("get", "all")


def test_discovery_prefers_the_newest_version(kubectl: Kubectl, plane: ControlPlane) -> None:
    group = plane.admin.get(f"/apis/{GROUP}").ok()
    assert [v["version"] for v in group["versions"]] == ["v1", "v1beta1", "v1alpha1"]
    assert group["preferredVersion"]["version"] == "v1"
    listed = kubectl("api-resources", "--api-group", GROUP, "--no-headers").split("\n")
    assert [line.split()[0] for line in listed if line] == ["machines", "probes", "profiles", "robots"]
    resources = plane.admin.get(f"/apis/{GROUP}/v1").ok()["resources"]
    hashes = {r["name"]: r.get("storageVersionHash") for r in resources if "/" not in r["name"]}
    assert all(hashes.values())


def test_aggregated_discovery(kubectl: Kubectl, plane: ControlPlane) -> None:
    """One document for all groups, which is what kubectl asks first."""
    kind = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    found = {g["metadata"]["name"]: g for g in plane.admin.get("/apis", Accept=kind).ok()["items"]}
    assert [v["version"] for v in found[GROUP]["versions"]] == ["v1", "v1beta1", "v1alpha1"]
    assert {v["freshness"] for v in found[GROUP]["versions"]} == {"Current"}


def test_explain(kubectl: Kubectl) -> None:
    wait(lambda: f"apis/{GROUP}/v1" in kubectl("get", "--raw", "/openapi/v3"), "the document of the cluster")
    assert "What it is for." in kubectl("explain", "machines.spec.role", f"--api-version={GROUP}/v1")
    assert "FIELDS" in kubectl("explain", "policies", "--api-version=policy.fleet.example.com/v1")


def test_openapi_of_the_cluster_has_ours(plane: ControlPlane, fleet: Installation) -> None:
    wait(
        lambda: f"apis/{GROUP}/v1" in plane.admin.get("/openapi/v3").ok()["paths"],
        "the document of the cluster",
    )
    schemas = plane.admin.get(f"/openapi/v3/apis/{GROUP}/v1").ok()["components"]["schemas"]
    assert "com.example.fleet.v1.Machine" in schemas
    wait(
        lambda: {"com.example.fleet.v1.Machine", "io.k8s.api.core.v1.Pod"}
        <= set(plane.admin.get("/openapi/v2").ok()["definitions"]),
        "the old document of the cluster",
    )


def test_writes_of_every_kind(machines: Resource) -> None:
    machines.create("one", SPEC)
    machines.patch("one", {"spec": {"replicas": 2}}).ok()
    machines.patch("one", [{"op": "replace", "path": "/spec/replicas", "value": 3}], "json").ok()
    machines.patch("one", {"spec": {"location": {"slot": 4}}}, "strategic").ok()
    machines.apply("one", {**SPEC, "replicas": 5}, force="true").ok()
    machines.patch("one", {"spec": {"replicas": 6}}, sub="scale").ok()
    found = machines.get("one")
    assert (found["spec"]["replicas"], found["spec"]["location"]["slot"]) == (6, 1)
    found["spec"]["replicas"] = 7
    machines.put(found).ok()
    assert machines.at("v1alpha1").get("one")["spec"]["replicas"] == 7
    machines.delete("one").ok()
    machines.client.get(machines.path("one")).refused(404)


def test_server_side_apply_and_its_conflicts(kubectl: Kubectl) -> None:
    kubectl("apply", "--server-side", "--field-manager=one", "-f", "-", input=text(machine("one")))
    other = machine("one", spec={**SPEC, "replicas": 9})
    assert 'conflict with "one"' in kubectl.fails(
        "apply", "--server-side", "--field-manager=two", "-f", "-", input=text(other)
    )


def test_wait_for_a_condition(kubectl: Kubectl, machines: Resource) -> None:
    machines.create("one", SPEC)
    ready = {"type": "Ready", "status": "True", "reason": "Test", "message": ""}
    ready["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    machines.patch("one", {"status": {"conditions": [ready]}}, sub="status").ok()
    kubectl("wait", "--for=condition=Ready", "machine/one", "--timeout=20s")
    kubectl("delete", "machine", "one", "--wait=false")
    kubectl("wait", "--for=delete", "machine/one", "--timeout=20s")


def test_a_watch_begins_with_a_list(machines: Resource) -> None:
    """WatchList, by which informers begin: all objects as events, then a bookmark that says so."""
    for name in ("one", "two"):
        machines.create(name, SPEC)
    asked = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
        "timeoutSeconds": 20,
    }
    with machines.watch(**asked) as watch:
        names = {watch.next("ADDED")["metadata"]["name"] for _ in range(2)}
        bookmark = watch.next("BOOKMARK")
        assert bookmark["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true"
        machines.create("three", SPEC)
        assert watch.next("ADDED")["metadata"]["name"] == "three"
    assert names == {"one", "two"}


def test_protobuf_is_not_offered(machines: Resource) -> None:
    """Clients of the cluster ask for protobuf first, and take JSON."""
    accept = "application/vnd.kubernetes.protobuf,application/json"
    answer = machines.client.request("DELETE", machines.path(), Accept=accept)
    assert (answer.status, answer.headers.get_content_type()) == (200, "application/json")


def test_deprecated_versions_warn_through_the_cluster(kubectl: Kubectl) -> None:
    done = kubectl.run("apply", "-f", "-", input=text(machine("one", "v1alpha1")))
    assert done.returncode == 0
    assert "Warning: fleet.example.com/v1alpha1 Machine is deprecated" in done.stderr


def test_tables_in_the_words_of_the_cluster(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=text(machine("one")))
    head, line = kubectl("get", "machines").splitlines()
    assert head.split()[0] == "NAME"
    assert line.split()[0] == "one"
    assert json.loads(kubectl("get", "mach", "one", "-o", "json"))["spec"]["role"] == "worker"
