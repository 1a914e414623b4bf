"""Enums: the values of a field or a named type, and the Go constants that they become."""

import re

from apigen import names
from apigen.bounds import RANGES
from apigen.checks import Problems
from apigen.gotypes import INTEGERS
from apigen.model import Constant, Path
from apigen.source import Source
from apigen.spec import FieldSpec
from apigen.words import called, quoted


def enum_constants(
    problems: Problems, source: Source, spec: FieldSpec, at: Path, base: str, go: str
) -> tuple[Constant, ...]:
    """Return the constants of an enum whose Go type is `go`. Names that clash get a number, in order."""
    place, enum = (*at, "enum"), spec.enum or []
    if base != "string" and base not in INTEGERS:
        problems.add(source, place, f"an enum is for strings and integers, not for {base}", key=True)
        return ()
    if not enum:
        problems.add(source, place, "an enum needs values", key=True)
    pairs = list(enum.items()) if isinstance(enum, dict) else [(v, "") for v in enum]
    constants: dict[str | int, Constant] = {}
    used: set[str] = set()
    for i, (value, description) in enumerate(pairs):
        spot = (*place, value if isinstance(enum, dict) else i)
        typed = _value(problems, source, spot, value, base)
        if typed is None:
            continue
        if typed in constants:
            problems.add(source, spot, f"{quoted(str(typed))} is there twice", "leave out one", key=True)
            continue
        name = constant_name(go, typed, used)
        used.add(name)
        constants[typed] = Constant(typed, name, description)
    return tuple(constants.values())


def constant_name(go: str, value: str | int, used: set[str]) -> str:
    """The name of a constant. Values added later never rename it."""
    text = str(value).replace("-", "Minus") if isinstance(value, int) else value
    name = go + names.constant_suffix(text)
    number = 2
    while (numbered := name if number == 2 else f"{name}{number - 1}") in used:
        number += 1
    return numbered


def _value(problems: Problems, source: Source, at: Path, value: str | int, base: str) -> str | int | None:
    """Return a member of an enum as a value of its type, or report why it is none."""
    if base == "string":
        if isinstance(value, str):
            return value
        problems.add(source, at, f"expected a text, not {called(value)}", "quote it", key=True)
        return None
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value) and at[-1] == value:
        value = int(value)  # the keys of a map are always text
    low, high = RANGES[base]
    if isinstance(value, int) and low <= value <= high:
        return value
    quotes = isinstance(value, str) and value.isdecimal()
    problems.add(
        source, at, f"{called(value)} is no {base}", "leave out the quotes" if quotes else "", key=True
    )
    return None
