"""The rule table: one test for each row, and the record that follows from it."""

import pytest

from apigen.compare import Change, Content, Verdict, compare, new_manifest, stranded
from apigen.files import Kind, Obstacle, RenderedFile
from apigen.manifest import Manifest, digest


def hashes(*contents: bytes) -> frozenset[str]:
    return frozenset(map(digest, contents))


P = "a/x.go"
NEW = "new\n"
OLD = b"old\n"
MINE = b"edited\n"
GENERATED = RenderedFile(P, NEW, Kind.GENERATED)
SCAFFOLD = RenderedFile(P, NEW, Kind.SCAFFOLD)
HOOK = RenderedFile(P, NEW, Kind.SCAFFOLD, required=True)
NOTHING = Manifest("1")
AS_GENERATED = Manifest("1", {P: hashes(OLD)})
AS_SCAFFOLD = Manifest("1", {}, frozenset({P}))
RECORDS = (NOTHING, AS_GENERATED, AS_SCAFFOLD)


def change(file: RenderedFile | None, content: Content, manifest: Manifest) -> Change:
    (found,) = compare([file] if file else [], {P: content}, manifest)
    assert found.path == P
    assert found.new == (file.text if file else None)
    assert found.old == (content if isinstance(content, bytes) else None)
    assert found.recorded == (manifest.generated.get(P) or manifest.ejected.get(P) or frozenset())
    return found


def plain(found: Change) -> tuple[Verdict, bool, bool, bool, str]:
    """The verdict; whether generate writes, deletes or refuses; what --check says."""
    return found.verdict, found.writes(), found.deletes(), found.refused, found.complaint


def forced(found: Change) -> tuple[bool, bool]:
    return found.writes(force=True), found.deletes(force=True)


@pytest.mark.parametrize("record", RECORDS)
def test_generated_and_absent(record: Manifest) -> None:
    assert plain(change(GENERATED, None, record)) == (Verdict.CREATE, True, False, False, "missing")


def test_generated_and_the_same() -> None:
    record = Manifest("1", {P: hashes(NEW.encode())})
    found = change(GENERATED, NEW.encode(), record)
    assert plain(found) == (Verdict.UNCHANGED, False, False, False, "")
    assert forced(found) == (False, False)


def test_generated_and_as_recorded() -> None:
    assert plain(change(GENERATED, OLD, AS_GENERATED)) == (Verdict.UPDATE, True, False, False, "stale")


@pytest.mark.parametrize("record", [NOTHING, AS_GENERATED])
def test_generated_and_edited(record: Manifest) -> None:
    found = change(GENERATED, MINE, record)
    assert plain(found) == (Verdict.EDITED, False, False, True, "edited")
    assert forced(found) == (True, False)


def test_scaffold_absent_and_new() -> None:
    assert plain(change(SCAFFOLD, None, NOTHING)) == (Verdict.CREATE, True, False, False, "")
    assert plain(change(HOOK, None, NOTHING)) == (Verdict.CREATE, True, False, False, "")


def test_scaffold_that_was_deleted_stays_deleted() -> None:
    found = change(SCAFFOLD, None, AS_SCAFFOLD)
    assert plain(found) == (Verdict.KEPT, False, False, False, "")
    assert forced(found) == (False, False)


def test_hook_that_was_deleted_is_missed() -> None:
    found = change(HOOK, None, AS_SCAFFOLD)
    assert plain(found) == (Verdict.MISSING_HOOK, False, False, False, "missing")
    assert forced(found) == (True, False)


@pytest.mark.parametrize("record", [NOTHING, AS_SCAFFOLD])
@pytest.mark.parametrize("content", [MINE, NEW.encode()])
@pytest.mark.parametrize("file", [SCAFFOLD, HOOK])
def test_scaffold_and_present(record: Manifest, content: bytes, file: RenderedFile) -> None:
    found = change(file, content, record)
    assert plain(found) == (Verdict.KEPT, False, False, False, "")
    assert forced(found) == (False, False)


def test_not_planned_and_as_recorded() -> None:
    found = change(None, OLD, AS_GENERATED)
    assert plain(found) == (Verdict.ORPHAN, False, True, False, "orphan")
    assert found.kind is Kind.GENERATED


def test_not_planned_and_edited() -> None:
    found = change(None, MINE, AS_GENERATED)
    assert plain(found) == (Verdict.EDITED_ORPHAN, False, False, False, "edited orphan")
    assert forced(found) == (False, True)


@pytest.mark.parametrize("record", [AS_GENERATED, AS_SCAFFOLD])
def test_not_planned_and_absent(record: Manifest) -> None:
    assert plain(change(None, None, record)) == (Verdict.GONE, False, False, False, "stale record")


