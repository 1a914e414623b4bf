"""Another version becomes the storage version: no rule is rewritten, and no client of any version notices.

The robots of the sample `fleet` have three versions in a chain, which differ by every rule there is.
"""

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apiclient import Object, Resource
from etcd import Etcd
from projects import Project
from servers import Standalone, short_folder

VERSIONS = ("v1alpha1", "v1beta1", "v1")
ROBOTS = "/registry/fleet/fleet.example.com/robots/"

ALPHA: Object = {
    "name": "alpha", "enabled": False, "mode": "idle", "timeout": "1500ms", "memory": "1500m", "cells": 3,
    "sponsor": "acme", "stops": ["b", "a"], "arm": {"tool": "saw"}, "settings": {"z": "1", "a": "2"},
    "sensors": {"z": {"range": 1}, "a": {}}, "skills": "dig , weld", "weight": "1.50", "program": '{ "loop": true }',
    "notes": "# a comment\nx: 1\n", "targetKind": "Shelf", "target": "s1", "schedule": "7:30", "serial": "0815",
    "waits": ["90s", "1500ms"], "legs": [{"length": 1, "below": [{"length": 2}]}], "color": "red",
    "battery": {"level": 3}, "priority": 0,
}  # fmt: skip
BETA: Object = {
    "title": "beta", "paused": True, "speed": "Turbo", "timeoutSeconds": 7, "memoryBytes": 0, "cells": 2**40,
    "sponsorRef": {"namespace": "n"}, "route": [{"stop": "b", "minutes": 5}, {"stop": "a"}],
    "arms": [{"tool": "saw"}, {"reach": 4}], "settings": [{"name": "z", "comment": "c"}, {"name": "a", "value": ""}],
    "sensors": [{"id": "z", "range": 9}, {"id": "a"}], "skills": ["a,b", ""], "weight": 2.5, "program": {},
    "notes": {"a": [1, None]}, "person": "p", "schedule": {"hour": 7}, "restSeconds": [],
    "legs": [{"below": [{"length": 2}, {}]}], "battery": {}, "priority": 9,
}  # fmt: skip
NEW: Object = {
    "priority": 1, "title": "new", "speed": "Eco", "timeoutMillis": 1999, "owner": {"team": "t"}, "sponsorRef": {},
    "route": [{"stop": "b", "gate": "g"}], "arms": [], "skills": [], "dock": "d", "shelf": "s",
    "legs": [{"millimetres": 3, "joint": "j", "below": [{"joint": "k"}]}], "power": {"source": "sun", "battery": {}},
    "selector": {"matchLabels": {"a": "b"}},
    "template": {"spec": {"containers": [{"name": "c", "image": "i", "ports": [{"containerPort": 1}]}]}},
}  # fmt: skip


def moved(version: str, folder: Path) -> Path:
    project = Project("fleet", folder)
    path = "resources/robot.yaml"
    project.replace(path, "  - name: v1\n    storage: true\n", "  - name: v1\n")
    project.replace(path, f"  - name: {version}\n", f"  - name: {version}\n    storage: true\n")
    project.generate()
    return project.build()


@pytest.fixture(scope="module")
def binaries(fleet_binary: Path) -> Iterator[dict[str, Path]]:
    folder = short_folder()
    made = {v: moved(v, folder / v) for v in VERSIONS[:2]}
    yield {**made, "v1": fleet_binary}
    shutil.rmtree(folder)


def robots(server: Standalone, version: str) -> Resource:
    return Resource(server.admin(), "fleet.example.com", version, "robots", "Robot", "default")


def shown(server: Standalone) -> dict[str, list[Object]]:
    """All robots in all versions; what is kept for others is part of what a version shows."""
    found = {v: robots(server, v).collection()["items"] for v in VERSIONS}
    for robot in itertools.chain(*found.values()):
        del robot["metadata"]["resourceVersion"]
    return found


def make(server: Standalone) -> None:
    for version, name, spec in (("v1alpha1", "alpha", ALPHA), ("v1beta1", "beta", BETA), ("v1", "new", NEW)):
        robots(server, version).create(name, spec=spec)
    robots(server, "v1").apply(
        "new", {"owner": {"team": "x"}, "power": {"source": "wind"}}, force="true"
    ).ok()
    robots(server, "v1alpha1").apply("beta", {"serial": "1", "mode": "fast"}, force="true").ok()


@pytest.mark.parametrize("version", VERSIONS[:2])
def test_every_version_shows_the_same_whatever_is_stored(
    binaries: dict[str, Path], start: Callable[..., Standalone], version: str
) -> None:
    server = start(binaries["v1"])
    make(server)
    before = shown(server)
    server.stop()
    other = start(binaries[version])
    after = shown(other)
    assert after == before
    command = [
        str(binaries[version]),
        "migrate",
        f"--kubeconfig={other.kubeconfig}",
        "--kinds=robots.fleet.example.com",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert {stored.version for stored in Etcd(other.data).stored(ROBOTS).values()} == {version}
    assert shown(other) == before
    other.stop()
    assert shown(start(binaries["v1"])) == before
