"""kubectl cannot tell our wardle server from upstream's, but for a list of differences."""

import json
from typing import Any

import pytest
from beside import CASES, GROUP, OURS, SIDES, THEIRS, Case, Pair, parameters
from servers import PLURALS
from twins import AGE, DESCRIPTIONS, ENUM, GENERATION, METADATA, STORAGE_VERSION, WARNING, Twins

USED = (
    "v1alpha1-default",
    "v1alpha1-fischer",
    "v1alpha1-switch",
    "v1beta1-flunder",
    "v1beta1-fischer",
    "fischer",
)
EACH = pytest.mark.parametrize("case", parameters({name: CASES[name] for name in USED}))


@pytest.fixture
def twins(separate: Pair, namespace: str) -> Twins:
    return Twins(separate, namespace)


@pytest.fixture
def text(case: Case, name: str) -> str:
    """The object of a case, with a label that no other test uses."""
    return json.dumps(case.object(name, labels={"test": name}))


def changed(case: Case, name: str) -> str:
    """The object of a case with its change."""
    found = case.object(name, labels={"test": name})
    for part, change in case.change.items():
        new = found.get(part, {}) | change if isinstance(change, dict) else change
        found[part] = {k: v for k, v in new.items() if v is not None} if isinstance(new, dict) else new
    return json.dumps(found)


@EACH
def test_create(twins: Twins, case: Case, name: str, text: str) -> None:
    assert twins.ok("create", "--filename=-", input=text).endswith(f"/{name} created\n")
    assert "AlreadyExists" in twins.fails("create", "--filename=-", input=text)
    tried = json.dumps(case.object(f"{name}-dry"))
    twins.ok("create", "--filename=-", "--dry-run=server", "--output=yaml", input=tried, known=[GENERATION])
    assert "NotFound" in twins.fails("get", case.resource, f"{name}-dry")


@EACH
def test_get(twins: Twins, case: Case, name: str, text: str) -> None:
    twins.ok("create", "--filename=-", input=text)
    for version in case.versions:
        resource = f"{PLURALS[case.kind][1]}.{version}.{GROUP}"
        assert twins.object(resource, name)["apiVersion"] == f"{GROUP}/{version}"
        twins.ok("get", resource, name, "--output=yaml", known=[GENERATION])
        twins.ok("get", resource, name, "--output=json", known=[GENERATION])
        twins.ok("get", resource, name, known=[AGE])
        twins.ok("get", resource, name, "--output=wide", known=[AGE])
        twins.ok("get", resource, name, "--output=name")
        twins.ok("get", resource, name, "--output=jsonpath={.spec}{.disallowedFlunders}{.status}")
        twins.ok("describe", resource, name, known=[GENERATION])
        assert "NotFound" in twins.fails("get", resource, f"{name}-not")


@EACH
def test_list(twins: Twins, case: Case, name: str) -> None:
    selector = f"--selector=test={name}"
    assert "No resources found" in twins("get", case.resource, selector).err
    for index in range(3):
        made = case.object(f"{name}-{index}", labels={"test": name})
        twins.ok("create", "--filename=-", input=json.dumps(made))
    assert twins.ok("get", case.resource, selector, "--output=name").count("\n") == 3
    twins.ok("get", case.resource, selector, known=[AGE])
    twins.ok("get", case.resource, selector, "--chunk-size=1", known=[AGE])
    twins.ok("get", case.resource, selector, "--output=yaml", known=[GENERATION])
    by_name = f"--field-selector=metadata.name={name}-1"
    assert twins.ok("get", case.resource, by_name, "--output=name").count("\n") == 1
    assert "not a known field selector" in twins.fails(
        "get", case.resource, "--field-selector=spec.reference=x"
    )


@EACH
def test_patch(twins: Twins, case: Case, name: str, text: str) -> None:
    twins.ok("create", "--filename=-", input=text)
    merge, strategic = json.dumps(case.change), json.dumps({"metadata": {"labels": {"more": "yes"}}})
    steps = [
        {"op": "test", "path": "/metadata/labels/more", "value": "yes"},
        {"op": "remove", "path": "/metadata/labels"},
    ]
    twins.ok("patch", case.resource, name, "--type=merge", f"--patch={merge}")
    assert "(no change)" in twins.ok("patch", case.resource, name, "--type=merge", f"--patch={merge}")
    twins.ok("patch", case.resource, name, "--type=strategic", f"--patch={strategic}")
    twins.ok("patch", case.resource, name, "--type=json", f"--patch={json.dumps(steps)}")
    twins.fails("patch", case.resource, name, "--type=json", f"--patch={json.dumps(steps)}")
    for wrong in ({"nonsense": 1}, {"metadata": {"uid": "other"}}, {"metadata": {"name": "other"}}):
        twins("patch", case.resource, name, "--type=merge", f"--patch={json.dumps(wrong)}")
    twins.object(case.resource, name)


