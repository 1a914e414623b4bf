"""Rendered files against the disk and the record: what is to be done about each path, and why.

Pure: it decides and touches nothing. `generate`, `--check` and `--diff` are readers of the same answer.

| planned now | on disk                        | recorded  | verdict         |
| ----------- | ------------------------------ | --------- | --------------- |
| generated   | absent                         | any       | create          |
| generated   | same bytes                     | same hash | unchanged       |
| generated   | same bytes                     | otherwise | adopt           |
| generated   | differs, the record's hash     | yes       | update          |
| generated   | differs                        | otherwise | edited          |
| generated   | present                        | ejected   | ejected (other than then: behind) |
| generated   | absent                         | ejected   | missing-hook    |
| scaffold    | absent                         | no        | create          |
| scaffold    | absent                         | scaffold  | kept (required: missing-hook) |
| scaffold    | present                        | any       | kept            |
| either      | present, not the bytes planned | the other | class-changed   |
| either      | present, the bytes planned     | the other | adopt           |
| nothing     | the record's hash              | generated | orphan          |
| nothing     | differs                        | generated | edited-orphan   |
| nothing     | present                        | scaffold, ejected | released |
| nothing     | absent                         | any       | gone            |

A path that is no regular file, or lies below a link, is never touched: its content counts as edited.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from apigen.files import Kind, Obstacle, RenderedFile
from apigen.manifest import Hashes, Manifest, digest

Content = bytes | Obstacle | None


class Verdict(StrEnum):
    """What is the matter with a path."""

    CREATE = "create"
    UNCHANGED = "unchanged"
    UPDATE = "update"
    ADOPT = "adopt"
    EDITED = "edited"
    CLASS_CHANGED = "class-changed"
    KEPT = "kept"
    MISSING_HOOK = "missing-hook"
    ORPHAN = "orphan"
    EDITED_ORPHAN = "edited-orphan"
    GONE = "gone"
    RELEASED = "released"
    EJECTED = "ejected"
    BEHIND = "behind"


_COMPLAINTS = MappingProxyType(
    {
        Verdict.CREATE: "missing",
        Verdict.MISSING_HOOK: "missing",
        Verdict.UPDATE: "stale",
        Verdict.EDITED: "edited",
        Verdict.CLASS_CHANGED: "edited",
        Verdict.ORPHAN: "orphan",
        Verdict.EDITED_ORPHAN: "edited orphan",
        Verdict.GONE: "stale record",
        Verdict.ADOPT: "stale record",
        Verdict.BEHIND: "behind",
    }
)


@dataclass(frozen=True)
class Change:
    """One path with its verdict: `new` is the text planned for it, `old` the bytes on disk.

    Each is None where there is none; `old` also where an `obstacle` hides it. `recorded` are the hashes in the
    record: one, or none.
    """

    path: str
    verdict: Verdict
    new: str | None
    old: bytes | None
    kind: Kind
    executable: bool = False
    recorded: Hashes = frozenset()
    obstacle: Obstacle | None = None
    required: bool = False

    @property
    def complaint(self) -> str:
        """What `--check` says of it, or "" where it has nothing to say."""
        if self.left_behind:
            return "released"
        if self.verdict is Verdict.CREATE and self.kind is Kind.SCAFFOLD:
            return ""
        return _COMPLAINTS.get(self.verdict, "")

    @property
    def left_behind(self) -> bool:
        """Whether it is Go code of the user's in a package of ours that the project has no more."""
        ours = self.path.startswith("internal/") and self.path.endswith(".go")
        return self.verdict is Verdict.RELEASED and ours

    @property
    def refused(self) -> bool:
        """Whether a plain `generate` must stop, since a person's edit would be lost."""
        return self.verdict in (Verdict.EDITED, Verdict.CLASS_CHANGED)

    def writes(self, *, force: bool = False) -> bool:
        """Return whether `new` is to be written, with or without `--force`."""
        forced = self.verdict is Verdict.MISSING_HOOK or (self.refused and self.obstacle is None)
        return self.verdict in (Verdict.CREATE, Verdict.UPDATE) or (force and forced)

    def deletes(self, *, force: bool = False) -> bool:
        """Return whether the file is to be deleted, with or without `--force`."""
        forced = self.verdict is Verdict.EDITED_ORPHAN and self.obstacle is None
        return self.verdict is Verdict.ORPHAN or (force and forced)


@dataclass(frozen=True)
class Stranded:
    """A hook of the user's that would no longer run: `path`, and the `homes` where an empty one is planned."""

    path: str
    homes: tuple[str, ...]

    @property
    def advice(self) -> str:
        """What is the matter with it, and what a person does about it."""
        move = "git mv"
        if len(self.homes) == 1:
            folder = self.homes[0].rpartition("/")[0]
            move = f"{shlex.join(['mkdir', '-p', folder])} && {shlex.join(['git', 'mv', self.path, *self.homes])}"
        where = " or ".join(self.homes)
        return f"your hook {self.path} would no longer run; move it to {where} ({move}; change its package and imports)"


