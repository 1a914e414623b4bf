"""The laws of conversions that lose nothing, on a running server. The spec is specs/lenses."""

import copy
import json
from typing import Any

import pytest
from apiclient import Answer, Object, Resource
from servers import Standalone, managers, owned

VERSIONS = ["v1", "v1alpha1"]
WRITES = ["put", "json", "merge", "strategic"]
KEPT = "lenses.example.com/kept-"

FULL_V1 = {
    "balancing": "LeastConnections",
    "timeoutSeconds": 90,
    "grams": 1500,
    "servers": [
        {"address": "a", "weight": 5, "backup": True},
        {"address": "b.example.com:80", "weight": 1},
        {"address": 'odd "[c],', "weight": 2},
    ],
    "paused": True,
    "limits": {"cpu": "1", "memory": 7},
    "policy": "Recreate",
    "replicas": 3,
    "tags": {"x": "y"},
}
FULL_V1ALPHA1 = {
    "method": "wrr",
    "timeout": "1.5s",
    "kilos": 2,
    "hosts": ["a", "b"],
    "enabled": False,
    "owner": "ann",
    "team": "blue",
    "replicas": 2,
    "tags": {},
}
SPECS = {
    "empty": ("v1", {}),
    "old-empty": ("v1alpha1", {}),
    "full": ("v1", FULL_V1),
    "old-full": ("v1alpha1", FULL_V1ALPHA1),
    "hollow": ("v1", {"limits": {}, "servers": [], "tags": {}}),
    "old-hollow": ("v1alpha1", {"hosts": [], "owner": ""}),
}


@pytest.fixture
def gadgets(lenses: Standalone, namespace: str) -> Resource:
    return lenses.resource("Gadget", "v1", namespace)


@pytest.fixture
def old(gadgets: Resource) -> Resource:
    return gadgets.at("v1alpha1")


def kept(obj: Object) -> dict[str, Any]:
    """What the annotations of an object keep, by path."""
    parts = [json.loads(t) for n, t in annotations(obj).items() if n.startswith(KEPT)]
    return {part["path"]: part["value"] for part in parts}


def annotations(obj: Object) -> dict[str, str]:
    found: dict[str, str] = obj["metadata"].get("annotations", {})
    return found


def names(obj: Object) -> dict[str, str]:
    """The annotations that keep something, by path."""
    return {json.loads(t)["path"]: n for n, t in annotations(obj).items() if n.startswith(KEPT)}


def bare(obj: Object) -> Object:
    """An object as a client that knows no annotations sends it."""
    made = copy.deepcopy(obj)
    made["metadata"].pop("annotations", None)
    return made


def applied(obj: Object) -> Object:
    """What one would apply to get an object."""
    metadata = {"name": obj["metadata"]["name"]}
    if annotations(obj):
        metadata["annotations"] = annotations(obj)
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata, "spec": obj["spec"]}


def write(resource: Resource, how: str, before: Object, after: Object, **query: object) -> Answer:
    """Make an object another one, in one of the ways to do so."""
    name = before["metadata"]["name"]
    if how == "put":
        return resource.put(after, **query)
    if how == "json":
        changes: list[Object] = [{"op": "replace", "path": "/spec", "value": after["spec"]}]
        if annotations(before) and not annotations(after):
            changes.append({"op": "remove", "path": "/metadata/annotations"})
        return resource.patch(name, changes, "json", **query)
    patch = difference(before, after)
    patch.get("metadata", {}).pop("resourceVersion", None)
    return resource.patch(name, patch, "merge" if how == "merge" else "strategic", **query)


def difference(before: Object, after: Object) -> Object:
    """The merge patch, which is good as a strategic one if lists are new or gone."""
    made: Object = {}
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if isinstance(was, dict) and isinstance(now, dict):
            inner = difference(was, now)
            if inner:
                made[key] = inner
        elif was != now:
            made[key] = now
    return made


def views(gadgets: Resource, name: str) -> list[Object]:
    """An object in all versions, without what a write of nothing may touch."""
    found = [gadgets.at(v).get(name) for v in VERSIONS]
    for obj in found:
        for field in ("resourceVersion", "managedFields", "generation"):
            obj["metadata"].pop(field)
    return found


