"""The JSON Schemas: current, valid, and of one mind with the model that they are printed from."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel, TypeAdapter, ValidationError

from apigen import scaffold, spec
from apigen.reference import TABLES
from apigen.schema import schema
from apigen.source import parse, read

ROOT = Path(__file__).parent.parent
SAMPLES = sorted(ROOT.glob("samples/*/apigen.yaml"))
RESOURCES = sorted(ROOT.glob("samples/*/resources/*.yaml"))
MODELS = [model for model, _, _ in TABLES]

RESOURCE = parse(b"""
apigen: 1
group: shop.example.com
kind: Order
names: {plural: orders}
types: {Line: {fields: {count: int32}}}
versions:
  - name: v1
    storage: true
    fields:
      spec: {fields: {note: string, lines: {type: list of Line, items: {nullable: false}}}}
      status: {fields: {total: int32}}
    subresources: {scale: {specReplicasPath: .spec.a, statusReplicasPath: .status.total}}
    additionalPrinterColumns: [{name: Note, type: string, jsonPath: .spec.note}]
    selectableFields: [{jsonPath: .spec.note}]
conversions:
  - {from: v1, to: v1beta1, rules: [{from: spec.note, to: spec.text}]}
""", "order.yaml").document  # fmt: skip


def errors(which: str, document: Any) -> list[str]:
    return [error.message for error in Draft7Validator(json.loads(schema(which))).iter_errors(document)]


def model_accepts(document: Any) -> bool:
    model = spec.ResourceSpec if "kind" in document else spec.TypesSpec
    try:
        model.model_validate(document)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("which", ["project", "resource"])
def test_schema_in_docs_is_current(which: str) -> None:
    assert (ROOT / "docs" / f"{which}.schema.json").read_text() == schema(which), "run scripts/regen"


@pytest.mark.parametrize("which", ["project", "resource"])
def test_schema_is_a_valid_one(which: str) -> None:
    Draft7Validator.check_schema(json.loads(schema(which)))


def test_there_are_samples() -> None:
    assert SAMPLES and RESOURCES


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_accepts_project_files(path: Path) -> None:
    assert errors("project", read(path, path.name).document) == []


@pytest.mark.parametrize("path", RESOURCES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_accepts_resource_files(path: Path) -> None:
    assert errors("resource", read(path, path.name).document) == []


def test_accepts_what_init_and_add_resource_write(tmp_path: Path) -> None:
    list(scaffold.init(tmp_path, "shop", "example.com/shop"))
    path = scaffold.add_resource(tmp_path, "Order", "shop.example.com", "v1")
    assert errors("project", read(tmp_path / "apigen.yaml", "apigen.yaml").document) == []
    assert errors("resource", read(path, path.name).document) == []


def test_accepts_a_file_of_types() -> None:
    types = {"apigen": 1, "group": "a.example.com", "types": {"T": {"type": "string"}, "U": "int32"}}
    assert errors("resource", types) == []
    assert errors("resource", {**types, "typos": {}}) != []


def objects(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of the mappings whose keys are those of the language."""
    inner = document.items() if isinstance(document, dict) else enumerate(document)
    if isinstance(document, dict) and path[-1:] not in (("fields",), ("types",)):
        yield path
    for key, value in inner:
        if isinstance(value, dict | list):
            yield from objects(value, (*path, key))


@pytest.mark.parametrize("path", list(objects(RESOURCE)), ids=lambda path: ".".join(map(str, path)) or "root")
def test_refuses_a_misspelt_key_wherever_it_stands(path: tuple[str | int, ...]) -> None:
    assert errors("resource", RESOURCE) == [] and model_accepts(RESOURCE)
    document = copy.deepcopy(RESOURCE)
    at = document
    for key in path:
        at = at[key]
    at["discription"] = "x"
    assert errors("resource", document) != []
    assert not model_accepts(document)


def test_refuses_a_misspelt_key_of_a_project() -> None:
    project = {"apigen": 1, "name": "a", "module": "example.com/a", "kubernetes": "1.37"}
    assert errors("project", project) == []
    assert errors("project", {**project, "modul": "x"}) != []
    assert errors("project", {**project, "kubernetes": 1.37}) != []


@pytest.mark.parametrize("key", spec.LATER["ProjectSpec"])
def test_refuses_keys_that_are_not_honoured_yet(key: str) -> None:
    project = {"apigen": 1, "name": "a", "module": "example.com/a", "kubernetes": "1.37"}
    assert errors("project", {**project, key: 1}) != []


EXAMPLES = [
    pytest.param(info, example, id=f"{model.__name__}.{name}")
    for model in MODELS
    for name, info in model.model_fields.items()
    for example in info.examples or ()
]


@pytest.mark.parametrize("info, example", EXAMPLES)
def test_examples_are_values_of_their_keys(info: Any, example: Any) -> None:
    TypeAdapter(info.annotation).validate_python(example)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_has_its_sentence(model: type[BaseModel]) -> None:
    model.model_rebuild()
    for name, info in model.model_fields.items():
        assert (info.description or "").endswith((".", "...")), f"{model.__name__}.{name}"
