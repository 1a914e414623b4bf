"""The binary under the constraints that the manifests set: no user but its own, nothing to write, no capabilities."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from installation import Installation
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


def sockets(pid: int) -> set[str]:
    """The numbers of the sockets of a process."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            target = str(link.readlink())
            if target.startswith("socket:["):
                found.add(target[8:-1])
    return found


def listening(pid: int) -> Iterator[str]:
    """Where a process listens: ports, and the paths of sockets."""
    own = sockets(pid)
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in own:
                yield str(int(fields[1].rpartition(":")[2], 16))
    for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]:
        _, _, _, flags, _, _, inode, *path = line.split()
        if inode in own and int(flags, 16) & 0x10000:  # __SO_ACCEPTCON
            yield path[0] if path else "no path"


def test_where_it_listens(fleet: Installation) -> None:
    """One port, and two sockets that nobody else can reach: one without a path would be open to the whole machine."""
    found = sorted(listening(fleet.server.popen.pid))
    assert found == sorted([str(fleet.server.port), "/data/client.sock", "/data/peer.sock"])


def test_what_it_wrote_is_its_own(fleet: Installation) -> None:
    if not is_root():
        pytest.skip("the pods run as who runs the tests")
    for path in fleet.volume("data").rglob("*"):
        found = path.lstat()
        assert found.st_uid == USER
        # Of a socket only the owner can make use, who may write to it.
        assert found.st_mode & (0o022 if path.is_socket() else 0o077) == 0, path
