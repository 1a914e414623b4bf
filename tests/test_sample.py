"""Examples: what they hold of upstream's types, what they leave out, and what they are called."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from specs import only_kind, resolved, versions, write

from apigen import pipeline, upstream
from apigen.model import Field, Schema, Struct, Types
from apigen.sample import sample

KUBERNETES = upstream.load(upstream.versions()[-1])
TEMPLATES = Path(__file__).parents[1] / "templates"


def spec(root: Path, *fields: str, types: str = "") -> list[Any]:
    """Return the spec in the examples of versions with those fields of the spec, the preferred first."""
    texts = [f"{{spec: {{fields: {f}}}}}" for f in fields]
    return [v.sample.get("spec") for v in only_kind(resolved(root, t=versions(*texts, types=types))).versions]


def of_type(named: upstream.UpstreamType) -> Any:
    """Return what an example holds for a field of an upstream type."""
    member = Field("field", "Field", Schema("upstream", named.name, named), False, True)
    return sample(Types({}, {}), Struct("Thing", "", (member,)), KUBERNETES)["field"]


NAMED = [
    named
    for name in KUBERNETES.names()
    if (named := KUBERNETES.find(name)) and not named.is_scalar and name == named.name
]


def test_a_value_of_any_upstream_type_meets_its_schema() -> None:
    definitions = KUBERNETES.closure(named.model for named in NAMED if named.model)
    for named in NAMED:
        schema = {**named.schema, "definitions": definitions}
        jsonschema.Draft4Validator(schema).validate(of_type(named))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PodTemplateSpec", {"spec": {"containers": [{"name": "name"}]}}),
        ("PodSpec", {"containers": [{"name": "name"}]}),
        ("ResourceRequirements", {}),
        ("EnvVar", {"name": "name"}),
        ("SecretKeySelector", {"name": "example", "key": "key"}),
        ("TCPSocketAction", {"port": 80}),
        (
            "batch/v1.JobSpec",
            {"template": {"spec": {"containers": [{"name": "name"}]}}},
        ),
        ("apps/v1.DaemonSetUpdateStrategy", {}),
        ("scheduling/v1alpha3.PodGroupSpec", {"schedulingPolicy": {}}),
        ("core/v1.PreferAvoidPodsEntry", {"podSignature": {}}),
        ("autoscaling/v1.ResourceMetricStatus", {"name": "name", "currentAverageValue": "1"}),
        ("batch/v1.PodFailurePolicyOnExitCodesRequirement", {"operator": "In", "values": [1]}),
        ("events/v1.EventSeries", {"count": 1, "lastObservedTime": "2026-01-01T00:00:00.000000Z"}),
        ("core/v1.ResourceList", {}),
        ("authentication/v1.ExtraValue", ["field"]),
    ],
)
def test_upstream_types_hold_what_they_require(name: str, value: Any) -> None:
    named = KUBERNETES.find(name)
    assert named and of_type(named) == value


def test_a_condition_is_one(tmp_path: Path) -> None:
    text = versions("{spec: {fields: {a: string}}, status: {fields: {conditions: list of Condition}}}")
    (version,) = only_kind(resolved(tmp_path, t=text)).versions
    (condition,) = version.sample["status"]["conditions"]
    assert condition["status"] in ("True", "False", "Unknown")
    assert {"type", "reason", "message", "lastTransitionTime"} <= condition.keys()


def test_fields_of_upstream_types_are_always_there(tmp_path: Path) -> None:
    inside = "{required: true, fields: {r: core/v1.ResourceRequirements, x: string}}"
    for name in "dcba":
        inside = f"{{required: true, fields: {{{name}: {inside}}}}}"
    (found,) = spec(
        tmp_path, f"{{plain: core/v1.ResourceRequirements, list: list of PodSpec, deep: {inside}}}"
    )
    assert found["plain"] == {}
    assert found["list"] == [{"containers": [{"name": "name"}]}]
    assert found["deep"] == {"a": {"b": {"c": {"d": {"r": {}}}}}}


def test_an_example_of_an_older_version_has_what_the_stored_one_requires(tmp_path: Path) -> None:
    stored, older = spec(
        tmp_path,
        "{tpl: PodTemplateSpec, r: PodOS}",
        "{tpl: {type: PodTemplateSpec, required: true}, r: PodOS}",
    )
    assert older == stored and older["tpl"]["spec"]["containers"]


def test_optional_objects_that_would_be_empty_are_left_out(tmp_path: Path) -> None:
    (found,) = spec(
        tmp_path,
        "{none: {fields: {}}, nested: {fields: {none: {fields: {}}}}, must: {required: true, fields: {}},"
        " list: {type: list of object, items: {fields: {}}}, byName: {type: map of object, values: {fields: {}}},"
        " needed: {type: list of object, required: true, minItems: 1, items: {fields: {}}}}",
    )
    assert found == {"must": {}, "needed": [{}]}


def test_items_of_upstream_types_have_keys_that_differ(tmp_path: Path) -> None:
    keyed = "listType: map, listMapKeys: [{}], minItems: {}}}"
    (found,) = spec(
        tmp_path,
        "{env: {type: list of EnvVar, " + keyed.format("name", 3) + ","
        " ports: {type: list of ContainerPort, " + keyed.format("protocol, containerPort", 4) + ","
        " spread: {type: list of TopologySpreadConstraint, " + keyed.format("whenUnsatisfiable", 2) + "}",
    )
    assert [e["name"] for e in found["env"]] == ["name", "name1", "name2"]
    assert [p["containerPort"] for p in found["ports"]] == [1, 2, 3, 4]
    assert [s["whenUnsatisfiable"] for s in found["spread"]] == ["DoNotSchedule", "ScheduleAnyway"]


def names(root: Path, *texts: str) -> dict[str, str]:
    """Return the names of the examples of a project of those resource files, by file."""
    files = pipeline.rendered(write(root, {f"r{i}": text for i, text in enumerate(texts)}))
    samples = {f.path: f.text for f in files if f.path.startswith("samples/")}
    return {
        path.removeprefix("samples/"): next(
            line for line in text.splitlines() if line.startswith("  name: ")
        )[8:]
        for path, text in samples.items()
    }


def test_no_two_examples_of_a_kind_have_the_same_name(tmp_path: Path) -> None:
    one = "{spec: {fields: {a: string}}}"
    other = versions(one, kind="Other", names=("v1beta1",))
    assert names(tmp_path, versions(one, one, one), other) == {
        "shop_v1_thing.yaml": "example",
        "shop_v1beta1_thing.yaml": "example-v1beta1",
        "shop_v1alpha1_thing.yaml": "example-v1alpha1",
        "shop_v1beta1_other.yaml": "example",
    }


def test_the_first_version_that_is_served_has_the_plain_name(tmp_path: Path) -> None:
    one = "{spec: {fields: {a: string}}}"
    text = versions(one, one, one).replace("storage: true\n", "storage: true\n    served: false\n")
    assert names(tmp_path, text) == {
        "shop_v1beta1_thing.yaml": "example",
        "shop_v1alpha1_thing.yaml": "example-v1alpha1",
    }


def test_a_status_is_for_tests_alone(tmp_path: Path) -> None:
    text = versions("{spec: {fields: {a: string}}, status: {fields: {phase: string}}}")
    files = {f.path: f.text for f in pipeline.rendered(write(tmp_path, {"thing": text}))}
    assert "status" not in files["samples/shop_v1_thing.yaml"]
    assert '"{\\"phase\\": \\"phase\\"}"' in files["test/resources_test.go"]


LOST = [
    ('{"a": 1}', '{"a": 1}', []),
    ('{"a": 1}', "{}", [".a"]),
    ('{"a": 1}', '{"a": null}', [".a"]),
    ('{"a": "90s"}', '{"a": "1m30s"}', []),
    ('{"a": null}', "{}", []),
    ('{"a": {"b": [{"c": null}]}}', '{"a": {"b": [{}]}}', []),
    ('{"a": {}}', "{}", []),
    ('{"a": {"b": {}, "c": {"d": null}}}', "{}", []),
    ('{"a": {"b": {}, "c": 0}}', "{}", [".a.c"]),
    ('{"a": {"b": 1}}', '{"a": 1}', [".a.b"]),
    ('{"a": []}', "{}", [".a"]),
    ('{"a": [{}]}', "{}", [".a"]),
    ('{"a": [1, 2]}', '{"a": [1]}', [".a"]),
    ('{"a": [{"b": 1}]}', '{"a": [{}]}', [".a[].b"]),
    ('{"a": false}', "{}", [".a"]),
]


@pytest.mark.skipif(not shutil.which("go"), reason="needs Go")
def test_what_generated_tests_call_lost(tmp_path: Path) -> None:
    text = (TEMPLATES / "go/test/fixture_test.go.j2").read_text()
    function = text[text.index("func lost(") :]
    function = function[: function.index("\n}\n") + 3]
    main = tmp_path / "main.go"
    main.write_text(
        'package main\n\nimport (\n\t"encoding/json"\n\t"os"\n)\n\nfunc main() {\n\tvar pairs [][2]any\n'
        "\t_ = json.NewDecoder(os.Stdin).Decode(&pairs)\n\tfor _, p := range pairs {\n"
        '\t\t_ = json.NewEncoder(os.Stdout).Encode(append([]string{}, lost("", p[0], p[1])...))\n\t}\n}\n\n'
        + function
    )
    pairs = "[" + ", ".join(f"[{sent}, {back}]" for sent, back, _ in LOST) + "]"
    command = ["go", "run", str(main)]
    done = subprocess.run(command, input=pairs, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(*case[:2], paths) for case, paths in zip(LOST, found, strict=True)] == LOST
