"""Every type that a spec may name: what is written is read, with its exact spelling; defaults; presence."""

import json
from typing import Any

import pytest
from apiclient import Object, Resource
from servers import Standalone, managers, owned

DEFAULTS: Object = {
    "text": 'a "quoted" text',
    "flag": True,
    "fraction": 0.5,
    "amount": "1",
    "limit": "25%",
    "period": "1m30s",
    "modes": ["fast"],
    "settings": {"level": 3},
}

ROUND_TRIPS: list[tuple[str, Any]] = [
    ("text", "ä <&> \U0001f600"),
    ("text", ""),
    ("flag", False),
    ("small", 4),
    ("big", -5000000000),
    ("big", 0),
    ("fraction", 0),
    ("fraction", 0.1),
    ("data", "aGVsbG8="),
    ("data", ""),
    ("amount", "0"),
    ("amount", "1500m"),
    ("amount", "1536Mi"),
    ("limit", 0),
    ("limit", 80),
    ("limit", "80"),
    ("limit", "10%"),
    ("period", "0s"),
    ("period", "1h0m0s"),
    ("at", "2026-01-02T03:04:05Z"),
    ("exactly", "2026-01-02T03:04:05.678901Z"),
    ("anything", 1),
    ("anything", 1.0),
    ("anything", 9007199254740993),
    ("anything", "text"),
    ("anything", False),
    ("anything", []),
    ("anything", {}),
    ("anything", {"a": [1, 2.5, None, {"b": None}], "c": ""}),
    ("options", {}),
    ("options", {"z": 1, "a": {"deep": [None, 0, False, ""]}}),
    (
        "template",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "b"}, "more": [1]},
    ),
    ("mode", ""),
    ("mode", "*"),
    ("names", []),
    ("names", ["b", "a"]),
    ("modes", []),
    ("numbers", [[], [1, 0], [-1]]),
    ("matrix", {"a": [], "b": ["", "x"]}),
    ("nested", {"a": {}, "b": {"c": ""}}),
    ("limits", {"a": "100Mi", "b": "0"}),
    ("values", [None, 0, False, "", [], {}, {"a": None}]),
    ("extras", {"a": 0, "b": [1], "c": {"d": None}}),
    ("parts", []),
    ("parts", [{"name": "a", "size": 0}]),
    ("zones", {"a": {}, "b": {"ports": []}, "c": {"ports": [{"name": "x", "number": 1, "protocol": "UDP"}]}}),
    (
        "tree",
        {
            "name": "a",
            "left": {"name": "b"},
            "children": [{"name": "c", "children": []}],
            "named": {"d": {"name": "e", "named": {}}},
        },
    ),
    (
        "pod",
        {
            "containers": [{"name": "a", "image": "b", "resources": {"limits": {"cpu": "100m"}}}],
            "terminationGracePeriodSeconds": 0,
        },
    ),
    ("secret", {"name": "a", "key": "b"}),
    ("owner", {"kind": "Pod", "name": "p", "uid": "u"}),
    ("selector", {}),
    ("selector", {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}),
    ("atomicMap", {"a": "b"}),
    ("maybe", "text"),
    ("type", "x"),
    ("ip-address", "10.0.0.1"),
    ("deepCopyInto", "y"),
    ("settings", {"level": 0, "tags": []}),
]


@pytest.mark.parametrize(
    ("field", "value"), ROUND_TRIPS, ids=[f"{field}-{index}" for index, (field, _) in enumerate(ROUND_TRIPS)]
)
def test_round_trip(profiles: Resource, name: str, field: str, value: Any) -> None:
    made = profiles.create(name, {field: value})
    assert made["spec"] == DEFAULTS | {field: value}
    read = profiles.get(name)
    assert read["spec"] == made["spec"]
    assert profiles.put(read).ok()["metadata"]["resourceVersion"] == read["metadata"]["resourceVersion"]
    replace = [{"op": "replace", "path": f"/spec/{field}", "value": value}]
    assert profiles.patch(name, replace, "json").ok()["spec"] == made["spec"]
    applied = profiles.apply(name, {field: value}, force="true").ok()
    assert applied["spec"] == made["spec"]
    assert profiles.apply(name, {field: value}).ok() == applied


def test_numbers_keep_their_spelling_inside_any(profiles: Resource, name: str) -> None:
    """Beyond what a float can hold, so that no client may read them as one."""
    body = f'{{"metadata": {{"name": "{name}"}}, "spec": {{"anything": {{"n": 9007199254740993}}}}}}'
    assert b'"n":9007199254740993' in profiles.post(body).body
    assert b'"n":9007199254740993' in profiles.client.get(profiles.path(name)).body


