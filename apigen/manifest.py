"""The record `apigen.sum`: which files are ours, and the bytes that we gave them.

It is committed, so it may come from anywhere and is read as untrusted input. `sha256sum -c` reads it too:

    # apigen 0.1.0
    # scaffold cmd/edge/main.go
    # ejected fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9  internal/registry/rest.go
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
_EJECTED = re.compile(r"# ejected ([0-9a-f]{64})  (.+)")
_GENERATED = re.compile(r"([0-9a-f]{64})  (.+)")
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: .*)?")
_RESTORE = f"restore {RECORD} from version control"


Hashes = frozenset[str]


@dataclass(frozen=True)
class Manifest:
    """What was written last: the version that did it, the hash of every generated file, all scaffolds.

    `ejected` are generated files that were handed over, each with the hash of what we would have written. A file
    has two hashes only in a record that git has merged with conflicts: those of both sides.
    """

    version: str = ""
    generated: Mapping[str, Hashes] = field(default_factory=lambda: MappingProxyType({}))
    scaffolds: frozenset[str] = frozenset()
    ejected: Mapping[str, Hashes] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def paths(self) -> frozenset[str]:
        """All paths on record."""
        return self.scaffolds.union(self.generated, self.ejected)

    def wrote(self, path: str, data: bytes) -> bool:
        """Whether the bytes of a generated file are those that we gave it."""
        return digest(data) in self.generated.get(path, ())


def digest(data: bytes) -> str:
    """Return the hash of a file's bytes as the record has it."""
    return hashlib.sha256(data).hexdigest()


def render(manifest: Manifest) -> str:
    """Return the text of the record for `manifest`."""
    lines = [f"# apigen {manifest.version}"]
    lines += [f"# scaffold {path}" for path in sorted(manifest.scaffolds)]
    lines += [f"# ejected {one}  {path}" for path, one in _sorted(manifest.ejected)]
    lines += [f"{one}  {path}" for path, one in _sorted(manifest.generated)]
    return "\n".join(lines) + "\n"


def _sorted(entries: Mapping[str, Hashes]) -> list[tuple[str, str]]:
    return [(path, one) for path in sorted(entries) for one in sorted(entries[path])]


def read(text: str) -> Manifest:
    """Return what the record's `text` says; an empty text, where there is no record yet, says nothing.

    Between the markers of a merge conflict both sides are believed: what either has written is ours. Raises
    ApigenError for a record that neither `render` nor such a merge can have made.
    """
    if not text:
        return Manifest()
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    kept = [(i, line) for i, line in enumerate(lines, 1) if not _CONFLICT.fullmatch(line)]
    merged = len(kept) < len(lines)
    versions = [m.group(1) for _, line in kept if (m := _VERSION.fullmatch(line))]
    if not versions or kept[0][1] != f"# apigen {versions[0]}" or (len(versions) > 1 and not merged):
        raise _malformed(1, f'does not start with "# apigen VERSION", once in {RECORD}')
    return _entries(versions[-1], kept, merged)


def _entries(version: str, lines: Iterable[tuple[int, str]], merged: bool) -> Manifest:
    """The record that entries make. Where sides of a merge differ, a file is its owner's rather than ours."""
    generated: dict[str, Hashes] = {}
    ejected: dict[str, Hashes] = {}
    scaffolds: set[str] = set()
    for number, line in lines:
        if _VERSION.fullmatch(line):
            continue
        found = _GENERATED.fullmatch(line) or _EJECTED.fullmatch(line) or _SCAFFOLD.fullmatch(line)
        if not found:
            raise _malformed(
                number, 'is neither "HASH  PATH" nor "# scaffold PATH" nor "# ejected HASH  PATH"'
            )
        path = found[found.re.groups]
        if fault := path_fault(path) or _not_ours(path):
            raise _malformed(number, f"names a path that {fault}")
        if (path in generated or path in scaffolds or path in ejected) and not merged:
            raise _malformed(number, "names a path for the second time")
        if found.re is _SCAFFOLD:
            scaffolds.add(path)
        else:
            into = generated if found.re is _GENERATED else ejected
            into[path] = into.get(path, frozenset()) | {found[1]}
    ejected = {path: hashes for path, hashes in ejected.items() if path not in scaffolds}
    ours = {p: hashes for p, hashes in generated.items() if p not in scaffolds and p not in ejected}
    return Manifest(version, MappingProxyType(ours), frozenset(scaffolds), MappingProxyType(ejected))


def _not_ours(path: str) -> str:
    """Why a record must not name `path`: what it names may be deleted when the spec no longer asks for it."""
    if path == RECORD:
        return "is the record itself"
    if path == "apigen.yaml" or path.startswith("resources/"):
        return "belongs to the spec"
    return ""


def _malformed(number: int, why: str) -> ApigenError:
    return ApigenError(f"{RECORD}: line {number} {why}", _RESTORE)
