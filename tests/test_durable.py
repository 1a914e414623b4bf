"""A run that is killed, refused by the disk or met by another one: old bytes or new ones, and the next run mends it.

A sample of the calls and rounds here; STRIKES=all strikes each call, KILLS, ROUNDS and SWAPS are how many
of the others there are.
"""

import ctypes
import os
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import specs
import strikes
from strikes import Files, generate, tree
from test_hostile import resource

from apigen.compare import compare, new_manifest
from apigen.files import Kind, RenderedFile
from apigen.manifest import read, render
from apigen.pipeline import rendered
from apigen.problems import ApigenError, EditedError
from apigen.write import read_disk, read_record, write

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
ALL = os.environ.get("STRIKES") == "all"
KILLS = int(os.environ.get("KILLS", "15"))
ROUNDS = int(os.environ.get("ROUNDS", "6"))
SWAPS = int(os.environ.get("SWAPS", "300"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Files]:
    """What a spec makes, and what a changed one makes: other texts, a kind less, a kind more."""
    folder = tmp_path_factory.mktemp("specs")
    one, other = resource("a text"), resource("another text")
    gone, new = specs.versions("{spec: {fields: {a: string}}}", kind="Gone"), specs.versions("{}", kind="New")
    return (
        rendered(specs.write(folder / "old", {"thing": one, "gone": gone})),
        rendered(specs.write(folder / "new", {"thing": other, "new": new})),
    )


# A run from nothing, one after a change of the spec, and one after a change of the templates of a new release.
STARTS: dict[str, Callable[[Files], Files]] = {
    "fresh": lambda _: (),
    "regenerate": lambda old: old,
    "upgrade": lambda old: tuple(
        (
            RenderedFile(f.path, f.text + "\n", f.kind, f.required, f.executable)
            if f.kind is Kind.GENERATED
            else f
        )
        for f in old
    ),
}


class Case:
    """A tree before and after a run, and copies of it to strike."""

    def __init__(self, folder: Path, before: Files, after: Files) -> None:
        self.before, self.after, self._folder = before, after, folder
        self.old, self.new = folder / "old", folder / "new"
        generate(self.old, before)
        shutil.copytree(self.old, self.new)
        generate(self.new, after)
        self.wanted = tree(self.new)
        self.steps = strikes.count(self.copy(), after)

    def copy(self) -> Path:
        root = self._folder / "struck"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.old, root)
        return root

    def check(self, root: Path) -> None:
        """Every file has old bytes or new ones, and the next run makes the tree that an unbroken one makes."""
        before = tree(self.old)
        torn = {
            path
            for path, data in tree(root).items()
            if data not in (before.get(path), self.wanted.get(path)) and not path.endswith(".tmp")
        }
        assert torn == set()
        generate(root, self.after)
        assert tree(root) == self.wanted


@pytest.fixture(params=STARTS)
def case(request: pytest.FixtureRequest, fast: Path, outputs: tuple[Files, Files]) -> Case:
    return Case(fast, STARTS[request.param](outputs[0]), outputs[1])


