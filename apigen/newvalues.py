"""What new objects get of a field that the version they came through does not have: `value` of the rules.

A value is for one end of an edge; objects made through any version on the other side of the edge get it.
"""

from collections.abc import Iterable, Iterator

from apigen.checks import Problems
from apigen.goliterals import Literals
from apigen.gotext import Lines
from apigen.gotypes import is_nilable
from apigen.homes import Joint
from apigen.load import Loaded
from apigen.loss import Names, walk, with_inner
from apigen.model import Edge, Field, NewValue, Schema, Struct, Types
from apigen.package import Package
from apigen.paths import STAR, dotted
from apigen.rules import Value
from apigen.spec import ResourceSpec
from apigen.values import value_problems


def new_values(
    problems: Problems,
    resource: Loaded[ResourceSpec],
    joint: Joint,
    edge: Edge,
    packages: dict[str, Package],
    versions: Iterable[Joint],
) -> Iterator[NewValue]:
    """Yield what the rules of an edge give to new objects. Values that do not fit are problems, and so is a field that
    its version requires and no value is given for: objects made through the other version would be refused.
    """
    ends = {True: joint.version, False: joint.neighbour}
    given: set[tuple[bool, Names]] = set()
    for value in joint.rules.values:
        package = packages[ends[value.first]]
        types = package.types()
        path = _fields(types, types.structs[resource.spec.kind], value.path)
        if path is None:
            continue  # the check of the rules' paths says so
        given.add((value.first, value.path))
        of = path[-1]
        if of is not None and _fits(problems, resource, package, of, value):
            through = _side(joint, versions, of_version=not value.first)
            yield NewValue(ends[value.first], through, path, value.value)
    for first, names, of in required_alone(edge):
        if (first, names) not in given:
            message = f"{ends[first]} requires {dotted(names)}, which {ends[not first]} has not"
            key = "from" if first == joint.forward else "to"
            hint = f"give it a default, or new objects a value: {{{key}: {dotted(names)}, value: ...}}"
            where = of.where if of.where[:1] == ("versions",) else joint.where
            problems.add(resource.source, where, message, hint, key=True)


def _fits(
    problems: Problems, resource: Loaded[ResourceSpec], package: Package, of: Field, value: Value
) -> bool:
    found = list(value_problems(package, of.schema, value.value, value.where, "value"))
    for place, message in found:
        hint = "quote it" if "expected a text" in message else ""
        problems.add(resource.source, place, message, hint)
    return not found


def _side(joint: Joint, versions: Iterable[Joint], *, of_version: bool) -> tuple[str, ...]:
    """The versions on one side of an edge: those that come through its version on their way to the storage version, or
    all others."""
    behind = {joint.version}
    for other in versions:  # each stands after the one that it leads to
        if other.neighbour in behind:
            behind.add(other.version)
    everything = {j.version for j in versions} | {j.neighbour for j in versions}
    return tuple(sorted(behind if of_version else everything - behind))


def _fields(types: Types, root: Struct, names: Names) -> tuple[Field | None, ...] | None:
    """The fields on the way to a path; None stands for an item of a list or a value of a map."""
    found: list[Field | None] = []
    schema = Schema("object", root.go)
    for name in names:
        if name == STAR and schema.item is not None:
            schema = schema.item
            found.append(None)
            continue
        of = types.struct(schema).find(name) if schema.kind == "object" else None
        if of is None:
            return None
        found.append(of)
        schema = of.schema
    return tuple(found) if found and found[-1] is not None else None


def required_alone(edge: Edge) -> Iterator[tuple[bool, Names, Field]]:
    """Yield the fields that one end alone has and requires wherever the other end has what they are in."""
    holding = with_inner(edge.frames, lambda frame: bool(frame.only_a or frame.only_b))
    for place in walk(edge, holding):
        only = place.only
        if only is None or only.bare or only.path[-1].has_default or not only.path[-1].required:
            continue
        names = place.a or place.b or ()
        if names[0] != "status" and all(f.required or not f.pointer for f in only.path[:-1]):
            yield place.a is not None, names, only.path[-1]


def set_values(kind: str, through: str) -> str:
    """The name of the Go function that gives new objects of a kind their values."""
    return f"SetValues_{kind}_Through_{through}"


class NewValues:
    """Writes the statements that give new objects of a version their values, in a function that takes `in`."""

    def __init__(self, types: Types, package: str) -> None:
        self._literals = Literals(types, package)

    def body(self, value: NewValue) -> Lines:
        """Return the statements for one value."""
        return self._at("in", value.path, value.value, 0)

    def _at(self, at: str, path: tuple[Field | None, ...], value: object, depth: int) -> Lines:
        of, rest = path[0], path[1:]
        assert of is not None
        at = f"{at}.{of.go}"
        if not rest:
            zero = "nil" if of.pointer or is_nilable(of.schema) else self._literals.zero(of.schema)
            return [f"if {at} == {zero} {{", [f"{at} = {self._literals.field(of, value)}"], "}"]
        if rest[0] is not None:
            inner = self._at(at, rest, value, depth)
            return [f"if {at} != nil {{", inner, "}"] if of.pointer else inner
        index = "ijklmn"[depth % 6]
        if of.schema.kind == "list":
            return [
                f"for {index} := range {at} {{",
                self._at(f"{at}[{index}]", rest[1:], value, depth + 1),
                "}",
            ]
        lines = self._at("value", rest[1:], value, depth + 1)
        return [f"for {index}, value := range {at} {{", [*lines, f"{at}[{index}] = value"], "}"]
