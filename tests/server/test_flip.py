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
from robots import SPECS, VERSIONS
from servers import Standalone, short_folder

ROBOTS = "/registry/fleet/fleet.example.com/robots/"


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
    for version, name in zip(VERSIONS, ("alpha", "beta", "new"), strict=True):
        robots(server, version).create(name, spec=SPECS[version])
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
