"""Type phrases: `list of Server`, `map of list of string`, `core/v1.PodSpec`."""

import re
from dataclasses import dataclass

from apigen.gotypes import BASICS, NEAR_MISSES
from apigen.words import nearest as nearest_word

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]*\Z")
_UPSTREAM = re.compile(r"^[a-z][a-z0-9.]*/v[0-9][a-z0-9]*\.[A-Z][A-Za-z0-9]*\Z")


_MAX_DEPTH = 8


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
        if len(outer) > _MAX_DEPTH:
            return f"at most {_MAX_DEPTH} lists and maps in each other"
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


def nearest(phrase: str, declared: list[str], upstream: tuple[str, ...]) -> str:
    """Return a hint for a type that does not exist: the nearest known one, or the words there are."""
    word = phrase.split()[-1] if phrase.strip() else ""
    if word in ("of", "list", "map") or not word:
        return "say of what, such as `list of string`"
    upstream = tuple(n for n in upstream if "/" in n or "." not in n)  # the others have words of the language
    known = [*declared, *BASICS, *(n for n in upstream if "/" not in n or "/" in word)]
    elsewhere = [n for n in upstream if n.rpartition(".")[2] == word]
    if hint := _near_miss(word.lower()) or nearest_word(word, elsewhere[:1] or known):
        return hint
    if found := nearest_word(word, list(NEAR_MISSES)):
        return _near_miss(found.split('"')[1])
    words = ", ".join([*BASICS, *declared[:12]])
    return f"types: {words}, list of T, map of T, and upstream types such as Condition or core/v1.PodSpec"
