"""Whom a change breaks: not those who never met what has changed, and not where alpha versions promise nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from edits import ALONE, BASE
from test_edits import PROJECT, changes, write

from apigen import names
from apigen.diff import Comparison, diff
from apigen.diff.change import ApiChange
from apigen.diff.compare import compare
from apigen.diff.show import as_json, as_text, marks
from apigen.diff.sides import read_side
from apigen.diffcodes import Verdict

CLIENTS, STORED, GO = Verdict

# A version beside the stored one that has a field of its own, which is kept, and one that the other has, too.
TWO = """\
apigen: 1
group: shop.example.com
kind: Widget
versions:
  - name: v1
    storage: true
    fields: {spec: {fields: {title: string, more: {fields: {a: string}}}}}
  - name: v1beta1
    fields: {spec: {fields: {title: string, more: {fields: {a: string}}, owner: {fields: {name: string}}}}}
conversions:
  - {from: v1beta1, to: v1, rules: [{from: spec.owner}]}
"""
OWNER = ", owner: {fields: {name: string}}"


def only(found: tuple[ApiChange, ...], code: str, version: str = "") -> ApiChange:
    (change,) = (c for c in found if c.code == code and version in ("", c.version))
    return change


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("owner: {fields: {name: string}}", "owner: {fields: {}}", (CLIENTS, STORED, GO)),
        ("owner: {fields: {name: string}}", "owner: {fields: {name: int32}}", (CLIENTS, STORED, GO)),
        ("title: string, more: {fields: {a: string}}, owner", "title: string, owner", (CLIENTS, GO)),
    ],
)
def test_stored_data_is_what_a_version_keeps(
    tmp_path: Path, old: str, new: str, breaks: tuple[Verdict, ...]
) -> None:
    """What goes from a version that is not stored is in the one that is, unless it was kept for that version alone."""
    after = TWO.replace(old, new, 1)
    if "more" not in new and "more" in old:
        after = after.replace("rules: [", "rules: [{to: spec.more}, ")
    found = [c for c in changes(tmp_path, TWO, after) if c.code in ("field-removed", "type-changed")]
    assert [(c.version, c.breaks) for c in found] == [("v1beta1", breaks)]


def test_stored_data_in_one_of_the_places_of_a_type(tmp_path: Path) -> None:
    """A type is reported where it is met first; here that is not where it is kept."""
    old = TWO.replace("versions:", "types: {Ref: {fields: {a: string}}}\nversions:", 1)
    old = old.replace("{fields: {a: string}}}}}\n", "Ref}}}\n").replace(
        "{fields: {a: string}}, owner", "Ref, owner"
    )
    old = old.replace("{fields: {name: string}}", "Own").replace(
        "types: {", "types: {Own: {fields: {ref: Ref}}, "
    )
    new = old.replace("Ref: {fields: {a: string}}", "Ref: {fields: {a: string, b: string}}")
    back = [c for c in changes(tmp_path, new, old) if c.version == "v1beta1"]
    assert [(c.path, c.breaks) for c in back] == [("spec.more.b", (CLIENTS, STORED, GO))]
    new = old.replace("Ref: {fields: {a: string}}", "Ref: {fields: {a: int32}}")
    found = [c for c in changes(tmp_path / "a", old, new) if c.version == "v1beta1"]
    assert [(c.path, c.breaks) for c in found] == [("spec.more.a", (CLIENTS, STORED, GO))]


def test_what_was_kept_and_is_kept_no_more(tmp_path: Path) -> None:
    """The field that v1beta1 had alone is now one of v1: what was kept beside the objects is not in it."""
    after = TWO.replace("{a: string}}}}}\n  - name", f"{{a: string}}}}{OWNER}}}}}}}\n  - name").replace(
        "[{from: spec.owner}]", "[]"
    )
    found = only(changes(tmp_path, TWO, after), "conversion-changed", "v1beta1")
    assert found.path == "spec.owner.name" and found.breaks == (CLIENTS, STORED)


def test_words_that_map_to_others(tmp_path: Path) -> None:
    """Both specs have the same rule for the same fields; what it says of their words is another thing."""
    old = TWO.replace("title: string", "title: {type: string, enum: [Even, Odd]}", 1)
    old = old.replace(
        "{spec: {fields: {title: string", "{spec: {fields: {title: {type: string, enum: [e, o]}"
    )
    rule = "{from: spec.title, to: spec.title, as: {enum: {e: Even, o: Odd}}}"
    old = old.replace("rules: [", f"rules: [{rule}, ")
    new = old.replace("{e: Even, o: Odd}", "{e: Odd, o: Even}")
    found = changes(tmp_path, old, new)
    assert [(c.code, c.version, c.path, c.breaks) for c in found] == [
        ("conversion-changed", "v1", "spec.title", (CLIENTS,)),
        ("conversion-changed", "v1beta1", "spec.title", (CLIENTS,)),
    ]


def test_a_version_that_is_not_served_has_no_clients(tmp_path: Path) -> None:
    old = TWO.replace("  - name: v1beta1\n", "  - name: v1beta1\n    served: false\n")
    gone = old[: old.index("  - name: v1beta1")]
    assert only(changes(tmp_path / "a", old, gone), "version-removed").breaks == (GO,)
    less = old.replace(OWNER, "").replace("{from: spec.owner}", "")
    assert only(changes(tmp_path / "b", old, less), "field-removed").breaks == (STORED, GO)


def test_alpha_is_a_stage_and_no_syllable(tmp_path: Path) -> None:
    assert names.is_alpha("v2alpha1") and not names.is_alpha("alphabet") and not names.is_alpha("v1beta1")
    for version, breaking in (("v1alpha1", False), ("alphabet", True)):
        old = TWO.replace("v1beta1", version)
        new = old.replace("title: string, more: {fields: {a: string}}, owner", "title: string, owner")
        new = new.replace("rules: [", "rules: [{to: spec.more}, ")
        assert only(changes(tmp_path / version, old, new), "field-removed").breaking == breaking


def test_a_kind_of_alpha_versions_alone(tmp_path: Path) -> None:
    """What is said of the kind as a whole is said of them; what is stored is still somebody's."""
    old = ALONE.replace("name: v1\n", "name: v1alpha1\n")
    new = old.replace("shortNames: [wd]", "shortNames: []")
    assert not only(changes(tmp_path / "a", old, new), "name-removed").breaking
    assert only(changes(tmp_path / "b", old, old.replace("widgets", "widgetes")), "plural-changed").breaking
    assert only(changes(tmp_path / "c", BASE, BASE.replace("[wd]", "[]")), "name-removed").breaking


