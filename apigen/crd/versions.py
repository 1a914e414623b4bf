"""Definitions -> drafts of resource files: names, versions, and what stands beside the fields of each version."""

from dataclasses import dataclass, field
from typing import Any

from apigen import names
from apigen.crd.fields import fields
from apigen.crd.known import recognise
from apigen.crd.metadata import metadata_rule, name_rules
from apigen.crd.named import Types, named
from apigen.crd.node import SCHEMA_KEYS, Definition, Lost, Node, NotCarried
from apigen.model import Path
from apigen.spec import FieldSpec, VersionSpec

_SCHEMA = ("schema", "openAPIV3Schema")
_COLUMN = ("name", "type", "jsonPath", "description", "format", "priority")
_IMPLIED = ("apiVersion", "kind", "metadata")
_OF_ROOT = ("validations", "exactlyOneOf", "atMostOneOf", "atLeastOneOf", "preserveUnknownFields")
_CRD = ("apiVersion", "kind", "metadata", "spec", "status")


@dataclass
class Version:
    """A version in the making: its root, its named types, and its other keys. `at` is its path in the definition."""

    name: str
    at: Path
    root: Node
    types: Types
    keys: dict[str, Any]
    description: str = ""
    places: dict[str, list[Path]] = field(default_factory=dict)
    """Where the columns and selectable fields stand in the definition."""


@dataclass
class Draft:
    """A resource file in the making."""

    definition: Definition
    keys: dict[str, Any]
    versions: list[Version]
    lost: Lost

    @property
    def storage(self) -> Version:
        """The version that is stored."""
        return next(v for v in self.versions if v.keys.get("storage"))


def draft(definition: Definition) -> Draft:
    """Return what a definition says, as far as the language has words for it, and what is not carried."""
    lost: Lost = []
    spec = definition.spec
    kind = spec["names"]["kind"]
    rules = name_rules([v.get("schema") or {} for v in spec["versions"]])
    versions = [
        _version(kind, v, ("spec", "versions", i), rules, lost) for i, v in enumerate(spec["versions"])
    ]
    keys = _keys(spec, lost) | ({"metadata": {"name": rules}} if rules else {})
    made = Draft(definition, keys, versions, lost)
    _same_status(made)
    _same_roots(made)
    _outside(definition.document, lost)
    return made


def _keys(spec: dict[str, Any], lost: Lost) -> dict[str, Any]:
    """The keys of the whole file."""
    given, kind = spec["names"], spec["names"]["kind"]
    own = {
        kind.lower(),
        given["plural"],
        given.get("singular"),
        (given.get("listKind") or kind + "List").lower(),
    }
    short: list[str] = []
    for i, name in enumerate(given.get("shortNames") or ()):
        if name in own or name in short:
            lost.append(
                NotCarried(("spec", "names", "shortNames", i), name, "it is a name of the kind already")
            )
        else:
            short.append(name)
    said = {
        "plural": given["plural"] if given["plural"] != names.plural(kind) else None,
        "singular": given.get("singular") if given.get("singular") != kind.lower() else None,
        "shortNames": short,
        "categories": given.get("categories"),
        "listKind": given.get("listKind") if given.get("listKind") != kind + "List" else None,
    }
    said = {key: value for key, value in said.items() if value}
    out: dict[str, Any] = {"apigen": 1, "group": spec["group"], "kind": kind}
    if spec["scope"] == "Cluster":
        out["scope"] = "Cluster"
    return {**out, "names": said} if said else out


def _outside(document: dict[str, Any], lost: Lost) -> None:
    """Note what is not of the resource, but of the definition as an object, or of its conversion."""
    spec = document["spec"]
    for key in document.keys() - set(_CRD):
        lost.append(NotCarried((key,), key, "no key of a definition"))
    for key, value in (document.get("metadata") or {}).items():
        if value and key not in ("name", "creationTimestamp"):
            lost.append(
                NotCarried(("metadata", key), key, "it is about the definition as an object of a cluster")
            )
    if document.get("status"):
        lost.append(NotCarried(("status",), "status", "it is what a cluster says of the definition"))
    conversion = spec.get("conversion") or {}
    if conversion.get("strategy") not in (None, "None"):
        reason = "conversions are rules here, and run in the server: compare them with what the webhook does"
        lost.append(NotCarried(("spec", "conversion"), f"conversion by {conversion['strategy']}", reason))
    if spec.get("preserveUnknownFields"):
        reason = "say preserveUnknownFields at the fields that need it"
        lost.append(NotCarried(("spec", "preserveUnknownFields"), "preserveUnknownFields", reason))
    known = {"group", "names", "scope", "versions", "conversion", "preserveUnknownFields"}
    for key in spec.keys() - known:
        lost.append(NotCarried(("spec", key), key, "no key of a definition"))
    for key in spec["names"].keys() - {"plural", "singular", "kind", "listKind", "shortNames", "categories"}:
        lost.append(NotCarried(("spec", "names", key), key, "no key of a definition"))


