"""What is refused, how it is said, and that nothing ends in a 5xx."""

import http.client
import json
import time
from typing import Any

import pytest
from apiclient import PATCHES, Object, Resource
from servers import MINOR, Standalone

MIB = 1 << 20
PORT = {"name": "ssh", "number": 22}


def messages(status: Object) -> dict[str, str]:
    """What is wrong, by field."""
    return {cause["field"]: cause["message"] for cause in status["details"]["causes"]}


def refusal(resource: Resource, spec: Object, name: str = "a") -> dict[str, str]:
    status = resource.post(resource.object(name, spec)).refused(422)
    assert status["reason"] == "Invalid"
    return messages(status)


def machine(**more: Any) -> Object:
    return {"role": "worker", **more}


# Constraints


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        ({}, "spec.role", "Required value"),
        (machine(role=""), "spec.role", "Required value"),
        (
            machine(role="boss"),
            "spec.role",
            'Unsupported value: "boss": supported values: "control", "worker"',
        ),
        (
            machine(resources={"cpus": 0}),
            "spec.resources.cpus",
            "Invalid value: 0: must be greater than or equal to 1",
        ),
        (
            machine(resources={"cpus": 513}),
            "spec.resources.cpus",
            "Invalid value: 513: must be less than or equal to 512",
        ),
        (
            machine(location={"rack": "r" * 21}),
            "spec.location.rack",
            "Too long: may not be more than 20 characters",
        ),
        (machine(ports=[{"number": 22}]), "spec.ports[0].name", "Required value"),
        (machine(ports=[{"name": "ssh"}]), "spec.ports[0].number", "Required value"),
        (
            machine(ports=[PORT | {"number": 70000}]),
            "spec.ports[0].number",
            "must be less than or equal to 65535",
        ),
        (
            machine(ports=[PORT | {"protocol": "X"}]),
            "spec.ports[0].protocol",
            'supported values: "TCP", "UDP"',
        ),
        (machine(ports=[PORT, PORT]), "spec.ports[1]", 'Duplicate value: {"name":"ssh"}'),
        (
            machine(resources={"disks": [{"device": f"/{i}"} for i in range(17)]}),
            "spec.resources.disks",
            "Too many: 17: must have at most 16 items",
        ),
    ],
)
def test_constraints(machines: Resource, spec: Object, field: str, message: str) -> None:
    found = refusal(machines, spec)
    assert message in found.get(field, ""), found


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        ({"names": ["a", "b", "a"]}, "spec.names[2]", 'Duplicate value: "a"'),
        ({"names": [""]}, "spec.names[0]", "at least 1 character"),
        ({"small": 3}, "spec.small", 'Unsupported value: 3: supported values: "1", "2", "4"'),
        ({"big": 5000000001}, "spec.big", "must be less than or equal to 5000000000"),
        ({"big": -5000000001}, "spec.big", "must be greater than or equal to -5000000000"),
        ({"fraction": 1.5}, "spec.fraction", "must be less than or equal to 1"),
        ({"modes": ["fast", "other"]}, "spec.modes[1]", 'supported values: "fast", "slow"'),
        ({"mode": "x"}, "spec.mode", 'Unsupported value: "x"'),
        ({"parts": [{"size": 1}]}, "spec.parts[0].name", "Required value"),
        ({"zones": {"a": {"ports": [PORT, PORT]}}}, "spec.zones[a].ports[1]", "Duplicate value"),
        ({"tree": {"name": "a", "left": {}}}, "spec.tree.left.name", "Required value"),
        (
            {"tree": {"name": "a", "named": {"x": {"children": [{}], "name": "b"}}}},
            "spec.tree.named[x].children[0].name",
            "Required",
        ),
        ({"template": {"kind": "ConfigMap"}}, "spec.template.apiVersion", "Required value"),
    ],
)
def test_constraints_in_every_place(
    profiles: Resource, name: str, spec: Object, field: str, message: str
) -> None:
    found = refusal(profiles, spec, name)
    assert message in found.get(field, ""), found


def test_map_lists_with_two_keys(profiles: Resource, name: str) -> None:
    ports = [PORT, PORT | {"protocol": "UDP"}]
    profiles.create(name, {"zones": {"a": {"ports": ports}}})


