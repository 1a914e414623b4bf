"""The shape of a file: a plain document -> the spec's model, or a problem for each place that does not fit.

pydantic finds what is wrong; here it gets a place, plain words and what to do about it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from apigen.conversionspec import AsSpec, ConversionSpec, MapToSpec, RuleSpec, UnionSpec
from apigen.diffspec import AllowSpec, DiffSpec
from apigen.lintspec import LintSpec, SilenceSpec
from apigen.problems import Problem, SpecError
from apigen.scalars import cut, plain
from apigen.source import Source, Step
from apigen.spec import (
    LATER,
    ColumnSpec,
    FieldSpec,
    MetadataSpec,
    NameSpec,
    NamesSpec,
    ProjectSpec,
    ScaleSpec,
    SelectableFieldSpec,
    SubresourcesSpec,
    ValidationSpec,
    VersionSpec,
)
from apigen.words import called, choices, nearest, quoted

Model = TypeVar("Model", bound=BaseModel)

Keys = tuple[Step, ...]


def validate(model: type[Model], source: Source) -> Model:
    """Return the document as `model`. Raises SpecError with a problem for each place that does not fit."""
    newer = source.document.get("apigen")
    if isinstance(newer, int) and not isinstance(newer, bool) and newer > 1:
        hint = "this apigen reads format 1; install a newer apigen"
        raise SpecError(
            [source.problem(("apigen",), f"format {newer} is newer than this apigen knows", hint)]
        )
    try:
        return model.model_validate(source.document)
    except ValidationError as e:
        errors = _distinct(source, e.errors(include_url=False))
        raise SpecError(_problem(model, source, error) for error in errors) from None


@dataclass(frozen=True)
class _Misfit:
    """A place that does not fit the model: where, in pydantic's words why, and what stands there."""

    path: Keys
    type: str
    given: Any
    expected: str = ""


def _distinct(source: Source, errors: list[ErrorDetails]) -> Iterator[_Misfit]:
    """Leave one misfit for each mistake: of a union, pydantic reports one for every member."""
    found: dict[Keys, list[ErrorDetails]] = {}
    for error in errors:
        found.setdefault(_path(source.document, error), []).append(error)
    with_deeper = {path[:n] for path in found for n in range(len(path))}
    said: set[tuple[Keys, str]] = set()
    for path, here in found.items():
        topic = _topic(path, here[0])
        if path not in with_deeper and topic not in said:
            said.add(topic)
            yield _Misfit(path, here[0]["type"], here[0]["input"], _expected(here))


def _topic(path: Keys, error: ErrorDetails) -> tuple[Keys, str]:
    """What mistake an error is about."""
    if error["type"] == "extra_forbidden" and error["input"] is None:
        return path[:-1], "torn"  # the words of a text that a comma has torn are one mistake
    return path, error["type"]


def _path(document: Any, error: ErrorDetails) -> Keys:
    """The place of an error in the document; pydantic's names for the members of unions are left out."""
    path: list[str | int] = []
    data: Any = document
    last = len(error["loc"]) - 1
    for at, part in enumerate(error["loc"]):
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if inside:
            data = data[part]
        elif at != last or error["type"] != "missing":
            continue
        path.append(part)
    return tuple(path)


_NUMBERS = ("int_type", "float_type")
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "greater_than": "more than 0",
    "greater_than_equal": "0 or more",
    "string_pattern_mismatch": "a reason",
}


def _expected(errors: list[ErrorDetails]) -> str:
    """What would fit, as a person says it; of a number, `a number` includes whole ones."""
    kinds = dict.fromkeys(_EXPECTED.get(e["type"], "") for e in errors)
    if "a number" in kinds:
        kinds.pop("a whole number", None)
    if "literal_error" in (e["type"] for e in errors):
        return str(errors[0].get("ctx", {}).get("expected", ""))
    return " or ".join(k for k in kinds if k) or errors[0]["msg"][:1].lower() + errors[0]["msg"][1:]


def _problem(model: type[BaseModel], source: Source, misfit: _Misfit) -> Problem:
    path, given = misfit.path, misfit.given
    match misfit.type:
        case "missing":
            message = f'the key "{path[-1]}" is missing'
            return source.problem(path[:-1], message, _missing_hint(path), key=True)
        case "extra_forbidden":
            return _unknown(model, source, path, given)
        case "literal_error":
            return _literal(source, misfit)
        case "too_short":
            return source.problem(path, "the list is empty", "write at least one item")
    expected, hint = misfit.expected, _hint(path, misfit)
    if misfit.type in ("model_type", "model_attributes_type") and _owner(model, path) is FieldSpec:
        expected = "a type or a mapping"
        hint = hint or f"such as `{cut(str(path[-1]))}: string`"
    return source.problem(path, f"expected {expected}, not {called(given)}", hint)


