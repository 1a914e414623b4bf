"""Floods by a client without credentials: others are served as before, and soon after the server is as it was. Of
those that take long it is one of `FLOOD` parts; a night has the whole, with a FLOOD of 1."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import floods
import pytest
from apiclient import Resource
from servers import Standalone

FLOOD = int(os.environ.get("FLOOD", "20"))
KINDS = {
    "reset": (10_000, 10, 0),
    "open": (10_000, 10, 0),
    "continuation": (10_000, 10, 0),
    "slow-headers": (100 // FLOOD, 10, 5 + 40 // FLOOD),
    "slow-body": (100 // FLOOD, 10, 5 + 40 // FLOOD),
    "slow-hello": (100 // FLOOD, 10, 5 + 40 // FLOOD),
}
"""How much on each of how many connections, or how many slow ones for each of so many threads, and for how long
at least."""


@pytest.fixture(scope="module")
def server(fleet_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    found = Standalone(fleet_binary, tmp_path_factory.mktemp("flood"))
    yield found
    assert found.stop() == 0
    assert "panic" not in found.text()


class Bystander(threading.Thread):
    """A client that goes on with its work and takes the time of every request."""

    def __init__(self, server: Standalone, name: str, pause: float) -> None:
        super().__init__(daemon=True)
        self.pause = pause
        self.machines = Resource(server.admin(), "fleet.example.com", "v1", "machines", "Machine", name)
        self.times: list[float] = []
        self.failed: list[object] = []
        self.over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            name = f"m-{number}"
            self.timed(self.machines.create, name, {"role": "worker"})
            for _ in range(10):
                self.timed(self.machines.get, name)
            self.timed(self.machines.collection, limit=10)
            self.timed(self.machines.delete, name)
            self.over.wait(self.pause)

    def timed(self, request: Callable[..., object], *arguments: object, **query: object) -> None:
        begin = time.monotonic()
        try:
            request(*arguments, **query)
        except Exception as error:
            self.failed.append(error)
        self.times.append(time.monotonic() - begin)


def resident(server: Standalone) -> float:
    """MB of memory."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.popen.pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def held(server: Standalone) -> tuple[float, float, float]:
    """Goroutines, open files, and MB of memory."""
    text = server.client.get("/metrics").body.decode()
    numbers = [
        re.search(rf"^{name} (\S+)$", text, re.MULTILINE) for name in ("go_goroutines", "process_open_fds")
    ]
    return float(numbers[0][1]), float(numbers[1][1]), resident(server)  # type: ignore[index]


def refused(server: Standalone) -> float:
    """How many requests the server has refused for want of credentials."""
    text = server.client.get("/metrics").body.decode()
    found = re.search(r'^authentication_attempts\{result="failure"\} (\S+)$', text, re.MULTILINE)
    return float(found[1]) if found else 0


def flooded(server: Standalone, kind: str) -> tuple[str, float]:
    """What the flood says at its end, and the most memory that the server had meanwhile."""
    count, connections, seconds = KINDS[kind]
    command = [sys.executable, floods.__file__, server.url, str(server.data / "pki" / "ca.crt"), kind]
    process = subprocess.Popen(
        [*command, str(count), str(connections), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    most = resident(server)
    with process:
        while process.poll() is None:
            most = max(most, resident(server))
            time.sleep(0.05)
        assert process.stdout
        said = process.stdout.read()
    assert process.returncode == 0
    sent, opened = map(int, said.split())
    assert sent >= count * connections and opened >= (0 if kind == "slow-hello" else connections)
    return f"{sent} sent over {opened} connections", most


@pytest.mark.parametrize("kind", KINDS)
def test_others_are_served(server: Standalone, kind: str) -> None:
    pause = 0.5 if kind.startswith("slow") else 0.05  # what they have stored is memory as well
    bystanders = [Bystander(server, f"{kind}-{number}", pause) for number in range(6)]
    for bystander in bystanders:
        bystander.start()
    time.sleep(2)  # all that is made once is there
    before = held(server)
    for bystander in bystanders:
        bystander.times.clear()
    refusals = refused(server)
    said, most = flooded(server, kind)
    for bystander in bystanders:
        bystander.over.set()
        bystander.join()
    times = sorted(seconds for bystander in bystanders for seconds in bystander.times)
    p99 = times[int(len(times) * 0.99)]
    begin = time.monotonic()
    while not settled(before, held(server)):
        assert time.monotonic() < begin + 60, (before, held(server))
        time.sleep(0.5)
    print(
        f"{kind}: {said}; {len(times)} requests of others, p99 {p99:.3f} s, worst {times[-1]:.3f} s; "
        f"memory {before[2]:.0f} MB, at most {most:.0f} MB; settled after {time.monotonic() - begin:.1f} s"
    )
    assert [error for bystander in bystanders for error in bystander.failed] == []
    if kind in ("reset", "open"):  # that is, the flood got through to where requests are handled
        assert refused(server) > refusals + 500
    assert len(times) > 50
    assert p99 < 1
    assert most < before[2] + 100


def settled(before: tuple[float, float, float], after: tuple[float, float, float]) -> bool:
    goroutines, files, memory = before
    return after[0] <= goroutines + 10 and after[1] <= files + 5 and after[2] < memory + 100
