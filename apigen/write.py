"""The last step: carries out what compare decided, without losing a byte that a person wrote.

The order, which matters:

1. refuse, if anything must be refused;
2. look again at every file that is about to change, in case it did since it was compared;
3. write the new files beside the old ones; if this fails, the tree is as it was;
4. save what `--force` replaces;
5. put the new files in place, each at once;
6. delete orphans, then the folders that they leave empty;
7. the record.

A run that is killed is finished by the next one. Every path is walked from the root folder by folder, and no
link is followed, also not one that appears meanwhile: nothing outside the root is read or written.
"""

import errno
import fcntl
import hashlib
import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from apigen.compare import Change, Content, Verdict, stranded
from apigen.files import Kind, Obstacle, RenderedFile, path_fault
from apigen.manifest import RECORD, Manifest
from apigen.problems import ApigenError, EditedError, Position, Problem, SpecError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FORCE = "apigen generate --force"


@dataclass(frozen=True)
class Saved:
    """A file that was replaced or deleted by force, and the name of the copy made of it."""

    path: str
    copy: str


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other runs of apigen out of the folder `root`, from before it is read until all is written.

    Raises ApigenError if there is another one. The lock goes with the process, and leaves no file.
    """
    with _named(str(root)):
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ApigenError(f"another apigen is at work in {root}", "wait until it has finished") from None
        except OSError:
            # Some network file systems have no locks; a single run needs none.
            pass
        yield
    finally:
        os.close(folder)


def read_disk(root: Path, rendered: Sequence[RenderedFile], manifest: Manifest) -> dict[str, Content]:
    """Return, for every path that is rendered or on record, its bytes below `root`.

    None stands for no file, an Obstacle for what cannot be read as one without following a link. Raises
    ApigenError for a file that cannot be read.
    """
    paths = {file.path for file in rendered} | manifest.paths
    if not _exists(root):
        return dict.fromkeys(paths)
    with _opened(root) as top:
        return {path: _look(top, path) for path in sorted(paths)}


def read_record(root: Path) -> str:
    """Return the text of the record below `root`, "" if there is none.

    Raises ApigenError if it is no regular file or no text.
    """
    if not _exists(root):
        return ""
    with _opened(root) as top:
        content = _look(top, RECORD)
    if isinstance(content, Obstacle):
        raise ApigenError(f"{RECORD} is {content}", "move it away")
    try:
        return (content or b"").decode()
    except UnicodeDecodeError:
        raise ApigenError(f"{RECORD} is not text", "restore it from version control") from None


def write(root: Path, changes: Sequence[Change], manifest_text: str, *, force: bool) -> tuple[Saved, ...]:
    """Carry out `changes` below `root`, then write the record; return what was saved by force.

    Nothing is written where bytes are equal already. Raises EditedError for what only a person can settle:
    edited files and stranded hooks without `force`, links and folders in the way, files that change
    meanwhile; SpecError for a missing hook without `force`; ApigenError for what the operating system refuses.
    """
    refuse(changes, force=force)
    with _named(str(root)):
        root.mkdir(parents=True, exist_ok=True)
    with _opened(root) as top:
        record = _record(top, manifest_text)
        written = [c for c in changes if c.writes(force=force)]
        deleted = [c for c in changes if c.deletes(force=force)]
        _look_again(top, [*written, *deleted])
        stage = _Stage(top)
        _sweep(top, [*(c.path for c in changes), RECORD])
        with stage.undone_on_error():
            for change in [*written, *record]:
                stage.add(change)
            saved = tuple(stage.save(c) for c in [*written, *deleted] if _edited(c))
            stage.keep_copies()
            for change in written:
                _place(top, change)
            for change in deleted:
                _delete(top, change.path)
            for change in record:
                _place(top, change)
    return saved


def refuse(changes: Sequence[Change], *, force: bool) -> None:
    """Raise what `write` raises for changes that only a person can settle, if any is among them."""
    for change in changes:
        if fault := path_fault(change.path) or ("is the record" if change.path == RECORD else ""):
            raise ApigenError(f"{change.path!r} {fault}; nothing was written")
    edited = [c for c in changes if c.refused and not c.obstacle]
    blocked = [c for c in changes if c.refused and c.obstacle]
    if blocked:
        lines = "".join(f"\n  {c.path} is {c.obstacle}" for c in blocked)
        raise EditedError(f"nothing was written, since apigen follows no links:{lines}", "move them away")
    # Before the edits: what settles those, --force, would leave the hooks behind.
    if (hooks := stranded(changes)) and not force:
        lines = "".join(f"\n  {hook.advice}" for hook in hooks)
        hint = f"then run `apigen generate` again; or, to start with an empty one: {_FORCE}"
        raise EditedError(f"code of yours would stop running, so nothing was written:{lines}", hint)
    if edited and not force:
        lines = "".join(f"\n  {c.path}" for c in edited)
        taken = f"apigen eject {shlex.join(c.path for c in edited)}"
        hint = f"take over what you edited: {taken}; or have it replaced (a copy is saved): {_FORCE}"
        raise EditedError(f"edited by hand, so nothing was written:{lines}", hint)
    missing = [c for c in changes if c.verdict is Verdict.MISSING_HOOK]
    if missing and not force:
        hint = f"remove it from the spec, or have the file written again: {_FORCE}"
        message = "the spec asks for this file, and it was deleted"
        raise SpecError(Problem(Position(c.path), message, hint) for c in missing)


def _edited(change: Change) -> bool:
    """Whether there is something on disk that we did not write, and that is about to go."""
    return change.old is not None and change.verdict not in (Verdict.UPDATE, Verdict.ORPHAN)


def _record(top: int, text: str) -> list[Change]:
    """The change of the record, if it is one."""
    old = _look(top, RECORD)
    if isinstance(old, Obstacle):
        raise EditedError(f"{RECORD} is {old}; nothing was written", "move it away")
    if old == text.encode():
        return []
    return [Change(RECORD, Verdict.UPDATE, text, old, Kind.GENERATED)]


def _look_again(top: int, changes: Sequence[Change]) -> None:
    moved = [c.path for c in changes if _look(top, c.path) != c.old]
    if moved:
        lines = "".join(f"\n  {path}" for path in moved)
        raise EditedError(f"changed while apigen was at work, so nothing was written:{lines}", "run it again")


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Turn an error of the operating system into one that names `path`."""
    try:
        yield
    except OSError as error:
        raise ApigenError(f"{path}: {error.strerror or error}") from error