def test_all_faults_are_told_at_once(machines: Resource) -> None:
    spec = {
        "resources": {"cpus": 0, "disks": [{}]},
        "ports": [PORT, PORT],
        "location": {"rack": "r" * 21},
        "replicas": -1,
    }
    assert set(refusal(machines, spec)) == {
        "spec.role",
        "spec.resources.cpus",
        "spec.resources.disks[0].device",
        "spec.ports[1]",
        "spec.location.rack",
        "spec.replicas",
    }


@pytest.mark.parametrize(
    ("version", "spec", "field"),
    [
        ("v1alpha1", machine(disks=[{}]), "spec.disks[0].path"),
        ("v1alpha1", machine(disks=[{"path": "/a"}, {"path": "/a"}]), "spec.disks[1]"),
        ("v1alpha1", machine(rack="r" * 21), "spec.rack"),
        ("v1alpha1", machine(cpus=0), "spec.cpus"),
        ("v1beta1", machine(disks=[{}]), "spec.disks[0].device"),
        ("v1beta1", machine(location={"rack": "r" * 21}), "spec.location.rack"),
        ("v1", machine(resources={"disks": [{}]}), "spec.resources.disks[0].device"),
    ],
)
def test_fields_are_called_as_the_client_calls_them(
    machines: Resource, version: str, spec: Object, field: str
) -> None:
    assert set(refusal(machines.at(version), spec)) == {field}


def test_duplicates_name_the_key_of_the_version(machines: Resource) -> None:
    found = refusal(machines.at("v1alpha1"), machine(disks=[{"path": "/a"}, {"path": "/a"}]))
    assert found == {"spec.disks[1]": 'Duplicate value: {"path":"/a"}'}


@pytest.mark.parametrize("kind", ["merge", "json", "strategic", "apply", "put"])
def test_every_way_of_writing_is_validated(upstreams: Resource, kind: str) -> None:
    made = upstreams.create("a", {"timeoutSeconds": 1})
    made["spec"]["timeoutSeconds"] = -1
    answers = {
        "merge": lambda: upstreams.patch("a", {"spec": {"timeoutSeconds": -1}}),
        "json": lambda: upstreams.patch(
            "a", [{"op": "add", "path": "/spec/timeoutSeconds", "value": -1}], "json"
        ),
        "strategic": lambda: upstreams.patch("a", {"spec": {"timeoutSeconds": -1}}, "strategic"),
        "apply": lambda: upstreams.apply("a", {"timeoutSeconds": -1}, force="true"),
        "put": lambda: upstreams.put(made),
    }
    found = messages(answers[kind]().refused(422))
    assert found == {"spec.timeoutSeconds": "Invalid value: -1: must be greater than or equal to 0"}


# Presence


def test_required_is_refused_after_a_patch_removes_it(machines: Resource) -> None:
    machines.create("m", machine(ports=[PORT]))
    found = messages(machines.patch("m", {"spec": {"role": None}}).refused(422))
    assert found == {"spec.role": "Required value"}
    remove = [{"op": "remove", "path": "/spec/ports/0/number"}]
    assert set(messages(machines.patch("m", remove, "json").refused(422))) == {"spec.ports[0].number"}


def test_required_is_refused_after_an_apply_drops_it(machines: Resource) -> None:
    machines.apply("m", machine(ports=[PORT])).ok()
    machines.apply("m", machine(ports=[{"name": "ssh"}])).refused(422, "spec.ports[0].number: Required value")
    machines.apply("m", {"ports": [PORT]}).refused(422, "spec.role: Required value")


def test_a_required_object_is_refused_when_it_is_missing(policies: Resource) -> None:
    assert set(refusal(policies, {"action": "drain"})) == {"spec.subject"}


def test_a_missing_spec_is_an_empty_one(machines: Resource) -> None:
    assert set(messages(machines.post(machines.object("m")).refused(422))) == {"spec.role"}


# Metadata


@pytest.mark.parametrize("bad", ["Bad_Name!", "UPPER", "-a", "a" * 254, "a/b", "ä"])
def test_names(upstreams: Resource, bad: str) -> None:
    assert "metadata.name" in refusal(upstreams, {}, bad)


