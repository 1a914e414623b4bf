"""A project for an older minor of Kubernetes: built, tested and served; then upgraded, with its objects in store."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import ROOT, Standalone, for_minor

from apigen import pipeline, upstream
from apigen.files import Kind

*OLDER, NEWEST = upstream.versions()


def run(root: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def check(root: Path, minor: str, server: Callable[[Path], Standalone], verb: str) -> None:
    """Build and vet all, run the project's own tests, and use the server as people do."""
    run(root, "go", "build", "-buildvcs=false", "-mod=readonly", "-o", "bin/server", "./cmd/...")
    run(root, "go", "vet", "-mod=readonly", "./...")
    assert "FAIL" not in run(root, "go", "test", "-mod=readonly", "./...")
    running = server(root / "bin" / "server")
    kubectl = running.kubectl()
    sample = str(root / "samples" / "nginx_v1_upstream.yaml")
    assert f" {verb}\n" in kubectl("apply", "--server-side", "-f", sample)
    assert "upstream.nginx.example.com/" in kubectl(
        "get", "upstreams.v1alpha1.nginx.example.com", "-o", "name"
    )
    assert "KIND:       Upstream" in kubectl("explain", "upstream")
    assert f"v{minor}." in kubectl("version")
    assert running.stop() == 0


@pytest.mark.parametrize("minor", OLDER)
def test_a_project_of_an_older_minor_and_its_upgrade(
    minor: str, tmp_path: Path, start: Callable[..., Standalone]
) -> None:
    root = tmp_path / "project"
    ignored = shutil.ignore_patterns("bin", ".apigen")
    shutil.copytree(ROOT / "samples" / "nginx", root, ignore=ignored)
    for_minor(root, minor)
    pipeline.generate(root)
    (root / ".gitignore").write_text("/bin/\n")
    run(root, "git", "init", "-q")
    run(root, "git", "add", "-A")
    run(root, "git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "before")
    check(root, minor, start, "serverside-applied")
    assert run(root, "git", "status", "--porcelain") == ""

    run(root, sys.executable, "-m", "apigen", "upgrade", "--kubernetes", NEWEST)
    changed = set(run(root, "git", "diff", "--name-only").split())
    generated = {f.path for f in pipeline.rendered(root) if f.kind is Kind.GENERATED}
    assert changed - generated == {"apigen.yaml", "apigen.sum", "go.mod", "go.sum"}
    assert "?? " not in run(root, "git", "status", "--porcelain")
    spec = [line for line in run(root, "git", "diff", "-U0", "apigen.yaml").splitlines() if line[:1] in "+-"]
    assert spec[2:] == [f'-kubernetes: "{minor}"', f'+kubernetes: "{NEWEST}"']
    check(root, NEWEST, start, "serverside-applied")
    run(root, "git", "checkout", "-q", ".")
    assert not [c for c in pipeline.changes(root) if c.complaint]
