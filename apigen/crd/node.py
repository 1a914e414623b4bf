"""What the steps hand on: fields as the spec will have them, and what could not be carried."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apigen.model import Path
from apigen.source import Source

SCHEMA_KEYS = {
    "listType": "x-kubernetes-list-type", "listMapKeys": "x-kubernetes-list-map-keys",
    "mapType": "x-kubernetes-map-type", "validations": "x-kubernetes-validations",
    "preserveUnknownFields": "x-kubernetes-preserve-unknown-fields",
}  # fmt: skip
"""What keys of the language are called in schemas, where that differs."""


@dataclass(frozen=True)
class Definition:
    """One CustomResourceDefinition: its data, and where it stands in its file."""

    document: dict[str, Any]
    source: Source
    at: Path = ()

    @property
    def spec(self) -> dict[str, Any]:
        """What it says under `spec`."""
        spec: dict[str, Any] = self.document["spec"]
        return spec

    @property
    def name(self) -> str:
        """The kind and its group, for people."""
        return f"{self.spec['names']['kind']}.{self.spec['group']}"


@dataclass(frozen=True, order=True)
class NotCarried:
    """What a resource file does not have of a definition: the path in the definition, what stands there, why."""

    path: Path
    what: str
    reason: str


@dataclass(eq=False)
class Node:
    """A field, an item, a value or a named type, as a spec has it.

    It has `fields`, or an `item`, or a `value`, or else `word` is its type. `keys` are the spec's other keys. `at` is
    the path of the schema that it was made of, and `also` are those of schemas that say the same.
    """

    at: Path
    word: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, "Node"] | None = None
    item: "Node | None" = None
    value: "Node | None" = None
    also: list[Path] = field(default_factory=list)

    @property
    def inner(self) -> "Node | None":
        """What a list or map holds."""
        return self.item or self.value

    def walk(self) -> Iterator["Node"]:
        """Yield the node and all that is in it."""
        yield self
        for child in (self.fields or {}).values():
            yield from child.walk()
        if self.inner is not None:
            yield from self.inner.walk()


Lost = list[NotCarried]
