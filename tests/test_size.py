"""Input that is huge, endless or deep: done or refused within seconds and a bounded memory.

Sizes are a twentieth of what is promised; SIZE=20 takes all. Each case runs in a process of its own with limits on it.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import specs

ROOT = Path(__file__).parents[1]
SIZE = int(os.environ.get("SIZE", "1"))
GIGABYTE = 2**30


def apigen(
    root: Path, *arguments: str, memory: int = GIGABYTE, seconds: float = 60
) -> tuple[int, str, float]:
    """Run a command line within limits; return exit code, what it said, and the processor time it took."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "apigen", "-C", str(root), *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=seconds * 10,  # others may be at work here
        preexec_fn=limited,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert took < seconds
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr, took


def fields(count: int) -> str:
    return "{" + ", ".join(f"f{i}: {{type: string, description: number {i}}}" for i in range(count)) + "}"


def kinds(count: int) -> dict[str, str]:
    inside = f"{{spec: {{fields: {fields(20)}}}}}"
    return {f"k{i}": specs.versions(inside, kind=f"Kind{i}x") for i in range(count)}


def versions(count: int) -> dict[str, str]:
    names = tuple(f"v{i + 1}" for i in range(count))
    return {"thing": specs.versions(*[f"{{spec: {{fields: {fields(100)}}}}}"] * count, names=names)}


def wide(count: int) -> dict[str, str]:
    return {"thing": specs.versions(f"{{spec: {{fields: {fields(count)}}}}}")}


def long(count: int) -> dict[str, str]:
    text = specs.versions("{spec: {fields: {a: string}}}")
    return {"thing": text + "description: " + "word " * (count // 5) + "\n"}


# What is promised is twenty times this: 1,000 kinds, 10,000 fields, 100 versions, a description of 1 MB.
GROWING: dict[str, tuple[Callable[[int], dict[str, str]], int]] = {
    "kinds": (kinds, 50),
    "fields": (wide, 500),
    "versions": (versions, 5),
    "description": (long, 50_000),
}


@pytest.mark.parametrize("name", GROWING)
def test_what_grows(name: str, fast: Path) -> None:
    make, count = GROWING[name]
    took = []
    for share in (2, 1):
        root = specs.write(fast / f"{share}", make(count * SIZE // share))
        code, said, seconds = apigen(root, "generate")
        assert code == 0, said
        took.append(seconds)
    assert took[1] < 2.5 * took[0]


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * 20_000 + "]" * 20_000, "".join(" " * i + "a:\n" for i in range(2000)), "a: &a [*a, *a]"],
    ids=["flow", "block", "alias"],
)
def test_what_is_deep(text: str, fast: Path) -> None:
    """The two files of hostile YAML that are too large to keep, and a cycle."""
    code, said, _ = apigen(specs.write(fast, {"thing": text}), "generate", memory=GIGABYTE // 2, seconds=4)
    assert code == 3
    assert "resources/thing.yaml:" in said


@pytest.mark.parametrize("path", ["/dev/zero", "fifo", "large", ".", "https://example.com/crd.yaml"])
def test_what_never_ends_is_not_read(path: str, fast: Path) -> None:
    os.mkfifo(fast / "fifo")
    with (fast / "large").open("wb") as large:
        large.truncate(2 * GIGABYTE)  # full of holes: it takes no room
    code, said, _ = apigen(fast, "import", path, "--stdout", memory=GIGABYTE, seconds=10)
    assert code in (1, 2, 3)
    assert said.strip()
