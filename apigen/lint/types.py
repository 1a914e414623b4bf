"""Rules about the types of values, and about what a single value is allowed to be."""

import re

from apigen.gotypes import BASICS, INTEGERS, NUMBERS
from apigen.lint.fault import Fault, Faults
from apigen.lint.subjects import Value
from apigen.scalars import cut
from apigen.spec import FieldSpec


def nobools(value: Value) -> Faults:
    """A boolean."""
    if value.declared and value.word == "bool":
        hint = "an enum that names both cases has room for a third"
        yield Fault("a boolean can never have a third value", hint)


def nofloats(value: Value) -> Faults:
    """A floating-point number."""
    if value.declared and value.word == "float64":
        hint = "write `type: quantity`, or an integer of a smaller unit"
        yield Fault("a floating-point number may change on its way", hint)


def nodurations(value: Value) -> Faults:
    """A duration as Go writes it."""
    if not value.declared:
        return
    if value.word == "duration" or any(spec.format == "duration" for spec in value.said):
        hint = "write `type: int32`, and the unit at the end of the name, such as timeoutSeconds"
        yield Fault("a duration that every client has to read as Go does", hint)


# Maps of these are labels, selectors, data and amounts: not sets of objects.
_SIMPLE = frozenset(BASICS) - {"open object", "embedded resource"}


def nomaps(value: Value) -> Faults:
    """A map of objects, or of lists or maps."""
    if value.role != "field" or "map" not in value.outer:
        return
    inside = value.outer[value.outer.index("map") + 1 :]
    if inside or value.word not in _SIMPLE:
        what = f"{inside[0]}s" if inside else "objects"
        hint = "write a list of objects, with `listType: map` and the key as a field, such as name"
        yield Fault(f"a map of {what}", hint)


def nonullable(value: Value) -> Faults:
    """A value that may be null."""
    if value.spec.nullable:
        yield Fault("null, which equals absent, is accepted", "leave out `nullable`", ("nullable",))


def defaultorrequired(value: Value) -> Faults:
    """A required field with a default."""
    if value.spec.required and "default" in value.spec.model_fields_set:
        hint = "leave out `required`: a field with a default is never absent"
        yield Fault("a required field with a default", hint, ("default",))


# The integers that every client can hold, for numbers in JavaScript are floats. Source: Primitive types.
_EXACT = 2**53 - 1


def integers(value: Value) -> Faults:
    """Whole numbers in a float, and integers of which clients lose digits."""
    spec, word = value.spec, value.word if not value.outer else ""
    step = spec.multiple_of
    if word == "float64" and step is not None and step == int(step):
        yield Fault("whole numbers in a float64", "write `type: int32` or `type: int64`", ("multipleOf",))
    if word in INTEGERS:
        for key, bound in (("minimum", spec.minimum), ("maximum", spec.maximum)):
            if bound is not None and abs(bound) > _EXACT:
                message = "integers with more than 53 bits, of which JavaScript and others lose digits"
                yield Fault(message, "write `type: string` with a pattern, or closer bounds", (key,))


_CONSTANT = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
_SHOWN = 4


def enumvalues(value: Value) -> Faults:
    """Members of an enum that are not in CamelCase; the empty text is none."""
    members = [m for m in value.spec.enum or () if isinstance(m, str)]
    odd = [m for m in members if m and not _CONSTANT.match(m)]
    if odd:
        shown = ", ".join(f'"{cut(m)}"' for m in odd[:_SHOWN]) + (", ..." if len(odd) > _SHOWN else "")
        yield Fault(f"values that are not in CamelCase: {shown}", "such as RoundRobin or TCP", ("enum",))


def maxlength(value: Value) -> Faults:
    """Texts and lists without an upper bound."""
    for what, word, keys in _layers(value):
        if word == "list" and not any(k.max_items is not None for k in keys):
            yield Fault(f"{what} without `maxItems`", "write the most items that make sense")
        if word == "string" and not any(k.enum or k.format or k.max_length is not None for k in keys):
            yield Fault(f"{what} without `maxLength`", "write the longest text that makes sense")


def minlength(value: Value) -> Faults:
    """Texts, lists and maps of which nobody said whether they may be empty."""
    for what, word, keys in _layers(value):
        hint = "write 1, or 0 if an empty one means something"
        if word == "list" and not any(k.min_items is not None for k in keys):
            yield Fault(f"{what} without `minItems`", hint)
        if word == "map" and not any(k.min_properties is not None for k in keys):
            yield Fault(f"{what} without `minProperties`", hint)
        if word == "string" and not any(k.enum or k.format or k.min_length is not None for k in keys):
            yield Fault(f"{what} without `minLength`", hint)


def numericbounds(value: Value) -> Faults:
    """Numbers without a lower or an upper bound."""
    for what, word, keys in _layers(value):
        if word not in NUMBERS or any(k.enum for k in keys):
            continue
        low = any(k.minimum is not None or k.exclusive_minimum is not None for k in keys)
        high = any(k.maximum is not None or k.exclusive_maximum is not None for k in keys)
        missing = [f"`{key}`" for key, there in (("minimum", low), ("maximum", high)) if not there]
        if missing:
            yield Fault(f"{what} without {' and '.join(missing)}", "write the bounds that make sense")


_WORDS = {"string": "text"} | dict.fromkeys(NUMBERS, "number")


def _layers(value: Value) -> list[tuple[str, str, list[FieldSpec]]]:
    """For each layer of a field what a person calls it, its word, and all that is said of it."""
    layers = list(value.layers) if value.declared else []
    if value.named is not None:
        # Said once, at the type: a field that uses it need not say it again.
        layers = layers[:-1]
    found = []
    for i, layer in enumerate(layers):
        one = _WORDS.get(layer.word, layer.word)
        what = f"a {layers[i - 1].word} of {one}s" if i else f"a {one}"
        found.append((what, layer.word, [layer.spec] if layer.spec else []))
    return found
