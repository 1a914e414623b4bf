"""What changed in an API between two specs, what that breaks, and what to do instead.

sides (read both) -> compare (what differs) -> allow (what of that the project allows) -> show.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from apigen.diff.change import ApiChange
from apigen.diff.compare import compare, sorted_changes
from apigen.diff.sides import Side, read_side
from apigen.diffspec import AllowSpec
from apigen.problems import UsageError


@dataclass(frozen=True)
class Comparison:
    """The changes of an API, and the entries of the list of what is allowed that allow none of them."""

    changes: tuple[ApiChange, ...]
    idle: tuple[AllowSpec, ...] = ()


def diff(root: Path, old: str, new: str) -> Comparison:
    """Return the changes of the API from `old` to `new`: revisions, folders or files; `new` is `root` if left out.

    What the new side allows has its reason. Raises UsageError, SpecError and ApigenError.
    """
    before, after = _alike(read_side(root, old), read_side(root, new))
    allowed = after.spec.project.spec.diff.allow
    changes = sorted_changes(compare(before, after))
    idle = tuple(entry for entry in allowed if not any(_allows(entry, change) for change in changes))
    return Comparison(tuple(_allowed(change, allowed) for change in changes), idle)


def _alike(before: Side, after: Side) -> tuple[Side, Side]:
    """Where one side is a single file, leave the other its kind alone."""
    if before.alone == after.alone:
        return before, after
    alone, whole = (before, after) if before.alone else (after, before)
    kinds = {(g.name, k.kind) for g in alone.project.groups for k in g.kinds}
    groups = []
    for group in whole.project.groups:
        left = tuple(k for k in group.kinds if (group.name, k.kind) in kinds)
        if left:
            groups.append(replace(group, kinds=left))
    if not groups:
        raise UsageError("the two sides have no kind in common", "compare two versions of one resource file")
    less = replace(whole, project=replace(whole.project, groups=tuple(groups)))
    return (before, less) if before.alone else (less, after)


def _allowed(change: ApiChange, allowed: Iterable[AllowSpec]) -> ApiChange:
    reason = next((entry.reason for entry in allowed if _allows(entry, change)), "")
    return replace(change, reason=reason) if change.breaks else change


def _allows(entry: AllowSpec, change: ApiChange) -> bool:
    return (
        entry.change == change.code
        and entry.kind in ("", change.kind, change.kind.partition(".")[0])
        and entry.version in ("", change.version)
        and entry.path in ("", change.path)
    )
