"""Words for messages: what a person calls a value, a text cut to a bearable length, the nearest known word."""

import difflib
from collections.abc import Sequence
from typing import Any

from apigen.scalars import cut


def quoted(text: str) -> str:
    """Return `text` in double quotes, a long one cut."""
    return f'"{cut(text)}"'


def called(value: Any) -> str:
    """Return what a person calls a value of a spec: `the number 3`, `the text "x"`, `a list`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {cut(str(value))}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
    return "a mapping"


def nearest(word: str, known: Sequence[str]) -> str:
    """Return a hint with the known word that is nearest to `word`, or nothing."""
    same = [k for k in known if k.lower() == word.lower()]
    found = same or difflib.get_close_matches(word[:100], known, 1, 0.6)
    return f'did you mean "{found[0]}"?' if found else ""


def choices(word: str, known: Sequence[str], of: str) -> str:
    """Return a hint with the nearest known word or, if none is near, with the first of all of them."""
    few = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return nearest(word, known) or (f"{of}: {few}" if known else "")