def test_a_name_of_253_characters(upstreams: Resource) -> None:
    upstreams.create("a" * 253, {})


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({"finalizers": ["unqualified"]}, "metadata.finalizers[0]"),
        ({"labels": {"a b": "c"}}, "metadata.labels"),
        ({"labels": {"a": "b c"}}, "metadata.labels"),
        ({"annotations": {"x y": "z"}}, "metadata.annotations"),
        (
            {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p"}]},
            "metadata.ownerReferences[0].uid",
        ),
        ({"annotations": {"a": "x" * (256 * 1024)}}, "metadata.annotations"),
    ],
)
def test_metadata(upstreams: Resource, metadata: Object, field: str) -> None:
    if MINOR == "1.36":  # it names the list of owners only
        field = field.replace("ownerReferences[0]", "ownerReferences")
    status = upstreams.post(upstreams.object("a", {}, **metadata)).refused(422)
    assert any(found.startswith(field) for found in messages(status)), status
    upstreams.create("a", {})
    upstreams.patch("a", {"metadata": metadata}).refused(422)


@pytest.mark.parametrize("finalizer", ["foregroundDeletion", "orphan", "example.com/x"])
def test_finalizers_that_are_good(upstreams: Resource, finalizer: str) -> None:
    answer = upstreams.post(upstreams.object("a", {}, finalizers=[finalizer]), dryRun="All")
    answer.ok()


def test_create_with_a_resource_version(upstreams: Resource) -> None:
    answer = upstreams.post(upstreams.object("a", {}, resourceVersion="1"))
    assert 400 <= answer.status < 500
    answer.refused(answer.status, "resourceVersion")


def test_put_with_a_resource_version_that_is_no_number(upstreams: Resource) -> None:
    made = upstreams.create("a", {})
    made["metadata"]["resourceVersion"] = "abc"
    answer = upstreams.put(made)
    answer.refused(answer.status, "abc")
    assert 400 <= answer.status < 500


def test_patch_with_a_resource_version_that_is_no_number(upstreams: Resource) -> None:
    upstreams.create("a", {})
    for kind in ("merge", "strategic"):
        answer = upstreams.patch("a", {"metadata": {"resourceVersion": "abc"}}, kind)
        answer.refused(answer.status)
        assert 400 <= answer.status < 500


