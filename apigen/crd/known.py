"""Recognises the types of Kubernetes in the fields of a definition, by what they contain.

A type is taken only if nothing is lost by it: the same fields of the same types, the same required ones, defaults,
list types and map types, and no bound more. Descriptions are no part of that, but tell types of one shape apart, and
an object that somebody described in other words is not taken for a type of Kubernetes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from apigen import upstream
from apigen.crd.node import Lost, Node, NotCarried
from apigen.upstream import Upstream, UpstreamType

Schema = dict[str, Any]

_BASICS = {
    "meta/v1.Time": "time", "meta/v1.MicroTime": "time", "resource.Quantity": "quantity",
    "intstr.IntOrString": "intOrString", "runtime.RawExtension": "open object", "meta/v1.Duration": "string",
}  # fmt: skip
_SCALARS = {
    ("string", ""): "string", ("string", "byte"): "bytes", ("string", "date-time"): "time", ("boolean", ""): "bool",
    ("integer", "int32"): "int32", ("integer", "int64"): "int64", ("number", "double"): "float64",
}  # fmt: skip
# What the markers of metav1.Condition make of it; servers check the same by themselves.
_CONDITION: dict[str, dict[str, Any]] = {
    "type": {
        "maxLength": 316,
        "pattern": r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
        r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
    },
    "status": {"enum": ["True", "False", "Unknown"]},
    "observedGeneration": {"minimum": 0},
    "reason": {"maxLength": 1024, "minLength": 1, "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"},
    "message": {"maxLength": 32768},
}
_OF_FIELD = frozenset({"description", "required", "nullable", "validations", "example"})
# With fewer scalars than this, an object without any description could be anything.
_TELLING = 3
_ZERO: tuple[Any, ...] = ("", 0, False, {}, None)


def recognise(root: Node, lost: Lost) -> None:
    """Replace all that is a type of Kubernetes by its name, in place. Its defaults are noted: no server fills them in.

    `lost` gets what is not carried.
    """
    _Recogniser(upstream.load(upstream.versions()[-1]), lost).children(root)


class _Recogniser:
    def __init__(self, kubernetes: Upstream, lost: Lost) -> None:
        self.kubernetes = kubernetes
        self.lost = lost
        self.types = _by_fields(kubernetes)

    def children(self, node: Node) -> None:
        for child in [*(node.fields or {}).values(), *([node.inner] if node.inner else [])]:
            # Rules in CEL for items are estimated by how small an item may be; upstream's defaults make it smaller.
            ruled = child is node.inner and "validations" in child.keys
            if not ruled and (found := self._find(child)):
                self._note_defaults(child, found)
                child.word, child.fields = self._name(found), None
                child.keys.pop("mapType", None)
            else:
                self.children(child)
        item = node.item
        if item is not None and item.word == "Condition" and "listType" not in node.keys:
            node.keys["listType"] = "atomic"  # what a definition means by nothing

    def _note_defaults(self, node: Node, of: UpstreamType) -> None:
        inside = [i for i in node.walk() if i is not node and i.keys.get("default") not in (*_ZERO, [])]
        if inside:
            reason = f"published with the type {of.name}, but the server does not fill it in"
            names = ", ".join(dict.fromkeys(str(inner.at[-1]) for inner in inside))
            self.lost.append(NotCarried((*inside[0].at, "default"), f"default of {names}", reason))

    def _name(self, found: UpstreamType) -> str:
        return found.go_name if self.kubernetes.find(found.go_name) == found else found.name

    def _find(self, node: Node) -> UpstreamType | None:
        """The type that an object is; of several the one whose descriptions are nearest."""
        if not node.fields or node.keys.keys() - _OF_FIELD - {"mapType", "default"}:
            return None
        if node.keys.get("default", {}) != {}:
            return None
        same = [t for t in self.types.get(frozenset(node.fields), ()) if self._same_object(node, t)]
        if not any("description" in inner.keys for inner in node.walk() if inner is not node):
            telling = sum(bool(inner.word) for inner in node.walk()) >= _TELLING
            return same[0] if len(same) == 1 and telling else None
        scored = [(_told(node, t), -i, t) for i, t in enumerate(same)]
        score, _, best = max(scored, key=lambda s: s[:2], default=(0.0, 0, None))
        return best if score >= 0.5 else None

    def _same_object(self, node: Node, of: UpstreamType) -> bool:
        schema = of.schema
        if node.fields is None or node.fields.keys() != schema.get("properties", {}).keys():
            return False
        if node.keys.get("mapType", "granular") != schema.get("x-kubernetes-map-type", "granular"):
            return False
        required = set(schema.get("required", ()))
        extra = _CONDITION if of.name == "meta/v1.Condition" else {}
        return all(
            bool(field.keys.get("required")) == (name in required)
            and _default(field, schema["properties"][name])
            and self._same(field, schema["properties"][name], extra.get(name, {}))
            for name, field in node.fields.items()
        )

    def _same(self, node: Node, schema: Schema, extra: dict[str, Any]) -> bool:
        """Whether a value is what a schema of Kubernetes says, with the bounds of `extra` and no others."""
        beyond = {
            k: v for k, v in node.keys.items() if k not in ("description", "required", "default", "example")
        }
        if of := self.kubernetes.resolve(schema):
            if of.name in _BASICS:
                return node.word == _BASICS[of.name] and beyond == extra
            beyond.pop("mapType", None)
            return not beyond and self._same_object(node, of)
        if schema.get("type") == "array":
            mine = beyond.pop("listType", "atomic"), beyond.pop("listMapKeys", [])
            theirs = schema.get("x-kubernetes-list-type", "atomic"), schema.get(
                "x-kubernetes-list-map-keys", []
            )
            return (
                mine == theirs
                and not beyond
                and node.item is not None
                and self._same(node.item, schema["items"], {})
            )
        if "additionalProperties" in schema:
            mine, theirs = beyond.pop("mapType", "granular"), schema.get("x-kubernetes-map-type", "granular")
            values = schema["additionalProperties"]
            return (
                mine == theirs
                and not beyond
                and node.value is not None
                and self._same(node.value, values, {})
            )
        word = _SCALARS.get((schema.get("type", ""), schema.get("format", "")), "")
        return bool(word) and node.word == word and beyond == extra


def _default(field: Node, schema: Schema) -> bool:
    """Whether a field's default is upstream's; there a zero that no pointer can tell from nothing counts as none."""
    mine, theirs = field.keys.get("default"), schema.get("default")
    return mine == theirs or (mine is None and any(theirs == z and type(theirs) is type(z) for z in _ZERO))


@cache
def _by_fields(kubernetes: Upstream) -> dict[frozenset[str], list[UpstreamType]]:
    """All types by the names of their fields; those with short names first."""
    found: dict[frozenset[str], list[UpstreamType]] = {}
    types = {kubernetes.find(name) for name in kubernetes.names()}
    for of in sorted((t for t in types if t), key=lambda t: (kubernetes.find(t.go_name) != t, t.name)):
        # Conditions of other kinds look alike, and mean other things.
        other = of.go_name.endswith("Condition") and of.name != "meta/v1.Condition"
        if (names := frozenset(of.schema.get("properties", ()))) and not other:
            found.setdefault(names, []).append(of)
    return found


def _told(node: Node, of: UpstreamType) -> float:
    """The share of the described fields whose description begins as upstream's does."""
    pairs = list(_descriptions(node, of))
    return sum(mine == theirs for mine, theirs in pairs) / max(1, len(pairs))


def _descriptions(node: Node, of: UpstreamType) -> Iterator[tuple[str, str]]:
    for name, field in (node.fields or {}).items():
        if mine := field.keys.get("description"):
            yield _start(mine), _start(of.schema["properties"][name].get("description", ""))


def _start(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip()[:40]
