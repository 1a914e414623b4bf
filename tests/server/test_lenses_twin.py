"""Random writes of several managers in several versions, compared with a kind whose versions can both say all."""

import copy
import random
from typing import Any

import pytest
from apiclient import Answer, Object, Resource
from servers import Standalone, owned
from test_lenses import VERSIONS, bare, difference, names

MANAGERS = ["ann", "bob", "cat"]
STEPS = 60

# What both versions say, and what one of them says. Values are those that v1alpha1 says exactly. None is empty:
# structured merge does not own empty lists, and drops them with the last field beside them, which may
# stand in one version only.
BOTH: dict[str, list[Any]] = {
    "balancing": ["RoundRobin", "LeastConnections"],
    "timeoutSeconds": [0, 1, 90],
    "grams": [0, 1000, 5000],
    "paused": [True, False],
    "replicas": [0, 1, 2],
    "tags": [{"a": "1"}, {"a": "2", "b": "1"}, {"c": ""}],
    "servers": [["a"], ["b"], ["a", "b"], ["a", "c.d"]],
}
NEW: dict[str, list[Any]] = {
    "limits": [{"cpu": "1"}, {"cpu": "2", "memory": 1}, {"memory": 2}],
    "policy": ["Rolling", "Recreate"],
}
OLD: dict[str, list[Any]] = {"owner": ["", "me", "you"]}
NAMES = {
    "balancing": "method",
    "timeoutSeconds": "timeout",
    "grams": "kilos",
    "paused": "enabled",
    "servers": "hosts",
}
METHODS = {"RoundRobin": "rr", "LeastConnections": "lc"}


def say(version: str, spec: Object) -> Object:
    """What a Gadget of a version says where a Twin says this."""
    if version == "v1":
        return spec
    said: Object = {}
    for key, value in spec.items():
        if key == "balancing":
            value = METHODS[value]
        elif key == "timeoutSeconds":
            value = {0: "0s", 1: "1s", 90: "1m30s"}[value]
        elif key == "grams":
            value //= 1000
        elif key == "paused":
            value = not value
        elif key == "servers":
            value = [server["address"] for server in value]
        said[NAMES.get(key, key)] = value
    return said


class Pair:
    """A Gadget and its Twin, written side by side."""

    def __init__(self, lenses: Standalone, namespace: str, seed: int) -> None:
        self.gadgets = lenses.resource("Gadget", "v1", namespace)
        self.twins = lenses.resource("Twin", "v1", namespace)
        self.random = random.Random(seed)  # noqa: S311
        self.log: list[object] = []

    def intent(self, version: str) -> Object:
        """What a manager may want to say in a version."""
        fields = BOTH | (NEW if version == "v1" else OLD)
        count = self.random.randint(0, 5)
        wanted = {key: self.random.choice(fields[key]) for key in self.random.sample(sorted(fields), count)}
        if "servers" in wanted:
            wanted["servers"] = [self.server(version, address) for address in wanted["servers"]]
        return copy.deepcopy(wanted)

    def server(self, version: str, address: str) -> Object:
        server: Object = {"address": address}
        if version == "v1":
            server |= self.random.choice(
                [{}, {"weight": 2}, {"weight": 3, "backup": True}, {"backup": False}]
            )
        return server

    def apply(self) -> None:
        version, manager = self.random.choice(VERSIONS), self.random.choice(MANAGERS)
        spec, force = self.intent(version), self.random.choice(["true", "false"])
        self.log.append(("apply", version, manager, spec, force))
        self.both(
            self.gadgets.at(version).apply("x", say(version, spec), manager, force=force),
            self.twins.at(version).apply("x", spec, manager, force=force),
        )

    def write(self) -> None:
        """A PUT or a merge patch of a change to what was read; of annotations the client may know nothing."""
        version, manager = self.random.choice(VERSIONS), self.random.choice(MANAGERS)
        how, knows = self.random.choice(["put", "merge"]), self.random.choice([True, False])
        gadget, twin = self.gadgets.at(version).get("x"), self.twins.at(version).get("x")
        after = copy.deepcopy(twin)
        change = self.intent(version)
        # A new server would get the default of its weight, which no client of v1alpha1 owns.
        change.pop("servers", None)
        after["spec"] |= change
        for key in self.random.sample(sorted(after["spec"].keys() & (BOTH | OLD).keys()), 1):
            if key not in change and (key != "owner" or version == "v1alpha1"):
                del after["spec"][key]
                change[key] = None
        self.log.append((how, version, manager, change, knows))
        sent = copy.deepcopy(gadget) if knows else bare(gadget)
        for key, value in change.items():
            if value is None:
                sent["spec"].pop(key if version == "v1" else NAMES.get(key, key), None)
            else:
                sent["spec"] |= say(version, {key: value})
        self.both(
            send(self.gadgets.at(version), how, gadget, sent, manager),
            send(self.twins.at(version), how, twin, after, manager),
        )

    def both(self, gadget: Answer, twin: Answer) -> None:
        assert gadget.status == twin.status, (self.log, gadget.body, twin.body)
        assert gadget.status in (200, 201, 409), gadget.body

    def compare(self) -> None:
        new, old = self.gadgets.get("x"), self.gadgets.at("v1alpha1").get("x")
        twin = self.twins.get("x")
        found = new["spec"] | {key: value for key, value in old["spec"].items() if key == "owner"}
        assert found == twin["spec"], self.log
        assert owners(new, old) == owners(twin, twin), self.log


def send(resource: Resource, how: str, before: Object, after: Object, manager: str) -> Answer:
    if how == "put":
        return resource.put(after, fieldManager=manager)
    return resource.patch("x", difference(before, after), fieldManager=manager)


def owners(new: Object, old: Object) -> dict[str, set[str]]:
    """What the managers own, in the words of a Twin."""
    parts = {name: path for obj in (new, old) for path, name in names(obj).items()}
    back = {mine: its for its, mine in NAMES.items()}
    found: dict[str, set[str]] = {}
    for entry in new["metadata"].get("managedFields", []):
        mine = found.setdefault(f"{entry['manager']} {entry['operation']}", set())
        for path in owned(entry):
            for name, kept in parts.items():
                if path == f"metadata.annotations.{name}":
                    path = kept.replace('servers["', 'servers[{"address":"').replace('"].', '"}].')
            head, _, rest = path.removeprefix("spec.").partition("[")
            name = back.get(head, head) if new["kind"] == "Gadget" else head
            if head == "hosts":
                rest = f'{{"address":{rest[:-1]}}}].address' if rest else ""
            mine.add(f"{name}[{rest}" if rest else name)
        mine.discard("metadata.annotations")  # the map itself, once nothing is kept in it
    return {manager: paths for manager, paths in found.items() if paths}


@pytest.mark.parametrize("seed", range(12))
def test_random_writes_do_what_they_do_to_a_twin(lenses: Standalone, namespace: str, seed: int) -> None:
    pair = Pair(lenses, namespace, seed)
    pair.gadgets.apply("x", {}, "ann").ok()
    pair.twins.apply("x", {}, "ann").ok()
    for _ in range(STEPS):
        pair.random.choice([pair.apply, pair.apply, pair.write])()
        pair.compare()
