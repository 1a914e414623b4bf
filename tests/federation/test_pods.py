"""The binary under the constraints that the manifests set: no user but its own, nothing to write, no capabilities."""

import os
from pathlib import Path

from installation import Installation
from listening import addresses, unix_sockets
from pods import USER, is_root
from servers import build


def status(installation: Installation) -> dict[str, str]:
    lines = Path(f"/proc/{installation.server.popen.pid}/status").read_text().splitlines()
    return {name: rest.strip() for name, _, rest in (line.partition(":") for line in lines)}


def test_user_and_capabilities(fleet: Installation) -> None:
    found = status(fleet)
    if is_root():
        assert set(found["Uid"].split()) | set(found["Gid"].split()) == {str(USER)}
        assert found["Groups"] == ""
    assert int(found["CapEff"], 16) == int(found["CapPrm"], 16) == int(found["CapAmb"], 16) == 0
    assert found["NoNewPrivs"] == "1"


def test_its_root_is_read_only_but_for_its_volume(fleet: Installation) -> None:
    mounts = Path(f"/proc/{fleet.server.popen.pid}/mounts").read_text().splitlines()
    found = {line.split()[1]: line.split()[3].split(",") for line in mounts}
    of_pod = {at: options for at, options in found.items() if not at.startswith("/proc")}
    writable = {at for at, options in of_pod.items() if "rw" in options}
    assert writable == {"/data"}
    assert {"/", "/server", "/etc/apiserver/serving", "/etc/apiserver/audit"} <= set(of_pod)


def test_the_binary_is_static(fleet: Installation) -> None:
    """It needs no loader: an image has nothing else."""
    binary = build("fleet").read_bytes()
    assert b"ld-linux" not in binary[: 1 << 20]


def test_where_it_listens(fleet: Installation) -> None:
    """One port, and two sockets that nobody else can reach: one without a path would be open to the whole machine."""
    pid = fleet.server.popen.pid
    assert addresses(pid) == {f"0100007F:{fleet.server.port:04X}"}
    assert unix_sockets(pid) == {"/data/client.sock", "/data/peer.sock"}


def test_what_it_wrote_is_its_own(fleet: Installation) -> None:
    owner = USER if is_root() else os.geteuid()
    for path in fleet.volume("data").rglob("*"):
        found = path.lstat()
        assert found.st_uid == owner
        # Of a socket only the owner can make use, who may write to it.
        assert found.st_mode & (0o022 if path.is_socket() else 0o077) == 0, path