def sampled(steps: int, most: int) -> Iterator[int]:
    """Yield all steps, or so many of them: others in every place of the run."""
    yield from range(1, steps + 1, 1 if ALL else max(1, steps // most))


def test_killed_before_any_call(case: Case) -> None:
    assert case.steps > 200
    for nth in sampled(case.steps, 10):
        root = case.copy()
        assert strikes.run(root, case.after, nth)[0] == strikes.KILLED
        case.check(root)


def test_killed_at_any_time(case: Case) -> None:
    chance = random.Random(1)  # noqa: S311
    started = time.monotonic()
    strikes.run(case.copy(), case.after)
    whole, ends = time.monotonic() - started, set()
    for _ in range(KILLS // len(STARTS)):
        root = case.copy()
        ends.add(strikes.killed_after(root, case.after, chance.uniform(0, whole)))
        case.check(root)
    assert strikes.KILLED in ends
    assert ends <= {strikes.KILLED, 0}


def test_refused_by_the_system_at_any_call(case: Case) -> None:
    before, refused = tree(case.old), 0
    for nth in sampled(case.steps, 10):
        error = strikes.ERRORS[nth % len(strikes.ERRORS)]
        root = case.copy()
        code, said = strikes.run(root, case.after, nth, strikes.fail(error))
        # What is left beside, an empty folder, harms nobody: then the run has done all else.
        assert code == 0 or (code == strikes.REFUSED and said.endswith(": " + os.strerror(error)))
        refused += code
        left = tree(root)
        assert not [path for path in left if path.endswith(".tmp")]
        # Nothing is replaced before all is written.
        assert code == 0 or left == before or nth > case.steps // 2
        case.check(root)
    assert refused > 4


@pytest.mark.parametrize("same", [True, False])
def test_runs_at_the_same_time(same: bool, fast: Path, outputs: tuple[Files, Files]) -> None:
    pair = [tuple(f for f in files if f.kind is Kind.GENERATED) for files in outputs]
    whole = []
    for number, files in enumerate(pair):
        generate(fast / f"{number}", files)
        whole.append(tree(fast / f"{number}"))
    for round_ in range(ROUNDS):
        root = fast / "shared"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        chosen = [pair[0 if same else (number + round_) % 2] for number in range(8)]
        started = [strikes.start(partial(generate, root, files)) for files in chosen]
        ended = [strikes.finish(*child) for child in started]
        assert 0 in [code for code, _ in ended]
        assert all(code == 0 or (code == 1 and "another apigen is at work" in said) for code, said in ended)
        assert tree(root) in whole[: 1 if same else 2]


def exchange(one: Path, other: Path) -> None:
    """Swap two names at once, which only Linux can."""
    here, both = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if ctypes.CDLL(None, use_errno=True).renameat2(here, bytes(one), here, bytes(other), both):
        raise OSError(ctypes.get_errno(), "renameat2")


@pytest.mark.skipif(sys.platform != "linux", reason="needs renameat2")
def test_no_swap_of_a_folder_leads_outside(fast: Path) -> None:
    """A thread swaps a folder and a link to one outside as often as it can, while runs write into it."""
    root, outside, link = fast / "project", fast / "outside", fast / "link"
    outside.mkdir()
    (outside / "x.go").write_text("not ours\n")
    link.symlink_to(outside)
    generate(root, (RenderedFile("a/x.go", "0", Kind.GENERATED),))
    before, done, swaps, written = tree(outside), threading.Event(), 0, 0

    def swap() -> None:
        nonlocal swaps
        while not done.is_set():
            exchange(link, root / "a")
            swaps += 1
            time.sleep(0.0002)  # a run needs some time in which nothing moves

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        while swaps < SWAPS and thread.is_alive():
            with suppress(ApigenError):
                generate(root, (RenderedFile("a/x.go", f"{swaps}", Kind.GENERATED),), force=True)
                written += 1
            assert tree(outside) == before
    finally:
        done.set()
        thread.join()
    assert swaps >= SWAPS
    assert written


def test_what_changed_since_it_was_looked_at_is_refused(fast: Path, outputs: tuple[Files, Files]) -> None:
    """The plan is that of a tree; for each file of it that the plan changes: another tree, no writing."""
    old, after = outputs
    root = fast / "project"
    generate(root, old)
    record = read(read_record(root))
    changes = compare(after, read_disk(root, after, record), record)
    text = render(new_manifest(changes, after, "1", force=False))
    touched = [c for c in changes if c.writes() or c.deletes()]
    assert len(touched) > 30
    for change in touched:
        path = root / change.path
        before = path.read_bytes() if change.old is not None else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
        now = tree(root)
        with pytest.raises(EditedError, match="changed while apigen was at work"):
            write(root, changes, text, force=False)
        assert tree(root) == now
        path.unlink() if before is None else path.write_bytes(before)
