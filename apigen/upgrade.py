"""`upgrade`: moves a project to a newer minor of Kubernetes.

What is generated is generated anew, by the rules of `generate`; in apigen.yaml one scalar changes; go.mod and go.sum
are the user's, and the Go tool alone edits them. Whatever can refuse does so before the first byte is written. No
other file is touched: what should change in those is listed.
"""

import dataclasses
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apigen import console, gobuild, gocheck, gomodules, identity, minors, pipeline, upstream
from apigen.compare import Change
from apigen.console import progress
from apigen.files import Kind, RenderedFile
from apigen.load import PROJECT_FILE, Loaded, Spec, load
from apigen.problems import Problem, SpecError, UsageError
from apigen.source import Source
from apigen.spec import ProjectSpec

_MODULES = (gomodules.MODULE, gomodules.SUMS)


@dataclass(frozen=True)
class Plan:
    """What an upgrade would do: the project's spec as it will be, the files as they were and will be asked for.

    `advice` says, line by line, what of the user's own may have to change.
    """

    old: str
    new: str
    spec: Spec
    text: bytes
    before: tuple[RenderedFile, ...]
    after: tuple[RenderedFile, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """What an upgrade did: changed files, moved modules (name, old version, new version), faults of the user's Go."""

    changes: tuple[Change, ...]
    modules: tuple[tuple[str, str, str], ...]
    faults: tuple[Problem, ...]


def plan(root: Path, wanted: str = "") -> Plan | None:
    """Return what must be done for the minor `wanted`, the newest unless given; None if the project is for it already.

    Raises UsageError for a minor that is not known, or older; SpecError; ApigenError.
    """
    spec = load(root)
    old, new = spec.project.spec.kubernetes, wanted or upstream.versions()[-1]
    if new not in upstream.versions():
        raise UsageError(identity.unknown_minor(new), identity.known_minors())
    before = pipeline.rendered(root, spec)
    if old == new:
        return None
    if minors.number(new) < minors.number(old):
        hint = "go back by version control; what a newer server has stored, an older one may not read"
        raise UsageError(f"the project is for Kubernetes {old}, which is newer than {new}", hint)
    project = spec.project
    moved: Loaded[ProjectSpec] = Loaded(project.spec.model_copy(update={"kubernetes": new}), project.source)
    future = dataclasses.replace(spec, project=moved)
    after = pipeline.rendered(root, future)
    advice = (*_scaffolds(root, before, after), *(m.advice for m in minors.between(old, new)))
    return Plan(old, new, future, _edited(root, project.source, old, new), before, after, advice)


def upgrade(root: Path, wanted: Plan) -> Done:
    """Carry out what `plan` returned.

    Raises EditedError, and ApigenError where Go is missing or cannot move the modules, with nothing written.
    """
    go = gobuild.find()
    pipeline.check(root, wanted.spec)
    old, new = (gomodules.required(_text(files, gomodules.MODULE)) for files in (wanted.before, wanted.after))
    with progress(f"moving {gomodules.MODULE}"), gomodules.staged(go, root, old, new) as modules:
        changes, _ = pipeline.generate(root, wanted.spec)
        gomodules.replace(root / PROJECT_FILE, wanted.text)
        gomodules.place(modules, root)
    generated = frozenset(f.path for f in wanted.after if f.kind is Kind.GENERATED)
    moved = minors.between(wanted.old, wanted.new)
    return Done(changes, modules.moved, gocheck.faults(go, root, moved, generated))


def _edited(root: Path, source: Source, old: str, new: str) -> bytes:
    """The bytes of the project file with another minor in it, and nothing else changed."""
    data = (root / PROJECT_FILE).read_bytes()
    problem = source.problem(("kubernetes",), "apigen cannot edit this value", f'write it as "{old}"')
    lines = re.split(r"(\r\n|\r|\n)", source.text)
    row, column = (problem.position.line - 1) * 2, problem.position.column - 1
    head, rest = lines[row][:column], lines[row][column:]
    if rest[: len(old) + 2] not in (f'"{old}"', f"'{old}'") or not data.endswith(source.text.encode()):
        raise SpecError([problem])
    lines[row] = head + rest[0] + new + rest[len(old) + 1 :]
    # A byte order mark is no part of the text.
    return data.removesuffix(source.text.encode()) + "".join(lines).encode()


def _scaffolds(root: Path, before: Iterable[RenderedFile], after: Iterable[RenderedFile]) -> Iterable[str]:
    """What a new project would have otherwise in the files that are the user's: a line for each that is there."""
    was = {file.path: file.text for file in before}
    for file in after:
        if file.kind is not Kind.SCAFFOLD or file.path in _MODULES or not (root / file.path).is_file():
            continue
        old, new = was.get(file.path, file.text).splitlines(), file.text.splitlines()
        for line in difflib.ndiff(old, new):
            if line.startswith(("- ", "+ ")):
                yield f"{file.path}: {line}"


def _text(files: Iterable[RenderedFile], path: str) -> str:
    return next(file.text for file in files if file.path == path)


def show_plan(root: Path, wanted: Plan) -> None:
    """Show on stderr what would change."""
    console.show_changes(pipeline.changes(root, wanted.spec), "diff")
    old, new = (gomodules.required(_text(files, gomodules.MODULE)) for files in (wanted.before, wanted.after))
    _show_modules(
        (name, old[name], version) for name, version in new.items() if old.get(name, version) != version
    )
    _show_advice(wanted)


def show_done(wanted: Plan, done: Done) -> bool:
    """Show on stderr what was done and what is left to do; say whether Go of the user's must change."""
    console.show_changes(done.changes, "generate")
    _show_modules(done.modules)
    _show_advice(wanted)
    console.show_problems(done.faults)
    if done.faults:
        console.show_line(
            f"moved to Kubernetes {wanted.new}; what is above must change before it builds again"
        )
    else:
        console.show_line(f"moved to Kubernetes {wanted.new}; it builds. Run its tests, then commit")
    return bool(done.faults)


def _show_modules(moved: Iterable[tuple[str, str, str]]) -> None:
    """A line for each module of Kubernetes; the others, which follow them, only count."""
    others = 0
    for name, old, new in moved:
        if name.startswith("k8s.io/") and not new.startswith("v0.0.0-"):
            console.show_line(f"{gomodules.MODULE}: {name} {old} -> {new}")
        else:
            others += 1
    console.show_line(f"{gomodules.MODULE}: {others} other modules follow")


def _show_advice(wanted: Plan) -> None:
    console.show_line(f'{PROJECT_FILE}: kubernetes: "{wanted.old}" -> "{wanted.new}"')
    if wanted.advice:
        console.show_line(f"in files of yours, which stay as they are, this is another in {wanted.new}:")
        for line in wanted.advice:
            console.show_line(f"  {line}")
