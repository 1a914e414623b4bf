"""One store for the sample server of upstream and ours: what one writes the other reads, byte for byte."""

import json
from typing import Any

import pytest
from apiclient import Answer, Object
from beside import CASES, GROUP, OURS, PREFIX, SIDES, THEIRS, Case, Pair, parameters, without
from servers import PLURALS

STORED = {
    (OURS, "Flunder"): "v1beta1",
    (THEIRS, "Flunder"): "v1alpha1",
    (OURS, "Fischer"): "v1alpha1",
    (THEIRS, "Fischer"): "v1alpha1",
}
METADATA: Object = {
    "labels": {"app": "test"},
    "annotations": {"example.com/a": '<&> "quöted"', "empty": ""},
    "finalizers": ["example.com/hold"],
    "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": True}],
}


def other(side: str) -> str:
    return THEIRS if side == OURS else OURS


def key(case: Case, namespace: str, name: str) -> str:
    places = [PREFIX, GROUP, PLURALS[case.kind][1], *([namespace] if case.kind == "Flunder" else []), name]
    return "/".join(places)


def body(pair: Pair, side: str, case: Case, namespace: str, name: str, version: str) -> bytes:
    at = pair.of(side, case, namespace).at(version)
    answer = at.client.get(at.path(name))
    answer.ok()
    return answer.body


def create(pair: Pair, side: str, case: Case, namespace: str, name: str, **metadata: Any) -> Object:
    made: Object = pair.of(side, case, namespace).post(case.object(name, **metadata)).ok()
    return made


def delete(pair: Pair, side: str, case: Case, namespace: str, name: str) -> None:
    at = pair.of(side, case, namespace)
    at.patch(name, {"metadata": {"finalizers": None}}).ok()
    at.delete(name).ok()


def message(answer: Answer) -> str:
    """What a server says about a refusal; empty if there is none."""
    said: str = answer.json.get("message", "")
    return said


@pytest.fixture(params=SIDES)
def writer(request: pytest.FixtureRequest) -> str:
    side: str = request.param
    return side


@pytest.mark.parametrize("case", parameters(CASES))
def test_both_show_the_same_bytes_of_what_either_stored(
    shared: Pair, writer: str, case: Case, namespace: str, name: str
) -> None:
    made = create(shared, writer, case, namespace, name)
    for version in case.versions:
        answers = [body(shared, side, case, namespace, name, version) for side in SIDES]
        assert answers[0] == answers[1]
        if version == case.version:
            assert json.loads(answers[0]) == made


@pytest.mark.parametrize("case", parameters(CASES))
def test_what_is_stored_is_what_the_other_would_send(
    shared: Pair, writer: str, case: Case, namespace: str, name: str
) -> None:
    """The bytes in etcd are the other's encoding in that version, but for the resourceVersion, which is not stored."""
    create(shared, writer, case, namespace, name, **METADATA)
    stored = shared.etcd.range(key(case, namespace, name))
    assert list(stored) == [key(case, namespace, name)]
    sent = body(shared, other(writer), case, namespace, name, STORED[writer, case.kind])
    assert stored[key(case, namespace, name)].decode() == without(sent.decode(), "resourceVersion")
    delete(shared, writer, case, namespace, name)


@pytest.mark.parametrize("case", parameters(CASES))
def test_either_changes_what_the_other_stored(
    shared: Pair, writer: str, case: Case, namespace: str, name: str
) -> None:
    old = create(shared, writer, case, namespace, name)
    changer = shared.of(other(writer), case, namespace)
    changed = changer.patch(name, case.change).ok()
    at = shared.of(writer, case, namespace)
    assert at.get(name) == changed
    at.put(old).refused(409)
    assert at.put(changed | case.body).ok() == changer.get(name)
    for version in case.versions:
        answers = {body(shared, side, case, namespace, name, version) for side in SIDES}
        assert len(answers) == 1