_SAY_WHY = "say why the rule does not hold, for whoever reads it next"


def _hint(path: Keys, misfit: _Misfit) -> str:
    given = misfit.given
    if misfit.type == "string_pattern_mismatch":
        return _SAY_WHY
    if "a text" in misfit.expected and isinstance(given, bool | int | float):
        return "quote it"
    if misfit.type == "bool_type" and given is None:
        return f"write `{path[-1]}: true`"
    if misfit.type == "list_type" and isinstance(given, str):
        return f"write `[{cut(given)}]`"
    if given in ("true", "false") or (misfit.type in _NUMBERS and isinstance(plain(str(given)), int | float)):
        return "leave out the quotes"
    if path[-1] == "type" and isinstance(given, list) and len(given) == 1 and isinstance(given[0], str):
        return f"write `list of {cut(given[0])}`"
    return ""


def _missing_hint(path: Keys) -> str:
    if path == ("apigen",):
        return "the file begins with `apigen: 1`"
    if path[-1] == "reason":
        return _SAY_WHY
    if path == ("types",):
        return "a file has a `kind` and its `versions`, or `types` that the kinds of the group share"
    return ""


def _literal(source: Source, misfit: _Misfit) -> Problem:
    given = called(misfit.given)
    if misfit.path == ("apigen",):
        hint = "the file begins with `apigen: 1`"
        return source.problem(misfit.path, f"expected the number 1, not {given}", hint)
    words = re.findall("'([^']*)'", misfit.expected)
    if len(words) > _MANY:
        word = str(misfit.given)
        message, at_key = f"there is no rule {quoted(word)}", misfit.path[-2:] == ("disable", word)
        return source.problem(misfit.path, message, choices(word, words, "rules"), key=at_key)
    message = f"expected {misfit.expected.replace(chr(39), '')}, not {given}"
    return source.problem(misfit.path, message, nearest(str(misfit.given), words))


# More words than a message can list: the names of lint's rules.
_MANY = 12

# What people bring along from CRDs.
_FOREIGN = {
    "properties": "write `fields:`",
    "additionalProperties": "write `type: map of T`",
    "schema": "write `fields:`",
    "openAPIV3Schema": "write `fields:`",
    "ref": "write `type:` with a name under `types`",
    "$ref": "write `type:` with a name under `types`",
}


def _unknown(model: type[BaseModel], source: Source, path: Keys, given: Any) -> Problem:
    owner, word = _owner(model, path[:-1]), str(path[-1])
    if word in LATER.get(owner.__name__, ()):
        message = f"{quoted(word)} is not supported by this version of apigen"
        return source.problem(path, message, "leave it out; a later version will have it", key=True)
    known = sorted(f.alias or n for n, f in owner.model_fields.items())
    if given is None:
        near = nearest(word, known)
        hint = "quote the text: inside {} a comma ends it"
        return source.problem(path, f"unknown key {quoted(word)} without a value", near or hint, key=True)
    bare = word.removeprefix("x-kubernetes-").replace("-", "")
    hint = _FOREIGN.get(word) or choices(bare, known, "known keys")
    return source.problem(path, f"unknown key {quoted(word)}", hint, key=True)


def _owner(model: type[BaseModel], path: Keys) -> type[BaseModel]:
    """Return the model that describes the mapping at `path`, found by the keys on the way to it."""
    owner = model
    for part in path:
        if owner is not FieldSpec and isinstance(part, str):
            owner = _CHILDREN.get(part, owner)
        if part == "lint" and owner is model:
            owner = LintSpec if model is ProjectSpec else SilenceSpec
        if part == "name" and owner is MetadataSpec:
            owner = NameSpec
    return owner


_CHILDREN: Mapping[str, type[BaseModel]] = {
    "fields": FieldSpec,
    "types": FieldSpec,
    "versions": VersionSpec,
    "conversions": ConversionSpec,
    "rules": RuleSpec,
    "as": AsSpec,
    "mapTo": MapToSpec,
    "union": UnionSpec,
    "names": NamesSpec,
    "metadata": MetadataSpec,
    "diff": DiffSpec,
    "allow": AllowSpec,
    "subresources": SubresourcesSpec,
    "scale": ScaleSpec,
    "additionalPrinterColumns": ColumnSpec,
    "selectableFields": SelectableFieldSpec,
    "validations": ValidationSpec,
}
