"""Patches of all four kinds, and who owns what after an apply."""

import pytest
from apiclient import Object, Resource
from servers import managers, owned


def servers(*addresses: str) -> list[Object]:
    return [{"address": address} for address in addresses]


def addresses(obj: Object) -> list[str]:
    return [server["address"] for server in obj["spec"].get("servers", [])]


def version(obj: Object) -> str:
    found: str = obj["metadata"]["resourceVersion"]
    return found


# JSON, merge, strategic


def test_json_patch(upstreams: Resource) -> None:
    upstreams.create("a", {"servers": servers("a:1", "b:1")})
    changes = [
        {"op": "test", "path": "/spec/servers/0/address", "value": "a:1"},
        {"op": "replace", "path": "/spec/servers/0/weight", "value": 7},
        {"op": "remove", "path": "/spec/servers/1"},
        {"op": "add", "path": "/spec/timeoutSeconds", "value": 3},
    ]
    found = upstreams.patch("a", changes, "json").ok()["spec"]
    assert found["servers"] == [{"address": "a:1", "weight": 7}]
    assert found["timeoutSeconds"] == 3


def test_json_patch_whose_test_fails(upstreams: Resource) -> None:
    upstreams.create("a", {})
    upstreams.patch("a", [{"op": "test", "path": "/spec/replicas", "value": 5}], "json").refused(422)


def test_json_patch_of_a_path_that_is_not_there(upstreams: Resource) -> None:
    upstreams.create("a", {})
    upstreams.patch("a", [{"op": "remove", "path": "/spec/nothing"}], "json").refused(422)


def test_merge_patch_replaces_lists_and_null_removes(upstreams: Resource) -> None:
    upstreams.create("a", {"servers": servers("a:1", "b:1"), "timeoutSeconds": 3})
    found = upstreams.patch("a", {"spec": {"servers": servers("c:1"), "timeoutSeconds": None}}).ok()
    assert addresses(found) == ["c:1"]
    assert "timeoutSeconds" not in found["spec"]


def test_strategic_patch_merges_map_lists_by_key(upstreams: Resource) -> None:
    upstreams.create("a", {"servers": servers("a:1", "b:1")})
    patch = {"spec": {"servers": [{"address": "b:1", "weight": 9}, {"address": "c:1"}]}}
    found = upstreams.patch("a", patch, "strategic").ok()
    weights = {server["address"]: server["weight"] for server in found["spec"]["servers"]}
    assert weights == {"a:1": 1, "b:1": 9, "c:1": 1}


def test_strategic_patch_deletes_by_key(upstreams: Resource) -> None:
    upstreams.create("a", {"servers": servers("a:1", "b:1")})
    patch = {"spec": {"servers": [{"$patch": "delete", "address": "a:1"}]}}
    assert addresses(upstreams.patch("a", patch, "strategic").ok()) == ["b:1"]


