"""One cluster with one installation for all tests of a worker, and a namespace for each test."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "server"))

from apiclient import Resource
from controlplane import ControlPlane, cluster
from installation import Installation
from objects import GROUP
from servers import ROOT, Kubectl, build


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def fleet(plane: ControlPlane) -> Iterator[Installation]:
    installed = Installation(plane, ROOT / "samples" / "fleet", build("fleet"))
    yield installed
    installed.stop()


@pytest.fixture
def namespace(plane: ControlPlane) -> str:
    """A namespace that no other test uses."""
    name = f"test-{uuid4().hex[:10]}"
    plane.kubectl("create", "namespace", name)
    return name


@pytest.fixture
def kubectl(plane: ControlPlane, fleet: Installation, namespace: str) -> Kubectl:
    """kubectl of the administrator in a namespace of one's own."""
    return plane.kubectl_of("admin", "system:masters", namespace=namespace)


@pytest.fixture
def machines(plane: ControlPlane, fleet: Installation, namespace: str) -> Resource:
    return Resource(plane.admin, GROUP, "v1", "machines", "Machine", namespace)


@pytest.fixture
def nginx(plane: ControlPlane) -> Iterator[Installation]:
    """A second server in the same cluster, to be taken away."""
    installed = Installation(plane, ROOT / "samples" / "nginx", build("nginx"))
    yield installed
    installed.remove()
