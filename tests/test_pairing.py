"""Which field of one version is which of another: by name, by rule, through lists, maps, sub-trees and recursion."""

from pathlib import Path

import pytest
from specs import only_kind, problems, resolved, versions

from apigen.model import Edge, Field, Frame, Lens, Pair


def path(fields: tuple[Field, ...]) -> str:
    return ".".join(f.json for f in fields)


def lens_text(lens: Lens) -> str:
    """Return a lens without what needs no saying: ` (frame)` for objects, ` duration` for words."""
    if lens.how in ("list", "map"):
        assert lens.item is not None
        return lens_text(lens.item)
    return f" ({lens.inner})" if lens.inner else "" if lens.how == "same" else f" {lens.how}"


def text(pair: Pair) -> str:
    """Return a pair as `a.b > c`, with `!` for presence alone."""
    ends = path(pair.a), path(pair.b)
    same = ends[0] if ends[0] == ends[1] else " > ".join(ends)
    return same + (" !" if pair.bare else lens_text(pair.lens))


def steps(frame: Frame) -> list[str]:
    """Return the pairs of a frame, then what one end alone has: `- x` of the first, `+ x` of the second."""
    alone = [(sign, only) for sign, side in (("-", frame.only_a), ("+", frame.only_b)) for only in side]
    return [text(p) for p in frame.pairs] + [
        f"{sign} {path(only.path)}{' !' * only.bare}" for sign, only in alone
    ]


def edge(root: Path, *fields: str, rules: str = "", types: str = "") -> Edge:
    """Return the edge of the first of two versions to the hub."""
    kind = only_kind(resolved(root, thing=versions(*fields, rules=rules, types=types)))
    return next(v.edge for v in kind.versions if v.version == "v1alpha1")


def there(root: Path, a: str, b: str, rules: str = "", types: str = "") -> dict[str, list[str]]:
    """Return the frames of a conversion to the hub."""
    frames = edge(root, a, b, rules=rules, types=types).frames
    back = edge(root, b, a, rules=_turned(rules), types=types).frames
    assert len(back) == len(frames)
    return {name: steps(frame) for name, frame in frames.items()}


def _turned(rules: str) -> str:
    return rules.replace("from:", "FROM:").replace("to:", "from:").replace("FROM:", "to:")


def test_fields_of_one_name_and_type_pair_by_themselves(tmp_path: Path) -> None:
    same = "{spec: {fields: {size: int32, tags: list of string, part: {fields: {name: string}}}}}"
    assert there(tmp_path, same, same) == {
        "Thing_To_Thing": ["spec (ThingSpec_To_ThingSpec)"],
        "ThingSpec_To_ThingSpec": ["size", "tags", "part (ThingSpecPart_To_ThingSpecPart)"],
        "ThingSpecPart_To_ThingSpecPart": ["name"],
    }


def test_a_rename(tmp_path: Path) -> None:
    a, b = "{spec: {fields: {method: string}}}", "{spec: {fields: {balancing: string}}}"
    frames = there(tmp_path, a, b, "{from: spec.method, to: spec.balancing}")
    assert frames["ThingSpec_To_ThingSpec"] == ["method > balancing"]


def test_a_swap(tmp_path: Path) -> None:
    same = "{spec: {fields: {a: string, b: string}}}"
    frames = there(tmp_path, same, same, "{from: spec.a, to: spec.b}, {from: spec.b, to: spec.a}")
    assert frames["ThingSpec_To_ThingSpec"] == ["b > a", "a > b"]


def test_a_move_into_an_object_that_is_not_there(tmp_path: Path) -> None:
    a = "{spec: {fields: {sticky: bool, size: int32}}}"
    b = "{spec: {fields: {session: {fields: {affinity: bool}}, size: int32}}}"
    frames = there(tmp_path, a, b, "{from: spec.sticky, to: spec.session.affinity}")
    assert frames["ThingSpec_To_ThingSpec"] == ["sticky > session.affinity", "size", "+ session !"]