def test_scaffold_no_longer_planned() -> None:
    found = change(None, MINE, AS_SCAFFOLD)
    assert plain(found) == (Verdict.RELEASED, False, False, False, "")
    assert forced(found) == (False, False)
    assert found.kind is Kind.SCAFFOLD


@pytest.mark.parametrize(("file", "record"), [(GENERATED, AS_SCAFFOLD), (SCAFFOLD, AS_GENERATED)])
@pytest.mark.parametrize("content", [MINE, OLD])
def test_class_changed(file: RenderedFile, record: Manifest, content: bytes) -> None:
    found = change(file, content, record)
    assert plain(found) == (Verdict.CLASS_CHANGED, False, False, True, "edited")
    assert forced(found) == (True, False)


@pytest.mark.parametrize(
    ("file", "record"), [(GENERATED, AS_SCAFFOLD), (SCAFFOLD, AS_GENERATED), (GENERATED, NOTHING)]
)
def test_the_record_alone_is_behind(file: RenderedFile, record: Manifest) -> None:
    found = change(file, NEW.encode(), record)
    assert plain(found) == (Verdict.ADOPT, False, False, False, "stale record")
    assert forced(found) == (False, False)


def test_the_record_has_another_hash_than_disk_and_plan() -> None:
    assert change(GENERATED, NEW.encode(), AS_GENERATED).verdict is Verdict.ADOPT


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_obstacles_are_not_touched(obstacle: Obstacle) -> None:
    for record in (NOTHING, AS_GENERATED):
        found = change(GENERATED, obstacle, record)
        assert (found.verdict, found.obstacle) == (Verdict.EDITED, obstacle)
        assert forced(found) == (False, False)
    orphan = change(None, obstacle, AS_GENERATED)
    assert (orphan.verdict, orphan.deletes(force=True)) == (Verdict.EDITED_ORPHAN, False)
    assert change(SCAFFOLD, obstacle, AS_SCAFFOLD).verdict is Verdict.KEPT
    assert change(None, obstacle, AS_SCAFFOLD).verdict is Verdict.RELEASED


@pytest.mark.parametrize(
    ("obstacle", "verdict"),
    [
        (Obstacle.LINK, Verdict.KEPT),
        (Obstacle.FOLDER, Verdict.KEPT),
        (Obstacle.BELOW_LINK, Verdict.EDITED),
        (Obstacle.BELOW_FILE, Verdict.EDITED),
    ],
)
def test_a_new_scaffold_needs_a_place(obstacle: Obstacle, verdict: Verdict) -> None:
    assert change(SCAFFOLD, obstacle, NOTHING).verdict is verdict


def test_paths_are_sorted_and_the_mode_is_passed_on() -> None:
    files = [RenderedFile(p, "", Kind.GENERATED, executable=p == "b") for p in ("c", "b")]
    found = compare(files, {}, Manifest("1", {"a": frozenset()}, frozenset({"d"})))
    assert [(c.path, c.executable) for c in found] == [("a", False), ("b", True), ("c", False), ("d", False)]
    with pytest.raises(ValueError, match="same path"):
        compare([GENERATED, SCAFFOLD], {}, NOTHING)


def test_the_new_record() -> None:
    rendered = [RenderedFile("g", NEW, Kind.GENERATED), RenderedFile("s", NEW, Kind.SCAFFOLD)]
    before = Manifest("1", {"o": hashes(OLD), "e": hashes(OLD), "gone": hashes(OLD)}, frozenset({"released"}))
    disk: dict[str, Content] = {"o": OLD, "e": MINE, "released": MINE}
    changes = compare(rendered, disk, before)
    after = new_manifest(changes, rendered, "2")
    assert after == Manifest("2", {"g": hashes(NEW.encode()), "e": hashes(OLD)}, frozenset({"s"}))
    assert new_manifest(changes, rendered, "2", force=True).generated.keys() == {"g"}


