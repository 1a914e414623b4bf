"""Whether a definition is one: what every later step takes for granted of its shape, with the place of each fault."""

from collections.abc import Iterator
from typing import Any

from apigen.crd.node import Definition
from apigen.model import Path
from apigen.problems import Problem
from apigen.words import quoted

_V1 = "apiextensions.k8s.io/v1"
_V1BETA1 = "apiextensions.k8s.io/v1beta1"
_MAX_DEPTH = 64
_TYPES = ("string", "integer", "number", "boolean", "object", "array")

_WORDS: dict[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "an integer",
}
_NUMBER = (int, float)
_SHAPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("type", "format", "description", "title", "pattern"), (str,)),
    **dict.fromkeys(("x-kubernetes-list-type", "x-kubernetes-map-type"), (str,)),
    **dict.fromkeys(("properties", "not"), (dict,)),
    **dict.fromkeys(("enum", "oneOf", "anyOf", "allOf", "required", "x-kubernetes-list-map-keys"), (list,)),
    "x-kubernetes-validations": (list,),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _NUMBER),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), (int,)
    ),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum", "nullable", "uniqueItems"), (bool,)),
    **dict.fromkeys(("x-kubernetes-int-or-string", "x-kubernetes-embedded-resource"), (bool,)),
    "x-kubernetes-preserve-unknown-fields": (bool,),
}
_RULE = dict.fromkeys(("rule", "message", "messageExpression", "reason", "fieldPath"), (str,))


def check(definition: Definition) -> list[Problem]:
    """Return why a definition cannot be imported at all; nothing where it can."""
    return list(_Check(definition).problems())


