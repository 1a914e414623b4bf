"""The spec's words made into the model: types, presence, the hub, facets along a chain of versions, samples."""

import random
import time
from pathlib import Path
from typing import Any

import pytest
import specs
from specs import only_kind, problems, resolved, versions

from apigen.checks import duration
from apigen.gotypes import field_type
from apigen.load import load
from apigen.model import ABSENT, Field, Schema, Struct, Types
from apigen.paths import dotted, json_path, rule_path
from apigen.problems import SpecError
from apigen.resolve import resolve
from apigen.sample import sample
from apigen.upstream import load as load_upstream
from apigen.values import value_problems


def fields(root: Path, text: str, types: str = "") -> dict[str, Field]:
    """Return the spec fields of one version by JSON name."""
    project = resolved(root, thing=versions(f"{{spec: {{fields: {text}}}}}", types=types))
    (version,) = project.groups[0].versions
    return {f.json: f for f in version.types.structs["ThingSpec"].fields}


@pytest.mark.parametrize(
    ("spec", "go"),
    [
        ("string", "*string"),
        ("{type: string, required: true}", "*string"),
        ("{type: string, required: true, minLength: 1}", "string"),
        ("{type: string, required: true, minLength: 1, default: a}", "*string"),
        ("{type: int32, required: true, minimum: 1}", "int32"),
        ("{type: int32, required: true, maximum: -1}", "int32"),
        ("{type: int32, required: true, minimum: 0}", "*int32"),
        ("{type: int32, minimum: 1}", "*int32"),
        ("{type: bool, required: true}", "*bool"),
        ("{type: string, required: true, enum: [a]}", "ThingSpecX"),
        ('{type: string, required: true, enum: ["", a]}', "*ThingSpecX"),
        ("{type: Name, required: true}", "Name"),
        ("list of string", "[]string"),
        ("map of list of int64", "map[string][]int64"),
        ("bytes", "[]byte"),
        ("{fields: {a: string}}", "*ThingSpecX"),
        ("{type: list of object, items: {fields: {a: string}}}", "[]ThingSpecXItem"),
        ("{type: map of object, values: {fields: {a: string}}}", "map[string]ThingSpecXValue"),
        ("{type: list of string, items: {enum: [a]}}", "[]ThingSpecXItem"),
        ("quantity", "*resource.Quantity"),
        ("LabelSelector", "*metav1.LabelSelector"),
        ("core/v1.Protocol", "*string"),
        ("any", "*JSON"),
    ],
)
def test_absent_is_not_zero(tmp_path: Path, spec: str, go: str) -> None:
    types = "{Name: {type: string, minLength: 1}}"
    assert field_type(fields(tmp_path, f"{{x: {spec}}}", types)["x"]) == go


def test_spec_and_status_are_values(tmp_path: Path) -> None:
    text = versions("{spec: {fields: {a: string}}, status: {default: {}, fields: {b: string}}}")
    kind = only_kind(resolved(tmp_path, thing=text))
    assert [(f.json, f.pointer, f.has_default) for f in kind.hub.fields] == [
        ("spec", False, False),
        ("status", False, False),
    ]


def test_conditions_are_a_map_list_by_type(tmp_path: Path) -> None:
    schema = fields(tmp_path, "{x: list of Condition}")["x"].schema
    assert (schema.list_type, schema.list_map_keys) == ("map", ("type",))
    schema = fields(tmp_path, "{x: {type: list of Condition, listType: atomic}}")["x"].schema
    assert (schema.list_type, schema.list_map_keys) == ("atomic", ())


def test_a_type_gives_its_default_to_its_fields(tmp_path: Path) -> None:
    types = "{Size: {type: string, enum: [small, large], default: small}, Part: {default: {a: x}, fields: {a: string}}}"
    found = fields(tmp_path, "{a: Size, b: {type: Size, default: large}, c: list of Size, d: Part}", types)
    assert [found[n].schema.default for n in "abd"] == ["small", "large", {"a": "x"}]
    assert found["c"].schema.default is found["c"].schema.element.default is ABSENT


