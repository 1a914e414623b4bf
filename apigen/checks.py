"""What a field may say of its type: bounds, enums, list types, keys and defaults are checked here.

Problems collects what is wrong; every check adds to it and goes on.
"""

import re
from typing import TYPE_CHECKING, Any

from apigen import names
from apigen.gotypes import INTEGERS, NUMBERS, SCALARS
from apigen.model import ABSENT, Constant, Limits, Path, Schema
from apigen.problems import Problem, SpecError
from apigen.source import Source
from apigen.spec import FieldSpec

if TYPE_CHECKING:
    from apigen.declare import Package

RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


class Problems:
    """The problems found so far."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, source: Source, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """Note a problem at a path of a file; `key` points at the key instead of the value."""
        self.found.append(source.problem(path, message, hint, key=key))

    def check(self) -> None:
        """Raise SpecError if there is any problem."""
        if self.found:
            raise SpecError(self.found)


def enum_constants(
    problems: Problems, source: Source, spec: FieldSpec, at: Path, base: str, go: str
) -> tuple[Constant, ...]:
    """Return the constants of an enum whose Go type is `go`. Names that clash get a number, in order."""
    enum = spec.enum or []
    pairs = list(enum.items()) if isinstance(enum, dict) else [(v, "") for v in enum]
    if not pairs:
        problems.add(source, (*at, "enum"), "an enum needs values")
    constants: list[Constant] = []
    used: dict[str, int] = {}
    for i, (value, description) in enumerate(pairs):
        place = (*at, "enum") if isinstance(enum, dict) else (*at, "enum", i)
        typed = _enum_value(problems, source, place, value, base)
        if typed is None or any(c.value == typed for c in constants):
            if typed is not None:
                problems.add(source, place, f'"{typed}" is there twice', "leave out one")
            continue
        suffix = names.constant_suffix(str(typed).replace("-", "Minus") if isinstance(typed, int) else typed)
        used[suffix] = used.get(suffix, 0) + 1
        name = f"{go}{suffix}" + (str(used[suffix]) if used[suffix] > 1 else "")
        constants.append(Constant(typed, name, description))
    return tuple(constants)


def _enum_value(
    problems: Problems, source: Source, place: Path, value: str | int, base: str
) -> str | int | None:
    if base == "string" and isinstance(value, str):
        return value
    if base in INTEGERS and isinstance(value, int):
        return value
    if base in INTEGERS and isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
        return int(value)  # the keys of a map are always text
    if base == "string":
        problems.add(source, place, f"expected a text, not the number {value}", "quote it")
    else:
        problems.add(
            source,
            place,
            f'"{value}" is not of type {base}',
            "" if base in INTEGERS else "an enum is of strings or integers",
        )
    return None


def check_schema(package: "Package", source: Source, spec: FieldSpec, schema: Schema, at: Path) -> None:
    """Check that what a field says fits its type, and that its default is one of its values."""
    problems = package.problems
    word = schema.word if schema.kind in ("basic", "named") else ""
    _check_bounds(problems, source, spec, schema, at, word)
    if spec.enum is not None and schema.kind != "named":
        problems.add(source, (*at, "enum"), "an enum is of strings or integers", key=True)
    if (
        spec.enum is not None
        and schema.kind == "named"
        and package.scalars[schema.name].constants != schema.enum
    ):
        problems.add(
            source,
            (*at, "enum"),
            f"the type {schema.name} has its own enum",
            "leave out one of the two",
            key=True,
        )
    if spec.list_type and schema.kind != "list":
        problems.add(source, (*at, "listType"), "listType is for lists", key=True)
    if spec.map_type and schema.kind not in ("map", "object", "upstream"):
        problems.add(source, (*at, "mapType"), "mapType is for maps and objects", key=True)
    if schema.kind == "list":
        check_list(package, source, schema, at)
    elif spec.list_map_keys:
        problems.add(source, (*at, "listMapKeys"), "listMapKeys is for lists", key=True)
    if schema.default is not ABSENT:
        for place, message in default_problems(package, schema, schema.default, (*at, "default")):
            problems.add(source, place, message)


_BOUNDS = {
    "minimum": NUMBERS, "maximum": NUMBERS, "minLength": ("string",), "maxLength": ("string",),
    "minItems": ("list",), "maxItems": ("list",),
}  # fmt: skip


def _check_bounds(
    problems: Problems, source: Source, spec: FieldSpec, schema: Schema, at: Path, word: str
) -> None:
    limits = schema.limits
    given = dict(zip(_BOUNDS, (limits.minimum, limits.maximum, limits.min_length, limits.max_length, limits.min_items, limits.max_items), strict=True))  # fmt: skip
    kind = schema.kind if schema.kind == "list" else word
    for key, value in given.items():
        if value is None:
            continue
        if kind not in _BOUNDS[key]:
            problems.add(
                source,
                (*at, key),
                f"{key} does not apply to {spec.type or 'an object'}",
                f"it is for {' and '.join(_BOUNDS[key])}",
                key=True,
            )
        elif word in RANGES and not (isinstance(value, int) and RANGES[word][0] <= value <= RANGES[word][1]):
            problems.add(source, (*at, key), f"{value} is not of type {word}")
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        least, most = given[low], given[high]
        if least is not None and most is not None and least > most:
            problems.add(source, (*at, high), f"{high} is less than {low}: no value fits")


def check_list(package: "Package", source: Source, schema: Schema, at: Path) -> None:
    """Check listType and listMapKeys: keys are scalars of the item that are required or have a default.

    Source: k8s.io/apiextensions-apiserver's rules for x-kubernetes-list-map-keys.
    """
    problems, item = package.problems, schema.element
    if schema.list_type == "set" and not (item.kind in ("basic", "named") and item.word in SCALARS):
        problems.add(
            source, (*at, "listType"), "the items of a set are scalars", "use `listType: map` or `atomic`"
        )
    if schema.list_type == "map" and item.kind not in ("object", "upstream"):
        problems.add(
            source,
            (*at, "listType"),
            "the items of a map list are objects",
            "use `listType: set` or `atomic`",
        )
    elif schema.list_type == "map":
        if not schema.list_map_keys:
            problems.add(
                source,
                (*at, "listType"),
                "a map list needs `listMapKeys`",
                "name the fields that tell items apart",
            )
        package.later.append((source, schema, at))
    elif schema.list_map_keys:
        problems.add(source, (*at, "listMapKeys"), "listMapKeys needs `listType: map`", key=True)


def check_keys(package: "Package", source: Source, schema: Schema, at: Path) -> None:
    """Check the keys of a map list, once all types are declared."""
    item = schema.element
    for i, key in enumerate(schema.list_map_keys):
        place = (*at, "listMapKeys", i)
        if schema.list_map_keys.index(key) != i:
            package.problems.add(source, place, f'the key "{key}" is there twice', "leave out one")
        elif item.upstream is not None:
            known = {f.json: f for f in item.upstream.fields}
            if key not in known:
                package.problems.add(
                    source, place, f'{item.upstream.name} has no field "{key}"', _near(key, list(known))
                )
        elif item.name in package.structs:
            _check_key(package, source, item.name, key, place)


def _near(word: str, known: list[str]) -> str:
    from apigen.load import nearest

    return nearest(word, known) or f"fields: {', '.join(known)}"


def _check_key(package: "Package", source: Source, struct: str, key: str, place: Path) -> None:
    field = package.structs[struct].find(key)
    if field is None:
        known = [f.json for f in package.structs[struct].fields]
        package.problems.add(source, place, f'the item has no field "{key}"', _near(key, known))
    elif field.schema.kind not in ("basic", "named") or field.schema.word not in SCALARS:
        package.problems.add(source, place, f'the key "{key}" is no scalar')
    elif not field.required and not field.has_default:
        package.problems.add(
            source, place, f'the key "{key}" may be absent', f'make "{key}" required, or give it a default'
        )


def default_problems(package: "Package", schema: Schema, value: Any, at: Path) -> list[tuple[Path, str]]:
    """Return what is wrong with a default: (place, message) pairs."""
    match schema.kind:
        case "list":
            if not isinstance(value, list):
                return [(at, f"expected a list as default, not {_show(value)}")]
            wrong = _limit_problems(schema, value, at)
            return wrong + [
                p for i, v in enumerate(value) for p in default_problems(package, schema.element, v, (*at, i))
            ]
        case "map":
            if not isinstance(value, dict):
                return [(at, f"expected a mapping as default, not {_show(value)}")]
            return [
                p for k, v in value.items() for p in default_problems(package, schema.element, v, (*at, k))
            ]
        case "object":
            return _object_default(package, schema, value, at)
        case "upstream":
            return [] if value == {} else [(at, "only {} can be the default of an upstream type")]
    return _scalar_default(package, schema, value, at)


def _object_default(package: "Package", schema: Schema, value: Any, at: Path) -> list[tuple[Path, str]]:
    if not isinstance(value, dict):
        return [(at, f"expected a mapping as default, not {_show(value)}")]
    struct, wrong = package.structs.get(schema.name), []
    for key, member in value.items():
        found = struct.find(key) if struct else None
        if found is None:
            wrong.append(((*at, key), f'the default has the unknown field "{key}"'))
        else:
            wrong += default_problems(package, found.schema, member, (*at, key))
    for found in struct.fields if struct else ():
        if found.required and not found.has_default and found.json not in value:
            wrong.append((at, f'the default lacks the required field "{found.json}"'))
    return wrong


_PYTHON = {
    "string": str,
    "bool": bool,
    "int32": int,
    "int64": int,
    "float64": (int, float),
    "any": object,
    "open object": dict,
}


def _scalar_default(package: "Package", schema: Schema, value: Any, at: Path) -> list[tuple[Path, str]]:
    word = schema.word
    if word == "quantity":
        fits = (
            isinstance(value, str | int)
            and not isinstance(value, bool)
            and bool(_QUANTITY.fullmatch(str(value)))
        )
        return [] if fits else [(at, f"{_show(value)} is no quantity")]
    if word == "intOrString":
        fits = isinstance(value, str) or (
            isinstance(value, int) and not isinstance(value, bool) and _in_range("int32", value)
        )
        return [] if fits else [(at, f"expected an int32 or a text as default, not {_show(value)}")]
    if word == "duration":
        fits = isinstance(value, str) and duration(value) is not None
        return [] if fits else [(at, f'{_show(value)} is no duration such as "1m30s"')]
    if word not in _PYTHON:
        return [(at, f"a field of type {word} cannot have a default")]
    if not isinstance(value, _PYTHON[word]) or (isinstance(value, bool) and word not in ("bool", "any")):  # type: ignore[arg-type]
        return [
            (
                at,
                f"expected {word} as default, not {_show(value)}"
                + ("; quote it" if word == "string" else ""),
            )
        ]
    if word in RANGES and not _in_range(word, value):
        return [(at, f"the default {value} is not of type {word}")]
    if schema.enum and value not in [c.value for c in schema.enum]:
        return [(at, f"the default {_show(value)} is not in the enum")]
    named = package.scalars[schema.name].limits if schema.name in package.scalars else Limits()
    return _limit_problems(schema, value, at) or _limit_problems(Schema("basic", limits=named), value, at)


def _limit_problems(schema: Schema, value: Any, at: Path) -> list[tuple[Path, str]]:
    limits, wrong = schema.limits, []
    if isinstance(value, int | float) and not isinstance(value, bool):
        if limits.minimum is not None and value < limits.minimum:
            wrong.append((at, f"the default {value} is less than the minimum {limits.minimum}"))
        if limits.maximum is not None and value > limits.maximum:
            wrong.append((at, f"the default {value} is greater than the maximum {limits.maximum}"))
    if isinstance(value, str | list):
        low, high = (
            (limits.min_length, limits.max_length)
            if isinstance(value, str)
            else (limits.min_items, limits.max_items)
        )
        if low is not None and len(value) < low:
            wrong.append((at, f"the default is shorter than {low}"))
        if high is not None and len(value) > high:
            wrong.append((at, f"the default is longer than {high}"))
    return wrong


def _in_range(word: str, value: int) -> bool:
    low, high = RANGES[word]
    return low <= value <= high


def _show(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
    return "a mapping"


_QUANTITY = re.compile(r"[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?")
_UNITS = {"ns": 1, "us": 10**3, "\u00b5s": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}


def duration(text: str) -> int | None:
    """Return the nanoseconds of a Go duration such as 1m30s, or None if it is none. Source: time.ParseDuration."""
    match = re.fullmatch(r"([+-]?)((?:[0-9]+\.?[0-9]*(?:ns|us|\u00b5s|ms|s|m|h))+|0)", text)
    if not match:
        return None
    total = 0
    for whole, fraction, unit in re.findall(r"([0-9]+)\.?([0-9]*)(ns|us|\u00b5s|ms|s|m|h)", match[2]):
        total += int(whole) * _UNITS[unit]
        total += int(fraction or 0) * _UNITS[unit] // 10 ** len(fraction) if fraction else 0
    total = -total if match[1] == "-" else total
    return total if _in_range("int64", total) else None
