"""Paths into objects: dotted ones of conversion rules, JSON paths of columns, selectors and scale."""

import re
from dataclasses import dataclass

from apigen.model import Field, Schema, Struct, Types

STAR = "*"

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


_JSON_PART = re.compile(
    r"""\.\.(?P<deep>[A-Za-z0-9_-]+)
      | \.(?P<key>(?:\\.|[^.\[\]\\\s{}])+)
      | \[(?P<quoted>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\]
      | \[(?P<index>-?[0-9]+)\]
      | \[(?P<slice>-?[0-9]*:-?[0-9]*(?::[0-9]+)?)\]
      | \[(?P<wildcard>\*)\]
      | \[\?\((?P<filter>\s*@(?:\.(?:\\.|[A-Za-z0-9_-])+)+\s*(?:(?:==|!=|<=|>=|<|>)\s*(?:"[^"\\]*"|'[^'\\]*'|-?[0-9.]+|true|false)\s*)?)\)\]
    """,
    re.VERBOSE,
)


def json_path(text: str) -> list[Part] | str:
    """Return the parts of a JSON path as kubectl reads it, or a hint that says what is wrong."""
    if not text.startswith(".") and not text.startswith("["):
        return "a JSON path begins with a dot: " + "." + text.lstrip("$.{")
    if "[]" in text:
        return "`[]` selects nothing; write `[*]` for every item"
    parts: list[Part] = []
    at = 0
    while at < len(text):
        match = _JSON_PART.match(text, at)
        if not match or not match.lastgroup:
            return f"cannot read it from `{text[at:]}` on"
        kind, value = match.lastgroup, match[match.lastgroup]
        if kind == "quoted":
            kind, value = "key", value[1:-1]
        if kind == "key":
            kind, value = ("wildcard", value) if value == "*" else ("key", re.sub(r"\\(.)", r"\1", value))
        parts.append(Part(kind, value))
        at = match.end()
    return parts


_METADATA = frozenset(
    "name namespace generateName uid resourceVersion generation creationTimestamp deletionTimestamp"
    " deletionGracePeriodSeconds labels annotations ownerReferences finalizers selfLink managedFields".split()
)


def missing(parts: list[Part], root: Struct, types: Types) -> str:
    """Return what is wrong with a JSON path in an object whose root is `root`; nothing if it leads somewhere."""
    if parts and parts[0].kind == "key" and parts[0].text in ("apiVersion", "kind"):
        return ""
    if parts and parts[0] == Part("key", "metadata"):
        known = len(parts) == 1 or parts[1].text in _METADATA
        return "" if known else f'metadata has no field "{parts[1].text}"'
    schema: Schema | None = Schema("object", root.go)
    for part in parts:
        if part.kind == "deep" or schema is None:
            return ""
        step = _descend(schema, part, types)
        if isinstance(step, str):
            return step
        schema = step
    return ""


def _descend(schema: Schema, part: Part, types: Types) -> Schema | None | str:
    """Return the schema behind one part, None where anything may stand, or what is wrong."""
    if schema.kind == "list":
        return (
            f'a list has no field "{part.text}"; write `[*]` or `[0]` before it'
            if part.kind == "key"
            else schema.element
        )
    if part.kind not in ("key", "wildcard"):
        return (
            f"`[{part.text}]` is for lists" if schema.kind != "basic" or schema.name not in ("any",) else None
        )
    if schema.kind == "map":
        return schema.element
    if schema.kind == "upstream" and schema.upstream is not None:
        known = [f.json for f in schema.upstream.fields]
        return (
            None
            if part.kind == "wildcard" or part.text in known
            else f'{schema.upstream.name} has no field "{part.text}"'
        )
    if schema.kind == "object":
        if part.kind == "wildcard":
            return None
        field = types.struct(schema).find(part.text)
        return field.schema if field else f'there is no field "{part.text}"'
    return (
        None
        if schema.name in ("any", "open object", "embedded resource")
        else f'a scalar has no field "{part.text}"'
    )


def fields_of(parts: tuple[str, ...], root: Struct, types: Types) -> tuple[Field, ...] | None:
    """Return the fields that a dotted path passes on its way through objects, or None if it leads elsewhere."""
    found: list[Field] = []
    struct: Struct | None = root
    for part in parts:
        field = struct.find(part) if struct else None
        if field is None:
            return None
        found.append(field)
        struct = types.struct(field.schema) if field.schema.kind == "object" else None
    return tuple(found)


def moved(
    path: tuple[str, ...], moves: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
) -> tuple[str, ...]:
    """Return where a path is on the other side of moves: the longest that is a beginning of it decides."""
    best = max((m for m in moves if path[: len(m[0])] == m[0]), key=lambda m: len(m[0]), default=None)
    return best[1] + path[len(best[0]) :] if best else path
