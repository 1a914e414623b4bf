"""Two versions of a kind -> which field of one is which field of the other.

A frame pairs two structs; within it fields match by rule, the longest path first, and then by relative path and
type. What lies in objects, lists and maps is paired by frames of their own, unless a rule leads out of an
object, which then is part of its parent's frame. A field without a partner is a problem, unless a rule says that
one version alone has it: it would be lost.
"""

from dataclasses import dataclass, field, replace
from itertools import chain

from apigen import lenses
from apigen.ends import (
    Difference,
    End,
    Lost,
    begins,
    crosses,
    is_metadata,
    names_of,
    of_metadata,
    union_fault,
)
from apigen.model import Field, Frame, Lens, Only, Pair, Path, Schema, Struct, Types
from apigen.paths import STAR
from apigen.rules import Names, Rule

# More than anybody reads; types used in many places could multiply them.
_MAX_LOST = 500

Ends = tuple[Names, Names]


@dataclass
class Pairing:
    """Pairs the types of one version with those of another. `frames` are named by the functions to be made."""

    source: Types
    target: Types
    type_rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    lost_source: list[Lost] = field(default_factory=list)
    lost_target: list[Lost] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    used: set[Path] = field(default_factory=set)
    """The places of the rules that have paired something."""
    _made: dict[tuple[str, str, tuple[Rule, ...], str], str] = field(default_factory=dict)
    _open: list[tuple[str, str]] = field(default_factory=list)
    _lost: dict[str, tuple[Ends, list[Lost], list[Lost]]] = field(default_factory=dict)
    """What each finished frame has lost, and the paths at which that was."""

    def frame(
        self, a: End, b: End, rules: tuple[Rule, ...], at: Ends, *, inside: str = "", but: str = ""
    ) -> str:
        """Pair two ends that stand at the paths `at`; return the name of their frame.

        Two structs; or a value and a struct that has it in its field `inside`, and whose other fields the value
        cannot say. `but` is a field of a struct that is said elsewhere.
        """
        if isinstance(a, Struct) and isinstance(b, Struct) and a.spec_name == b.spec_name:
            more = self.type_rules.get(a.spec_name, ()) if a.spec_name else ()
            rules += tuple(r for r in more if r not in rules)
        key = (_go(a), _go(b), rules, f"{inside} {but}")
        if key in self._made:
            self.used.update(r.where for r in rules)
            self._lose_again(self._made[key], at)
            return self._made[key]
        same = sum(1 for x, y, *_ in self._made if (x, y) == key[:2])
        name = f"{_go(a)}_To_{_go(b)}" + (str(same + 1) if same else "")
        self._made[key] = name
        before = len(self.lost_source), len(self.lost_target)
        self._open.append(key[:2])
        self.frames[name] = _Match(self, a, b, rules, at, inside, but).frame()
        self._open.pop()
        self._lost[name] = at, self.lost_source[before[0] :], self.lost_target[before[1] :]
        return name

    def lose(self, lost: list[Lost], path: Names, of: Field) -> None:
        """Note a field without a partner."""
        lost.append(Lost(path, of, self._open.count(self._open[-1]) > 1))

    def _lose_again(self, name: str, at: Ends) -> None:
        """Note what a frame has lost for another place where it is used too."""
        was, *found = self._lost.get(name, (at, [], []))
        for side, (lost, more) in enumerate(zip((self.lost_source, self.lost_target), found, strict=True)):
            if len(lost) + len(more) <= _MAX_LOST:
                lost += [replace(one, path=at[side] + one.path[len(was[side]) :]) for one in more]


def _go(end: End) -> str:
    return end.go if isinstance(end, Struct) else (end.name or end.kind).replace(" ", "_")


