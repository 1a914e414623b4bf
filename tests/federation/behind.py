"""Servers for tests that go through a kube-apiserver: one cluster, and each project installed in it once."""

import functools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from controlplane import ControlPlane
from installation import Installation
from servers import short_folder


@functools.cache
def plane() -> ControlPlane:
    folder = short_folder()
    folder.chmod(0o755)
    return ControlPlane(folder)


def install(binary: Path, project: Path) -> tuple[Any, Callable[[], None]]:
    """Install a server. Returns what stands for it, and what stops it."""
    server = Installation(plane(), project, binary)
    users.append(server)

    def stop() -> None:
        server.stop()
        users.remove(server)
        if not users:
            plane().stop()
            shutil.rmtree(plane().folder)

    return server, stop


users: list[Installation] = []


def make_namespace(name: str) -> None:
    plane().admin.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).ok()
