"""Our wardle server and the sample server of upstream, side by side: on one store, or each on its own."""

import base64
import http.client
import json
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aggregated import Aggregated, etcd_of
from apiclient import Object, Resource
from servers import PLURALS, ROOT, Kubectl, Standalone, short_folder

GROUP = "wardle.example.com"
PREFIX = f"/registry/{GROUP}"  # where upstream's server keeps all objects unless told otherwise
UPSTREAM = ROOT / ".cache" / "bin" / "sample-apiserver"
# Those to which flunders refer in the tests: the hook of our sample refuses references to others.
FISCHERS = ("a", "b", "boeser-fischer", "more", "other")
OURS, THEIRS = "ours", "theirs"
SIDES = (OURS, THEIRS)


@dataclass(frozen=True)
class Case:
    """What a client may send in one version, and the names of its fields."""

    kind: str
    version: str
    body: Object
    """All that an object has besides its metadata."""
    change: Object
    """A merge patch for it."""

    @property
    def resource(self) -> str:
        """What kubectl calls the resource in this version."""
        return f"{PLURALS[self.kind][1]}.{self.version}.{GROUP}"

    @property
    def versions(self) -> tuple[str, ...]:
        return ("v1alpha1", "v1beta1") if self.kind == "Flunder" else ("v1alpha1",)

    def object(self, name: str, **metadata: object) -> Object:
        about = {"apiVersion": f"{GROUP}/{self.version}", "kind": self.kind}
        return about | {"metadata": {"name": name, **metadata}} | self.body


def flunder(version: str, change: Object | None = None, **spec: str) -> Case:
    return Case("Flunder", version, {"spec": spec}, {"spec": change or {}})


CASES = {
    "v1alpha1-flunder": flunder(
        "v1alpha1", reference="other", referenceType="Flunder", change={"reference": "more"}
    ),
    "v1alpha1-default": flunder("v1alpha1", reference="other", change={"reference": "more"}),
    "v1alpha1-empty": flunder("v1alpha1", change={"reference": "more", "referenceType": "Flunder"}),
    "v1alpha1-fischer": flunder(
        "v1alpha1", reference="boeser-fischer", referenceType="Fischer", change={"reference": "more"}
    ),
    "v1beta1-flunder": flunder(
        "v1beta1", flunderReference="other", referenceType="Flunder", change={"flunderReference": "more"}
    ),
    "v1beta1-empty": flunder("v1beta1", change={"flunderReference": "more", "referenceType": "Flunder"}),
    "v1alpha1-switch": flunder(
        "v1alpha1", reference="other", referenceType="Flunder", change={"referenceType": "Fischer"}
    ),
    "v1beta1-fischer": flunder(
        "v1beta1",
        fischerReference="other",
        referenceType="Fischer",
        change={"fischerReference": "more"},
    ),
    "v1beta1-switch": flunder(
        "v1beta1",
        fischerReference="other",
        referenceType="Fischer",
        change={"fischerReference": None, "flunderReference": "more", "referenceType": "Flunder"},
    ),
    "fischer": Case(
        "Fischer", "v1alpha1", {"disallowedFlunders": ["b", "a", "b"]}, {"disallowedFlunders": ["c"]}
    ),
    "fischer-empty": Case("Fischer", "v1alpha1", {}, {"disallowedFlunders": ["c"]}),
}


class Etcd:
    """The raw store, through the gateway that every etcd has."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def range(self, prefix: str) -> dict[str, bytes]:
        """What is stored below a prefix, by key."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        connection = UnixConnection(self.path)
        connection.request("POST", "/v3/kv/range", json.dumps({"key": pack(prefix), "range_end": pack(end)}))
        found = json.loads(connection.getresponse().read())
        connection.close()
        return {
            base64.b64decode(pair["key"]).decode(): base64.b64decode(pair["value"])
            for pair in found.get("kvs", [])
        }


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


def pack(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass
class Pair:
    """Our server and upstream's."""

    ours: Standalone
    theirs: Aggregated
    shared: bool
    etcd: Etcd = field(init=False)

    def __post_init__(self) -> None:
        self.etcd = Etcd(self.ours.data / "client.sock")
        for side in SIDES[: 1 if self.shared else 2]:
            for name in FISCHERS:
                at = self.resource(side, "Fischer", "v1alpha1", "")
                at.post(at.object(name)).ok()

    def resource(self, side: str, kind: str, version: str, namespace: str) -> Resource:
        group, plural = PLURALS[kind]
        client = self.ours.client if side == OURS else self.theirs.admin
        return Resource(client, group, version, plural, kind, namespace if kind == "Flunder" else None)

    def of(self, side: str, case: Case, namespace: str) -> Resource:
        return self.resource(side, case.kind, case.version, namespace)

    def kubectl(self, side: str, namespace: str) -> Kubectl:
        return (self.ours if side == OURS else self.theirs).kubectl(namespace)


def start_upstream(ours: Standalone, folder: Path) -> Aggregated:
    """Upstream's server on the etcd of ours. It may use any namespace and any name."""
    assert UPSTREAM.exists(), f"{UPSTREAM} is missing: run scripts/setup"
    folder.mkdir()
    plugins = "--disable-admission-plugins=BanFlunder,NamespaceLifecycle"
    return Aggregated(UPSTREAM, folder, f"--etcd-servers={etcd_of(ours)}", plugins)


def shared_pair(binary: Path) -> Iterator[Pair]:
    """Both servers on one store: ours looks for its objects where upstream keeps them."""
    folder = short_folder()
    ours = Standalone(binary, folder / "ours", f"--etcd-prefix={PREFIX}")
    theirs = start_upstream(ours, folder / "theirs")
    yield Pair(ours, theirs, shared=True)
    theirs.stop()
    ours.stop()
    shutil.rmtree(folder)


def separate_pair(ours: Standalone) -> Iterator[Pair]:
    """Both servers, each with its own objects."""
    folder = short_folder()
    theirs = start_upstream(ours, folder / "theirs")
    yield Pair(ours, theirs, shared=False)
    theirs.stop()
    shutil.rmtree(folder)


def without(text: str, *keys: str) -> str:
    """JSON text without some members whose values are texts or numbers."""
    for key in keys:
        text = re.sub(rf'"{key}":("[^"]*"|\d+),?', "", text)
    return text


def parameters(cases: dict[str, Case]) -> list[Any]:
    return [pytest.param(case, id=name) for name, case in cases.items()]
