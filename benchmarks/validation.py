"""What validation costs: an object of twenty fields with ten constraints, and the same with three rules in CEL.

    python benchmarks/validation.py [--count 5] [--time 300ms] [--rounds 9] [--requests 400]

Functions: the generated validation, conversion included, beside what the server of CustomResourceDefinitions does for
the same schema and object. Requests: processor time of a server per creation, with ten constraints and with none.
Rounds alternate; medians count.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "server"))

from apiclient import Object, Resource  # noqa: E402
from kept import processor  # noqa: E402
from servers import Standalone  # noqa: E402

from apigen import pipeline  # noqa: E402

SPEC = Path(__file__).parent / "validation"
LINE = re.compile(
    r"^Benchmark/(\w+)/(\w+)\S*\s+\d+\s+([\d.]+) ns/op\s+(\d+) B/op\s+(\d+) allocs/op$", re.MULTILINE
)
AIMS = {"Plain": 10, "Ruled": 2}
OBJECT: Object = {
    "name": "shop", "host": "shop.example.com", "code": "AB-17", "replicas": 5, "weight": 15, "ratio": 0.5,
    "mode": "Fast", "tags": ["a", "b", "c"], "labels": {"a": "b", "c": "d"},
    "ports": [{"name": "http", "number": 8080}, {"name": "https", "number": 8443}, {"name": "metrics", "number": 9090}],
    "region": "north", "zone": "a", "paused": True, "owner": "ann", "low": 1, "high": 2, "note": "a note", "size": 7,
    "limit": "1Gi", "period": "30s",
}  # fmt: skip


def functions(root: Path, count: int, duration: str) -> None:
    """Print what a call costs, ours beside that of CustomResourceDefinitions."""
    command = [
        "go",
        "test",
        "-run=^$",
        "-bench=.",
        f"-count={count}",
        f"-benchtime={duration}",
        "./internal/benchmark",
    ]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stdout)
    found: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for kind, side, ns, _, allocations in LINE.findall(done.stdout):
        found.setdefault((kind, side), []).append((float(ns), int(allocations)))
    for kind, aim in AIMS.items():
        (ours, mine), (crd, theirs) = (
            (statistics.median(r[0] for r in found[kind, side]), found[kind, side][0][1])
            for side in ("ours", "crd")
        )
        print(
            f"{kind}: {ours:8.0f} ns, {mine:4} allocations; as a CustomResourceDefinition {crd:8.0f} ns, {theirs:4}:"
            f" {crd / ours:4.1f} times (aim {aim})"
        )


def creations(root: Path, rounds: int, requests: int) -> None:
    """Print what a creation costs the server, with constraints and without."""
    subprocess.run(["go", "build", "-buildvcs=false", "-o", "server", "./cmd/..."], cwd=root, check=True)
    server = Standalone(root / "server", root / "run")
    kinds = {"Plain": "plains", "Free": "frees", "Ruled": "ruleds"}
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    try:
        for number in range(rounds + 1):
            for kind, plural in kinds.items():
                at = Resource(server.client, "validation.example.com", "v1", plural, kind, f"round-{number}")
                before = processor(server)
                for i in range(requests):
                    at.create(f"object-{i}", OBJECT)
                if number:  # the first round warms up
                    spent[kind].append((processor(server) - before) / requests * 1e6)
    finally:
        server.stop()
    free = statistics.median(spent["Free"])
    for kind in ("Plain", "Ruled"):
        print(
            f"creation, {kind}: {statistics.median(spent[kind]):.0f} µs, without constraints {free:.0f} µs:",
            end=" ",
        )
        print(
            f"{statistics.median(a / b for a, b in zip(spent[kind], spent['Free'], strict=True)):.3f} (aim 1.05)"
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--time", default="300ms")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=400)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "validation"
        shutil.copytree(SPEC, root)
        (root / "internal" / "benchmark").mkdir(parents=True)
        shutil.move(root / "validation_test.go.txt", root / "internal" / "benchmark" / "validation_test.go")
        pipeline.generate(root)
        functions(root, arguments.count, arguments.time)
        creations(root, arguments.rounds, arguments.requests)


if __name__ == "__main__":
    main()
