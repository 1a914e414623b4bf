"""The plan of a sample, whole: every file, its template, and whose it is."""

from pathlib import Path

import pytest

from apigen.load import load
from apigen.plan import plan
from apigen.resolve import resolve

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["testobj", "fleet"])
def test_plan(name: str, request: pytest.FixtureRequest) -> None:
    planned = plan(resolve(load(ROOT / "samples" / name)))
    text = "".join(f"{f.ownership.value:9} {f.path}  <- {f.template}\n" for f in planned)
    expected = ROOT / "tests" / "plans" / f"{name}.txt"
    if request.config.getoption("--update"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(text)
    assert text == expected.read_text()


def test_no_two_files_have_one_path() -> None:
    paths = [f.path.lower() for f in plan(resolve(load(ROOT / "samples" / "fleet")))]
    assert len(paths) == len(set(paths))