def _exists(root: Path) -> bool:
    with _named(str(root)):
        return root.exists()


@contextmanager
def _opened(root: Path) -> Iterator[int]:
    with _named(str(root)):
        top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield top
    finally:
        os.close(top)


@contextmanager
def _folder(top: int, path: str, made: list[str] | None = None) -> Iterator[tuple[int, str]]:
    """The open folder of `path`, and the name in it. Given `made`, makes missing folders and notes them."""
    *parents, name = path.split("/")
    folder = os.dup(top)
    try:
        for depth, part in enumerate(parents, 1):
            if made is not None:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=folder)
                    made.append("/".join(parents[:depth]))
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder, name
    finally:
        os.close(folder)


def _look(top: int, path: str) -> Content:
    """The bytes of the file at `path`, None if there is none, or what is in the way."""
    with _named(path):
        try:
            with _folder(top, path) as (folder, name):
                return _content(folder, name)
        except FileNotFoundError:
            return None
        except OSError as error:
            # What a link among the folders is answered with depends on the system.
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            if obstacle := _obstacle(top, path):
                return obstacle
            raise


def _content(folder: int, name: str) -> Content:
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return Obstacle.LINK
    if not stat.S_ISREG(mode):
        return Obstacle.FOLDER if stat.S_ISDIR(mode) else Obstacle.SPECIAL
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(file, "rb") as stream:
        return stream.read()


def _obstacle(top: int, path: str) -> Obstacle | None:
    """What keeps the folder of `path` from being opened."""
    parents = path.split("/")[:-1]
    for depth in range(1, len(parents) + 1):
        with _folder(top, "/".join(parents[:depth])) as (folder, name):
            mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            return Obstacle.BELOW_LINK
        if not stat.S_ISDIR(mode):
            return Obstacle.BELOW_FILE
    return None


def _beside(path: str) -> str:
    """Where the new text of `path` waits: always the same name, so that the next run finds what is left."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.apigen-{hashlib.sha256(path.encode()).hexdigest()[:16]}.tmp"


def _sweep(top: int, paths: Sequence[str]) -> None:
    """Remove what a killed run left beside the files."""
    for path in paths:
        # Where it cannot be looked at, it cannot have been written either.
        with suppress(OSError):
            _remove(top, _beside(path))


def _remove(top: int, path: str) -> None:
    with _folder(top, path) as (folder, name):
        os.unlink(name, dir_fd=folder)


@dataclass
class _Stage:
    """What is written before anything is replaced: files, copies of edits, folders for them."""

    top: int
    files: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def add(self, change: Change) -> None:
        with _named(change.path):
            mode = 0o755 if change.executable else 0o644
            beside = _beside(change.path)
            with _folder(self.top, beside, self.folders) as (folder, name):
                _create(folder, name, (change.new or "").encode(), mode)
            self.files.append(beside)

    def save(self, change: Change) -> Saved:
        """Copy what is about to go to the first free name."""
        number = 1
        with _named(change.path), _folder(self.top, change.path) as (folder, name):
            mode = stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
            while True:
                suffix = ".edited" if number == 1 else f".edited.{number}"
                try:
                    _create(folder, name + suffix, change.old or b"", mode & 0o755)
                except FileExistsError:
                    number += 1
                else:
                    self.copies.append(change.path + suffix)
                    return Saved(change.path, change.path + suffix)

    def keep_copies(self) -> None:
        """Say that what the copies were made of is about to go: they must stay, whatever happens."""
        self.copies.clear()

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """Remove, on any error, what has not been put in place."""
        try:
            yield
        except BaseException:
            for path in [*self.files, *self.copies]:
                with suppress(OSError):
                    _remove(self.top, path)
            for path in reversed(self.folders):
                with suppress(OSError):
                    _remove_folder(self.top, path)
            raise


def _create(folder: int, name: str, data: bytes, mode: int) -> None:
    """Write a new file and see it safe on disk. Raises FileExistsError if there is one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o600, dir_fd=folder), "wb") as file:
        try:
            file.write(data)
            # The mode of what is generated does not depend on who generates it.
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)
            raise


def _place(top: int, change: Change) -> None:
    with _named(change.path), _folder(top, change.path) as (folder, name):
        beside = _beside(change.path).rpartition("/")[2]
        os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)


def _delete(top: int, path: str) -> None:
    """Delete a file, and the folders around it that are empty then."""
    with _named(path):
        _remove(top, path)
    parents = path.split("/")[:-1]
    with suppress(OSError):
        for depth in range(len(parents), 0, -1):
            _remove_folder(top, "/".join(parents[:depth]))


def _remove_folder(top: int, path: str) -> None:
    with _folder(top, path) as (folder, name):
        os.rmdir(name, dir_fd=folder)
