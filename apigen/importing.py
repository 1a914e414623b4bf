"""`import`: files with CustomResourceDefinitions become resource files of a project, or text."""

import shlex
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from apigen.crd.account import Account, account
from apigen.crd.convert import Imported, convert
from apigen.crd.read import Skipped, read
from apigen.load import PROJECT_FILE, RESOURCES
from apigen.problems import ApigenError, Problem, SpecError, UsageError
from apigen.scaffold import kinds
from apigen.source import MAX_BYTES


@dataclass(frozen=True)
class Import:
    """What came of it: an account of each kind, the resource files as text, and what was in the files besides."""

    accounts: list[Account]
    texts: list[str]
    skipped: list[Skipped]

    @property
    def created(self) -> str:
        """A line for each file that was written."""
        return "\n".join(f"created {one.file}" for one in self.accounts if one.file)


def is_project(root: Path) -> bool:
    """Whether a folder is a project."""
    return (root / PROJECT_FILE).is_file()


def import_files(root: Path, files: Iterable[str], output: Path | None, *, strict: bool = False) -> Import:
    """Turn the definitions in `files` (`-` is standard input) into resource files in `output`, a folder below `root`.

    Without `output` nothing is written, nor if `strict` is set and anything is not carried. All is written or nothing.
    Raises SpecError for what cannot be imported, UsageError where a kind is there already, ApigenError where a file
    cannot be read or written.
    """
    imported, skipped = _read(root, files)
    if strict and any(one.not_carried for one in imported):
        output = None
    paths = _paths(root, output, imported) if output is not None else []
    _write({root / path: one.text for path, one in zip(paths, imported, strict=False)})
    names = [p.as_posix() for p in paths] or [""] * len(imported)
    accounts = [account(one, name) for one, name in zip(imported, names, strict=True)]
    return Import(accounts, [one.text for one in imported], skipped)


def default_output(root: Path) -> Path | None:
    """Where resource files go if nothing is said: into a project's own folder."""
    return Path(RESOURCES) if is_project(root) else None


def _read(root: Path, files: Iterable[str]) -> tuple[list[Imported], list[Skipped]]:
    imported: list[Imported] = []
    skipped: list[Skipped] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for file in dict.fromkeys(files):
        try:
            definitions, others = read(_bytes(root, file), "standard input" if file == "-" else file)
        except SpecError as error:
            problems += error.problems
            continue
        skipped += others
        for definition in definitions:
            try:
                imported.append(convert(definition))
            except SpecError as error:
                problems += error.problems
                continue
            place = definition.source.position(definition.at)
            here, name = f"{place.file}:{place.line}", definition.name
            if name in seen:
                message = f"{name} is defined twice; first in {seen[name]}"
                problems.append(definition.source.problem(definition.at, message, "leave out one of the two"))
            seen.setdefault(name, here)
    if problems:
        raise SpecError(problems)
    return imported, skipped


def _bytes(root: Path, file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    path = root / file
    if path.is_dir():
        raise UsageError(f"{file} is a folder", f"name the files in it, such as {file.rstrip('/')}/*.yaml")
    try:
        # A pipe that nobody writes to would be waited for, and a device may never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ApigenError(
                f"cannot read {file}: not a regular file",
                f"pipe it in: apigen import - < {shlex.quote(file)}",
            )
        with path.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ApigenError(f"cannot read {file}: {error.strerror}") from error


def _paths(root: Path, output: Path, imported: list[Imported]) -> list[Path]:
    """A path for each kind that no file has yet."""
    known = {name: path for path, name in kinds(root / output).items()}
    taken: set[Path] = set()
    for one in imported:
        spec = one.definition.spec
        group, kind = spec["group"], spec["names"]["kind"]
        if (group, kind) in known:
            there = (output / known[group, kind].name).as_posix()
            raise UsageError(
                f"{kind} of {group} is there already: {there}", "move that file away, then import again"
            )
        names = (f"{kind.lower()}.yaml", f"{kind.lower()}.{group.split('.')[0]}.yaml")
        free = next((p for n in names if (p := output / n) not in taken and not (root / p).exists()), None)
        if free is None:
            hint = "move the file away, then import again"
            raise UsageError(f"{(output / names[0]).as_posix()} exists, and so does {names[1]}", hint)
        taken.add(free)
        known[group, kind] = free
    return [known[one.definition.spec["group"], one.definition.spec["names"]["kind"]] for one in imported]


def _write(texts: dict[Path, str]) -> None:
    """Write new files, all or none."""
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise
