"""The upstream types that a spec may name: found by name, walked by JSON path, closed under reference."""

import json

import pytest

from apigen import upstream
from apigen.problems import ApigenError

UP = upstream.load("1.37")

CORE = "io.k8s.api.core.v1."
META = "io.k8s.apimachinery.pkg.apis.meta.v1."


def must(phrase: str) -> upstream.UpstreamType:
    found = UP.find(phrase)
    assert found is not None, phrase
    return found


def test_condition_is_that_of_meta() -> None:
    condition = must("Condition")
    assert condition is must("meta/v1.Condition")
    assert condition.go == "metav1.Condition"
    assert condition.go_package == "k8s.io/apimachinery/pkg/apis/meta/v1"
    assert condition.model == META + "Condition"
    assert not condition.is_root
    assert not condition.is_scalar


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("LabelSelector", "meta/v1.LabelSelector"),
        ("LabelSelectorRequirement", "meta/v1.LabelSelectorRequirement"),
        ("OwnerReference", "meta/v1.OwnerReference"),
        ("ObjectReference", "core/v1.ObjectReference"),
        ("LocalObjectReference", "core/v1.LocalObjectReference"),
        ("TypedLocalObjectReference", "core/v1.TypedLocalObjectReference"),
        ("SecretKeySelector", "core/v1.SecretKeySelector"),
        ("ConfigMapKeySelector", "core/v1.ConfigMapKeySelector"),
        ("SecretReference", "core/v1.SecretReference"),
        ("Toleration", "core/v1.Toleration"),
        ("Affinity", "core/v1.Affinity"),
        ("ResourceRequirements", "core/v1.ResourceRequirements"),
        ("EnvVar", "core/v1.EnvVar"),
        ("Volume", "core/v1.Volume"),
        ("PodTemplateSpec", "core/v1.PodTemplateSpec"),
        ("Container", "core/v1.Container"),
        ("Quantity", "resource.Quantity"),
        ("IntOrString", "intstr.IntOrString"),
    ],
)
def test_short_names(short: str, full: str) -> None:
    assert must(short).name == full
    assert short in UP.names()
    assert full in UP.names()


def test_types_of_other_groups_have_only_their_full_name() -> None:
    assert must("apps/v1.DeploymentSpec").go == "appsv1.DeploymentSpec"
    assert must("autoscaling/v2.MetricSpec").go == "autoscalingv2.MetricSpec"
    assert UP.find("DeploymentSpec") is None


@pytest.mark.parametrize(
    "phrase", ["", "Nothing", "core/v1.Nothing", "core/v1.", "podspec", "PodList", "v1.Pod"]
)
def test_unknown(phrase: str) -> None:
    assert UP.find(phrase) is None


def test_kinds_are_marked_and_not_offered() -> None:
    for phrase in ("Pod", "apps/v1.Deployment", "meta/v1.Status", "meta/v1.ListOptions"):
        assert must(phrase).is_root
        assert phrase not in UP.names()


def test_scalars() -> None:
    protocol = must("core/v1.Protocol")
    assert protocol.is_scalar
    assert protocol.base == "string"
    assert protocol.model == ""
    assert protocol.schema["enum"] == ["SCTP", "TCP", "UDP"]
    assert must("meta/v1.ConditionStatus").schema == {"type": "string"}


def test_named_lists_and_maps_have_a_schema_but_no_model() -> None:
    resources = must("ResourceList")
    assert not resources.is_scalar
    assert resources.model == ""
    assert resources.schema["type"] == "object"


def test_comparable() -> None:
    assert must("LocalObjectReference").is_comparable
    assert must("core/v1.Protocol").is_comparable
    for phrase in ("PodSpec", "SecretKeySelector", "Time", "Quantity"):
        assert not must(phrase).is_comparable


def test_lists_say_how_they_merge() -> None:
    containers, _ = UP.property(must("PodSpec"), "containers")
    assert containers["x-kubernetes-list-type"] == "map"
    assert containers["x-kubernetes-list-map-keys"] == ["name"]


def test_a_path_can_be_walked() -> None:
    _, spec = UP.property(must("PodTemplateSpec"), "spec")
    assert spec is must("PodSpec")
    containers, none = UP.property(spec, "containers")
    assert none is None
    assert UP.resolve(containers["items"]) is must("Container")
    _, policy = UP.property(must("Container"), "imagePullPolicy")
    assert policy is must("core/v1.PullPolicy")
    _, resources = UP.property(must("ResourceRequirements"), "limits")
    assert resources is must("ResourceList")
    with pytest.raises(KeyError):
        UP.property(spec, "nothing")


def test_fields_of_inlined_structs_are_promoted() -> None:
    selector = must("SecretKeySelector")
    assert selector.fields[0].inline
    assert [(f.json, f.go, f.type, f.is_pointer) for f in UP.fields(selector)] == [
        ("name", "Name", "string", False),
        ("key", "Key", "string", False),
        ("optional", "Optional", "*bool", True),
    ]


def test_every_type_agrees_with_its_schema() -> None:
    """The fields of the Go struct are the properties of the definition, and every package has an alias."""
    for name in UP.names():
        found = must(name)
        assert UP.imports[found.import_alias] == found.go_package
        assert {f.json for f in UP.fields(found)} == set(found.schema.get("properties", {})), name


def references(value: object) -> set[str]:
    return {part.split('"')[0] for part in json.dumps(value).split('"#/definitions/')[1:]}


@pytest.mark.parametrize("phrase", ["PodSpec", "Condition", "LabelSelector", "batch/v1.JobSpec"])
def test_closure_is_complete(phrase: str) -> None:
    model = must(phrase).model
    whole = UP.closure([model])
    assert model in whole
    assert references(whole) <= set(whole)
    assert list(whole) == sorted(whole)


def test_closure_without_the_known_ones() -> None:
    rest = UP.closure([must("PodSpec").model, must("Condition").model], known=True)
    assert CORE + "PodSpec" in rest
    assert META + "Condition" not in rest
    assert not set(rest) & UP.known
    assert references(rest) <= set(rest) | UP.known
    assert UP.closure([must("Condition").model], known=True) == {}


def test_closure_of_nothing_and_of_the_unknown() -> None:
    assert UP.closure([]) == {}
    with pytest.raises(KeyError):
        UP.closure(["io.k8s.api.core.v1.Nothing"])


def test_closure_is_deterministic() -> None:
    models = [must(p).model for p in ("PodSpec", "Affinity", "LabelSelector")]
    first = json.dumps(UP.closure(models))
    assert json.dumps(upstream.Upstream("1.37").closure(reversed(models))) == first


def test_versions() -> None:
    assert "1.37" in upstream.versions()
    assert upstream.load("1.37") is UP
    for bad in ("1.1", "../upstream/1.37", ""):
        with pytest.raises(ApigenError):
            upstream.load(bad)
