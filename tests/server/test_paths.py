"""Paths that mean another place than they seem to: nothing of another kind, namespace or prefix is read or changed."""

import json
from base64 import b64encode
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from apiclient import PATCHES, Answer, Client, Object
from servers import Standalone
from trespass import GROUP, MINE, SECRET, THEIRS, Scene, scene

ROOT = f"/apis/{GROUP}/v1"
# What stands in a path where the name of a namespace or of an object belongs.
TRICKS = (
    "..", ".", "...", "%2e%2e", "%2E%2E", "%2e", ".%2e", "%252e%252e", "%25252e%25252e", "%2f", "%2F..", "..%2f",
    "%2e%2e%2f", "%252f", "%00", "own%00", "mine%00", "mine%2f..%2ftheirs", "mine%252f..%252ftheirs",
    "mine/../theirs", "../theirs", "..%2ftheirs", "..%5ctheirs", "..\\theirs", "theirs%2f", "theirs%2fown", "", "/",
    "//", "mine/", "own/", "/mine", "//own", "./own", "%20", "mine%20", "%09mine", "MINE", "mine%0a",
    "mine%0d%0aX-Remote-User:%20admin", "*", "%2a", "mine;theirs", "mine;/../theirs", "..;", "mine,theirs",
    "mine%3fa", "mine%23a", "mine%ff", "mine%c0%af..%c0%aftheirs", "%c0%ae%c0%ae", "%e2%80%ae",
    "%ef%bc%8e%ef%bc%8e", "%uff0e%uff0e", "mine%25", "%", "%zz", "-", "~", "@", ":", "mine:theirs", "a" * 254,
    "a" * 3000, "../" * 60, "%2e%2e%2f" * 60, "..%2f..%2fgadgetshelves", "../../gadgetshelves/own",
    "..%2f..%2f..%2fregistry", "gadgetshelves", "..%2f..%2fgadgetshelves%2fown", "namespaces", "watch", "proxy",
    "status",
)  # fmt: skip
# Kinds in the wrong scope, and places that are like those of the API.
PLACES = (
    "namespaces/mine/gadgetshelves", "namespaces/mine/gadgetshelves/own",
    "namespaces/mine/gadgetshelves/own/status", "gadgets/own", "gadgets/mine/own", "gadgets/theirs/own",
    "gadgets/own/status", "gadgets/own/scale", "gadgetshelves/mine", "gadgetshelves/mine/own", "gadgetshelves",
    "gadget", "Gadgets", "GADGETS/own", "gadgets", "gadgetshelve", "gadgetsh", "namespaces/mine", "namespaces",
    "namespaces/", "namespaces/mine/", "namespaces/mine/namespaces/theirs/gadgets", "watch/gadgets",
    "watch/namespaces/theirs/gadgets", "watch/namespaces/theirs/gadgets/own", "watch/gadgetshelves",
    "proxy/namespaces/theirs/gadgets/own", "redirect/namespaces/theirs/gadgets/own", "./namespaces/theirs/gadgets",
    "../v1/namespaces/theirs/gadgets", "namespaces/mine/../theirs/gadgets",
    "namespaces/mine/gadgets/../../theirs/gadgets", "namespaces/mine/./gadgets", "namespaces/mine//gadgets",
    "/namespaces/mine/gadgets", "namespaces/mine/gadgets/own/own", "namespaces/mine/gadgets/own/status/own",
    "namespaces/mine/gadgets/own/../../../theirs/gadgets/own", "namespaces/mine/gadgets%2fown",
    "namespaces%2fmine%2fgadgets", "namespaces/theirs%2fgadgets", "namespaces/mine/gadgetshelves%2f",
)  # fmt: skip
STARTS = (
    "..",
    "../",
    "../theirs/own",
    "../../gadgetshelves/",
    "/../",
    "theirs/own",
    "\0",
    "own/../../theirs",
    "./",
    "",
)
SELECTORS = (
    "metadata.namespace=theirs",
    "metadata.namespace!=mine",
    "metadata.name=..",
    "metadata.name=../theirs/own",
)
QUERIES = (
    *(f"fieldSelector={quote(selector)}" for selector in SELECTORS), "namespace=theirs", "resourceVersion=0",
    "resourceVersion=1&resourceVersionMatch=Exact", "watch=1&timeoutSeconds=1", "limit=1",
    "pretty=1&allNamespaces=true",
    *("continue=" + b64encode(json.dumps({"v": "meta.k8s.io/v1", "rv": rv, "start": s}).encode()).decode()
      for s in STARTS for rv in (-1, 1)),
)  # fmt: skip


@pytest.fixture(scope="module")
def place(lenses: Standalone, lenses_binary: Path) -> Iterator[Scene]:
    with scene(lenses_binary, lenses) as made:
        yield made


def paths() -> list[str]:
    found = [f"{ROOT}/{place}" for place in PLACES]
    for trick in TRICKS:
        found += [f"{ROOT}/namespaces/{trick}/gadgets", f"{ROOT}/namespaces/{trick}/gadgets/own"]
        found += [f"{ROOT}/namespaces/mine/gadgets/{trick}", f"{ROOT}/namespaces/mine/gadgets/{trick}/status"]
        found += [f"{ROOT}/namespaces/mine/{trick}", f"{ROOT}/namespaces/mine/gadgets/own/{trick}"]
        found += [f"{ROOT}/{trick}", f"/apis/{GROUP}/{trick}/namespaces/mine/gadgets", f"/apis/{trick}"]
    return sorted({*found})


