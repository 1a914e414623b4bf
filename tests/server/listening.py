"""Where a process listens, as the system knows it."""

import re
from contextlib import suppress
from pathlib import Path

ACCEPTS = 0x10000  # __SO_ACCEPTCON of a unix socket


def addresses(pid: int) -> set[str]:
    """The addresses and ports, in hexadecimal, of TCP and UDP."""
    own, found = inodes(pid), set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for columns in rows(pid, table):
            if columns[9] in own and (columns[3] == "0A" or table.startswith("udp")):
                found.add(columns[1])
    return found


def unix_sockets(pid: int) -> set[str]:
    """The paths of unix sockets; one of "@" and more has none, and is open to the whole machine."""
    own = inodes(pid)
    named = (columns[6:] for columns in rows(pid, "unix") if int(columns[3], 16) & ACCEPTS)
    return {path[0] if path else "@" for inode, *path in named if inode in own}


def rows(pid: int, table: str) -> list[list[str]]:
    return [line.split() for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]]


def inodes(pid: int) -> set[str]:
    """The numbers of the sockets of a process."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            if match := re.match(r"socket:\[(\d+)\]", link.readlink().name):
                found.add(match[1])
    return found