def test_what_the_server_sets_cannot_be_changed(upstreams: Resource) -> None:
    made = upstreams.create("a", {})
    found = upstreams.patch(
        "a",
        {
            "metadata": {
                "creationTimestamp": "2020-01-01T00:00:00Z",
                "deletionTimestamp": "2020-01-01T00:00:00Z",
            }
        },
    )
    assert found.status in (200, 422)
    assert upstreams.get("a")["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]


# Strictness


UNKNOWN = '{"metadata": {"name": "a"}, "spec": {"balance": "x", "timeoutSeconds": 1}}'
TWICE = '{"metadata": {"name": "a"}, "spec": {"timeoutSeconds": 1, "timeoutSeconds": 2}}'


@pytest.mark.parametrize(
    ("body", "text"),
    [(UNKNOWN, 'unknown field "spec.balance"'), (TWICE, 'duplicate field "spec.timeoutSeconds"')],
)
def test_field_validation(upstreams: Resource, body: str, text: str) -> None:
    upstreams.post(body, fieldValidation="Strict").refused(400, text)
    warned = upstreams.post(body, fieldValidation="Warn", dryRun="All")
    assert text in warned.warnings[0].replace("\\", "")
    assert text in upstreams.post(body, dryRun="All").warnings[0].replace("\\", ""), "Warn is the default"
    assert upstreams.post(body, fieldValidation="Ignore").warnings == []
    assert "balance" not in upstreams.get("a")["spec"]


def test_field_validation_of_updates(upstreams: Resource) -> None:
    made = upstreams.create("a", {})
    made["spec"]["balance"] = "x"
    upstreams.put(made, fieldValidation="Strict").refused(400, 'unknown field "spec.balance"')
    patch = {"spec": {"balance": "x"}}
    for kind in ("merge", "strategic"):
        upstreams.patch("a", patch, kind, fieldValidation="Strict").refused(
            422, 'unknown field "spec.balance"'
        )
        assert upstreams.patch("a", patch, kind, fieldValidation="Warn").warnings
        upstreams.patch("a", patch, kind, fieldValidation="Ignore").ok()


def test_field_validation_in_yaml(upstreams: Resource) -> None:
    body = "metadata: {name: a}\nspec: {timeoutSeconds: 1, timeoutSeconds: 2}"
    answer = upstreams.post(body, "application/yaml", fieldValidation="Strict")
    answer.refused(400, "timeoutSeconds")


def test_field_validation_that_is_none(upstreams: Resource) -> None:
    upstreams.post(upstreams.object("a", {}), fieldValidation="Maybe").refused(422, "fieldValidation")


def test_apply_of_an_unknown_field(upstreams: Resource) -> None:
    upstreams.apply("a", {"balance": "x"}).refused(422, "balance")
    upstreams.create("a", {})
    upstreams.apply("a", {"balance": "x"}).refused(422, "balance")


def test_apply_of_a_wrong_type(upstreams: Resource) -> None:
    upstreams.create("a", {})
    upstreams.apply("a", {"timeoutSeconds": "soon"}, force="true").refused(422, "timeoutSeconds")


def test_apply_of_no_object(upstreams: Resource) -> None:
    for body in ("[]", "text", "{", "null", "a: b: c"):
        answer = upstreams.patch("a", body, "apply", fieldManager="x")
        answer.refused(answer.status)
        assert 400 <= answer.status < 500, body


# Statuses


@pytest.mark.parametrize(
    "spec",
    [
        {"timeoutSeconds": "5"},
        {"timeoutSeconds": 1.5},
        {"timeoutSeconds": 3000000000},
        {"servers": {}},
        {"servers": ["a"]},
        {"session": []},
        {"balancing": 5},
        "text",
        [],
    ],
)
def test_wrong_types(upstreams: Resource, spec: Any) -> None:
    upstreams.post(upstreams.object("a", spec)).refused(400)
    upstreams.create("a", {})
    made = upstreams.get("a")
    made["spec"] = spec
    upstreams.put(made).refused(400)
    for kind in ("merge", "strategic"):
        answer = upstreams.patch("a", {"spec": spec}, kind)
        answer.refused(answer.status)
        assert answer.status in (400, 422)
    answer = upstreams.patch("a", [{"op": "add", "path": "/spec", "value": spec}], "json")
    answer.refused(answer.status)
    assert answer.status in (400, 422)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "5", "\x00", "{}{}"])
def test_bodies_that_are_no_object(upstreams: Resource, body: str) -> None:
    for method, name, kind in (
        ("POST", "", "application/json"),
        ("PUT", "a", "application/json"),
        ("PATCH", "a", PATCHES["strategic"]),
        ("PATCH", "a", PATCHES["merge"]),
        ("PATCH", "a", PATCHES["json"]),
    ):
        if method == "PATCH" and not name:
            continue
        answer = upstreams.client.request(method, upstreams.path(name), body, kind)
        assert 400 <= answer.status < 500, (method, kind, answer.status, answer.body)
        answer.refused(answer.status)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json-patch+json"]
)
def test_media_types(upstreams: Resource, kind: str) -> None:
    upstreams.post("{}", kind).refused(415)
    upstreams.create("a", {})
    upstreams.client.request("PUT", upstreams.path("a"), "{}", kind).refused(415)


def test_media_types_of_patches(upstreams: Resource) -> None:
    upstreams.create("a", {})
    upstreams.client.request("PATCH", upstreams.path("a"), "{}", "application/json").refused(415)


def test_methods(upstreams: Resource) -> None:
    upstreams.create("a", {})
    for method, name in (("POST", "a"), ("PUT", ""), ("PATCH", "")):
        answer = upstreams.client.request(method, upstreams.path(name), upstreams.object("a", {}))
        answer.refused(405)
    upstreams.client.request("DELETE", upstreams.path("a", "status")).refused(405)
    upstreams.client.request("POST", upstreams.path("a", "scale"), {}).refused(405)


@pytest.mark.alone
@pytest.mark.parametrize("path", ["/apis", "/apis/nginx.example.com", "/apis/nginx.example.com/v1"])
def test_discovery_takes_no_writes(nginx: Standalone, path: str) -> None:
    assert nginx.client.request("POST", path, {}).status in (404, 405)


