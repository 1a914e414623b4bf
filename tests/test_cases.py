"""A case is a folder: a spec, and below expected/ those of its files that show what it is about.

`--update` rewrites the files that are there. To make a case show another file, create it empty and update.
"""

from pathlib import Path

import pytest

from apigen import pipeline

CASES = sorted(p.parent for p in (Path(__file__).parent / "cases").glob("*/apigen.yaml"))


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_case(case: Path, request: pytest.FixtureRequest) -> None:
    rendered = {f.path: f.text for f in pipeline.rendered(case)}
    expected = {
        p.relative_to(case / "expected").as_posix(): p for p in (case / "expected").rglob("*") if p.is_file()
    }
    assert expected, "a case shows at least one file"
    if request.config.getoption("--update"):
        for path, file in expected.items():
            file.write_text(rendered[path])
    assert {p: f.read_text() for p, f in expected.items()} == {p: rendered[p] for p in expected}
