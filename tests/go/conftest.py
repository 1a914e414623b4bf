"""What the tests need that compile generated projects: Go, its tools, copies of the samples."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(p.parent.name for p in (ROOT / "samples").glob("*/apigen.yaml"))

Run = Callable[..., str]


def tool(name: str) -> str:
    """The path of a program of the tests' own, or of one on PATH; without it the test fails."""
    own = ROOT / ".cache" / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    assert found, f"{name} is missing: run scripts/setup"
    return found


@pytest.fixture
def run() -> Run:
    """Run a command in a folder; what it prints is returned, a failure shows all of it."""

    def call(folder: Path, *command: str, fails: bool = False) -> str:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    return call


@pytest.fixture
def sample(tmp_path: Path) -> Callable[[str], Path]:
    """Return a copy of a sample's project."""

    def copy(name: str) -> Path:
        ignored = shutil.ignore_patterns("bin", ".apigen")
        return Path(shutil.copytree(ROOT / "samples" / name, tmp_path / name, ignore=ignored))

    return copy
