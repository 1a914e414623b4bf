"""What apigen says of wrong specs, to the character: each folder in tests/errors is a case.

A case is a project and the whole expected stderr. `pytest tests/test_errors.py --update` rewrites the
expectations; read the difference as a newcomer would.
"""

import io
import shutil
from pathlib import Path

import pytest

from apigen.console import show_problems
from apigen.pipeline import generate
from apigen.problems import SpecError

CASES = sorted(p for p in (Path(__file__).parent / "errors").iterdir() if p.is_dir())


def snapshot(root: Path) -> dict[str, bytes]:
    """Return every file below `root`, by its path."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_error(case: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    project = tmp_path / "project"
    shutil.copytree(case, project)
    (project / "stderr.txt").unlink(missing_ok=True)
    before = snapshot(project)
    with pytest.raises(SpecError) as caught:
        generate(project)
    stream = io.StringIO()
    show_problems(caught.value.problems, stream)
    if request.config.getoption("--update"):
        (case / "stderr.txt").write_text(stream.getvalue(), encoding="utf-8")
    assert stream.getvalue() == (case / "stderr.txt").read_text(encoding="utf-8")
    assert caught.value.exit_code == 3
    assert snapshot(project) == before, "a refused spec must not touch the disk"


def test_there_are_cases() -> None:
    assert len(CASES) >= 50
