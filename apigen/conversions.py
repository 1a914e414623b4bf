"""The conversions of a kind: a tree of versions whose root is the storage version, and the pairing of each edge."""

import difflib
from dataclasses import dataclass, replace

from apigen.checks import Problems
from apigen.load import Loaded
from apigen.model import Edge, Path, Struct, Types
from apigen.pairing import Lost, Names, Pairing, Rule, describe, pair_text, reverse, with_containers
from apigen.paths import STAR, dotted, rule_path
from apigen.spec import ConversionSpec, ResourceSpec


@dataclass(frozen=True)
class Joint:
    """A version and its neighbour on the way to the storage version, with the rules from the first to the second."""

    version: str
    neighbour: str
    rules: tuple[Rule, ...]
    where: Path


def tree(problems: Problems, resource: Loaded[ResourceSpec], storage: str) -> tuple[Joint, ...]:
    """Return the joints of all versions but the storage version, each after the one that it leads to.

    A version that no conversion names joins the storage version without rules. A circle, a pair given twice and
    a conversion of an unknown version are problems.
    """
    names = [v.name for v in resource.spec.versions]
    edges: list[tuple[ConversionSpec, Path]] = []
    for i, conversion in enumerate(resource.spec.conversions):
        where: Path = ("conversions", i)
        known = True
        for key, name in (("from", conversion.from_), ("to", conversion.to)):
            if name not in names:
                problems.add(
                    resource.source,
                    (*where, key),
                    f'there is no version "{name}"',
                    f"versions: {', '.join(names)}",
                )
                known = False
        if known and conversion.from_ == conversion.to:
            problems.add(resource.source, (*where, "to"), "a version does not convert into itself")
        elif known:
            edges.append((conversion, where))
    joints = _walk(problems, resource, storage, edges)
    joined = {storage, *(j.version for j in joints)}
    named = {n for c, _ in edges for n in (c.from_, c.to)}
    for name in names:
        if name not in joined and name not in named:
            joints.append(Joint(name, storage, (), ("versions", names.index(name))))
        elif name not in joined:
            problems.add(resource.source, ("conversions",), f"no conversion leads from {name} to the storage version {storage}",
                "add one; together the conversions are a tree over all versions", key=True)  # fmt: skip
    return tuple(joints)


def _walk(
    problems: Problems, resource: Loaded[ResourceSpec], storage: str, edges: list[tuple[ConversionSpec, Path]]
) -> list[Joint]:
    joints: list[Joint] = []
    reached, left = {storage}, list(edges)
    while True:
        found = next((e for e in left if e[0].from_ in reached or e[0].to in reached), None)
        if found is None:
            return joints
        left.remove(found)
        conversion, where = found
        if conversion.from_ in reached and conversion.to in reached:
            problems.add(resource.source, where, f"{conversion.from_} and {conversion.to} convert into each other already",
                "leave out one conversion: together they are a tree")  # fmt: skip
            continue
        rules = _rules(problems, resource, conversion, where)
        forward = conversion.to in reached
        version, neighbour = (
            (conversion.from_, conversion.to) if forward else (conversion.to, conversion.from_)
        )
        reached.add(version)
        joints.append(Joint(version, neighbour, rules if forward else reverse(rules), where))


def _rules(
    problems: Problems, resource: Loaded[ResourceSpec], conversion: ConversionSpec, where: Path
) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for i, rule in enumerate(conversion.rules):
        at = (*where, "rules", i)
        source, target = rule_path(rule.from_), rule_path(rule.to)
        for key, path, text in (("from", source, rule.from_), ("to", target, rule.to)):
            if path is None:
                problems.add(
                    resource.source,
                    (*at, key),
                    f'"{text}" is no path',
                    'write names with dots, `*` for items, `["x.y"]` for a name with a dot',
                )
        if source and target and _fits(problems, resource, at, source, target, rules):
            rules.append(Rule(source, target, at))
    return with_containers(rules)


def _fits(
    problems: Problems,
    resource: Loaded[ResourceSpec],
    at: Path,
    source: Names,
    target: Names,
    rules: list[Rule],
) -> bool:
    if source.count(STAR) != target.count(STAR):
        problems.add(resource.source, at, "`*` stands in one path more often than in the other")
        return False
    if (source[0] == "status") != (target[0] == "status"):
        problems.add(
            resource.source,
            at,
            "a rule cannot cross from status to another root field",
            "who writes the one may not write the other",
        )
        return False
    for key, place, path in (("from", 0, source), ("to", 1, target)):
        if path[0] in ("metadata", "apiVersion", "kind"):
            problems.add(
                resource.source,
                (*at, key),
                f"rules for {path[0]} are not supported by this version of apigen",
            )
            return False
        if any((r.source, r.target)[place] == path for r in rules):
            problems.add(resource.source, (*at, key), f"another rule has {dotted(path)} already")
            return False
    return True


