"""What conversions of the wardle sample cost beside those of k8s.io/sample-apiserver, whose API it has.

    python benchmarks/conversions.py [--count 5] [--time 300ms]

Functions: an object to the hub and back. Lists: a thousand objects from the hub. Codecs: JSON to the hub and back,
with defaults, as a request does it. Upstream casts where it can and copies field by field where it must, but what one
version cannot say is lost; ours keeps it. Run it on a machine that is idle.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "wardle"
UPSTREAM = ROOT / "tools" / "sample-apiserver"
BENCHMARK = Path(__file__).parent / "conversions" / "conversions_test.go.txt"
LINE = re.compile(
    r"^Benchmark(?P<name>\S+)/(?P<side>ours|theirs)(-\d+)?\s+\d+\s+(?P<ns>[\d.]+) ns/op"
    r"\s+(?P<bytes>\d+) B/op\s+(?P<allocs>\d+) allocs/op$",
    re.MULTILINE,
)
Figures = dict[str, dict[str, tuple[float, ...]]]


def prepare(root: Path) -> None:
    """Copy the sample, and let it use the module of upstream in the version that the tests use."""
    shutil.copytree(SAMPLE, root)
    (root / "internal" / "benchmark").mkdir()
    shutil.copy(BENCHMARK, root / "internal" / "benchmark" / "conversions_test.go")
    required = re.search(r"k8s\.io/sample-apiserver (v\S+)", (UPSTREAM / "go.mod").read_text())
    if not required:
        raise SystemExit(f"{UPSTREAM}/go.mod does not require the sample server")
    edit = ["go", "mod", "edit", f"-require=k8s.io/sample-apiserver@{required[1]}"]
    subprocess.run(edit, cwd=root, check=True)
    with (root / "go.sum").open("a") as sums:
        sums.write((UPSTREAM / "go.sum").read_text())


def measure(root: Path, count: int, time: str) -> Figures:
    """Run the benchmarks; return the medians of nanoseconds, bytes and allocations by name and side."""
    command = ["go", "test", "-mod=mod", "-run=^$", "-bench=.", f"-count={count}", f"-benchtime={time}"]
    done = subprocess.run([*command, "./internal/benchmark"], cwd=root, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stdout)
    found: dict[str, dict[str, list[tuple[float, ...]]]] = defaultdict(lambda: defaultdict(list))
    for line in LINE.finditer(done.stdout):
        figures = tuple(float(line[key]) for key in ("ns", "bytes", "allocs"))
        found[line["name"]][line["side"]].append(figures)
    return {
        name: {side: tuple(map(statistics.median, zip(*runs, strict=True))) for side, runs in by_side.items()}
        for name, by_side in found.items()
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--time", default="300ms")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "wardle"
        prepare(root)
        figures = measure(root, arguments.count, arguments.time)
    print(f"{'':20} {'ns/op':>24} {'':7} {'B/op':>16} {'allocs/op':>14}")
    print(
        f"{'':20} {'ours':>12}{'theirs':>12} {'ratio':>7} {'ours':>8}{'theirs':>8} {'ours':>7}{'theirs':>7}"
    )
    for name, sides in figures.items():
        (ns, size, allocs), (their_ns, their_size, their_allocs) = sides["ours"], sides["theirs"]
        print(
            f"{name:20} {ns:12.1f}{their_ns:12.1f} {ns / their_ns:7.2f} {size:8.0f}{their_size:8.0f}"
            f" {allocs:7.0f}{their_allocs:7.0f}"
        )


if __name__ == "__main__":
    main()
