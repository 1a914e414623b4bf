"""Real APIs with several versions: what is generated for them compiles, and loses nothing on the way and back."""

import os
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, Run

from apigen import pipeline

REAL = sorted(p.parent for p in (ROOT / "tests" / "real").glob("*/apigen.yaml"))


@pytest.mark.parametrize("spec", REAL, ids=[p.name for p in REAL])
def test_round_trips(spec: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(shutil.copytree(spec, tmp_path / spec.name))
    pipeline.generate(root)
    assert run(root, "gofmt", "-l", ".") == ""
    run(root, "go", "vet", "./api/...", "./internal/apis/...", "./internal/registry/...", "./internal/server")
    monkeypatch.setitem(os.environ, "ROUNDS", "300")
    told = run(root, "go", "test", "./internal/apis/...")
    assert "ok " in told