def stranded(changes: Sequence[Change]) -> tuple[Stranded, ...]:
    """Return the hooks that are left behind while an empty one of the same name is created elsewhere.

    The one of the same kind is where it belongs, and then no other hook belongs there; among several it is
    the one in the same group. What still cannot be told apart is all named.
    """
    left = [c.path for c in changes if c.left_behind]
    created = [c.path for c in changes if c.verdict is Verdict.CREATE and c.required]
    same = {path: [new for new in created if _hook(new) == _hook(path)] for path in left}
    taken = {new for found in same.values() for new in found}
    found = []
    for path in left:
        others = [new for new in created if new not in taken and _hook(new)[0] == _hook(path)[0]]
        homes = same[path] or others
        near = [new for new in homes if _group(new) == _group(path)]
        if homes:
            found.append(Stranded(path, tuple(near or homes)))
    return tuple(found)


def _hook(path: str) -> tuple[str, str]:
    """Which hook a file is, and of which kind: of GROUP/KIND/validate.go, or GROUP/VERSION/KIND_defaults.go."""
    *_, folder, name = path.split("/")
    kind, _, hook = name.rpartition("_")
    return hook, kind or folder


def _group(path: str) -> list[str]:
    return path.split("/")[:-2]


def compare(
    rendered: Sequence[RenderedFile], disk: Mapping[str, Content], manifest: Manifest
) -> tuple[Change, ...]:
    """Return a change for every path that is planned or recorded, sorted by path.

    `disk` has the bytes of each, None (or nothing) where there is no file, an Obstacle where no file can be.
    Raises ValueError if two rendered files have one path.
    """
    planned = {file.path: file for file in rendered}
    if len(planned) < len(rendered):
        raise ValueError("two rendered files have the same path")
    changes = [_planned(file, disk.get(file.path), manifest) for file in rendered]
    changes += [_unplanned(path, disk.get(path), manifest) for path in manifest.paths - planned.keys()]
    return tuple(sorted(changes, key=lambda change: change.path))


def new_manifest(
    changes: Sequence[Change], rendered: Sequence[RenderedFile], version: str, *, force: bool = False
) -> Manifest:
    """Return the record of a tree to which `changes` have been made by apigen `version`.

    An edited orphan stays on record until `force` deletes it, lest it be taken for a file of the user's.
    """
    ejected = {c.path: _one(c.recorded) for c in changes if c.verdict in (Verdict.EJECTED, Verdict.BEHIND)}
    ours = (f for f in rendered if f.kind is Kind.GENERATED and f.path not in ejected)
    generated = {f.path: frozenset({digest(f.text.encode())}) for f in ours}
    if not force:
        generated |= {c.path: _one(c.recorded) for c in changes if c.verdict is Verdict.EDITED_ORPHAN}
    scaffolds = frozenset(f.path for f in rendered if f.kind is Kind.SCAFFOLD)
    return Manifest(version, MappingProxyType(generated), scaffolds, MappingProxyType(ejected))


def _planned(file: RenderedFile, content: Content, manifest: Manifest) -> Change:
    verdict = _generated if file.kind is Kind.GENERATED else _scaffold
    return Change(
        file.path,
        verdict(file, content, manifest),
        file.text,
        content if isinstance(content, bytes) else None,
        file.kind,
        file.executable,
        _recorded(manifest, file.path),
        content if isinstance(content, Obstacle) else None,
        file.required,
    )


def _generated(file: RenderedFile, content: Content, manifest: Manifest) -> Verdict:
    if file.path in manifest.ejected:
        if content is None:
            return Verdict.MISSING_HOOK
        same = digest(file.text.encode()) in manifest.ejected[file.path]
        return Verdict.EJECTED if same else Verdict.BEHIND
    if content is None:
        return Verdict.CREATE
    if content == file.text.encode():
        return Verdict.UNCHANGED if manifest.wrote(file.path, content) else Verdict.ADOPT
    if file.path in manifest.scaffolds:
        return Verdict.CLASS_CHANGED
    if isinstance(content, bytes) and manifest.wrote(file.path, content):
        return Verdict.UPDATE
    return Verdict.EDITED


def _one(hashes: Hashes) -> Hashes:
    """One hash of a file, of which a merge may have left two."""
    return frozenset(sorted(hashes)[:1])


def _recorded(manifest: Manifest, path: str) -> Hashes:
    return manifest.generated.get(path) or manifest.ejected.get(path) or frozenset()


def _scaffold(file: RenderedFile, content: Content, manifest: Manifest) -> Verdict:
    recorded = file.path in manifest.scaffolds
    if content is None:
        if not recorded:
            return Verdict.CREATE
        return Verdict.MISSING_HOOK if file.required else Verdict.KEPT
    if file.path in manifest.generated:
        return Verdict.ADOPT if content == file.text.encode() else Verdict.CLASS_CHANGED
    # Below a link or a file nothing is known to be there, and nothing can be put there.
    if content in (Obstacle.BELOW_LINK, Obstacle.BELOW_FILE) and not recorded:
        return Verdict.EDITED
    return Verdict.KEPT


def _unplanned(path: str, content: Content, manifest: Manifest) -> Change:
    old = content if isinstance(content, bytes) else None
    if content is None:
        verdict = Verdict.GONE
    elif path in manifest.scaffolds or path in manifest.ejected:
        verdict = Verdict.RELEASED
    elif old is not None and manifest.wrote(path, old):
        verdict = Verdict.ORPHAN
    else:
        verdict = Verdict.EDITED_ORPHAN
    kind = Kind.GENERATED if path in manifest.generated else Kind.SCAFFOLD
    obstacle = content if isinstance(content, Obstacle) else None
    return Change(path, verdict, None, old, kind, recorded=_recorded(manifest, path), obstacle=obstacle)
