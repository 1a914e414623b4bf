"""Fields as plain data of the language, in its order of keys, and which node each mapping is of."""

from typing import Any

from apigen.crd.node import Node

Data = Any

_ORDER = (
    *(
        "type",
        "required",
        "nullable",
        "default",
        "enum",
        "minimum",
        "exclusiveMinimum",
        "maximum",
        "exclusiveMaximum",
    ),
    *("multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "minProperties"),
    *(
        "maxProperties",
        "listType",
        "listMapKeys",
        "mapType",
        "immutable",
        "deprecated",
        "example",
        "description",
    ),
    *("preserveUnknownFields", "fields", "items", "values", "exactlyOneOf", "atMostOneOf", "atLeastOneOf"),
    "validations",
)
_RANK = {key: i for i, key in enumerate(_ORDER)}


class Renderer:
    """Renders fields; `owners` has the node of each mapping, by the mapping's identity."""

    def __init__(self) -> None:
        self.owners: dict[int, Node] = {}
        self._kept: list[Data] = []

    def field(self, node: Node) -> Data:
        """Return a field or a named type."""
        said = {**node.keys, **self._type(node)}
        return self._own(node, said, short=True)

    def fields(self, fields: dict[str, Node]) -> Data:
        """Return fields by name."""
        return {name: self.field(node) for name, node in fields.items()}

    def _type(self, node: Node) -> dict[str, Data]:
        if node.fields is not None:
            return {"fields": self.fields(node.fields)}
        return {"type": phrase(node), **self._inside(node)}

    def _inside(self, node: Node) -> dict[str, Data]:
        """What is said of the items of a list, or of the values of a map."""
        if node.inner is None:
            return {}
        inner = node.inner
        said = {**inner.keys, **self._inside(inner)}
        if inner.fields is not None:
            said["fields"] = self.fields(inner.fields)
        if not said:
            return {}
        return {"items" if node.item else "values": self._own(inner, said)}

    def _own(self, node: Node, said: dict[str, Data], *, short: bool = False) -> Data:
        if short and said.keys() == {"type"}:
            return said["type"]
        ordered = {key: said[key] for key in sorted(said, key=lambda key: _RANK.get(key, len(_RANK)))}
        self.owners[id(ordered)] = node
        self._kept.append(ordered)
        return ordered


def phrase(node: Node) -> str:
    """Return the type of a node as a phrase."""
    if node.inner is not None:
        return f"{'list' if node.item else 'map'} of {phrase(node.inner)}"
    return "object" if node.fields is not None else node.word
