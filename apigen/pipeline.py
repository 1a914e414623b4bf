"""The whole flow on one page: load -> resolve -> plan -> render -> compare -> write."""

from pathlib import Path

from apigen import __version__, checkreport, manifest
from apigen.compare import Change, Verdict, compare, new_manifest
from apigen.files import Kind, RenderedFile
from apigen.lint import lint
from apigen.lint.finding import Finding
from apigen.load import Spec, load
from apigen.model import Project
from apigen.plan import plan
from apigen.problems import Position
from apigen.render import render
from apigen.resolve import resolve
from apigen.write import Saved, locked, read_disk, read_record, refuse, write


def resolved(root: Path) -> Project:
    """Return the project that the spec below `root` describes. Raises SpecError."""
    return resolve(load(root))


def findings(root: Path) -> tuple[Finding, ...]:
    """Return where the spec below `root` breaks Kubernetes' conventions. Raises SpecError if it is not right at all."""
    spec = load(root)
    resolve(spec)
    return lint(spec)


def origins(root: Path) -> dict[str, Position]:
    """Return for every planned file the place in the spec below `root` that asks for it. Raises SpecError."""
    spec = load(root)
    return checkreport.origins(spec, plan(resolve(spec)))


def rendered(root: Path, spec: Spec | None = None) -> tuple[RenderedFile, ...]:
    """Return every file that the spec below `root` asks for; `spec` is that, if it has been read. Raises SpecError."""
    return render(plan(resolve(spec or load(root))))


def changes(root: Path, spec: Spec | None = None, *, force: bool = False) -> tuple[Change, ...]:
    """Return what `generate` would do below `root`; nothing is written. `spec` is that of `root`, if it has been read.

    Raises SpecError and ApigenError.
    """
    found, record, _ = _compared(root, rendered(root, spec), force)
    return *found, *record


def check(root: Path, spec: Spec) -> None:
    """Raise what `generate` would raise for a tree in which a person's edit would be lost; nothing is written."""
    found, _, _ = _compared(root, rendered(root, spec), force=False)
    refuse(found, force=False)


def generate(
    root: Path, spec: Spec | None = None, *, force: bool = False
) -> tuple[tuple[Change, ...], tuple[Saved, ...]]:
    """Make the tree below `root` what its spec asks for. Returns what changed, and copies of what was replaced.

    `spec` is what the spec below `root` is to be, where that is not written yet. Raises SpecError; EditedError
    where a person's edit would be lost, with nothing written; ApigenError.
    """
    files = rendered(root, spec)
    with locked(root):
        found, record, text = _compared(root, files, force)
        saved = write(root, found, text, force=force)
    return (*found, *record), saved


def _compared(
    root: Path, files: tuple[RenderedFile, ...], force: bool
) -> tuple[tuple[Change, ...], tuple[Change, ...], str]:
    """The changes of the files, that of the record, and the record's new text."""
    before = read_record(root)
    record = manifest.read(before)
    found = compare(files, read_disk(root, files, record), record)
    text = manifest.render(new_manifest(found, files, __version__, force=force))
    return found, _record(before, text), text


def _record(before: str, after: str) -> tuple[Change, ...]:
    """The record is a file like others: it comes last, and only when it changes."""
    verdict = Verdict.UPDATE if before else Verdict.CREATE
    change = Change(manifest.RECORD, verdict, after, before.encode() or None, Kind.GENERATED)
    return () if before == after else (change,)
