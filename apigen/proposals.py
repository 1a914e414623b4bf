"""Which rule a field without a home, or a pair that differs in type, seems to want: by names, types, values, units."""

import difflib
import re
from dataclasses import dataclass, replace

from apigen.ends import Lost, describe
from apigen.gotypes import INTEGERS, NUMBERS
from apigen.model import Field, Schema, Types
from apigen.paths import STAR
from apigen.rules import Names
from apigen.yamltext import flow

_MAX_MEMBERS = 50
_UNITS = {
    "milliseconds": ("milliseconds", "millis", "msec", "ms"),
    "minutes": ("minutes", "mins"),
    "hours": ("hours",),
    "seconds": ("seconds", "secs", "sec"),
}
_SUFFIX = re.compile(f"({'|'.join(w for words in _UNITS.values() for w in words)})$")
_OPPOSITES = re.compile(
    r"^(dis|en)able|^(un|no|not|non|skip|in)(?=[a-z])|(en|dis)abled$|^paused$|^suspended?$"
)


@dataclass(frozen=True)
class Proposal:
    """A rule that seems meant: its ends, and what it says besides them, such as `as: not`."""

    one: Names
    other: Names
    rest: str


def with_members(lost: Lost, types: Types) -> list[Lost]:
    """A lost field and, if it is an object, the fields in it: a rule may move one of them."""
    found, at = [lost], 0
    while at < len(found) and len(found) < _MAX_MEMBERS:
        one = found[at]
        if one.of.schema.kind == "object" and len(one.path) < len(lost.path) + 3:
            fields = types.struct(one.of.schema).named
            found += [replace(one, path=(*one.path, f.json), of=f) for f in fields]
        at += 1
    return found


@dataclass(frozen=True)
class Proposer:
    """Compares fields of one version with those of another. `turned`: the rule names the other version first."""

    types: tuple[Types, Types]
    turned: bool = False

    def rule(
        self, ones: list[Lost], candidates: list[Lost], lost: list[Lost], compare: bool
    ) -> Proposal | None:
        """The likeliest rule for the first of `ones`, or else for a field in it.

        Without `compare` only fields of the same name are looked at.
        """
        for one in ones:
            if best := self._likeliest(one, candidates, lost, compare):
                return Proposal(one.path, best.path, self.how(one.of, best.of) or "")
        return None

    def _likeliest(self, one: Lost, candidates: list[Lost], lost: list[Lost], compare: bool) -> Lost | None:
        """The candidate whose name or description is nearest, and of those the nearest place.

        One of the same type is nearer than one that needs converting. A type that only one field has on either
        side is near enough.
        """
        near = [c for c in candidates if _comparable(c, one) and (compare or c.of.json == one.of.json)]
        scored = [
            (score, _together(one.path, c.path), c.path, c)
            for c in near
            if (score := self._score(one, c)) is not None
        ]
        best = max(scored, key=lambda s: s[:3], default=None)
        if best is None:
            return None
        only = [c for c in near if _same_type(c, one)] == [best[3]]
        return (
            best[3] if best[0] >= 0.5 or (only and sum(_alike(rival, one) for rival in lost) == 1) else None
        )

    def _score(self, one: Lost, other: Lost) -> float | None:
        """How near two fields are, from 0 to 1; None where no rule could pair them."""
        if _same_type(one, other):
            return _nearness(one.of, other.of)
        score = _nearness(one.of, other.of, bare=True) - 0.1
        return score if score >= 0.5 and self.how(one.of, other.of) is not None else None

    def how(self, one: Field, other: Field) -> str | None:
        """What a rule for two fields has to say of their types: nothing, `as: ...`; None if there is no such rule."""
        first, second = (other, one) if self.turned else (one, other)
        types = self.types[::-1] if self.turned else self.types
        a, b = first.schema, second.schema
        if describe(a) == describe(b):
            return self._same(first, second)
        for (x, y), (mine, theirs) in (((first, second), types), ((second, first), types[::-1])):
            if found := _converted(x, y, mine, theirs):
                return found
        return None

    def _same(self, first: Field, second: Field) -> str:
        if first.schema.word == "bool" and _opposite(first.json, second.json):
            return "as: not"
        words = [[str(c.value) for c in f.schema.enum] for f in (first, second)]
        if all(words) and set(words[0]) != set(words[1]):
            return f"as: {{enum: {flow(_matched(*words))}}}"
        return ""