def test_a_version_is_added_in_one_release_and_stored_in_the_next(tmp_path: Path) -> None:
    """Source: deprecation policy, rule 4b. Objects in a version that the server before does not know cannot be read."""
    v1 = "  - {name: v1, storage: true, fields: {spec: {fields: {a: string}}}}\n"
    v2 = v1.replace("v1", "v2")
    plain = v1.replace("storage: true, ", ""), v2.replace("storage: true, ", "")
    head = "apigen: 1\ngroup: shop.example.com\nkind: Widget\nversions:\n"
    joined = "conversions: [{from: v1, to: v2}]\n"
    first, added, stored = head + v1, head + v1 + plain[1] + joined, head + plain[0] + v2 + joined
    assert only(changes(tmp_path / "a", first, stored), "storage-version-too-early").breaks == (STORED,)
    assert not any(c.breaking for c in changes(tmp_path / "b", first, added))
    assert not only(changes(tmp_path / "c", added, stored), "storage-version-changed").breaks


def test_the_store_is_under_the_name_of_the_project(tmp_path: Path) -> None:
    write(tmp_path / "old", ALONE)
    write(tmp_path / "new", ALONE, PROJECT.replace("name: shop", "name: store"))
    (change,) = diff(tmp_path, "old", "new").changes
    assert (change.code, change.breaks, change.text) == ("project-renamed", (STORED,), "shop is store")
    assert change.place and (change.place.file, change.place.line) == ("apigen.yaml", 2)


def test_a_group_of_a_similar_name_moves_a_package(tmp_path: Path) -> None:
    write(tmp_path / "old", ALONE)
    new = write(tmp_path / "new", ALONE)
    (new / "resources" / "other.yaml").write_text(
        TWO.replace("shop.example.com", "shop.example.org").replace("Widget", "Other")
    )
    assert only(diff(tmp_path, "old", "new").changes, "go-package-changed").breaks == (GO,)


def test_another_minor_of_kubernetes(tmp_path: Path) -> None:
    side = read_side(write(tmp_path, ALONE), "")
    (change,) = compare(side, replace(side, project=replace(side.project, kubernetes="1.99")))
    assert (change.code, change.breaks) == ("kubernetes-changed", ())


