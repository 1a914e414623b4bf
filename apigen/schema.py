"""The JSON Schema of the spec, printed from the model; editors complete and check from it.

pydantic writes draft 2020-12; what our models need reads the same in draft-07, which is what editors promise.
"""

import json
from typing import Any

from apigen.spec import LATER, ProjectSpec, ResourceSpec, TypesSpec

DRAFT = "http://json-schema.org/draft-07/schema#"


def schema(which: str) -> str:
    """Return the schema of the project file or of resource files ("project", "resource") as text."""
    if which == "project":
        return _text("The project file of apigen", _model(ProjectSpec))
    resource, types = _model(ResourceSpec), _model(TypesSpec)
    shared = {**resource.pop("$defs"), **types.pop("$defs")}
    chosen = {"if": {"required": ["kind"]}, "then": resource, "else": types}
    return _text("A resource file of apigen", {"type": "object", **chosen, "$defs": shared})


def _model(model: Any) -> dict[str, Any]:
    made: dict[str, Any] = model.model_json_schema(by_alias=True)
    for name, definition in {model.__name__: made, **made.get("$defs", {})}.items():
        _fix(definition)
        for key in LATER.get(name, ()):
            assert key not in definition.get("properties", {})
    return made


def _fix(definition: dict[str, Any]) -> None:
    """Allow the short form of a field, a text alone, wherever a field may stand; leave out titles."""
    definition.pop("title", None)
    for value in definition.get("properties", {}).values():
        value.pop("title", None)
        _short_form(value)


def _short_form(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _short_form(item)
    if not isinstance(value, dict):
        return
    for key, inner in list(value.items()):
        if key in ("additionalProperties", "anyOf") and _is_field(inner):
            value[key] = {"anyOf": [{"type": "string"}, inner]}
        elif key == "anyOf":
            fields = [i for i in inner if _is_field(i)]
            if fields:
                inner.append({"type": "string"})
            _short_form(inner)
        else:
            _short_form(inner)


def _is_field(value: Any) -> bool:
    return isinstance(value, dict) and value.get("$ref", "").endswith("/FieldSpec")


def _text(title: str, body: dict[str, Any]) -> str:
    return json.dumps({"$schema": DRAFT, "title": title, **body}, indent=2) + "\n"