def homes(old: list[str], new: list[str], *, required: bool = True) -> dict[str, tuple[str, ...]]:
    """Where the hooks at `old`, below internal/, belong when the spec asks for those at `new`."""
    rendered = [RenderedFile(f"internal/{p}", NEW, Kind.SCAFFOLD, required) for p in new]
    record = Manifest("1", {}, frozenset(f"internal/{p}" for p in old))
    found = stranded(compare(rendered, {f"internal/{p}": MINE for p in old}, record))
    return {h.path[9:]: tuple(home[9:] for home in h.homes) for h in found}


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        # The group's packages were renamed; the kind says which is which.
        (
            ["g/a/validate.go", "g/b/validate.go"],
            ["gx/a/validate.go", "gx/b/validate.go"],
            {"g/a/validate.go": ("gx/a/validate.go",), "g/b/validate.go": ("gx/b/validate.go",)},
        ),
        # The kind was renamed.
        (["g/a/validate.go"], ["g/b/validate.go"], {"g/a/validate.go": ("g/b/validate.go",)}),
        (["g/v1/a_defaults.go"], ["g/v1/b_defaults.go"], {"g/v1/a_defaults.go": ("g/v1/b_defaults.go",)}),
        # The kind was renamed, and there is a new one elsewhere.
        (
            ["g/a/validate.go"],
            ["f/c/validate.go", "g/b/validate.go"],
            {"g/a/validate.go": ("g/b/validate.go",)},
        ),
        # One went, one moved: the home of the second is not that of the first.
        (
            ["g/a/validate.go", "g/b/validate.go"],
            ["gx/b/validate.go"],
            {"g/b/validate.go": ("gx/b/validate.go",)},
        ),
        # Nobody can tell.
        (
            ["g/a/validate.go"],
            ["gx/a/validate.go", "gy/a/validate.go"],
            {"g/a/validate.go": ("gx/a/validate.go", "gy/a/validate.go")},
        ),
        # Another hook.
        (["g/a/validate.go"], ["gx/a/prepare.go"], {}),
        (["g/a/validate.go"], [], {}),
        (["g/a/notes.txt"], ["gx/a/notes.txt"], {}),
    ],
)
def test_hooks_that_would_no_longer_run(
    old: list[str], new: list[str], wanted: dict[str, tuple[str, ...]]
) -> None:
    assert homes(old, new) == wanted
    assert homes(old, new, required=False) == {}


def test_a_hook_that_has_been_moved_is_not_stranded() -> None:
    old, new = "internal/g/a/validate.go", "internal/gx/a/validate.go"
    file = RenderedFile(new, NEW, Kind.SCAFFOLD, required=True)
    record = Manifest("1", {}, frozenset({old}))
    moved = compare([file], {new: MINE}, record)
    assert [c.verdict for c in moved] == [Verdict.GONE, Verdict.KEPT]
    assert stranded(moved) == ()
    # A copy counts too: the other one is only left behind.
    assert stranded(compare([file], {new: MINE, old: MINE}, record)) == ()


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("internal/g/a/validate.go", "released"), ("internal/g/notes.txt", ""), ("cmd/shop/main.go", "")],
)
def test_code_that_is_left_behind(path: str, complaint: str) -> None:
    (found,) = compare([], {path: MINE}, Manifest("1", {}, frozenset({path})))
    assert (found.verdict, found.complaint, found.left_behind) == (
        Verdict.RELEASED,
        complaint,
        bool(complaint),
    )
    assert not found.refused


EJECTED = Manifest("1", ejected={P: hashes(NEW.encode())})


@pytest.mark.parametrize("content", [MINE, NEW.encode(), *Obstacle])
def test_ejected_and_present(content: Content) -> None:
    assert plain(change(GENERATED, content, EJECTED)) == (Verdict.EJECTED, False, False, False, "")
    old = Manifest("1", ejected={P: hashes(OLD)})
    found = change(GENERATED, content, old)
    assert plain(found) == (Verdict.BEHIND, False, False, False, "behind")
    assert forced(found) == (False, False)
    for record in (EJECTED, old):
        assert new_manifest([change(GENERATED, content, record)], [GENERATED], "1") == record


def test_ejected_and_absent() -> None:
    found = change(GENERATED, None, EJECTED)
    assert plain(found) == (Verdict.MISSING_HOOK, False, False, False, "missing")
    assert forced(found) == (True, False)
    assert new_manifest([found], [GENERATED], "1", force=True) == Manifest("1", {P: hashes(NEW.encode())})


def test_ejected_and_no_longer_planned() -> None:
    found = change(None, MINE, EJECTED)
    assert (found.verdict, found.deletes(force=True)) == (Verdict.RELEASED, False)
    assert new_manifest([found], [], "1") == Manifest("1")


def test_a_merged_record_knows_both_sides() -> None:
    record = Manifest("1", {P: hashes(OLD, b"theirs\n")})
    for content in (OLD, b"theirs\n"):
        assert change(GENERATED, content, record).verdict is Verdict.UPDATE
        assert change(None, content, record).verdict is Verdict.ORPHAN
    assert change(GENERATED, MINE, record).verdict is Verdict.EDITED
    edited = change(None, MINE, record)
    assert edited.verdict is Verdict.EDITED_ORPHAN
    assert len(new_manifest([edited], [], "1").generated[P]) == 1
