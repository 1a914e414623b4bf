"""Takes out of a draft what `generate` would refuse, so that an imported file is a sound spec.

Most of what the language lacks is known before; this is for the rest: a column that points nowhere, a default that
does not fit its type. The refusal is the reason why it is not carried.
"""

from typing import Any

from apigen.crd.document import alone, document
from apigen.crd.node import SCHEMA_KEYS, Node, NotCarried
from apigen.crd.render import Renderer
from apigen.crd.text import text_of
from apigen.crd.versions import Draft, Version
from apigen.load import Loaded, Spec
from apigen.model import Path, Project
from apigen.problems import Position, Problem, SpecError
from apigen.resolve import resolve
from apigen.shape import validate
from apigen.source import Source, parse
from apigen.spec import ProjectSpec, ResourceSpec
from apigen.upstream import versions as minors

_ROUNDS = 30
_LISTS = ("additionalPrinterColumns", "selectableFields")


def settle(draft: Draft) -> None:
    """Take out of each version what is refused. Raises SpecError for what no file can do without."""
    for version in draft.versions:
        for _ in range(_ROUNDS):
            render = Renderer()
            data = alone(draft, version, render)
            problems = refusals(data)
            if not problems:
                break
            gone: set[Path] = set()
            found = [_take_out(draft, version, data, path, p, render, gone) for path, p in reversed(problems)]
            if not any(found):
                raise SpecError(_in_definition(draft, problem) for _, problem in problems)


def settle_whole(draft: Draft, conversions: list[dict[str, Any]]) -> None:
    """Take out what is refused only where the versions are together."""
    for _ in range(_ROUNDS):
        render = Renderer()
        data = document(draft, render, conversions)
        problems = refusals(data)
        if not problems:
            return
        found = False
        gone: set[Path] = set()
        for path, problem in reversed(problems):  # so that what is left in a list keeps its place
            of_conversion = "has no home in" in problem.message or "differ in" in problem.message
            if path[:1] == ("versions",) and len(path) > 1 and not of_conversion:
                version = draft.versions[int(path[1])]
                found |= _take_out(draft, version, data, path, problem, render, gone)
        if not found:
            raise SpecError(_in_definition(draft, problem) for _, problem in problems)


def refusals(data: dict[str, Any]) -> list[tuple[Path, Problem]]:
    """Return why a file is refused, each with its path in the file."""
    source = parse(text_of(data).encode(), "resource")
    try:
        resolved(source)
    except SpecError as error:
        places = _places(source)
        return [(places.get(p.position, ()), p) for p in error.problems]
    return []


def resolved(source: Source) -> Project:
    """Return the project with that one resource file. Raises SpecError."""
    text = f'apigen: 1\nname: import\nmodule: example.com/import\nkubernetes: "{minors()[-1]}"\n'
    project = parse(text.encode(), "apigen.yaml")
    resource = Loaded(validate(ResourceSpec, source), source)
    return resolve(Spec(Loaded(validate(ProjectSpec, project), project), (resource,), ()))


def _places(source: Source) -> dict[Position, Path]:
    """The path of each place in a file; a key and its value may have two."""
    found: dict[Position, Path] = {}
    left: list[tuple[Path, Any]] = [((), source.document)]
    while left:
        path, data = left.pop()
        members = (
            data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        )
        for step, value in members:
            inner = (*path, step)
            found[source.position(inner, key=True)] = inner
            found.setdefault(source.position(inner), inner)
            left.append((inner, value))
    return found


def _take_out(
    draft: Draft, version: Version, data: Any, path: Path, problem: Problem, render: Renderer, gone: set[Path]
) -> bool:
    """Take out what stands at a path of the file; say whether there was something to take out.

    `gone` are the paths of what was taken out of lists already.
    """
    way: list[Any] = [data]
    for step in path:
        try:
            way.append(way[-1][step])
        except (KeyError, IndexError, TypeError):
            break
    owned = [(depth, render.owners[id(d)]) for depth, d in enumerate(way) if id(d) in render.owners]
    if not owned:
        return False
    depth, node = owned[-1]
    rest = path[depth:]
    if len(rest) > 1 and isinstance(rest[1], int):
        if path[: depth + 2] in gone:
            return True
        gone.add(path[: depth + 2])
    if node is version.root and rest and rest[0] in (*_LISTS, "subresources"):
        return _from_version(draft, version, rest, problem)
    if rest and rest[0] in ("fields", "types"):
        return _field(draft, version, node, rest, problem)
    if not rest:
        return _self(draft, version, node, problem)
    return _key(draft, node, rest, problem)


