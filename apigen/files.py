"""What a file of a project is, for every step from render on."""

import re
from dataclasses import dataclass
from enum import StrEnum

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Kind(StrEnum):
    """Who owns a file: we for good (generated), or whoever asked for it, once it is written (scaffold)."""

    GENERATED = "generated"
    SCAFFOLD = "scaffold"


@dataclass(frozen=True)
class RenderedFile:
    """A file as it should be. `path` is relative to the root of the project, with slashes.

    `required` says of a scaffold that the project does not build without it.
    """

    path: str
    text: str
    kind: Kind
    required: bool = False
    executable: bool = False


class Obstacle(StrEnum):
    """What keeps a path from being read or written as a file; the value completes "PATH is"."""

    FOLDER = "a folder"
    LINK = "a symbolic link"
    SPECIAL = "not a regular file"
    BELOW_LINK = "below a symbolic link"
    BELOW_FILE = "below something that is not a folder"


def path_fault(path: str) -> str:
    """Return what is wrong with `path` as that of a file of ours ("" if nothing); it completes "PATH"."""
    parts = path.split("/")
    if not path or path.startswith("/"):
        return "is absolute" if path else "is empty"
    if ".." in parts:
        return 'has a part ".."'
    if "" in parts or "." in parts:
        return "has an empty part"
    if "\\" in path:
        return "has a backslash"
    if _CONTROL.search(path):
        return "has a control character"
    if parts[0].lower() == ".git":
        return "belongs to git"
    return ""
