"""Options of the tests."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# A script in the background has SIGINT ignored, and so would have all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# As the image is built: a server runs where there is nothing but its binary.
os.environ["CGO_ENABLED"] = "0"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected messages of tests/errors")
    parser.addoption("--behind", action="store_true", help="reach servers through a real kube-apiserver")


@pytest.fixture
def fast(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, if there is one: what counts is which calls are made, not how long a disk takes."""
    memory = Path("/dev/shm")  # noqa: S108
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)
