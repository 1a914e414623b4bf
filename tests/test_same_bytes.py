"""Same spec, same bytes: whatever the machine, the folder, the order of keys or the line ends; and no line of the
user's that a run loses.

A sample of the machines; MACHINES=20 makes as many.
"""

import itertools
import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from strikes import Files, generate, tree
from test_template_values import SAMPLES

from apigen.files import Kind, RenderedFile
from apigen.pipeline import rendered
from apigen.problems import ApigenError

ROOT = Path(__file__).parents[1]
SAMPLE = SAMPLES[1]
MACHINES = int(os.environ.get("MACHINES", "2"))
LOCALES = ("C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.ISO-8859-1", "ja_JP.UTF-8")
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns")


def spec(root: Path) -> Path:
    shutil.copytree(SAMPLE / "resources", root / "resources")
    shutil.copy(SAMPLE / "apigen.yaml", root)
    return root


def texts(files: Files) -> dict[str, str]:
    return {file.path: file.text for file in files}


@pytest.fixture(scope="module")
def wanted() -> dict[str, str]:
    return texts(rendered(SAMPLE))


@pytest.mark.parametrize("seed", range(MACHINES))
def test_on_any_machine(seed: int, fast: Path, wanted: dict[str, str]) -> None:
    root = spec(fast / f"folder of {seed}")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": str(seed),
        "LC_ALL": LOCALES[seed % len(LOCALES)],
        "TZ": ZONES[seed % len(ZONES)],
        "HOME": str(fast),
        "USER": "no.such.user",
    }
    where, place = [(root, ()), (fast, ("-C", root.name)), (ROOT, ("-C", str(root)))][seed % 3]
    command = [sys.executable, "-m", "apigen", *place, "generate"]
    mask = (0, 0o022, 0o077)[seed % 3]
    subprocess.run(command, cwd=where, env=environment, capture_output=True, check=True, umask=mask)
    made = {path: (root / path).read_bytes().decode() for path in wanted}
    assert made == wanted
    host = socket.gethostname()
    traces = {str(fast), str(ROOT), "no.such.user", host if "." in host or "-" in host else str(fast)}
    for text in (*made.values(), (root / "apigen.sum").read_text()):
        assert not any(word in text for word in traces)


def shuffled(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The same data with the keys of resources, versions and names in another order; fields stay as they are."""
    if isinstance(value, dict) and depth < 4:
        keys = list(value)
        chance.shuffle(keys)
        return {
            k: value[k] if k in ("fields", "types") else shuffled(value[k], chance, depth + 1) for k in keys
        }
    return [shuffled(v, chance, depth + 1) for v in value] if isinstance(value, list) else value


def test_in_any_order_of_keys(fast: Path, wanted: dict[str, str]) -> None:
    for seed in range(2):
        root = spec(fast / f"{seed}")
        for path in root.rglob("*.yaml"):
            data = shuffled(YAML(typ="safe").load(path), random.Random(seed))  # noqa: S311
            writer = YAML()
            writer.dump(data, path)
        assert texts(rendered(root)) == wanted


SHAPES: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "no final newline": lambda data: data.rstrip(b"\n"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_with_any_line_ends(shape: str, fast: Path, wanted: dict[str, str]) -> None:
    root = spec(fast / "project")
    for path in root.rglob("*.yaml"):
        path.write_bytes(SHAPES[shape](path.read_bytes()))
    assert texts(rendered(root)) == wanted


def test_after_git_has_made_all_lines_end_as_on_windows(fast: Path) -> None:
    """What git checks out with autocrlf is what apigen wrote: .gitattributes sees to it."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=true"]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    root = spec(fast / "project")
    generate(root, rendered(root))
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=root, env=environment, check=True, capture_output=True)
    subprocess.run([*git, "clone", "-q", "project", "windows"], cwd=fast, env=environment, check=True)
    windows = fast / "windows"
    assert b"\r" not in (windows / "go.mod").read_bytes()
    before = {path: data for path, data in tree(windows).items() if not path.startswith(".git/")}
    generate(windows, rendered(windows))
    assert {path: data for path, data in tree(windows).items() if not path.startswith(".git/")} == before


MINE = b"// mine, and nowhere else\n"
OLD: Files = tuple(
    RenderedFile(f"{kind}{n}/x.go", f"{kind} {n}\n", owner, required)
    for kind, owner, required in (
        ("generated", Kind.GENERATED, False),
        ("scaffold", Kind.SCAFFOLD, False),
        ("hook", Kind.SCAFFOLD, True),
    )
    for n in range(3)
)
NEW: Files = tuple(RenderedFile(f.path, f.text + "of the next release\n", f.kind, f.required) for f in OLD)
# The owner changes, the file goes.
OTHER: Files = tuple(
    RenderedFile(f.path, f.text, Kind.SCAFFOLD if f.kind is Kind.GENERATED else Kind.GENERATED) for f in OLD
)


def edited(path: Path) -> None:
    path.write_bytes(path.read_bytes() + MINE)


def renamed(path: Path) -> None:
    edited(path)
    path.rename(path.with_name("mine.go"))


def chmod(path: Path) -> None:
    edited(path)
    path.chmod(0o400)


def crlf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + MINE)


def link(path: Path) -> None:
    path.unlink()
    (path.parents[2] / "outside").write_bytes(MINE)
    path.symlink_to(path.parents[2] / "outside")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine.go").write_bytes(MINE)


def conflict(path: Path) -> None:
    path.write_bytes(b"<<<<<<< HEAD\n" + MINE + b"=======\n" + path.read_bytes() + b">>>>>>> other\n")


def emptied(path: Path) -> None:
    path.write_bytes(b"")
    path.with_name("beside.go").write_bytes(MINE)


def deleted(path: Path) -> None:
    path.unlink()
    path.with_name("beside.go").write_bytes(MINE)


EDITS = (edited, renamed, chmod, crlf, link, folder, conflict, emptied, deleted)
PLANS: dict[str, Files] = {"same": OLD, "upgrade": NEW, "other owner": OTHER, "gone": ()}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_no_byte_of_the_users_is_lost(edit: Callable[[Path], None], fast: Path) -> None:
    """For every owner of a file, plan and force: 9 edits x 9 files x 4 plans x 2 = 648 cells."""
    for number, (file, plan, force) in enumerate(itertools.product(OLD, PLANS, (False, True))):
        root = fast / f"{number}" / "project"
        root.parent.mkdir()
        generate(root, OLD)
        edit(root / file.path)
        before = tree(root.parent)
        with suppress(ApigenError):
            generate(root, PLANS[plan], force=force)
        after = tree(root.parent)
        assert sum(MINE in data for data in after.values()) >= sum(MINE in data for data in before.values())
        if not force:
            kept = {path: data for path, data in before.items() if MINE in data}
            assert kept.items() <= after.items()
        shutil.rmtree(root.parent)
