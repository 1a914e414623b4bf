"""How fast and how small the server of samples/nginx is, against its budgets. Run it on a machine that is idle."""

import http.client
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "samples" / "nginx"
TYPES = Path("api") / "nginx" / "v1" / "types.go"
ROUNDS = 5
BUDGETS = {
    "ready, new data (s)": 1.5,
    "ready, old data (s)": 1.5,
    "idle memory (MB)": 120.0,
    "rebuild (s)": 15.0,
}


def build(project: Path, binary: Path) -> float:
    start = time.perf_counter()
    command = ["go", "build", "-buildvcs=false", "-ldflags", "-s -w", "-o", str(binary), "./cmd/..."]
    subprocess.run(command, cwd=project, check=True)
    return time.perf_counter() - start


def ready(data: Path) -> bool:
    """Whether the server that wrote its kubeconfig there says that it is ready."""
    try:
        found = re.search(r"server: https://(\S+)", (data / "kubeconfig").read_text())
        context = ssl.create_default_context(cafile=data / "pki" / "ca.crt")
        connection = http.client.HTTPSConnection(found[1] if found else "", context=context, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False


def memory(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0


def start(binary: Path, data: Path, idle: float = 0) -> tuple[float, float]:
    """Seconds until the server is ready, and its megabytes after some idle seconds."""
    (data / "kubeconfig").unlink(missing_ok=True)
    before = time.perf_counter()
    flags = ["--standalone", "--data-dir", str(data), "--secure-port", "0"]
    server = subprocess.Popen([binary, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not ready(data):
            if server.poll() is not None:
                sys.exit(f"the server ended with {server.returncode}")
            time.sleep(0.005)
        took = time.perf_counter() - before
        time.sleep(idle)
        return took, memory(server.pid)
    finally:
        server.terminate()
        server.wait()


def measure(folder: Path) -> dict[str, float]:
    project, binary = folder / "project", folder / "server"
    shutil.copytree(SAMPLE, project)
    build(project, binary)
    fresh = [start(binary, folder / f"data-{index}")[0] for index in range(ROUNDS)]
    again, megabytes = start(binary, folder / "data-0", idle=5)
    with (project / TYPES).open("a") as types:
        types.write(
            "\n// Touched is here so that there is something to build.\ntype Touched struct{ Field string }\n"
        )
    rebuild = build(project, binary)
    return {
        "ready, new data (s)": sorted(fresh)[ROUNDS // 2],
        "ready, old data (s)": again,
        "idle memory (MB)": megabytes,
        "rebuild (s)": rebuild,
        "binary, stripped (MB)": binary.stat().st_size / 1e6,
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    over = 0
    for name, figure in figures.items():
        budget = BUDGETS.get(name)
        verdict = "" if budget is None else f"  of {budget:g}: {'ok' if figure < budget else 'OVER'}"
        over += budget is not None and figure >= budget
        print(f"{name:22} {figure:8.2f}{verdict}")
    return min(over, 1)


if __name__ == "__main__":
    sys.exit(main())