def test_a_warning_that_is_taken_back(tmp_path: Path) -> None:
    old = BASE.replace("  - name: v1beta1\n", "  - name: v1beta1\n    deprecated: true\n")
    assert not only(changes(tmp_path, old, BASE), "version-undeprecated").breaks


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("note: {type: string,", "note: {type: string, enum: [a, b],"),
        ("mode: {type: string, enum: [Fast, Slow]}", "mode: string"),
        ("Color: {type: string, enum: [Red, Green]}", "Color: {type: string}"),
        ("color: {type: Color, default: Red}", "color: {type: string, enum: [Red, Green], default: Red}"),
    ],
)
def test_types_and_constants_in_go(tmp_path: Path, old: str, new: str) -> None:
    found = changes(tmp_path, ALONE, ALONE.replace(old, new, 1))
    assert GO in {v for c in found for v in c.breaks if c.code == "go-name-changed"}
    back = changes(tmp_path / "back", ALONE.replace(old, new, 1), ALONE)
    assert "go-name-changed" in {c.code for c in back} or "Color: {type: string}" in new


def test_a_bound_may_move_to_the_type(tmp_path: Path) -> None:
    bounds = "minimum: 1, maximum: 9}"
    old = ALONE.replace("  Color: {", "  Size: {type: int32}\n  Color: {").replace(
        f"int32, {bounds}", f"Size, {bounds}"
    )
    new = old.replace("Size: {type: int32}", "Size: {type: int32, exclusiveMinimum: 0}")
    new = new.replace(f"Size, {bounds}", "Size, maximum: 9}")
    assert new.count("Size") == old.count("Size") == 2
    assert changes(tmp_path, old, new) == ()


@pytest.mark.parametrize(
    ("old", "new", "looser"),
    [(6, 3, True), (3, 6, False), (4, 6, False), (0.5, 0.25, True), (0.3, 0.1, True), (1, 2, False)],
)
def test_every_multiple_of_six_is_one_of_three(tmp_path: Path, old: float, new: float, looser: bool) -> None:
    base = TWO.replace("title: string", "title: {type: float64, multipleOf: N}")
    found = changes(tmp_path, base.replace("N}", f"{old}}}"), base.replace("N}", f"{new}}}"))
    assert {c.code for c in found} == {"constraint-loosened" if looser else "constraint-tightened"}


def test_a_new_spec_that_asks_for_something(tmp_path: Path) -> None:
    """A spec that is missing equals {}, so what it requires is asked for; a status is not written by clients."""
    old = TWO[: TWO.index("  - name: v1beta1")].replace("{spec: ", "{data: ")
    both = old.replace("{data: ", "{spec: {fields: {a: {type: string, required: true}}}, data: ")
    assert only(changes(tmp_path / "a", old, both), "required-field-added").path == "spec"
    assert (
        only(changes(tmp_path / "b", old, both.replace("{spec: ", "{status: ")), "field-added").path
        == "status"
    )


def test_what_is_gone_is_marked_where_it_was(tmp_path: Path) -> None:
    """Lines of the old spec mean nothing in a pull request; programs are told which spec it is."""
    old = "# one line more\n" + ALONE
    new = ALONE.replace("fields: {file: string, url: string}", "fields: {file: string}")
    found = changes(tmp_path, old, new.replace("            atMostOneOf: [file, url]\n", ""))
    change = only(found, "field-removed")
    (row,) = (r for r in json.loads(as_json(found)) if r["change"] == "field-removed")
    line = 1 + ALONE.splitlines().index("            fields: {file: string, url: string}")
    assert (row["side"], row["file"], row["line"]) == ("old", "resources/widget.yaml", line + 1)
    assert f"      at: resources/widget.yaml:{line + 1}:36, in the old spec" in as_text(Comparison(found))
    (mark,) = marks([change])
    assert mark.place.line == 1 + ALONE.splitlines().index("          options:")


def test_marks_for_kinds_and_versions_that_are_gone(tmp_path: Path) -> None:
    found = changes(tmp_path / "a", BASE, ALONE)
    (mark,) = marks([only(found, "version-removed")])
    assert (mark.place.file, mark.place.line) == ("resources/widget.yaml", 3)
    found = changes(tmp_path / "b", ALONE, ALONE.replace("kind: Widget", "kind: Gadget"))
    (mark,) = marks([only(found, "kind-removed")])
    assert (mark.place.file, mark.place.line) == ("apigen.yaml", 2)


def test_long_texts_are_cut(tmp_path: Path) -> None:
    new = ALONE.replace("note: {type: string,", f"note: {{type: string, default: {'x' * 9000},")
    new = new.replace('rule: "has(self.spec)"', f'rule: "has(self.spec) || \'{"y" * 9000}\' == \'\'"')
    assert all(len(line) < 300 for line in as_text(Comparison(changes(tmp_path, ALONE, new))))
