"""An object that keeps what it says besides its fields: through every kind of write, through versions, with owners."""

from typing import Any

import pytest
from apiclient import Object, Resource
from servers import Standalone, managers, owned

UNKNOWN: Object = {"free": {"z": 1, "a": [None, {"b": 0}]}, "big": 9007199254740993}


@pytest.fixture
def probes(fleet: Standalone, namespace: str) -> Resource:
    return fleet.resource("Probe", "v1", namespace)


def options(obj: Object) -> Any:
    return obj["spec"].get("options")


def test_is_kept_beside_the_fields(probes: Resource, name: str) -> None:
    said = {"mode": "slow", **UNKNOWN}
    assert options(probes.create(name, {"serial": "AB-1", "options": said})) == said
    read = probes.get(name)
    assert options(read) == said
    assert probes.put(read).ok()["metadata"]["resourceVersion"] == read["metadata"]["resourceVersion"]
    read["spec"]["options"]["free"]["z"] = 2
    changed = probes.put(read).ok()
    assert changed["metadata"]["generation"] == 2 and options(changed)["free"]["z"] == 2


def test_merge_patch(probes: Resource, name: str) -> None:
    probes.create(name, {"serial": "AB-1", "options": {"mode": "slow", **UNKNOWN}})
    patch = {"spec": {"options": {"big": None, "free": {"z": None, "y": {"x": 1}}}}}
    expected = {"mode": "slow", "free": {"a": [None, {"b": 0}], "y": {"x": 1}}}
    assert options(probes.patch(name, patch).ok()) == expected


def test_strategic_merge_patch_knows_fields_and_scalars(probes: Resource, name: str) -> None:
    """It finds out by Go's types how to merge; what has none there is refused, and nothing is lost."""
    probes.create(name, {"serial": "AB-1", "options": {"mode": "slow", **UNKNOWN}})
    patch: Object = {"spec": {"options": {"mode": "fast", "big": 1}}}
    expected = {**UNKNOWN, "mode": "fast", "big": 1}
    assert options(probes.patch(name, patch, "strategic").ok()) == expected
    patch["spec"]["options"] = {"free": {"y": 1}}
    probes.patch(name, patch, "strategic").refused(422, "free")
    assert options(probes.get(name)) == expected


def test_json_patch(probes: Resource, name: str) -> None:
    probes.create(name, {"serial": "AB-1", "options": UNKNOWN})
    patch = [{"op": "replace", "path": "/spec/options/free/a/1/b", "value": [1]}]
    assert options(probes.patch(name, patch, "json").ok())["free"] == {"z": 1, "a": [None, {"b": [1]}]}


def test_apply_owns_each_member(probes: Resource, name: str) -> None:
    one = {"serial": "AB-1", "options": {"mode": "slow", "free": {"z": 1}}}
    probes.apply(name, one, manager="one").ok()
    both = probes.apply(name, {"serial": "AB-1", "options": {"free": {"y": 2}}}, manager="two").ok()
    assert options(both) == {"mode": "slow", "free": {"z": 1, "y": 2}}
    assert owned(managers(both)["two Apply"]) == {"spec.serial", "spec.options.free.y"}
    probes.apply(name, {"serial": "AB-1", "options": {"free": {"z": 9}}}, manager="two").refused(
        409, "free.z"
    )
    left = probes.apply(name, {"serial": "AB-1", "options": {"mode": "slow"}}, manager="one").ok()
    assert options(left) == {"mode": "slow", "free": {"y": 2}}


def test_survives_writes_through_a_version_without_it(probes: Resource, name: str) -> None:
    probes.create(name, {"serial": "AB-1", "options": {"mode": "slow", **UNKNOWN}})
    old = probes.at("v1beta1")
    read = old.get(name)
    assert "options" not in read["spec"]
    read["spec"]["level"] = 3
    old.put(read).ok()
    assert options(probes.get(name)) == {"mode": "slow", **UNKNOWN}
    old.apply(name, {"serial": "AB-1", "level": 2}, manager="old", force="true").ok()
    assert options(probes.get(name)) == {"mode": "slow", **UNKNOWN}


def test_fields_are_still_checked(probes: Resource, name: str) -> None:
    wrong = probes.object(name, {"serial": "AB-1", "options": {"mode": "far too slow", "free": 1}})
    probes.post(wrong).refused(422, "spec.options.mode")
    wrong["spec"]["options"] = {"mode": 1}
    probes.post(wrong).refused(400, "mode")
    wrong["spec"]["options"] = {"a": 1, "b": 2, "c": 3, "d": 4}
    probes.post(wrong).refused(422, "spec.options", "Too many")
