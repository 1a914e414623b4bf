"""The subresources: what each may write, and what counts as a new generation."""

from apiclient import Object, Resource
from servers import managers, owned

SPEC = {"role": "worker"}


def generation(obj: Object) -> int:
    found: int = obj["metadata"]["generation"]
    return found


def test_create_ignores_the_status(machines: Resource) -> None:
    made = machines.post(machines.object("m", SPEC) | {"status": {"replicas": 3}}).ok()
    assert made.get("status", {}) == {}


def test_main_endpoint_keeps_the_status(machines: Resource) -> None:
    made = machines.create("m", SPEC)
    machines.patch("m", {"status": {"replicas": 3}}, sub="status").ok()
    made["status"] = {"replicas": 9}
    del made["metadata"]["resourceVersion"]
    assert machines.put(made).ok()["status"] == {"replicas": 3}
    assert machines.patch("m", {"status": {"replicas": 9}}).ok()["status"] == {"replicas": 3}


def test_status_endpoint_writes_the_status_alone(machines: Resource) -> None:
    made = machines.create("m", SPEC, labels={"a": "b"})
    made["spec"]["replicas"] = 7
    made["metadata"]["labels"] = {"c": "d"}
    made["status"] = {"replicas": 3, "conditions": []}
    found = machines.put(made, sub="status").ok()
    assert found["status"] == {"replicas": 3, "conditions": []}
    assert found["spec"]["replicas"] == 1
    assert found["metadata"]["labels"] == {"a": "b"}


def test_status_endpoint_shows_the_object(machines: Resource) -> None:
    made = machines.create("m", SPEC)
    assert machines.get("m", "status") == made


def test_status_of_what_is_not_there(machines: Resource) -> None:
    machines.put(machines.object("m", SPEC), sub="status").refused(404)
    machines.patch("m", machines.object("m"), "apply", sub="status", fieldManager="x").refused(404)


