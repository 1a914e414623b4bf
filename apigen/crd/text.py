"""Plain data -> the text of a resource file, in the style of the documentation.

libyaml's emitter writes it, and quotes and folds what needs that: texts from a definition never become anything else.
Small mappings stand in one line, in braces.
"""

import io
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import events
from ruamel.yaml.cyaml import CEmitter  # type: ignore[attr-defined]

from apigen import scalars
from apigen.problems import ApigenError
from apigen.source import parse

_WIDTH = 110
_HEADER = "# yaml-language-server: $schema=../schemas/resource.json\n"
_SPACED = ("types", "versions", "conversions")
_BLOCK = frozenset({"versions", "fields", "types"})
_SPECIAL = frozenset("\x7f\x85\u2028\u2029\ufeff")


def text_of(document: dict[str, Any]) -> str:
    """Return the text of a resource file that says `document`."""
    out = io.StringIO()
    emitter = CEmitter(out, width=_WIDTH, allow_unicode=True)
    for event in _events(document):
        emitter.emit(event)
    lines = (
        f"\n{line}" if line.rstrip(":\n") in _SPACED else line
        for line in out.getvalue().splitlines(keepends=True)
    )
    text = _HEADER + "".join(lines)
    if parse(text.encode(), "").document != document:
        raise ApigenError("the file does not say what was imported", "this is a bug in apigen")
    return text


def _events(document: Any) -> Iterator[Any]:
    yield events.StreamStartEvent()
    yield events.DocumentStartEvent(explicit=False)
    yield from _value(document, 0, "", flow=False)
    yield events.DocumentEndEvent(explicit=False)
    yield events.StreamEndEvent()


def _value(value: Any, indent: int, key: str, *, flow: bool) -> Iterator[Any]:
    if isinstance(value, dict | list):
        flow = flow or ((key not in _BLOCK or not value) and _width(value) + indent + len(key) + 2 <= _WIDTH)
    if isinstance(value, dict):
        yield events.MappingStartEvent(None, None, True, flow_style=flow)
        for name, inner in value.items():
            yield _text(name, flow=True)
            yield from _value(inner, indent + 2, name, flow=flow)
        yield events.MappingEndEvent()
    elif isinstance(value, list):
        yield events.SequenceStartEvent(None, None, True, flow_style=flow)
        for item in value:
            yield from _value(item, indent + 2, "", flow=flow)
        yield events.SequenceEndEvent()
    elif isinstance(value, str):
        yield _text(value, flow=flow, room=_WIDTH - indent - len(key) - 2)
    else:
        yield events.ScalarEvent(None, None, (True, False), _scalar(value))


def _width(value: Any) -> int:
    """How many columns a value takes in one line; too many for what should not stand in one."""
    if isinstance(value, dict):
        if len(value.get("fields", ())) > 4 or "versions" in value:
            return _WIDTH + 1
        return 2 + sum(len(name) + 4 + _width(inner) for name, inner in value.items())
    if isinstance(value, list):
        return 2 + sum(2 + _width(item) for item in value)
    if isinstance(value, str):
        return _WIDTH + 1 if "\n" in value else len(value) + (0 if _is_plain(value) else 2)
    return len(_scalar(value))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else repr(value)


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes, for any reader of YAML."""
    return isinstance(scalars.plain(text), str) and text not in ("=", "<<") and ": " not in text


def _text(text: str, *, flow: bool, room: int = _WIDTH) -> Any:
    if _SPECIAL & set(text):
        style = '"'
    elif "\n" in text:
        style = '"' if flow else "|"
    elif len(text) > room and not flow:
        style = ">"
    else:
        style = "" if _is_plain(text) and "\t" not in text and not (flow and "," in text) else "'"
    return events.ScalarEvent(None, None, (style == "", True), text, style=style or None)
