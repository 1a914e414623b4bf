"""One server per sample and worker, a namespace per test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from apiclient import Resource
from beside import Pair, separate_pair, shared_pair
from servers import Kubectl, Standalone, build, build_spec, short_folder


@pytest.fixture(scope="session")
def nginx_binary() -> Path:
    return build("nginx")


@pytest.fixture(scope="session")
def fleet_binary() -> Path:
    return build("fleet")


@pytest.fixture(scope="session")
def wardle_binary() -> Path:
    return build("wardle")


@pytest.fixture(scope="session")
def lenses_binary() -> Path:
    return build_spec("lenses")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = short_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Standalone]]:
    """Start a server of one's own: binary, flags. The same name means the same data."""
    started = []

    def run(binary: Path, *flags: str, name: str = "server", fsync: bool = False) -> Standalone:
        started.append(Standalone(binary, folder / name, *flags, fsync=fsync))
        return started[-1]

    yield run
    for server in reversed(started):
        server.stop()


def serve(binary: Path) -> Iterator[Standalone]:
    folder = short_folder()
    server = Standalone(binary, folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def nginx(nginx_binary: Path) -> Iterator[Standalone]:
    yield from serve(nginx_binary)


@pytest.fixture(scope="session")
def fleet(fleet_binary: Path) -> Iterator[Standalone]:
    yield from serve(fleet_binary)


@pytest.fixture(scope="session")
def wardle(wardle_binary: Path) -> Iterator[Standalone]:
    yield from serve(wardle_binary)


@pytest.fixture(scope="session")
def shared(wardle_binary: Path) -> Iterator[Pair]:
    yield from shared_pair(wardle_binary)


@pytest.fixture(scope="session")
def separate(wardle: Standalone) -> Iterator[Pair]:
    yield from separate_pair(wardle)


@pytest.fixture(scope="session")
def lenses(lenses_binary: Path) -> Iterator[Standalone]:
    yield from serve(lenses_binary)


@pytest.fixture
def namespace() -> str:
    """A namespace that no other test uses. Standalone servers need no object for it."""
    return f"test-{uuid4().hex[:10]}"


@pytest.fixture
def name() -> str:
    """A name for an object of a kind without namespaces."""
    return f"test-{uuid4().hex[:10]}"


@pytest.fixture
def upstreams(nginx: Standalone, namespace: str) -> Resource:
    return nginx.resource("Upstream", "v1", namespace)


@pytest.fixture
def machines(fleet: Standalone, namespace: str) -> Resource:
    return fleet.resource("Machine", "v1", namespace)


@pytest.fixture
def policies(fleet: Standalone, namespace: str) -> Resource:
    return fleet.resource("Policy", "v1", namespace)


@pytest.fixture
def profiles(fleet: Standalone) -> Resource:
    return fleet.resource("Profile", "v1")


@pytest.fixture
def flunders(wardle: Standalone, namespace: str) -> Resource:
    return wardle.resource("Flunder", "v1beta1", namespace)


@pytest.fixture
def fleet_kubectl(fleet: Standalone, namespace: str) -> Kubectl:
    return fleet.kubectl(namespace)


@pytest.fixture
def nginx_kubectl(nginx: Standalone, namespace: str) -> Kubectl:
    return nginx.kubectl(namespace)
