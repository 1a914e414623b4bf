"""Each safety of apigen, switched off in turn: a test sees it. One that passes without what it tests says nothing."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import specs
import strikes
import test_console
import test_durable
import test_hostile
import test_manifest
import test_source
import test_write
from strikes import Files
from test_hostile import resource

from apigen import console, files, gotext, identity, manifest, names, render, source
from apigen import write as writing
from apigen.files import Kind, RenderedFile
from apigen.pipeline import rendered

Off = Callable[[pytest.MonkeyPatch], None]
Seen = Callable[[Path], Any]
# What a failed test raises: of pytest's own the base is not Exception.
FAILED = (Exception, pytest.fail.Exception)


def everywhere(patch: pytest.MonkeyPatch, real: Any, other: Any) -> None:
    """Put a function in the place of another in all modules that have imported it."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith("apigen"):
            for key in [k for k, v in vars(module).items() if v is real]:
                patch.setattr(module, key, other)


def no_quotes(patch: pytest.MonkeyPatch) -> None:
    def bare(text: str) -> str:
        return f'"{text}"'

    patch.setitem(render.environment().filters, "quote", bare)
    everywhere(patch, gotext.quote, bare)


def no_escape_from_comments(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, gotext.comment_lines, lambda text: [text])


def no_links_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(writing, "_FOLDER", writing._FOLDER & ~os.O_NOFOLLOW)


def written_in_place(patch: pytest.MonkeyPatch) -> None:
    """Write over the old file, as one would who does not know better."""

    def place(top: int, change: Any) -> None:
        with writing._folder(top, change.path) as (folder, name):
            # By open and fdopen, so that the strikes meet it.
            number = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=folder)
            with os.fdopen(number, "wb") as file:
                file.write((change.new or "").encode())
            os.unlink(writing._beside(change.path).rpartition("/")[2], dir_fd=folder)

    patch.setattr(writing, "_place", place)


def text_stays_text(tmp_path: Path, value: str) -> None:
    safe = rendered(specs.write(tmp_path / "safe", {"thing": resource("a text")}))
    made = rendered(specs.write(tmp_path / "made", {"thing": SPEC.replace("HERE", value)}))
    for one, other in zip(made, safe, strict=True):
        test_hostile.check_text(one, other.text, empty=False)


SPEC = resource("HERE")
TWO: Files = tuple(RenderedFile(f"a/{n}.go", "old\n" * 9, Kind.GENERATED) for n in "xy")
NEW: Files = tuple(RenderedFile(f.path, "newer\n" * 9, f.kind) for f in TWO)


def killed(tmp_path: Path) -> None:
    case = test_durable.Case(tmp_path, TWO, NEW)
    for nth in range(1, case.steps + 1):
        root = case.copy()
        strikes.run(root, case.after, nth)
        case.check(root)


def swapped(tmp_path: Path) -> None:
    test_write.test_nothing_is_followed(
        tmp_path / "project", tmp_path, test_write.link_folder, files.Obstacle.BELOW_LINK
    )


def hostile_name(tmp_path: Path) -> None:
    test_hostile.test_hostile_names_are_refused("group", "../../etc", "refuse", tmp_path)


def hostile_record(_: Path) -> None:
    for path, why in (
        ("../x", '".."'),
        (".git/config", "belongs to git"),
        ("apigen.yaml", "belongs to the spec"),
    ):
        test_manifest.test_paths_are_not_believed(path, why)


SAFETIES: dict[str, tuple[Off, Seen]] = {
    "comments": (no_escape_from_comments, lambda tmp: text_stays_text(tmp, r"a\nfunc init() { panic(1) }")),
    "quotes": (no_quotes, lambda tmp: text_stays_text(tmp, r"a\" + f() + \"")),
    "terminal": (
        lambda patch: everywhere(patch, console.visible, lambda text, keep="": text),
        lambda _: test_console.test_text_is_not_markup_and_hides_nothing(),
    ),
    "containment": (
        lambda patch: everywhere(patch, files.path_fault, lambda _: ""),
        lambda tmp: test_write.test_paths_stay_inside(tmp / "project", "../x"),
    ),
    "paths of the record": (lambda patch: everywhere(patch, files.path_fault, lambda _: ""), hostile_record),
    "the spec's own files": (
        lambda patch: patch.setattr(manifest, "_not_ours", lambda _: ""),
        hostile_record,
    ),
    "links": (no_links_refused, swapped),
    "second look": (
        lambda patch: patch.setattr(writing, "_look_again", lambda *_: None),
        lambda tmp: test_write.test_an_edit_meanwhile_is_not_lost(tmp / "project"),
    ),
    "edits": (
        lambda patch: patch.setattr(writing, "refuse", lambda *_, **__: None),
        lambda tmp: test_write.test_an_edited_file_stops_everything(tmp / "project"),
    ),
    "copies": (
        lambda patch: patch.setattr(
            writing._Stage, "save", lambda _, change: writing.Saved(change.path, change.path)
        ),
        lambda tmp: test_write.test_force_saves_what_it_replaces(tmp / "project"),
    ),
    "at once": (written_in_place, killed),
    "sweep": (lambda patch: patch.setattr(writing, "_sweep", lambda *_: None), killed),
    "lock": (
        lambda patch: patch.setattr(writing.fcntl, "flock", lambda *_: None),
        lambda tmp: test_write.test_two_runs_do_not_mix(tmp / "project"),
    ),
    "groups": (lambda patch: patch.setattr(identity, "group_problem", lambda _: ""), hostile_name),
    "kinds": (
        lambda patch: patch.setattr(names, "KIND", re.compile("(?s).*")),
        lambda tmp: test_hostile.test_hostile_names_are_refused("kind", "a b", "refuse", tmp),
    ),
    "depth": (lambda patch: patch.setattr(source, "MAX_DEPTH", 10**9), lambda _: test_source.test_limits()),
}


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("name", SAFETIES)
def test_a_safety_that_is_off_is_seen(name: str, fast: Path) -> None:
    off, seen = SAFETIES[name]
    (fast / "on").mkdir()
    (fast / "off").mkdir()
    seen(fast / "on")
    with pytest.MonkeyPatch.context() as patch:
        off(patch)
        with pytest.raises(FAILED):
            seen(fast / "off")
