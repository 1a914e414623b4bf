"""What a person does to a file × what the file is × what is run then: nothing that a person wrote is ever lost.

Whatever happens, a command ends with a known code and no traceback, every byte of a person is still somewhere in the
tree, a second run changes nothing, and `--check` and `--diff` write nothing. Where nothing is in the way `--force`
makes the tree current.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from apigen import cli

FILES = {
    "generated": "internal/registry/rest.go",
    "of a kind": "internal/registry/shop/widget/strategy.go",
    "sample": "samples/shop_v1_widget.yaml",
    "scaffold": "Makefile",
    "hook": "internal/registry/shop/widget/validate.go",
    "ejected": "internal/registry/scale.go",
    "spec": "resources/widget.yaml",
    "project": "apigen.yaml",
    "record": "apigen.sum",
}
MINE = b"\n# what a person wrote\n"
CONFLICT = b"<<<<<<< HEAD\n# what a person wrote\n=======\n# something else\n>>>>>>> topic\n"


def edited(file: Path) -> None:
    file.write_bytes(file.read_bytes() + MINE)


def replaced(file: Path) -> None:
    file.write_bytes(MINE)


def deleted(file: Path) -> None:
    file.unlink()


def renamed(file: Path) -> None:
    edited(file)
    file.rename(file.with_name("mine-" + file.name))


def executable(file: Path) -> None:
    file.chmod(0o755)


def unreadable(file: Path) -> None:
    edited(file)
    file.chmod(0o000)


def crlf(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def linked(file: Path) -> None:
    edited(file)
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved").name)


def dangling(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "inside").write_bytes(MINE)


def conflicting(file: Path) -> None:
    file.write_bytes(file.read_bytes() + CONFLICT)


def merged(file: Path) -> None:
    """Both sides of a merge, one after the other, without markers."""
    file.write_bytes(file.read_bytes() * 2 + MINE)


HAPPENINGS: tuple[Callable[[Path], None], ...] = (
    edited, replaced, deleted, renamed, executable, unreadable, crlf, emptied, linked, dangling, a_folder, conflicting,
    merged,
)  # fmt: skip
COMMANDS = (
    ("generate",), ("generate", "--check"), ("generate", "--diff"), ("generate", "--force"), ("eject",), ("adopt",),
)  # fmt: skip


def run(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> int:
    with chdir(root), pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err and "a bug in apigen" not in err, err
    return ended.value.code if isinstance(ended.value.code, int) else 0


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which every class of file is there."""
    root = tmp_path_factory.mktemp("matrix") / "shop"
    root.mkdir()
    for arguments in (("init", "."), ("add-resource", "Widget", "--group", "shop.example.com")):
        more = ("--module", "example.com/shop") if arguments[0] == "init" else ()
        with chdir(root), pytest.raises(SystemExit):
            cli.main([*arguments, *more])
    spec = root / "resources" / "widget.yaml"
    spec.write_text(spec.read_text() + "hooks: [validate]\n")
    for arguments in (("generate",), ("eject", FILES["ejected"])):
        with chdir(root), pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert not ended.value.code
    return root


def written(root: Path) -> Iterator[bytes]:
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
            yield path.read_bytes()


def state(root: Path) -> dict[str, tuple[int, bytes | str | None]]:
    """Modes and contents of all that is there."""
    found: dict[str, tuple[int, bytes | str | None]] = {}
    for path in sorted(root.rglob("*")):
        mode = path.lstat().st_mode
        content: bytes | str | None = None
        if path.is_symlink():
            content = str(path.readlink())
        elif path.is_file() and os.access(path, os.R_OK):
            content = path.read_bytes()
        found[str(path.relative_to(root))] = (mode, content)
    return found


@pytest.mark.parametrize("happens", HAPPENINGS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("of", FILES)
def test_nothing_is_lost(
    project: Path,
    fast: Path,
    capsys: pytest.CaptureFixture[str],
    of: str,
    happens: Callable[[Path], None],
) -> None:
    # What generate does to files that were never handed over is in test_same_bytes.
    for command in COMMANDS if of == "ejected" else COMMANDS[-2:]:
        root = fast / "-".join(command)
        shutil.copytree(project, root)
        happens(root / FILES[of])
        mine = [text for text in written(root) if b"what a person wrote" in text]
        before = state(root)
        paths = (FILES[of],) if command[0] in ("eject", "adopt") else ()
        code = run(root, capsys, *command, *paths)
        assert code in (0, 1, 2, 3, 4, 5)
        after = state(root)
        left = list(written(root))
        kept = all(any(part in now for now in left) for text in mine for part in _parts(text))
        assert kept or happens is unreadable, f"{command} lost what a person wrote"
        if code or command[-1] in ("--check", "--diff"):
            assert after == before, f"{command} changed something and failed"
        elif command[0] == "generate":
            assert run(root, capsys, *command) == 0 and state(root) == after, f"{command} twice"
        if command == ("generate", "--force") and code == 0:
            assert run(root, capsys, "generate", "--check") == 0


def _parts(text: bytes) -> list[bytes]:
    """What must be found again: all of a file, but for the first line, which says whose it is."""
    return [text.partition(b"\n")[2] or text]
