"""What `apigen diff` says of edits of a spec whose verdict is known, and of specs that say the same."""

import re
from pathlib import Path

import pytest
from edits import ALONE, BASE, BREAKING, COMPATIBLE, EDIT

from apigen.diff import diff
from apigen.diff.change import ApiChange
from apigen.diff.reference import page
from apigen.diffcodes import BY_NAME, CODES

ROOT = Path(__file__).parents[2]
PROJECT = 'apigen: 1\nname: shop\nmodule: example.com/shop\nkubernetes: "1.37"\n'
SPECS = sorted(
    p.parent for p in [*ROOT.glob("samples/*/apigen.yaml"), *ROOT.glob("tests/cases/*/apigen.yaml")]
)


def write(root: Path, text: str, project: str = PROJECT) -> Path:
    (root / "resources").mkdir(parents=True)
    (root / "apigen.yaml").write_text(project)
    (root / "resources" / "widget.yaml").write_text(text)
    return root


def changes(tmp_path: Path, old: str, new: str) -> tuple[ApiChange, ...]:
    write(tmp_path / "old", old)
    write(tmp_path / "new", new)
    return diff(tmp_path, "old", "new").changes


def both(edit: EDIT) -> tuple[str, str]:
    """The spec before and after an edit."""
    base = ALONE if edit[0] in ALONE else BASE
    assert edit[0] in base
    return base, base.replace(edit[0], edit[1], 1)


def said(found: tuple[ApiChange, ...]) -> set[str]:
    return {f"{c.code} {c.path}".strip() for c in found if not c.code.startswith("go-")}


def wanted(edit: EDIT) -> set[str]:
    return {part.strip() for part in edit[2].split(", ") if part.strip()}


def test_there_are_enough() -> None:
    assert len(COMPATIBLE) + len(BREAKING) >= 80 and len(BREAKING) >= 40


@pytest.mark.parametrize("edit", COMPATIBLE, ids=lambda edit: f"{edit[0][:30]}-{edit[1][:30]}")
def test_compatible_edits(tmp_path: Path, edit: EDIT) -> None:
    found = changes(tmp_path, *both(edit))
    assert said(found) == wanted(edit)
    tightened = any("tightened" in code for code in wanted(edit))
    assert any(c.breaking for c in found if not c.code.startswith("go-")) == tightened


@pytest.mark.parametrize("edit", BREAKING, ids=lambda edit: f"{edit[0][:30]}-{edit[1][:30]}")
def test_breaking_edits(tmp_path: Path, edit: EDIT) -> None:
    found = changes(tmp_path, *both(edit))
    assert said(found) == wanted(edit)
    assert any(c.breaking for c in found)
    for change in found:
        assert change.place is not None
        assert change.place.file == "resources/widget.yaml"
        if change.of.breaks:
            assert change.of.rule and change.of.way


@pytest.mark.parametrize("edit", [*BREAKING, *COMPATIBLE], ids=lambda edit: f"{edit[0][:30]}-{edit[1][:30]}")
def test_backwards_something_is_said_too(tmp_path: Path, edit: EDIT) -> None:
    assert bool(changes(tmp_path, *both(edit)[::-1])) == bool(wanted(edit))


@pytest.mark.parametrize("spec", SPECS, ids=lambda p: p.name)
def test_nothing_is_said_of_the_same_spec(spec: Path) -> None:
    assert diff(spec, ".", ".").changes == ()


def test_versions(tmp_path: Path) -> None:
    alone = ALONE
    assert said(changes(tmp_path / "a", BASE, alone)) == {"version-removed"}
    assert said(changes(tmp_path / "b", alone, BASE)) == {"version-added"}
    plain = re.sub("    (subresources|selectableFields): .*\n", "", BASE)
    flipped = plain.replace("    storage: true\n", "").replace("v1beta1\n", "v1beta1\n    storage: true\n", 1)
    found = changes(tmp_path / "c", plain, flipped)
    assert said(found) == {"storage-version-changed"} and not any(c.breaking for c in found)
    other = alone.replace("- name: v1\n", "- name: v2\n")
    found = changes(tmp_path / "d", alone, other)
    assert said(found) == {"stored-version-removed", "version-added"}


