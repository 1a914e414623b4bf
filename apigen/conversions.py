"""The conversions of a kind: a tree of versions whose root is the storage version, and the pairing of each edge."""

from dataclasses import dataclass, replace

from apigen.checks import Problems
from apigen.conversionspec import ConversionSpec
from apigen.homes import Joint, report
from apigen.load import Loaded
from apigen.loss import moves
from apigen.model import Edge, Path, Struct, Types
from apigen.pairing import Pairing
from apigen.rules import Reader, Rules
from apigen.spec import ResourceSpec
from apigen.words import choices, quoted


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
                joints.append(Joint(name, self.storage, Rules(), ("versions", i), forward=True))
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
            rules = Reader(self._add).read(conversion.rules, (*where, "rules"))
            if conversion.to in reached:
                joints.append(Joint(conversion.from_, conversion.to, rules, where, forward=True))
            else:
                joints.append(Joint(conversion.to, conversion.from_, rules.reversed(), where, forward=False))
            reached.update((conversion.from_, conversion.to))
        return joints


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
    pairing = Pairing(a[1], b[1], joint.rules.types)
    root = pairing.frame(a[0], b[0], joint.rules.paths, ((), ()))
    report(problems, resource, joint, pairing, a[0], b[0])
    edge = Edge(joint.version, None if hub else joint.neighbour, root, pairing.frames, ())
    return replace(edge, moves=moves(edge))
