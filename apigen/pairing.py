"""Two versions of a kind -> which field of one is which field of the other.

A frame pairs two structs; within it fields match by rule, the longest path first, and then by relative path and
type. What lies in objects, lists and maps is paired by frames of their own, unless a rule leads out of an
object, which then is part of its parent's frame. A field without a partner is a problem: it would be lost.
"""

from dataclasses import dataclass, field, replace

from apigen.model import Field, Frame, Path, Schema, Step, Struct, Types
from apigen.paths import STAR, dotted

Names = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A rule as paths in both versions; `where` is its place in the spec, not part of what it says."""

    source: Names
    target: Names
    where: Path = field(default=(), compare=False)
    implied: bool = field(default=False, compare=False)
    """Whether no person wrote it: a list or map whose items another rule pairs."""


@dataclass(frozen=True)
class Lost:
    """A field that has no partner, and its path. `recursive`: it is in a type that contains itself."""

    path: Names
    of: Field
    recursive: bool = False


@dataclass(frozen=True)
class Difference:
    """Two paired fields that differ, by `rule` or by name, and their paths; `what` is "types" or "defaults"."""

    rule: Rule | None
    source: Names
    target: Names
    ends: tuple[Field, Field]
    what: str


# More than anybody reads; types used in many places could multiply them.
_MAX_LOST = 500


@dataclass
class Pairing:
    """Pairs the types of one version with those of another. `frames` are named by the functions to be made."""

    source: Types
    target: Types
    frames: dict[str, Frame] = field(default_factory=dict)
    lost_source: list[Lost] = field(default_factory=list)
    lost_target: list[Lost] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    """The places of the rules that have paired something."""
    _made: dict[tuple[str, str, tuple[Rule, ...]], str] = field(default_factory=dict)
    _open: list[tuple[str, str]] = field(default_factory=list)
    _lost: dict[str, tuple[tuple[Names, Names], list[Lost], list[Lost]]] = field(default_factory=dict)
    """What each finished frame has lost, and the paths at which that was."""

    def frame(self, a: Struct, b: Struct, rules: tuple[Rule, ...], at: tuple[Names, Names]) -> str:
        """Pair two structs that stand at the paths `at`; return the name of their frame."""
        key = (a.go, b.go, rules)
        if key in self._made:
            self.used.update(r.where for r in rules)
            self._lose_again(self._made[key], at)
            return self._made[key]
        same = sum(1 for x, y, _ in self._made if (x, y) == key[:2])
        name = f"{a.go}_To_{b.go}" + (str(same + 1) if same else "")
        self._made[key] = name
        before = len(self.lost_source), len(self.lost_target)
        self._open.append((a.go, b.go))
        match = _Match(self, a, b, rules, at)
        match.objects(a, b, (), ())
        self.frames[name] = Frame(a, b, tuple(match.steps))
        match.leftovers(a, ())
        self._open.pop()
        self._lost[name] = at, self.lost_source[before[0] :], self.lost_target[before[1] :]
        return name

    def lose(self, lost: list[Lost], path: Names, of: Field) -> None:
        """Note a field without a partner."""
        lost.append(Lost(path, of, self._open.count(self._open[-1]) > 1))

    def _lose_again(self, name: str, at: tuple[Names, Names]) -> None:
        """Note what a frame has lost for another place where it is used too."""
        was, *found = self._lost.get(name, (at, [], []))
        for side, (lost, more) in enumerate(zip((self.lost_source, self.lost_target), found, strict=True)):
            if len(lost) + len(more) <= _MAX_LOST:
                lost += [replace(one, path=at[side] + one.path[len(was[side]) :]) for one in more]


@dataclass
class _Match:
    """The work on one frame."""

    pairing: Pairing
    a: Struct
    b: Struct
    rules: tuple[Rule, ...]
    at: tuple[Names, Names]
    steps: list[Step] = field(default_factory=list)
    taken: set[Names] = field(default_factory=set)
    opened: set[Names] = field(default_factory=set)

    def objects(
        self, a: Struct | None, b: Struct, before: tuple[Field, ...], behind: tuple[Field, ...]
    ) -> None:
        """Find a partner for each field of `b`, which `behind` leads to; without a rule it is in `a`."""
        by_name = {f.json: f for f in a.fields} if a else {}
        ruled = {r.target: r for r in reversed(self.rules)}
        for target in b.fields:
            to = (*behind, target)
            rule = ruled.get(_names(to))
            same = by_name.get(target.json)
            if rule is not None:
                if source := self._source(rule):
                    self._use(rule)
                    self._pair(source, to, rule)
            elif same is not None and not self._claimed((*_names(before), same.json)):
                self._pair((*before, same), to, None)
            elif target.schema.kind == "object" and self._inside(_names(to)):
                self.objects(None, self.pairing.target.struct(target.schema), before, to)
            else:
                self.pairing.lose(self.pairing.lost_target, self.at[1] + _names(to), target)

    def _use(self, rule: Rule) -> None:
        if not rule.implied:
            self.pairing.used.add(rule.where)

    def _claimed(self, path: Names) -> bool:
        return any(r.source == path for r in self.rules)

    def _inside(self, path: Names) -> bool:
        return any(len(r.target) > len(path) and r.target[: len(path)] == path for r in self.rules)

    def _source(self, rule: Rule) -> tuple[Field, ...] | None:
        """The fields that a rule's first path passes in this frame."""
        found: list[Field] = []
        struct: Struct | None = self.a
        for part in rule.source:
            step = struct.find(part) if struct else None
            if step is None:
                return None  # the check of the rules' paths says so
            found.append(step)
            struct = self.pairing.source.struct(step.schema) if step.schema.kind == "object" else None
        return tuple(found)

    def _pair(self, source: tuple[Field, ...], target: tuple[Field, ...], rule: Rule | None) -> None:
        a, b = source[-1].schema, target[-1].schema
        self.taken.add(_names(source))
        if a.default != b.default and rule is None:
            self._report(rule, source, target, "defaults")
        if a.kind == b.kind == "object":
            self._objects(source, target)
            return
        inner = self._inner(a, b, _names(source), _names(target), rule, (source, target))
        self.steps.append(Step(source, target, inner))

    def _objects(self, source: tuple[Field, ...], target: tuple[Field, ...]) -> None:
        a = self.pairing.source.struct(source[-1].schema)
        b = self.pairing.target.struct(target[-1].schema)
        from_, to = _names(source), _names(target)
        within = [(_begins(r.source, from_), _begins(r.target, to)) for r in self.rules]
        if any(x != y for x, y in within):
            self.opened.add(from_)
            self.steps.append(Step(source, target, None))
            self.objects(a, b, source, target)
            return
        self.steps.append(Step(source, target, self._frame(a, b, from_, to)))

    def _frame(self, a: Struct, b: Struct, from_: Names, to: Names) -> str:
        inner = []
        for rule in self.rules:
            if _begins(rule.source, from_) and _begins(rule.target, to):
                inner.append(replace(rule, source=rule.source[len(from_) :], target=rule.target[len(to) :]))
        return self.pairing.frame(a, b, tuple(inner), (self.at[0] + from_, self.at[1] + to))

    def _inner(
        self,
        a: Schema,
        b: Schema,
        from_: Names,
        to: Names,
        rule: Rule | None,
        pair: tuple[tuple[Field, ...], tuple[Field, ...]],
    ) -> str | None:
        """Compare two types; return the frame of the objects in lists and maps, if there are any."""
        if a.kind == b.kind and a.kind in ("list", "map"):
            return self._inner(a.element, b.element, (*from_, STAR), (*to, STAR), rule, pair)
        if a.kind == b.kind == "object":
            return self._frame(self.pairing.source.struct(a), self.pairing.target.struct(b), from_, to)
        scalar = {a.kind, b.kind} <= {"basic", "named"} and a.word == b.word
        if not scalar and (a.kind, a.name) != (b.kind, b.name):
            self._report(rule, *pair, "types")
        return None

    def _report(
        self, rule: Rule | None, source: tuple[Field, ...], target: tuple[Field, ...], what: str
    ) -> None:
        paths = self.at[0] + _names(source), self.at[1] + _names(target)
        self.pairing.differences.append(Difference(rule, *paths, (source[-1], target[-1]), what))

    def leftovers(self, a: Struct, before: Names) -> None:
        """Note the fields of the first struct that nothing has taken."""
        for of in a.fields:
            path = (*before, of.json)
            if path in self.opened or (
                path not in self.taken and of.schema.kind == "object" and self._moved_out(path)
            ):
                self.leftovers(self.pairing.source.struct(of.schema), path)
            elif path not in self.taken and not self._claimed(path):
                self.pairing.lose(self.pairing.lost_source, self.at[0] + path, of)

    def _moved_out(self, path: Names) -> bool:
        return any(_begins(r.source, path) for r in self.rules)