def test_kinds_and_module(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", BASE), write(
        tmp_path / "new", BASE, PROJECT.replace("com/shop", "com/store")
    )
    gadget = BASE.replace("kind: Widget", "kind: Gadget").replace(
        "plural: widgets, shortNames: [wd]", "plural: gadgets"
    )
    gadget = gadget.replace("Color", "Tone").replace("Part", "Piece")
    (new / "resources" / "gadget.yaml").write_text(gadget)
    found = diff(tmp_path, "old", "new").changes
    assert said(found) == {"kind-added", "module-changed"}
    assert said(diff(tmp_path, "new", "old").changes) == {"kind-removed", "module-changed"}
    assert old


def test_names_in_go(tmp_path: Path) -> None:
    new = (
        BASE.replace("Part", "Piece").replace("  Color: {", "  Tint: {").replace("type: Color", "type: Tint")
    )
    found = changes(tmp_path, BASE, new)
    assert {c.code for c in found} == {"go-name-changed"}
    assert {str(v) for c in found for v in c.of.breaks} == {"breaks Go importers"}


def test_alpha_versions_promise_nothing_to_clients(tmp_path: Path) -> None:
    old = BASE.replace("v1beta1", "v1alpha1")
    new = old.replace("ready: bool}}\n", "ready: bool, more: {type: bool, required: true}}}\n")
    new = new.replace("status.replicas]}", "status.replicas]}\n      - {from: status.more, value: true}")
    found = changes(tmp_path, old, new)
    assert said(found) == {"required-field-added status.more"}
    assert not any(c.breaking for c in found)


def test_every_change_has_an_edit() -> None:
    """What can be found is in the lists above, or in a test of its own."""
    listed = {part.split()[0] for edit in (*COMPATIBLE, *BREAKING) for part in wanted(edit)}
    elsewhere = {
        "kind-added", "kind-removed", "module-changed", "version-added", "version-removed", "version-served",
        "stored-version-removed", "storage-version-changed", "go-name-changed", "go-pointer-changed",
        "status-endpoint-added", "status-endpoint-removed", "optional", "subresource-added", "unknown-fields-kept",
        "storage-version-too-early", "kubernetes-changed", "go-package-changed", "project-renamed",
        "version-undeprecated",
    }  # fmt: skip
    assert listed | elsewhere == {code.name for code in CODES}
    assert listed <= BY_NAME.keys()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    served: false\n", "", "version-served"),
        ("note: {type: string, required: true,", "note: {type: string,", "optional spec.note"),
        ("", "            preserveUnknownFields: true\n", "unknown-fields-kept spec.options"),
        ("", "    subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}\n",
         "subresource-added"),
    ],
)  # fmt: skip
def test_what_is_loosened(tmp_path: Path, old: str, new: str, code: str) -> None:
    before = {
        "version-served": BASE.replace("  - name: v1beta1\n", "  - name: v1beta1\n    served: false\n"),
        "optional spec.note": ALONE.replace("note: {type: string,", "note: {type: string, required: true,"),
    }.get(code, ALONE.replace(new, "", 1))
    found = changes(tmp_path, before, BASE if code == "version-served" else ALONE)
    assert said(found) == {code} and not any(c.breaking for c in found if not c.code.startswith("go-"))


@pytest.mark.parametrize("on", [True, False])
def test_the_endpoint_of_status(tmp_path: Path, on: bool) -> None:
    alone = ALONE
    off = alone.replace("    subresources: {scale", "    subresources: {status: false, scale").replace(
        ", scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}", ""
    )
    base = alone.replace(
        "    subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}\n",
        "",
    )
    found = changes(tmp_path, *((off, base) if on else (base, off)))
    assert said(found) == {f"status-endpoint-{'added' if on else 'removed'}"}


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "diff.md").read_text() == page(), "run scripts/regen"
