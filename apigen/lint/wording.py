"""The words that a name is made of: `ip-address`, `ipAddress` and `IPAddress` are ip and address; `numCPUs` has two."""

import re
from collections.abc import Mapping

_WORDS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name, in lower case."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def camel(name: str, other: Mapping[str, str] | None = None, *, end: str = "") -> str:
    """Return a name in camelCase, with `other` words in place of some, and with one more at its end.

    Capitals within it stay: they may be an acronym.
    """
    parts = [(other or {}).get(word.lower(), word) for word in _WORDS.findall(name)] + [end] * bool(end)
    return "".join(part[:1].upper() + part[1:] if i else part.lower() for i, part in enumerate(parts))