def _names(fields: tuple[Field, ...]) -> Names:
    return tuple(f.json for f in fields)


def _begins(path: Names, with_: Names) -> bool:
    return len(path) > len(with_) and path[: len(with_)] == with_


def describe(schema: Schema) -> str:
    """Return a type as a spec would write it."""
    match schema.kind:
        case "list" | "map":
            return f"{schema.kind} of {describe(schema.element)}"
        case "object":
            return "object"
        case "named":
            return schema.base
    return schema.name


def with_containers(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Add the rules that others imply: what the same `*` of both paths stands in, is paired."""
    known = {(r.source, r.target) for r in rules}
    out = list(rules)
    for rule in rules:
        for i, j in zip(_stars(rule.source), _stars(rule.target), strict=True):
            pair = rule.source[:i], rule.target[:j]
            if pair[0] != pair[1] and pair not in known and pair[0][-1] != STAR:
                known.add(pair)
                out.append(Rule(*pair, rule.where, implied=True))
    return tuple(out)


def _stars(path: Names) -> list[int]:
    return [i for i, part in enumerate(path) if part == STAR]


def reverse(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The same rules, from the second version to the first."""
    return tuple(replace(r, source=r.target, target=r.source) for r in rules)


def pair_text(source: Names, target: Names) -> str:
    """Return a rule as a spec would write it."""
    return f"{{from: {dotted(source)}, to: {dotted(target)}}}"
