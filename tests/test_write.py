"""Writing: what is decided is done, all or nothing, inside the root, and no edit is lost."""

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from apigen import write as writing
from apigen.compare import Change, Verdict, compare, new_manifest
from apigen.files import Kind, Obstacle, RenderedFile
from apigen.manifest import Manifest, read, render
from apigen.problems import ApigenError, EditedError, SpecError
from apigen.write import Saved, locked, read_disk, read_record, write

SUM = "apigen.sum"


def generated(path: str, text: str = "new\n", *, executable: bool = False) -> RenderedFile:
    return RenderedFile(path, text, Kind.GENERATED, executable=executable)


def scaffold(path: str, text: str = "yours\n", *, required: bool = False) -> RenderedFile:
    return RenderedFile(path, text, Kind.SCAFFOLD, required)


def run(root: Path, *files: RenderedFile, force: bool = False) -> tuple[Saved, ...]:
    """What the pipeline does with rendered files."""
    record = read(read_record(root))
    changes = compare(files, read_disk(root, files, record), record)
    text = render(new_manifest(changes, files, "1", force=force))
    return write(root, changes, text, force=force)


def tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "project"


def test_a_fresh_tree(root: Path) -> None:
    assert run(root, generated("a/b/x.go"), scaffold("go.mod"), generated("run", executable=True)) == ()
    found = tree(root)
    record = read(found.pop(SUM).decode())
    assert found == {"a/b/x.go": b"new\n", "go.mod": b"yours\n", "run": b"new\n"}
    assert (record.generated.keys(), record.scaffolds) == ({"a/b/x.go", "run"}, {"go.mod"})


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_modes_depend_on_nothing(root: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        run(root, generated("a/x.go"), generated("a/run", executable=True))
    finally:
        os.umask(before)
    assert [mode(root / p) for p in ("a/x.go", "a/run", SUM)] == [0o644, 0o755, 0o644]
    assert not mode(root / "a") & stat.S_IWOTH


def test_equal_bytes_are_not_written(root: Path) -> None:
    files = (generated("a/x.go"), scaffold("go.mod"))
    run(root, *files)
    for path in [*tree(root), "a", "."]:
        os.utime(root / path, (1, 1))
    run(root, *files)
    assert {(root / path).stat().st_mtime for path in [*tree(root), "a", "."]} == {1.0}


def test_update_and_orphans(root: Path) -> None:
    run(root, generated("a/x.go"), generated("b/c/y.go"), generated("b/c/z.go"), generated("k/l.go"))
    (root / "k" / "mine.txt").write_text("mine")
    assert run(root, generated("a/x.go", "newer\n")) == ()
    found = tree(root)
    assert read(found.pop(SUM).decode()).generated.keys() == {"a/x.go"}
    assert found == {"a/x.go": b"newer\n", "k/mine.txt": b"mine"}
    assert not (root / "b").exists()


def test_scaffolds_are_written_once(root: Path) -> None:
    run(root, scaffold("main.go"))
    (root / "main.go").write_text("mine")
    run(root, scaffold("main.go", "other\n"), force=True)
    assert (root / "main.go").read_text() == "mine"
    (root / "main.go").unlink()
    run(root, scaffold("main.go"), force=True)
    assert not (root / "main.go").exists()


def test_an_edited_file_stops_everything(root: Path) -> None:
    run(root, generated("x.go"), generated("y.go"))
    (root / "x.go").write_text("mine")
    before = tree(root)
    with pytest.raises(EditedError) as caught:
        run(root, generated("x.go", "newer\n"), generated("y.go", "newer\n"), generated("z.go"))
    assert "x.go" in caught.value.message
    assert "y.go" not in caught.value.message
    assert "--force" in caught.value.hint
    assert tree(root) == before


def test_force_saves_what_it_replaces(root: Path) -> None:
    run(root, generated("a/x.go"))
    (root / "a/x.go.edited").write_text("first")
    (root / "a/x.go").write_text("second")
    (root / "a/x.go").chmod(0o600)
    assert run(root, generated("a/x.go"), force=True) == (Saved("a/x.go", "a/x.go.edited.2"),)
    assert mode(root / "a/x.go.edited.2") == 0o600
    (root / "a/x.go").write_text("third")
    assert run(root, generated("a/x.go"), force=True) == (Saved("a/x.go", "a/x.go.edited.3"),)
    found = tree(root)
    del found[SUM]
    assert found == {
        "a/x.go": b"new\n",
        "a/x.go.edited": b"first",
        "a/x.go.edited.2": b"second",
        "a/x.go.edited.3": b"third",
    }


def test_an_edited_orphan_stays_until_forced(root: Path) -> None:
    run(root, generated("a/x.go"))
    (root / "a/x.go").write_text("mine")
    for _ in range(2):
        assert run(root) == ()
        assert tree(root)["a/x.go"] == b"mine"
    assert run(root, force=True) == (Saved("a/x.go", "a/x.go.edited"),)
    assert tree(root) == {SUM: b"# apigen 1\n", "a/x.go.edited": b"mine"}


def test_a_deleted_hook_is_a_problem_of_the_spec(root: Path) -> None:
    hook = scaffold("hooks.go", required=True)
    run(root, hook)
    (root / "hooks.go").unlink()
    before = tree(root)
    with pytest.raises(SpecError) as caught:
        run(root, hook, generated("x.go"))
    assert "--force" in caught.value.problems[0].hint
    assert tree(root) == before
    assert run(root, hook, force=True) == ()
    assert tree(root)["hooks.go"] == b"yours\n"


OLD_HOOK = "internal/registry/data/thing/validate.go"
NEW_HOOK = "internal/registry/dataacme/thing/validate.go"


def test_a_hook_that_would_no_longer_run_stops_everything(root: Path) -> None:
    run(root, scaffold(OLD_HOOK, required=True), generated("e.go"))
    (root / OLD_HOOK).write_text("mine")
    # Not hidden by an edit, which asks for --force.
    (root / "e.go").write_text("mine")
    before = tree(root)
    after = (scaffold(NEW_HOOK, required=True), generated("e.go"))
    with pytest.raises(EditedError) as caught:
        run(root, *after)
    folder = NEW_HOOK.rpartition("/")[0]
    assert caught.value.message == (
        "code of yours would stop running, so nothing was written:\n"
        f"  your hook {OLD_HOOK} would no longer run; move it to {NEW_HOOK} "
        f"(mkdir -p {folder} && git mv {OLD_HOOK} {NEW_HOOK}; change its package and imports)"
    )
    assert "generate` again" in caught.value.hint and "--force" in caught.value.hint
    assert tree(root) == before
    (root / "e.go").write_text("new\n")
    (root / folder).mkdir(parents=True)
    (root / OLD_HOOK).rename(root / NEW_HOOK)
    run(root, *after)
    assert tree(root)[NEW_HOOK] == b"mine"
    assert read(read_record(root)).scaffolds == {NEW_HOOK}


def test_force_starts_with_an_empty_hook(root: Path) -> None:
    run(root, scaffold(OLD_HOOK, required=True))
    (root / OLD_HOOK).write_text("mine")
    run(root, scaffold(NEW_HOOK, required=True), force=True)
    assert (tree(root)[OLD_HOOK], tree(root)[NEW_HOOK]) == (b"mine", b"yours\n")


def link_file(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    (root / "a/x.go").symlink_to(outside / "x.go")


def link_folder(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    (root / "a").rmdir()
    (root / "a").symlink_to(outside)


def dangling(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    (root / "a/x.go").symlink_to(outside / "gone")


def chain(root: Path, outside: Path) -> None:
    (root / "a/x.go").rename(root / "a/y.go")
    (root / "a/y.go").unlink()
    (root / "a/y.go").symlink_to(outside / "x.go")
    (root / "a/x.go").symlink_to("y.go")


def loop(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    (root / "a/x.go").symlink_to("x.go")


def listening(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    os.mknod(root / "a/x.go", stat.S_IFSOCK | 0o600)


def folder(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    (root / "a/x.go").mkdir()


def fifo(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    os.mkfifo(root / "a/x.go")


def file_for_folder(root: Path, outside: Path) -> None:
    (root / "a/x.go").unlink()
    (root / "a").rmdir()
    (root / "a").write_text("mine")


OBSTACLES: list[tuple[Callable[[Path, Path], None], Obstacle]] = [
    (link_file, Obstacle.LINK),
    (dangling, Obstacle.LINK),
    (chain, Obstacle.LINK),
    (loop, Obstacle.LINK),
    (link_folder, Obstacle.BELOW_LINK),
    (folder, Obstacle.FOLDER),
    (fifo, Obstacle.SPECIAL),
    (listening, Obstacle.SPECIAL),
    (file_for_folder, Obstacle.BELOW_FILE),
]


@pytest.mark.parametrize(("make", "obstacle"), OBSTACLES)
def test_nothing_is_followed(
    root: Path, tmp_path: Path, make: Callable[[Path, Path], None], obstacle: Obstacle
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.go").write_text("new\n")
    run(root, generated("a/x.go"))
    make(root, outside)
    before = {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*")}
    record = read(read_record(root))
    assert read_disk(root, [], record) == {"a/x.go": obstacle}
    for force in (False, True):
        with pytest.raises(EditedError, match=str(obstacle)):
            run(root, generated("a/x.go", "newer\n"), generated("b.go"), force=force)
    assert {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*")} == before
    run(root)
    run(root, force=True)
    assert (outside / "x.go").read_text() == "new\n"
    assert os.path.lexists(root / "a")
    assert read(read_record(root)) == Manifest("1")


def test_another_name_of_a_file_keeps_what_it_has(root: Path, tmp_path: Path) -> None:
    """A hard link: the file outside is the same one until ours is replaced, which leaves it alone."""
    outside = tmp_path / "outside.go"
    run(root, generated("a/x.go", "old\n"), generated("a/y.go", "old\n"))
    os.link(root / "a/x.go", outside)
    os.link(root / "a/y.go", tmp_path / "y.go")
    run(root, generated("a/x.go", "newer\n"))
    assert (root / "a/x.go").read_text() == "newer\n"
    assert outside.read_text() == (tmp_path / "y.go").read_text() == "old\n"


def test_a_link_that_appears_meanwhile_is_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    run(root, generated("a/x.go"))
    record = read(read_record(root))
    files = [generated("a/x.go", "newer\n")]
    changes = compare(files, read_disk(root, files, record), record)
    link_folder(root, outside)
    with pytest.raises(EditedError, match="changed while"):
        write(root, changes, "", force=True)
    assert list(outside.iterdir()) == []


def test_an_edit_meanwhile_is_not_lost(root: Path) -> None:
    run(root, generated("x.go"), generated("y.go"))
    record = read(read_record(root))
    files = [generated("x.go", "newer\n")]
    changes = compare(files, read_disk(root, files, record), record)
    for path in ("x.go", "y.go"):
        before = (root / path).read_bytes()
        (root / path).write_text("mine")
        with pytest.raises(EditedError, match=path):
            write(root, changes, "", force=False)
        (root / path).write_bytes(before)
    (root / "new.go").write_text("mine")
    created = Change("new.go", Verdict.CREATE, "ours", None, Kind.GENERATED)
    with pytest.raises(EditedError, match=r"new\.go"):
        write(root, [created], "", force=False)
    assert (root / "new.go").read_text() == "mine"


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a//x", SUM, ".git/config"])
def test_paths_stay_inside(root: Path, path: str) -> None:
    change = Change(path, Verdict.CREATE, "x", None, Kind.GENERATED)
    with pytest.raises(ApigenError, match="nothing was written"):
        write(root, [change], "x", force=True)
    assert not root.exists()


@pytest.mark.parametrize("make", [Path.mkdir, lambda p: p.symlink_to("elsewhere")])
def test_the_record_is_a_file(root: Path, make: Callable[[Path], None]) -> None:
    root.mkdir()
    make(root / SUM)
    with pytest.raises(ApigenError, match=r"apigen\.sum is a"):
        read_record(root)
    with pytest.raises(EditedError, match=r"apigen\.sum is a"):
        write(root, [], "x", force=True)


def test_a_record_that_is_no_text_is_refused(root: Path) -> None:
    root.mkdir()
    (root / SUM).write_bytes(b"\xff")
    with pytest.raises(ApigenError, match="not text"):
        read_record(root)


CALLS = ("open", "mkdir", "replace", "unlink", "fsync", "fchmod", "stat")


class KilledError(Exception):
    """Stands for a kill: nothing catches it."""


def fail_at(monkeypatch: pytest.MonkeyPatch, nth: int, error: BaseException) -> list[str]:
    """Make the nth call of the operating system raise `error`; return the list of the calls made."""
    made: list[str] = []

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            made.append(name)
            if len(made) == nth:
                raise error
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        monkeypatch.setattr(writing.os, name, wrap(name, getattr(os, name)))
    return made


BEFORE = (generated("a/x.go"), generated("o/old.go"), generated("e.go"), scaffold("go.mod"))
AFTER = (generated("a/x.go", "newer\n"), generated("n/m/new.go"), generated("e.go", "e\n"), scaffold("s.go"))


def states(files: Sequence[RenderedFile]) -> dict[str, bytes]:
    return {file.path: file.text.encode() for file in files}


def test_every_failure_leaves_old_or_new_bytes_and_names_a_path(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run(clean, *BEFORE)
    run(clean, *AFTER)
    failures = 0
    for nth in range(1, 400):
        root = tmp_path / f"{nth}"
        run(root, *BEFORE)
        before = tree(root)
        with pytest.MonkeyPatch.context() as patch:
            made = fail_at(patch, nth, OSError(28, "No space left on device"))
            try:
                run(root, *AFTER)
            except ApigenError as error:
                failures += 1
                assert error.message.endswith(": No space left on device")
                # Until the first new file is in its place, the tree is as it was.
                if "replace" not in made[:-1]:
                    patch.undo()
                    assert tree(root) == before
        assert all(data in (before.get(path), tree(clean).get(path)) for path, data in tree(root).items())
        run(root, *AFTER)
        assert tree(root) == tree(clean)
        if len(made) < nth:
            break
    assert failures > 60


def test_a_killed_run_is_finished_by_the_next(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run(clean, *BEFORE)
    run(clean, *AFTER)
    for nth in range(1, 400):
        root = tmp_path / f"{nth}"
        run(root, *BEFORE)
        with pytest.MonkeyPatch.context() as patch:
            # A kill gives no time to tidy up either.
            patch.setattr(writing._Stage, "undone_on_error", lambda self: nullcontext())
            made = fail_at(patch, nth, KilledError())
            with suppress(KilledError):
                run(root, *AFTER)
        run(root, *AFTER)
        assert tree(root) == tree(clean)
        if len(made) < nth:
            return
    pytest.fail("it never ended")


def test_what_force_saved_is_there_before_anything_is_replaced(tmp_path: Path) -> None:
    for nth in range(1, 200):
        root = tmp_path / f"{nth}"
        run(root, *BEFORE)
        (root / "e.go").write_text("mine")
        with pytest.MonkeyPatch.context() as patch:
            made = fail_at(patch, nth, KilledError())
            with suppress(KilledError):
                run(root, *AFTER, force=True)
        assert b"mine" in tree(root).values()
        if len(made) < nth:
            return
    pytest.fail("it never ended")


def test_two_runs_do_not_mix(root: Path) -> None:
    root.mkdir()
    with locked(root), pytest.raises(ApigenError, match="another apigen is at work"), locked(root):
        pytest.fail("locked twice")
    with locked(root):
        assert list(root.iterdir()) == []
    with pytest.raises(ApigenError, match="No such file"), locked(root / "gone"):
        pytest.fail("no folder")


def test_errors_name_the_path(root: Path) -> None:
    with pytest.raises(ApigenError, match=r"^x{300}: File name too long$"):
        run(root, generated("x" * 300))
    root.rmdir()
    root.write_text("a file")
    with pytest.raises(ApigenError, match="project: "):
        run(root, generated("x"))
    assert root.read_text() == "a file"
