"""A user who may do everything to the gadgets of one namespace, and what lies around them: whatever the user asks for,
all else stays unread and as it is."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aggregated import Aggregated, etcd_flags, etcd_of
from apiclient import Client, Object, Resource
from certificates import certificate
from cluster import object_of
from etcd import Etcd, Stored
from servers import Standalone, short_folder

GROUP = "lenses.example.com"
SECRET = "the-secret-of-others"  # noqa: S105
MINE, THEIRS = "mine", ("theirs", "mine-too", "min")


def may(spec: Object) -> bool:
    asked = spec.get("resourceAttributes", {})
    wanted = {"group": GROUP, "resource": "gadgets", "namespace": MINE}
    return all(asked.get(key) == value for key, value in wanted.items())


class Scene:
    """A server of a cluster with objects of others, beside another one with a prefix that begins like its own."""

    def __init__(self, binary: Path, folder: Path, store: Standalone) -> None:
        self.etcd = Etcd(store.data)
        self.prefix = f"/registry/{folder.name}"
        self.server = Aggregated(binary, folder / "a", *etcd_flags(etcd_of(store), folder.name))
        try:
            self.beside = Aggregated(binary, folder / "b", *etcd_flags(etcd_of(store), f"{folder.name}-b"))
        except BaseException:
            self.server.stop()
            raise
        for server in (self.server, self.beside):
            server.cluster.objects["namespaces"] += [object_of("Namespace", name) for name in (MINE, *THEIRS)]
        self.identity = certificate(self.server.ca, folder, "jane")
        self.identities: dict[str, Path | None] = {"jane": self.identity, "nobody": None}
        self.server.cluster.rules["jane"] = may
        self.jane: Client = self.server.client(self.identity)
        self.others()
        self.mine()
        self.before = self.stored()

    def gadgets(self, namespace: str | None, server: Aggregated | None = None) -> Resource:
        return Resource((server or self.server).admin, GROUP, "v1", "gadgets", "Gadget", namespace)

    def shelves(self, server: Aggregated | None = None) -> Resource:
        return Resource((server or self.server).admin, GROUP, "v1", "gadgetshelves", "Gadgetshelf")

    def others(self) -> None:
        """What nobody else is to see."""
        spec = {"tags": {"a": SECRET}}
        for namespace in THEIRS:
            self.gadgets(namespace).create("own", spec)
        for name in (MINE, "own"):
            self.shelves().create(name, spec)
            self.shelves(self.beside).create(name, spec)
        self.gadgets(MINE, self.beside).create("own", spec)

    def mine(self) -> None:
        self.gadgets(MINE).client.request(
            "POST", self.gadgets(MINE).path(), self.gadgets(MINE).object("own", {})
        )

    def stored(self) -> dict[str, Stored]:
        """Everything of everybody but the user."""
        found = self.etcd.stored(self.prefix)
        return {key: value for key, value in found.items() if not key.startswith(f"/{GROUP}/gadgets/{MINE}/")}

    def stop(self) -> None:
        with suppress(Exception):
            self.beside.stop()
        self.server.stop()


@contextmanager
def scene(binary: Path, store: Standalone) -> Iterator[Scene]:
    folder = short_folder()
    try:
        made = Scene(binary, folder, store)
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder)
