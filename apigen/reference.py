"""Prints docs/spec.md: what a person wrote about the spec (reference.md beside this), then every key from the model.

python -m apigen.reference > docs/spec.md
"""

import types
from collections.abc import Iterator
from importlib import resources
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from apigen import conversionspec, spec
from apigen.diffspec import AllowSpec, DiffSpec
from apigen.lintspec import LintSpec, RuleName, SilenceSpec
from apigen.yamltext import flow

_HEAD = "<!-- Printed by `python -m apigen.reference` from apigen/reference.md and apigen/spec.py: edit those. -->\n\n"
# The tables in their order: model, heading, and what its rows are called elsewhere.
TABLES: tuple[tuple[type[BaseModel], str, str], ...] = (
    (spec.ProjectSpec, "The project file: `apigen.yaml`", "project file"),
    (DiffSpec, "`diff` of the project file", "allowed changes"),
    (AllowSpec, "An allowed change", "allowed change"),
    (LintSpec, "`lint` of the project file", "rules of lint"),
    (spec.ResourceSpec, "A resource file: `resources/NAME.yaml`", "resource file"),
    (spec.NamesSpec, "`names`", "names"),
    (spec.MetadataSpec, "`metadata`", "metadata"),
    (spec.NameSpec, "`metadata.name`", "metadata.name"),
    (spec.VersionSpec, "A version", "version"),
    (spec.FieldSpec, "A field", "field"),
    (spec.ValidationSpec, "A validation", "validation"),
    (spec.SubresourcesSpec, "`subresources`", "subresources"),
    (spec.ScaleSpec, "`scale`", "scale"),
    (spec.ColumnSpec, "A column", "column"),
    (spec.SelectableFieldSpec, "A selectable field", "selectable field"),
    (conversionspec.ConversionSpec, "A conversion", "conversion"),
    (conversionspec.RuleSpec, "A rule", "rule"),
    (conversionspec.AsSpec, "`as`", "as"),
    (conversionspec.MapToSpec, "`mapTo`", "mapTo"),
    (conversionspec.UnionSpec, "`union`", "union"),
    (spec.TypesSpec, "A file of shared types", "file of types"),
    (SilenceSpec, "`lint` of a resource file", "silenced rule"),
)
_SCALARS = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    JsonValue: "any value",
    RuleName: "[rule](lint.md)",
}


def page() -> str:
    """Return the text of docs/spec.md."""
    head = resources.files("apigen").joinpath("reference.md").read_text(encoding="utf-8")
    return _HEAD + head + "\n## Every key\n" + "".join(_table(*row) for row in TABLES) + _later()


def _table(model: type[BaseModel], heading: str, name: str) -> str:
    model.model_rebuild()
    rows = "".join(_row(key, info) for key, info in _keys(model))
    about = " ".join((model.__doc__ or "").split())
    head = "| key | value | if left out | meaning | example |\n| --- | --- | --- | --- | --- |\n"
    return f"\n### {heading}\n\n{about}\n\n{head}{rows}"


def _keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _row(key: str, info: FieldInfo) -> str:
    example = f"`{key}: {flow(info.examples[0])}`" if info.examples else ""
    cells = (
        f"`{key}`",
        _type(info.annotation),
        _absent(info),
        " ".join((info.description or "").split()),
        example,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _absent(info: FieldInfo) -> str:
    """What it means that a key is not there."""
    if info.is_required():
        return "**required**"
    default = info.default
    if default is None or default in ("", [], {}) or isinstance(default, BaseModel):
        return ""
    return f"`{flow(default)}`"


def _type(annotation: Any) -> str:
    """A type of the model in the words of the page."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(part) for part in arguments if part is not type(None))
    if origin in (list, dict):
        return ("list of " if origin is list else "map of ") + _type(arguments[-1])
    heading, name = next((heading, name) for model, heading, name in TABLES if model is annotation)
    anchor = "".join(c for c in heading.lower() if c.isalnum() or c in " -").replace(" ", "-")
    return f"[{name}](#{anchor})"


def _later() -> str:
    """The keys that are reserved."""
    titles = {model.__name__: name for model, _, name in TABLES}
    lines = "".join(
        f"* in a {titles[model]}: {', '.join(f'`{key}`' for key in keys)}\n"
        for model, keys in spec.LATER.items()
    )
    about = (
        "These are part of the language, but this version of apigen does not honour them yet. It refuses them\n"
        "by name, so that nobody relies on what is not enforced:"
    )
    return f"\n## Reserved keys\n\n{about}\n\n{lines}"


if __name__ == "__main__":
    print(page(), end="")
