"""What `kubectl get` shows and selects: tables, partial objects, labels and fields."""

import pytest
from apiclient import PARTIAL, PARTIAL_LIST, TABLE, Object, Resource

MACHINE: Object = {
    "role": "control",
    "resources": {"cpus": 8},
    "ports": [{"name": "ssh", "number": 22}, {"name": "http", "number": 80}],
    "tags": {"example.com/zone": "z1"},
}


def table(resource: Resource, name: str = "", **query: object) -> Object:
    found: Object = resource.client.get(resource.path(name, **query), Accept=TABLE).ok()
    assert found["kind"] == "Table"
    return found


def columns(found: Object) -> list[str]:
    return [column["name"] for column in found["columnDefinitions"]]


def cells(found: Object, row: int = 0) -> Object:
    return dict(zip(columns(found), found["rows"][row]["cells"], strict=True))


def test_every_form_of_json_path_in_columns(machines: Resource) -> None:
    machines.create("m", MACHINE, labels={"example.com/site": "north"})
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "R",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    status = {"conditions": [ready | {"type": "Busy", "status": "False"}, ready]}
    machines.patch("m", {"status": status}, sub="status").ok()
    found = cells(table(machines))
    assert found.pop("Age")
    assert found == {
        "Name": "m",
        "Role": "control",
        "CPUs": 8,
        "Ready": "True",
        "First": "ssh",
        "Ports": "22",
        "Last": "http",
        "Zone": "z1",
        "Site": "north",
    }


def test_columns_of_what_is_absent(machines: Resource) -> None:
    machines.create("m", {"role": "worker"})
    found = cells(table(machines))
    assert (found["Role"], found["CPUs"]) == ("worker", 2)
    assert [found[name] for name in ("Ready", "First", "Last", "Zone", "Site")] == [None] * 5


def test_columns_are_those_of_the_version(machines: Resource) -> None:
    machines.create("m", {"role": "worker", "location": {"rack": "r1"}})
    old = table(machines.at("v1alpha1"))
    assert columns(old) == ["Name", "Role", "Rack"]
    assert cells(old) == {"Name": "m", "Role": "worker", "Rack": "r1"}


def test_columns_default_to_name_and_age(machines: Resource) -> None:
    assert columns(table(machines.at("v1beta1"))) == ["Name", "Age"]


def test_column_priorities_and_types(machines: Resource) -> None:
    found = {column["name"]: column for column in table(machines)["columnDefinitions"]}
    assert (found["Name"]["format"], found["CPUs"]["type"], found["Age"]["type"]) == (
        "name",
        "integer",
        "date",
    )
    assert [name for name, column in found.items() if column["priority"]] == [
        "First",
        "Ports",
        "Last",
        "Zone",
        "Site",
    ]


def test_table_of_one_object(machines: Resource) -> None:
    machines.create("m", MACHINE)
    assert cells(table(machines, "m"))["Name"] == "m"


@pytest.mark.parametrize(
    ("include", "kind"),
    [(None, "PartialObjectMetadata"), ("Metadata", "PartialObjectMetadata"), ("Object", "Machine")],
)
def test_table_includes(machines: Resource, include: str | None, kind: str) -> None:
    machines.create("m", MACHINE)
    found = table(machines, **({"includeObject": include} if include else {}))
    assert found["rows"][0]["object"]["kind"] == kind


def test_table_without_objects(machines: Resource) -> None:
    machines.create("m", MACHINE)
    assert table(machines, includeObject="None")["rows"][0].get("object") is None


def test_table_in_pages(machines: Resource) -> None:
    machines.create("m1", MACHINE)
    machines.create("m2", MACHINE)
    page = table(machines, limit=1)
    assert page["metadata"]["remainingItemCount"] == 1
    rest = table(machines, **{"limit": 1, "continue": page["metadata"]["continue"]})
    assert cells(rest)["Name"] == "m2"


def test_partial_object(machines: Resource) -> None:
    made = machines.create("m", MACHINE, labels={"a": "b"})
    found = machines.client.get(machines.path("m"), Accept=PARTIAL).ok()
    assert found["kind"] == "PartialObjectMetadata"
    assert found["metadata"] == made["metadata"]
    assert "spec" not in found


def test_partial_objects(machines: Resource) -> None:
    machines.create("m", MACHINE)
    found = machines.client.get(machines.path(), Accept=PARTIAL_LIST).ok()
    assert found["kind"] == "PartialObjectMetadataList"
    assert [item["metadata"]["name"] for item in found["items"]] == ["m"]
    assert "spec" not in found["items"][0]


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("app=web", ["a"]),
        ("app==web,tier", ["a"]),
        ("app!=web", ["b", "c"]),
        ("app in (web,db)", ["a", "b"]),
        ("app notin (web)", ["b", "c"]),
        ("!app", ["c"]),
        ("", ["a", "b", "c"]),
    ],
)
def test_label_selectors(upstreams: Resource, selector: str, names: list[str]) -> None:
    upstreams.create("a", {}, labels={"app": "web", "tier": "front"})
    upstreams.create("b", {}, labels={"app": "db"})
    upstreams.create("c", {})
    assert upstreams.names(labelSelector=selector) == names


@pytest.mark.parametrize(
    ("version", "selector", "names"),
    [
        ("v1", "spec.role=worker", ["a", "b"]),
        ("v1", "spec.role!=worker", ["c"]),
        ("v1", "spec.location.rack=r1", ["a"]),
        ("v1", "spec.location.rack=r1,spec.role=control", []),
        ("v1", "spec.location.rack=", ["b", "c"]),
        ("v1", "metadata.name=b", ["b"]),
        ("v1beta1", "spec.location.rack=r1", ["a"]),
        ("v1alpha1", "spec.rack=r1", ["a"]),
        ("v1alpha1", "spec.role=control", ["c"]),
    ],
)
def test_field_selectors(machines: Resource, version: str, selector: str, names: list[str]) -> None:
    machines.create("a", {"role": "worker", "location": {"rack": "r1"}})
    machines.create("b", {"role": "worker"})
    machines.create("c", {"role": "control"})
    assert machines.at(version).names(fieldSelector=selector) == names


@pytest.mark.parametrize(
    ("version", "field"),
    [
        ("v1", "spec.replicas"),
        ("v1", "spec.rack"),
        ("v1alpha1", "spec.location.rack"),
        ("v1alpha1", "spec.labels"),
    ],
)
def test_unknown_field_selector(machines: Resource, version: str, field: str) -> None:
    at = machines.at(version)
    at.client.get(at.path(fieldSelector=f"{field}=x")).refused(
        400, f'"{field}" is not a known field selector'
    )
    at.watch(fieldSelector=f"{field}=x").answer().refused(400)


@pytest.mark.parametrize(
    "query", [{"labelSelector": "a in"}, {"labelSelector": "=="}, {"fieldSelector": "spec.role"}]
)
def test_selectors_that_are_none(machines: Resource, query: dict[str, str]) -> None:
    machines.client.get(machines.path(**query)).refused(400)


def test_watch_with_a_field_selector(machines: Resource) -> None:
    with machines.at("v1alpha1").watch(fieldSelector="spec.rack=r1") as watch:
        machines.create("a", {"role": "worker"})
        machines.create("b", {"role": "worker", "location": {"rack": "r1"}})
        assert watch.next("ADDED")["metadata"]["name"] == "b"
