"""Files as they are in a revision of git, read from its store: no checkout, no shell, and no filter or attribute of the
repository has a say, as it would with `git archive`."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from apigen.problems import ApigenError
from apigen.words import quoted

# The modes of regular files, executable or not. Source: git-fast-import(1).
_REGULAR = (b"100644", b"100755")
_LINK = b"120000"


def commit(root: Path, revision: str) -> str:
    """Return the name of the commit that a revision is in the repository around `root`; nothing if it is none."""
    # A revision that looks like an option stays one: see gitcli(7).
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def refusal(root: Path) -> str:
    """Return why git sees no repository around `root`, in its words; nothing if it sees one."""
    found = _git(root, "rev-parse", "--git-dir")
    text = found.stderr.decode(errors="replace").strip().partition("\n")[0]
    return text.removeprefix("fatal: ") or "no repository" if found.returncode else ""


def prefix(root: Path) -> str:
    """Return the path of `root` in its repository, with a slash at its end if it is not empty."""
    return os.fsdecode(_git(root, "rev-parse", "--show-prefix").stdout).strip()


def files(root: Path, commit: str, paths: Sequence[str], suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Return the regular files at `paths`, from `root` on, whose names end in one of `suffixes`; of a path with a slash
    at its end those in that folder.

    Raises ApigenError for a symbolic link, which leads to nothing without a checkout, and where git fails.
    """
    listed = _git(root, "ls-tree", "-z", commit, *paths)
    found: dict[str, bytes] = {}
    for entry in filter(None, listed.stdout.split(b"\0")):
        about, _, path = entry.partition(b"\t")
        mode, _, blob = about.split()
        name = os.fsdecode(path)
        if not name.endswith(suffixes):
            continue
        if mode == _LINK:
            message = f"{name} is a symbolic link in {commit[:12]}"
            raise ApigenError(message, "compare folders: `git worktree add ../old` makes one of a revision")
        if mode in _REGULAR:
            content = _git(root, "cat-file", "blob", blob.decode())
            if content.returncode:
                raise ApigenError(f"git cannot read {quoted(name)} of {commit[:12]}", "`git fsck` says more")
            found[name] = content.stdout
    return found


def _git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """Run git. Raises ApigenError where there is none."""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        raise ApigenError("there is no git here", "install it, or compare two folders") from None