def revision(gadgets: Resource, name: str) -> str:
    found: str = gadgets.get(name)["metadata"]["resourceVersion"]
    return found


def make(gadgets: Resource, which: str) -> str:
    """An object of SPECS, with a status of which either version says something that the other cannot."""
    version, spec = SPECS[which]
    gadgets.at(version).create(which, copy.deepcopy(spec))
    gadgets.at("v1alpha1").patch(which, {"status": {"healthy": 1, "note": "n"}}, sub="status").ok()
    gadgets.patch(which, {"status": {"phase": "p"}}, sub="status").ok()
    return which


# Law 1: reading and writing back changes nothing


@pytest.mark.parametrize("which", SPECS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("how", WRITES)
@pytest.mark.parametrize("sub", ["", "status"])
def test_what_is_written_back_changes_nothing(
    gadgets: Resource, which: str, version: str, how: str, sub: str
) -> None:
    name = make(gadgets, which)
    before = gadgets.get(name)
    seen = gadgets.at(version).get(name)
    for sent in (seen, bare(seen)):
        write(gadgets.at(version), how, seen, sent, sub=sub).ok()
        assert gadgets.get(name) == before
    assert gadgets.at(version).get(name) == seen


@pytest.mark.parametrize("which", SPECS)
@pytest.mark.parametrize("version", VERSIONS)
def test_an_apply_of_what_was_read_changes_nothing(gadgets: Resource, which: str, version: str) -> None:
    name = make(gadgets, which)
    before, resource = views(gadgets, name), gadgets.at(version)
    seen = resource.get(name)
    for sent in (seen, bare(seen)):
        resource.patch(name, applied(sent), "apply", fieldManager=f"m{sent is seen}", force="true").ok()
        assert views(gadgets, name) == before
        at = revision(gadgets, name)
        resource.patch(name, applied(sent), "apply", fieldManager=f"m{sent is seen}", force="true").ok()
        assert revision(gadgets, name) == at
    assert gadgets.get(name)["metadata"]["generation"] == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_an_apply_of_the_same_intent_twice_changes_nothing(gadgets: Resource, version: str) -> None:
    for spec in ({}, {"replicas": 4}):
        gadgets.at(version).apply("a", spec, "m").ok()
        at = revision(gadgets, "a")
        gadgets.at(version).apply("a", spec, "m").ok()
        assert revision(gadgets, "a") == at


def test_a_default_that_is_applied_is_there(gadgets: Resource, old: Resource) -> None:
    gadgets.apply("a", {}, "m").ok()
    old.apply("a", {"replicas": 2}, "m").ok()
    assert "team" not in old.get("a")["spec"]
    old.apply("a", {"team": "nobody"}, "m").ok()
    assert old.get("a")["spec"]["team"] == "nobody"


# Law 2: what is written is read


@pytest.mark.parametrize("which", SPECS)
def test_what_is_written_is_read(gadgets: Resource, which: str) -> None:
    version, spec = SPECS[which]
    resource = gadgets.at(version)
    resource.create("made", spec)
    assert resource.get("made")["spec"].items() >= spec.items()
    resource.create("put", {})
    resource.put(resource.object("put", spec)).ok()
    assert resource.get("put")["spec"].items() >= spec.items()
    resource.apply("applied", spec).ok()
    assert resource.get("applied")["spec"].items() >= spec.items()


def test_what_the_other_version_reads(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "old-full")
    make(gadgets, "full")
    found = gadgets.get("old-full")
    assert found["spec"] == {
        "balancing": "RoundRobin",
        "timeoutSeconds": 2,
        "grams": 2000,
        "servers": [{"address": "a", "weight": 1}, {"address": "b", "weight": 1}],
        "paused": True,
        "policy": "Rolling",
        "replicas": 2,
        "tags": {},
    }
    assert kept(found) == {
        "spec.method": "wrr",
        "spec.timeout": "1.5s",
        "spec.owner": "ann",
        "spec.team": "blue",
        "status.note": "n",
    }
    found = old.get("full")
    assert found["spec"] == {
        "method": "lc",
        "timeout": "1m30s",
        "kilos": 2,
        "hosts": ["a", "b.example.com:80", 'odd "[c],'],
        "enabled": False,
        "replicas": 3,
        "tags": {"x": "y"},
    }
    assert kept(found) == {
        "spec.grams": 1500,
        'spec.servers["a"].weight': 5,
        'spec.servers["a"].backup': True,
        'spec.servers["b.example.com:80"].weight': 1,
        'spec.servers["odd \\"[c],"].weight': 2,
        "spec.limits.cpu": "1",
        "spec.limits.memory": 7,
        "spec.policy": "Recreate",
        "status.phase": "p",
    }


# Law 3: a write changes only what its version can say, in values and in owners

CHANGES = [
    ("v1alpha1", {"replicas": 9}, {"replicas": 9}),
    ("v1alpha1", {"timeout": "4.5s"}, {"timeoutSeconds": 5}),
    ("v1alpha1", {"timeout": None}, {"timeoutSeconds": None}),
    ("v1alpha1", {"method": "rr"}, {"balancing": "RoundRobin"}),
    ("v1alpha1", {"kilos": 3}, {"grams": 3000}),
    ("v1alpha1", {"enabled": True}, {"paused": False}),
    ("v1alpha1", {"owner": "bob"}, {}),
    ("v1alpha1", {"team": "red"}, {}),
    ("v1alpha1", {"hosts": ["b.example.com:80", "a"]}, {"servers": [FULL_V1["servers"][1], FULL_V1["servers"][0]]}),
    ("v1alpha1", {"hosts": ["n", "a"]}, {"servers": [{"address": "n", "weight": 1}, FULL_V1["servers"][0]]}),
    ("v1alpha1", {"hosts": None}, {"servers": None}),
    ("v1alpha1", {"hosts": []}, {"servers": []}),
    ("v1", {"timeoutSeconds": 91}, {"timeoutSeconds": 91}),
    ("v1", {"policy": "Rolling"}, {"policy": "Rolling"}),
    ("v1", {"limits": {"cpu": None}}, {"limits": {"cpu": None}}),
    ("v1", {"limits": None}, {"limits": None}),
]  # fmt: skip


@pytest.mark.parametrize("how", WRITES)
@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize(("version", "change", "expected"), CHANGES)
def test_a_write_changes_what_it_says(
    gadgets: Resource, old: Resource, how: str, keeps: bool, version: str, change: Object, expected: Object
) -> None:
    name = make(gadgets, "full")
    old.patch(name, {"spec": {"owner": "ann", "team": "blue"}}).ok()
    new_before, old_before = gadgets.get(name), old.get(name)
    before = gadgets.at(version).get(name)
    after = before if keeps else bare(before)
    after = json.loads(json.dumps(after))
    merge(after["spec"], change)
    if how == "strategic" and "hosts" in change:
        pytest.skip("a strategic patch of a set adds to it")
    write(gadgets.at(version), how, before, after).ok()
    new_after, old_after = gadgets.get(name), old.get(name)
    want = copy.deepcopy(new_before["spec"])
    merge(want, expected)
    assert new_after["spec"] == want
    assert new_after["status"] == new_before["status"]
    if version == "v1alpha1":
        want = copy.deepcopy(old_before["spec"])
        merge(want, change)
        assert old_after["spec"] == want
    else:
        assert {k: old_after["spec"][k] for k in ("owner", "team")} == {"owner": "ann", "team": "blue"}
    assert new_after["metadata"]["generation"] == new_before["metadata"]["generation"] + 1


def merge(into: Object, patch: Object) -> None:
    for key, value in patch.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("how", WRITES)
def test_a_write_without_annotations_leaves_all_owners(
    gadgets: Resource, old: Resource, version: str, how: str
) -> None:
    finer = ("timeoutSeconds", "balancing")
    gadgets.apply("a", {key: value for key, value in FULL_V1.items() if key not in finer}, "new").ok()
    mine = {"owner": "ann", "team": "blue", "timeout": "1.5s", "method": "wrr"}
    old.apply("a", mine, "old").ok()
    before = gadgets.get("a")
    seen = gadgets.at(version).get("a")
    sent = bare(seen)
    sent["spec"]["tags"] = {"x": "z"}
    write(gadgets.at(version), how, seen, sent, fieldManager="third").ok()
    after = gadgets.get("a")
    was, now = managers(before), managers(after)
    assert now["old Apply"] == was["old Apply"]
    assert owned(was["new Apply"]) - owned(now["new Apply"]) == {"spec.tags.x"}
    assert owned(now["third Update"]) == {"spec.tags.x"}


# Applies of several managers in several versions


def test_a_tool_that_changes_to_the_new_version_can_say_more(gadgets: Resource, old: Resource) -> None:
    old.apply("a", {"hosts": ["x"], "timeout": "9s"}, "tool").ok()
    new = {
        "servers": [{"address": "x", "weight": 5}],
        "timeoutSeconds": 9,
        "limits": {"cpu": "1"},
        "policy": "Recreate",
    }
    found = gadgets.apply("a", new, "tool").ok()
    assert found["spec"]["servers"] == [{"address": "x", "weight": 5}]
    assert found["spec"]["limits"] == {"cpu": "1"}
    assert found["spec"]["policy"] == "Recreate"
    assert [m for m in managers(found) if "Apply" in m] == ["tool Apply"]
    gadgets.apply("a", {"timeoutSeconds": 9}, "tool").ok()
    assert "limits" not in gadgets.get("a")["spec"]
    assert "servers" not in gadgets.get("a")["spec"]


def test_what_somebody_else_has_set_conflicts(gadgets: Resource, old: Resource) -> None:
    old.apply("a", {"hosts": ["x"]}, "tool").ok()
    gadgets.patch("a", {"spec": {"policy": "Recreate", "limits": {"cpu": "2"}}}, fieldManager="ann").ok()
    new = {"servers": [{"address": "x"}], "limits": {"cpu": "1"}, "policy": "Rolling"}
    gadgets.apply("a", new, "tool").refused(409, "ann", ".spec.limits.cpu", ".spec.policy")
    assert gadgets.get("a")["spec"]["limits"] == {"cpu": "2"}
    found = gadgets.apply("a", new, "tool", force="true").ok()
    assert found["spec"]["limits"] == {"cpu": "1"}
    assert found["spec"]["policy"] == "Rolling"


def test_dropping_one_of_two_fields_while_another_manager_uses_the_old_version(
    gadgets: Resource, old: Resource
) -> None:
    server = {"address": "x", "weight": 3}
    both = {"limits": {"cpu": "1", "memory": 2}, "servers": [server | {"backup": True}]}
    gadgets.apply("a", both, "new").ok()
    old.apply("a", {"hosts": ["y"], "owner": "ann"}, "old").ok()
    found = gadgets.apply("a", {"limits": {"cpu": "1"}, "servers": [server]}, "new").ok()
    assert found["spec"]["limits"] == {"cpu": "1"}
    assert found["spec"]["servers"] == [server, {"address": "y", "weight": 1}]
    assert kept(found)["spec.owner"] == "ann"
    found = old.apply("a", {"hosts": ["y"]}, "old").ok()
    assert "owner" not in found["spec"]
    assert kept(gadgets.get("a")) == {}


@pytest.mark.parametrize("forget", ["v1alpha1", "v1"])
def test_a_word_that_nobody_wants_any_more_is_settled(gadgets: Resource, old: Resource, forget: str) -> None:
    if forget == "v1alpha1":
        old.apply("a", {"timeout": "1.5s", "owner": "ann"}, "old").ok()
        gadgets.apply("a", {"timeoutSeconds": 2}, "new").ok()
        assert old.get("a")["spec"]["timeout"] == "1.5s"
        found = old.apply("a", {"owner": "ann"}, "old").ok()
        assert found["spec"]["timeout"] == "2s"
    else:
        gadgets.apply("a", {"grams": 1500}, "new").ok()
        old.apply("a", {"kilos": 2}, "old").ok()
        assert gadgets.get("a")["spec"]["grams"] == 1500
        found = gadgets.apply("a", {}, "new").ok()
        assert found["spec"]["grams"] == 2000
    assert old.get("a")["spec"].keys() >= {"timeout" if forget == "v1alpha1" else "kilos"}


# Backup and restore


@pytest.mark.parametrize("which", SPECS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_backup_through_any_version_keeps_everything(gadgets: Resource, which: str, version: str) -> None:
    name = make(gadgets, which)
    before = views(gadgets, name)
    backup = gadgets.at(version).get(name)
    gadgets.delete(name).ok()
    backup["metadata"] = {
        k: backup["metadata"][k] for k in ("name", "annotations") if k in backup["metadata"]
    }
    gadgets.at(version).post(backup).ok()
    after = views(gadgets, name)
    for was, now in zip(before, after, strict=True):
        assert now["spec"] in (was["spec"], was["spec"] | {"team": "nobody"})
        # A new object has no status, and the defaults of the version that it came through.
        said = {p: v for p, v in kept(was).items() if not p.startswith("status.")}
        assert kept(now) in (said, said | {"spec.team": "nobody"})


# Status and scale


def test_the_status_of_either_version_keeps_that_of_the_other(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "full")
    old.put(bare(old.get("full")) | {"status": {"healthy": 5, "note": "m"}}, "status").ok()
    assert gadgets.get("full")["status"] == {"healthyServers": 5, "phase": "p"}
    gadgets.put(bare(gadgets.get("full")) | {"status": {"phase": "q"}}, "status").ok()
    assert old.get("full")["status"] == {"note": "m"}
    assert gadgets.get("full")["metadata"]["generation"] == 1


def say_otherwise(obj: Object, *paths: str) -> None:
    """Change what is kept at these paths, where it is."""
    for path, name in names(obj).items():
        if path in paths:
            obj["metadata"]["annotations"][name] = f'{{"path":"{path}","value":"Rolling"}}'


@pytest.mark.parametrize("version", VERSIONS)
def test_each_endpoint_ignores_what_is_kept_for_the_other(
    gadgets: Resource, old: Resource, version: str
) -> None:
    make(gadgets, "full")
    old.patch("full", {"spec": {"owner": "ann"}}).ok()
    before = gadgets.get("full")
    resource = gadgets.at(version)
    sent = resource.get("full")
    say_otherwise(sent, "status.note", "status.phase")
    resource.patch("full", applied(sent), "apply", fieldManager="main", force="true").ok()
    assert gadgets.get("full")["status"] == before["status"]
    assert old.get("full")["status"]["note"] == "n"
    assert not [p for p in owned(managers(resource.get("full"))["main Apply"]) if "-status-" in p]
    whole = resource.get("full")
    sent = applied(whole) | {"status": whole["status"]}
    say_otherwise(sent, "spec.policy", "spec.owner")
    resource.patch("full", sent, "apply", sub="status", fieldManager="st", force="true").ok()
    entry = managers(resource.get("full"))["st Apply status"]
    assert all(p.startswith("status.") or "-status-" in p for p in owned(entry))
    assert kept(gadgets.get("full")) == kept(before)


def test_a_scale_keeps_everything(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "old-full")
    before = old.get("old-full")
    gadgets.patch("old-full", {"spec": {"replicas": 8}}, sub="scale").ok()
    after = old.get("old-full")
    assert after["spec"] == before["spec"] | {"replicas": 8}
    assert kept(after) == kept(before)


# Stale, invalid and large


def test_what_is_kept_goes_when_it_is_not_true_any_more(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "old-full")
    gadgets.patch("old-full", {"spec": {"timeoutSeconds": 9}}).ok()
    assert "spec.timeout" not in kept(gadgets.get("old-full"))
    assert old.get("old-full")["spec"]["timeout"] == "9s"
    gadgets.patch("old-full", {"spec": {"balancing": "LeastConnections"}}).ok()
    gadgets.patch("old-full", {"spec": {"balancing": "RoundRobin"}}).ok()
    assert old.get("old-full")["spec"]["method"] == "rr"


def test_a_stale_annotation_of_a_client_does_not_count(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "full")
    make(gadgets, "old-full")
    sent = old.get("full")
    sent["spec"]["kilos"] = 9
    old.put(sent).ok()
    assert gadgets.get("full")["spec"]["grams"] == 9000
    sent = gadgets.get("old-full")
    sent["spec"]["timeoutSeconds"] = 7
    gadgets.put(sent).ok()
    assert old.get("old-full")["spec"]["timeout"] == "7s"


def annotation(version: str, path: str, obj: Object) -> str:
    """The name of the annotation that keeps a part, as the server has it."""
    found = names(obj)[path]
    assert found.startswith(f"{KEPT}{version}-")
    return found


@pytest.mark.parametrize("text", ["no JSON", '{"path":"spec.policy","value":7}', "{}"])
def test_an_annotation_that_nothing_can_take_is_refused(gadgets: Resource, old: Resource, text: str) -> None:
    make(gadgets, "full")
    make(gadgets, "old-full")
    policy = annotation("v1", "spec.policy", old.get("full"))
    owner = annotation("v1alpha1", "spec.owner", gadgets.get("old-full"))
    text_of_owner = text.replace("policy", "owner")
    for resource, name, value in ((old, policy, text), (gadgets, owner, text_of_owner)):
        where = f"metadata.annotations[{name}]"
        resource.post(resource.object("b", {}, annotations={name: value})).refused(422, where)
        sent = resource.object("b", {}, annotations={name: value})
        resource.patch("b", sent, "apply", fieldManager="m").refused(422, where)
        for known in ("full", "old-full"):
            sent["metadata"]["name"] = known
            resource.patch(known, sent, "apply", fieldManager="m", force="true").refused(422, where)
            before = gadgets.get(known)
            resource.patch(known, {"metadata": {"annotations": {name: value}}}).ok()
            assert gadgets.get(known) == before


def test_the_annotation_of_an_unknown_part_is_refused(gadgets: Resource, old: Resource) -> None:
    for resource, version in ((old, "v1"), (gadgets, "v1alpha1")):
        name = f"{KEPT}{version}-0123456789"
        text = '{"path":"spec.nothing","value":1}'
        resource.post(resource.object("b", {}, annotations={name: text})).refused(422, name)


def test_what_is_kept_obeys_the_rules_of_its_version(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "full")
    make(gadgets, "old-full")
    weight = annotation("v1", 'spec.servers["a"].weight', old.get("full"))
    text = json.dumps({"path": 'spec.servers["a"].weight', "value": 1000}, separators=(",", ":"))
    sent = old.object("b", {"hosts": ["a"]}, annotations={weight: text})
    old.post(sent).refused(422, "weight", "100")
    method = annotation("v1alpha1", "spec.method", gadgets.get("old-full"))
    text = '{"path":"spec.method","value":"LeastConnections"}'
    sent = gadgets.object("b", {"balancing": "LeastConnections"}, annotations={method: text})
    gadgets.post(sent).refused(422, f"metadata.annotations[{method}]", "spec.method of v1alpha1")


def test_errors_have_the_names_of_the_client(gadgets: Resource, old: Resource) -> None:
    old.post(old.object("a", {"kilos": -1, "timeout": "-1s"})).refused(422, "spec.kilos")
    old.post(old.object("a", {"timeout": "-1s"})).refused(422, "spec.timeout")
    old.post(old.object("a", {"hosts": [""]})).refused(422, "spec.hosts[0]")
    old.post(old.object("a", {"method": "RoundRobin"})).refused(422, "spec.method", '"wrr"')


def test_too_much_that_is_kept_is_refused_with_its_field(gadgets: Resource, old: Resource) -> None:
    large = old.object("a", {"owner": "x" * 270_000})
    old.post(large).refused(422, "metadata.annotations", "spec.owner of v1alpha1")
    old.create("a", {"owner": "x" * 200_000})
    assert len(old.get("a")["spec"]["owner"]) == 200_000


def test_a_client_that_clears_the_managed_fields(gadgets: Resource, old: Resource) -> None:
    make(gadgets, "full")
    sent = bare(old.get("full"))
    sent["metadata"]["managedFields"] = [{}]
    assert "managedFields" not in old.put(sent).ok()["metadata"]