@EACH
def test_label_and_annotate(twins: Twins, case: Case, name: str, text: str) -> None:
    twins.ok("create", "--filename=-", input=text)
    twins.ok("label", case.resource, name, "app=a")
    twins.fails("label", case.resource, name, "app=b")
    twins.ok("annotate", case.resource, name, "example.com/note=a")
    twins.object(case.resource, name)


@EACH
def test_replace(twins: Twins, case: Case, name: str, text: str) -> None:
    assert "NotFound" in twins.fails("replace", "--filename=-", input=text)
    twins.ok("create", "--filename=-", input=text)
    twins.ok("replace", "--filename=-", input=changed(case, name))
    twins.ok("get", case.resource, name, "--output=yaml", known=[GENERATION])
    old = case.object(name, resourceVersion="1")
    assert "Conflict" in twins.fails("replace", "--filename=-", input=json.dumps(old))


@EACH
def test_apply(twins: Twins, case: Case, name: str, text: str) -> None:
    assert "created" in twins.ok("apply", "--filename=-", input=text)
    assert "unchanged" in twins.ok("apply", "--filename=-", input=text)
    told = twins("diff", "--filename=-", input=changed(case, name), known=[GENERATION])
    assert told.code == 1
    assert "configured" in twins.ok("apply", "--filename=-", input=changed(case, name))
    twins.object(case.resource, name)


@EACH
def test_apply_server_side(twins: Twins, case: Case, name: str, text: str) -> None:
    apply = ("apply", "--server-side", "--filename=-")
    twins.ok(*apply, input=text)
    twins.ok(*apply, input=text)
    assert "conflict" in twins.fails(*apply, "--field-manager=other", input=changed(case, name))
    twins.ok(*apply, "--field-manager=other", "--force-conflicts", input=changed(case, name))
    twins.ok(*apply, "--field-manager=other", input=changed(case, name))
    assert "conflict" in twins.fails(*apply, input=text)
    for version in case.versions:
        resource = f"{PLURALS[case.kind][1]}.{version}.{GROUP}"
        twins.object(resource, name)


@EACH
def test_delete(twins: Twins, case: Case, name: str, text: str) -> None:
    twins.ok("create", "--filename=-", input=text)
    twins.ok("delete", case.resource, name, "--dry-run=server")
    twins.ok("delete", case.resource, name)
    assert "NotFound" in twins.fails("delete", case.resource, name)
    twins.ok("delete", case.resource, name, "--ignore-not-found")
    twins.ok("create", "--filename=-", input=text)
    twins.ok("delete", case.resource, f"--selector=test={name}")
    assert "No resources found" in twins("get", case.resource, f"--selector=test={name}").err


@EACH
def test_what_is_no_field_is_refused(twins: Twins, case: Case, name: str) -> None:
    for body in (case.object(name) | {"nonsense": 1}, case.object(name, nonsense=1)):
        told = twins.fails("create", "--filename=-", input=json.dumps(body))
        assert "unknown field" in told
        twins.fails("create", "--filename=-", "--validate=false", input="{}")
    wrong = json.dumps(case.object(name) | {"spec": [], "disallowedFlunders": {}})
    twins.fails("create", "--filename=-", "--validate=false", input=wrong)


@EACH
def test_there_is_no_status_endpoint(twins: Twins, case: Case, name: str, text: str) -> None:
    twins.ok("create", "--filename=-", input=text)
    known = [WARNING] if case.version == "v1alpha1" else []
    assert "NotFound" in twins.fails("get", case.resource, name, "--subresource=status", known=known)


@pytest.mark.parametrize("wide", ["", "--output=wide"])
def test_api_resources(twins: Twins, wide: str) -> None:
    told = twins.ok("api-resources", *filter(None, [wide]))
    assert "flunders" in told and "fischers" in told


def test_api_versions(twins: Twins) -> None:
    assert twins.ok("api-versions") == f"{GROUP}/v1alpha1\n{GROUP}/v1beta1\n"


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_discovery(twins: Twins, version: str) -> None:
    twins.ok("get", "--raw=/apis")
    twins.ok("get", f"--raw=/apis/{GROUP}")
    twins.ok("get", f"--raw=/apis/{GROUP}/{version}", known=[STORAGE_VERSION])


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_explain_flunders(twins: Twins, version: str) -> None:
    at = f"--api-version={GROUP}/{version}"
    known = [DESCRIPTIONS] if version == "v1alpha1" else []
    twins.ok("explain", "flunders", at, known=[METADATA, *known])
    twins.ok("explain", "flunders.spec", at, known=[DESCRIPTIONS, ENUM])
    twins.ok("explain", "flunders", at, "--recursive", known=[ENUM, *known])
    twins.ok("explain", "flunders.metadata.ownerReferences", at)
    assert "does not exist" in twins.fails("explain", "flunders.spec.nonsense", at)