def test_strategic_patch_merges_conditions_by_type(upstreams: Resource) -> None:
    upstreams.create("a", {})
    condition = {"status": "True", "reason": "R", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    for kind in ("Ready", "Busy"):
        patch = {"status": {"conditions": [{"type": kind, **condition}]}}
        found = upstreams.patch("a", patch, "strategic", sub="status").ok()
    assert {entry["type"] for entry in found["status"]["conditions"]} == {"Ready", "Busy"}


def test_strategic_patch_through_the_old_version(upstreams: Resource) -> None:
    upstreams.create("a", {"servers": servers("a:1", "b:1")})
    patch = {"spec": {"hosts": [{"address": "b:1", "weight": 9}]}}
    upstreams.at("v1alpha1").patch("a", patch, "strategic").ok()
    found = upstreams.get("a")["spec"]["servers"]
    assert {server["address"]: server["weight"] for server in found} == {"a:1": 1, "b:1": 9}


@pytest.mark.parametrize("kind", ["json", "merge", "strategic"])
def test_patch_of_what_is_not_there(upstreams: Resource, kind: str) -> None:
    upstreams.patch("a", [] if kind == "json" else {}, kind).refused(404)


def test_patch_with_an_old_resource_version_conflicts(upstreams: Resource) -> None:
    old = version(upstreams.create("a", {}))
    upstreams.patch("a", {"spec": {"replicas": 2}}).ok()
    patch = {"metadata": {"resourceVersion": old}, "spec": {"replicas": 3}}
    upstreams.patch("a", patch).refused(409)


def test_patch_cannot_change_the_name(upstreams: Resource) -> None:
    upstreams.create("a", {})
    upstreams.patch("a", {"metadata": {"name": "b"}}).refused(400)


# Apply


def test_apply_creates_and_records_its_manager(upstreams: Resource) -> None:
    answer = upstreams.apply("a", {"servers": servers("a:1"), "timeoutSeconds": 3}, "alice")
    assert answer.status == 201
    entry = managers(answer.ok())["alice Apply"]
    assert entry["apiVersion"] == "nginx.example.com/v1"
    assert owned(entry) == {
        "spec.timeoutSeconds",
        'spec.servers[{"address":"a:1"}].address',
    }


def test_apply_again_moves_nothing(upstreams: Resource) -> None:
    spec = {"servers": servers("a:1"), "timeoutSeconds": 3}
    first = upstreams.apply("a", spec).ok()
    again = upstreams.apply("a", spec)
    assert again.status == 200
    assert again.ok() == first


def test_apply_without_a_field_removes_it(upstreams: Resource) -> None:
    upstreams.apply("a", {"servers": servers("a:1", "b:1"), "timeoutSeconds": 3}).ok()
    found = upstreams.apply("a", {"servers": servers("b:1")}).ok()
    assert addresses(found) == ["b:1"]
    assert "timeoutSeconds" not in found["spec"]


def test_apply_without_a_field_brings_its_default_back(upstreams: Resource) -> None:
    upstreams.apply("a", {"replicas": 5, "timeoutSeconds": 1}).ok()
    assert upstreams.apply("a", {"timeoutSeconds": 1}).ok()["spec"]["replicas"] == 1


def test_two_managers_each_own_their_list_items(upstreams: Resource) -> None:
    upstreams.apply("a", {"servers": servers("a:1")}, "alice").ok()
    found = upstreams.apply("a", {"servers": servers("b:1")}, "bob").ok()
    assert sorted(addresses(found)) == ["a:1", "b:1"]
    assert addresses(upstreams.apply("a", {}, "alice").ok()) == ["b:1"]


def test_apply_of_what_another_manager_owns_conflicts(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3}, "alice").ok()
    status = upstreams.apply("a", {"timeoutSeconds": 4}, "bob").refused(
        409, 'conflict with "alice": .spec.timeoutSeconds'
    )
    assert status["details"]["causes"][0]["reason"] == "FieldManagerConflict"


def test_apply_of_the_same_value_is_shared(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3}, "alice").ok()
    found = managers(upstreams.apply("a", {"timeoutSeconds": 3}, "bob").ok())
    assert "spec.timeoutSeconds" in owned(found["alice Apply"]) & owned(found["bob Apply"])


def test_force_takes_ownership(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3, "replicas": 2}, "alice").ok()
    found = upstreams.apply("a", {"timeoutSeconds": 4}, "bob", force="true").ok()
    assert found["spec"]["timeoutSeconds"] == 4
    assert owned(managers(found)["alice Apply"]) == {"spec.replicas"}
    assert owned(managers(found)["bob Apply"]) == {"spec.timeoutSeconds"}


def test_apply_after_an_update_conflicts_with_the_updater(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3}, "alice").ok()
    upstreams.patch("a", {"spec": {"timeoutSeconds": 4}}, fieldManager="editor").ok()
    upstreams.apply("a", {"timeoutSeconds": 3}, "alice").refused(409, 'conflict with "editor"')


def test_apply_needs_a_manager(upstreams: Resource) -> None:
    upstreams.patch("a", upstreams.object("a", {}), "apply").refused(422, "fieldManager")


def test_apply_of_managed_fields_is_refused(upstreams: Resource) -> None:
    obj = upstreams.object("a", {}, managedFields=[{"manager": "x"}])
    upstreams.patch("a", obj, "apply", fieldManager="x").refused(400, "managedFields must be nil")


def test_apply_with_a_uid_does_not_create(upstreams: Resource) -> None:
    obj = upstreams.object("a", {}, uid="00000000-0000-0000-0000-000000000000")
    upstreams.patch("a", obj, "apply", fieldManager="x").refused(409)


def test_an_empty_list_of_managed_fields_clears_them(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3}, "alice").ok()
    found = upstreams.patch("a", {"metadata": {"managedFields": [{}]}}).ok()
    assert not found["metadata"].get("managedFields")


def test_update_records_only_what_it_changed(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3, "replicas": 2}, "alice").ok()
    found = upstreams.patch("a", {"spec": {"replicas": 3}}, fieldManager="editor").ok()
    assert owned(managers(found)["editor Update"]) == {"spec.replicas"}
    assert owned(managers(found)["alice Apply"]) == {"spec.timeoutSeconds"}


def test_apply_of_the_status(upstreams: Resource) -> None:
    upstreams.apply("a", {"timeoutSeconds": 3}, "alice").ok()
    obj = upstreams.object("a") | {"status": {"healthyServers": 2}}
    found = upstreams.patch("a", obj, "apply", sub="status", fieldManager="controller").ok()
    assert found["status"] == {"healthyServers": 2}
    entry = managers(found)["controller Apply status"]
    assert owned(entry) == {"status.healthyServers"}


