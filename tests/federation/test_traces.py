"""Traces reach a collector that speaks OTLP over gRPC: a small one, which reads what it is sent."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from apiclient import Client, Resource
from hpack import Decoder, Encoder
from installation import wait
from servers import Standalone, build, short_folder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
ACK, END_STREAM, END_HEADERS = 1, 1, 4


class Collector:
    """Takes what it is sent, and answers that all is well."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.sent = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        decoder, encoder = Decoder(), Encoder()
        with suppress(OSError, EOFError), connection, connection.makefile("rb") as stream:
            assert read(stream, len(PREFACE)) == PREFACE
            connection.sendall(frame(SETTINGS, 0, 0, b""))
            while True:
                kind, flags, number, payload = next_frame(stream)
                if kind == SETTINGS and not flags & ACK:
                    connection.sendall(frame(SETTINGS, ACK, 0, b""))
                elif kind == PING and not flags & ACK:
                    connection.sendall(frame(PING, ACK, 0, payload))
                elif kind == HEADERS:
                    self.paths += [value for name, value in decoder.decode(payload) if name == ":path"]
                elif kind == DATA:
                    self.sent += payload
                    if payload:
                        more = struct.pack(">I", len(payload))
                        connection.sendall(
                            frame(WINDOW_UPDATE, 0, 0, more) + frame(WINDOW_UPDATE, 0, number, more)
                        )
                if kind in (DATA, HEADERS) and flags & END_STREAM:
                    head = encoder.encode([(":status", "200"), ("content-type", "application/grpc")])
                    tail = encoder.encode([("grpc-status", "0")])
                    connection.sendall(
                        frame(HEADERS, END_HEADERS, number, head)
                        + frame(DATA, 0, number, bytes(5))  # an empty message
                        + frame(HEADERS, END_HEADERS | END_STREAM, number, tail)
                    )


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def read(stream: object, count: int) -> bytes:
    found: bytes = stream.read(count)  # type: ignore[attr-defined]
    if len(found) < count:
        raise EOFError
    return found


def next_frame(stream: object) -> tuple[int, int, int, bytes]:
    head = read(stream, 9)
    length = int.from_bytes(head[:3], "big")
    return head[3], head[4], int.from_bytes(head[5:], "big") & 0x7FFFFFFF, read(stream, length)


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.listener.close()


def test_requests_are_traced(collector: Collector, tmp_path: Path) -> None:
    config = tmp_path / "tracing.yaml"
    config.write_text(
        json.dumps(
            {
                "apiVersion": "apiserver.config.k8s.io/v1",
                "kind": "TracingConfiguration",
                "endpoint": collector.address,
                "samplingRatePerMillion": 1_000_000,
            }
        )
    )
    server = Standalone(build("nginx"), short_folder(), f"--tracing-config-file={config}")
    try:
        upstreams: Resource = server.resource("Upstream", "v1", "default")
        client: Client = upstreams.client
        upstreams.create("traced", {})
        client.get(upstreams.path("traced"), traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01").ok()
        wait(lambda: b"traced" in collector.sent, "the trace", timeout=30)
        assert set(collector.paths) == {"/opentelemetry.proto.collector.trace.v1.TraceService/Export"}
        for word in (b"Create", b"etcd"):
            assert word in collector.sent, word
    finally:
        server.stop()
