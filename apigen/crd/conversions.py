"""Versions that differ -> conversions between them: every differing path gets a rule, and is one to look at.

A definition does not say how its versions convert. What is only in one version is kept, and so nothing is lost; where
names, types or descriptions are near enough a move is proposed. Neighbours in Kubernetes' order of versions convert
into each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import chain, pairwise
from typing import Any

from apigen import names, upstream
from apigen.checks import Problems
from apigen.conversions import pair
from apigen.conversionspec import RuleSpec
from apigen.crd.document import document
from apigen.crd.node import Node, NotCarried
from apigen.crd.render import Renderer
from apigen.crd.settle import refusals
from apigen.crd.text import text_of
from apigen.crd.versions import Draft
from apigen.declare import Declarer
from apigen.ends import Difference, Lost
from apigen.homes import Joint
from apigen.load import Loaded
from apigen.model import ABSENT, Field, Struct, Types
from apigen.newvalues import required_alone
from apigen.package import Package, Scope
from apigen.pairing import Pairing
from apigen.paths import STAR, dotted, rule_path
from apigen.proposals import Proposer, with_members
from apigen.rules import Names, Reader, Rules
from apigen.sample import sample
from apigen.shape import validate
from apigen.source import parse
from apigen.spec import ResourceSpec
from apigen.yamltext import flow

_ROUNDS = 25
_MAX_COMPARED = 2500
_NEAR = 0.7
_UNITS = ("seconds", "secs", "minutes", "hours", "milliseconds", "ms")
_DURATION = "if the text is a duration, give it that type, and pair the two by as: {duration: seconds}"

RuleData = dict[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A rule that was written, in which versions, and why it has to be looked at."""

    between: tuple[str, str]
    rule: RuleData
    why: str


@dataclass
class _Edge:
    """The work on the conversion of two versions."""

    ends: tuple[str, str]
    kind: str
    types: tuple[Types, Types]
    paths: list[RuleData] = field(default_factory=list)
    of_types: dict[str, list[RuleData]] = field(default_factory=dict)
    whys: dict[int, str] = field(default_factory=dict)
    later: list[tuple[RuleData, str]] = field(default_factory=list)


def conversions(draft: Draft) -> tuple[list[dict[str, Any]], list[Proposal]]:
    """Return the conversions of a draft, which is settled, and what in them is proposed."""
    ordered = sorted(draft.versions, key=lambda v: names.version_key(v.name), reverse=True)
    if len(ordered) < 2:
        return [], []
    source = parse(text_of(document(draft, Renderer(), [])).encode(), "resource")
    resource = Loaded(validate(ResourceSpec, source), source)
    types = {v.name: t for v, t in zip(draft.versions, _types(resource), strict=True)}
    kind = resource.spec.kind
    edges = [_Edge((a.name, b.name), kind, (types[a.name], types[b.name])) for a, b in pairwise(ordered)]
    for edge in edges:
        _fill(edge, resource)
    for _ in range(_ROUNDS):
        made = _used([_written(edge) for edge in edges])
        found = refusals(document(draft, Renderer(), made))
        mended = [_mend(draft, edges, path, problem.message, made) for path, problem in found]
        if not any(mended):
            break
    return made, [p for edge in edges for p in _proposals(edge)]


