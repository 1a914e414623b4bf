"""What it costs that conversions keep what a version cannot say, on the project of benchmarks/kept.

    python benchmarks/kept.py [--count 5] [--time 300ms] [--rounds 9]

Functions: an object from the hub to the old version, back, and lists of 200. Requests: the processor time of a server,
old version beside storage version, each with nothing kept, with eight fields and with the weights of eight servers. The
writes of a kind that has one version, where nothing is carried over, stand beside. Rounds alternate. Of functions the
lowest figure counts and of requests the lower quartile, for what else the machine does only adds to them; the spread
tells how much that was.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "server"))

from apiclient import Resource  # noqa: E402
from servers import Standalone  # noqa: E402

from apigen import pipeline  # noqa: E402

SPEC = Path(__file__).parent / "kept"
LINE = re.compile(
    r"^Benchmark(?P<name>\S+?)(-\d+)?\s+\d+\s+(?P<ns>[\d.]+) ns/op\s+(?P<bytes>\d+) B/op\s+(?P<allocs>\d+) allocs/op$",
    re.MULTILINE,
)
PLAIN = {"name": "n", "paused": True, "replicas": 3, "tags": {"a": "b"}}
LIMITS = {"cpu": "1", "memory": 7, "files": 9}
FIELDS = {"limits": LIMITS, "policy": "Rolling", "region": "north", "zone": "a", "budget": 5, "strict": True}
SPECS: dict[str, dict[str, Any]] = {
    "nothing": PLAIN,
    "fields": PLAIN | FIELDS,
    "elements": PLAIN | {"servers": [{"address": f"s{index}"} for index in range(8)]},
}
LISTED = 200
REPEATS = {"GET": 300, "PUT": 150, "PUT bare": 150, "LIST": 12}
BUDGETS = {"nothing": 1.05, "fields": 1.15, "elements": 1.15}
LIST_BUDGET = 1.3


def prepare(root: Path) -> None:
    """Generate the project, with the benchmark in it."""
    shutil.copytree(SPEC, root)
    (root / "internal" / "benchmark").mkdir(parents=True)
    shutil.move(root / "kept_test.go.txt", root / "internal" / "benchmark" / "kept_test.go")
    pipeline.generate(root)
    subprocess.run(["go", "build", "-buildvcs=false", "-o", "server", "./cmd/..."], cwd=root, check=True)


def functions(root: Path, count: int, duration: str) -> None:
    """Run the benchmarks of functions and print their lowest figures."""
    command = ["go", "test", "-run=^$", "-bench=.", f"-count={count}", f"-benchtime={duration}"]
    done = subprocess.run([*command, "./internal/benchmark"], cwd=root, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stdout)
    found: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for line in LINE.finditer(done.stdout):
        found[line["name"]].append(tuple(float(line[key]) for key in ("ns", "bytes", "allocs")))
    print(f"{'':20} {'ns/op':>12} {'spread':>7} {'B/op':>10} {'allocs/op':>10}")
    for name, runs in found.items():
        ns, size, allocs = map(min, zip(*runs, strict=True))
        spread = statistics.median(run[0] for run in runs) / ns - 1
        print(f"{name:20} {ns:12.0f} {spread:7.0%} {size:10.0f} {allocs:10.0f}")


def processor(server: Standalone) -> float:
    """The seconds of processor time that the server has used: the number is what clock_getcpuclockid makes of it."""
    return time.clock_gettime((~server.popen.pid << 3) | 2)


def requests(at: Resource, read: Resource) -> dict[str, Callable[[], None]]:
    """What is measured of a version. What it writes has never been written in another one."""
    client, path = at.client, at.path("written")
    obj = read.get("object-0")
    obj["metadata"] = {"name": "written", "annotations": obj["metadata"].get("annotations", {})}
    at.post(obj).ok()
    bare = obj | {"metadata": {"name": "written"}}

    def get() -> None:
        assert client.get(path).status == 200

    def put(sent: Any) -> None:
        sent["spec"]["replicas"] = obj["spec"]["replicas"] % 1000 + 1  # both share their spec
        assert client.request("PUT", path, sent).status == 200

    def collection() -> None:
        assert client.get(read.path()).status == 200

    return {"GET": get, "PUT": lambda: put(obj), "PUT bare": lambda: put(bare), "LIST": collection}


def measure(server: Standalone, rounds: int) -> None:
    """Print the processor time of requests, old version beside storage version."""
    print(
        f"\n{'':20} {'old':>9}{'storage':>9}{'single':>9}  (µs)  {'old ÷ storage':>14}   {'storage ÷ single':>16}"
    )
    over = 0
    for name, spec in SPECS.items():
        storage = Resource(server.client, "kept.example.com", "v1", "gadgets", "Gadget", name)
        single = Resource(server.client, "kept.example.com", "v1", "singles", "Single", name)
        for at in (storage, single):
            for index in range(LISTED):
                at.create(f"object-{index}", spec)
        readers = {"old": storage.at("v1alpha1"), "storage": storage, "single": single}
        sides = {side: requests(replace(at, namespace=f"{name}-{side}"), at) for side, at in readers.items()}
        for request, repeats in REPEATS.items():
            figures: dict[str, list[float]] = {side: [] for side in sides}
            for _ in range(rounds):
                for side in sides:
                    before = processor(server)
                    for _ in range(repeats):
                        sides[side][request]()
                    figures[side].append((processor(server) - before) / repeats * 1e6)
            over += show(name, request, figures)
    print(f"{over} over budget")


def show(name: str, request: str, figures: dict[str, list[float]]) -> bool:
    """Print one line. Half of the rounds are as near to the median of their ratios as is said."""
    lower = {side: statistics.quantiles(runs, n=4)[0] for side, runs in figures.items()}
    texts = []
    for a, b in (("old", "storage"), ("storage", "single")):
        ratios = [x / y for x, y in zip(figures[a], figures[b], strict=True)]
        off = statistics.median(abs(ratio - statistics.median(ratios)) for ratio in ratios)
        texts.append(f"{lower[a] / lower[b]:6.2f} ± {off:.2f}")
    budget = LIST_BUDGET if request == "LIST" and name != "nothing" else BUDGETS[name]
    verdict = (
        ""
        if request == "PUT bare"
        else "ok" if lower["old"] / lower["storage"] < budget else f"OVER {budget}"
    )
    times = "".join(f"{figure:9.0f}" for figure in lower.values())
    print(f"{name + ' ' + request:20} {times}        {texts[0]:>14}   {texts[1]:>16}  {verdict}")
    return verdict.startswith("OVER")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--time", default="300ms")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "kept"
        prepare(root)
        functions(root, arguments.count, arguments.time)
        server = Standalone(root / "server", Path(folder) / "run")
        try:
            measure(server, arguments.rounds)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
