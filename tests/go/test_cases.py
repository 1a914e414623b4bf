"""What the cases make compiles and passes its own tests too."""

from pathlib import Path

import pytest
from conftest import ROOT, Run, tool

from apigen import pipeline

CASES = sorted(p.parent for p in (ROOT / "tests" / "cases").glob("*/apigen.yaml"))


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_case_builds_and_passes_its_tests(case: Path, tmp_path: Path, run: Run) -> None:
    for file in pipeline.rendered(case):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    assert run(tmp_path, tool("gofmt"), "-l", ".") == ""
    run(tmp_path, "go", "vet", "./...")
    assert run(tmp_path, tool("staticcheck"), "./...") == ""
    run(tmp_path, "go", "test", "-count=1", "./...")