def _lose(draft: Draft, at: Path, what: str, problem: Problem) -> None:
    reason = problem.message + (f" ({problem.hint})" if problem.hint else "")
    draft.lost.append(NotCarried(at, what, reason))


def _lose_key(draft: Draft, node: Node, key: str, what: str, problem: Problem) -> None:
    """Note a key of a node, at all places that the node stands for."""
    for at in (node.at, *node.also):
        _lose(draft, (*at, SCHEMA_KEYS.get(key, key)), what, problem)


def _key(draft: Draft, node: Node, rest: Path, problem: Problem) -> bool:
    key = str(rest[0])
    if key == "type" or key not in node.keys:
        return False
    if key == "validations" and len(rest) > 1 and len(node.keys[key]) > 1:
        rule = node.keys[key].pop(int(rest[1]))
        _lose_key(draft, node, key, f"rule {rule.get('rule', '')}", problem)
        return True
    value = node.keys.pop(key)
    if key == "listType":
        node.keys.pop("listMapKeys", None)
    if key == "listMapKeys":
        node.keys.pop("listType", None)
    if key == "validations":
        _lose_key(draft, node, key, f"rule {value[0].get('rule', '')}", problem)
        return True
    shown = f"{key} {value}" if isinstance(value, str | int | float) else key
    _lose_key(draft, node, key, shown, problem)
    return True


def _field(draft: Draft, version: Version, node: Node, rest: Path, problem: Problem) -> bool:
    """Take out a field whose mapping is short or refused as a whole."""
    if rest[0] != "fields" or len(rest) < 2 or node.fields is None:
        return False
    gone = node.fields.pop(str(rest[1]), None)
    if gone is None:
        return False
    for at in (gone.at, *gone.also):
        _lose(draft, at, f"field {rest[1]}", problem)
    return True


def _self(draft: Draft, version: Version, node: Node, problem: Problem) -> bool:
    roots = [version.root, *version.types.values()]
    for parent in (n for root in roots for n in root.walk()):
        for name, child in list((parent.fields or {}).items()):
            if child is node:
                del (parent.fields or {})[name]
                for at in (node.at, *node.also):
                    _lose(draft, at, f"field {name}", problem)
                return True
    return False


def _from_version(draft: Draft, version: Version, rest: Path, problem: Problem) -> bool:
    key = str(rest[0])
    if key == "subresources":
        gone = version.keys.get(key, {}).pop(str(rest[1]) if len(rest) > 1 else "", None)
        if gone is None:
            return False
        if not version.keys[key]:
            del version.keys[key]
        _lose(draft, (*version.at, *rest[:2]), f"subresource {rest[1]}", problem)
        return True
    if len(rest) < 2 or key not in version.keys:
        return False
    index = int(rest[1])
    row = version.keys[key].pop(index)
    _lose(draft, version.places[key].pop(index), f"{key} {row.get('name') or row['jsonPath']}", problem)
    if not version.keys[key]:
        del version.keys[key]
    return True


def _in_definition(draft: Draft, problem: Problem) -> Problem:
    """A refusal of names as a problem of the definition: nothing can be left out for it."""
    source, at = draft.definition.source, draft.definition.at
    for key in ("kind", "plural", "singular", "listKind"):
        if str(draft.definition.spec["names"].get(key)) in problem.message:
            return source.problem((*at, "spec", "names", key), problem.message, problem.hint)
    where: Path = ("spec", "group") if "group" in problem.message else ("spec", "versions")
    return source.problem((*at, *where), problem.message, problem.hint, key=where[-1] == "versions")