def test_a_move_between_objects_of_the_root_opens_both(tmp_path: Path) -> None:
    a = "{spec: {fields: {a: {fields: {x: string, y: string}}, b: {fields: {z: string}}}}}"
    b = "{spec: {fields: {a: {fields: {y: string}}, b: {fields: {z: string, w: string}}}}}"
    frames = there(tmp_path, a, b, "{from: spec.a.x, to: spec.b.w}")
    assert frames["ThingSpec_To_ThingSpec"] == ["a !", "a.y", "b !", "b.z", "a.x > b.w"]


def test_a_whole_sub_tree_moves_and_a_rule_renames_in_it(tmp_path: Path) -> None:
    a = "{spec: {fields: {old: {fields: {x: string, y: int32}}}}}"
    b = "{spec: {fields: {new: {fields: {renamed: string, y: int32}}}}}"
    rules = "{from: spec.old, to: spec.new}, {from: spec.old.x, to: spec.new.renamed}"
    frames = there(tmp_path, a, b, rules)
    assert frames["ThingSpec_To_ThingSpec"] == ["old > new (ThingSpecOld_To_ThingSpecNew)"]
    assert frames["ThingSpecOld_To_ThingSpecNew"] == ["x > renamed", "y"]


def test_a_field_leaves_a_sub_tree_that_moves(tmp_path: Path) -> None:
    a = "{spec: {fields: {old: {fields: {x: string, y: int32}}}}}"
    b = "{spec: {fields: {x: string, new: {fields: {y: int32}}}}}"
    frames = there(tmp_path, a, b, "{from: spec.old, to: spec.new}, {from: spec.old.x, to: spec.x}")
    assert frames["ThingSpec_To_ThingSpec"] == ["old.x > x", "old > new !", "old.y > new.y"]


@pytest.mark.parametrize("container", ["list", "map"])
def test_a_rename_in_items_pairs_what_they_are_in(tmp_path: Path, container: str) -> None:
    inside = "items" if container == "list" else "values"
    a = f"{{spec: {{fields: {{hosts: {{type: {container} of object, {inside}: {{fields: {{name: string}}}}}}}}}}}}"
    b = a.replace("hosts", "servers").replace("name", "title")
    frames = there(tmp_path, a, b, '{from: "spec.hosts.*.name", to: "spec.servers.*.title"}')
    ((inner, fields),) = [(n, f) for n, f in frames.items() if f == ["name > title"]]
    assert frames["ThingSpec_To_ThingSpec"] == [f"hosts > servers ({inner})"]
    assert fields == ["name > title"]


def test_lists_in_lists(tmp_path: Path) -> None:
    a = "{spec: {fields: {grid: {type: list of list of Cell}}}}"
    kind = versions(a, a.replace("grid", "rows"), rules='{from: "spec.grid.*.*.x", to: "spec.rows.*.*.y"}')
    kind = kind.replace("- name: v1alpha1", "- name: v1alpha1\n    types: {Cell: {fields: {x: int32}}}")
    kind = kind.replace("- name: v1\n", "- name: v1\n    types: {Cell: {fields: {y: int32}}}\n")
    _, alpha = only_kind(resolved(tmp_path, thing=kind)).versions
    assert {n: steps(f) for n, f in alpha.edge.frames.items()} == {
        "Thing_To_Thing": ["spec (ThingSpec_To_ThingSpec)"],
        "ThingSpec_To_ThingSpec": ["grid > rows (Cell_To_Cell)"],
        "Cell_To_Cell": ["x > y"],
    }


def test_a_star_at_the_end_pairs_the_containers(tmp_path: Path) -> None:
    a, b = "{spec: {fields: {a: list of string}}}", "{spec: {fields: {b: list of string}}}"
    frames = there(tmp_path, a, b, '{from: "spec.a.*", to: "spec.b.*"}')
    assert frames["ThingSpec_To_ThingSpec"] == ["a > b"]