@dataclass
class _Match:
    """The work on one frame."""

    pairing: Pairing
    a: End
    b: End
    rules: tuple[Rule, ...]
    at: Ends
    inside: str = ""
    but: str = ""
    pairs: list[Pair] = field(default_factory=list)
    only_a: list[Only] = field(default_factory=list)
    only_b: list[Only] = field(default_factory=list)
    taken: set[Names] = field(default_factory=set)
    taken_b: set[Names] = field(default_factory=set)
    opened: set[Names] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rules = tuple(chain(*(self._unwrapped(r) for r in self.rules)))
        self.both = [r for r in self.rules if r.source is not None and r.target is not None]

    def _unwrapped(self, rule: Rule) -> tuple[Rule, ...]:
        """To wrap a value is to move it into the object, which this version alone has."""
        if rule.how is None or rule.how.how != "wrap" or rule.depth or not (rule.source and rule.target):
            return (rule,)
        ends = self._find(rule.source, self.a, self.pairing.source), self._find(
            rule.target, self.b, self.pairing.target
        )
        if not (ends[0] and ends[1]) or (ends[0][-1].schema.kind == "object") == (
            ends[1][-1].schema.kind == "object"
        ):
            return (rule,)
        name = (rule.how.option,)
        if ends[1][-1].schema.kind == "object":
            return replace(rule, target=rule.target + name, how=None), replace(rule, source=None, how=None)
        return replace(rule, source=rule.source + name, how=None), replace(rule, target=None, how=None)

    def frame(self) -> Frame:
        """Pair all that there is."""
        if self.but:
            (self.taken if isinstance(self.a, Struct) and self.a.find(self.but) else set()).add((self.but,))
            self.taken_b.add((self.but,))
        if self.inside:
            self._wrapped()
        if isinstance(self.a, Struct) and isinstance(self.b, Struct):
            self._objects(self.a, self.b, (), ())
            self._metadata()
        elif isinstance(self.b, Struct):
            self._objects(None, self.b, (), ())
        if isinstance(self.a, Struct):
            self._leftovers(self.a, ())
        return Frame(self.a, self.b, tuple(self.pairs), tuple(self.only_a), tuple(self.only_b))

    def _wrapped(self) -> None:
        """Pair a value with the field of the object around it."""
        struct, value = (self.a, self.b) if isinstance(self.a, Struct) else (self.b, self.a)
        assert isinstance(struct, Struct) and isinstance(value, Schema)
        of = struct.find(self.inside)
        assert of is not None
        if struct is self.a:
            self.taken.add((self.inside,))
            lens = self._lens(of.schema, value, (self.inside,), (), None, 0)
            self.pairs += [Pair((of,), (), lens)] if isinstance(lens, Lens) else []
        else:
            self.taken_b.add((self.inside,))
            lens = self._lens(value, of.schema, (), (self.inside,), None, 0)
            self.pairs += [Pair((), (of,), lens)] if isinstance(lens, Lens) else []

    def _objects(
        self, a: Struct | None, b: Struct, before: tuple[Field, ...], behind: tuple[Field, ...]
    ) -> None:
        """Find a partner for each field of `b`, which `behind` leads to; without a rule it is in `a`."""
        if a is not None:
            self._unions(a, b, before, behind)
        by_name = {f.json: f for f in a.fields} if a else {}
        ruled = {r.target: r for r in reversed(self.both)}
        for target in b.fields:
            to = (*behind, target)
            path = names_of(to)
            if path in self.taken_b:
                continue
            rule, same = ruled.get(path), by_name.get(target.json)
            if same and (self._exactly(path, target=True) or not self._free((*names_of(before), same.json))):
                same = None
            if rule is not None:
                if source := self._find(rule.source or (), self.a, self.pairing.source):
                    self._use(rule)
                    self._pair(source, to, rule)
            elif self._leads_into(path, target=True) and (same is None or same.schema.kind != "object"):
                self.only_b.append(Only(to, bare=True))
                self._objects(None, self.pairing.target.struct(target.schema), before, to)
            elif same is not None:
                self._pair((*before, same), to, None)
            else:
                self._alone(to, target=True)

    def _leads_into(self, path: Names, *, target: bool) -> bool:
        """Whether a rule pairs something inside of an object."""
        ends = [(r.target if target else r.source) or () for r in self.both]
        types, end = (self.pairing.target, self.b) if target else (self.pairing.source, self.a)
        if not any(begins(e, path) and e[len(path)] != STAR for e in ends):
            return False
        found = self._find(path, end, types)
        return found is not None and found[-1].schema.kind == "object"

    def _free(self, path: Names) -> bool:
        """Whether no rule speaks of a field of the first end."""
        return path not in self.taken and all(r.source != path for r in self.rules)

    def _exactly(self, path: Names, *, target: bool) -> Rule | None:
        """The rule that says that one end alone has a path."""
        ends = ((r.source, r.target) if target else (r.target, r.source) for r in self.rules)
        return next(
            (r for r, (other, mine) in zip(self.rules, ends, strict=True) if other is None and mine == path),
            None,
        )

    def _alone(self, fields: tuple[Field, ...], *, target: bool) -> None:
        """Note what has no partner: by a rule, since what it is in has none, or as lost."""
        path = names_of(fields)
        if fields[-1].unknown:
            here = self.at[target] + path[:-1]
            there: Names = ()
            ends = (there, here) if target else (here, there)
            self.pairing.differences.append(Difference(None, *ends, (fields[-1], fields[-1]), "unknown"))
            return
        for n in range(len(path), 0, -1):
            if rule := self._exactly(path[:n], target=target):
                self._use(rule)
                (self.only_b if target else self.only_a).append(Only(fields, rule.drop))
                return
        if self.inside and isinstance(self.b if target else self.a, Struct):
            (self.only_b if target else self.only_a).append(Only(fields))
            return
        lost = self.pairing.lost_target if target else self.pairing.lost_source
        self.pairing.lose(lost, self.at[target] + path, fields[-1])

    def _use(self, rule: Rule) -> None:
        self.pairing.used.add(rule.where)

    def _find(self, path: Names, end: End, types: Types) -> tuple[Field, ...] | None:
        """The fields that a path passes in this frame; an annotation or label is one field."""
        if is_metadata(path, end):
            return (of_metadata(path),)
        found: list[Field] = []
        struct: Struct | None = end if isinstance(end, Struct) else None
        for part in path:
            step = struct.find(part) if struct else None
            if step is None:
                return None  # the check of the rules' paths says so
            found.append(step)
            struct = types.struct(step.schema) if step.schema.kind == "object" else None
        return tuple(found) or None

    def _metadata(self) -> None:
        """Pair what becomes an annotation or a label, unless it is in objects that pair: their frame does it."""
        for rule in self.both:
            if not is_metadata(rule.target or (), self.b) or self._paired_above(rule.source or ()):
                continue
            if source := self._find(rule.source or (), self.a, self.pairing.source):
                self._use(rule)
                self._pair(source, (of_metadata(rule.target or ()),), rule)

    def _paired_above(self, path: Names) -> bool:
        """Whether a field lies in an object that has a frame of its own."""
        framed = [names_of(p.a) for p in self.pairs if p.lens.inner and not p.bare]
        return any(begins(path, above) for above in framed)

    def _unions(self, a: Struct, b: Struct, before: tuple[Field, ...], behind: tuple[Field, ...]) -> None:
        for rule in self.both:
            if (
                not rule.how
                or rule.how.how != "union"
                or (rule.source, rule.target) != (names_of(before), names_of(behind))
            ):
                continue
            self._use(rule)
            discriminator, value, cases = rule.how.option
            folded = all(a.find(name) for name in (discriminator, value))
            ends = (a, b) if folded else (b, a)
            found = [ends[0].find(discriminator), ends[0].find(value)], [
                ends[1].find(name) for _, name in cases
            ]
            if fault := union_fault(found[0], found[1]):
                self._differ(rule, before, behind, fault)
                continue
            names = tuple(name for name, _ in cases)
            ways = (before, behind) if folded else (behind, before)
            sides = [tuple((*way, f) for f in side if f) for way, side in zip(ways, found, strict=True)]
            shared = ends[1].find(discriminator) is not None  # then it is a field of both like others
            lens = Lens("union", option=(names, sides[0], sides[1], shared), turned=not folded)
            self.pairs.append(Pair(before, behind, lens))
            taken = (self.taken, self.taken_b) if folded else (self.taken_b, self.taken)
            for side, paths in zip(taken, (sides[0][shared:], sides[1]), strict=True):
                side.update(names_of(path) for path in paths)

    def _pair(self, source: tuple[Field, ...], target: tuple[Field, ...], rule: Rule | None) -> None:
        a, b = source[-1].schema, target[-1].schema
        self.taken.add(names_of(source))
        if a.default != b.default and rule is None:
            self._differ(rule, source, target, "defaults")
        from_, to = names_of(source), names_of(target)
        if a.kind == b.kind == "object" and (rule is None or rule.how is None or rule.how.how == "union"):
            crossing = [r for r in self.both if crosses(r, from_, to)]
            if crossing:
                self.opened.add(from_)
                self.pairs.append(Pair(source, target, Lens("object"), bare=True))
                self._objects(self.pairing.source.struct(a), self.pairing.target.struct(b), source, target)
                return
        how = rule if rule and rule.how and rule.how.how != "union" else None
        lens = self._lens(a, b, from_, to, how, rule.depth if rule else 0)
        if lens is None:
            self._differ(rule, source, target, "types")
        elif isinstance(lens, str):
            self._differ(rule, source, target, lens)
        else:
            self.pairs.append(Pair(source, target, lens))

    def _inner(self, a: End, b: End, from_: Names, to: Names, *, inside: str = "", but: str = "") -> str:
        seen = tuple(r for r in (rule.inside(from_, to) for rule in self.rules) if r is not None)
        return self.pairing.frame(a, b, seen, (self.at[0] + from_, self.at[1] + to), inside=inside, but=but)

    def _lens(
        self, a: Schema, b: Schema, from_: Names, to: Names, rule: Rule | None, depth: int
    ) -> Lens | str | None:
        """Return how two values convert, by `rule` if there is one; None if their types differ."""
        if a.kind == b.kind and a.kind in ("list", "map") and (rule is None or depth > 0):
            item = self._lens(a.element, b.element, (*from_, STAR), (*to, STAR), rule, depth - 1)
            if item is None or isinstance(item, str):
                return item
            return Lens("same") if item == Lens("same") else Lens(a.kind, item=item)
        if rule is not None:
            assert rule.how is not None
            if depth > 0:
                return "its `*` stand for more than there is"
            star = () if rule.how.how == "wrap" else (STAR,)
            return lenses.lens(rule.how, a, b, _Frames(self, from_ + star, to + star))
        if a.kind == b.kind == "object":
            return Lens(
                "object", self._inner(self.pairing.source.struct(a), self.pairing.target.struct(b), from_, to)
            )
        scalar = {a.kind, b.kind} <= {"basic", "named"} and a.word == b.word
        return Lens("same") if scalar or (a.kind, a.name) == (b.kind, b.name) else None

    def _differ(
        self, rule: Rule | None, source: tuple[Field, ...], target: tuple[Field, ...], what: str
    ) -> None:
        paths = self.at[0] + names_of(source), self.at[1] + names_of(target)
        ends = (source or (_NOTHING,))[-1], (target or (_NOTHING,))[-1]
        self.pairing.differences.append(Difference(rule, *paths, ends, what))

    def _leftovers(self, a: Struct, before: tuple[Field, ...]) -> None:
        """Note the fields of the first end that nothing has taken."""
        for of in a.fields:
            fields = (*before, of)
            path = names_of(fields)
            if path in self.opened:
                self._leftovers(self.pairing.source.struct(of.schema), fields)
            elif path in self.taken or any(r.source == path for r in self.both):
                continue
            elif self._leads_into(path, target=False):
                self.only_a.append(Only(fields, bare=True))
                self._leftovers(self.pairing.source.struct(of.schema), fields)
            else:
                self._alone(fields, target=False)


_NOTHING = Field("", "", Schema("basic", "any"), False, False)


@dataclass
class _Frames:
    """What the lens of a pair at two paths asks for."""

    match: _Match
    source: Names
    target: Names

    def pair(self, a: Schema, b: Schema) -> Lens | None:
        made = self.match._lens(a, b, self.source, self.target, None, 0)
        return made if isinstance(made, Lens) else None

    def wrap(self, value: Schema, around: Schema, name: str, *, but: str, turned: bool) -> str:
        struct = self.fields(around, turned=not turned)
        ends: tuple[End, End] = (struct, value) if turned else (value, struct)
        return self._inner(*ends, inside=name, but=but)

    def entries(self, value: Schema, item: Schema, key: str, *, turned: bool) -> str:
        structs = self.fields(value, turned=turned), self.fields(item, turned=not turned)
        return self._inner(*(structs[::-1] if turned else structs), but=key)

    def _inner(self, a: End, b: End, *, inside: str = "", but: str = "") -> str:
        return self.match._inner(a, b, self.source, self.target, inside=inside, but=but)

    def fields(self, schema: Schema, *, turned: bool) -> Struct:
        pairing = self.match.pairing
        return (pairing.target if turned else pairing.source).struct(schema)