def pair(
    problems: Problems,
    resource: Loaded[ResourceSpec],
    joint: Joint,
    a: tuple[Struct, Types],
    b: tuple[Struct, Types],
    *,
    hub: bool,
) -> Edge:
    """Pair a version with its neighbour, both ways. Fields without a partner are problems, with a proposed rule."""

    def report(rule: Rule | None, source: Names, target: Names, message: str) -> None:
        place = rule.where if rule else joint.where
        hint = "" if rule else f"if that is meant, say so by a rule: {pair_text(source, target)}"
        if "types" in message:
            hint = "conversions of types are not supported by this version of apigen; give both the same type"
        problems.add(
            resource.source,
            place,
            f"{joint.version} {dotted(source)} and {joint.neighbour} {dotted(target)}: {message}",
            hint,
        )

    there = Pairing(a[1], b[1], report)
    root = there.frame(a[0], b[0], joint.rules, ((), ()))
    back = Pairing(b[1], a[1], lambda *_: None)
    back_root = back.frame(b[0], a[0], reverse(joint.rules), ((), ()))
    if not hub:
        _unused(problems, resource, joint, there)
        _lost(problems, resource, joint, there)
    moves = tuple((r.source, r.target) for r in joint.rules if r.source != r.target)
    return Edge(
        joint.version, None if hub else joint.neighbour, root, back_root, there.frames, back.frames, moves
    )


def _unused(problems: Problems, resource: Loaded[ResourceSpec], joint: Joint, pairing: Pairing) -> None:
    used = {r.where for r in pairing.used}
    for rule in joint.rules:
        if rule.where not in used:
            where = f"{dotted(rule.source)} in {joint.version} and {dotted(rule.target)} in {joint.neighbour}"
            problems.add(
                resource.source,
                rule.where,
                "the rule pairs nothing",
                f"it asks for {where}; look for a slip in the paths",
            )


def _lost(problems: Problems, resource: Loaded[ResourceSpec], joint: Joint, pairing: Pairing) -> None:
    """Report every field without a partner, each with the likeliest rule."""
    for version, other, lost, candidates, forward in (
        (joint.version, joint.neighbour, pairing.lost_source, pairing.lost_target, True),
        (joint.neighbour, joint.version, pairing.lost_target, pairing.lost_source, False),
    ):
        for one in lost:
            best = _likeliest(one, candidates)
            hint = "fields of one version only are not supported by this version of apigen; give the other version the field too"
            if best:
                ends = (one.path, best.path) if forward else (best.path, one.path)
                hint = f"perhaps a rule: {pair_text(*_as_written(resource, joint, ends))}"
            problems.add(
                resource.source,
                joint.where,
                f"{version} {dotted(one.path)} has no home in {other}: its value would be lost",
                hint,
            )


def _as_written(
    resource: Loaded[ResourceSpec], joint: Joint, ends: tuple[Names, Names]
) -> tuple[Names, Names]:
    """The two ends in the direction in which the spec writes this conversion."""
    if joint.where[0] == "conversions" and isinstance(joint.where[1], int):
        written = resource.spec.conversions[joint.where[1]]
        return ends if written.from_ == joint.version else (ends[1], ends[0])
    return ends


def _likeliest(lost: Lost, candidates: list[Lost]) -> Lost | None:
    """The candidate of the same type whose name or description is nearest; the same name elsewhere is best."""

    def score(other: Lost) -> float:
        name = difflib.SequenceMatcher(None, lost.path[-1].lower(), other.path[-1].lower()).ratio()
        text = 0.0
        if lost.description and other.description:
            text = difflib.SequenceMatcher(None, lost.description, other.description).ratio()
        return max(name, text)

    same = [
        c
        for c in candidates
        if describe(c.schema) == describe(lost.schema) and c.path.count(STAR) == lost.path.count(STAR)
    ]
    if not same:
        return None
    best = max(same, key=lambda c: (score(c), c.path))
    return best if score(best) >= 0.5 or len(same) == 1 == len(candidates) else None


def hub_types(storage: Types, edges: list[Edge]) -> Types:
    """Return the hub's types: those of the storage version, in which a field may be absent if it may in any version."""
    weak = {
        (frame.target.go, step.target[-1].go)
        for edge in edges
        for frame in edge.to_target.values()
        for step in frame.steps
        if len(step.target) == 1 and step.source[-1].pointer and not step.target[-1].pointer
    }
    weak |= {(_owner(storage, frame.target, step), step.target[-1].go) for edge in edges for frame in edge.to_target.values()
        for step in frame.steps if len(step.target) > 1 and step.source[-1].pointer and not step.target[-1].pointer}  # fmt: skip
    structs = {
        go: replace(
            struct, fields=tuple(replace(f, pointer=f.pointer or (go, f.go) in weak) for f in struct.fields)
        )
        for go, struct in storage.structs.items()
    }
    return Types(structs, storage.scalars)


def _owner(types: Types, root: Struct, step: object) -> str:
    struct = root
    for field in step.target[:-1]:  # type: ignore[attr-defined]
        struct = types.struct(field.schema)
    return struct.go
