"""The user's go.mod, moved to the modules of another minor: by the Go tool, on copies until all is well."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apigen.gobuild import Go, network_advice
from apigen.problems import ApigenError

MODULE, SUMS = "go.mod", "go.sum"
_REQUIREMENT = re.compile(r"^\t(\S+) (v\S+)", re.MULTILINE)
_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?")


@dataclass(frozen=True)
class Staged:
    """A go.mod and go.sum that wait in a folder of their own, and what moved: module, old version, new version."""

    folder: Path
    moved: tuple[tuple[str, str, str], ...]


def required(text: str) -> dict[str, str]:
    """Return the versions of the modules in a go.mod that was written by our template."""
    return dict(_REQUIREMENT.findall(text))


@contextmanager
def staged(go: Go, root: Path, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Staged]:
    """Make copies of go.mod and go.sum that require the modules `new` at least; `old` were those until now.

    What the project requires in a higher version, or besides, stays. What only the old minor needed goes, where it
    still has the version that came with it. Raises ApigenError with Go's own words; the project is as it was.
    """
    if not (root / MODULE).is_file():
        raise ApigenError(f"there is no {MODULE} in {root}", "`apigen generate` makes one")
    with tempfile.TemporaryDirectory(prefix="apigen-") as name:
        folder = Path(name)
        for file in (MODULE, SUMS):
            if (root / file).is_file():
                shutil.copyfile(root / file, folder / file)
        modfile = f"-modfile={folder / MODULE}"
        before = _requirements(go, root, folder)
        wanted = [f"{m}@{v}" for m, v in new.items() if order(before.get(m, "")) < order(v)]
        if wanted:
            _go(go, root, "get", modfile, *wanted)
        # `get` also notes what the modules need that it is given, for packages that are never built.
        noted = _requirements(go, root, folder)
        gone = [m for m in noted if m not in new and (m not in before or before[m] == old.get(m))]
        if gone:
            _go(go, root, "mod", "edit", *(f"-droprequire={m}" for m in gone), str(folder / MODULE))
        # `get` notes the hashes of what it had to open; the first build should need no other.
        _go(go, root, "mod", "download", modfile, *(f"{m}@{v}" for m, v in new.items()))
        after = _requirements(go, root, folder)
        moved = tuple((m, before[m], v) for m, v in after.items() if m in before and before[m] != v)
        yield Staged(folder, moved)


def place(found: Staged, root: Path) -> None:
    """Put the staged files into the project, each at once."""
    for name in (MODULE, SUMS):
        if (found.folder / name).is_file():
            replace(root / name, (found.folder / name).read_bytes())


def replace(path: Path, data: bytes) -> None:
    """Write a file anew, at once, with the mode that it had; where the path is a link, the file that it leads to."""
    target = path.resolve()
    beside = target.with_name(f".apigen-{target.name}.tmp")
    beside.write_bytes(data)
    if target.exists():
        shutil.copymode(target, beside)
    beside.replace(target)


def order(version: str) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
    """Return what compares as versions of modules do; no version comes before all others.

    Source: semver.org, 11: a pre-release comes before its release; numbers in it compare as such, before words.
    """
    found = _VERSION.match(version)
    if not found:
        return (-1, 0, 0), False, ()
    parts = (found[4] or "").split(".") if found[4] else []
    words = tuple((not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts)
    return (int(found[1]), int(found[2]), int(found[3])), not parts, words


def _requirements(go: Go, root: Path, folder: Path) -> dict[str, str]:
    told = json.loads(_go(go, root, "mod", "edit", "-json", str(folder / MODULE)))
    return {one["Path"]: one["Version"] for one in told.get("Require") or ()}


def _go(go: Go, root: Path, *arguments: str) -> str:
    """What Go prints. GOWORK is off: a workspace would be asked instead of the project."""
    done = subprocess.run(
        [go.program, *arguments], cwd=root, env={**go.environment, "GOWORK": "off"},
        capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if not line.startswith("go: downloading ")]
        text = "".join(f"\n  {line}" for line in said[:20])
        raise ApigenError(
            f"Go could not move {MODULE}, so nothing was written:{text}",
            network_advice(done.stderr) or f"mend {MODULE} first: `go mod tidy` must work before an upgrade",
        )
    return done.stdout
