"""The laws along a chain of three versions that differ by every rule: the robots of the sample `fleet`."""

import copy
from typing import Any

import pytest
from apiclient import Object, Resource
from robots import CONTAINERS, SPECS, VERSIONS
from servers import Standalone, managers

WRITES = ("put", "merge", "json", "strategic", "apply")


@pytest.fixture
def robots(fleet: Standalone, namespace: str) -> dict[str, Resource]:
    return {
        v: Resource(fleet.admin(), "fleet.example.com", v, "robots", "Robot", namespace) for v in VERSIONS
    }


def bare(obj: Object) -> Object:
    """An object as a client that knows nothing of what is kept sends it."""
    made = copy.deepcopy(obj)
    found: dict[str, str] = made["metadata"].get("annotations", {})
    for name in [n for n in found if "/kept-" in n]:
        del found[name]
    if not found:
        made["metadata"].pop("annotations", None)
    return made


def said(shown: Any, sent: Any) -> Any:
    """What is shown, without the defaults of what was not sent."""
    if isinstance(sent, dict):
        return {key: said(shown[key], value) for key, value in sent.items() if key in shown}
    if isinstance(sent, list) and len(sent) == len(shown):
        return [said(one, other) for one, other in zip(shown, sent, strict=True)]
    return shown


def view(robots: dict[str, Resource], name: str) -> dict[str, Any]:
    """What every version says of a robot, and who owns it."""
    found = {v: robots[v].get(name) for v in VERSIONS}
    return {v: {key: obj[key] for key in ("spec", "status")} for v, obj in found.items()} | {
        "owners": managers(found["v1"]),
        "generation": found["v1"]["metadata"]["generation"],
    }


def write(resource: Resource, how: str, obj: Object) -> Any:
    name = obj["metadata"]["name"]
    if how == "put":
        return resource.put(obj).ok()
    if how == "json":
        return resource.patch(name, [{"op": "replace", "path": "/spec", "value": obj["spec"]}], "json").ok()
    if how == "apply":
        spec = dict(obj["spec"].items())
        return resource.apply(name, spec, force="true").ok()
    return resource.patch(name, {"spec": obj["spec"]}, how).ok()


@pytest.mark.parametrize("through", VERSIONS)
@pytest.mark.parametrize("made", VERSIONS)
def test_what_is_written_is_read(robots: dict[str, Resource], made: str, through: str) -> None:
    """A write through another version, of all that it says, changes nothing for the first."""
    robots[made].create("a", spec=SPECS[made])
    shown = robots[made].get("a")["spec"]
    assert said(shown, SPECS[made]) == SPECS[made]
    write(robots[through], "put", bare(robots[through].get("a")))
    assert robots[made].get("a")["spec"] == shown


@pytest.mark.parametrize("with_kept", [True, False], ids=["kept", "bare"])
@pytest.mark.parametrize("how", ["put", "merge", "json"])
@pytest.mark.parametrize("through", VERSIONS)
@pytest.mark.parametrize("made", VERSIONS)
def test_writing_back_changes_nothing(
    robots: dict[str, Resource], made: str, through: str, how: str, with_kept: bool
) -> None:
    robots[made].create("a", spec=SPECS[made])
    before, obj = view(robots, "a"), robots[through].get("a")
    after = write(robots[through], how, obj if with_kept else bare(obj))
    assert after["metadata"]["resourceVersion"] == obj["metadata"]["resourceVersion"]
    assert view(robots, "a") == before


@pytest.mark.parametrize("through", VERSIONS)
@pytest.mark.parametrize("made", VERSIONS)
def test_an_apply_of_what_is_there_changes_no_field(
    robots: dict[str, Resource], made: str, through: str
) -> None:
    robots[made].create("a", spec=SPECS[made])
    before = view(robots, "a")
    write(robots[through], "apply", robots[through].get("a"))
    after = view(robots, "a")
    assert {v: after[v] for v in VERSIONS} == {v: before[v] for v in VERSIONS}
    stays = robots[through].get("a")["metadata"]["resourceVersion"]
    assert write(robots[through], "apply", robots[through].get("a"))["metadata"]["resourceVersion"] == stays


