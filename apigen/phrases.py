"""Type phrases: `list of Server`, `map of list of string`, `core/v1.PodSpec`."""

import difflib
import re
from dataclasses import dataclass

from apigen.gotypes import BASICS, NEAR_MISSES

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]*$")
_UPSTREAM = re.compile(r"^[a-z][a-z0-9.]*/v[0-9][a-z0-9]*\.[A-Z][A-Za-z0-9]*$")


@dataclass(frozen=True)
class Phrase:
    """A parsed type phrase: `outer` are the words list and map from outside in; `inner` is what they hold.

    `inner` is a word of the language, the name of a type, or "object" where `fields` must follow.
    """

    outer: tuple[str, ...]
    inner: str


def parse(text: str) -> Phrase | str:
    """Return the phrase, or a hint that says what is wrong with it."""
    outer: list[str] = []
    rest = " ".join(text.split())
    while match := re.match(r"^(list|map) of (.*)$", rest):
        outer.append(match[1])
        rest = match[2]
    if rest in BASICS or rest == "object" or _NAME.match(rest) or _UPSTREAM.match(rest):
        if rest in NEAR_MISSES or (rest == "object" and not outer):
            return _near_miss(rest)
        return Phrase(tuple(outer), rest)
    if rest.startswith("[]") or rest.endswith("[]"):
        return f"write `list of {rest.strip('[]') or 'string'}`"
    if rest.startswith(("map[", "Map<", "map<")):
        return "write `map of T`; keys are always text"
    if rest.startswith("*"):
        return f"write `{rest.lstrip('*')}`: a field that is not required may be absent"
    return _near_miss(rest)


def _near_miss(word: str) -> str:
    if word == "object":
        return "write `fields:` instead of a type, `map of T` for free keys, or `open object` for any content"
    return f"write `{NEAR_MISSES[word]}`" if word in NEAR_MISSES else ""


def nearest(word: str, declared: list[str], upstream: tuple[str, ...]) -> str:
    """Return a hint for a type that does not exist: the nearest known one, or the words there are."""
    if hint := _near_miss(word.lower()):
        return hint
    known = [*BASICS, *declared, *(n for n in upstream if "/" not in n or "/" in word)]
    found = difflib.get_close_matches(word, known, 1, 0.6)
    if found:
        return f'did you mean "{found[0]}"?'
    words = ", ".join([*BASICS, *declared])
    return f"types: {words}, list of T, map of T, and upstream types such as Condition or core/v1.PodSpec"
