"""Measure `apigen generate` on made-up specs: time and memory against the number of kinds.

    python benchmarks/generate.py [--kinds 50,100,200] [--fields 20]

Each row is a process of its own, pinned to one core where the system can: a first run into an empty folder, and
a second one that changes nothing. Budgets: 100 kinds x 2 versions x 20 fields under 3 s and 200 MB, the second
run under 1.5 s, 2n kinds under 2.2 times the time of n.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TYPES = (
    "{{type: string, default: a, minLength: 1, description: Field {i}.}}",
    "{{type: int32, minimum: 0, maximum: 100, description: Field {i}.}}",
    "{{type: list of string, listType: set, description: Field {i}.}}",
    "{{type: map of string, description: Field {i}.}}",
    "{{type: string, enum: [one, two], description: Field {i}.}}",
    "{{type: list of Part, listType: map, listMapKeys: [name], description: Field {i}.}}",
    "{{description: Field {i}., fields: {{inner: bool, number: int64}}}}",
    "quantity",
)


def spec(kind: int, fields: int) -> str:
    """Return the text of a resource file with two versions that differ in one name."""
    part = f"Part{kind}"
    lines = [
        f"apigen: 1\ngroup: bench.example.com\nkind: Kind{kind}\ndescription: Made up.\ntypes:",
        f"  {part}: {{fields: {{name: {{type: string, required: true, minLength: 1}}, size: int32}}}}\nversions:",
    ]
    for version, renamed in (("v1beta1", "old"), ("v1", "new")):
        lines.append(f"  - name: {version}\n    storage: {str(version == 'v1').lower()}")
        lines.append("    fields:\n      spec:\n        fields:")
        lines.append(f"          {renamed}: {{type: string, description: Renamed.}}")
        for i in range(fields - 1):
            text = TYPES[i % len(TYPES)].format(i=i).replace("of Part", f"of {part}")
            lines.append(f"          field{i}: {text}")
        lines.append("      status: {fields: {ready: bool, conditions: list of Condition}}")
    lines.append("conversions: [{from: v1beta1, to: v1, rules: [{from: spec.old, to: spec.new}]}]\n")
    return "\n".join(lines)


def project(root: Path, kinds: int, fields: int) -> None:
    """Write a spec of that many kinds below `root`."""
    (root / "resources").mkdir(parents=True)
    (root / "apigen.yaml").write_text(
        'apigen: 1\nname: bench\nmodule: example.com/bench\nkubernetes: "1.37"\n'
    )
    for kind in range(kinds):
        (root / "resources" / f"kind{kind}.yaml").write_text(spec(kind, fields))


def measure(root: Path) -> tuple[float, int]:
    """Run generate in a process of its own; return its wall time in seconds and its peak memory in MB."""
    before = time.perf_counter()
    command = [sys.executable, "-m", "apigen", "generate"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("generate failed")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return time.perf_counter() - before, usage.ru_maxrss // unit


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default="50,100,200")
    parser.add_argument("--fields", type=int, default=20)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print("kinds  files  first run  memory  second run  ratio")
    last = 0.0
    for kinds in map(int, arguments.kinds.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "bench"
            project(root, kinds, arguments.fields)
            first, memory = measure(root)
            again, _ = measure(root)
            files = sum(1 for p in root.rglob("*") if p.is_file())
        ratio = f"{first / last:.2f}" if last else ""
        print(f"{kinds:5}  {files:5}  {first:7.2f} s  {memory:3} MB  {again:8.2f} s  {ratio:>5}")
        last = first


if __name__ == "__main__":
    main()