def _converted(one: Field, other: Field, mine: Types, theirs: Types) -> str:
    """What a rule says of two fields of different types, the first of the simpler one."""
    a, b = one.schema, other.schema
    scalar, word = a.kind in ("basic", "named"), a.word
    if b.kind == "object":
        return _around(a, b, theirs, "wrap") if scalar else ""
    if b.kind == "list":
        item = b.element
        if a.kind == "list":
            return _around(a.element, item, theirs, "eachTo") if item.kind == "object" else ""
        if a.kind == "map" and item.kind == "object":
            return _entries(a, b, theirs)
        if describe(a) == describe(item) or word == "any":
            return "as: list"
        return 'as: {split: ","}' if word == item.word == "string" else ""
    return _scalars(word, b.word, f"{one.json} {other.json}") if scalar else ""


def _scalars(a: str, b: str, names: str) -> str:
    if a == "duration" and b in INTEGERS:
        return f"as: {{duration: {_unit(names)}}}"
    if {a, b} == {"int32", "int64"}:
        return "as: width"
    if b == "string" and a in ("bool", *NUMBERS):
        return "as: text"
    return "as: {scale: 1000}" if a == "quantity" and b in INTEGERS else ""


def _unit(names: str) -> str:
    for name in names.split():
        for unit, endings in _UNITS.items():
            if name.lower().endswith(endings):
                return unit
    return "seconds"


def _around(value: Schema, around: Schema, types: Types, how: str) -> str:
    """The field of an object that may hold a value: the first one of its type, one that is required before others."""
    if around.kind != "object":
        return ""
    fields = [f for f in types.struct(around).named if describe(f.schema) == describe(value)]
    best = next((f for f in fields if f.required), fields[0] if fields else None)
    return f"as: {{{how}: {best.json}}}" if best else ""


def _entries(entries: Schema, items: Schema, types: Types) -> str:
    fields = types.struct(items.element).named
    names = [f.json for f in fields if f.schema.word == "string" and f.schema.kind in ("basic", "named")]
    keys = [
        *(k for k in items.list_map_keys if k in names),
        *(n for n in ("key", "name") if n in names),
        *names,
    ]
    if not keys:
        return ""
    values = [f.json for f in fields if f.json != keys[0] and describe(f.schema) == describe(entries.element)]
    if entries.element.kind == "object" and not values:
        return f"as: {{mapTo: {{key: {keys[0]}}}}}"
    return f"as: {{mapTo: {{key: {keys[0]}, value: {values[0]}}}}}" if values else ""


def _matched(ones: list[str], others: list[str]) -> dict[str, str]:
    """The words of one enum and, of the other, those that look most like them."""
    left = [o for o in others if o not in ones]
    found: dict[str, str] = {}
    for one in (o for o in ones if o not in others):
        best = max(left or others, key=lambda other: (_ratio(one, other), -others.index(other)))
        found[one] = best
        left = [o for o in left if o != best]
    return found


def _opposite(one: str, other: str) -> bool:
    """Whether the names of two booleans seem to say the opposite of each other."""
    return bool(_OPPOSITES.search(one.lower())) != bool(_OPPOSITES.search(other.lower())) or (
        {one.lower()[:2], other.lower()[:2]} == {"en", "di"}
    )


def _comparable(one: Lost, other: Lost) -> bool:
    """Whether a rule may lead from one place to the other."""
    if (one.path[0] == "status") != (other.path[0] == "status"):
        return False
    return one.path.count(STAR) == other.path.count(STAR)


def _same_type(one: Lost, other: Lost) -> bool:
    return describe(one.of.schema) == describe(other.of.schema)


def _alike(one: Lost, other: Lost) -> bool:
    return _comparable(one, other) and _same_type(one, other)


def _nearness(one: Field, other: Field, *, bare: bool = False) -> float:
    """How alike the names or the descriptions of two fields are; `bare` names have no unit and no plural ending."""
    names = [f.json.lower() for f in (one, other)]
    if bare:
        names = [_SUFFIX.sub("", name).removesuffix("s") or name for name in names]
    score = 0.9 if bare and (names[0] in names[1] or names[1] in names[0]) else _ratio(*names)
    texts = one.schema.description[:200], other.schema.description[:200]
    return max(score, _ratio(*texts)) if all(texts) else score


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _together(one: Names, other: Names) -> int:
    """How many parts two paths have in common at their beginnings."""
    return next(
        (i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other))
    )
