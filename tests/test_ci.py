"""What is shipped for continuous integration, run: the steps of the action, hooks, the workflow of a new project."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from apigen import __version__, pipeline, scaffold

ROOT = Path(__file__).parents[1]
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""How GitHub runs a step. Source: its reference of workflows, `shell: bash`."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    list(scaffold.init(root, "shop", "example.com/shop", ""))
    scaffold.add_resource(root, "Widget", "shop.example.com", "v1", cluster_scoped=False)
    pipeline.generate(root)
    return root


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script to which `apigen` is that of this tree."""
    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "apigen").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m apigen "$@"\n')
    (programs / "apigen").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run([*BASH, script], cwd=folder, env=environment, capture_output=True, text=True)


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def spoil(project: Path) -> None:
    resource = project / "resources" / "widget.yaml"
    resource.write_text(resource.read_text().replace("description: ", "description: New, ", 1))


def break_conventions(project: Path) -> None:
    resource = project / "resources" / "widget.yaml"
    resource.write_text(re.sub("^description: .*\n", "", resource.read_text(), count=1, flags=re.MULTILINE))


def test_the_action(project: Path) -> None:
    steps = {step.get("name", ""): step for step in load(ROOT / "action.yml")["runs"]["steps"]}
    assert "$GITHUB_ACTION_PATH" in steps["install"]["run"]
    for step in steps.values():
        assert "${{" not in step.get("run", ""), "an input is no part of a script"
    where = {"folder": project.parent, "DIRECTORY": "shop"}
    for name in ("check", "lint"):
        done = run(steps[name]["run"], **where)  # type: ignore[arg-type]
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    spoil(project)
    done = run(steps["check"]["run"], **where)  # type: ignore[arg-type]
    assert done.returncode == 5
    assert "::error file=shop/resources/widget.yaml,line=" in done.stdout
    assert "stale: api/shop/v1/types.go" in done.stderr and "run: apigen generate" in done.stderr


@pytest.mark.parametrize("hook", load(ROOT / ".pre-commit-hooks.yaml"), ids=lambda hook: hook["id"])
def test_hooks(project: Path, hook: dict[str, Any]) -> None:
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert hook["language"] == "python" and hook["pass_filenames"] is False
    assert run(hook["entry"], project).returncode == 0
    spoil(project)
    wanted = {"apigen-check": 5, "apigen-generate": 0, "apigen-lint": 0}[hook["id"]]
    assert run(hook["entry"], project).returncode == wanted


def test_the_workflow_of_a_new_project(project: Path) -> None:
    steps = load(project / ".github" / "workflows" / "ci.yaml")["jobs"]["test"]["steps"]
    *scripts, diff = [s["run"] for s in steps if s.get("run", "").startswith("apigen ")]
    assert len(scripts) == 2
    assert [run(script, project).returncode for script in scripts] == [0, 0]
    spoil(project)
    assert [run(script, project).returncode for script in scripts] == [5, 0]
    break_conventions(project)
    done = run(scripts[1], project)
    assert done.returncode == 5 and "::warning file=resources/widget.yaml,line=" in done.stdout
    run("git init -q && git add -A && git -c user.name=x -c user.email=x@example.com commit -qm x", project)
    run("git update-ref refs/remotes/origin/main HEAD", project)
    assert run(diff, project, GITHUB_BASE_REF="main").returncode == 0
    resource = project / "resources" / "widget.yaml"
    resource.write_text(resource.read_text().replace("maximum: 100", "maximum: 9", 1))
    done = run(diff, project, GITHUB_BASE_REF="main")
    assert done.returncode == 5 and "::error file=resources/widget.yaml,line=" in done.stdout, done


def test_the_page_names_this_version() -> None:
    page = (ROOT / "docs" / "ci.md").read_text()
    assert page.count(__version__) == 3
