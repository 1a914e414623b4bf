"""What an unquoted word in a spec means: the core schema of YAML 1.2, less what others read otherwise."""

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why a scalar is refused, and what to write instead."""

    message: str
    hint: str


Scalar = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# The largest float has 309 digits; Python itself will not convert much longer ones.
_MAX_DIGITS = 400

_YES_NO = re.compile(r"(?:y|yes|on|n|no|off)", re.IGNORECASE)
_OTHERWISE = (
    (re.compile(r"[-+]?0[0-9_]+"), "an octal number to some readers of YAML"),
    (re.compile(r"(?=.*_)[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?"), "a number to some readers of YAML"),
    (re.compile(r"[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+"), "a number to some readers of YAML"),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
        "a number in base 60 to some readers of YAML",
    ),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), "a date to some readers of YAML"),
    (
        re.compile(
            r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
            r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
        ),
        "a time to some readers of YAML",
    ),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "no number that JSON has"),
)
# Whatever does not start like this is text; most words in a spec are.
_SUSPECT = frozenset("0123456789+-.~nNtTfFyYoO")


def plain(word: str) -> Scalar | Refusal:
    """Return the value of an unquoted `word`, or why it is refused."""
    if word and word[0] not in _SUSPECT:
        return word
    if word in _WORDS:
        return _WORDS[word]
    if _YES_NO.fullmatch(word):
        value = "true" if word.lower() in ("y", "yes", "on") else "false"
        return Refusal(
            f"{word} is a boolean to some readers of YAML", f'write {value}, or quote it: "{word}"'
        )
    return _number(word)


def _number(word: str) -> Scalar | Refusal:
    """The value of a word that may be a number or look like one."""
    if _INTEGER.fullmatch(word):
        if len(word) > _MAX_DIGITS:
            return Refusal(f"a number of more than {_MAX_DIGITS} digits", "quote it if it is text")
        return int(word, 0)
    for pattern, meaning in _OTHERWISE:
        if pattern.fullmatch(word):
            return Refusal(f"{cut(word)} is {meaning}", f'quote it: "{cut(word)}"')
    if not _FLOAT.fullmatch(word):
        return word
    value = float(word)
    if math.isfinite(value):
        return value
    return Refusal("a number too large for a float", "quote it if it is text")


def key(word: str) -> str | Refusal:
    """Return an unquoted `word` as a key, or why it cannot be one; `on`, `no` and `y` can."""
    if word == "<<":
        return Refusal("merge key <<: apigen specs have no aliases", "write the keys out")
    if _YES_NO.fullmatch(word):
        return word
    value = plain(word)
    if isinstance(value, str | Refusal):
        return value
    kinds = {bool: "a boolean", type(None): "null"}
    kind = kinds.get(type(value), "a number")
    return Refusal(f"a key is text, not {kind}", f'quote it: "{cut(word)}"')


def cut(word: str) -> str:
    """Return `word` short enough for a message."""
    return word if len(word) <= 80 else word[:80] + "..."
