"""Servers for tests that go through a kube-apiserver: one cluster, and each project installed in it once."""

import functools
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from controlplane import ControlPlane, cluster
from installation import Installation

running = ExitStack()
users: list[Installation] = []


@functools.cache
def plane() -> ControlPlane:
    return running.enter_context(cluster())


def install(binary: Path, project: Path) -> tuple[Any, Callable[[], None]]:
    """Install a server. Returns what stands for it, and what stops it."""
    server = Installation(plane(), project, binary)
    users.append(server)

    def stop() -> None:
        server.stop()
        users.remove(server)
        if not users:
            running.close()

    return server, stop


def make_namespace(name: str) -> None:
    plane().admin.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).ok()
