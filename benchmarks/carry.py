"""What it costs to speak an old version: processor time of the server per request, old version ÷ storage version.

    python benchmarks/carry.py [--requests 2000] [--rounds 5]

The spec is that of the tests of conversions (tests/server/specs/lenses): v1 is stored; v1alpha1 differs by renames,
units, enums, lists of names for lists of objects, and fields of one version only. `one` is an object of which one part
is kept for v1, a field with a default; of `eight` eight parts are. Lists have 200 objects with eight parts each, and
200 in which every item of a list has a weight that only v1 has, with a default. Rounds alternate between the versions,
and the medians count.
"""

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "server"))

from apiclient import Resource  # noqa: E402
from servers import Standalone, build_spec, short_folder  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
ONE = {
    "paused": True,
    "replicas": 3,
    "grams": 2000,
    "timeoutSeconds": 30,
    "tags": {"a": "b"},
    "policy": None,
}
EIGHT = {
    **ONE,
    "policy": "Recreate",
    "limits": {"cpu": "1", "memory": 7},
    "grams": 1500,
    "servers": [{"address": f"server-{i}", "weight": 5} for i in range(4)],
}
WEIGHTS = {**ONE, "servers": [{"address": f"server-{i}"} for i in range(8)]}


def processor(server: Standalone) -> float:
    """Seconds of processor time that a server has had."""
    fields = Path(f"/proc/{server.popen.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cost(server: Standalone, request: Callable[[], object], number: int) -> float:
    """Processor time of one request, in milliseconds."""
    before = processor(server)
    for _ in range(number):
        request()
    return (processor(server) - before) * 1000 / number


def put(resource: Resource, name: str) -> Callable[[], object]:
    """A write that changes something each time, by a client that sends back what it read."""
    obj, turn = resource.get(name), [0]
    obj["metadata"].pop("resourceVersion")

    def request() -> object:
        turn[0] += 1
        obj["spec"]["replicas"] = turn[0] % 7 + 1
        return resource.put(obj).ok()

    return request


def make(old: Resource, name: str, spec: dict[str, object], **metadata: object) -> None:
    """An object of the old version, whose own defaults are stored; then the new version says the rest."""
    old.create(name, {}, **metadata)
    old.at("v1").patch(name, {"spec": spec}).ok()


def requests(
    old: Resource, new: Resource
) -> dict[str, tuple[Callable[[], object], Callable[[], object], int]]:
    """The requests to compare: through the old version, through the stored one, and the share of rounds they take."""
    made = {}
    for name in ("one", "eight"):
        made[f"get {name}"] = (lambda n=name: old.get(n), lambda n=name: new.get(n), 1)
        made[f"put {name}"] = (put(old, name), put(new, name), 1)
    for name in ("eight", "weights"):
        query = {"labelSelector": f"list={name}", "resourceVersion": "0"}
        made[f"list {name}"] = (lambda q=query: old.collection(**q), lambda q=query: new.collection(**q), 10)
    return made


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folder = short_folder()
    server = Standalone(build_spec("lenses"), folder)
    try:
        new = server.resource("Gadget", "v1", "bench")
        old = new.at("v1alpha1")
        for name, spec in (("one", ONE), ("eight", EIGHT)):
            make(old, name, spec)
        for i in range(200):
            make(old, f"eight-{i}", EIGHT, labels={"list": "eight"})
            make(old, f"weights-{i}", WEIGHTS, labels={"list": "weights"})
        print(f"{'ms of processor time':24}{'old':>10}{'stored':>10}{'ratio':>8}")
        for what, (through_old, through_new, weight) in requests(old, new).items():
            number = max(options.requests // weight, 1)
            rounds = [
                (cost(server, through_old, number), cost(server, through_new, number))
                for _ in range(options.rounds)
            ]
            olds, news = (statistics.median(column) for column in zip(*rounds, strict=True))
            ratio = statistics.median(one / other for one, other in rounds)
            print(f"{what:24}{olds:10.3f}{news:10.3f}{ratio:8.2f}", flush=True)
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
