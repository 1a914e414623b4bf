"""The Makefile, the README and the workflow of a generated project do what they say."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from ruamel.yaml import YAML


@pytest.fixture(autouse=True)
def apigen_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def test_make_builds_a_server_that_knows_its_version(sample: Callable[[str], Path], run: Run) -> None:
    root = sample("testobj")
    run(root, "make", "build", "VERSION=1.2.3", "GOFLAGS=-buildvcs=false")
    assert run(root, "bin/testobj", "--version") == "testobj version v1.37.0+testobj.1.2.3\n"


def test_make_check_passes_and_notices_an_edit(sample: Callable[[str], Path], run: Run) -> None:
    root = sample("testobj")
    run(root, "make", "check")
    file = root / "internal" / "convert" / "convert.go"
    file.write_text(file.read_text().replace("// Slice converts", "// Slice really converts"))
    assert "edited: internal/convert/convert.go" in run(root, "make", "check", fails=True)


def test_workflow_calls_targets_that_exist(sample: Callable[[str], Path]) -> None:
    root = sample("testobj")
    workflow = YAML(typ="safe").load(root / ".github" / "workflows" / "ci.yaml")
    steps = workflow["jobs"]["test"]["steps"]
    called = {word for s in steps if s.get("run", "").startswith("make ") for word in s["run"].split()[1:]}
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    assert called
    assert called <= targets
    documented = set(re.findall(r"make ([a-z]+)", (root / "README.md").read_text()))
    assert documented <= targets