@pytest.mark.alone
@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api",
        "/api/v1/pods",
        "/apis/x",
        "/apis/nginx.example.com/v9",
        "/apis/nginx.example.com/v1/namespaces/x/nothing",
    ],
)
def test_paths_that_are_not_there(nginx: Standalone, path: str) -> None:
    assert nginx.client.get(path).status == 404


@pytest.mark.parametrize(
    "strange", ["..", ".", "%2e%2e", "%2f", "%00", "%252e%252e", "a%2fb", "X", "a" * 300, "%ff"]
)
def test_strange_namespaces_and_names_reach_nothing(
    nginx: Standalone, upstreams: Resource, strange: str
) -> None:
    upstreams.create("a", {})
    base = "/apis/nginx.example.com/v1/namespaces"
    for path in (f"{base}/{strange}/upstreams", f"{base}/{strange}/upstreams/a"):
        answer = nginx.client.get(path)
        assert not 300 <= answer.status < 400, "a redirect"
        assert answer.status < 500, path
        assert answer.status != 200 or answer.json.get("items") == []
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = nginx.client.request(method, f"{base}/{upstreams.namespace}-b/upstreams/{strange}")
        assert not 300 <= answer.status < 400, "a redirect"
        assert answer.status < 500, method
        assert answer.status != 200 or answer.json.get("items") == []


def test_a_kind_is_not_read_through_another(
    fleet: Standalone, machines: Resource, profiles: Resource, name: str
) -> None:
    profiles.create(name, {})
    machines.create("m", machine())
    assert fleet.client.get("/apis/fleet.example.com/v1/machines/" + name).status == 404
    assert fleet.client.get(f"/apis/fleet.example.com/v1/profiles/{machines.namespace}").status == 404
    assert fleet.client.get("/apis/fleet.example.com/v1/namespaces/..%2Fprofiles/machines").status in (
        400,
        404,
        200,
    )
    assert name not in machines.names()


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "-1"},
        {"limit": "x"},
        {"timeoutSeconds": "x"},
        {"resourceVersion": "0x1"},
        {"resourceVersion": "-1"},
        {"resourceVersion": "18446744073709551616"},
        {"resourceVersion": "1", "resourceVersionMatch": "Sometimes"},
        {"resourceVersionMatch": "Exact"},
        {"sendInitialEvents": "true"},
        {"continue": "x", "limit": "1"},
        {"continue": "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiLi4vIn0", "limit": "1"},
        {"labelSelector": "a" * 5000 + "="},
    ],
)
def test_queries_never_end_in_5xx(upstreams: Resource, query: dict[str, str]) -> None:
    answer = upstreams.client.get(upstreams.path(**query))
    assert answer.status < 500
    if answer.status >= 400:
        answer.refused(answer.status)


@pytest.mark.parametrize(
    "query",
    [
        {"resourceVersion": "0x1"},
        {"resourceVersion": "-1"},
        {"resourceVersion": "18446744073709551616"},
        {"resourceVersion": "x"},
    ],
)
def test_resource_versions_that_are_none(upstreams: Resource, query: dict[str, str]) -> None:
    upstreams.client.get(upstreams.path(**query)).refused(400)
    upstreams.watch(**query).answer().refused(400)
    upstreams.create("a", {})
    upstreams.client.get(upstreams.path("a", **query)).refused(400)


def test_options_that_are_none(upstreams: Resource) -> None:
    upstreams.create("a", {})
    for answer in (
        upstreams.post(upstreams.object("b", {}), dryRun="Some"),
        upstreams.post(upstreams.object("b", {}), fieldManager="m" * 200),
        upstreams.delete("a", dryRun="Some"),
        upstreams.delete("a", {"propagationPolicy": "Sideways"}),
        upstreams.patch("a", {}, force="true"),
    ):
        answer.refused(answer.status)
        assert answer.status in (400, 422)


# Size


def test_a_body_over_the_limit(upstreams: Resource) -> None:
    upstreams.post(b" " * (3 * MIB + 1)).refused(413)
    upstreams.create("a", {})
    upstreams.patch("a", b" " * (3 * MIB + 1)).refused(413)


def test_a_body_below_the_limit_is_read(upstreams: Resource) -> None:
    body = json.dumps(upstreams.object("a", {})).encode()
    upstreams.post(body + b" " * (3 * MIB - len(body) - 1)).ok()


