"""The rules of a conversion as a person writes them -> paths in both versions, with what they say of them.

What is wrong with a rule by itself, or beside those before it, is a problem here; whether its paths lead
somewhere and its types fit, the pairing finds out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from apigen.conversionspec import AsSpec, RuleSpec
from apigen.model import Path
from apigen.paths import STAR, dotted, rule_path
from apigen.words import quoted

Names = tuple[str, ...]

_PATH_HINT = 'write names with dots, `*` for items, `["x.y"]` for a name with a dot'
_META_HINT = 'write metadata.annotations["name"] or metadata.labels["name"]'


@dataclass(frozen=True)
class As:
    """How a rule's values convert: the word of the language, its option, and whether its ends are exchanged."""

    how: str
    option: Any = None
    turned: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule as paths; what only one version has lacks the other. `where` is its place, not part of what it says."""

    source: Names | None
    target: Names | None
    where: Path = field(default=(), compare=False)
    how: As | None = None
    depth: int = 0
    """How many `*` at the end of both paths are left out: `how` is for the items."""
    drop: str = ""
    implied: bool = field(default=False, compare=False)
    """Whether no person wrote it: a list or map whose items another rule pairs."""

    def reversed(self) -> "Rule":
        """The same rule from the other version."""
        how = replace(self.how, turned=not self.how.turned) if self.how else None
        return replace(self, source=self.target, target=self.source, how=how)

    def inside(self, source: Names, target: Names) -> "Rule | None":
        """The rule as seen from a pair of ends inside of which it lies, or None."""
        ends: list[Names | None] = []  # metadata is in reach everywhere
        for path, start in ((self.source, source), (self.target, target)):
            if path is None or path[:1] == ("metadata",):
                ends.append(path)
            elif path[: len(start)] != start or (len(path) == len(start) and not self._union):
                return None
            else:
                ends.append(path[len(start) :])
        return replace(self, source=ends[0], target=ends[1])

    @property
    def _union(self) -> bool:
        return self.how is not None and self.how.how == "union"


@dataclass(frozen=True)
class Value:
    """What an object made through another version gets at a path of one version."""

    first: bool
    path: Names
    value: Any
    where: Path


@dataclass
class Rules:
    """The rules of one conversion: those of paths, those of types, and the values of new objects."""

    paths: tuple[Rule, ...] = ()
    types: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    values: tuple[Value, ...] = ()

    def reversed(self) -> "Rules":
        """The same rules from the other version."""
        types = {name: tuple(r.reversed() for r in rules) for name, rules in self.types.items()}
        values = tuple(replace(v, first=not v.first) for v in self.values)
        return Rules(tuple(r.reversed() for r in self.paths), types, values)


Add = Callable[..., None]
"""Reports a problem: path, message, hint, and whether the key is meant."""


@dataclass
class Reader:
    """Reads the rules of one conversion."""

    add: Add
    values: list[Value] = field(default_factory=list)

    def read(self, specs: list[RuleSpec], where: Path) -> Rules:
        """Return what the rules at `where` say. Those that are wrong are reported and left out."""
        types: dict[str, tuple[Rule, ...]] = {}
        plain: list[tuple[RuleSpec, Path]] = []
        for i, spec in enumerate(specs):
            at = (*where, i)
            if spec.type is None and spec.rules is None:
                plain.append((spec, at))
            elif spec.type is None or spec.rules is None or self._has_more(spec):
                message = "a rule of a type has `type` and `rules`, and nothing else"
                self.add(at, message, "write {type: NAME, rules: [...]}")
            elif spec.type in types:
                self.add((*at, "type"), f"there are rules for {quoted(spec.type)} already", "put them there")
            else:
                inner = [(r, (*at, "rules", j)) for j, r in enumerate(spec.rules)]
                types[spec.type] = self._paths(inner, root=False)
        return Rules(self._paths(plain, root=True), types, tuple(self.values))

    def _has_more(self, spec: RuleSpec) -> bool:
        return bool(spec.model_fields_set - {"type", "rules"})

    def _paths(self, specs: list[tuple[RuleSpec, Path]], *, root: bool) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for spec, at in specs:
            for rule in self._rules(spec, at, root=root):
                if self._fits(rule, rules, root=root):
                    rules.append(rule)
        return self._without_clashes(with_containers(tuple(rules)))

    def _rules(self, spec: RuleSpec, at: Path, *, root: bool) -> Iterator[Rule]:
        """Yield the rules that one entry stands for: one, or one for each path of a list."""
        if spec.type is not None or spec.rules is not None:
            self.add(at, "a rule of a type stands among other rules of a type", "put it beside them")
            return
        if spec.from_ is None and spec.to is None:
            self.add(at, "the rule has neither `from` nor `to`", "write one of them, or both")
            return
        if isinstance(spec.from_, list | None) or isinstance(spec.to, list | None):
            yield from self._one_sided(spec, at, root=root)
            return
        source, target = self._path(spec.from_, (*at, "from")), self._path(spec.to, (*at, "to"))
        how = self._how(spec.as_, (*at, "as"))
        if spec.drop is not None:
            message = "`drop` is for fields that one version has and the other has not"
            self.add((*at, "drop"), message, "leave out `from` or `to`", key=True)
        if source is None or target is None:
            return
        self._value(spec, at, source, target)
        depth = 0
        while source[-1] == target[-1] == STAR:  # to pair all items is to pair what they are in
            source, target, depth = source[:-1], target[:-1], depth + 1
        yield Rule(source, target, at, how, depth if how else 0)

    def _one_sided(self, spec: RuleSpec, at: Path, *, root: bool) -> Iterator[Rule]:
        if spec.from_ is not None and spec.to is not None:
            message = "a list of paths is for what one version alone has"
            self.add(at, message, "write a rule for each pair, or leave out `from` or `to`")
            return
        if spec.as_ is not None:
            self.add((*at, "as"), "`as` needs both `from` and `to`", "write the other path", key=True)
        key, given = ("from", spec.from_) if spec.from_ is not None else ("to", spec.to)
        texts = given if isinstance(given, list) else [given]
        for i, text in enumerate(texts):
            place = (*at, key, i) if isinstance(given, list) else (*at, key)
            path = self._path(text or "", place)
            if path is None:
                continue
            ends = (path, None) if key == "from" else (None, path)
            if "value" in spec.model_fields_set:
                self.values.append(Value(key == "from", path, spec.value, (*at, "value")))
            where = place if isinstance(given, list) else at
            yield Rule(ends[0], ends[1], where, drop=spec.drop or "")

    def _value(self, spec: RuleSpec, at: Path, source: Names, target: Names) -> None:
        """Note what a pair's ends get in new objects."""
        if "value" not in spec.model_fields_set:
            return
        given = spec.value
        if not isinstance(given, dict) or not given or set(given) - {"from", "to"}:
            hint = "write `value: {from: ..., to: ...}`, with one of the two or both"
            self.add((*at, "value"), "the value of which version?", hint, key=True)
            return
        for key, path in (("from", source), ("to", target)):
            if key in given:
                self.values.append(Value(key == "from", path, given[key], (*at, "value", key)))

    def _path(self, text: str, place: Path) -> Names | None:
        path = rule_path(text)
        if path is None:
            self.add(place, f"{quoted(text)} is no path", _PATH_HINT)
        return path

    def _how(self, given: str | AsSpec | None, at: Path) -> As | None:
        if given is None:
            return None
        if isinstance(given, str):
            return As(given)
        keys = sorted(given.model_fields_set)
        if len(keys) != 1:
            self.add(at, "`as` says one thing", "write one key, such as {duration: seconds}")
            return None
        option = getattr(given, keys[0])
        names = {"each_to": "eachTo", "map_to": "mapTo"}
        how = names.get(keys[0], keys[0])
        if option is None:
            self.add((*at, how), f"`{how}` says nothing", "give it a value, or leave out `as`", key=True)
            return None
        if how == "text":
            return As(option)
        if how == "enum":
            listed = ((one, other if isinstance(other, list) else [other]) for one, other in option.items())
            return As(how, tuple((one, word) for one, words in listed for word in words))
        if how == "go" and not re.fullmatch("[A-Z][A-Za-z0-9]*", option):
            self.add(
                (*at, "go"), f"{quoted(option)} is no name in Go", "such as Schedule: letters and digits"
            )
            return None
        if how == "mapTo":
            return As(how, (option.key, option.value))
        if how == "union":
            return As(how, (option.discriminator, option.value, tuple(option.cases.items())))
        return As(how, option)

    def _fits(self, rule: Rule, before: list[Rule], *, root: bool) -> bool:
        """Whether a rule is one by itself and beside those before it; reports why it is not."""
        source, target, at = rule.source, rule.target, rule.where
        if source and target:
            if source.count(STAR) != target.count(STAR):
                message = "`*` stands in one path more often than in the other"
                self.add(at, message, "a `*` of one path goes with a `*` of the other")
                return False
            if root and (source[0] == "status") != (target[0] == "status"):
                message = "a rule cannot cross from status to another root field"
                self.add(at, message, "who writes the one may not write the other")
                return False
        for key, end in (("from", source), ("to", target)):
            if end is None:
                continue
            if root and not self._may_name(end, (*at, key), one_sided=source is None or target is None):
                return False
            if any((r.source if key == "from" else r.target) == end for r in before):
                place = at if source is None or target is None else (*at, key)
                self.add(place, f"another rule has {dotted(end)} already", "leave out one of the two")
                return False
        return True

    def _may_name(self, end: Names, at: Path, *, one_sided: bool) -> bool:
        if end[0] in ("apiVersion", "kind"):
            self.add(at, f"{end[0]} is not for rules", "leave the rule out")
            return False
        if end[0] != "metadata":
            return True
        if one_sided:
            self.add(at[:-1], "all versions have the same metadata", "leave the rule out")
            return False
        if len(end) != 3 or end[1] not in ("annotations", "labels") or end[2] == STAR:
            self.add(at, f"{dotted(end)} is not for rules", _META_HINT)
            return False
        return True

    def _without_clashes(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Leave out what pairs a list or map with a second one; report it."""
        out: list[Rule] = []
        for rule in rules:
            other = next((r for r in out if rule.implied and (r.source, r.target) != (rule.source, rule.target)
                          and (r.source == rule.source or r.target == rule.target)), None)  # fmt: skip
            if other is None:
                out.append(rule)
                continue
            pairs = [f"{dotted(r.source or ())} with {dotted(r.target or ())}" for r in (rule, other)]
            message = f"the rule pairs {pairs[0]}, and another rule {pairs[1]}"
            self.add(rule.where, message, "the items of one list or map stay together")
        return tuple(out)


def with_containers(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Add the rules that others imply: what the same `*` of both paths stands in, is paired."""
    known = {(r.source, r.target) for r in rules}
    out = list(rules)
    for rule in rules:
        if rule.source is None or rule.target is None:
            continue
        for i, j in zip(_stars(rule.source), _stars(rule.target), strict=True):
            pair = rule.source[:i], rule.target[:j]
            if pair[0] != pair[1] and pair not in known and pair[0][-1] != STAR:
                known.add(pair)
                out.append(Rule(*pair, rule.where, implied=True))
    return tuple(out)


def _stars(path: Names) -> list[int]:
    return [i for i, part in enumerate(path) if part == STAR]