def _used(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return made if len(made) > 1 else [c for c in made if "rules" in c]


def _types(resource: Loaded[ResourceSpec]) -> Iterator[Types]:
    """The types of each version, as `resolve` declares them."""
    spec, source = resource.spec, resource.source
    kubernetes = upstream.load(upstream.versions()[-1])
    for i, version in enumerate(spec.versions):
        package = Package(kubernetes, Problems())
        own = ((version.types, source, ("versions", i, "types")), (spec.types, source, ("types",)))
        declarer = Declarer(package, Scope(own, ()), source)
        declarer.root(spec.kind, version, ("versions", i), "")
        for name in declarer.scope.names():
            declarer.named(name)
        yield package.types()


def _fill(edge: _Edge, resource: Loaded[ResourceSpec]) -> None:
    """Find rules for all that differs: in the types that both versions have, then from the roots."""
    a, b = ({s.spec_name: s for s in types.structs.values() if s.spec_name} for types in edge.types)
    for name in sorted(a.keys() & b.keys(), key=lambda n: _depth(a[n], edge.types[0])):
        rules = edge.of_types.setdefault(name, [])
        _close(edge, a[name], b[name], rules)
        if not rules:
            del edge.of_types[name]
    roots = edge.types[0].structs[edge.kind], edge.types[1].structs[edge.kind]
    _close(edge, *roots, edge.paths)
    _leave_out_unused(edge, roots)
    _values(edge, resource, roots)


def _depth(struct: Struct, types: Types) -> int:
    """How many structs are below one; those without any come first."""
    left, seen = [struct], {struct.go}
    while left:
        for of in left.pop().fields:
            schema = of.schema
            while schema.item is not None:
                schema = schema.item
            if schema.kind == "object" and schema.name not in seen:
                seen.add(schema.name)
                left.append(types.struct(schema))
    return len(seen)


def _rules(edge: _Edge) -> Rules:
    reader = Reader(lambda *_, **__: None)
    specs = [RuleSpec.model_validate(r) for r in edge.paths]
    specs += [RuleSpec.model_validate({"type": n, "rules": r}) for n, r in edge.of_types.items() if r]
    return reader.read(specs, ())


def _close(edge: _Edge, a: Struct, b: Struct, out: list[RuleData]) -> None:
    """Add rules to `out` until nothing of two structs is left without a home."""
    for _ in range(_ROUNDS):
        rules = _rules(edge)
        pairing = Pairing(*edge.types, rules.types)
        pairing.frame(a, b, rules.paths if out is edge.paths else (), ((), ()))
        new = list(_wanted(edge, pairing))
        known = [{k: v for k, v in r.items() if k in ("from", "to")} for r in out]
        fresh: list[RuleData] = []
        for rule, why in new:
            ends = {k: v for k, v in rule.items() if k in ("from", "to")}
            if ends not in known:
                known.append(ends)
                fresh.append(rule)
                edge.whys[id(rule)] = why
        if not fresh:
            return
        out += fresh


def _wanted(edge: _Edge, pairing: Pairing) -> Iterator[tuple[RuleData, str]]:
    """Yield a rule for each difference, and for each field without a partner."""
    for difference in pairing.differences:
        yield from _difference(edge, difference)
    gone, came = pairing.lost_source, pairing.lost_target
    moved: set[Names] = set()
    compare = len(gone) * len(came) <= _MAX_COMPARED
    inside = list(chain(*(with_members(c, edge.types[1]) for c in came)))
    for one in gone if compare else ():
        rule = _move(edge, one, inside, gone, moved)
        if rule is not None:
            yield rule
    yield from edge.later
    edge.later.clear()
    for key, version, lost in (("from", edge.ends[0], gone), ("to", edge.ends[1], came)):
        for one in lost:
            if not any(one.path[: len(m)] == m or m[: len(one.path)] == one.path for m in moved):
                yield {key: dotted(one.path)}, f"{version} alone has it"


def _move(
    edge: _Edge, one: Lost, inside: list[Lost], gone: list[Lost], moved: set[Names]
) -> tuple[RuleData, str] | None:
    """Propose that a field has moved, where its name or its description says so."""
    found = Proposer(edge.types).rule(with_members(one, edge.types[0]), inside, gone, True)
    if found is None:
        return None
    ends = {"from": found.one, "to": found.other}
    first = next((m.of for m in with_members(one, edge.types[0]) if m.path == found.one), one.of)
    second = next(m.of for m in inside if m.path == found.other)
    taken = any(_overlap(path, m) for path in ends.values() for m in moved)
    if taken or not _near(first, second):
        return None
    moved.update(ends.values())
    if _may_be_duration(first, second, found.rest):
        moved.update(ends.values())
        edge.later.append(({"to": dotted(found.other)}, _DURATION))
        return {"from": dotted(found.one)}, _DURATION
    rule = {key: dotted(path) for key, path in ends.items()} | _rest(found.rest)
    return rule, "it seems to have moved, or to have another name"


def _may_be_duration(one: Field, other: Field, rest: str) -> bool:
    """Whether a text and a number, of which one is called seconds or the like, are more than a number and its text."""
    return rest == "as: text" and any(of.json.lower().endswith(_UNITS) for of in (one, other))


def _overlap(one: Names, other: Names) -> bool:
    return one[: len(other)] == other or other[: len(one)] == one


def _near(one: Field, other: Field) -> bool:
    texts = one.schema.description, other.schema.description
    if one.json == other.json or _ratio(one.json, other.json) >= _NEAR:
        return True
    return all(len(t) > 20 for t in texts) and _ratio(texts[0][:200], texts[1][:200]) >= _NEAR


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _rest(text: str) -> RuleData:
    """What a rule says besides its ends."""
    return dict(parse(f"rule: {{{text}}}".encode(), "rule").document["rule"]) if text else {}


def _difference(edge: _Edge, found: Difference) -> Iterator[tuple[RuleData, str]]:
    both = {"from": dotted(found.source), "to": dotted(found.target)}
    if found.what == "defaults":
        yield both, "its default differs"
        return
    rest = Proposer(edge.types).how(*found.ends) if found.what == "types" and found.rule is None else None
    if rest and _may_be_duration(*found.ends, rest):
        yield {"from": both["from"]}, _DURATION
        yield {"to": both["to"]}, _DURATION
    elif rest:
        yield {**both, **_rest(rest)}, "its type differs"
    elif found.rule is None:
        why = "its type differs, and no rule converts it: perhaps functions of yours, as: {go: Name}"
        yield {"from": both["from"]}, why
        yield {"to": both["to"]}, why


def _leave_out_unused(edge: _Edge, roots: tuple[Struct, Struct]) -> None:
    """Leave out the rules of types that are never converted into each other."""
    rules = _rules(edge)
    pairing = Pairing(*edge.types, rules.types)
    pairing.frame(*roots, rules.paths, ((), ()))
    for at, name in enumerate(list(edge.of_types), len(edge.paths)):
        kept = [r for j, r in enumerate(edge.of_types[name]) if (at, "rules", j) in pairing.used]
        edge.of_types[name] = kept
    edge.of_types = {name: kept for name, kept in edge.of_types.items() if kept}


def _values(edge: _Edge, resource: Loaded[ResourceSpec], roots: tuple[Struct, Struct]) -> None:
    """Give new objects a value of each field that only the other version requires."""
    joint = Joint(edge.ends[0], edge.ends[1], _rules(edge), (), forward=True)
    ends = (roots[0], edge.types[0]), (roots[1], edge.types[1])
    made = pair(Problems(), resource, joint, *ends, hub=False)
    kubernetes = upstream.load(upstream.versions()[-1])
    for first, path, of in required_alone(made):
        key = "from" if first else "to"
        only = replace(roots[0], fields=(of,), one_ofs=())
        value = sample(edge.types[0 if first else 1], only, kubernetes).get(of.json, ABSENT)
        value = {} if of.schema.kind == "upstream" else value
        rule = next((r for r in edge.paths if r.keys() == {key} and r[key] == dotted(path)), None)
        if rule is None:
            rule = {key: dotted(path)}
            edge.paths.append(rule)
        if value is not ABSENT:
            rule["value"] = value
        edge.whys[id(rule)] = (
            f"{edge.ends[0 if first else 1]} requires it, and new objects get a value made up here"
        )


def _written(edge: _Edge) -> dict[str, Any]:
    """The conversion as the file has it: what one version alone has stands together."""
    rules = [
        {"type": name, "rules": _packed(rules)} for name, rules in sorted(edge.of_types.items()) if rules
    ]
    said = {"from": edge.ends[0], "to": edge.ends[1]}
    rules = [*_packed(edge.paths), *rules]
    return {**said, "rules": rules} if rules else said


def _packed(rules: list[RuleData]) -> list[RuleData]:
    out = [r for r in rules if len(r) > 1]
    for key in ("from", "to"):
        paths = sorted(r[key] for r in rules if r.keys() == {key})
        if paths:
            out.append({key: paths if len(paths) > 1 else paths[0]})
    return out


def _mend(draft: Draft, edges: list[_Edge], path: Any, message: str, made: list[dict[str, Any]]) -> bool:
    """Replace a rule that is refused by what is never wrong; say whether there was one."""
    if path[:1] != ("conversions",) or len(path) < 4:
        return False
    conversion = made[path[1]]
    edge = next(e for e in edges if e.ends == (conversion["from"], conversion["to"]))
    rule, rules = conversion["rules"][path[3]], edge.paths
    if "type" in rule and len(path) > 5:
        rules, rule = edge.of_types.get(rule["type"], []), rule["rules"][path[5]]
    if "value" in path:
        return rule.pop("value", None) is not None and _weaken(draft, edge, rule)
    return _replace(edge, rules, rule, path, message)


def _weaken(draft: Draft, edge: _Edge, rule: RuleData) -> bool:
    """Let a field be optional of whose type a spec cannot write a value for new objects."""
    key = "from" if "from" in rule else "to"
    version = next(v for v in draft.versions if v.name == edge.ends[key == "to"])
    node: Node | None = version.root
    for name in rule_path(rule[key]) or ():
        node = version.types.get(node.word, node) if node else None
        node = (node.inner if name == STAR else (node.fields or {}).get(name)) if node else None
    if node is None or not node.keys.pop("required", False):
        return False
    reason = f"objects made through {edge.ends[key == 'from']} need a value, and a spec has none for its type"
    for at in (node.at, *node.also):
        draft.lost.append(NotCarried((*at[:-2], "required"), f"required {at[-1]}", reason))
    edge.whys[id(rule)] = f"{version.name} alone has it"
    return True


def _replace(edge: _Edge, rules: list[RuleData], rule: RuleData, path: Any, message: str) -> bool:
    if rule in rules and {"from", "to"} <= rule.keys():
        rules.remove(rule)
        for key in ("from", "to"):
            rules.append({key: rule[key]})
            edge.whys[id(rules[-1])] = f"perhaps {flow(rule)}, but {message}"
        return True
    for key in ("from", "to"):
        if key in rule:
            gone = (
                rule[key][path[-1]]
                if isinstance(rule[key], list) and isinstance(path[-1], int)
                else rule[key]
            )
            left = [r for r in rules if not (r.get(key) == gone and len(r.keys() & {"from", "to"}) == 1)]
            if len(left) < len(rules):
                rules[:] = left
                return True
    return False


def _proposals(edge: _Edge) -> Iterator[Proposal]:
    for rule in edge.paths:
        yield Proposal(edge.ends, rule, edge.whys.get(id(rule), ""))
    for name, rules in edge.of_types.items():
        for rule in rules:
            yield Proposal(edge.ends, {"type": name, **rule}, edge.whys.get(id(rule), ""))