def test_types_that_contain_themselves(tmp_path: Path) -> None:
    same = "{spec: {fields: {tree: Node}}}"
    types = "{Node: {fields: {name: string, children: list of Node, left: Node}}}"
    assert there(tmp_path, same, same, types=types) == {
        "Thing_To_Thing": ["spec (ThingSpec_To_ThingSpec)"],
        "ThingSpec_To_ThingSpec": ["tree (Node_To_Node)"],
        "Node_To_Node": ["name", "children (Node_To_Node)", "left (Node_To_Node)"],
    }


def test_one_type_with_rules_here_and_without_there_has_two_frames(tmp_path: Path) -> None:
    types = "{Part: {fields: {a: string, b: string}}}"
    same = "{spec: {fields: {one: Part, two: Part}}}"
    rules = "{from: spec.one.a, to: spec.one.b}, {from: spec.one.b, to: spec.one.a}"
    frames = there(tmp_path, same, same, rules, types)
    assert frames["ThingSpec_To_ThingSpec"] == ["one (Part_To_Part)", "two (Part_To_Part2)"]
    assert (frames["Part_To_Part"], frames["Part_To_Part2"]) == (["b > a", "a > b"], ["a", "b"])


def messages(root: Path, *fields: str, rules: str = "", types: str = "") -> list[str]:
    return [p.message for p in problems(root, thing=versions(*fields, rules=rules, types=types))]


def test_what_moved_away_leaves_its_old_name_without_a_value(tmp_path: Path) -> None:
    a, b = "{spec: {fields: {a: string}}}", "{spec: {fields: {a: string, b: string}}}"
    assert messages(tmp_path, a, b, rules="{from: spec.a, to: spec.b}") == [
        "v1 spec.a has no home in v1alpha1: its value would be lost"
    ]


def test_a_source_that_is_not_there_is_no_silent_loss(tmp_path: Path) -> None:
    a, b = "{spec: {fields: {size: int32}}}", "{spec: {fields: {size: int32, other: string}}}"
    assert messages(tmp_path, a, b, rules="{from: spec.nothing, to: spec.other}") == [
        'in v1alpha1 spec has no field "nothing"',
    ]


def test_one_list_cannot_pair_with_two(tmp_path: Path) -> None:
    types = "{Part: {fields: {x: string, y: string}}}"
    a, b = "{spec: {fields: {all: list of Part}}}", "{spec: {fields: {one: list of Part, two: list of Part}}}"
    rules = '{from: "spec.all.*.x", to: "spec.one.*.x"}, {from: "spec.all.*.y", to: "spec.two.*.y"}'
    found = messages(tmp_path, a, b, rules=rules, types=types)
    assert "the rule pairs spec.all with spec.two, and another rule spec.all with spec.one" in found


def test_every_use_of_a_type_that_loses_a_field_is_listed(tmp_path: Path) -> None:
    a = "{spec: {fields: {one: Part, more: list of Part}}}"
    kind = versions(a, a).replace("- name: v1\n", "- name: v1\n    types: {Part: {fields: {}}}\n")
    kind = kind.replace("- name: v1alpha1", "- name: v1alpha1\n    types: {Part: {fields: {x: int32}}}")
    assert [p.message for p in problems(tmp_path, thing=kind)] == [
        "v1alpha1 spec.more.*.x has no home in v1: its value would be lost",
        "v1alpha1 spec.one.x has no home in v1: its value would be lost",
    ]


def test_a_rename_in_a_type_that_contains_itself_is_not_chased(tmp_path: Path) -> None:
    a = "{spec: {fields: {tree: Node}}}"
    kind = versions(a, a, rules='{from: "spec.tree.x", to: "spec.tree.y"}')
    for version, name in (("v1alpha1", "x"), ("v1", "y")):
        node = f"{{Node: {{fields: {{{name}: int32, children: list of Node}}}}}}"
        kind = kind.replace(f"- name: {version}\n", f"- name: {version}\n    types: {node}\n")
    found = problems(tmp_path, thing=kind)
    assert found
    assert {p.hint for p in found} == {
        "its type contains itself: write a rule for the type, {type: NAME, rules: [...]}"
    }
