"""The Go names that a kind's types will get, as `declare` gives them: to choose names that are free."""

from collections.abc import Iterator

from apigen import names
from apigen.crd.node import Node
from apigen.enums import constant_name
from apigen.package import RESERVED


def taken(kind: str, root: Node, types: dict[str, Node]) -> Iterator[tuple[str, Node | None]]:
    """Yield every Go name of a version and the node that asks for it: structs, enums and their constants."""
    yield from ((name, None) for name in sorted(RESERVED))
    yield kind + "List", None
    yield from _named(kind, root)
    for name, node in types.items():
        yield from _named(names.exported(name), node)


def _named(go: str, node: Node) -> Iterator[tuple[str, Node | None]]:
    if node.fields is not None:
        yield go, node
        for json, field in node.fields.items():
            yield from _named(go + names.exported(json), field)
    elif node.inner is not None:
        yield from _named(go + ("Item" if node.item else "Value"), node.inner)
    elif "enum" in node.keys:
        yield go, node
        used: set[str] = set()
        for value in node.keys["enum"]:
            used.add(constant := constant_name(go, value, used))
            yield constant, node
