"""One server per sample and worker, a namespace per test."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from apiclient import Resource
from beside import Pair, separate_pair, shared_pair
from servers import BUILT, ROOT, Kubectl, Standalone, build, build_spec, short_folder

SAMPLES = ROOT / "samples"
Serve = Callable[[Path, Path], Standalone]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--behind"):
        alone = [item for item in items if item.get_closest_marker("alone")]
        config.hook.pytest_deselected(items=alone)
        items[:] = [item for item in items if item not in alone]


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


@pytest.fixture(scope="session")
def serve(request: pytest.FixtureRequest) -> Iterator[Serve]:
    """Run a server by itself, or install it in the one cluster of this worker if the tests are to go through that."""
    stops: list[Callable[[], object]] = []

    def alone(binary: Path, project: Path) -> Standalone:
        folder = short_folder()
        server = Standalone(binary, folder)
        stops.extend([lambda: shutil.rmtree(folder), server.stop])
        return server

    def behind(binary: Path, project: Path) -> Standalone:
        sys.path.insert(0, str(Path(__file__).parents[1] / "federation"))
        from behind import install

        server, stop = install(binary, project)
        stops.append(stop)
        return server

    yield behind if request.config.getoption("--behind") else alone
    for stop in reversed(stops):
        stop()


@pytest.fixture(scope="session")
def nginx(serve: Serve, nginx_binary: Path) -> Standalone:
    return serve(nginx_binary, SAMPLES / "nginx")


@pytest.fixture(scope="session")
def fleet(serve: Serve, fleet_binary: Path) -> Standalone:
    return serve(fleet_binary, SAMPLES / "fleet")


@pytest.fixture(scope="session")
def wardle(serve: Serve, wardle_binary: Path) -> Standalone:
    return serve(wardle_binary, SAMPLES / "wardle")


@pytest.fixture(scope="session")
def shared(wardle_binary: Path) -> Iterator[Pair]:
    yield from shared_pair(wardle_binary)


@pytest.fixture(scope="session")
def separate(wardle: Standalone) -> Iterator[Pair]:
    yield from separate_pair(wardle)


@pytest.fixture(scope="session")
def lenses(serve: Serve, lenses_binary: Path) -> Standalone:
    return serve(lenses_binary, BUILT / "lenses-project")


@pytest.fixture
def namespace(request: pytest.FixtureRequest) -> str:
    """A namespace that no other test uses. Servers by themselves need no object for it."""
    name = f"test-{uuid4().hex[:10]}"
    if request.config.getoption("--behind"):
        from behind import make_namespace

        make_namespace(name)
    return name


@pytest.fixture
def another_namespace(request: pytest.FixtureRequest, namespace: str) -> str:
    """A second one."""
    if request.config.getoption("--behind"):
        from behind import make_namespace

        make_namespace(f"{namespace}-other")
    return f"{namespace}-other"


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
