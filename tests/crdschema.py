"""What a definition's schema says, and what a generated server publishes, in one form: to compare them.

It shares no code with the importer: it reads the definition and the OpenAPI definitions of the resolved project.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from apigen import upstream
from apigen.model import Project
from apigen.openapi import definitions

Schema = dict[str, Any]
Difference = tuple[tuple[str | int, ...], str]
"""A path in the definition's schema, and what is not as it should be there."""

QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
KUBERNETES = re.compile(r"io\.k8s\.")
SAME = (
    "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "minProperties",
    "maxProperties", "pattern", "enum", "format", "default", "nullable", "x-kubernetes-list-map-keys",
)  # fmt: skip
JUNCTORS = ("oneOf", "anyOf", "allOf", "not")
IMPLIED = {"apiVersion", "kind", "metadata"}
WORDS = {
    "x-kubernetes-validations": "rules", "x-kubernetes-list-type": "list type", "x-kubernetes-map-type": "map type",
    "x-kubernetes-preserve-unknown-fields": "preserve",
}  # fmt: skip


class Served:
    """The schemas that the server of a project publishes, references followed."""

    def __init__(self, project: Project) -> None:
        self.definitions: dict[str, Schema] = {}
        (self.group,) = project.groups
        (self.kind,) = self.group.kinds
        for version in self.group.versions:
            self.definitions |= definitions(self.group, version)

    def root(self, version: str) -> Schema:
        return self.definitions[f"{self.group.model_prefix}.{version}.{self.kind.kind}"]

    def follow(self, schema: Schema) -> tuple[Schema, str]:
        """The schema with what it refers to, and the model of that."""
        model = str(schema.get("$ref", "")).removeprefix("#/definitions/")
        if not model:
            return schema, ""
        found = self.definitions.get(model) or kubernetes()[model]
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        both = found.get("x-kubernetes-validations", []) + beside.get("x-kubernetes-validations", [])
        return {**found, **beside, **({"x-kubernetes-validations": both} if both else {})}, model


@cache
def kubernetes() -> dict[str, Schema]:
    known = upstream.load(upstream.versions()[-1])
    types = (known.find(name) for name in known.names())
    return known.closure({t.model for t in types if t and t.model})


def differences(schema: Schema, project: Project, version: str) -> Iterator[Difference]:
    """Yield what the schema of a definition says, and the server does not, and the other way round."""
    served = Served(project)
    yield from _Compare(served).objects(schema, served.root(version), (), root=True)


