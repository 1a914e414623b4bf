"""The generated projects are what a Go programmer hands in: formatted, vetted, built, tested, without a tidy."""

from pathlib import Path

import pytest
from conftest import ROOT, SAMPLES, Run, tool

pytestmark = pytest.mark.parametrize("name", SAMPLES)


def folder(name: str) -> Path:
    return ROOT / "samples" / name


def test_gofmt_has_nothing_to_say(name: str, run: Run) -> None:
    assert run(folder(name), tool("gofmt"), "-l", ".") == ""


def test_builds_and_vets(name: str, run: Run) -> None:
    run(folder(name), "go", "build", "-buildvcs=false", "-mod=readonly", "-o", "/dev/null", "./...")
    run(folder(name), "go", "vet", "./...")


def test_staticcheck_has_nothing_to_say(name: str, run: Run) -> None:
    assert run(folder(name), tool("staticcheck"), "./...") == ""


def test_its_own_tests_pass(name: str, run: Run) -> None:
    assert "FAIL" not in run(folder(name), "go", "test", "-count=1", "./...")
