"""The record `apigen.sum`: which files are ours, and the bytes that we gave them.

It is committed, so it may come from anywhere and is read as untrusted input. `sha256sum -c` reads it too:

    # apigen 0.1.0
    # scaffold cmd/edge/main.go
    2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae  api/nginx/v1/types.go
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from apigen.files import path_fault
from apigen.problems import ApigenError

RECORD = "apigen.sum"

_VERSION = re.compile(r"# apigen ([0-9A-Za-z.+-]+)")
_SCAFFOLD = re.compile(r"# scaffold (.+)")
_GENERATED = re.compile(r"([0-9a-f]{64})  (.+)")
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: .*)?")
_RESTORE = f"restore {RECORD} from version control"


@dataclass(frozen=True)
class Manifest:
    """What was written last: the version that did it, the hash of every generated file, all scaffolds."""

    version: str = ""
    generated: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    scaffolds: frozenset[str] = frozenset()


def digest(data: bytes) -> str:
    """Return the hash of a file's bytes as the record has it."""
    return hashlib.sha256(data).hexdigest()


def render(manifest: Manifest) -> str:
    """Return the text of the record for `manifest`."""
    lines = [f"# apigen {manifest.version}"]
    lines += [f"# scaffold {path}" for path in sorted(manifest.scaffolds)]
    lines += [f"{manifest.generated[path]}  {path}" for path in sorted(manifest.generated)]
    return "\n".join(lines) + "\n"


def read(text: str, *, force: bool = False) -> Manifest:
    """Return what the record's `text` says; an empty text, where there is no record yet, says nothing.

    Raises ApigenError for a record that `render` cannot have made. With `force` the markers of a merge
    conflict are let pass: where the two sides differ on a file its hash is forgotten, so it counts as edited.
    """
    if not text:
        return Manifest()
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    kept = [(i, line) for i, line in enumerate(lines, 1) if not _CONFLICT.fullmatch(line)]
    merged = len(kept) < len(lines)
    if merged and not force:
        raise ApigenError(
            f"{RECORD} has conflict markers",
            "resolve the conflicts in the spec, then `apigen generate --force` settles this one",
        )
    versions = [m.group(1) for _, line in kept if (m := _VERSION.fullmatch(line))]
    if not versions or kept[0][1] != f"# apigen {versions[0]}" or (len(versions) > 1 and not merged):
        raise _malformed(1, f'does not start with "# apigen VERSION", once in {RECORD}')
    generated, scaffolds = _entries(kept, merged)
    return Manifest(versions[-1], MappingProxyType(generated), frozenset(scaffolds))


def _entries(lines: Iterable[tuple[int, str]], merged: bool) -> tuple[dict[str, str], set[str]]:
    """The generated files with their hashes, and the scaffolds."""
    hashes: dict[str, set[str]] = {}
    scaffolds: set[str] = set()
    for number, line in lines:
        if _VERSION.fullmatch(line):
            continue
        entry, scaffold = _GENERATED.fullmatch(line), _SCAFFOLD.fullmatch(line)
        path = entry.group(2) if entry else scaffold.group(1) if scaffold else ""
        if not path:
            raise _malformed(number, 'is neither "HASH  PATH" nor "# scaffold PATH"')
        if fault := path_fault(path) or _not_ours(path):
            raise _malformed(number, f"names a path that {fault}")
        if (path in hashes or path in scaffolds) and not merged:
            raise _malformed(number, "names a path for the second time")
        if entry:
            hashes.setdefault(path, set()).add(entry.group(1))
        else:
            scaffolds.add(path)
    sure = {path: found.pop() for path, found in hashes.items() if len(found) == 1 and path not in scaffolds}
    return sure, scaffolds


def _not_ours(path: str) -> str:
    """Why a record must not name `path`: what it names may be deleted when the spec no longer asks for it."""
    if path == RECORD:
        return "is the record itself"
    if path == "apigen.yaml" or path.startswith("resources/"):
        return "belongs to the spec"
    return ""


def _malformed(number: int, why: str) -> ApigenError:
    return ApigenError(f"{RECORD}: line {number} {why}", _RESTORE)
