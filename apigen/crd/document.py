"""A draft -> the data of its resource file."""

from typing import Any

from apigen.crd.node import Node
from apigen.crd.render import Renderer
from apigen.crd.versions import Draft, Version

_FIRST = ("name", "description", "served", "storage", "deprecated", "deprecationWarning")
_LAST = ("subresources", "additionalPrinterColumns", "selectableFields")
_ROOT = ("preserveUnknownFields", "exactlyOneOf", "atMostOneOf", "atLeastOneOf", "validations")


def document(draft: Draft, render: Renderer, conversions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the file says. `render` keeps which node each mapping is of."""
    stored = draft.storage
    shared = shared_types(draft.versions)
    types = {name: render.field(stored.types[name]) for name in sorted(shared)}
    text = {"description": stored.description} if stored.description else {}
    head = {key: draft.keys[key] for key in ("apigen", "group", "kind")}
    tail = {key: value for key, value in draft.keys.items() if key not in head}
    return {
        **head,
        **text,
        **tail,
        **({"types": types} if types else {}),
        "versions": [_version(v, stored, shared, render) for v in draft.versions],
        **({"conversions": conversions} if conversions else {}),
    }


def alone(draft: Draft, version: Version, render: Renderer) -> dict[str, Any]:
    """Return a file with one version, which is stored."""
    keys = {**version.keys, "storage": True}
    keys.pop("served", None)
    only = Version(
        version.name, version.at, version.root, version.types, keys, version.description, version.places
    )
    return document(Draft(draft.definition, draft.keys, [only], draft.lost), render, [])


def _version(version: Version, stored: Version, shared: set[str], render: Renderer) -> dict[str, Any]:
    keys = dict(version.keys)
    if version.description != stored.description and version.description:
        keys["description"] = version.description
    root, own = version.root, {name: n for name, n in version.types.items() if name not in shared}
    said = {
        **{key: keys[key] for key in _FIRST if key in keys},
        **({"types": render.fields(own)} if own else {}),
        "fields": render.fields(root.fields or {}),
        **{key: root.keys[key] for key in _ROOT if key in root.keys},
        **{key: keys[key] for key in _LAST if key in keys},
    }
    render.owners[id(said)] = root
    return said


def shared_types(versions: list[Version]) -> set[str]:
    """The names of the types that are the same in all versions, with all that they refer to."""
    first, others = versions[0], versions[1:]
    data = [{name: Renderer().field(node) for name, node in v.types.items()} for v in versions]
    shared = {name for name in first.types if all(d.get(name) == data[0][name] for d in data[1:])}
    refers = {name: _words(node) & first.types.keys() for name, node in first.types.items()}
    while others and (odd := {name for name in shared if refers[name] - shared}):
        shared -= odd
    return shared


def _words(node: Node) -> set[str]:
    return {n.word for n in node.walk()}