@pytest.mark.parametrize("case", parameters(CASES))
def test_writing_back_what_the_other_stored_changes_nothing(
    shared: Pair, writer: str, case: Case, namespace: str, name: str
) -> None:
    """Read by the other and put as it was, in any version: what is stored may change its version, and nothing else."""
    made = create(shared, writer, case, namespace, name, **METADATA)
    for version in case.versions:
        at = shared.of(other(writer), case, namespace).at(version)
        at.put(at.get(name)).ok()
        again = shared.of(writer, case, namespace).get(name)
        again["metadata"]["resourceVersion"] = made["metadata"]["resourceVersion"]
        assert again == made
    delete(shared, writer, case, namespace, name)


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_manager_owns_the_same_at_both(shared: Pair, case: Case, namespace: str, name: str) -> None:
    """Applied through one, then through the other: no conflict, no new owner. What is stored may change its version."""
    query = {"fieldManager": "tester"}
    first = shared.of(OURS, case, namespace).patch(name, case.object(name), "apply", **query).ok()
    for side in (THEIRS, OURS, THEIRS):
        again = shared.of(side, case, namespace).patch(name, case.object(name), "apply", **query).ok()
        again["metadata"]["resourceVersion"] = first["metadata"]["resourceVersion"]
        assert again == first
    another = case.object(name) | case.change
    query = {"fieldManager": "another", "dryRun": "All"}
    ours, theirs = (shared.of(side, case, namespace).patch(name, another, "apply", **query) for side in SIDES)
    assert (ours.status, message(ours)) == (theirs.status, message(theirs))


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_watch_sees_what_the_other_does(
    shared: Pair, writer: str, case: Case, namespace: str, name: str
) -> None:
    at = shared.of(other(writer), case, namespace)
    selector = {"fieldSelector": f"metadata.name={name}"}
    with at.watch(**selector) as watch:
        made = create(shared, writer, case, namespace, name)
        assert watch.next("ADDED") == made
        changed = shared.of(writer, case, namespace).patch(name, case.change).ok()
        assert watch.next("MODIFIED") == changed
        shared.of(writer, case, namespace).delete(name).ok()
        assert watch.next("DELETED")["metadata"]["uid"] == made["metadata"]["uid"]


def test_lists_hold_what_both_stored(shared: Pair, namespace: str) -> None:
    flunders = {name: case for name, case in CASES.items() if case.kind == "Flunder"}
    for side in SIDES:
        for name, case in flunders.items():
            create(shared, side, case, namespace, f"{side}-{name}")
    for version in ("v1alpha1", "v1beta1"):
        ours, theirs = (shared.resource(side, "Flunder", version, namespace).collection() for side in SIDES)
        assert len(ours["items"]) == 2 * len(flunders)
        assert ours["items"] == theirs["items"]


def test_either_ends_what_the_other_holds(shared: Pair, writer: str, namespace: str, name: str) -> None:
    case = CASES["v1beta1-flunder"]
    made = create(shared, writer, case, namespace, name, finalizers=["example.com/hold"])
    ending = shared.of(other(writer), case, namespace)
    ending.delete(name, {"preconditions": {"uid": made["metadata"]["uid"]}}).ok()
    waiting = shared.of(writer, case, namespace)
    assert waiting.get(name)["metadata"]["deletionTimestamp"]
    waiting.patch(name, {"metadata": {"finalizers": None}}).ok()
    ending.client.get(ending.path(name)).refused(404)
    assert shared.etcd.range(key(case, namespace, name)) == {}


def test_every_key_is_below_the_prefix_of_upstream(shared: Pair, namespace: str, name: str) -> None:
    """So either server may be replaced by the other: ours needs --etcd-prefix, and nothing else."""
    for side in SIDES:
        create(shared, side, CASES["v1beta1-flunder"], namespace, f"{name}-{side}")
        create(shared, side, CASES["fischer"], namespace, f"{name}-{side}")
    found = shared.etcd.range(f"{PREFIX}/")
    for side in SIDES:
        assert f"{PREFIX}/{GROUP}/flunders/{namespace}/{name}-{side}" in found
        assert f"{PREFIX}/{GROUP}/fischers/{name}-{side}" in found
    assert {value[:1] for value in found.values()} == {b"{"}, "all is JSON"
