"""What a field may say of its type: enums, list types and keys are checked here.

Problems collects what is wrong; every check adds to it and goes on.
"""

import re
from typing import TYPE_CHECKING

from apigen.bounds import RANGES, check_bounds
from apigen.gotypes import SCALARS
from apigen.model import Path, Schema
from apigen.problems import Position, Problem, SpecError
from apigen.source import Source
from apigen.spec import FieldSpec
from apigen.words import choices, quoted

if TYPE_CHECKING:
    from apigen.package import Package


class Problems:
    """The problems found so far."""

    def __init__(self) -> None:
        self._found: dict[tuple[Position, str], Problem] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, source: Source, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """Note a problem at a path of a file; `key` points at the key instead of the value.

        What is said of a place once is not said again: a type may serve many versions.
        """
        problem = source.problem(path, message, hint, key=key)
        self._found.setdefault((problem.position, message), problem)

    def check(self) -> None:
        """Raise SpecError if there is any problem."""
        if self._found:
            raise SpecError(self._found.values())


def check_schema(package: "Package", source: Source, spec: FieldSpec, schema: Schema, at: Path) -> None:
    """Check that what a field says fits its type."""
    problems = package.problems
    check_bounds(problems, source, spec, schema, at)
    inside = f"put it under `{'items' if schema.kind == 'list' else 'values'}:`"
    if spec.enum is not None and schema.kind != "named":
        hint = inside if schema.item else ""
        problems.add(source, (*at, "enum"), "an enum is for strings and integers", hint, key=True)
    if spec.list_type and schema.kind != "list":
        problems.add(source, (*at, "listType"), "listType is for lists", key=True)
    if spec.map_type and schema.kind not in ("map", "object", "upstream"):
        problems.add(source, (*at, "mapType"), "mapType is for maps and objects", key=True)
    if schema.kind == "list":
        _check_list(package, source, schema, at)
    elif spec.list_map_keys:
        problems.add(source, (*at, "listMapKeys"), "listMapKeys is for lists", key=True)


def _check_list(package: "Package", source: Source, schema: Schema, at: Path) -> None:
    """Check listType and listMapKeys: keys are scalars of the item that are required or have a default.

    Source: k8s.io/apiextensions-apiserver's rules for x-kubernetes-list-map-keys.
    """
    problems, item = package.problems, schema.element
    place = (*at, "listType")
    if schema.list_type == "set" and not is_scalar(item):
        problems.add(source, place, "the items of a set are scalars", "use `listType: map` or `atomic`")
    if schema.list_type == "map" and item.kind not in ("object", "upstream"):
        problems.add(source, place, "the items of a map list are objects", "use `listType: set` or `atomic`")
    elif schema.list_type == "map":
        if not schema.list_map_keys:
            hint = "name the fields that tell items apart"
            problems.add(source, place, "a map list needs `listMapKeys`", hint)
        package.later.append((source, schema, at))
    elif schema.list_map_keys:
        problems.add(source, (*at, "listMapKeys"), "listMapKeys needs `listType: map`", key=True)


def is_scalar(schema: Schema) -> bool:
    """Whether values of a type are texts, numbers or booleans."""
    return schema.kind in ("basic", "named") and schema.word in SCALARS


def check_keys(package: "Package", source: Source, schema: Schema, at: Path) -> None:
    """Check the keys of a map list, once all types are declared."""
    for i, key in enumerate(schema.list_map_keys):
        place = (*at, "listMapKeys", i)
        if schema.list_map_keys.index(key) != i:
            package.problems.add(source, place, f"the key {quoted(key)} is there twice", "leave out one")
        else:
            _check_key(package, source, schema.element, key, place)


def _check_key(package: "Package", source: Source, item: Schema, key: str, place: Path) -> None:
    known, found, scalar, always = _key(package, item, key)
    if not found:
        message = f"{item.upstream.name if item.upstream else 'the item'} has no field {quoted(key)}"
        package.problems.add(source, place, message, choices(key, known, "fields"))
    elif not scalar:
        hint = "a key is text, a number or a boolean"
        package.problems.add(source, place, f"the key {quoted(key)} is no scalar", hint)
    elif not always:
        hint = f'make "{key}" required, or give it a default'
        package.problems.add(source, place, f'the key "{key}" may be absent', "" if item.upstream else hint)


def _key(package: "Package", item: Schema, key: str) -> tuple[list[str], bool, bool, bool]:
    """The fields of an item, and of one of them: whether it is there, is a scalar, is never absent."""
    if item.upstream is not None:
        properties = item.upstream.schema.get("properties", {})
        found = properties.get(key, {})
        scalar = found.get("type") in ("string", "integer", "number", "boolean")
        always = key in item.upstream.schema.get("required", ()) or "default" in found
        return list(properties), key in properties, scalar, always
    struct = package.structs.get(item.name)
    field = struct.find(key) if struct else None
    known = [f.json for f in struct.named] if struct else []
    if field is None:
        return known, False, False, False
    return known, True, is_scalar(field.schema), field.required or field.has_default


_UNITS = {"ns": 1, "us": 10**3, "\u00b5s": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"([+-]?)((?:[0-9]+\.?[0-9]*(?:ns|us|\u00b5s|ms|s|m|h))+|0)")
_DURATION_PART = re.compile(r"([0-9]+)\.?([0-9]*)(ns|us|\u00b5s|ms|s|m|h)")


def duration(text: str) -> int | None:
    """Return the nanoseconds of a Go duration such as 1m30s, or None. Source: time.ParseDuration."""
    match = _DURATION.fullmatch(text)
    if not match or len(text) > 64:
        return None
    total = 0
    for whole, fraction, unit in _DURATION_PART.findall(match[2]):
        total += int(whole) * _UNITS[unit]
        total += int(fraction or 0) * _UNITS[unit] // 10 ** len(fraction)
    total = -total if match[1] == "-" else total
    low, high = RANGES["int64"]
    return total if low <= total <= high else None