@pytest.mark.parametrize("method", ["merge", "strategic", "apply"])
def test_open_values_survive_a_change_elsewhere(profiles: Resource, name: str, method: str) -> None:
    spec = {
        "options": {"z": 9007199254740993, "a": [None, {"b": None}]},
        "extras": {"x": {}},
        "values": [[], None],
    }
    profiles.create(name, spec)
    change = {"text": "other"}
    if method == "apply":
        profiles.apply(name, change, force="true").ok()
    else:
        profiles.patch(name, {"spec": change}, method).ok()
    assert profiles.get(name)["spec"] == DEFAULTS | spec | change


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("anything", {"a": {"b": 1}}, {"a": {"b": 2}}),
        ("options", {"a": {"b": 1, "c": 1}}, {"a": {"b": 1}}),
        (
            "template",
            {"apiVersion": "v1", "kind": "X", "d": {"a": "b"}},
            {"apiVersion": "v1", "kind": "X", "d": {"a": "c"}},
        ),
        ("matrix", {"a": ["x"]}, {"a": ["z"], "b": []}),
        ("nested", {"a": {"b": "c"}}, {"a": {"b": "d"}}),
        ("extras", {"a": {"b": "c"}}, {"a": {"b": "d"}}),
        (
            "zones",
            {"a": {"ports": [{"name": "x", "number": 1}]}},
            {"a": {"ports": [{"name": "x", "number": 2}]}},
        ),
        ("tree", {"name": "x", "named": {"a": {"name": "b"}}}, {"name": "x", "named": {"a": {"name": "c"}}}),
        ("pod", {"containers": [{"name": "a", "image": "b"}]}, {"containers": [{"name": "a", "image": "c"}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kubectl_apply_changes_nested_values(
    fleet: Standalone, profiles: Resource, name: str, field: str, before: Any, after: Any
) -> None:
    kubectl = fleet.kubectl()
    for value in (before, after):
        kubectl("apply", "-f", "-", input=json.dumps(profiles.object(name, {field: value})))
    found = json.loads(kubectl("get", "profile", name, "-o", f"jsonpath={{.spec.{field}}}"))
    assert contains(found, after), found


@pytest.mark.parametrize(("field", "value"), [("nested", {"a": {"b": "d"}}), ("numbers", [[2]])])
def test_strategic_patches_are_refused_where_there_are_no_fields(
    profiles: Resource, name: str, field: str, value: Any
) -> None:
    """As for built-in kinds: they are merged by the fields of types, and maps of maps have none."""
    profiles.create(name, {"nested": {"a": {"b": "c"}}, "numbers": [[1]]})
    profiles.patch(name, {"spec": {field: value}}, "strategic").refused(422)
    assert profiles.patch(name, {"spec": {field: value}}).ok()["spec"][field] == value


def test_formatting_is_no_change(profiles: Resource, name: str) -> None:
    """White space and the order of keys in open values say nothing."""
    spec = {
        "anything": {"z": [1, 2], "a": {}},
        "options": {"z": 1, "a": 2},
        "template": {"kind": "X", "apiVersion": "v1"},
    }
    made = profiles.create(name, spec)
    obj = profiles.object(name, spec)
    for body in (
        json.dumps(obj, indent=4),
        json.dumps(obj, sort_keys=True),
        json.dumps(obj, separators=(",", ":")),
    ):
        found = profiles.client.request("PUT", profiles.path(name), body).ok()
        assert found["metadata"]["generation"] == 1
        assert found["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_quantities_are_kept_as_kubernetes_writes_them(profiles: Resource, name: str) -> None:
    assert profiles.create(name, {"amount": 2})["spec"]["amount"] == "2"
    assert profiles.patch(name, {"spec": {"amount": "0.5"}}).ok()["spec"]["amount"] == "500m"


def test_a_field_of_the_root(profiles: Resource, name: str) -> None:
    profiles.post(profiles.object(name, {}) | {"note": ""}).ok()
    assert profiles.get(name)["note"] == ""
    found = profiles.patch(name, {"note": None}).ok()
    assert "note" not in found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("data", "no base64!"),
        ("data", 5),
        ("amount", "1Zi"),
        ("amount", "much"),
        ("amount", True),
        ("limit", 1.5),
        ("limit", True),
        ("limit", {}),
        ("period", "soon"),
        ("period", 5),
        ("at", "yesterday"),
        ("exactly", "2026-01-01"),
        ("options", []),
        ("options", "text"),
        ("options", 5),
        ("template", "text"),
        ("template", []),
        ("flag", "true"),
        ("small", 1.5),
        ("fraction", "0.5"),
        ("numbers", [1]),
        ("matrix", {"a": "b"}),
        ("nested", {"a": ["b"]}),
        ("names", "a"),
        ("tree", []),
        ("pod", {"containers": "a"}),
    ],
    ids=str,
)
def test_wrong_values(profiles: Resource, name: str, field: str, value: Any) -> None:
    def refused(answer: Any) -> None:
        answer.refused(answer.status)
        assert answer.status in (400, 422)

    refused(profiles.post(profiles.object(name, {field: value})))
    profiles.create(name, {})
    for kind in ("merge", "strategic"):
        refused(profiles.patch(name, {"spec": {field: value}}, kind))
    refused(profiles.apply(name, {field: value}, force="true"))


def test_a_number_too_big_for_its_type_is_refused(profiles: Resource, name: str) -> None:
    """4294967298 has the lower half of 2. (Strategic patches and apply cut it, for built-in kinds too.)"""
    spec = {"small": 4294967298}
    profiles.post(profiles.object(name, spec)).refused(400)
    profiles.create(name, {})
    profiles.patch(name, {"spec": spec}).refused(422)
    profiles.patch(name, [{"op": "add", "path": "/spec/small", "value": 4294967298}], "json").refused(422)


# Defaults


def test_defaults_on_create(profiles: Resource, name: str) -> None:
    assert profiles.create(name, {})["spec"] == DEFAULTS


def test_defaults_without_a_spec(profiles: Resource, name: str) -> None:
    assert profiles.post(profiles.object(name)).ok()["spec"] == DEFAULTS


def test_defaults_on_update(profiles: Resource, name: str) -> None:
    made = profiles.create(name, {"text": "mine", "settings": {"level": 7}})
    made["spec"] = {}
    assert profiles.put(made).ok()["spec"] == DEFAULTS
    assert profiles.patch(name, {"spec": {"flag": None}}).ok()["spec"]["flag"] is True


def test_defaults_in_lists_and_maps(profiles: Resource, name: str) -> None:
    spec = {
        "parts": [{"name": "a"}],
        "zones": {"z": {"ports": [{"name": "p", "number": 1}]}},
        "settings": {"tags": ["x"]},
    }
    found = profiles.create(name, spec)["spec"]
    assert found["parts"] == [{"name": "a", "size": 1}]
    assert found["zones"]["z"]["ports"] == [{"name": "p", "number": 1, "protocol": "TCP"}]
    assert found["settings"] == {"level": 1, "tags": ["x"]}


@pytest.mark.parametrize(
    ("version", "spec"),
    [
        ("v1", {"resources": {"disks": [{"device": "/a"}]}}),
        ("v1beta1", {"disks": [{"device": "/a"}]}),
        ("v1alpha1", {"disks": [{"path": "/a"}]}),
    ],
)
def test_defaults_of_list_items_in_every_version(machines: Resource, version: str, spec: Object) -> None:
    machines.at(version).create("m", {"role": "worker", **spec})
    found = machines.get("m")["spec"]
    assert found["resources"] == {"cpus": 2, "disks": [{"device": "/a", "size": "10Gi", "encrypted": False}]}


def test_defaults_are_not_owned_by_an_applier(profiles: Resource, name: str) -> None:
    found = profiles.apply(name, {"parts": [{"name": "a"}]}).ok()
    assert owned(managers(found)["tester Apply"]) == {"spec.parts"}


# Presence


def test_absent_stays_absent(machines: Resource) -> None:
    found = machines.create("m", {"role": "worker"})["spec"]
    assert found == {"role": "worker", "replicas": 1, "resources": {"cpus": 2}}


def test_zero_false_and_empty_are_kept(machines: Resource) -> None:
    spec = {"role": "worker", "location": {"rack": "", "slot": 0}, "replicas": 0, "tags": {}, "ports": []}
    spec["resources"] = {"cpus": 1, "disks": []}
    assert machines.create("m", spec)["spec"] == spec
    assert machines.get("m")["spec"] == spec


@pytest.mark.parametrize(
    "field",
    ["text", "big", "names", "anything", "options", "tree", "maybe", "settings", "extras", "at", "pod"],
)
def test_null_is_absent(profiles: Resource, name: str, field: str) -> None:
    assert profiles.create(name, {field: None})["spec"] == DEFAULTS


def test_null_in_the_status(machines: Resource) -> None:
    machines.create("m", {"role": "worker"})
    found = machines.patch("m", {"status": {"replicas": 0, "selector": None}}, sub="status").ok()
    assert found["status"] == {"replicas": 0}


def test_an_empty_object_comes_back(upstreams: Resource) -> None:
    made = upstreams.create("a", {"session": {}, "selector": {}, "servers": []})
    assert made["spec"] == {
        "balancing": "RoundRobin",
        "session": {},
        "selector": {},
        "servers": [],
        "replicas": 1,
    }
    old = upstreams.at("v1alpha1")
    assert "sticky" not in old.get("a")["spec"]


def contains(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; defaults may be too."""
    if isinstance(wanted, dict):
        return all(key in found and contains(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(contains, found, wanted))
    return bool(found == wanted)
