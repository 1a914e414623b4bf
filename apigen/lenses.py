"""How a rule's `as` makes the values of two ends convert: which types it takes, and what it is of them.

A lens is made of two schemas; where objects are in it, `Frames` pairs them. What a rule cannot do is told as a text.
"""

from collections.abc import Callable
from typing import Protocol

from apigen.gotypes import INTEGERS, NUMBERS
from apigen.model import Lens, Schema, Struct
from apigen.rules import As
from apigen.words import quoted

Made = Lens | str
"""A lens, or why there is none."""


class Frames(Protocol):
    """What a lens may ask for, of the pair of schemas at which it stands."""

    def pair(self, a: Schema, b: Schema) -> Lens | None:
        """The lens of two values without a rule, or None if their types differ."""

    def wrap(self, value: Schema, around: Schema, name: str, *, but: str, turned: bool) -> str:
        """The frame of a value and an object with it in a field; `but` is a field that says something else."""

    def entries(self, value: Schema, item: Schema, key: str, *, turned: bool) -> str:
        """The frame of two objects of which the second also has the key."""

    def fields(self, schema: Schema, *, turned: bool) -> Struct:
        """The struct of an object at the first end, or at the second if turned."""


def lens(how: As, a: Schema, b: Schema, frames: Frames) -> Made:
    """Return what a rule makes of two types."""
    match how.how:
        case "not":
            return _not(how, a, b)
        case "enum":
            return _enum(how, a, b)
        case "list":
            return _list(how, a, b, frames)
        case "wrap" | "eachTo":
            return _wrap(how, a, b, frames)
        case "mapTo":
            return _entries(how, a, b, frames)
        case "union":
            return "it is for objects"
        case "go":
            return Lens("go", option=how.option, turned=how.turned)
    return _word(how, a, b)


def _scalar(schema: Schema) -> str:
    """The word of a scalar, or nothing."""
    return schema.word if schema.kind in ("basic", "named") else ""


def _word(how: As, a: Schema, b: Schema) -> Made:
    """Values of other words or numbers: which end is which, their types tell."""
    if how.how not in _WORDS:
        raise ValueError(how.how)
    says, fits = _WORDS[how.how]
    if fits(a, b) or fits(b, a):
        return Lens(how.how, option=how.option, turned=how.turned)
    return f"it is for {says}"


def _texts(schema: Schema) -> bool:
    return schema.kind == "list" and _scalar(schema.element) == "string"


def _structured(schema: Schema) -> bool:
    return _scalar(schema) not in _SHORT


_SHORT = (
    "string",
    "bool",
    "int32",
    "int64",
    "float64",
    "duration",
    "time",
    "microTime",
    "quantity",
    "intOrString",
    "bytes",
)
_WORDS: dict[str, tuple[str, Callable[[Schema, Schema], bool]]] = {
    "duration": ("a duration and an integer", lambda a, b: _scalar(a) == "duration" and _scalar(b) in INTEGERS),
    "scale": (
        "two integers, or a quantity and an integer",
        lambda a, b: _scalar(a) in ("quantity", *INTEGERS) and _scalar(b) in INTEGERS,
    ),
    "width": ("int32 and int64", lambda a, b: _scalar(a) in INTEGERS and _scalar(b) in INTEGERS),
    "text": (
        "a number or a boolean, and a string",
        lambda a, b: _scalar(a) in ("bool", *NUMBERS) and _scalar(b) == "string",
    ),
    "json": ("a value with a structure, and a string", lambda a, b: _structured(a) and _scalar(b) == "string"),
    "yaml": ("a value with a structure, and a string", lambda a, b: _structured(a) and _scalar(b) == "string"),
    "split": ("a string and a list of strings", lambda a, b: _scalar(a) == "string" and _texts(b)),
}  # fmt: skip


def _not(how: As, a: Schema, b: Schema) -> Made:
    if not _scalar(a) == _scalar(b) == "bool":
        return "it is for two booleans"
    if isinstance(a.default, bool) != isinstance(b.default, bool) or (
        isinstance(a.default, bool) and a.default == b.default
    ):
        return "the defaults of both must be each other's opposite, or neither has one"
    return Lens("not", turned=how.turned)


