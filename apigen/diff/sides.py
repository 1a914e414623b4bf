"""A side of a comparison: a spec in a folder, in a file, or in a revision of git."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apigen.load import PROJECT_FILE, RESOURCES, Spec, load
from apigen.model import Project
from apigen.problems import ApigenError, Problem, SpecError, UsageError
from apigen.resolve import resolve
from apigen.words import quoted


@dataclass(frozen=True)
class Side:
    """A spec and what it means. `alone` says that it is one resource file, not a whole project."""

    spec: Spec
    project: Project
    alone: bool = False


def read_side(root: Path, given: str) -> Side:
    """Return the spec that `given` names: a folder, a resource file or a revision; the folder `root` if it is empty.

    Nothing is checked out. Raises UsageError for what is none of these, SpecError for a wrong spec, ApigenError.
    """
    path = root / given
    if not given or path.is_dir():
        return _side(path, given)
    if path.is_file():
        return _file(root, path, given)
    with tempfile.TemporaryDirectory() as folder:
        _extract(root, given, Path(folder))
        return _side(Path(folder), given)


def _side(root: Path, given: str) -> Side:
    try:
        spec = load(root)
        return Side(spec, resolve(spec))
    except SpecError as error:
        raise _of(error, given) from None


def _of(error: SpecError, given: str) -> SpecError:
    """The same problems, each with the side that it is in."""
    if not given:
        return error
    return SpecError(
        Problem(p.position, f"in {given}: {p.message}", p.hint, p.source, p.length) for p in error.problems
    )


def _file(root: Path, path: Path, given: str) -> Side:
    """One resource file, with the types that the project in `root` shares."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / RESOURCES).mkdir()
        project = root / PROJECT_FILE
        text = project.read_bytes() if project.is_file() else _PROJECT.encode()
        (copy / PROJECT_FILE).write_bytes(text)
        (copy / RESOURCES / "0.yaml").write_bytes(path.read_bytes())
        made = _side(copy, given)
    return Side(made.spec, made.project, alone=True)


_PROJECT = 'apigen: 1\nname: alone\nmodule: example.com/alone\nkubernetes: "1.37"\n'


def _extract(root: Path, revision: str, folder: Path) -> None:
    """Write the spec of a revision below `folder`."""
    missing = f"{quoted(revision)} is no folder, no file and no revision of git here"
    hint = "name a folder, a resource file, or a commit, branch or tag"
    commit = _git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    if commit is None:
        inside = _git(root, ["rev-parse", "--is-inside-work-tree"])
        if inside is None:
            hint = f"{root.resolve()} is in no repository of git: name a folder or a file"
        raise UsageError(missing, hint)
    prefix = (_git(root, ["rev-parse", "--show-prefix"]) or b"").decode(errors="surrogateescape").strip()
    listed = _git(root, ["ls-tree", "-z", "--name-only", commit.decode().strip(), PROJECT_FILE, RESOURCES])
    names = [name for name in (listed or b"").split(b"\0") if name]
    if PROJECT_FILE.encode() not in names:
        where = f"{prefix}{PROJECT_FILE}"
        raise ApigenError(
            f"{quoted(revision)} has no {where}", "name a revision in which the project is there"
        )
    wanted = [name.decode() for name in names]
    archive = _git(root, ["archive", "--format=tar", commit.decode().strip(), "--", *wanted])
    if archive is None:
        raise ApigenError(f"git does not give the files of {quoted(revision)}", "git archive says why")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def _git(root: Path, arguments: Sequence[str]) -> bytes | None:
    """What git prints, None if it fails. Raises ApigenError where there is no git."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise ApigenError("there is no git here", "install it, or compare two folders") from None
    return done.stdout if done.returncode == 0 else None
