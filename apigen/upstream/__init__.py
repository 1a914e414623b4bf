"""The Go types of Kubernetes that a spec may name, without Go: `core/v1.PodSpec`, or short, `PodSpec`.

The facts come from files in this folder, one for each minor version of Kubernetes; `scripts/upstream` makes
them:

* `types`          structs with their OpenAPI definition; named lists and maps too, which have no definition
* `scalars`        named strings, with their values where upstream lists them
* `imports`        the import path of every alias in the types of fields
* `apiextensions`  the definitions that every generated server has already, by way of apiextensions-apiserver

Schemas are shared and must not be changed; their references are `#/definitions/` and the name of a model.
"""

import functools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from apigen.problems import ApigenError

Schema = dict[str, Any]

_DEFINITIONS = "#/definitions/"
# Whose types also have a short name; later packages win.
_SHORT = ("types", "runtime", "resource", "intstr", "core/v1", "meta/v1")


@dataclass(frozen=True)
class UpstreamField:
    """A field of a struct as JSON and Go know it; an inlined struct has no JSON name.

    `type` is Go text with packages as import aliases: `*int32`, `[]corev1.Container`.
    """

    json: str
    go: str
    type: str
    inline: bool = False

    @property
    def is_pointer(self) -> bool:
        """Whether the field may be nil and is no list or map."""
        return self.type.startswith("*")


@dataclass(frozen=True)
class UpstreamType:
    """A named Go type.

    Only types with a `model` have a definition of their own; the schema of others is written where they are
    used. `fields` are in the order of the struct.
    """

    name: str
    go_package: str
    go_name: str
    import_alias: str
    model: str
    schema: Schema = field(compare=False, repr=False)
    fields: tuple[UpstreamField, ...] = field(default=(), compare=False, repr=False)
    base: str = ""
    is_root: bool = False
    """Embeds TypeMeta: a kind, or options of a request. Never part of another object."""
    is_comparable: bool = False
    """Holds no pointer, list, map or interface: Go's = copies and == compares all of it."""

    @property
    def is_scalar(self) -> bool:
        """Whether this is a named string or the like; `base` is then the Go type under the name."""
        return bool(self.base)

    @property
    def go(self) -> str:
        """The type as generated Go spells it: `corev1.PodSpec`."""
        return f"{self.import_alias}.{self.go_name}"


class Upstream:
    """The types of one minor version of Kubernetes."""

    def __init__(self, kubernetes: str) -> None:
        self.kubernetes = kubernetes

    @functools.cached_property
    def _document(self) -> dict[str, Any]:
        file = resources.files(__name__) / f"{self.kubernetes}.json"
        document: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return document

    @functools.cached_property
    def imports(self) -> dict[str, str]:
        """Import paths by the aliases that types of fields use."""
        return dict(self._document["imports"])

    @functools.cached_property
    def known(self) -> frozenset[str]:
        """The models that apiextensions-apiserver defines: those of meta/v1, Quantity and some more."""
        return frozenset(self._document["apiextensions"])

    @functools.cached_property
    def _types(self) -> dict[str, UpstreamType]:
        aliases = {path: alias for alias, path in self.imports.items()}
        tables = self._document["types"] | self._document["scalars"]
        return {
            name: UpstreamType(
                name=name,
                go_package=facts["go"]["package"],
                go_name=facts["go"]["name"],
                import_alias=aliases[facts["go"]["package"]],
                model=facts.get("model", ""),
                schema=facts["schema"],
                fields=tuple(UpstreamField(**f) for f in facts.get("fields", ())),
                base=facts.get("base", ""),
                is_root=facts.get("root", False),
                is_comparable=facts.get("comparable", "base" in facts),
            )
            for name, facts in sorted(tables.items())
        }

    @functools.cached_property
    def _by_model(self) -> dict[str, UpstreamType]:
        return {t.model: t for t in self._types.values() if t.model}

    @functools.cached_property
    def _by_go(self) -> dict[str, UpstreamType]:
        return {t.go: t for t in self._types.values()}

    @functools.cached_property
    def _by_short_name(self) -> dict[str, UpstreamType]:
        return {
            t.go_name: t
            for package in _SHORT
            for name, t in self._types.items()
            if name.startswith(package + ".")
        }

    def find(self, phrase: str) -> UpstreamType | None:
        """Return the type that `core/v1.PodSpec` or `PodSpec` names.

        Short names are those of core/v1 and meta/v1, and the few of API machinery that their fields use;
        meta/v1 wins.
        """
        return self._types.get(phrase) or self._by_short_name.get(phrase)

    def names(self) -> tuple[str, ...]:
        """Return all that a field may be declared as, short names too, sorted: for "did you mean"."""
        full = {name for name, t in self._types.items() if not t.is_root}
        short = {name for name, t in self._by_short_name.items() if not t.is_root}
        return tuple(sorted(full | short))

    def resolve(self, schema: Schema) -> UpstreamType | None:
        """Return the type that a schema refers to, such as the items of a list."""
        return self._by_model.get(schema.get("$ref", "").removeprefix(_DEFINITIONS))

    def fields(self, upstream: UpstreamType) -> Iterator[UpstreamField]:
        """Yield the fields that have a JSON name; those of inlined structs, which Go promotes, in place."""
        for member in upstream.fields:
            if member.inline:
                yield from self.fields(self._by_go[member.type.removeprefix("*")])
            else:
                yield member

    def property(self, upstream: UpstreamType, json_name: str) -> tuple[Schema, UpstreamType | None]:
        """Return the schema of a property and, if it is of a named type, not a list or map of one, that type.

        Raises KeyError for a property that is not there.
        """
        schema: Schema = upstream.schema.get("properties", {})[json_name]
        member = next(f for f in self.fields(upstream) if f.json == json_name)
        return schema, self._by_go.get(member.type.removeprefix("*"))

    def closure(self, models: Iterable[str], known: bool = False) -> dict[str, Schema]:
        """Return the definitions of `models` and of all that they need, sorted by model.

        With `known`, those that apiextensions-apiserver defines are left out. Raises KeyError for a model
        that is not there.
        """
        found: dict[str, Schema] = {}
        open_models = set(models)
        while open_models:
            model = open_models.pop()
            if model in found or (known and model in self.known):
                continue
            found[model] = self._by_model[model].schema
            open_models.update(_references(found[model]))
        return dict(sorted(found.items()))


def _references(value: Any) -> Iterator[str]:
    """Yield the models that a schema refers to."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(_DEFINITIONS)
        for item in value.values():
            yield from _references(item)


def versions() -> tuple[str, ...]:
    """Return the minor versions of Kubernetes whose types are known, oldest first."""
    names = (f.name for f in resources.files(__name__).iterdir())
    found = (n.removesuffix(".json") for n in names if n.endswith(".json"))
    return tuple(sorted(found, key=lambda v: [int(part) for part in v.split(".")]))


@functools.cache
def load(kubernetes: str) -> Upstream:
    """Return the types of a minor version such as `1.37`. The file is read at the first look-up."""
    if kubernetes not in versions():
        raise ApigenError(
            f"the types of Kubernetes {kubernetes} are not known",
            hint=f"known: {', '.join(versions())}",
        )
    return Upstream(kubernetes)