def test_status_is_validated(machines: Resource) -> None:
    machines.create("m", SPEC)
    twice = {
        "type": "Ready",
        "status": "True",
        "reason": "R",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    answer = machines.patch("m", {"status": {"conditions": [twice, twice]}}, sub="status")
    answer.refused(422, "status.conditions[1]: Duplicate value")


def test_status_through_the_old_version(machines: Resource) -> None:
    machines.create("m", SPEC)
    machines.at("v1alpha1").patch("m", {"status": {"replicas": 2}}, sub="status").ok()
    assert machines.get("m")["status"] == {"replicas": 2}


def test_spec_change_is_a_new_generation(machines: Resource) -> None:
    assert generation(machines.create("m", SPEC)) == 1
    assert generation(machines.patch("m", {"spec": {"replicas": 2}}).ok()) == 2
    assert generation(machines.patch("m", {"spec": {"replicas": 2}}).ok()) == 2


def test_label_and_status_change_are_not(machines: Resource) -> None:
    machines.create("m", SPEC)
    assert generation(machines.patch("m", {"metadata": {"labels": {"a": "b"}}}).ok()) == 1
    assert generation(machines.patch("m", {"status": {"replicas": 2}}, sub="status").ok()) == 1


def test_generation_cannot_be_set(machines: Resource) -> None:
    assert generation(machines.create("m", SPEC, generation=7)) == 1
    assert generation(machines.patch("m", {"metadata": {"generation": 9}}).ok()) == 1


def test_scale_shows_the_fields_that_the_spec_names(machines: Resource) -> None:
    made = machines.create("m", {**SPEC, "replicas": 4})
    machines.patch("m", {"status": {"replicas": 3, "selector": "app=web"}}, sub="status").ok()
    scale = machines.get("m", "scale")
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert scale["spec"] == {"replicas": 4}
    assert scale["status"] == {"replicas": 3, "selector": "app=web"}
    assert scale["metadata"]["uid"] == made["metadata"]["uid"]


def test_put_of_a_scale(machines: Resource) -> None:
    made = machines.create("m", SPEC)
    scale = machines.get("m", "scale")
    scale["spec"]["replicas"] = 5
    assert machines.put(scale, sub="scale").ok()["spec"] == {"replicas": 5}
    found = machines.get("m")
    assert found["spec"] == made["spec"] | {"replicas": 5}
    assert generation(found) == 2


def test_put_of_an_old_scale_conflicts(machines: Resource) -> None:
    machines.create("m", SPEC)
    scale = machines.get("m", "scale")
    machines.patch("m", {"spec": {"replicas": 2}}).ok()
    machines.put(scale, sub="scale").refused(409)


def test_scale_below_zero(machines: Resource) -> None:
    machines.create("m", SPEC)
    answer = machines.patch("m", {"spec": {"replicas": -1}}, sub="scale")
    answer.refused(422, "spec.replicas", "must be greater than or equal to 0")


def test_scale_of_what_is_not_there(machines: Resource) -> None:
    machines.patch("m", {"spec": {"replicas": 1}}, sub="scale").refused(404)


def test_scale_through_the_old_version(machines: Resource) -> None:
    machines.create("m", SPEC)
    machines.at("v1alpha1").patch("m", {"spec": {"replicas": 3}}, sub="scale").ok()
    assert machines.get("m")["spec"]["replicas"] == 3


def test_a_version_without_scale_has_none(machines: Resource) -> None:
    machines.create("m", SPEC)
    beta = machines.at("v1beta1")
    beta.client.get(beta.path("m", "scale")).refused(404)


def test_scale_owns_the_replicas(machines: Resource) -> None:
    """Who scales takes the field over: an apply of the old value then conflicts."""
    machines.apply("m", {**SPEC, "replicas": 1}, "alice").ok()
    machines.patch("m", {"spec": {"replicas": 5}}, sub="scale", fieldManager="scaler").ok()
    entries = managers(machines.get("m"))
    assert owned(entries["scaler Update scale"]) == {"spec.replicas"}
    assert owned(entries["alice Apply"]) == {"spec.role"}
    machines.apply("m", {**SPEC, "replicas": 1}, "alice").refused(
        409, 'conflict with "scaler"', ".spec.replicas"
    )


def test_apply_of_a_scale(machines: Resource) -> None:
    machines.create("m", SPEC)
    body = {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {"name": "m"},
        "spec": {"replicas": 6},
    }
    machines.patch("m", body, "apply", sub="scale", fieldManager="scaler", force="true").ok()
    found = machines.get("m")
    assert found["spec"]["replicas"] == 6
    assert owned(managers(found)["scaler Apply scale"]) == {"spec.replicas"}


def test_status_without_a_subresource_is_written_as_any_field(policies: Resource) -> None:
    spec = {"action": "drain", "subject": {"kind": "Machine"}}
    made = policies.post(policies.object("p", spec) | {"status": {"phase": "New"}}).ok()
    assert made["status"] == {"phase": "New"}
    assert policies.patch("p", {"status": {"phase": "Done"}}).ok()["status"] == {"phase": "Done"}
    policies.client.get(policies.path("p", "status")).refused(404)


def test_a_status_write_cannot_spoil_the_metadata(machines: Resource) -> None:
    """What it may write of it is checked as on the main endpoint, which would refuse the object ever after."""
    machines.create("m", {"role": "worker"})
    bad = {"metadata": {"finalizers": ["unqualified"]}}
    machines.patch("m", bad, sub="status").refused(422, "metadata.finalizers[0]")
    machines.patch("m", {"metadata": {"labels": {"a": "b"}}}).ok()


def test_conditions_are_checked_as_kubernetes_checks_them(machines: Resource) -> None:
    machines.create("m", {"role": "worker"})
    status = {"conditions": [{"type": "Ready", "status": "Maybe", "message": "", "reason": ""}]}
    refused = machines.patch("m", {"status": status}, sub="status")
    refused.refused(422, "status.conditions[0].status", "status.conditions[0].lastTransitionTime")
