"""A spec changes; the objects that were stored stay, in the new shape."""

from collections.abc import Callable
from pathlib import Path

from projects import Project
from servers import Standalone

MACHINE = "resources/machine.yaml"


def test_the_storage_version_changes(folder: Path, start: Callable[..., Standalone], namespace: str) -> None:
    project = Project("fleet", folder)
    spec = {"role": "worker", "resources": {"cpus": 4, "disks": [{"device": "/dev/sda"}]}, "tags": {}}
    server = start(project.build(), name="one")
    before = server.resource("Machine", "v1", namespace).create("old", spec)
    assert server.stop() == 0

    project.replace(MACHINE, "  - name: v1\n    storage: true\n", "  - name: v1\n")
    project.replace(MACHINE, "  - name: v1beta1\n", "  - name: v1beta1\n    storage: true\n")
    project.generate()
    server = start(project.build(), name="one")
    v1 = server.resource("Machine", "v1", namespace)
    assert v1.get("old") == before
    v1.create("new", spec)
    listed = {o["metadata"]["name"]: o["spec"] for o in v1.collection()["items"]}
    assert listed == {"old": before["spec"], "new": before["spec"]}
    old = server.resource("Machine", "v1alpha1", namespace).get("new")["spec"]
    assert (old["cpus"], old["disks"][0]["path"], old["labels"]) == (4, "/dev/sda", {})


def test_a_field_is_renamed_in_a_new_version(
    folder: Path, start: Callable[..., Standalone], namespace: str
) -> None:
    project = Project("testobj", folder)
    server = start(project.build(), name="one")
    path = f"/apis/test.example.com/v1/namespaces/{namespace}/testobjs"
    body = {
        "apiVersion": "test.example.com/v1",
        "kind": "TestObj",
        "metadata": {"name": "a"},
        "spec": {"number": 7},
    }
    server.client.request("POST", path, body).ok()
    assert server.stop() == 0

    project.replace("resources/testobj.yaml", "  - name: v1\n    storage: true\n", "  - name: v1\n")
    with (project.root / "resources/testobj.yaml").open("a") as file:
        file.write(
            "  - name: v2\n    storage: true\n    fields:\n      spec:\n        fields:\n          count: int32\n"
            "conversions: [{from: v1, to: v2, rules: [{from: spec.number, to: spec.count}]}]\n"
        )
    project.generate()
    server = start(project.build(), name="one")
    assert server.client.get(path.replace("v1", "v2", 1) + "/a").ok()["spec"] == {"count": 7}
    assert server.client.get(path + "/a").ok()["spec"] == {"number": 7}
