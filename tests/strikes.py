"""Writing that is struck: a child process in which the nth call that changes the disk fails, or is the last one."""

import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from apigen.compare import compare, new_manifest
from apigen.files import RenderedFile
from apigen.manifest import read, render
from apigen.problems import ApigenError
from apigen.write import locked, read_disk, read_record, write

CALLS = ("mkdir", "replace", "unlink", "rmdir", "fsync", "fchmod")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EMFILE)
KILLED = -signal.SIGKILL
REFUSED = 1
Files = tuple[RenderedFile, ...]
Strike = Callable[[], NoReturn]


def tree(root: Path) -> dict[str, bytes]:
    """Return every file below `root`, also what was left behind, by its path."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def generate(root: Path, files: Files, *, force: bool = False) -> None:
    """Do what the pipeline does with rendered files."""
    root.mkdir(exist_ok=True)
    with locked(root):
        record = read(read_record(root))
        changes = compare(files, read_disk(root, files, record), record)
        write(root, changes, render(new_manifest(changes, files, "1", force=force)), force=force)


def kill() -> NoReturn:
    """End this process as the system does when it must."""
    while True:
        os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int) -> Strike:
    """Return what raises an error of the operating system."""

    def raising() -> NoReturn:
        raise OSError(number, os.strerror(number))

    return raising


class _Torn:
    """A file of which half is written when the strike comes."""

    def __init__(self, real: Any, strike: Strike) -> None:
        self._real, self._strike = real, strike

    def __enter__(self) -> "_Torn":
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()

    def write(self, data: bytes) -> NoReturn:
        self._real.write(data[: len(data) // 2])
        self._real.flush()
        self._strike()


def struck(nth: int, strike: Strike) -> list[str]:
    """Let the nth call that changes the disk meet with `strike`, in this process; return the list of the calls."""
    made: list[str] = []

    def hit(name: str) -> bool:
        made.append(name)
        return len(made) == nth

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if hit(name):
                strike()
            return real(*args, **kwargs)

        return call

    opened, stream = os.open, os.fdopen

    def open_(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & os.O_CREAT and hit("open"):
            strike()
        return opened(path, flags, *args, **kwargs)

    def fdopen(number: int, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        real = stream(number, mode, *args, **kwargs)
        return _Torn(real, strike) if "w" in mode and hit("write") else real

    for name in CALLS:
        setattr(os, name, wrap(name, getattr(os, name)))
    setattr(os, "open", open_)  # noqa: B010  mypy takes no assignment to a function
    setattr(os, "fdopen", fdopen)  # noqa: B010
    return made


def start(work: Callable[[], None]) -> tuple[int, int]:
    """Run `work` in a child process; return its id and where it says how an ApigenError reads."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 70
    try:
        work()
        code = 0
    except ApigenError as error:
        os.write(writing, error.message.encode()[:4000])
        code = error.exit_code
    finally:
        os._exit(code)


def finish(child: int, reading: int) -> tuple[int, str]:
    """Wait for a child; return its exit code, of a signal the negative number, and what it said."""
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        return os.waitstatus_to_exitcode(status), said.read()


def run(root: Path, files: Files, nth: int = 0, strike: Strike = kill) -> tuple[int, str]:
    """Generate in a child that is struck at its nth call; 0 for none. Return exit code and message."""

    def work() -> None:
        struck(nth, strike)
        generate(root, files)

    return finish(*start(work))


def killed_after(root: Path, files: Files, seconds: float) -> int:
    """Generate in a child that is killed from outside after that time; return its exit code."""
    child, reading = start(lambda: generate(root, files))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return finish(child, reading)[0]


def count(root: Path, files: Files) -> int:
    """Return how many calls that change the disk a run makes."""

    def work() -> None:
        made = struck(0, kill)
        generate(root, files)
        raise ApigenError(str(len(made)))

    return int(finish(*start(work))[1])
