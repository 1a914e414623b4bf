"""Hands generated files over to their owner, and takes them back.

What is handed over is never written again. The record keeps the hash of what apigen would have written then, so that
`--check` can say when that has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from apigen import manifest
from apigen.compare import Change, Verdict
from apigen.files import Kind, RenderedFile
from apigen.manifest import Hashes, Manifest, digest
from apigen.pipeline import rendered
from apigen.problems import ApigenError, UsageError
from apigen.render import header
from apigen.words import choices, quoted
from apigen.write import Saved, locked, read_disk, read_record, write


def eject(root: Path, paths: Sequence[str]) -> dict[str, bool]:
    """Hand generated files over for good, as they are now; return for each whether it was yet ours.

    Once more for a file that is handed over already, it notes what apigen would write today. Raises UsageError for
    what is no generated file, SpecError, and ApigenError.
    """
    files = _generated(root, paths)
    with locked(root):
        work = _Work.begin(root, files)
        ejected = dict(work.record.ejected)
        fresh = {file.path: file.path not in work.record.ejected for file in files}
        for file in files:
            old = work.content(file.path)
            ejected[file.path] = _hashes(file)
            if fresh[file.path]:
                work.put(file, _owned(file.path, old), old, Verdict.UPDATE)
        kept = {p: hashes for p, hashes in work.record.generated.items() if p not in ejected}
        work.end(kept, ejected, force=False)
    return fresh


def adopt(root: Path, paths: Sequence[str]) -> dict[str, str]:
    """Take files back that were handed over: they become what apigen writes. Returns for each the path of the copy of
    what it was, "" where nothing was a person's.

    Raises UsageError for what was not handed over, SpecError, and ApigenError.
    """
    files = _generated(root, paths)
    with locked(root):
        work = _Work.begin(root, files)
        for file in files:
            if file.path not in work.record.ejected:
                raise UsageError(f"{file.path} was not handed over", "it is generated: apigen generate")
            old = work.content(file.path, absent=True)
            plain = old == _owned(file.path, file.text.encode()).encode()
            verdict = Verdict.CREATE if old is None else Verdict.UPDATE if plain else Verdict.EDITED
            work.put(file, file.text, old, verdict)
        back = {file.path: _hashes(file) for file in files}
        left = {p: hashes for p, hashes in work.record.ejected.items() if p not in back}
        saved = work.end({**work.record.generated, **back}, left, force=True)
    return dict.fromkeys(back, "") | {copy.path: copy.copy for copy in saved}


def _hashes(file: RenderedFile) -> Hashes:
    return frozenset({digest(file.text.encode())})


def _generated(root: Path, paths: Sequence[str]) -> list[RenderedFile]:
    """The files of those paths as apigen would write them."""
    planned = {file.path: file for file in rendered(root)}
    ours = [path for path, file in planned.items() if file.kind is Kind.GENERATED]
    found = []
    for given in dict.fromkeys(paths):
        path = given.removeprefix("./")
        file = planned.get(path)
        if file is None:
            hint = choices(path, ours, "generated files") or "paths begin at the project's folder"
            raise UsageError(f"{quoted(given)} is no file that apigen generates", hint)
        if file.kind is Kind.SCAFFOLD:
            raise UsageError(f"{path} is yours already", "apigen wrote it once and will not touch it again")
        found.append(file)
    return found


def _owned(path: str, content: bytes | None) -> str:
    """A generated file under the first line of those that are a person's."""
    try:
        text = (content or b"").decode()
    except UnicodeDecodeError:
        raise ApigenError(f"{path} is not text", "restore it from version control") from None
    ours = header(path, Kind.GENERATED)
    return header(path, Kind.SCAFFOLD) + text.removeprefix(ours) if ours and text.startswith(ours) else text


@dataclass
class _Work:
    """What is on disk and on record, and the changes to be made."""

    root: Path
    disk: dict[str, object]
    record: Manifest
    changes: list[Change]

    @classmethod
    def begin(cls, root: Path, files: Sequence[RenderedFile]) -> "_Work":
        record = manifest.read(read_record(root))
        if not record.version:
            raise UsageError("nothing is generated here yet", "first: apigen generate")
        return cls(root, dict(read_disk(root, files, record)), record, [])

    def content(self, path: str, *, absent: bool = False) -> bytes | None:
        """The bytes of a file, which must be there unless it may be `absent`."""
        found = self.disk.get(path)
        if found is None and absent:
            return None
        if not isinstance(found, bytes):
            raise ApigenError(f"{path} is {found or 'not there'}", "first: apigen generate")
        return found

    def put(self, file: RenderedFile, text: str, old: bytes | None, verdict: Verdict) -> None:
        if old != text.encode():
            self.changes.append(Change(file.path, verdict, text, old, file.kind, file.executable))

    def end(
        self, generated: dict[str, Hashes], ejected: dict[str, Hashes], *, force: bool
    ) -> tuple[Saved, ...]:
        """Write the changes, then the record."""
        made = replace(self.record, generated=MappingProxyType(generated), ejected=MappingProxyType(ejected))
        return write(self.root, self.changes, manifest.render(made), force=force)
