"""Where the sample server of upstream takes a request and forgets a part of it, ours keeps that or says no."""

from dataclasses import dataclass
from typing import Any

import pytest
from apiclient import Answer, Object, Resource
from beside import OURS, SIDES, THEIRS, Pair


@dataclass(frozen=True)
class Loss:
    """An object, a change that upstream grants, and the field that is then gone."""

    reason: str
    kind: str
    version: str
    body: Object | None
    """What is there before; None: the change makes the object."""
    change: Object
    lost: str


def flunder(reason: str, version: str, before: Object | None, change: Object, lost: str) -> Loss:
    body = None if before is None else {"spec": before}
    return Loss(reason, "Flunder", version, body, {"spec": change}, f"spec.{lost}")


TYPED = {"flunderReference": "a", "referenceType": "Flunder"}
UNCHECKED = "updates are not validated, and what is stored has one reference, which the type chooses"
UNKNOWN = "the conversion ignores an unknown type, and the reference with it"
EMPTY = "empty and absent are one"
LOSSES = {
    "no-type": flunder(UNCHECKED, "v1beta1", TYPED, {"referenceType": None}, "flunderReference"),
    "no-type-more": flunder(
        UNCHECKED, "v1beta1", TYPED, {"flunderReference": "b", "referenceType": None}, "flunderReference"
    ),
    "other-type": flunder(UNCHECKED, "v1beta1", TYPED, {"referenceType": "Fischer"}, "flunderReference"),
    "first-reference": flunder(UNCHECKED, "v1beta1", {}, {"flunderReference": "a"}, "flunderReference"),
    "two": flunder(UNCHECKED, "v1beta1", TYPED, {"fischerReference": "b"}, "fischerReference"),
    "not-of-the-type": flunder(
        UNCHECKED,
        "v1beta1",
        TYPED,
        {"flunderReference": None, "fischerReference": "b"},
        "fischerReference",
    ),
    "unknown-type": flunder(UNKNOWN, "v1beta1", TYPED, {"referenceType": "Other"}, "referenceType"),
    "unknown-type-alpha": flunder(
        UNKNOWN, "v1alpha1", {"reference": "a"}, {"referenceType": "Other"}, "reference"
    ),
    "made-with-unknown-type": flunder(
        UNKNOWN, "v1alpha1", None, {"reference": "a", "referenceType": "Other"}, "reference"
    ),
    "empty-text": flunder(EMPTY, "v1beta1", None, {"flunderReference": ""}, "flunderReference"),
    "empty-text-alpha": flunder(EMPTY, "v1alpha1", None, {"reference": ""}, "reference"),
    "empty-list": Loss(EMPTY, "Fischer", "v1alpha1", None, {"disallowedFlunders": []}, "disallowedFlunders"),
    "emptied-list": Loss(
        EMPTY,
        "Fischer",
        "v1alpha1",
        {"disallowedFlunders": ["a"]},
        {"disallowedFlunders": []},
        "disallowedFlunders",
    ),
}


def send(at: Resource, name: str, loss: Loss) -> Answer:
    if loss.body is None:
        return at.post(at.object(name) | loss.change)
    at.post(at.object(name) | loss.body).ok()
    return at.patch(name, loss.change)


def value(obj: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    for name in path.split("."):
        obj = obj.get(name) if isinstance(obj, dict) else None
    return obj


@pytest.mark.parametrize(
    "loss",
    [pytest.param(loss, id=name) for name, loss in LOSSES.items()],
)
def test_what_upstream_loses(separate: Pair, namespace: str, name: str, loss: Loss) -> None:
    changed = value(loss.change, loss.lost)
    expected = value(loss.body, loss.lost) if changed is None else changed
    theirs = separate.resource(THEIRS, loss.kind, loss.version, namespace)
    send(theirs, name, loss).ok()
    assert value(theirs.get(name), loss.lost) is None
    ours = separate.resource(OURS, loss.kind, loss.version, namespace)
    answer = send(ours, name, loss)
    if answer.status == 422:
        return
    answer.ok()
    assert value(ours.get(name), loss.lost) == expected


def test_what_upstream_loses_of_two_managers(separate: Pair, namespace: str) -> None:
    """One applies a reference to a fischer, another one to a flunder: now there are two. Upstream drops the first."""
    spec = {"fischerReference": "a", "referenceType": "Fischer"}
    ours, theirs = (separate.resource(side, "Flunder", "v1beta1", namespace) for side in SIDES)
    for at in (ours, theirs):
        at.apply("f", spec, "first").ok()
    theirs.apply("f", TYPED, "second", force="true").ok()
    assert theirs.get("f")["spec"] == TYPED
    answer = ours.apply("f", TYPED, "second", force="true")
    assert answer.status in (200, 422)
    assert ours.get("f")["spec"] == (spec if answer.status == 422 else spec | TYPED)