def _enum(how: As, a: Schema, b: Schema) -> Made:
    words = {_scalar(a), _scalar(b)}
    if not words <= {"string", *INTEGERS}:
        return "it is for strings and integers"
    first, second = (b, a) if how.turned else (a, b)
    pairs = []
    for one, other in how.option:
        typed = _typed(one, first), _typed(other, second)
        for value, schema in zip(typed, (first, second), strict=True):
            if value is None or (schema.enum and value not in [c.value for c in schema.enum]):
                given = one if schema is first else other
                return f"{quoted(str(given))} is none of the values of its end"
        pairs.append(typed)
    mapped = {p[0] for p in pairs}, {p[1] for p in pairs}
    for mine, schema, other in ((mapped[0], first, second), (mapped[1], second, first)):
        there = {c.value for c in other.enum}
        for constant in schema.enum:
            if constant.value not in mine and (
                (other.enum and constant.value not in there) or len(words) > 1
            ):
                value = quoted(str(constant.value))
                return f"the value {value} is not among the words, and the other end has not got it"
    return Lens("enum", option=tuple(pairs), turned=how.turned)


def _typed(value: str | int, schema: Schema) -> str | int | None:
    """A word of a rule as a value of its end; the keys of a mapping are always text."""
    if _scalar(schema) == "string":
        return value if isinstance(value, str) else None
    try:
        return int(value)
    except ValueError:
        return None


def _list(how: As, a: Schema, b: Schema, frames: Frames) -> Made:
    turned = a.kind == "list" and (b.kind != "list" or _scalar(b) == "any")
    value, items = (b, a) if turned else (a, b)
    if items.kind != "list":
        return "it is for a value and a list"
    if _scalar(value) == "any":
        if _scalar(items.element) not in ("string", "bool", "int32", "int64", "float64"):
            return "beside `any` it is for a list of strings, numbers or booleans"
        return Lens("anyList", turned=how.turned)
    ends = (items.element, value) if turned else (value, items.element)
    item = frames.pair(*ends)
    if item is None:
        return "the value and the items of the list differ in type"
    return Lens("first", item=item, turned=how.turned)


def _wrap(how: As, a: Schema, b: Schema, frames: Frames) -> Made:
    each = how.how == "eachTo"
    if each and not a.kind == b.kind == "list":
        return "it is for two lists"
    ends = (a.element, b.element) if each else (a, b)
    turned = ends[0].kind == "object" and ends[1].kind != "object"
    value, around = (ends[1], ends[0]) if turned else ends
    if around.kind != "object" or value.kind == "object":
        return f"it is for {'a list of values and a list of objects' if each else 'a value and an object'}"
    inner = _inside(value, around, how.option, frames, turned=turned)
    if inner:
        return inner
    made = Lens("wrap", frames.wrap(value, around, how.option, but="", turned=turned), turned=how.turned)
    return Lens("list", item=made, turned=how.turned) if each else made


def _inside(value: Schema, around: Schema, name: str, frames: Frames, *, turned: bool) -> str:
    """Why a value does not fit into a field of an object; nothing if it does."""
    found = frames.fields(around, turned=not turned).find(name)
    if found is None:
        return f"the object has no field {quoted(name)}"
    ends = (found.schema, value) if turned else (value, found.schema)
    return "" if frames.pair(*ends) else f"the value and the field {quoted(name)} differ in type"


def _entries(how: As, a: Schema, b: Schema, frames: Frames) -> Made:
    turned = a.kind == "list"
    entries, items = (b, a) if turned else (a, b)
    if entries.kind != "map" or items.kind != "list" or items.element.kind != "object":
        return "it is for a map and a list of objects"
    key, value = how.option
    struct = frames.fields(items.element, turned=not turned)
    of_key = struct.find(key)
    if of_key is None or _scalar(of_key.schema) != "string":
        return f"the objects have no field {quoted(key)} that is a string"
    if value is not None:
        if inner := _inside(entries.element, items.element, value, frames, turned=turned):
            return inner
        frame = frames.wrap(entries.element, items.element, value, but=key, turned=turned)
    elif entries.element.kind != "object":
        return "the values of the map are no objects: name the field that holds them, `value:`"
    else:
        frame = frames.entries(entries.element, items.element, key, turned=turned)
    return Lens("entries", frame, option=of_key, turned=how.turned)