class _Compare:
    def __init__(self, served: Served) -> None:
        self.served = served

    def values(
        self, crd: Schema, served: Schema, at: tuple[str | int, ...], *, inside: str = ""
    ) -> Iterator[Difference]:
        """Compare two schemas. `inside`: a type of Kubernetes, whose own bounds and texts count."""
        beside = served
        served, model = self.served.follow(served)
        of_kubernetes = bool(KUBERNETES.match(model)) or bool(inside)
        crd = _normal(crd)
        if (crd.get("description") and not of_kubernetes) or (model and "description" in crd and not inside):
            said, wanted = _words(beside.get("description", "")), _words(crd["description"])
            # A field of an object type has its own text; the list of an enum's values follows it.
            if wanted and not said.startswith(wanted):
                yield (*at, "description"), "description"
        for key in ("title", "externalDocs"):
            if key in crd:
                yield (*at, key), key
        if crd.get("x-kubernetes-int-or-string"):
            known = model.endswith(("Quantity", "IntOrString"))
            if not known:
                yield at, "type int-or-string"
            if model == QUANTITY and crd.get("pattern", "").startswith("^(\\+|-)?(([0-9]+"):
                del crd["pattern"]
            served = {k: v for k, v in served.items() if k not in ("oneOf", "format", "type")}
        elif (crd.get("type") or "any") != self._type(served, model):
            yield at, f"type {crd.get('type')}"
        yield from self.bounds(crd, served, at, of_kubernetes, model)
        if "items" in crd or served.get("type") == "array":
            if "items" in crd and "items" in served:
                yield from self.values(crd["items"], served["items"], (*at, "items"), inside=inside)
            elif "items" in crd:
                yield (*at, "items"), "items"
        if isinstance(crd.get("additionalProperties"), dict):
            inner = served.get("additionalProperties")
            if isinstance(inner, dict):
                yield from self.values(
                    crd["additionalProperties"], inner, (*at, "additionalProperties"), inside=inside
                )
            else:
                yield (*at, "additionalProperties"), "additionalProperties"
        if crd.get("type") == "object" and "additionalProperties" not in crd:
            yield from self.objects(
                crd, served, at, inside=inside or (model if KUBERNETES.match(model) else "")
            )

    def _type(self, served: Schema, model: str) -> str:
        if model.endswith(("Time", "MicroTime")):
            return "string"
        return served.get("type") or "any"

    def bounds(
        self, crd: Schema, served: Schema, at: tuple[str | int, ...], of_kubernetes: bool, model: str
    ) -> Iterator[Difference]:
        condition = of_kubernetes  # what Kubernetes says of its types is compared by their fields
        for key in SAME:
            mine, theirs = crd.get(key), served.get(key)
            if key == "format":
                mine, theirs = _format(crd), _format(served)
            if key == "enum" and mine and theirs is None and served.get("x-kubernetes-validations"):
                continue  # a rule says it: the count of rules tells
            if key == "enum" and mine and theirs:
                mine, theirs = sorted({str(v) for v in mine if v is not None}), sorted(map(str, theirs))
            if mine is not None and mine != theirs and not (condition and _of_condition(at, key)):
                if not (key == "default" and mine in ({}, "") and theirs in ({}, "", None) and of_kubernetes):
                    yield (*at, key), f"{key} {mine!r}, served {theirs!r}"
            elif (
                theirs is not None and mine is None and not of_kubernetes and key not in ("format", "default")
            ):
                yield at, f"more than there was: {key}"
        for end in ("Minimum", "Maximum"):
            if crd.get(f"exclusive{end}", False) != served.get(f"exclusive{end}", False):
                yield (*at, f"exclusive{end}"), f"exclusive{end}"
        usual = {"x-kubernetes-list-type": "atomic", "x-kubernetes-map-type": "granular"}
        for key, default in usual.items():
            if crd.get(key, default) != served.get(key, default):
                yield (*at, key), WORDS[key]
        if crd.get("x-kubernetes-preserve-unknown-fields") and not served.get(
            "x-kubernetes-preserve-unknown-fields"
        ):
            if crd.get("type") == "array":  # what it says, it says of the items
                items, _ = self.served.follow(served.get("items", {}))
                if not items.get("x-kubernetes-preserve-unknown-fields"):
                    yield (*at, "items", "x-kubernetes-preserve-unknown-fields"), "preserve"
            elif (
                not model.endswith("RawExtension") and "additionalProperties" not in crd
            ):  # a map keeps every key
                yield (*at, "x-kubernetes-preserve-unknown-fields"), "preserve"
        yield from self.rules(crd, served, at)

    def rules(self, crd: Schema, served: Schema, at: tuple[str | int, ...]) -> Iterator[Difference]:
        """Each rule is there, and for each junctor the same junctor or one more rule."""
        mine, theirs = crd.get("x-kubernetes-validations", []), served.get("x-kubernetes-validations", [])
        left = [json.dumps(_rule(r), sort_keys=True) for r in theirs]
        for rule in mine:
            text = json.dumps(_rule(rule), sort_keys=True)
            if text in left:
                left.remove(text)
            else:
                yield (*at, "x-kubernetes-validations"), f"rule {rule['rule']}"
        for key in JUNCTORS:
            if key not in crd:
                continue
            groups = [served, *served.get("allOf", ())]
            if any(crd[key] == g.get(key) for g in groups) or (
                key == "not" and any("oneOf" in g for g in groups)
            ):
                continue
            if left:
                left.pop()
            else:
                yield (*at, key), key
        if left and "enum" not in crd and not any(k in crd for k in ("required", *JUNCTORS)):
            yield at, f"more than there was: {left[0]}"

    def objects(
        self, crd: Schema, served: Schema, at: tuple[str | int, ...], *, root: bool = False, inside: str = ""
    ) -> Iterator[Difference]:
        ignored = IMPLIED if root else set()
        mine = {n: s for n, s in (crd.get("properties") or {}).items() if n not in ignored}
        theirs = {n: s for n, s in (served.get("properties") or {}).items() if n not in ignored}
        if root:
            yield from self.rules(crd, served, at)
            preserve = "x-kubernetes-preserve-unknown-fields"
            if crd.get(preserve) and not served.get(preserve):
                yield (*at, preserve), "preserve"
        for name in theirs.keys() - mine.keys():
            yield at, f"more than there was: the field {name}"
        needed = set(crd.get("required") or ()) - ignored, set(served.get("required") or ()) - ignored
        for name in needed[0] - needed[1]:
            yield (*at, "required"), f"required {name}"
        for name in needed[1] - needed[0]:
            yield at, f"more than there was: required {name}"
        for name, schema in mine.items():
            if name in theirs:
                yield from self.values(schema, theirs[name], (*at, "properties", name), inside=inside)
            else:
                yield (*at, "properties", name), f"field {name}"


def _rule(rule: Schema) -> Schema:
    return {k: v for k, v in rule.items() if v not in ("", False)}


def _words(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _format(schema: Schema) -> str | None:
    """A format that means something for the type."""
    kind, said = schema.get("type"), schema.get("format")
    if kind == "integer":
        return said if said == "int32" else "int64"
    if kind == "number":
        return None
    return said


def _of_condition(at: tuple[str | int, ...], key: str) -> bool:
    """Whether a bound is one that servers demand of conditions by themselves."""
    name = at[-1] if at else ""
    return (name, key) in {
        ("type", "maxLength"), ("type", "pattern"), ("status", "enum"), ("observedGeneration", "minimum"),
        ("reason", "maxLength"), ("reason", "minLength"), ("reason", "pattern"), ("message", "maxLength"),
    }  # fmt: skip


def _normal(schema: Schema) -> Schema:
    """The schema with the bounds of its allOf, and without what says nothing."""
    out = {k: v for k, v in schema.items() if v is not None and v is not False}
    if out.get("x-kubernetes-int-or-string"):
        for key in ("anyOf", "oneOf"):
            if sorted(str(b.get("type")) for b in out.get(key, ())) == ["integer", "string"]:
                del out[key]
        out.pop("type", None)
    left = []
    for branch in out.pop("allOf", ()):
        if "enum" in branch:
            out["enum"] = [v for v in out.get("enum", branch["enum"]) if v in branch["enum"]]
        for key, pick in (("minLength", max), ("minItems", max), ("maxLength", min), ("maxItems", min)):
            if key in branch:
                out[key] = pick(out.get(key, branch[key]), branch[key])
        if {"pattern"} == branch.keys() and out.get("pattern", branch["pattern"]) == branch["pattern"]:
            out["pattern"] = branch["pattern"]
            continue
        said_again = set(branch) == {"anyOf"} and out.get("x-kubernetes-int-or-string")
        if branch.keys() - {"enum", "minLength", "maxLength", "minItems", "maxItems"} and not said_again:
            left.append(branch)
    return {**out, "allOf": left} if left else out
