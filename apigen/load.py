"""Files -> Spec: reads the project file and all resource files, and checks their shape.

Nothing here knows what the words mean together; that is resolve's. All problems of all files are reported at once.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from apigen.problems import ApigenError, Problem, SpecError
from apigen.source import Source, read
from apigen.spec import (
    LATER,
    ConversionSpec,
    FieldSpec,
    ProjectSpec,
    ResourceSpec,
    RuleSpec,
    TypesSpec,
    VersionSpec,
)

PROJECT_FILE = "apigen.yaml"
RESOURCES = "resources"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """What a file says, and the file, for the places in it."""

    spec: Model
    source: Source


@dataclass(frozen=True)
class Spec:
    """A whole project as people wrote it; files are in the order of their names."""

    project: Loaded[ProjectSpec]
    resources: tuple[Loaded[ResourceSpec], ...]
    types: tuple[Loaded[TypesSpec], ...]


def load(root: Path) -> Spec:
    """Read the spec below the folder `root`. Raises SpecError with every problem of shape in every file."""
    problems: list[Problem] = []
    project = _file(root / PROJECT_FILE, PROJECT_FILE, problems, _project_file)
    resources: list[Loaded[Any]] = []
    for path in _resource_files(root):
        loaded = _file(path, f"{RESOURCES}/{path.name}", problems, _resource_file)
        if loaded:
            resources.append(loaded)
    if problems or project is None:
        raise SpecError(problems)
    return Spec(
        project,
        tuple(r for r in resources if isinstance(r.spec, ResourceSpec)),
        tuple(r for r in resources if isinstance(r.spec, TypesSpec)),
    )


def _resource_files(root: Path) -> list[Path]:
    if not (root / PROJECT_FILE).is_file():
        raise ApigenError(
            f"there is no {PROJECT_FILE} in {root}",
            "run apigen in the folder of a project, or make one with `apigen init NAME`",
        )
    folder = root / RESOURCES
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))


def _file(path: Path, name: str, problems: list[Problem], parse: Any) -> Any:
    try:
        source = read(path, name)
        return parse(source)
    except SpecError as e:
        problems.extend(e.problems)
        return None


def _project_file(source: Source) -> Loaded[ProjectSpec]:
    return Loaded(validate(ProjectSpec, source), source)


def _resource_file(source: Source) -> Loaded[ResourceSpec] | Loaded[TypesSpec]:
    if "kind" in source.document or "versions" in source.document:
        return Loaded(validate(ResourceSpec, source), source)
    return Loaded(validate(TypesSpec, source), source)


def validate(model: type[Model], source: Source) -> Model:
    """Return the document as `model`. Raises SpecError with a problem for each place that does not fit."""
    newer = source.document.get("apigen")
    if isinstance(newer, int) and not isinstance(newer, bool) and newer > 1:
        hint = "install a newer apigen, or write `apigen: 1`"
        raise SpecError(
            [source.problem(("apigen",), f"format {newer} is newer than this apigen knows", hint)]
        )
    try:
        return model.model_validate(source.document)
    except ValidationError as e:
        raise SpecError(_problem(model, source, detail) for detail in _distinct(e.errors())) from None


def _distinct(errors: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Leave one error for each place: a union reports one for every member."""
    seen: dict[tuple[Any, ...], list[ErrorDetails]] = {}
    for error in errors:
        loc = tuple(part for part in error["loc"] if not (isinstance(part, str) and _is_union_tag(part)))
        seen.setdefault(loc, []).append({**error, "loc": loc})
    for loc, found in seen.items():
        deeper = any(len(other) > len(loc) and other[: len(loc)] == loc for other in seen)
        if len(found) > 1 and not deeper:
            kinds = " or ".join(dict.fromkeys(_EXPECTED.get(e["type"], e["msg"]) for e in found))
            yield {**found[0], "type": "union", "msg": f"expected {kinds}"}
        elif not (deeper and len(found) > 1):
            yield found[0]


_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_UNION_TAGS = frozenset({"int", "float", "str", "bool", "none", "JsonValue", "json-or-python"})


def _is_union_tag(part: str) -> bool:
    return part in _UNION_TAGS or part.startswith(("list[", "dict[", "function-", "constrained-", "json-or-"))