def test_names_of_fields_that_end_in_field_do_not_clash(tmp_path: Path) -> None:
    found = fields(tmp_path, "{bar: {fields: {a: string}}, barField: {fields: {a: string}}}")
    assert [f.schema.name for f in found.values()] == ["ThingSpecBar", "ThingSpecBarField"]


def test_constants_of_values_that_look_alike_are_distinct_and_stable(tmp_path: Path) -> None:
    def constants(values: str) -> list[str]:
        return [
            c.go.removeprefix("ThingSpecX")
            for c in fields(tmp_path, f"{{x: {{type: string, enum: {values}}}}}")["x"].schema.enum
        ]

    assert constants("[a, A, a2]") == ["A", "A2", "A22"]
    assert constants("[replace, Replace, a-b, a_b, aB]")[:2] == constants("[replace, Replace]")
    assert len(set(constants('["=", "!=", "=~", "!~", "", "*", é, è]'))) == 8


@pytest.mark.parametrize("kind", ["Test", "Windows", "Linux", "Internal", "Main", "Type", "Error", "Options"])
def test_kinds_with_a_meaning_elsewhere_work(tmp_path: Path, kind: str) -> None:
    assert (
        only_kind(resolved(tmp_path, thing=versions("{spec: {fields: {a: string}}}", kind=kind))).kind == kind
    )


def test_two_kinds_share_a_type_of_a_file(tmp_path: Path) -> None:
    types = "{Part: {fields: {size: Size}}, Unused: {fields: {a: string}}}"
    shared = f"apigen: 1\ngroup: shop.example.com\ntypes: {types}\n"
    more = "apigen: 1\ngroup: shop.example.com\ntypes: {Size: {type: int32, minimum: 1}}\n"
    uses = "{spec: {fields: {part: Part}}}"
    project = resolved(
        tmp_path,
        a=versions(uses),
        b=versions(uses, kind="Other"),
        c=shared,
        d=more,
        e=more.replace("Size", "Last"),
    )
    (group,) = project.groups
    assert sorted(group.hub.structs) == ["Other", "OtherSpec", "Part", "Thing", "ThingSpec"]
    assert sorted(group.hub.scalars) == ["Size"]
    assert sorted(group.versions[0].types.structs) == sorted(group.hub.structs)


def test_two_kinds_may_declare_one_name_in_different_versions(tmp_path: Path) -> None:
    def kind(name: str, version: str) -> str:
        return versions(
            "{spec: {fields: {part: Part}}}",
            types="{Part: {fields: {size: int32}}}",
            kind=name,
            names=(version,),
        )

    assert problems(tmp_path, a=kind("Car", "v1"), b=kind("Boat", "v2")) == ()
    assert [p.message for p in problems(tmp_path, a=kind("Car", "v1"), b=kind("Boat", "v1"))] == [
        'the Go name "Part" is taken by resources/a.yaml:4'
    ]


def test_the_hub_has_the_layout_of_the_storage_version(tmp_path: Path) -> None:
    strict, weak = (
        f"{{spec: {{fields: {{part: {{fields: {{a: {{type: int32, minimum: 1, required: {word}}}}}}}}}}}}}"
        for word in ("true", "false")
    )
    (group,) = resolved(tmp_path, thing=versions(weak, strict)).groups
    assert [f.pointer for f in group.hub.structs["ThingSpecPart"].fields] == [False]
    (group,) = resolved(tmp_path, thing=versions(strict, weak)).groups
    assert [f.pointer for f in group.hub.structs["ThingSpecPart"].fields] == [True]