class _Check:
    def __init__(self, definition: Definition) -> None:
        self.of = definition

    def _problem(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> Problem:
        return self.of.source.problem((*self.of.at, *path), message, hint, key=key)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the whole."""
        document = self.of.document
        version, spec = document.get("apiVersion"), document.get("spec")
        if version != _V1:
            message = (
                f"the definition is of {quoted(str(version))}, not of {_V1}"
                if version
                else "apiVersion is missing"
            )
            hint = f"write apiVersion: {_V1}"
            if version == _V1BETA1:
                message = f"{_V1BETA1} is gone since Kubernetes 1.22"
                hint = f"bring it to {_V1}: each version gets its own schema, subresources and columns"
            yield self._problem(("apiVersion",), message, hint)
        elif not isinstance(spec, dict) or not spec.get("versions"):
            message = "the definition has no versions: it looks like a patch for kustomize"
            yield self._problem(
                ("spec",), message, "import what it makes: kustomize build | apigen import -", key=True
            )
        elif faults := list(self._head(spec)):
            yield from faults
        else:
            yield from self._versions(spec["versions"])

    def _expect(self, of: Any, key: str, path: Path, *types: type, needed: bool = False) -> Iterator[Problem]:
        """Yield a problem where a member is missing or of another type."""
        if key not in of or (of[key] is None and not needed):
            if needed:
                yield self._problem(path, f"{key} is missing", "every definition has it", key=True)
        elif not isinstance(of[key], types) or (bool not in types and isinstance(of[key], bool)):
            yield self._problem((*path, key), f"{key} is not {_WORDS.get(types[0], 'a number')}")

    def _head(self, spec: dict[str, Any]) -> Iterator[Problem]:
        at: Path = ("spec",)
        yield from self._expect(spec, "group", at, str, needed=True)
        yield from self._expect(spec, "names", at, dict, needed=True)
        yield from self._expect(spec, "versions", at, list, needed=True)
        yield from self._expect(spec, "conversion", at, dict)
        yield from self._expect(self.of.document, "metadata", (), dict)
        if spec.get("scope") not in ("Namespaced", "Cluster"):
            yield self._problem((*at, "scope"), "scope is neither Namespaced nor Cluster")
        if not isinstance(names := spec.get("names"), dict):
            return
        for key in ("kind", "plural"):
            yield from self._expect(names, key, (*at, "names"), str, needed=True)
        for key in ("singular", "listKind"):
            yield from self._expect(names, key, (*at, "names"), str)
        for key in ("shortNames", "categories"):
            yield from self._texts(names, key, (*at, "names"))

    def _texts(self, of: Any, key: str, path: Path) -> Iterator[Problem]:
        faults = list(self._expect(of, key, path, list))
        yield from faults
        if not faults:
            for i, text in enumerate(of.get(key) or ()):
                if not isinstance(text, str):
                    yield self._problem((*path, key, i), f"{key} has something that is not text")

    def _versions(self, versions: list[Any]) -> Iterator[Problem]:
        stored = 0
        for i, version in enumerate(versions):
            at: Path = ("spec", "versions", i)
            if not isinstance(version, dict):
                yield self._problem(at, "a version is a mapping")
                continue
            faults = [
                *self._expect(version, "name", at, str, needed=True),
                *(f for key in ("schema", "subresources") for f in self._expect(version, key, at, dict)),
                *(
                    f
                    for key in ("storage", "served", "deprecated")
                    for f in self._expect(version, key, at, bool)
                ),
                *self._expect(version, "deprecationWarning", at, str),
                *self._rows(version, "additionalPrinterColumns", at, "name", "type", "jsonPath"),
                *self._rows(version, "selectableFields", at, "jsonPath"),
                *self._scale(version, at),
            ]
            yield from faults
            stored += version.get("storage") is True
            schema = (version.get("schema") or {}) if not faults else {}
            yield from self._expect(schema, "openAPIV3Schema", (*at, "schema"), dict)
            if isinstance(schema.get("openAPIV3Schema"), dict):
                yield from self._schema(schema["openAPIV3Schema"], (*at, "schema", "openAPIV3Schema"), 0)
        if stored != 1:
            message = f"{stored} versions say storage: true"
            yield self._problem(("spec", "versions"), message, "exactly one does", key=True)

    def _scale(self, version: dict[str, Any], at: Path) -> Iterator[Problem]:
        subresources = version.get("subresources")
        if isinstance(subresources, dict):
            for key in ("status", "scale"):
                yield from self._expect(subresources, key, (*at, "subresources"), dict)
            if isinstance(scale := subresources.get("scale"), dict):
                for key in ("specReplicasPath", "statusReplicasPath", "labelSelectorPath"):
                    needed = key != "labelSelectorPath"
                    yield from self._expect(scale, key, (*at, "subresources", "scale"), str, needed=needed)

    def _rows(self, of: Any, key: str, path: Path, *texts: str) -> Iterator[Problem]:
        """Yield what is wrong with a list of mappings, each of which has those texts."""
        faults = list(self._expect(of, key, path, list))
        yield from faults
        for i, row in enumerate((of.get(key) or ()) if not faults else ()):
            if not isinstance(row, dict):
                yield self._problem((*path, key, i), f"{key} has something that is no mapping")
                continue
            for text in texts:
                yield from self._expect(row, text, (*path, key, i), str, needed=True)

    def _schema(self, schema: Any, at: Path, depth: int) -> Iterator[Problem]:
        """Yield what is wrong with a schema and all in it."""
        if depth > _MAX_DEPTH:
            yield self._problem(at, f"schemas nested more than {_MAX_DEPTH} deep")
            return
        if not isinstance(schema, dict):
            yield self._problem(at, "a schema is a mapping")
            return
        faults = [f for key in schema if key in _SHAPES for f in self._expect(schema, key, at, *_SHAPES[key])]
        if "$ref" in schema:
            faults.append(
                self._problem(
                    (*at, "$ref"), "a definition cannot have $ref", "write the schema out", key=True
                )
            )
        if isinstance(schema.get("type"), str) and schema["type"] not in _TYPES:
            faults.append(self._problem((*at, "type"), f"unknown type {quoted(schema['type'])}"))
        for key in ("required", "x-kubernetes-list-map-keys"):
            faults += self._texts(schema, key, at)
        faults += self._rows(schema, "x-kubernetes-validations", at, "rule")
        yield from faults
        if not faults:
            for member, inner in _members(schema):
                yield from self._schema(inner, (*at, *member), depth + 1)


def _members(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas in a schema, and their paths in it."""
    for name, inner in (schema.get("properties") or {}).items():
        yield ("properties", name), inner
    for key in ("items", "additionalProperties", "not"):
        free = key == "additionalProperties" and isinstance(schema.get(key), bool)
        if schema.get(key) is not None and not free:
            yield (key,), schema[key]
    for key in ("oneOf", "anyOf", "allOf"):
        for i, inner in enumerate(schema.get(key) or ()):
            yield (key, i), inner