def _version(kind: str, given: dict[str, Any], at: Path, named_by: dict[str, Any], lost: Lost) -> Version:
    schema = (given.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"}
    place = (*at, *_SCHEMA)
    root = _root(schema, place, named_by, lost)
    recognise(root, lost)
    _forget_unknown(root, lost)
    types = named(kind, root)
    keys: dict[str, Any] = {"name": given["name"]}
    for key, usual in (("served", True), ("storage", False), ("deprecated", False)):
        if given.get(key, usual) != usual:
            keys[key] = given[key]
    if given.get("deprecationWarning") and given.get("deprecated"):
        keys["deprecationWarning"] = given["deprecationWarning"]
    made = Version(given["name"], at, root, types, keys, str(root.keys.pop("description", "")))
    _subresources(made, given.get("subresources") or {}, lost)
    _rows(made, given, lost)
    known = {"name", "served", "storage", "deprecated", "deprecationWarning", "schema", "subresources"}
    for key in given.keys() - known - {"additionalPrinterColumns", "selectableFields"}:
        lost.append(NotCarried((*at, key), key, "no key of a version"))
    return made


def _root(schema: dict[str, Any], at: Path, named_by: dict[str, Any], lost: Lost) -> Node:
    """The root of a version, without what every object has; other demands of metadata than `named_by` are a rule."""
    own = dict(schema)
    properties = own.get("properties") or {}
    own["properties"] = {name: s for name, s in properties.items() if name not in _IMPLIED}
    own["required"] = [name for name in own.get("required") or () if name not in _IMPLIED]
    own = {key: value for key, value in own.items() if value != [] and (key != "properties" or value)}
    own["type"] = "object"
    preserve = own.pop("x-kubernetes-preserve-unknown-fields", False)
    if items := (own.get("properties") or {}).pop("items", None):
        assert items is not None
        lost.append(
            NotCarried(
                (*at, "properties", "items"), "field items", "an object with items is taken for a list"
            )
        )
    root = fields({**own, "type": "object"}, at, lost)
    if root.fields is None:
        root.fields, root.word, root.value = {}, "", None
    if preserve:
        root.keys["preserveUnknownFields"] = True
    metadata_rule(properties.get("metadata") or {}, named_by, root, (*at, "properties", "metadata"), lost)
    for key in list(root.keys):
        if key not in ("description", *_OF_ROOT):
            lost.append(NotCarried((*at, key), key, "it is for fields, not for a version"))
            del root.keys[key]
    return root


def _known_keys(model: type[FieldSpec | VersionSpec]) -> set[str]:
    return {f.alias or name for name, f in model.model_fields.items()}


def _forget_unknown(root: Node, lost: Lost) -> None:
    """Take out the keys that this version of the language does not have yet."""
    of_fields, of_versions = _known_keys(FieldSpec), _known_keys(VersionSpec)
    for node in root.walk():
        for key in node.keys.keys() - (of_versions if node is root else of_fields):
            del node.keys[key]
            where = "a version" if node is root else "a field"
            lost.append(
                NotCarried(
                    (*node.at, SCHEMA_KEYS.get(key, key)), key, f"the language does not have it for {where}"
                )
            )


def _subresources(made: Version, given: dict[str, Any], lost: Lost) -> None:
    found: dict[str, Any] = {}
    assert made.root.fields is not None
    fields_ = made.root.fields
    if "status" in given and "status" not in fields_:
        reason = "the subresource needs a field called status: an empty one is declared"
        lost.append(NotCarried(made.at, "a root without status", reason))
        fields_["status"] = Node((*made.at, "subresources", "status"), fields={})
    elif "status" not in given and "status" in fields_:
        found["status"] = False
    if given.get("scale"):
        known = ("specReplicasPath", "statusReplicasPath", "labelSelectorPath")
        found["scale"] = {key: given["scale"][key] for key in known if given["scale"].get(key)}
    for key in given.keys() - {"status", "scale"}:
        lost.append(NotCarried((*made.at, "subresources", key), key, "no subresource of a definition"))
    if found:
        made.keys["subresources"] = found


def _rows(made: Version, given: dict[str, Any], lost: Lost) -> None:
    """Columns and selectable fields, and where they stand."""
    seen: set[str] = set()
    for key, known in (("additionalPrinterColumns", _COLUMN), ("selectableFields", ("jsonPath",))):
        for i, row in enumerate(given.get(key) or ()):
            at = (*made.at, key, i)
            if key == "additionalPrinterColumns":
                if row["name"] in seen:
                    lost.append(
                        NotCarried(at, f"column {row['name']}", "there is a column of that name already")
                    )
                    continue
                seen.add(row["name"])
            for other in row.keys() - set(known):
                lost.append(NotCarried((*at, other), other, f"no key of {key}"))
            made.keys.setdefault(key, []).append(
                {k: row[k] for k in known if row.get(k) not in (None, "", 0)}
            )
            made.places.setdefault(key, []).append(at)


def _same_status(made: Draft) -> None:
    """Give all versions the status subresource that the stored one has: they share one store."""
    wanted = _has_status(made.storage)
    for version in made.versions:
        if _has_status(version) == wanted:
            continue
        said = "no status subresource" if wanted else "the status subresource"
        reason = f"all versions share one store, and {made.storage.name} has {'it' if wanted else 'none'}"
        made.lost.append(NotCarried((*version.at, "subresources"), said, reason))
        subresources = version.keys.pop("subresources", {})
        subresources.pop("status", None)
        assert version.root.fields is not None
        fields_ = version.root.fields
        if wanted and "status" not in fields_:
            fields_["status"] = Node((*version.at, "subresources", "status"), fields={})
        elif not wanted and "status" in fields_:
            subresources["status"] = False
        if subresources:
            version.keys["subresources"] = subresources


def _same_roots(made: Draft) -> None:
    """Give all versions an empty spec or status where others have one: at the root there is no absence of them."""
    for name in ("spec", "status"):
        has = [v for v in made.versions if name in (v.root.fields or {})]
        for version in (
            made.versions if any((v.root.fields or {})[name].fields is not None for v in has) else ()
        ):
            if version not in has and version.root.fields is not None:
                version.root.fields[name] = Node(version.at, fields={})
                reason = f"other versions have a {name}: an empty one is declared"
                made.lost.append(NotCarried(version.at, f"a root without {name}", reason))


def _has_status(version: Version) -> bool:
    subresources = version.keys.get("subresources", {})
    return "status" in (version.root.fields or {}) and subresources.get("status") is not False