def renames(root: Path, *fields: str, rules: tuple[str, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the renames of a chain of versions, each with its rules to the next."""
    text = versions(*fields)
    for rule in rules:
        text = text.replace("rules: []", f"rules: [{rule}]", 1)
    return {v.version: v.renames for v in only_kind(resolved(root, thing=text)).versions}


def test_renames_compose_along_a_chain(tmp_path: Path) -> None:
    def one(name: str) -> str:
        return f"{{spec: {{fields: {{{name}: {{fields: {{x: string}}}}, size: int32}}}}}}"

    found = renames(
        tmp_path,
        one("a"),
        one("b"),
        one("c"),
        rules=("{from: spec.a, to: spec.b}", "{from: spec.b, to: spec.c}"),
    )
    assert found == {
        "v1alpha1": (("spec.c", "spec.a"),),
        "v1beta1": (("spec.c", "spec.b"),),
        "v1": (),
    }


def test_renames_compose_where_only_a_part_moves_on(tmp_path: Path) -> None:
    a = "{spec: {fields: {a: {fields: {x: string, y: string}}}}}"
    b = "{spec: {fields: {b: {fields: {x: string, y: string}}}}}"
    c = "{spec: {fields: {b: {fields: {y: string}}, z: string}}}"
    found = renames(tmp_path, a, b, c, rules=("{from: spec.a, to: spec.b}", "{from: spec.b.x, to: spec.z}"))
    assert set(found["v1alpha1"]) == {("spec.b", "spec.a"), ("spec.z", "spec.a.x")}


def test_what_comes_back_to_its_place_is_said_where_its_parent_moved(tmp_path: Path) -> None:
    a = "{spec: {fields: {p: {fields: {x: string, y: string}}}}}"
    b = "{spec: {fields: {x: string, q: {fields: {y: string}}}}}"
    c = "{spec: {fields: {q: {fields: {y: string}}, p: {fields: {x: string}}}}}"
    rules = ("{from: spec.p, to: spec.q}, {from: spec.p.x, to: spec.x}", "{from: spec.x, to: spec.p.x}")
    found = renames(tmp_path, a, b, c, rules=rules)
    assert set(found["v1alpha1"]) == {("spec.q", "spec.p"), ("spec.p.x", "spec.p.x")}


def test_selectors_and_scale_are_found_in_the_hub(tmp_path: Path) -> None:
    text = versions(
        "{spec: {fields: {count: int32}}, status: {fields: {n: int32}}}",
        "{spec: {fields: {replicas: int32}}, status: {fields: {n: int32}}}",
        rules="{from: spec.count, to: spec.replicas}",
    )
    for version, name in (("v1alpha1", "count"), ("v1", "replicas")):
        scale = f"{{specReplicasPath: .spec.{name}, statusReplicasPath: .status.n}}"
        more = f"subresources: {{scale: {scale}}}\n    selectableFields: [{{jsonPath: .spec.{name}}}]\n"
        text = text.replace(f"- name: {version}\n", f"- name: {version}\n    {more}")
    kind = only_kind(resolved(tmp_path, thing=text))
    assert kind.scale is not None
    assert [f.json for f in kind.scale.spec] == ["spec", "replicas"]
    assert [(s.label, s.hub_label) for v in kind.versions for s in v.selectable] == [
        ("spec.replicas", "spec.replicas"),
        ("spec.count", "spec.replicas"),
    ]


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("90s", 90 * 10**9),
        ("1m30s", 90 * 10**9),
        ("-1.5h", -5400 * 10**9),
        ("0", 0),
        ("1", None),
        ("", None),
        ("1d", None),
        ("9999999h", None),
        ("1h" * 60, None),
    ],
)
def test_durations(text: str, nanoseconds: int | None) -> None:
    assert duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("spec.a", ("spec", "a")),
        ("spec.*.b", ("spec", "*", "b")),
        ('metadata.annotations["x.y/z"]', ("metadata", "annotations", "x.y/z")),
        ("spec.a-b.c/d", ("spec", "a-b", "c/d")),
    ],
)
def test_rule_paths(text: str, parts: tuple[str, ...]) -> None:
    assert rule_path(text) == parts
    assert rule_path(dotted(parts)) == parts


@pytest.mark.parametrize("text", ["", ".", ".a", "a.", "a..b", "a b", 'a["', "a[0]", "a[*]", "a\n"])
def test_what_is_no_rule_path(text: str) -> None:
    assert rule_path(text) is None


@pytest.mark.parametrize("text", ["spec", "", ".spec[", ".spec[]", ".a b", ".spec[?(@.x==)]", ".{a}", ".a]"])
def test_what_is_no_json_path(text: str) -> None:
    assert isinstance(json_path(text), str)


def bare(types: Types, schema: Schema, value: Any) -> Any:
    """The value with {} for what is of upstream types, as defaults have it."""
    if schema.kind == "upstream":
        return {}
    if schema.kind == "list":
        return [bare(types, schema.element, item) for item in value]
    if schema.kind == "map":
        return {key: bare(types, schema.element, item) for key, item in value.items()}
    if schema.kind == "object":
        known = {f.json: f.schema for f in types.struct(schema).fields}
        return {
            name: bare(types, known[name], item) if name in known else item for name, item in value.items()
        }
    return value


def valid(types: Types, schema: Schema, value: Any) -> bool:
    """Whether a value is one that the type and its bounds allow: they are the rules for defaults."""
    if isinstance(value, dict) and schema.kind == "object":
        known = {f.json: f for f in types.struct(schema).fields}
        there = all(name in value for name, f in known.items() if f.required and not f.has_default)
        return there and all(n in known and valid(types, known[n].schema, v) for n, v in value.items())
    if schema.kind in ("upstream", "basic") and schema.word in (
        "",
        "bytes",
        "time",
        "microTime",
        "embedded resource",
    ):
        return True
    if schema.kind == "upstream":
        return True
    package: Any = types
    return list(value_problems(package, schema, bare(types, schema, value), (), "default")) == []


SPECS = sorted((Path(specs.__file__).parents[1] / "samples").iterdir())


@pytest.mark.parametrize("root", SPECS, ids=lambda p: p.name)
def test_samples_of_samples_are_valid(root: Path) -> None:
    for group in resolve(load(root)).groups:
        for version in group.versions:
            for kind in version.kinds:
                found = version.of(kind)
                assert valid(version.types, Schema("object", found.root.go), {**found.sample})


def random_field(pick: random.Random, depth: int) -> str:
    """Return a field with bounds that some value meets."""
    low, width = pick.choice([-5, 0, 1, 7]), pick.choice([0, 1, 40])
    required = pick.choice(["", ", required: true"])
    forms = [
        f"{{type: int32, minimum: {low}, maximum: {low + width}{required}}}",
        f"{{type: int64, maximum: {low}{required}}}",
        f"{{type: float64, minimum: {low + 0.5}, maximum: {low + 0.75}{required}}}",
        f"{{type: string, minLength: {width}, maxLength: {width + 1}{required}}}",
        f"{{type: string, maxLength: {max(low, 0)}{required}}}",
        f"{{type: string, enum: [b, a]{required}}}",
        f"{{type: list of string, listType: set, minItems: 3, items: {{minLength: 2, maxLength: 2}}{required}}}",
        f"{{type: list of int32, listType: set, minItems: 3, items: {{maximum: 2, minimum: -3}}{required}}}",
        f"{{type: list of string, maxItems: 0{required}}}",
        f"{{type: Level{required}, maximum: 4}}",
        f"{{type: list of Keyed, listType: map, listMapKeys: [name, port], minItems: 2{required}}}",
        f"{{type: list of Node, minItems: 0{required}}}",
        f"{{type: map of quantity{required}}}",
    ]
    if depth:
        inside = ", ".join(f"f{i}: {random_field(pick, depth - 1)}" for i in range(3))
        forms += [f"{{fields: {{{inside}}}{required}}}"] * 4
        forms += [f"{{type: list of object, minItems: 2, items: {{fields: {{{inside}}}}}{required}}}"] * 2
    return pick.choice(forms)


TYPES = (
    "{Level: {type: int32, minimum: 3, maximum: 9}, Node: {fields: {name: string, next: Node, all: list of Node}},"
    " Keyed: {fields: {name: {type: string, required: true, enum: [a, b]},"
    " port: {type: int32, required: true, minimum: 7}}}}"
)


@pytest.mark.parametrize("seed", range(60))
def test_samples_meet_the_bounds(tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311
    inside = ", ".join(f"f{i}: {random_field(pick, 2)}" for i in range(5))
    project = resolved(tmp_path, thing=versions(f"{{spec: {{fields: {{{inside}}}}}}}", types=TYPES))
    (version,) = project.groups[0].versions
    found = version.of(only_kind(project))
    assert valid(version.types, Schema("object", found.root.go), found.sample), found.sample


def test_a_sample_of_wide_recursion_stays_small() -> None:
    schema = Schema("object", "Node")
    node = Struct("Node", "", tuple(Field(f"f{i}", f"F{i}", schema, False, True) for i in range(40)))
    types = Types({"Node": node}, {})
    root = Struct("Thing", "", (Field("spec", "Spec", schema, False, False),))
    assert len(str(sample(types, root, load_upstream("1.37")))) < 2000


def test_all_groups_are_looked_at(tmp_path: Path) -> None:
    wrong = versions("{spec: {fields: {a: strng}}}")
    found = problems(tmp_path, a=wrong, b=wrong.replace("shop.", "other."))
    assert [p.position.file for p in found] == ["resources/a.yaml", "resources/b.yaml"]


def test_a_hundred_kinds_resolve_in_well_under_a_second(tmp_path: Path) -> None:
    inside = ", ".join(f"f{i}: {{type: string, minLength: 1, default: a}}" for i in range(20))
    one = f"{{spec: {{fields: {{{inside}}}}}}}"
    specs.write(tmp_path, {f"k{i}": versions(one, one, kind=f"Kind{i}") for i in range(100)})
    spec = load(tmp_path)
    began = time.process_time()
    assert len(resolve(spec).groups[0].kinds) == 100
    assert time.process_time() - began < 1


def test_many_lost_fields_are_listed_in_good_time(tmp_path: Path) -> None:
    one, other = (
        "{spec: {fields: {" + ", ".join(f"{name}{i}: string" for i in range(400)) + "}}}"
        for name in ("alpha", "omega")
    )
    began = time.process_time()
    assert len(problems(tmp_path, thing=versions(one, other))) == 800
    assert time.process_time() - began < 5


def test_types_that_need_each_other_many_times_take_no_time(tmp_path: Path) -> None:
    layers = ", ".join(
        f"T{i}: {{fields: {{a: {{type: T{i + 1}, required: true}}, b: {{type: T{i + 1}, required: true}}}}}}"
        for i in range(30)
    )
    types = f"{{{layers}, T30: {{fields: {{x: string}}}}}}"
    began = time.process_time()
    assert problems(tmp_path, thing=versions("{spec: {fields: {a: T0}}}", types=types)) == ()
    assert time.process_time() - began < 2


def test_problems_of_a_spec_are_sorted_and_there_once(tmp_path: Path) -> None:
    same = "{spec: {fields: {part: Part}}}"
    text = versions(same, same, same, types="{Part: {fields: {b: nosuch, a: nosuch}}}")
    with pytest.raises(SpecError) as caught:
        resolved(tmp_path, thing=text)
    assert [p.position.column for p in caught.value.problems] == sorted(
        p.position.column for p in caught.value.problems
    )
    assert len(caught.value.problems) == 2


def test_a_mistake_in_a_type_is_said_once_whatever_each_version_proposes(tmp_path: Path) -> None:
    same = "{spec: {fields: {part: Part}}}"
    text = versions(same, same, types="{Part: {fields: {a: Specal}}}")
    text = text.replace("- name: v1\n", "- name: v1\n    types: {Special: {fields: {a: string}}}\n")
    assert [p.message for p in problems(tmp_path, thing=text)] == ['unknown type "Specal"']


def test_a_deprecated_field_says_so(tmp_path: Path) -> None:
    a = "a: {type: string, deprecated: true}"
    fields = f"{{spec: {{fields: {{{a}, b: {{type: string, description: B., deprecated: true}}}}}}}}"
    (group,) = resolved(tmp_path, thing=versions(fields)).groups
    spec = group.versions[0].types.structs["ThingSpec"]
    text = "This field is deprecated: it may be gone in a later version."
    assert [f.schema.description for f in spec.fields] == [text, f"B.\n\n{text}"]