def _problem(model: type[BaseModel], source: Source, error: ErrorDetails) -> Problem:
    path = error["loc"]
    kind, given = error["type"], error["input"]
    if kind == "missing":
        return source.problem(path[:-1], f'the key "{path[-1]}" is missing', _missing_hint(path), key=True)
    if kind == "extra_forbidden":
        return _unknown(model, source, path, given)
    if kind == "literal_error":
        return _literal(source, path, error)
    if kind in _EXPECTED or kind == "union":
        expected = _EXPECTED.get(kind) or error["msg"].removeprefix("expected ")
        hint = "quote it" if "a text" in expected and isinstance(given, bool | int | float) else ""
        return source.problem(path, f"expected {expected}, not {_name(given)}", hint)
    if kind == "too_short":
        return source.problem(path, "the list must not be empty")
    return source.problem(path, error["msg"][:1].lower() + error["msg"][1:])


def _missing_hint(path: tuple[Any, ...]) -> str:
    if path[-1] == "apigen":
        return "the file begins with `apigen: 1`"
    if path[-1] == "to" and "rules" in path:
        return "a rule needs both `from` and `to`; fields of one version only are not supported yet"
    return ""


def _name(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the text "{value}"'
        case list():
            return "a list"
    return "a mapping"


def _literal(source: Source, path: tuple[Any, ...], error: ErrorDetails) -> Problem:
    given = error["input"]
    if path == ("apigen",):
        return source.problem(
            path, f"expected the number 1, not {_name(given)}", "the file begins with `apigen: 1`"
        )
    words = error.get("ctx", {}).get("expected", "").replace("'", "")
    return source.problem(
        path, f"expected {words}, not {_name(given)}", nearest(str(given), words.split(", "))
    )


def nearest(word: str, known: "list[str] | tuple[str, ...]") -> str:
    """Return a hint with the known word that is nearest to `word`, or nothing."""
    match = difflib.get_close_matches(word, known, 1, 0.6)
    lower = [k for k in known if k.lower() == word.lower()]
    found = lower[:1] or match
    return f'did you mean "{found[0]}"?' if found else ""


def _unknown(model: type[BaseModel], source: Source, path: tuple[Any, ...], given: Any) -> Problem:
    owner = _owner(model, source.document, path[:-1])
    word = str(path[-1])
    if word in LATER.get(owner.__name__, ()):
        return source.problem(
            path,
            f'"{word}" is not supported by this version of apigen',
            "leave it out: it would not be enforced",
            key=True,
        )
    if given is None and " " in word:
        return source.problem(
            path,
            f'unknown key "{word}"',
            "a text with a comma inside {} needs quotes: quote the text",
            key=True,
        )
    known = [f.alias or n for n, f in owner.model_fields.items()]
    if owner is FieldSpec and word in ("properties", "additionalProperties"):
        hint = 'did you mean "fields"?' if word == "properties" else "write `type: map of T`"
        return source.problem(path, f'unknown key "{word}"', hint, key=True)
    hint = nearest(word, known) or f"known keys: {', '.join(sorted(known))}"
    return source.problem(path, f'unknown key "{word}"', hint, key=True)


def _owner(model: type[BaseModel], document: Any, path: tuple[Any, ...]) -> type[BaseModel]:
    """Return the model that describes the mapping at `path`, found by the keys on the way to it."""
    owner = model
    for at, part in enumerate(path):
        if not isinstance(part, str):
            continue
        if owner is FieldSpec or part in ("fields", "types") or (at and path[at - 1] in ("fields", "types")):
            owner = FieldSpec
            continue
        owner = _CHILDREN.get(part, owner)
    if path and path[-1] in ("fields", "types"):
        return FieldSpec
    return owner


def _children() -> Mapping[str, type[BaseModel]]:
    from apigen import spec

    return {
        "versions": VersionSpec,
        "conversions": ConversionSpec,
        "rules": RuleSpec,
        "names": spec.NamesSpec,
        "subresources": spec.SubresourcesSpec,
        "scale": spec.ScaleSpec,
        "additionalPrinterColumns": spec.ColumnSpec,
        "selectableFields": spec.SelectableFieldSpec,
    }


_CHILDREN = _children()
