"""The wheel generates a project in an empty environment, with the templates and the data that it carries."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_wheel_generates_a_sample(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("apigen-*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "--quiet", "install", wheel], check=True, cwd=tmp_path)
    apigen = tmp_path / "venv" / "bin" / "apigen"
    project = tmp_path / "shop"
    for command in (
        ["init", "shop", "--module", "example.com/shop"],
        ["-C", "shop", "add-resource", "Widget", "--group", "shop.example.com"],
        ["-C", "shop", "generate"],
        ["-C", "shop", "generate", "--check"],
    ):
        subprocess.run([apigen, *command], check=True, cwd=tmp_path, capture_output=True)
    assert "package shop" in (project / "internal" / "apis" / "shop" / "types.go").read_text()
