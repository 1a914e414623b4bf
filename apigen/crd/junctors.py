"""oneOf, anyOf, allOf and not, said in another way: as bounds, as one-ofs of fields, or as a condition in CEL."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from apigen.celrules import ESCAPES

Schema = dict[str, Any]

_ESCAPED = {text: escape for escape, text in ESCAPES.items()}
# Source: k8s.io/apiserver/pkg/cel/escaping.go.
_RESERVED_WORDS = (
    "true false null in as break const continue else for function if import let loop package namespace return var void"
    " while"
)
_RESERVED = frozenset(_RESERVED_WORDS.split())
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*\Z")
_SIZES = {
    "minLength": "size({0}) >= {1}", "maxLength": "size({0}) <= {1}", "minItems": "size({0}) >= {1}",
    "maxItems": "size({0}) <= {1}",
}  # fmt: skip
_NUMBERS = {"minimum": ("exclusiveMinimum", ">"), "maximum": ("exclusiveMaximum", "<")}
_FORMATS = {
    "ipv4": "isIP({0}) && ip({0}).family() == 4",
    "ipv6": "isIP({0}) && ip({0}).family() == 6",
    "cidr": "isCIDR({0})",
    "uri": "isURL({0})",
}


class Unsayable(Exception):
    """A schema has no counterpart in CEL; the text says what of it."""


def one_of(schema: Schema, key: str) -> tuple[str, list[str]] | None:
    """Return the key of the language and the fields, if a junctor counts fields, and nothing else."""
    if key == "not":
        names = _required(schema["not"])
        return ("atMostOneOf", names) if names and len(names) == 2 else None
    singles = [_required(branch) for branch in schema[key]]
    if key == "allOf" or not all(names is not None and len(names) == 1 for names in singles):
        return None
    found = [names[0] for names in singles if names]
    if len(set(found)) != len(found) or len(found) < 2:
        return None
    return ("exactlyOneOf" if key == "oneOf" else "atLeastOneOf"), found


def _required(schema: Any) -> list[str] | None:
    return schema["required"] if isinstance(schema, dict) and set(schema) == {"required"} else None


def is_int_or_string(branches: Any) -> bool:
    """Whether an anyOf or oneOf only says again what x-kubernetes-int-or-string says."""
    types = [b.get("type") if isinstance(b, dict) and set(b) == {"type"} else None for b in branches]
    return sorted(map(str, types)) == ["integer", "string"]


def condition(schema: Schema, of: Schema, self: str = "self") -> str:
    """Return a condition in CEL for what `schema` demands of `self`, which has the type of the schema `of`.

    Raises Unsayable for what CEL cannot say, or for what is no demand.
    """
    parts = list(_parts(schema, of, self))
    return " && ".join(p if len(parts) == 1 else f"({p})" for p in parts) or "true"


def _parts(schema: Schema, of: Schema, self: str) -> Iterator[str]:
    for key, value in schema.items():
        if value is None or key in ("description", "title", "exclusiveMinimum", "exclusiveMaximum"):
            continue
        say = _SAYINGS.get(key)
        if say is None:
            raise Unsayable(key)
        yield from say(schema, value, of, self)


def _each(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    yield from (f"({condition(b, of, self)})" for b in value)


def _any(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    yield " || ".join(f"({condition(b, of, self)})" for b in value)


def _one(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    counted = " + ".join(f"({condition(b, of, self)} ? 1 : 0)" for b in value)
    yield f"{counted} == 1"


def _not(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    yield f"!({condition(value, of, self)})"


def _has(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    for name in value:
        if name in (of.get("properties") or {}):
            yield f"has({self}.{escaped(name)})"
        elif isinstance(of.get("additionalProperties"), dict):
            yield f"{literal(name)} in {self}"
        else:
            raise Unsayable(f"required {name}, which is not declared")


def _members(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    for name, inner in value.items():
        known = (of.get("properties") or {}).get(name)
        if known is None:
            raise Unsayable(f"properties.{name}, which is not declared")
        member = f"{self}.{escaped(name)}"
        said = condition(inner, known, member)
        if said != "true":
            yield f"!has({member}) || ({said})"


def _enum(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    values = [float(v) if of.get("type") == "number" and isinstance(v, int) else v for v in value]
    yield " || ".join(f"{self} == {literal(v)}" for v in values)


def _pattern(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    if of.get("x-kubernetes-int-or-string"):
        yield f"type({self}) != string || string({self}).matches({literal(value)})"
    elif of.get("type") == "string":
        yield f"{self}.matches({literal(value)})"
    else:
        raise Unsayable("pattern")


def _format(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
    if value not in _FORMATS or of.get("type") != "string":
        raise Unsayable(f"format {value}")
    yield _FORMATS[value].format(self)


def _size(key: str) -> Callable[[Schema, Any, Schema, str], Iterator[str]]:
    kind = "string" if key.endswith("Length") else "array"

    def say(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
        if of.get("type") != kind:
            raise Unsayable(key)
        yield _SIZES[key].format(self, value)

    return say


def _number(key: str) -> Callable[[Schema, Any, Schema, str], Iterator[str]]:
    exclusive, sign = _NUMBERS[key]

    def say(schema: Schema, value: Any, of: Schema, self: str) -> Iterator[str]:
        if of.get("type") not in ("integer", "number"):
            raise Unsayable(key)
        number = float(value) if of["type"] == "number" else value
        yield f"{self} {sign}{'' if schema.get(exclusive) else '='} {literal(number)}"

    return say


_SAYINGS: dict[str, Callable[[Schema, Any, Schema, str], Iterator[str]]] = {
    "allOf": _each, "anyOf": _any, "oneOf": _one, "not": _not, "required": _has, "properties": _members, "enum": _enum,
    "pattern": _pattern, "format": _format, **{key: _size(key) for key in _SIZES},
    **{key: _number(key) for key in _NUMBERS},
}  # fmt: skip


def escaped(name: str) -> str:
    """Return the name of a field as CEL writes it. Raises Unsayable if it cannot."""
    if not _NAME.match(name):
        raise Unsayable(f"the name {name}")
    if name in _RESERVED:
        return f"__{name}__"
    return re.sub(r"__|[./-]", lambda m: _ESCAPED[m.group()], name)


def literal(value: Any) -> str:
    """Return a value in CEL: JSON's escapes are among those of CEL, but for halves of characters."""
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return "".join(c if c.isprintable() or c in "\n" else f"\\U{ord(c):08x}" for c in text)
    if value is None or isinstance(value, dict | list):
        raise Unsayable("a value that is no scalar")
    return json.dumps(value)