def verbs(scene: Scene) -> list[tuple[str, Any, str]]:
    """Methods with bodies that would be taken where they belong."""
    gadget = scene.gadgets(MINE).object("own", {"tags": {"a": "mine"}})
    bare = {"metadata": {"labels": {"touched": "yes"}}}
    return [
        ("GET", None, ""),
        ("HEAD", None, ""),
        ("PUT", gadget, "application/json"),
        ("PATCH", bare, PATCHES["merge"]),
        ("PATCH", gadget, PATCHES["apply"]),
        ("POST", gadget, "application/json"),
        ("DELETE", None, ""),
    ]


def fault(answer: Answer) -> str | None:
    """What is wrong with an answer to a user who may see nothing of others. The client takes no redirect."""
    if answer.status >= 500:
        return "a failure of the server"
    return "a secret" if SECRET.encode() in answer.body else None


def ask(
    client: Client, requests: list[tuple[str, str, Any, str]]
) -> dict[tuple[str, str], tuple[str, Answer]]:
    """The answers that are not as they must be."""
    found = {}
    for method, path, body, kind in requests:
        answer = client.request(method, path, body, kind)
        if wrong := fault(answer):
            found[method, path] = (wrong, answer)
    return found


def unharmed(scene: Scene) -> None:
    assert scene.stored() == scene.before
    scene.mine()
    found = scene.jane.get(scene.gadgets(MINE).path("own")).ok()
    assert found["metadata"]["namespace"] == MINE


def test_paths_lead_nowhere_else(place: Scene) -> None:
    assert len(paths()) * len(verbs(place)) > 200 and len(TRICKS) > 40
    unharmed(place)
    for method, body, kind in verbs(place):
        query = "?fieldManager=m" if kind == PATCHES["apply"] else ""
        assert ask(place.jane, [(method, path + query, body, kind) for path in paths()]) == {}, method
        unharmed(place)


def test_queries_lead_nowhere_else(place: Scene) -> None:
    collection = f"{ROOT}/namespaces/mine/gadgets"
    requests = [
        ("GET", f"{path}?{query}", None, "")
        for query in QUERIES
        for path in (collection, f"{collection}/own")
    ]
    requests += [("DELETE", f"{collection}?{query}", None, "") for query in QUERIES]
    assert ask(place.jane, requests) == {}
    unharmed(place)


def test_bodies_lead_nowhere_else(place: Scene) -> None:
    collection = f"{ROOT}/namespaces/mine/gadgets"
    names = ("..", ".", "../theirs/own", "a/b", "a%2fb", "%2e%2e", "\0", "", "A", "a" * 254)
    metadata = [{"name": name} for name in names] + [{"generateName": name} for name in names]
    metadata += [
        {"name": "own", "namespace": namespace} for namespace in (*THEIRS, "..", "", "mine/../theirs")
    ]
    gadgets = [place.gadgets(None).object("", {}) | {"metadata": each} for each in metadata]
    kinds = [
        {"kind": "Gadgetshelf"},
        {"kind": "Secret", "apiVersion": "v1"},
        {"kind": "GadgetList", "items": [*gadgets]},
    ]
    gadgets += [place.gadgets(MINE).object("own", {}) | kind for kind in kinds]
    for body in gadgets:
        posted = ask(place.jane, [("POST", collection, body, "application/json")])
        put = ask(place.jane, [("PUT", f"{collection}/own", body, "application/json")])
        patched = ask(place.jane, [("PATCH", f"{collection}/own", body, PATCHES["merge"])])
        assert (posted, put, patched) == ({}, {}, {}), body
    unharmed(place)


def objects_of(found: Object) -> list[Object]:
    """The objects in an answer, which may be a list or an event."""
    found = found.get("object", found)
    kind = found["kind"].removesuffix("List")
    return [{"kind": kind, **obj} for obj in found["items"]] if "items" in found else [found]


def test_an_administrator_gets_what_the_path_says(place: Scene) -> None:
    """Who may see all still gets no object of another kind, and one of another namespace only where none is named."""
    wrong = []
    for path, query in product(paths(), ("limit=500", "resourceVersion=0")):
        answer = place.server.admin.get(f"{path}?{query}&timeoutSeconds=1")
        assert answer.status < 500, path
        if answer.status != 200 or not answer.body.startswith(b'{"'):
            continue
        objects = [obj for line in answer.body.splitlines() for obj in objects_of(json.loads(line))]
        kinds = {obj["kind"] for obj in objects}
        namespaces = {obj["metadata"].get("namespace") for obj in objects if "metadata" in obj}
        parts = unquote(path).split("/")
        if not kinds <= {"Gadgetshelf" if "gadgetshelves" in parts else "Gadget", *LISTS}:
            wrong.append((path, kinds))
        if "gadgets" in parts and {MINE, *THEIRS} & {*parts} and not namespaces <= {*parts}:
            wrong.append((path, namespaces))
    assert wrong == []


LISTS = {"APIResource", "APIGroup", "APIGroupList", "APIResourceList"}
