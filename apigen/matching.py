"""Texts that may match a regular expression: candidates, to be tried by RE2. Python's own parser takes it apart."""

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./_: "
# What RE2 writes otherwise than Python.
_OTHERWISE = (
    ("[[:alpha:]]", "[a-zA-Z]"), ("[[:alnum:]]", "[a-zA-Z0-9]"), ("[[:digit:]]", "[0-9]"), ("[:alpha:]", "a-zA-Z"),
    ("[:alnum:]", "a-zA-Z0-9"), ("[:digit:]", "0-9"), ("[:lower:]", "a-z"), ("[:upper:]", "A-Z"), ("\\z", "$"),
    ("\\pL", "a-z"), ("\\pN", "0-9"), ("\\p{L}", "a-z"), ("\\p{N}", "0-9"), ("(?i)", ""), ("(?s)", ""), ("(?m)", ""),
)  # fmt: skip


def matching(pattern: str, least: int) -> Iterator[str]:
    """Yield texts that may match a pattern: with more or less of what repeats, other branches, other characters."""
    for one, other in _OTHERWISE:
        pattern = pattern.replace(one, other)
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return
    for repeats, branch, char in product((0, 1, 2, 3, least), range(4), range(40)):
        try:
            yield "".join(_Maker(repeats, branch, char).of(tree))
        except ValueError:
            return


class _Maker:
    """Makes one text of a parsed pattern. ValueError says that the pattern has something that RE2 has not."""

    def __init__(self, repeats: int, branch: int, char: int) -> None:
        self.repeats, self.branch, self.char = repeats, branch, char

    def of(self, tree: Any) -> Iterator[str]:
        for what, of in tree:
            if what is op.LITERAL:
                yield chr(of)
            elif what is op.NOT_LITERAL:
                yield self._pick([(op.NEGATE, None), (op.LITERAL, of)])
            elif what is op.ANY:
                yield self._pick([(op.RANGE, (97, 122))])
            elif what is op.IN:
                yield self._pick(of)
            elif what in (op.MAX_REPEAT, op.MIN_REPEAT):
                low, high, inner = of
                for _ in range(min(max(low, self.repeats), high, 4096)):
                    yield from self.of(inner)
            elif what is op.SUBPATTERN:
                yield from self.of(of[-1])
            elif what is op.BRANCH:
                yield from self.of(of[1][self.branch % len(of[1])])
            elif what is not op.AT:
                raise ValueError(what)

    def _pick(self, members: list[Any]) -> str:
        """A character of a class, or one outside of it if it is negated."""
        negated = members[0][0] is op.NEGATE
        fit = [c for c in _ALPHABET if any(_holds(m, c) for m in members if m[0] is not op.NEGATE) != negated]
        if not fit and not negated:
            fit = [
                chr(of if what is op.LITERAL else of[0]) for what, of in members if what is not op.CATEGORY
            ]
        if not fit:
            raise ValueError(members)
        return fit[self.char % len(fit)]


_CATEGORIES: dict[Any, Callable[[str], bool]] = {op.CATEGORY_DIGIT: str.isdigit, op.CATEGORY_SPACE: str.isspace,
               op.CATEGORY_WORD: lambda c: c.isalnum() or c == "_"}  # fmt: skip
_NOT = {op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT, op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
        op.CATEGORY_NOT_WORD: op.CATEGORY_WORD}  # fmt: skip


def _holds(member: Any, char: str) -> bool:
    what, of = member
    if what is op.LITERAL:
        return bool(ord(char) == of)
    if what is op.RANGE:
        return bool(of[0] <= ord(char) <= of[1])
    if of in _NOT:
        return not _CATEGORIES[_NOT[of]](char)
    return bool(_CATEGORIES[of](char))
