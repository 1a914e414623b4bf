"""Requests as bytes: what the HTTP clients of Python would not send."""

import http.client
import io
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """An answer to one of the requests on a connection."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def address(url: str) -> tuple[str, int]:
    host, _, port = urlsplit(url).netloc.partition(":")
    return host, int(port)


def written(method: str, target: str, headers: Headers = (), body: bytes = b"") -> bytes:
    """A request of HTTP/1.1, with headers as they are given and a Host."""
    lines = [f"{method} {target} HTTP/1.1", "Host: server", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def speak(url: str, context: ssl.SSLContext, data: bytes, timeout: float = 10) -> list[Reply]:
    """All answers on one connection, which ends with the last, or when the server is silent for that long."""
    received = b""
    with (
        socket.create_connection(address(url), timeout) as raw,
        context.wrap_socket(raw, server_hostname=address(url)[0]) as connection,
        suppress(TimeoutError, ConnectionError, ssl.SSLError),  # what was answered before counts
    ):
        connection.sendall(data)
        while some := connection.recv(65536):
            received += some
    return replies(received)


def replies(data: bytes) -> list[Reply]:
    source, found = Source(data), []
    while source.tell() < len(data):
        response = http.client.HTTPResponse(source)  # type: ignore[arg-type]
        response.begin()
        found.append(Reply(response.status, response.headers, response.read()))
    return found


class Source(io.BytesIO):
    """What a connection gave, for several answers one after another."""

    def makefile(self, _: str) -> "Source":
        return self

    def close(self) -> None:
        """Stay open for the next answer."""