@pytest.mark.parametrize("how", WRITES[:-1])
def test_a_write_through_one_end_of_the_chain_leaves_the_rest(robots: dict[str, Resource], how: str) -> None:
    robots["v1"].create("a", spec=SPECS["v1"])
    before, obj = view(robots, "a"), bare(robots["v1alpha1"].get("a"))
    obj["spec"] |= {"name": "other", "serial": "1"}
    write(robots["v1alpha1"], how, obj)
    after = view(robots, "a")
    assert after["v1"]["spec"] == before["v1"]["spec"] | {"title": "other"}
    assert after["v1beta1"]["spec"] == before["v1beta1"]["spec"] | {"title": "other"}
    assert after["v1alpha1"]["spec"] == before["v1alpha1"]["spec"] | {"name": "other", "serial": "1"}
    assert after["generation"] == before["generation"] + 1


@pytest.mark.parametrize("between", VERSIONS)
def test_parts_of_a_template_are_dropped_one_by_one(robots: dict[str, Resource], between: str) -> None:
    """Two managers own a container each of what only v1 has, while another one works in some version."""
    first, second = CONTAINERS
    base: Object = {"owner": {"team": "t"}}
    robots["v1"].apply("a", base | {"template": {"spec": {"containers": [first]}}}, manager="one").ok()
    robots["v1"].apply("a", {"template": {"spec": {"containers": [second]}}}, manager="two").ok()
    title = {"v1alpha1": "name"}.get(between, "title")
    robots[between].apply("a", {title: "x"}, manager="three").ok()
    assert [c["name"] for c in template(robots)] == ["c", "d"]
    smaller = {**first, "ports": first["ports"][:1]}
    robots["v1"].apply("a", base | {"template": {"spec": {"containers": [smaller]}}}, manager="one").ok()
    assert [len(c.get("ports", [])) for c in template(robots)] == [1, 0]
    robots[between].apply("a", {title: "y"}, manager="three").ok()
    robots["v1"].apply("a", base, manager="one").ok()
    assert [c["name"] for c in template(robots)] == ["d"]
    robots[between].apply("a", {}, manager="three").ok()
    assert template(robots)[0]["env"] == second["env"]
    assert "title" not in robots["v1"].get("a")["spec"]


def template(robots: dict[str, Resource]) -> list[Any]:
    found: list[Any] = robots["v1"].get("a")["spec"]["template"]["spec"]["containers"]
    return found


def test_what_is_dropped_is_told(robots: dict[str, Resource]) -> None:
    answer = robots["v1alpha1"].post(robots["v1alpha1"].object("a", {"legacyCode": "x"}))
    assert [w for w in answer.warnings if "legacyCode" in w] == [
        '299 - "spec.legacyCode is not kept: nothing reads it any more"'
    ]
    assert "legacyCode" not in robots["v1alpha1"].get("a")["spec"]


def test_new_objects_get_the_values_that_their_version_cannot_say(robots: dict[str, Resource]) -> None:
    for version in VERSIONS[:2]:
        robots[version].create(version, spec={})
        assert robots["v1"].get(version)["spec"]["owner"] == {"team": "nobody"}
    robots["v1"].post(robots["v1"].object("a", {})).refused(422, "spec.owner")


def test_a_field_that_is_an_annotation_elsewhere_is_no_part_of_the_status(
    robots: dict[str, Resource],
) -> None:
    robots["v1beta1"].create("a", spec={"color": "red"})
    obj = robots["v1beta1"].get("a")
    del obj["spec"]["color"]
    obj["status"] = {"phase": "Running"}
    robots["v1beta1"].put(obj, "status").ok()
    assert robots["v1beta1"].get("a")["spec"]["color"] == "red"
    before = robots["v1"].get("a")["metadata"]
    assert before["annotations"] == {"fleet.example.com/color": "red"}
    robots["v1beta1"].patch("a", {"spec": {"color": "blue"}}).ok()
    after = robots["v1"].get("a")["metadata"]
    assert after["annotations"]["fleet.example.com/color"] == "blue"
    assert after["generation"] == before["generation"] + 1
