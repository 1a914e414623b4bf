"""Paths into objects: dotted ones of conversion rules, JSON paths of columns, selectors and scale."""

import re
from dataclasses import dataclass

from apigen.model import Field, Schema, Struct, Types
from apigen.scalars import cut
from apigen.words import choices, quoted

STAR = "*"

Moves = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
"""Pairs of paths: where something is in one version, and where in another."""

Fault = tuple[str, str]
"""What is wrong with a path, and a hint."""

_RULE_PART = re.compile(r"""\.?(?:(\*)|([A-Za-z0-9_$][A-Za-z0-9_$/-]*)|\["((?:[^"\\])*)"\])""")


def rule_path(text: str) -> tuple[str, ...] | None:
    """Return the parts of a rule's path, `spec.servers.*.name` or `spec["x.y"]`; None if it is none."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        match = _RULE_PART.match(text, at)
        if not match or (at and text[at] not in ".[") or (not at and text[0] == "."):
            return None
        parts.append(match[1] or match[2] or match[3])
        at = match.end()
    return tuple(parts) or None


def dotted(path: tuple[str, ...]) -> str:
    """Return the text of a rule's path."""
    return "".join(("." + p if i else p) if "." not in p else f'["{p}"]' for i, p in enumerate(path))


@dataclass(frozen=True)
class Part:
    """A part of a JSON path: a key, or any of the forms in brackets."""

    kind: str  # key, index, slice, wildcard, filter, deep
    text: str


_VALUE = r"""(?:"[^"\\]*"|'[^'\\]*'|-?[0-9.]+|true|false)"""
_JSON_PART = re.compile(
    r"""\.\.(?P<deep>[A-Za-z0-9_-]+)
      | \.(?P<key>(?:\\.|[^.\[\]\\\s{}])+)
      | \[(?P<quoted>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\]
      | \[(?P<index>-?[0-9]+)\]
      | \[(?P<slice>-?[0-9]*:-?[0-9]*(?::[0-9]+)?)\]
      | \[(?P<wildcard>\*)\]
      | \[\?\((?P<filter>\s*@(?:\.(?:\\.|[A-Za-z0-9_-])+)+\s*(?:(?:==|!=|<=|>=|<|>)\s*VALUE\s*)?)\)\]
    """.replace("VALUE", _VALUE),
    re.VERBOSE,
)


def json_path(text: str) -> list[Part] | str:
    """Return the parts of a JSON path as kubectl reads it, or a hint that says what is wrong."""
    if not text.startswith((".", "[")):
        return f"a JSON path begins with a dot: .{text.lstrip('$.{').rstrip('}') or 'spec'}"
    if "[]" in text:
        return "`[]` selects nothing; write `[*]` for every item"
    parts: list[Part] = []
    at = 0
    while at < len(text):
        match = _JSON_PART.match(text, at)
        if not match or not match.lastgroup:
            return f"kubectl cannot read it from `{cut(text[at:])}` on"
        kind, value = match.lastgroup, match[match.lastgroup]
        if kind == "quoted":
            kind, value = "key", value[1:-1]
        if kind == "key":
            kind, value = ("wildcard", value) if value == "*" else ("key", re.sub(r"\\(.)", r"\1", value))
        parts.append(Part(kind, value))
        at = match.end()
    return parts


_METADATA_WORDS = (
    "name namespace generateName uid resourceVersion generation creationTimestamp deletionTimestamp"
    " deletionGracePeriodSeconds labels annotations ownerReferences finalizers selfLink managedFields"
)


def escaped(text: str) -> str:
    """Return a JSON path with the dots in quoted keys escaped: client-go cuts `['a.b']` at its dot otherwise."""
    return re.sub(r"""\[(?:'[^']*'|"[^"]*")\]""", lambda m: re.sub(r"(?<!\\)\.", r"\\.", m.group()), text)


_METADATA = frozenset(_METADATA_WORDS.split())


def missing(parts: list[Part], root: Struct, types: Types) -> Fault | None:
    """Return what is wrong with a JSON path in an object whose root is `root`; None if it leads somewhere."""
    if parts and parts[0].kind == "key" and parts[0].text in ("apiVersion", "kind"):
        return None
    if parts and parts[0] == Part("key", "metadata"):
        known = len(parts) == 1 or parts[1].kind != "key" or parts[1].text in _METADATA
        return None if known else _no_field("metadata", parts[1].text, sorted(_METADATA))
    schema: Schema | None = Schema("object", root.go)
    for part in parts:
        if part.kind == "deep" or schema is None:
            return None
        step = _descend(schema, part, types)
        if isinstance(step, tuple):
            return step
        schema = step
    return None


def _no_field(owner: str, name: str, known: list[str]) -> Fault:
    return f"{owner} has no field {quoted(name)}", choices(name, known, "fields")


_OPEN = ("any", "open object", "embedded resource")


def _descend(schema: Schema, part: Part, types: Types) -> Schema | Fault | None:
    """Return the schema behind one part, None where anything may stand, or what is wrong."""
    if schema.kind == "basic" and schema.name in _OPEN:
        return None
    if schema.kind == "list":
        if part.kind == "key":
            return f"a list has no field {quoted(part.text)}", "write `[*]` or `[0]` before it"
        return schema.element
    if part.kind not in ("key", "wildcard"):
        return f"`[{part.text}]` is for lists", "write names with dots"
    if schema.kind == "map":
        return schema.element
    if schema.upstream is not None:
        known = list(schema.upstream.schema.get("properties", {}))
        if not known or part.kind == "wildcard" or part.text in known:
            return None
        return _no_field(schema.upstream.go_name, part.text, known)
    if schema.kind == "object":
        return None if part.kind == "wildcard" else _member(schema, part.text, types)
    return f"a scalar has no field {quoted(part.text)}", "end the path before it"


def _member(schema: Schema, name: str, types: Types) -> Schema | Fault:
    struct = types.struct(schema)
    field = struct.find(name)
    return field.schema if field else _no_field("the object", name, [f.json for f in struct.named])


def rule_fault(path: tuple[str, ...], root: Struct, types: Types) -> Fault | None:
    """Return what is wrong with a rule's path in an object whose root is `root`; None if it leads somewhere."""
    schema = Schema("object", root.go)
    for at, part in enumerate(path):
        way = dotted(path[:at]) or "the root"
        if schema.item is not None:
            if part != STAR:
                return (
                    f"{way} is a {schema.kind}",
                    f"write `*` for what it holds: {dotted((*path[:at], STAR))}",
                )
            schema = schema.element
        elif schema.kind != "object":
            return f"{way} has no fields of its own to convert", "a rule ends there, or before"
        else:
            step = _member(schema, part, types)
            if isinstance(step, tuple):
                return f"{way} has no field {quoted(part)}", step[1]
            schema = step
    return None


def fields_of(parts: tuple[str, ...], root: Struct, types: Types) -> tuple[Field, ...] | None:
    """Return the fields that a path passes on its way through objects, or None if it leads elsewhere."""
    found: list[Field] = []
    struct: Struct | None = root
    for part in parts:
        field = struct.find(part) if struct else None
        if field is None:
            return None
        found.append(field)
        struct = types.struct(field.schema) if field.schema.kind == "object" else None
    return tuple(found)


def moved(path: tuple[str, ...], moves: Moves) -> tuple[str, ...]:
    """Return where a path is on the other side of moves: the longest that is a beginning of it decides."""
    best = max((m for m in moves if path[: len(m[0])] == m[0]), key=lambda m: len(m[0]), default=None)
    return best[1] + path[len(best[0]) :] if best else path
