"""What the pairing of two versions leaves open: fields without a home, pairs that differ, rules that pair nothing.

Each is a problem with a proposed rule, written in the direction of the spec's own conversion.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from apigen.checks import Problems
from apigen.ends import Difference, Lost, describe, pair_text
from apigen.load import Loaded
from apigen.model import ABSENT, Field, Path, Struct
from apigen.pairing import Pairing
from apigen.paths import dotted, rule_fault
from apigen.proposals import Proposer, with_members
from apigen.rules import Names, Rules
from apigen.spec import ResourceSpec
from apigen.words import nearest

_RECURSIVE = "its type contains itself: write a rule for the type, {type: NAME, rules: [...]}"
_TYPES = "say how they convert by `as:` in a rule, such as {duration: seconds} or {go: Name}"
# Above this many comparisons only fields of the same name are proposed.
_MAX_COMPARED = 2500


@dataclass(frozen=True)
class Joint:
    """A version, its neighbour on the way to the storage version, and the rules from the first to the second.

    `where` is the conversion's place, or the version's if there is none; `forward` says that the spec's own
    conversion goes in this direction.
    """

    version: str
    neighbour: str
    rules: Rules
    where: Path
    forward: bool


def report(
    problems: Problems, resource: Loaded[ResourceSpec], joint: Joint, pairing: Pairing, a: Struct, b: Struct
) -> None:
    """Report all that a pairing of the roots `a` and `b` leaves open."""
    _Report(problems, resource, joint, pairing).run(a, b)


@dataclass(frozen=True)
class _Report:
    problems: Problems
    resource: Loaded[ResourceSpec]
    joint: Joint
    pairing: Pairing

    def run(self, a: Struct, b: Struct) -> None:
        explained = set(self._faults(a, b))
        self._unused()
        for difference in self.pairing.differences:
            self._difference(difference)
        joint, pairing = self.joint, self.pairing
        self._lost(joint.version, joint.neighbour, pairing.lost_source, pairing.lost_target, explained)
        self._lost(joint.neighbour, joint.version, pairing.lost_target, pairing.lost_source, explained)

    def _add(self, path: Path, message: str, hint: str, *, key: bool = False) -> None:
        self.problems.add(self.resource.source, path, message, hint, key=key)

    def _faults(self, a: Struct, b: Struct) -> Iterator[Names]:
        """Report the paths of rules that lead nowhere; yield the lost fields that they mean, it seems."""
        keys = ("from", "to") if self.joint.forward else ("to", "from")
        pairing, joint = self.pairing, self.joint
        for rule in joint.rules.paths:
            if rule.implied:
                continue
            ends = (
                (keys[0], rule.source, joint.version, a, pairing.source, pairing.lost_source),
                (keys[1], rule.target, joint.neighbour, b, pairing.target, pairing.lost_target),
            )
            for key, path, version, root, types, lost in ends:
                if path is None or path[0] == "metadata":
                    continue
                if fault := rule_fault(path, root, types):
                    lacks = "has no field" in fault[0]
                    near = nearest(dotted(path), [dotted(one.path) for one in lost]) if lacks else ""
                    place = rule.where if rule.where[-2:-1] == (key,) else (*rule.where, key)
                    self._add(place, f"in {version} {fault[0]}", near or fault[1])
                    pairing.used.add(rule.where)
                    yield from (one.path for one in lost if f'"{dotted(one.path)}"' in near)

    def _unused(self) -> None:
        valued = {value.where[:-1] for value in self.joint.rules.values}
        rules = [*self.joint.rules.paths, *chain(*self.joint.rules.types.values())]
        for rule in rules:
            if rule.implied or rule.where in self.pairing.used or rule.where in valued:
                continue
            if rule.source is None or rule.target is None:
                path = dotted(rule.source or rule.target or ())
                message = f"the rule says nothing: another rule or a pair of fields has {path}"
                self._add(rule.where, message, "leave it out")
                continue
            ends = f"{dotted(rule.source)} and {dotted(rule.target)}"
            message = f"the rule pairs nothing: {ends} do not stand in a pair of objects, lists or maps"
            self._add(rule.where, message, "pair what they stand in by a rule too")

    def _difference(self, found: Difference) -> None:
        one, other = found.ends
        paths = (
            f"{self.joint.version} {dotted(found.source)} and {self.joint.neighbour} {dotted(found.target)}"
        )
        if found.what == "types":
            types = f"{describe(one.schema)} and {describe(other.schema)}"
            message, hint = f"{paths} differ in type: {types}", self._converting(found)
        elif found.what == "unknown":
            path = dotted(found.source or found.target) or "the root"
            ends = f"one of {self.joint.version} and {self.joint.neighbour}"
            message = f"{path} keeps unknown fields in {ends} only"
            hint = "say preserveUnknownFields in both, at objects that are paired, or in neither"
        elif found.what == "defaults":
            defaults = f"{_default(one)} and {_default(other)}"
            message = f"{paths} differ in their defaults: {defaults}"
            hint = f"if that is meant, say so by a rule: {self._rule(found.source, found.target)}"
        else:
            types = f"{describe(one.schema)} and {describe(other.schema)}"
            how = found.rule.how.how if found.rule and found.rule.how else ""
            message, hint = f"`{how}` does not fit {types}: {found.what}", "take another rule, or {go: Name}"
        place, key = (found.rule.where, False) if found.rule else (self._place(one), True)
        self._add(place, message, hint, key=key)

    def _converting(self, found: Difference) -> str:
        """A hint on how two fields of different types may convert."""
        rest = self._proposer(self.joint.version).how(*found.ends)
        if not rest:
            return _TYPES
        return f"perhaps a rule: {self._rule(found.source, found.target, rest)}"

    def _proposer(self, version: str) -> Proposer:
        types = self.pairing.source, self.pairing.target
        mine = version == self.joint.version
        return Proposer(types if mine else types[::-1], turned=mine != self.joint.forward)

    def _lost(
        self, version: str, other: str, lost: list[Lost], candidates: list[Lost], explained: set[Names]
    ) -> None:
        """Report the fields of one version that have no home in the other."""
        compare = len(lost) * len(candidates) <= _MAX_COMPARED
        mine, theirs = self.pairing.source, self.pairing.target
        if version != self.joint.version:
            mine, theirs = theirs, mine
        all_lost, inside = [*lost], list(chain(*(with_members(c, theirs) for c in candidates)))
        for one in lost:
            if one.path in explained:
                continue
            alone = "from" if (version == self.joint.version) == self.joint.forward else "to"
            hint = f"if {version} alone has it, say so by a rule: {{{alone}: {dotted(one.path)}}}"
            if one.recursive:
                hint = _RECURSIVE
            elif found := self._proposer(version).rule(with_members(one, mine), inside, all_lost, compare):
                ends = (found.one, found.other) if version == self.joint.version else (found.other, found.one)
                hint = f"perhaps a rule: {self._rule(*ends, found.rest)}"
            message = f"{version} {dotted(one.path)} has no home in {other}: its value would be lost"
            self._add(self._place(one.of), message, hint, key=True)

    def _rule(self, source: Names, target: Names, rest: str = "") -> str:
        """A rule as the spec's own conversion would write it."""
        text = pair_text(source, target) if self.joint.forward else pair_text(target, source)
        return f"{text[:-1]}, {rest}}}" if rest else text

    def _place(self, of: Field) -> Path:
        """Where a field is declared, or where the conversion is if that is in a shared file."""
        spec = self.resource.spec
        mine = of.where[:1] == ("versions",) or (len(of.where) > 1 and of.where[1] in spec.types)
        return of.where if mine else self.joint.where


def _default(of: Field) -> str:
    return "none" if of.schema.default is ABSENT else json.dumps(of.schema.default, ensure_ascii=False)
