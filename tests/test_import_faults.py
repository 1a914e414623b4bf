"""Faults planted in the importer: the account of what is lost notices each of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crdschema import differences

from apigen.crd import versions
from apigen.crd.convert import convert
from apigen.crd.fields import fields
from apigen.crd.node import Lost, Node
from apigen.crd.read import read
from apigen.crd.settle import resolved
from apigen.model import Path as Steps
from apigen.source import parse

WIDGETS = (Path(__file__).parent / "imports" / "widgets" / "crd.yaml").read_bytes()
KEYS = (
    "description", "required", "default", "enum", "minLength", "pattern", "exclusiveMinimum", "multipleOf", "format",
    "maxItems", "maxLength", "listType", "listMapKeys", "mapType", "nullable", "exactlyOneOf", "validations",
)  # fmt: skip


def silent(data: bytes) -> list[object]:
    """What is lost of a definition without a word."""
    (definition,), _ = read(data, "crd.yaml")
    done = convert(definition)
    project = resolved(parse(done.text.encode(), "r"))
    lost = {one.path for one in done.not_carried}
    schema = definition.spec["versions"][0]["schema"]["openAPIV3Schema"]
    at = ("spec", "versions", 0, "schema", "openAPIV3Schema")
    found = differences(schema, project, "v1")
    return [(p, w) for p, w in found if not any((at + p)[:n] in lost for n in range(len(at + p) + 1))]


def plant(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Node], None]) -> None:
    """Let the step that reads schemas have a fault."""

    def faulty(schema: dict[str, Any], at: Steps, lost: Lost) -> Node:
        root = fields(schema, at, lost)
        for node in list(root.walk()):
            fault(node)
        return root

    monkeypatch.setattr(versions, "fields", faulty)


def test_without_a_fault_nothing_is_noticed() -> None:
    assert silent(WIDGETS) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_is_dropped(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped = []

    def drop(node: Node) -> None:
        if key in node.keys:
            dropped.append(node.keys.pop(key))
        if key == "listMapKeys" and node.keys.get("listType") == "map":
            del node.keys["listType"]

    plant(monkeypatch, drop)
    assert silent(WIDGETS)
    assert dropped


@pytest.mark.parametrize("name", ["color", "size", "limits", "port", "branch", "replicas"])
def test_a_field_that_is_dropped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = WIDGETS.replace(
        b"        scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}\n", b""
    )

    def drop(node: Node) -> None:
        if node.fields and name in node.fields:
            del node.fields[name]
            node.keys.pop("validations", None)

    plant(monkeypatch, drop)
    assert silent(data)


WORDS = {
    "int32": "int64", "int64": "int32", "quantity": "string", "time": "string", "any": "open object", "bytes": "string",
    "intOrString": "string",
}  # fmt: skip


@pytest.mark.parametrize(("word", "other"), WORDS.items())
def test_a_type_that_is_another(word: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(node: Node) -> None:
        if node.word == word:
            node.word = other

    plant(monkeypatch, change)
    assert silent(WIDGETS)