def test_atomic_maps_have_one_owner(profiles: Resource, name: str) -> None:
    profiles.apply(name, {"atomicMap": {"a": "1"}}, "alice").ok()
    profiles.apply(name, {"atomicMap": {"b": "1"}}, "bob").refused(409, ".spec.atomicMap")
    found = profiles.apply(name, {"atomicMap": {"b": "1"}}, "bob", force="true").ok()
    assert found["spec"]["atomicMap"] == {"b": "1"}


def test_sets_are_merged(profiles: Resource, name: str) -> None:
    profiles.apply(name, {"names": ["a", "b"]}, "alice").ok()
    assert sorted(profiles.apply(name, {"names": ["c"]}, "bob").ok()["spec"]["names"]) == ["a", "b", "c"]
    assert sorted(profiles.apply(name, {"names": ["b"]}, "alice").ok()["spec"]["names"]) == ["b", "c"]


def test_lists_without_a_type_are_replaced(profiles: Resource, name: str) -> None:
    profiles.apply(name, {"parts": [{"name": "a"}]}, "alice").ok()
    profiles.apply(name, {"parts": [{"name": "b"}]}, "bob").refused(409, ".spec.parts")


# Apply through several versions


def test_managers_of_two_versions_keep_their_fields(machines: Resource) -> None:
    """A owns two fields in v1, B one in v1alpha1; A drops one of its own: the rest stays, with its owners."""
    old = machines.at("v1alpha1")
    machines.apply("m", {"role": "worker", "location": {"rack": "r1", "slot": 3}}, "alice").ok()
    old.apply("m", {"role": "worker", "labels": {"a": "b"}}, "bob").ok()
    found = machines.apply("m", {"role": "worker", "location": {"rack": "r1"}}, "alice").ok()
    assert found["spec"]["location"] == {"rack": "r1"}
    assert found["spec"]["tags"] == {"a": "b"}
    entries = managers(found)
    assert owned(entries["alice Apply"]) == {"spec.role", "spec.location.rack"}
    assert entries["bob Apply"]["apiVersion"] == "fleet.example.com/v1alpha1"
    assert owned(entries["bob Apply"]) == {"spec.role", "spec.labels.a"}


def test_conflicts_are_seen_across_versions(machines: Resource) -> None:
    machines.apply("m", {"role": "worker", "location": {"rack": "r1"}}, "alice").ok()
    old = machines.at("v1alpha1")
    old.apply("m", {"role": "worker", "rack": "r2"}, "bob").refused(409, 'conflict with "alice"', "rack")
    assert old.apply("m", {"role": "worker", "rack": "r2"}, "bob", force="true").ok()["spec"]["rack"] == "r2"


def test_a_manager_can_go_on_in_another_version(machines: Resource) -> None:
    machines.at("v1alpha1").apply("m", {"role": "worker", "rack": "r1", "slot": 2}, "alice").ok()
    found = machines.apply("m", {"role": "worker", "location": {"slot": 2}}, "alice").ok()
    assert found["spec"]["location"] == {"slot": 2}
    assert managers(found)["alice Apply"]["apiVersion"] == "fleet.example.com/v1"


def test_map_lists_are_merged_across_versions(machines: Resource) -> None:
    machines.apply("m", {"role": "worker", "resources": {"disks": [{"device": "/a"}]}}, "alice").ok()
    machines.at("v1alpha1").apply("m", {"role": "worker", "disks": [{"path": "/b"}]}, "bob").ok()
    found = machines.apply("m", {"role": "worker"}, "alice").ok()
    assert [disk["device"] for disk in found["spec"]["resources"]["disks"]] == ["/b"]


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1", "v1"])
def test_apply_again_moves_nothing_in_any_version(machines: Resource, version: str) -> None:
    at = machines.at(version)
    first = at.apply("m", {"role": "worker", "replicas": 2}).ok()
    assert at.apply("m", {"role": "worker", "replicas": 2}).ok() == first


@pytest.mark.parametrize("key", [["a"], {"b": 1}])
def test_strategic_patch_with_a_key_that_is_no_scalar(upstreams: Resource, key: object) -> None:
    """Upstream's merge compares keys with ==, at which Go panics where both are lists, or both objects."""
    made = upstreams.create("a", {"servers": servers("a:1")})
    patch = {"spec": {"servers": [{"address": key}, {"address": key}]}}
    upstreams.patch("a", patch, "strategic").refused(422, "patch: Invalid value")
    assert upstreams.get("a") == made
