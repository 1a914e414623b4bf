"""What is wrong with a tree, for `generate --check`: files, their faults, and the commands that settle them.

For people, for programs, and as marks in a pull request: there the place in the spec that asks for a file is marked.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apigen.compare import Change, Verdict, stranded
from apigen.problems import Position
from apigen.workflow import Mark

if TYPE_CHECKING:  # slow to import, and errors are shown with what is here
    from apigen.load import Spec
    from apigen.plan import About, PlannedFile

_LEFT_BEHIND = "yours, and no part of the project any more; it may not build: move or delete it"
RANK = ("released", "missing", "stale", "behind", "edited", "orphan", "edited orphan", "stale record")
_SAYS = {
    "released": "code of yours is left behind",
    "missing": "this file is missing",
    "stale": "this file is not what the spec asks for",
    "behind": "this file is yours, and apigen would write something else now than when it was handed over",
    "edited": "this generated file was edited by hand",
    "orphan": "the spec asks for this file no more",
    "edited orphan": "the spec asks for this file no more, and it was edited by hand",
    "stale record": "the record does not say what is there",
}
# What the spec has brought about; the rest is in the files themselves.
_OF_SPEC = ("missing", "stale")


@dataclass(frozen=True)
class Fault:
    """A file that is not as it should be. `kind` is one of RANK, `place` where a person should look."""

    kind: str
    path: str
    why: str
    place: Position


def faults(changes: Sequence[Change], origins: Mapping[str, Position]) -> tuple[Fault, ...]:
    """Return what a check finds, the gravest first. `origins` are the places of planned files in the spec."""
    left = left_behind(changes)
    found = []
    for change in (c for c in changes if c.complaint):
        why = left.get(change.path) or str(change.obstacle or "")
        own = Position(change.path)
        place = origins.get(change.path, own) if change.complaint in _OF_SPEC else own
        found.append(Fault(change.complaint, change.path, why, place))
    return tuple(sorted(found, key=lambda fault: RANK.index(fault.kind)))


def left_behind(changes: Sequence[Change], *, force: bool = False) -> dict[str, str]:
    """Return the code of the user's that belongs to nothing any more, and what is to be done about each."""
    advice = {} if force else {hook.path: hook.advice for hook in stranded(changes)}
    return {c.path: advice.get(c.path, _LEFT_BEHIND) for c in changes if c.left_behind}


def settled(changes: Sequence[Change]) -> str:
    """Return what a person does about files that are theirs and behind, "" if there are none."""
    behind = [c.path for c in changes if c.verdict is Verdict.BEHIND]
    return f"take over what you want, then: apigen eject {shlex.join(behind)}" if behind else ""


def repairs(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return what a person does about what a check finds: sentences that end in a command, in their order."""
    failing = [change for change in changes if change.complaint]
    edited = [c.path for c in failing if c.refused and not c.obstacle]
    blocked = [c.path for c in failing if c.refused and c.obstacle]
    others = [c for c in failing if not c.refused and c.verdict is not Verdict.BEHIND]
    out = ["move your hooks as said above"] if stranded(changes) else []
    if blocked:
        out.append(f"move away what is in the way: {shlex.join(blocked)}")
    if edited:
        out.append(f"to keep edits: apigen eject {shlex.join(edited)}")
        out.append("to replace edits, of which copies are kept: apigen generate --force")
    if behind := settled(failing):
        out.append(behind)
    return (*out, *(["run: apigen generate"] if others else []))


def origins(spec: "Spec", planned: "Sequence[PlannedFile]") -> dict[str, Position]:
    """Return for each planned file the place in the spec that asks for it: a kind, a version, or the project."""
    found: dict[About, Position] = {}
    for file in planned:
        if file.about not in found:
            found[file.about] = next(_places(spec, file.about), spec.project.source.position(()))
    return {file.path: found[file.about] for file in planned}


def _places(spec: "Spec", about: "About") -> Iterator[Position]:
    for loaded in spec.resources:
        of = loaded.spec
        if of.group != about.group or about.kind not in ("", of.kind):
            continue
        names = [version.name for version in of.versions]
        if about.version in names:
            yield loaded.source.position(("versions", names.index(about.version), "name"))
        elif not about.version:
            yield loaded.source.position(("kind",) if about.kind else ("group",))


def as_json(found: Sequence[Fault], remedies: Sequence[str]) -> str:
    """Return a report as a JSON object."""
    rows = [
        {
            "kind": fault.kind,
            "path": fault.path,
            "why": fault.why,
            "file": fault.place.file,
            "line": fault.place.line,
            "column": fault.place.column,
        }
        for fault in found
    ]
    return json.dumps({"problems": rows, "repair": list(remedies)}, indent=2) + "\n"


def marks(found: Sequence[Fault], remedies: Sequence[str]) -> Iterator[Mark]:
    """Yield a mark for each fault."""
    for fault in found:
        about = "" if fault.place.file == fault.path else f"{fault.path}: "
        text = about + _SAYS[fault.kind] + (f": {fault.why}" if fault.why else "")
        yield Mark("error", fault.place, f"apigen generate --check: {fault.kind}", text, "; ".join(remedies))
