"""The schema of a definition -> fields of the language, and what of it the language has no words for."""

import copy
import json
from typing import Any

from apigen import names
from apigen.crd import junctors
from apigen.crd.bounds import merge, numbers
from apigen.crd.node import Lost, Node, NotCarried
from apigen.formats import FORMATS
from apigen.model import Path
from apigen.words import quoted

Schema = dict[str, Any]

_NUMBER = r"(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
QUANTITY = rf"^(\+|-)?{_NUMBER}(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?{_NUMBER}))?$"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_RULES = "x-kubernetes-validations"
_FLAGS = (
    _PRESERVE,
    _EMBEDDED,
    _INT_OR_STRING,
    "nullable",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
)
_TEXT = ("minLength", "maxLength", "pattern")
_JUNCTORS = ("oneOf", "anyOf", "allOf", "not")
_RULE_KEYS = ("rule", "message", "messageExpression", "reason", "fieldPath", "optionalOldSelf")
_FORMATS = {name.replace("-", ""): name for name in FORMATS}
_MESSAGES = {
    "oneOf": "must be exactly one of the alternatives",
    "anyOf": "must be at least one of the alternatives",
    "allOf": "must be all that is demanded",
    "not": "must not be what is excluded",
    "enum": "must be one of the values allowed",
    "required": "must have the keys that are required",
}
_REASONS = {
    "title": "the language has descriptions alone: put it there",
    "externalDocs": "the language has descriptions alone: put it there",
    "uniqueItems": "write listType: set, where items are scalars",
    "format": "Kubernetes knows no such format for the type, and ignores it",
    "default": "null equals absent",
    _EMBEDDED: "beside properties: declare apiVersion, kind and metadata among the fields",
    "type": f"it contradicts {_INT_OR_STRING}, which holds",
}


def fields(schema: Schema, at: Path, lost: Lost) -> Node:
    """Return the fields that the schema at the path `at` declares; add to `lost` what of it is not carried."""
    return _Reader(lost).node(schema, at)


