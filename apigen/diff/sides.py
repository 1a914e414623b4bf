"""A side of a comparison: a spec in a folder, in a file, or in a revision of git."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from apigen.diff import git
from apigen.load import PROJECT_FILE, RESOURCES, Spec, load
from apigen.model import Project
from apigen.problems import ApigenError, Problem, SpecError, UsageError
from apigen.resolve import resolve
from apigen.source import read
from apigen.upstream import versions as minors
from apigen.words import quoted

_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Side:
    """A spec and what it means. `alone` says that it is one resource file, not a whole project."""

    spec: Spec
    project: Project
    alone: bool = False


def read_side(root: Path, given: str) -> Side:
    """Return the spec that `given` names: a folder, a resource file or a revision; the folder `root` if it is empty.

    A folder without a project, and a file that is no YAML, do not stand in the way of a branch of that name. Nothing is
    checked out. Raises UsageError for what is none of these, SpecError for a wrong spec, ApigenError.
    """
    path = root / given
    if not given or (path / PROJECT_FILE).is_file():
        return _side(path, given)
    if path.is_file() and path.suffix in _YAML:
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
    """One resource file, with the types that are shared by files beside it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / RESOURCES).mkdir()
        project = root / PROJECT_FILE
        text = project.read_bytes() if project.is_file() else _project().encode()
        (copy / PROJECT_FILE).write_bytes(text)
        for file in [path, *_types(path)]:
            (copy / RESOURCES / file.name).write_bytes(file.read_bytes())
        made = _side(copy, given)
    return Side(made.spec, made.project, alone=True)


def _types(path: Path) -> list[Path]:
    """The files beside `path` that declare types and no kind. What cannot be read is not one."""
    found = []
    for file in sorted(path.parent.iterdir()):
        if file.suffix in _YAML and file.name != path.name and file.is_file():
            try:
                document = read(file, file.name).document
            except (ApigenError, SpecError):
                continue
            if {"group", "types"} <= document.keys() and not {"kind", "versions"} & document.keys():
                found.append(file)
    return found


def _project() -> str:
    return f'apigen: 1\nname: alone\nmodule: example.com/alone\nkubernetes: "{minors()[-1]}"\n'


def _extract(root: Path, revision: str, folder: Path) -> None:
    """Write the spec of a revision below `folder`."""
    commit = git.commit(root, revision)
    if not commit:
        raise UsageError(*_no_revision(root, revision))
    files = git.files(root, commit, [PROJECT_FILE, f"{RESOURCES}/"], _YAML)
    if PROJECT_FILE not in files:
        where = f"{git.prefix(root)}{PROJECT_FILE}"
        raise ApigenError(
            f"{quoted(revision)} has no {where}", "name a revision in which the project is there"
        )
    (folder / RESOURCES).mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _no_revision(root: Path, given: str) -> tuple[str, str]:
    """What is wrong with a name that is no revision, and what to do."""
    if (root / given).is_dir():
        return (
            f"there is no {PROJECT_FILE} in {given}, and no revision of git is called so",
            "name the folder of a project",
        )
    if (root / given).is_file():
        return (
            f"{given} is no resource file, and no revision of git is called so",
            "such as resources/widget.yaml",
        )
    missing = f"{quoted(given)} is no folder, no file and no revision of git here"
    if refusal := git.refusal(root):
        if refusal.startswith("not a git repository"):
            return missing, f"{root.resolve()} is in no repository of git: name a folder or a file"
        return missing, f"name a folder or a file; git does not read this repository: {refusal}"
    if given == "HEAD":
        return missing, "there is no commit yet: make one, or name a folder or a file"
    return missing, "name a folder, a resource file, or a commit, branch or tag"
