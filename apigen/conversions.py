"""The conversions of a kind: a tree of versions whose root is the storage version, and the pairing of each edge."""

from dataclasses import dataclass, replace

from apigen.checks import Problems
from apigen.homes import Joint, report
from apigen.load import Loaded
from apigen.model import Edge, Path, Step, Struct, Types
from apigen.pairing import Names, Pairing, Rule, reverse, with_containers
from apigen.paths import STAR, dotted, rule_path
from apigen.spec import ConversionSpec, ResourceSpec
from apigen.words import choices, quoted

_PATH_HINT = 'write names with dots, `*` for items, `["x.y"]` for a name with a dot'


@dataclass
class _Tree:
    """The work on the tree of one kind."""

    problems: Problems
    resource: Loaded[ResourceSpec]
    storage: str

    def joints(self) -> tuple[Joint, ...]:
        names = [v.name for v in self.resource.spec.versions]
        edges = self._edges(names)
        joints = self._walk(edges)
        joined = {self.storage, *(j.version for j in joints)}
        named = {name for c, _ in edges for name in (c.from_, c.to)}
        alone = [name for name in names if name in named - joined]
        if alone:
            message = f"no conversion leads from {' and '.join(alone)} to the storage version {self.storage}"
            hint = "add one; together the conversions are a tree over all versions"
            self._add(("conversions",), message, hint, key=True)
        for i, name in enumerate(names):
            if name not in joined and name not in alone:
                joints.append(Joint(name, self.storage, (), ("versions", i), forward=True))
        return tuple(joints)

    def _add(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        self.problems.add(self.resource.source, path, message, hint, key=key)

    def _edges(self, names: list[str]) -> list[tuple[ConversionSpec, Path]]:
        """The conversions between two versions that are there."""
        edges: list[tuple[ConversionSpec, Path]] = []
        for i, conversion in enumerate(self.resource.spec.conversions):
            where: Path = ("conversions", i)
            ends = {"from": conversion.from_, "to": conversion.to}
            unknown = {key: name for key, name in ends.items() if name not in names}
            for key, name in unknown.items():
                self._add(
                    (*where, key), f"there is no version {quoted(name)}", choices(name, names, "versions")
                )
            if not unknown and conversion.from_ == conversion.to:
                self._add((*where, "to"), "a version does not convert into itself", "name another version")
            elif not unknown:
                edges.append((conversion, where))
        return edges

    def _walk(self, edges: list[tuple[ConversionSpec, Path]]) -> list[Joint]:
        """The joints that can be reached from the storage version."""
        joints: list[Joint] = []
        reached, left = {self.storage}, list(edges)
        while found := next((e for e in left if e[0].from_ in reached or e[0].to in reached), None):
            left.remove(found)
            conversion, where = found
            if conversion.from_ in reached and conversion.to in reached:
                message = f"{conversion.from_} and {conversion.to} convert into each other already"
                self._add(where, message, "leave out one conversion: together they are a tree")
                continue
            rules = self._rules(conversion, where)
            if conversion.to in reached:
                joints.append(Joint(conversion.from_, conversion.to, rules, where, forward=True))
            else:
                joints.append(Joint(conversion.to, conversion.from_, reverse(rules), where, forward=False))
            reached.update((conversion.from_, conversion.to))
        return joints

    def _rules(self, conversion: ConversionSpec, where: Path) -> tuple[Rule, ...]:
        """The rules of a conversion as paths, with those that they imply."""
        rules: list[Rule] = []
        for i, rule in enumerate(conversion.rules):
            at = (*where, "rules", i)
            source, target = rule_path(rule.from_), rule_path(rule.to)
            for key, path, text in (("from", source, rule.from_), ("to", target, rule.to)):
                if path is None:
                    self._add((*at, key), f"{quoted(text)} is no path", _PATH_HINT)
            if source and target and self._fits(at, source, target, rules):
                while source[-1] == target[-1] == STAR:  # to pair all items is to pair what they are in
                    source, target = source[:-1], target[:-1]
                rules.append(Rule(source, target, at))
        return self._without_clashes(with_containers(tuple(rules)))

    def _fits(self, at: Path, source: Names, target: Names, rules: list[Rule]) -> bool:
        """Whether a rule is one by itself and beside those before it; reports why it is not."""
        if source.count(STAR) != target.count(STAR):
            message = "`*` stands in one path more often than in the other"
            self._add(at, message, "a `*` of one path goes with a `*` of the other")
            return False
        if (source[0] == "status") != (target[0] == "status"):
            message = "a rule cannot cross from status to another root field"
            self._add(at, message, "who writes the one may not write the other")
            return False
        for key, end in (("from", source), ("to", target)):
            if end[0] in ("metadata", "apiVersion", "kind"):
                message = f"rules for {end[0]} are not supported by this version of apigen"
                self._add((*at, key), message, "leave the rule out")
                return False
            if any((r.source if key == "from" else r.target) == end for r in rules):
                message = f"another rule has {dotted(end)} already"
                self._add((*at, key), message, "leave out one of the two")
                return False
        return True

    def _without_clashes(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Leave out what pairs a list or map with a second one; report it."""
        out: list[Rule] = []
        for rule in rules:
            other = next((r for r in out if r.source == rule.source or r.target == rule.target), None)
            if other is None:
                out.append(rule)
                continue
            pairs = [f"{dotted(r.source)} with {dotted(r.target)}" for r in (rule, other)]
            message = f"the rule pairs {pairs[0]}, and another rule {pairs[1]}"
            self._add(rule.where, message, "the items of one list or map stay together")
        return tuple(out)


def tree(problems: Problems, resource: Loaded[ResourceSpec], storage: str) -> tuple[Joint, ...]:
    """Return the joints of all versions but the storage version, each after the one that it leads to.

    A version that no conversion names joins the storage version without rules. A circle, a pair given twice and
    a conversion of an unknown version are problems.
    """
    return _Tree(problems, resource, storage).joints()


def pair(
    problems: Problems,
    resource: Loaded[ResourceSpec],
    joint: Joint,
    a: tuple[Struct, Types],
    b: tuple[Struct, Types],
    *,
    hub: bool,
) -> Edge:
    """Pair a version with its neighbour, or the hub, both ways.

    Fields without a partner, and pairs that differ, are problems with a proposed rule.
    """
    there, back = Pairing(a[1], b[1]), Pairing(b[1], a[1])
    to_root = there.frame(a[0], b[0], joint.rules, ((), ()))
    from_root = back.frame(b[0], a[0], reverse(joint.rules), ((), ()))
    report(problems, resource, joint, there, a[0], b[0])
    moves = tuple((r.source, r.target) for r in joint.rules if r.source != r.target)
    target = None if hub else joint.neighbour
    return Edge(joint.version, target, to_root, from_root, there.frames, back.frames, moves)


def hub_types(storage: Types, edges: list[Edge]) -> Types:
    """Return the hub's types: the storage version's, with fields that may be absent if they may in any version.

    `edges` lead from the neighbours of the storage version to it.
    """
    weak = {
        (_owner(storage, frame.target, step), step.target[-1].go)
        for edge in edges
        for frame in edge.to_target.values()
        for step in frame.steps
        if step.source[-1].pointer
        and not step.target[-1].pointer
        and step.target[-1].schema.kind != "object"  # spec and status are values
    }
    structs = {
        go: replace(
            struct, fields=tuple(replace(f, pointer=f.pointer or (go, f.go) in weak) for f in struct.fields)
        )
        for go, struct in storage.structs.items()
    }
    return Types(structs, storage.scalars)


def _owner(types: Types, struct: Struct, step: Step) -> str:
    """The Go name of the struct in which the last field of a step's target is."""
    for field in step.target[:-1]:
        struct = types.struct(field.schema)
    return struct.go
