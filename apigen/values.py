"""Values as people write them: what is wrong with a default or an example, for its type and by its own bounds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apigen.bounds import RANGES
from apigen.checks import duration
from apigen.fits import beyond
from apigen.formats import FORMATS
from apigen.limits import NO_LIMITS, Limits
from apigen.model import Path, Schema
from apigen.words import called, quoted

if TYPE_CHECKING:
    from apigen.package import Package

Wrong = Iterator[tuple[Path, str]]

_QUANTITY = re.compile(r"[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_int(value: Any, word: str) -> bool:
    low, high = RANGES[word]
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


_FITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "string": (lambda v: isinstance(v, str), "a text"),
    "bool": (lambda v: isinstance(v, bool), "true or false"),
    "int32": (lambda v: _is_int(v, "int32"), "an int32"),
    "int64": (lambda v: _is_int(v, "int64"), "an int64"),
    "float64": (lambda v: _is_number(v) and abs(v) <= RANGES["float64"][1], "a number"),
    "any": (lambda v: v is not None, "a value"),
    "open object": (lambda v: isinstance(v, dict), "a mapping"),
    "quantity": (
        lambda v: (isinstance(v, str) and bool(_QUANTITY.fullmatch(v))) or _is_int(v, "int64"),
        'a quantity such as "100Mi"',
    ),
    "intOrString": (lambda v: isinstance(v, str) or _is_int(v, "int32"), "an int32 or a text"),
    "duration": (lambda v: isinstance(v, str) and duration(v) is not None, 'a duration such as "1m30s"'),
}
# These have examples, but no defaults.
_TEXTS = {
    "bytes": ("byte", "base64"),
    "time": ("date-time", "a time such as 2006-01-02T15:04:05Z"),
    "microTime": ("date-time", "a time such as 2006-01-02T15:04:05.000000Z"),
}


def value_problems(package: "Package", schema: Schema, value: Any, at: Path, what: str) -> Wrong:
    """Yield what is wrong with a value, as pairs of place and message. `what` it is: a default, an example, a value."""
    yield from _Checker(package, what).of(schema, value, at)


@dataclass(frozen=True)
class _Checker:
    package: "Package"
    what: str

    def of(self, schema: Schema, value: Any, at: Path) -> Wrong:
        """Yield what is wrong with a value of a schema."""
        match schema.kind:
            case "list":
                yield from self._list(schema, value, at)
            case "map":
                if not isinstance(value, dict):
                    yield at, self._expected("a mapping", value)
                    return
                yield from self._beyond(schema.limits, value, at)
                for key, member in value.items():
                    yield from self.of(schema.element, member, (*at, key))
            case "object":
                yield from self._object(schema, value, at)
            case "upstream":
                if self.what != "example" and value != {}:
                    yield at, f"only {{}} can be the {self.what} of an upstream type"
            case _:
                yield from self._scalar(schema, value, at)

    def _expected(self, wanted: str, value: Any) -> str:
        return f"expected {wanted} as {self.what}, not {called(value)}"

    def _list(self, schema: Schema, value: Any, at: Path) -> Wrong:
        if not isinstance(value, list):
            yield at, self._expected("a list", value)
            return
        yield from self._beyond(schema.limits, value, at)
        seen: list[Any] = []
        for i, item in enumerate(value):
            yield from self.of(schema.element, item, (*at, i))
            identity = item
            if schema.list_type == "map" and isinstance(item, dict):
                identity = [item.get(key) for key in schema.list_map_keys]
            if schema.list_type in ("set", "map") and identity in seen:
                message = f"the items of a {schema.list_type} list are distinct, and this one is there twice"
                yield (*at, i), message
            seen.append(identity)

    def _object(self, schema: Schema, value: Any, at: Path) -> Wrong:
        if not isinstance(value, dict):
            yield at, self._expected("a mapping", value)
            return
        struct = self.package.structs.get(schema.name)
        filled = {f.json: None for f in struct.fields if f.has_default} if struct else {}
        yield from self._beyond(schema.limits, filled | value, at)
        for key, member in value.items():
            found = struct.find(key) if struct else None
            if found is None and struct and struct.open:
                continue
            if found is None:
                yield (*at, key), f"the {self.what} has the unknown field {quoted(key)}"
            else:
                yield from self.of(found.schema, member, (*at, key))
        for group in struct.one_ofs if struct else ():
            said = [name for name in group.fields if name in filled | value]
            if not group.allows(len(said)):
                shown = ", ".join(group.fields)
                yield at, f"the {self.what} says {len(said)} of {shown}, which is not {group.how}"
        for field in struct.fields if struct else ():
            if field.required and not field.has_default and field.json not in value:
                yield at, f'the {self.what} lacks the required field "{field.json}"'

    def _scalar(self, schema: Schema, value: Any, at: Path) -> Wrong:
        if schema.word not in _FITS:
            yield from self._text(schema, value, at)
            return
        fits, wanted = _FITS[schema.word]
        if not fits(value):
            yield at, self._expected(wanted, value)
            return
        if schema.enum and value not in [c.value for c in schema.enum]:
            yield at, f"the {self.what} {quoted(str(value))} is not in the enum"
            return
        named = self.package.scalars.get(schema.name)
        for limits in (schema.limits, named.limits if named else NO_LIMITS):
            if wrong := list(self._beyond(limits, value, at)):
                yield from wrong
                return

    def _text(self, schema: Schema, value: Any, at: Path) -> Wrong:
        """Check an example of a type that has no defaults."""
        if self.what != "example":
            yield at, f"a field of type {schema.word} cannot have a {self.what}"
        elif schema.word in _TEXTS:
            name, wanted = _TEXTS[schema.word]
            if not (isinstance(value, str) and FORMATS[name].fits(value)):
                yield at, self._expected(wanted, value)
        elif not isinstance(value, dict):
            yield at, self._expected("a mapping", value)

    def _beyond(self, limits: Limits, value: Any, at: Path) -> Wrong:
        for message in beyond(limits, value, f"the {self.what}"):
            yield at, message
