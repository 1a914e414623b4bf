"""Create, get, list, update, delete: over HTTP, as any client sends them."""

import pytest
from apiclient import Resource
from servers import Standalone

PROTOBUF_FIRST = "application/vnd.kubernetes.protobuf,application/json"
SPEC = {"servers": [{"address": "a:80"}], "timeoutSeconds": 5}
FINALIZER = "nginx.example.com/wait"


def remove_finalizers(resource: Resource, name: str) -> None:
    resource.patch(name, {"metadata": {"finalizers": None}}).ok()


def test_create_answers_with_the_stored_object(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    assert made["spec"]["servers"] == [{"address": "a:80", "weight": 1}]
    assert made["metadata"]["namespace"] == upstreams.namespace
    assert made["metadata"]["generation"] == 1
    assert {"uid", "resourceVersion", "creationTimestamp"} <= made["metadata"].keys()
    assert upstreams.get("a") == made


def test_create_is_201(upstreams: Resource) -> None:
    assert upstreams.post(upstreams.object("a", SPEC)).status == 201


def test_create_of_a_name_that_is_taken(upstreams: Resource) -> None:
    upstreams.create("a", SPEC)
    status = upstreams.post(upstreams.object("a", SPEC)).refused(
        409, 'upstreams.nginx.example.com "a" already exists'
    )
    assert status["reason"] == "AlreadyExists"


def test_generate_name(upstreams: Resource) -> None:
    obj = upstreams.object("", SPEC, generateName="web-")
    names = {upstreams.post(obj).ok()["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("web-") and len(name) == len("web-") + 5 for name in names)


def test_create_without_a_name(upstreams: Resource) -> None:
    upstreams.post(upstreams.object("", SPEC)).refused(422, "name or generateName is required")


def test_create_without_kind_and_api_version(upstreams: Resource) -> None:
    made = upstreams.post({"metadata": {"name": "a"}, "spec": SPEC}).ok()
    assert (made["kind"], made["apiVersion"]) == ("Upstream", "nginx.example.com/v1")


def test_create_in_yaml(upstreams: Resource) -> None:
    made = upstreams.post("metadata: {name: a}\nspec: {timeoutSeconds: 7}", "application/yaml").ok()
    assert made["spec"]["timeoutSeconds"] == 7


def test_get_of_what_is_not_there(upstreams: Resource) -> None:
    answer = upstreams.client.get(upstreams.path("a"))
    status = answer.refused(404, 'upstreams.nginx.example.com "a" not found')
    assert status["details"] == {"name": "a", "group": "nginx.example.com", "kind": "upstreams"}


def test_list_is_of_one_namespace(upstreams: Resource, nginx: Standalone, another_namespace: str) -> None:
    upstreams.create("a", SPEC)
    other = nginx.resource("Upstream", "v1", another_namespace)
    other.create("b", SPEC)
    assert upstreams.names() == ["a"]
    everywhere = nginx.resource("Upstream", "v1").names()
    assert {"a", "b"} <= set(everywhere)


def test_list_of_nothing_is_an_empty_list(upstreams: Resource) -> None:
    found = upstreams.collection()
    assert (found["kind"], found["apiVersion"], found["items"]) == (
        "UpstreamList",
        "nginx.example.com/v1",
        [],
    )


def test_list_in_pages_shows_one_state(upstreams: Resource) -> None:
    for index in range(5):
        upstreams.create(f"u{index}", SPEC)
    page = upstreams.collection(limit=2)
    found = [item["metadata"]["name"] for item in page["items"]]
    assert page["metadata"]["remainingItemCount"] == 3
    upstreams.create("u1a", SPEC)
    upstreams.delete("u4").ok()
    while token := page["metadata"].get("continue"):
        page = upstreams.collection(**{"limit": 2, "continue": token})
        found += [item["metadata"]["name"] for item in page["items"]]
    assert found == ["u0", "u1", "u2", "u3", "u4"]


def test_list_with_a_bad_continue(upstreams: Resource) -> None:
    upstreams.client.get(upstreams.path(**{"limit": 2, "continue": "garbage"})).refused(400)


def test_list_not_older_than_a_version(upstreams: Resource) -> None:
    version = upstreams.create("a", SPEC)["metadata"]["resourceVersion"]
    assert upstreams.names(resourceVersion=version, resourceVersionMatch="NotOlderThan") == ["a"]


def test_list_exactly_at_a_version(upstreams: Resource) -> None:
    version = upstreams.create("a", SPEC)["metadata"]["resourceVersion"]
    upstreams.create("b", SPEC)
    assert upstreams.names(resourceVersion=version, resourceVersionMatch="Exact") == ["a"]


def test_put_replaces(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    made["spec"] = {"balancing": "LeastConnections"}
    put = upstreams.put(made).ok()
    assert put["spec"] == {"balancing": "LeastConnections", "replicas": 1}
    assert put["metadata"]["uid"] == made["metadata"]["uid"]


def test_put_of_what_is_not_there_does_not_create(upstreams: Resource) -> None:
    upstreams.put(upstreams.object("a", SPEC)).refused(404)


def test_put_of_an_old_version_conflicts(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    upstreams.patch("a", {"spec": {"timeoutSeconds": 6}}).ok()
    status = upstreams.put(made).refused(409, "the object has been modified")
    assert status["reason"] == "Conflict"


def test_put_without_a_resource_version_is_unconditional(upstreams: Resource) -> None:
    upstreams.create("a", SPEC)
    assert upstreams.put(upstreams.object("a", {"timeoutSeconds": 9})).ok()["spec"]["timeoutSeconds"] == 9


def test_put_of_another_uid_conflicts(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    made["metadata"]["uid"] = "00000000-0000-0000-0000-000000000000"
    upstreams.put(made).refused(409)


def test_put_under_another_name(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    upstreams.client.request("PUT", upstreams.path("b"), made).refused(
        400, "does not match the name on the URL"
    )


def test_delete_answers_with_status(upstreams: Resource) -> None:
    uid = upstreams.create("a", SPEC)["metadata"]["uid"]
    status = upstreams.delete("a").ok()
    assert (status["kind"], status["status"], status["details"]["uid"]) == ("Status", "Success", uid)
    assert upstreams.names() == []


def test_delete_of_what_is_not_there(upstreams: Resource) -> None:
    upstreams.delete("a").refused(404)


def test_delete_with_preconditions(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)["metadata"]
    upstreams.delete("a", {"preconditions": {"uid": "another"}}).refused(409)
    upstreams.delete("a", {"preconditions": {"resourceVersion": "1"}}).refused(409)
    right = {"uid": made["uid"], "resourceVersion": made["resourceVersion"]}
    upstreams.delete("a", {"preconditions": right}).ok()


def test_delete_waits_for_finalizers(upstreams: Resource) -> None:
    upstreams.create("a", SPEC, finalizers=[FINALIZER])
    waiting = upstreams.delete("a").ok()
    assert waiting["kind"] == "Upstream"
    assert waiting["metadata"]["deletionTimestamp"]
    assert waiting["metadata"]["generation"] == 2
    assert upstreams.names() == ["a"]
    remove_finalizers(upstreams, "a")
    assert upstreams.names() == []


def test_no_finalizer_is_added_while_an_object_goes(upstreams: Resource) -> None:
    upstreams.create("a", SPEC, finalizers=[FINALIZER])
    upstreams.delete("a").ok()
    more = {"metadata": {"finalizers": [FINALIZER, "nginx.example.com/more"]}}
    upstreams.patch("a", more).refused(422, "no new finalizers can be added")
    remove_finalizers(upstreams, "a")


@pytest.mark.alone
def test_foreground_deletion_leaves_nothing(upstreams: Resource) -> None:
    upstreams.create("a", SPEC)
    upstreams.delete("a", {"propagationPolicy": "Foreground"}).ok()
    assert upstreams.names() == []


def test_deletecollection_takes_what_is_selected(upstreams: Resource) -> None:
    upstreams.create("a", SPEC, labels={"app": "web"})
    upstreams.create("b", SPEC, labels={"app": "web"})
    upstreams.create("c", SPEC)
    gone = upstreams.delete("", labelSelector="app=web").ok()
    assert [item["metadata"]["name"] for item in gone["items"]] == ["a", "b"]
    assert upstreams.names() == ["c"]


def test_protobuf_first_is_answered_in_json(upstreams: Resource) -> None:
    upstreams.create("a", SPEC)
    for method, path in (("GET", "a"), ("GET", ""), ("DELETE", ""), ("DELETE", "")):
        answer = upstreams.client.request(method, upstreams.path(path), Accept=PROTOBUF_FIRST)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"
    assert upstreams.names() == []


def test_protobuf_alone_is_not_acceptable(upstreams: Resource) -> None:
    accept = "application/vnd.kubernetes.protobuf"
    assert upstreams.client.get(upstreams.path(), Accept=accept).status == 406


def test_dry_run_stores_nothing(upstreams: Resource) -> None:
    seen = upstreams.post(upstreams.object("a", SPEC), dryRun="All").ok()
    assert seen["spec"]["balancing"] == "RoundRobin"
    assert upstreams.names() == []
    made = upstreams.create("a", SPEC)
    made["spec"]["timeoutSeconds"] = 8
    assert upstreams.put(made, dryRun="All").ok()["spec"]["timeoutSeconds"] == 8
    assert (
        upstreams.patch("a", {"spec": {"timeoutSeconds": 9}}, dryRun="All").ok()["spec"]["timeoutSeconds"]
        == 9
    )
    assert upstreams.apply("a", {"session": {}}, dryRun="All").ok()["spec"]["session"] == {}
    upstreams.delete("a", dryRun="All").ok()
    upstreams.delete("", dryRun="All").ok()
    assert upstreams.get("a")["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_dry_run_refuses_what_a_real_one_would(upstreams: Resource) -> None:
    upstreams.post(upstreams.object("a", {"timeoutSeconds": -1}), dryRun="All").refused(422)


def test_a_write_that_changes_nothing_writes_nothing(upstreams: Resource) -> None:
    made = upstreams.create("a", SPEC)
    assert upstreams.put(made).ok()["metadata"] == made["metadata"]
    assert upstreams.patch("a", {}).ok()["metadata"] == made["metadata"]
    assert upstreams.patch("a", [], "json").ok()["metadata"] == made["metadata"]


def test_cluster_scoped_kinds_live_in_no_namespace(profiles: Resource, name: str) -> None:
    made = profiles.create(name, {})
    assert "namespace" not in made["metadata"]
    profiles.client.get(f"/apis/fleet.example.com/v1/namespaces/x/profiles/{name}").refused(404)
    profiles.delete(name).ok()