class _Reader:
    def __init__(self, lost: Lost) -> None:
        self.lost = lost

    def lose(self, at: Path, what: str, reason: str) -> None:
        self.lost.append(NotCarried(at, what, reason))

    def node(self, schema: Schema, at: Path) -> Node:
        left = {k: v for k, v in schema.items() if v is not None and not (k in _FLAGS and v is False)}
        merge(left)
        node = Node(at)
        kind = _kind(left)
        getattr(self, f"_{kind}")(left, node)
        if kind != "int_or_string" or left.get("type") not in ("integer", "string"):
            left.pop("type", None)
        self._rules(left, node)
        self._junctors(left, schema, node)
        self._said(left, node)
        for key, value in left.items():
            reason = _REASONS.get(key) or f"it says nothing of {_phrase(node)}"
            self.lose((*at, key), _shown(key, value), reason)
        return node

    def _said(self, left: Schema, node: Node) -> None:
        """What every value may have."""
        for key in ("description", "nullable", "default", "example"):
            if left.get(key) not in (None, ""):
                node.keys[key] = copy.deepcopy(left.pop(key))
        left.pop("description", None)
        for key in ("default", "example"):
            if key in left and left[key] == "":
                node.keys[key] = left.pop(key)

    def _take(self, left: Schema, node: Node, *keys: str) -> None:
        node.keys.update({key: left.pop(key) for key in keys if key in left})

    # The kinds of values.

    def _string(self, left: Schema, node: Node) -> None:
        node.word = "string"
        known = _FORMATS.get(str(left.get("format", "")).replace("-", ""))
        plain = not any(key in left for key in (*_TEXT, "enum", "default"))
        if plain and known in ("date-time", "byte"):
            node.word = "time" if known == "date-time" else "bytes"
            del left["format"]
        elif known:
            node.keys["format"] = known
            del left["format"]
        self._take(left, node, *_TEXT)
        self._enum(left, node, str)

    def _boolean(self, left: Schema, node: Node) -> None:
        node.word = "bool"
        self._enum(left, node)

    def _integer(self, left: Schema, node: Node) -> None:
        node.word = "int32" if left.get("format") == "int32" else "int64"
        if left.get("format") in ("int32", "int64"):
            del left["format"]
        self._numbers(left, node, node.word)
        self._enum(left, node, int)

    def _number(self, left: Schema, node: Node) -> None:
        node.word = "float64"
        if left.get("format") in ("double", "float"):  # every float is a double
            del left["format"]
        self._numbers(left, node, node.word)
        self._enum(left, node)

    def _int_or_string(self, left: Schema, node: Node) -> None:
        node.word = "intOrString"
        del left[_INT_OR_STRING]
        for key in ("anyOf", "oneOf"):
            if key in left and junctors.is_int_or_string(left[key]):
                del left[key]
        left["allOf"] = [b for b in left.get("allOf", ()) if not _says_int_or_string(b)]
        if not left["allOf"]:
            del left["allOf"]
        others = ("minLength", "maxLength", "minimum", "maximum", "enum", "allOf")
        if left.get("pattern") == QUANTITY and not any(key in left for key in others):
            node.word = "quantity"
            del left["pattern"]
        self._take(left, node, *_TEXT)
        self._numbers(left, node, "int32")
        self._enum(left, node)

    def _numbers(self, left: Schema, node: Node, word: str) -> None:
        found, beyond = numbers(left, word)
        node.keys.update(found)
        for key, reason in beyond.items():
            self.lose((*node.at, key), key, reason)

    def _enum(self, left: Schema, node: Node, kind: type | None = None) -> None:
        """The values allowed: as an enum where the language has one, else as a rule."""
        if "enum" not in left:
            return
        values: list[Any] = []
        for value in left.pop("enum"):
            if value is not None and not any(
                v is value or (v == value and type(v) is type(value)) for v in values
            ):
                values.append(value)
        if kind and values and all(type(v) is kind for v in values):
            node.keys["enum"] = values
        else:
            of = (
                {"type": "number"} if node.word == "float64" else {_INT_OR_STRING: node.word == "intOrString"}
            )
            self._condition(node, {"enum": values}, of, "enum")

    def _any(self, left: Schema, node: Node) -> None:
        node.word = "any"
        left.pop(_PRESERVE, None)

    def _open(self, left: Schema, node: Node) -> None:
        node.word = "open object"
        for key in (_PRESERVE, "additionalProperties", "properties"):
            left.pop(key, None)

    def _embedded(self, left: Schema, node: Node) -> None:
        node.word = "embedded resource"
        for key in (_EMBEDDED, _PRESERVE, "properties"):
            left.pop(key, None)

    def _list(self, left: Schema, node: Node) -> None:
        items = left.pop("items", None)
        node.item = self.node(items, (*node.at, "items")) if items else Node((*node.at, "items"), "any")
        item = node.item
        if _PRESERVE in left and (item.fields is not None or item.word in ("any", "open object")):
            del left[_PRESERVE]
            if item.fields is not None:
                item.keys["preserveUnknownFields"] = True
        self._element(item)
        self._take(left, node, "minItems", "maxItems")
        for key, word in (
            ("x-kubernetes-list-type", "listType"),
            ("x-kubernetes-list-map-keys", "listMapKeys"),
        ):
            if key in left:
                node.keys[word] = left.pop(key)
        kind = node.keys.get("listType")
        if kind == "set" and (item.fields is not None or item.inner or item.word in ("any", "open object")):
            del node.keys["listType"]
            self.lose(
                (*node.at, "x-kubernetes-list-type"), "listType set", "the items of a set are scalars here"
            )

    def _map(self, left: Schema, node: Node) -> None:
        left.pop("properties", None)
        left.pop(_PRESERVE, None)  # every key is declared already
        value = left.pop("additionalProperties")
        at = (*node.at, "additionalProperties")
        node.value = self.node(value, at) if value else Node(at, "any")
        self._element(node.value)
        self._sized(left, node)
        if "required" in left:
            required = {"required": left.pop("required")}
            self._condition(node, required, {"additionalProperties": {}}, "required")

    def _element(self, node: Node) -> None:
        """Take from what a list or map holds the words that are for fields alone."""
        for key in ("nullable", "default"):
            if key in node.keys:
                value = node.keys.pop(key)
                self.lose(
                    (*node.at, key), _shown(key, value), "it is for fields: what a list or map holds is there"
                )

    def _object(self, left: Schema, node: Node) -> None:
        node.fields = {}
        taken: dict[str, str] = {}
        for name, schema in left.pop("properties", {}).items():
            at = (*node.at, "properties", name)
            go = names.field_name(name)
            if not names.FIELD.match(name) or name in ("_", "-"):
                self.lose(at, f"field {name}", "its name cannot be that of a field")
            elif go in taken:
                self.lose(at, f"field {name}", f"it and {taken[go]} are both {go} in Go")
            else:
                taken[go] = name
                node.fields[name] = self.node(schema, at)
        if left.pop(_PRESERVE, False) or left.get("additionalProperties") is True:
            node.keys["preserveUnknownFields"] = True
        if isinstance(left.get("additionalProperties"), bool):
            del left["additionalProperties"]
        self._sized(left, node)
        for name in left.pop("required", ()):
            self._required(node, name)

    def _sized(self, left: Schema, node: Node) -> None:
        self._take(left, node, "minProperties", "maxProperties")
        if "x-kubernetes-map-type" in left:
            node.keys["mapType"] = left.pop("x-kubernetes-map-type")

    def _required(self, node: Node, name: str) -> None:
        field = (node.fields or {}).get(name)
        if field is None:
            self.lose((*node.at, "required"), f"required {name}", "no such field is declared")
        elif field.keys.get("nullable"):
            reason = "it may be null, and null equals absent: the field is optional here"
            self.lose((*node.at, "required"), f"required {name}", reason)
        else:
            field.keys["required"] = True

    # What is demanded besides.

    def _rules(self, left: Schema, node: Node) -> None:
        for i, given in enumerate(left.pop(_RULES, ())):
            node.keys.setdefault("validations", []).append({k: given[k] for k in _RULE_KEYS if k in given})
            for key in given.keys() - set(_RULE_KEYS):
                self.lose((*node.at, _RULES, i, key), key, "no key of a validation")

    def _junctors(self, left: Schema, schema: Schema, node: Node) -> None:
        for key in _JUNCTORS:
            if key not in left:
                continue
            counted = junctors.one_of(left, key) if node.fields is not None else None
            if counted and all(_may_be_absent(node, name) for name in counted[1]):
                node.keys.setdefault(counted[0], []).append(counted[1])
                del left[key]
            else:
                self._condition(node, {key: left.pop(key)}, schema, key)
        for key in ("exactlyOneOf", "atMostOneOf", "atLeastOneOf"):
            if len(node.keys.get(key, ())) == 1 and isinstance(node.keys[key][0], list):
                node.keys[key] = node.keys[key][0]

    def _condition(self, node: Node, demand: Schema, of: Schema, key: str) -> None:
        """Say a demand as a rule in CEL, or note that it is not carried."""
        try:
            rule = junctors.condition(demand, of)
        except junctors.Unsayable as no:
            self.lose((*node.at, key), key, f"CEL cannot say it: {no}")
            return
        node.keys.setdefault("validations", []).append({"rule": rule, "message": _MESSAGES[key]})


def _kind(left: Schema) -> str:
    """Which of the reader's methods a schema is for."""
    if _INT_OR_STRING in left:
        return "int_or_string"
    kind = left.get("type")
    if kind == "array":
        return "list"
    if kind in ("string", "boolean", "integer", "number"):
        return str(kind)
    if left.get("properties"):
        return "object"
    if _EMBEDDED in left:
        return "embedded"
    if isinstance(left.get("additionalProperties"), dict):
        return "map"
    if kind is None:
        return "any"
    return "open" if _PRESERVE in left or left.get("additionalProperties") is True else "object"


def _says_int_or_string(branch: Schema) -> bool:
    return set(branch) <= {"anyOf", "oneOf"} and all(junctors.is_int_or_string(b) for b in branch.values())


def _may_be_absent(node: Node, name: str) -> bool:
    field = (node.fields or {}).get(name)
    return field is not None and not field.keys.get("required") and "default" not in field.keys


def _phrase(node: Node) -> str:
    if node.fields is not None:
        return "an object"
    return node.word or ("a list" if node.item else "a map")


def _shown(key: str, value: Any) -> str:
    if isinstance(value, str):
        return f"{key} {quoted(value)}"
    return f"{key} {json.dumps(value)}" if isinstance(value, int | float) else key
