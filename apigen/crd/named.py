"""Named types: objects that occur more than once with the same content are declared once, under `types`."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apigen import names
from apigen.crd.gonames import taken
from apigen.crd.node import Node

# What belongs to a type and not to the fields that have it.
_OF_TYPE = ("validations", "exactlyOneOf", "atMostOneOf", "atLeastOneOf", "preserveUnknownFields")
_OF_SCALAR = (
    *(
        "enum",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
    ),
    *("pattern", "format", "validations"),
)

Types = dict[str, Node]


def named(kind: str, root: Node) -> Types:
    """Return the named types of a version, by name, and let the fields below `root` refer to them, in place."""
    work = _Work(kind, root)
    work.collect()
    types = work.declare()
    for _ in range(1000):
        if not _part(kind, root, types):
            break
    return dict(sorted(types.items()))


@dataclass
class _Use:
    """An object by its content: one of its places, in how many others it is used, and what it could be called."""

    node: Node
    count: int = 0
    called: list[tuple[str, str]] = field(default_factory=list)


class _Work:
    def __init__(self, kind: str, root: Node) -> None:
        self.kind = kind
        self.root = root
        self.digests: dict[int, str] = {}
        self.uses: dict[str, _Use] = {}

    def collect(self) -> None:
        """Count the uses of each content; what is in something that is used twice is used once by that."""
        _digest(self.root, self.digests)
        first: dict[str, Node] = {}
        for node in self.root.walk():
            same = first.setdefault(self.digests[id(node)], node) if node.fields is not None else node
            if same is not node:
                _also(same, node)
        left = [self.root]
        seen: set[str] = set()
        while left:
            for child, name, owner in _objects(left.pop(0)):
                digest = self.digests[id(child)]
                use = self.uses.setdefault(digest, _Use(child))
                use.count += 1
                use.called.append((name, owner))
                if digest not in seen:
                    seen.add(digest)
                    left.append(child)

    def declare(self) -> Types:
        """Choose the names, and replace the objects by them."""
        chosen: dict[str, str] = {}
        free = {go for go, _ in taken(self.kind, self.root, {})}
        for digest, use in self.uses.items():
            if use.count > 1 and use.node.fields:
                name = next(n for n in _names(self.kind, use) if n not in free)
                free.add(name)
                chosen[digest] = name
        types: Types = {}
        self._replace(self.root, chosen, types)
        return types

    def _replace(self, node: Node, chosen: dict[str, str], types: Types) -> None:
        for child in [*(node.fields or {}).values(), *([node.inner] if node.inner else [])]:
            name = chosen.get(self.digests[id(child)]) if child.fields else None
            if name is None:
                self._replace(child, chosen, types)
                continue
            own = Node(
                child.at,
                fields=child.fields,
                keys={k: child.keys.pop(k) for k in _OF_TYPE if k in child.keys},
            )
            child.word, child.fields = name, None
            if name not in types:
                types[name] = own
                self._replace(own, chosen, types)


def _also(node: Node, same: Node) -> None:
    """Note where the fields of an object stand in another of the same content; objects in it are noted themselves."""
    for name, child in (node.fields or {}).items():
        mine: Node | None = child
        theirs: Node | None = (same.fields or {})[name]
        while mine is not None and theirs is not None:
            mine.also.append(theirs.at)
            mine, theirs = mine.inner, theirs.inner


def _objects(node: Node, name: str = "", owner: str = "") -> Iterator[tuple[Node, str, str]]:
    """Yield the nearest objects below a node, each with the name of its field and of the field above."""
    for json_name, child in (node.fields or {}).items():
        yield from _object(child, json_name, name)
    if node.inner is not None:
        yield from _object(node.inner, name, owner)


def _object(node: Node, name: str, owner: str) -> Iterator[tuple[Node, str, str]]:
    while node.inner is not None:
        node, name = node.inner, singular(name)
    if node.fields is not None:
        yield node, name, owner


def _names(kind: str, use: _Use) -> Iterator[str]:
    """The names that a type may have, the best first."""
    counts: dict[str, int] = {}
    for name, _ in use.called:
        counts[name] = counts.get(name, 0) + 1
    best = max(counts, key=lambda n: (counts[n], -list(counts).index(n)))
    name = kind + names.exported(best)
    yield name
    yield from (f"{name}{i}" for i in range(2, 10000))


def singular(name: str) -> str:
    """Return the name of one item of a list or map with that name."""
    for pattern, ending in (
        (r"(?<=..)ies$", "y"),
        (r"(?<=ss|sh|ch)es$|(?<=x)es$", ""),
        (r"(?<=[^suia])s$", ""),
    ):
        if re.search(pattern, name):
            return re.sub(pattern, ending, name)
    return name


def _digest(node: Node, known: dict[int, str]) -> str:
    """Note what identifies the content of each object, its own description and bounds aside; return that of all."""
    fields = {name: _digest(child, known) for name, child in (node.fields or {}).items()}
    inner = _digest(node.inner, known) if node.inner is not None else ""
    own = {k: v for k, v in node.keys.items() if k in _OF_TYPE}
    known[id(node)] = _hash([fields, own, node.fields is None])
    return _hash([known[id(node)], node.word, node.keys, bool(node.item), inner])


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=False).encode()).hexdigest()


def _part(kind: str, root: Node, types: Types) -> bool:
    """Declare under another name one of two nodes that would have the same Go name; say whether there were two."""
    owners: dict[str, Node | None] = {}
    for go, node in taken(kind, root, types):
        if go not in owners:
            owners[go] = node
            continue
        for one in (node, owners[go]):
            if one is not None and one is not root and all(one is not t for t in types.values()):
                _hoist(one, go, types, set(owners))
                return True
        for name, declared in list(types.items()):
            if declared in (node, owners[go]) and declared is not None:
                _rename(name, go, root, types, set(owners))
                return True
    return False


def _hoist(node: Node, go: str, types: Types, used: set[str]) -> None:
    name = next(n for i in range(2, 10000) if (n := f"{go}{i}") not in used and n not in types)
    of_type = _OF_TYPE if node.fields is not None else _OF_SCALAR
    keys = {k: node.keys.pop(k) for k in of_type if k in node.keys}
    types[name] = Node(node.at, node.word, keys, node.fields)
    node.word, node.fields = name, None


def _rename(name: str, go: str, root: Node, types: Types, used: set[str]) -> None:
    new = next(n for i in range(2, 10000) if (n := f"{name}{i}") not in used and n not in types)
    types[new] = types.pop(name)
    for node in [*root.walk(), *(n for t in types.values() for n in t.walk())]:
        if node.word == name:
            node.word = new
