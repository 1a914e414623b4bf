"""Regular expressions as Go and CustomResourceDefinitions have them: RE2's own library, which is quiet here."""

import functools
from typing import Any

import re2


@functools.cache
def compiled(pattern: str) -> Any:
    """Return a compiled pattern. Raises re2.error, whose first argument says why there is none."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches somewhere in a text."""
    return bool(compiled(pattern).search(text))


def fault(pattern: str) -> str:
    """Why a pattern does not compile, or nothing."""
    try:
        compiled(pattern)
    except re2.error as e:
        reason = e.args[0] if e.args else "it is wrong"
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return ""