def test_a_body_without_an_end(nginx: Standalone, upstreams: Resource) -> None:
    """Chunked, of no told length: cut off at the limit."""
    client = nginx.admin()
    connection = client.connect()
    connection.putrequest("POST", upstreams.path())
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    try:
        for _ in range(64):  # 4 MiB
            connection.send(chunk)
    except (ConnectionError, OSError):
        pass
    try:
        with connection.getresponse() as response:
            assert response.status == 413
    except (ConnectionError, http.client.HTTPException):
        pass  # closed before the answer could be read
    finally:
        connection.close()
    assert nginx.client.get("/livez").status == 200


@pytest.mark.parametrize("depth", [10001, 500_000])
@pytest.mark.parametrize("bracket", ["[]", "{}"])
def test_deep_json(profiles: Resource, name: str, depth: int, bracket: str) -> None:
    opening, closing = ("[", "]") if bracket == "[]" else ('{"a":', "}")
    deep = opening * depth + "1" + closing * depth
    start = time.monotonic()
    profiles.post(f'{{"metadata": {{"name": "{name}"}}, "spec": {{"anything": {deep}}}}}').refused(400)
    profiles.create(name, {})
    for kind in ("merge", "strategic", "apply"):
        body = f'{{"apiVersion": "fleet.example.com/v1", "kind": "Profile", "spec": {{"anything": {deep}}}}}'
        query = {"fieldManager": "x"} if kind == "apply" else {}
        answer = profiles.patch(name, body, kind, **query)
        assert 400 <= answer.status < 500, kind
    assert time.monotonic() - start < 20


def test_json_patch_that_grows_without_end(profiles: Resource, name: str) -> None:
    profiles.create(name, {"extras": {"a": "x" * 1000}})
    grow = [{"op": "copy", "from": "/spec/extras", "path": f"/spec/extras/b{i}"} for i in range(40)]
    answer = profiles.patch(name, grow, "json")
    answer.refused(answer.status)
    assert answer.status in (400, 413, 422)


def test_an_object_too_big_for_the_store(profiles: Resource, name: str) -> None:
    big = {f"k{i}": "x" * 1000 for i in range(2900)}
    answer = profiles.post(profiles.object(name, {"extras": big}))
    answer.refused(413, "too large")
    profiles.create(name, {})
    profiles.patch(name, {"spec": {"extras": big}}).refused(413, "too large")
    less = dict(list(big.items())[:1900])  # what its client sends, but etcd refuses
    profiles.patch(name, {"spec": {"extras": less}}).refused(413, "too large")


def test_rules_on_changes_of_items_with_keys(fleet: Standalone, namespace: str) -> None:
    probes = fleet.resource("Probe", "v1", namespace)
    with_port = [{"name": "a", "port": 1}, {"name": "b"}]
    for version in ("v1", "v1beta1"):
        probes = probes.at(version)
        made = probes.create(f"p-{version}", {"serial": "AB-1", "channels": with_port})
        made["spec"]["channels"] = [{"name": "b", "port": 2}, {"name": "a", "gain": 0.5}]
        probes.put(made).refused(422, "spec.channels[1]", "a port is not taken away")
        made["spec"]["channels"][1] = {"name": "c"}
        probes.put(made).ok()


def test_names_of_new_objects(fleet: Standalone, namespace: str) -> None:
    probes = fleet.resource("Probe", "v1", namespace)
    for version in ("v1", "v1beta1"):
        probes = probes.at(version)
        made = probes.create("a" + "b" * 39, {"serial": "AB-1"})
        assert probes.put(made).ok()
        probes.delete(made["metadata"]["name"]).ok()
        long, digit = "a" + "b" * 40, "1a"
        cause = probes.post(probes.object(long, {"serial": "AB-1"})).refused(422, "metadata.name")
        assert cause["details"]["causes"] == [
            {
                "reason": "FieldValueTooLong",
                "message": "Too long: may not be more than 40 characters",
                "field": "metadata.name",
            }
        ]
        probes.post(probes.object(digit, {"serial": "AB-1"})).refused(
            422, "metadata.name", "must match '^[a-z]'"
        )
        probes.post(probes.object("", {"serial": "AB-1"}, generateName="1")).refused(422, "metadata.name")
        assert probes.post(probes.object("", {"serial": "AB-1"}, generateName="x-")).ok()
