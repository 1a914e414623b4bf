"""Namespaces, owners and quota of the cluster hold for our objects as for its own."""

import json
import time

from apiclient import Resource
from controlplane import ControlPlane
from installation import Installation, wait
from objects import GROUP, SPEC, config_map, machine, owner, text
from servers import Kubectl


def gone(kubectl: Kubectl, *what: str) -> bool:
    done = kubectl.run("get", *what, "--ignore-not-found", "--output=name")
    assert done.returncode == 0, done.stderr
    return not done.stdout


def test_a_namespace_takes_its_objects_with_it(kubectl: Kubectl, machines: Resource, namespace: str) -> None:
    for name in ("one", "two"):
        machines.create(name, SPEC)
    machines.at("v1").client.request(
        "POST", f"/api/v1/namespaces/{namespace}/configmaps", config_map("native")
    ).ok()
    start = time.monotonic()
    kubectl("delete", "namespace", namespace, "--timeout=40s")
    assert time.monotonic() - start < 30
    assert gone(kubectl, "machines")


def test_an_empty_namespace_goes_too(plane: ControlPlane, fleet: Installation, namespace: str) -> None:
    plane.kubectl("delete", "namespace", namespace, "--timeout=40s")


def test_nothing_is_created_in_a_namespace_that_goes(
    kubectl: Kubectl, machines: Resource, namespace: str
) -> None:
    """A finalizer keeps the namespace; meanwhile it takes nothing new."""
    machines.post(machine("held", finalizers=["example.com/held"])).ok()
    kubectl("delete", "namespace", namespace, "--wait=false")
    wait(
        lambda: machines.client.get(machines.path("held")).ok()["metadata"].get("deletionTimestamp")
        is not None,
        "the deletion",
    )
    machines.post(machine("late")).refused(403, "because it is being terminated")
    machines.patch("held", {"metadata": {"finalizers": None}}).ok()
    kubectl("wait", "--for=delete", f"namespace/{namespace}", "--timeout=40s")


def test_nothing_is_created_in_a_namespace_that_is_not(plane: ControlPlane, fleet: Installation) -> None:
    nowhere = Resource(plane.admin, GROUP, "v1", "machines", "Machine", "nowhere")
    nowhere.post(machine("one")).refused(404, 'namespaces "nowhere" not found')


def test_our_objects_go_with_native_owners(kubectl: Kubectl, machines: Resource) -> None:
    kubectl("apply", "-f", "-", input=text(config_map("owner")))
    of = json.loads(kubectl("get", "configmap", "owner", "-o", "json"))
    machines.post(machine("owned", ownerReferences=[owner(of)])).ok()
    machines.post(machine("free")).ok()
    kubectl("delete", "configmap", "owner")
    wait(lambda: gone(kubectl, "machine", "owned"), "the collection", timeout=30)
    assert not gone(kubectl, "machine", "free")


def test_native_objects_go_with_our_owners(kubectl: Kubectl, machines: Resource) -> None:
    of = machines.post(machine("owner")).ok()
    kubectl("apply", "-f", "-", input=text(config_map("owned", ownerReferences=[owner(of)])))
    machines.delete("owner").ok()
    wait(lambda: gone(kubectl, "configmap", "owned"), "the collection", timeout=30)


def test_an_owner_that_waits_for_what_it_owns(kubectl: Kubectl, machines: Resource) -> None:
    of = machines.post(machine("owner")).ok()
    held = config_map("owned", ownerReferences=[owner(of, blockOwnerDeletion=True)])
    held["metadata"]["finalizers"] = ["example.com/held"]
    kubectl("apply", "-f", "-", input=text(held))
    machines.delete("owner", {"propagationPolicy": "Foreground"}).ok()
    wait(
        lambda: "deletionTimestamp" in kubectl("get", "configmap", "owned", "-o", "yaml"),
        "the deletion",
        timeout=30,
    )
    assert machines.get("owner")["metadata"]["finalizers"] == ["foregroundDeletion"]
    kubectl("patch", "configmap", "owned", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
    wait(lambda: gone(kubectl, "machine", "owner"), "the collection", timeout=30)


def test_a_quota_is_enforced(kubectl: Kubectl, machines: Resource) -> None:
    quota = f"count/machines.{GROUP}"
    kubectl("create", "quota", "few", f"--hard={quota}=2")
    wait(
        lambda: quota in kubectl("get", "quota", "few", "-o", "jsonpath={.status.hard}"),
        "the quota",
        timeout=30,
    )
    for name in ("one", "two"):
        wait(lambda name=name: machines.post(machine(name)).status in (201, 409), "room", timeout=30)
    machines.post(machine("three")).refused(403, "exceeded quota: few", "used", "limited")

    def used() -> str:
        return str(json.loads(kubectl("get", "quota", "few", "-o", "json"))["status"]["used"][quota])

    assert used() == "2"
    machines.delete("one").ok()
    wait(lambda: used() == "1", "the recount", timeout=30)
    machines.post(machine("three")).ok()