def test_explain_fischers(twins: Twins) -> None:
    twins.ok("explain", "fischers", known=[METADATA, DESCRIPTIONS])
    twins.ok("explain", "fischers.disallowedFlunders")
    twins.ok("explain", "fischers", "--recursive", known=[DESCRIPTIONS])


BOTH_REFUSE: dict[str, tuple[str, dict[str, Any]]] = {
    "type-without-reference": ("v1beta1", {"referenceType": "Flunder"}),
    "type-without-reference-alpha": ("v1alpha1", {"referenceType": "Fischer"}),
    "reference-without-type": ("v1beta1", {"flunderReference": "a"}),
    "wrong-type": ("v1beta1", {"flunderReference": "a", "referenceType": "Fischer"}),
    "two": ("v1beta1", {"flunderReference": "a", "fischerReference": "b", "referenceType": "Flunder"}),
    "unknown-type": ("v1beta1", {"referenceType": "Other"}),
    "unknown-type-reference": ("v1beta1", {"flunderReference": "a", "referenceType": "Other"}),
}


@pytest.mark.parametrize(("version", "spec"), BOTH_REFUSE.values(), ids=BOTH_REFUSE)
def test_both_refuse(separate: Pair, namespace: str, version: str, spec: dict[str, Any]) -> None:
    """The words are each server's own."""
    for side in SIDES:
        at = separate.resource(side, "Flunder", version, namespace)
        at.post(at.object("a", spec)).refused(422, "spec.")


WE_REFUSE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "unknown-type": ({"reference": "a", "referenceType": "Other"}, {}),
    "empty-type": ({"referenceType": ""}, {}),
    "name": ({}, {"name": "Bad_"}),
}


@pytest.mark.parametrize(("spec", "metadata"), WE_REFUSE.values(), ids=WE_REFUSE)
def test_ours_refuses_what_upstream_takes(
    separate: Pair, namespace: str, name: str, spec: dict[str, Any], metadata: dict[str, Any]
) -> None:
    """Upstream does not check names, and forgets a type that it does not know."""
    made = separate.resource(OURS, "Flunder", "v1alpha1", namespace)
    body = made.object(name, spec) | {"metadata": {"name": name} | metadata}
    made.post(body).refused(422)
    separate.resource(THEIRS, "Flunder", "v1alpha1", namespace).post(body).ok()


def test_ours_checks_updates_too(separate: Pair, namespace: str) -> None:
    """Upstream checks a flunder when it is made, and never again."""
    case = CASES["v1beta1-flunder"]
    for side in SIDES:
        at = separate.of(side, case, namespace)
        at.post(case.object("a")).ok()
        answer = at.patch("a", {"spec": {"flunderReference": None}})
        if side == OURS:
            answer.refused(
                422, "spec.flunderReference: Invalid value", "cannot be empty if referenceType is Flunder"
            )
        else:
            assert answer.ok()["spec"] == {"referenceType": "Flunder"}


def test_ours_takes_an_update_of_no_matter_what_was_there(separate: Pair, namespace: str) -> None:
    """As most kinds of Kubernetes do: a PUT without a resourceVersion replaces what is there. Upstream refuses it."""
    case = CASES["v1beta1-flunder"]
    for side in SIDES:
        at = separate.of(side, case, namespace)
        at.post(case.object("a")).ok()
        answer = at.put(case.object("a", labels={"b": "c"}))
        if side == OURS:
            assert answer.ok()["metadata"]["labels"] == {"b": "c"}
        else:
            answer.refused(422, "metadata.resourceVersion: Invalid value: 0: must be specified for an update")


def test_ours_does_not_offer_protobuf(separate: Pair, namespace: str) -> None:
    """Neither can encode its types so; upstream fails at it. A client that also takes JSON gets JSON of ours alone."""
    kinds = "application/vnd.kubernetes.protobuf,application/json"
    answers = []
    for side in SIDES:
        at = separate.resource(side, "Flunder", "v1beta1", namespace)
        at.create("a", {})
        answers.append(at.client.get(at.path("a"), Accept=kinds))
    ours, theirs = answers
    assert ours.ok()["metadata"]["name"] == "a"
    assert theirs.status == 406


def test_ours_tells_its_version(separate: Pair, namespace: str) -> None:
    """Upstream has none unless a build puts one in, and kubectl cannot read what it has instead."""
    ours, theirs = (separate.kubectl(side, namespace).run("version") for side in SIDES)
    assert ours.returncode == 0
    assert theirs.returncode == 1 and "could not parse" in theirs.stderr
