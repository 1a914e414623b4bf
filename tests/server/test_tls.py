"""How one gets at a server at all: through one port, and with TLS that is not known to be broken."""

import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from aggregated import Aggregated, aggregated
from certificates import rsa_key
from listening import addresses
from raw import address
from servers import ROOT, Standalone

SSL3, TLS10, TLS11, TLS12 = 0x0300, 0x0301, 0x0302, 0x0303
# All have forward secrecy. Those with CBC and SHA-1 are for old clients; Go decrypts them in constant time.
ECDSA = {0xC02B, 0xC02C, 0xCCA9, 0xC009, 0xC00A}
RSA = {0xC02F, 0xC030, 0xCCA8, 0xC013, 0xC014}
# Every number that a cipher of TLS 1.2 or older may have, be it without encryption or forward secrecy, DES or RC4.
CIPHERS = (*range(0x0000, 0x00FF), *range(0xC001, 0xC100), *range(0xCCA8, 0xCCAF), *range(0xFEFE, 0xFF00))


@pytest.fixture(scope="module")
def rsa(nginx: Standalone, nginx_binary: Path) -> Iterator[Aggregated]:
    """A server of a cluster, whose certificate is of the kind that most old ciphers need."""
    with aggregated(nginx_binary, nginx, serving_key=rsa_key()) as server:
        yield server


@pytest.fixture(scope="module", params=["standalone", "aggregated"])
def served(request: pytest.FixtureRequest, fleet: Standalone, rsa: Aggregated) -> tuple[str, set[int]]:
    """Where a server is, and the ciphers that it may take. The certificate with which one calls itself is RSA."""
    return (fleet.url, ECDSA | RSA) if request.param == "standalone" else (rsa.url, RSA)


def extension(number: int, *values: int, width: str = "H", length: str = "H") -> bytes:
    data = struct.pack(f">{len(values)}{width}", *values)
    data = struct.pack(f">{length}", len(data)) + data
    return struct.pack(">HH", number, len(data)) + data


def hello(version: int, ciphers: list[int]) -> bytes:
    """What a client that knows these ciphers says first."""
    extensions = extension(10, 23, 24, 29) + extension(11, 0, width="B", length="B")
    extensions += extension(13, 0x0403, 0x0804, 0x0401, 0x0503, 0x0203, 0x0201)
    numbers = struct.pack(f">H{len(ciphers)}H", 2 * len(ciphers), *ciphers)
    body = struct.pack(">H", version) + bytes(33) + numbers + b"\1\0"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\1" + struct.pack(">I", len(body))[1:] + body
    return b"\x16" + struct.pack(">HH", min(version, TLS10), len(message)) + message


def chosen(url: str, version: int, ciphers: list[int]) -> tuple[int, int] | None:
    """The version and the cipher with which a server goes on, or none where it refuses."""
    with socket.create_connection(address(url), 10) as raw, raw.makefile("rb") as stream:
        raw.sendall(hello(version, ciphers))
        kind, _, length = struct.unpack(">BHH", stream.read(5))
        message = stream.read(length)
    if kind == 21:  # an alert
        return None
    assert (kind, message[0]) == (22, 2), message
    after_session = 39 + message[38]
    return struct.unpack_from(">H", message, 4)[0], struct.unpack_from(">H", message, after_session)[0]


@pytest.mark.parametrize("version", [SSL3, TLS10, TLS11])
def test_old_tls_is_refused(served: tuple[str, set[int]], version: int) -> None:
    assert chosen(served[0], version, list(CIPHERS)) is None


def test_weak_ciphers_are_refused(served: tuple[str, set[int]]) -> None:
    url, good = served
    left, accepted = list(CIPHERS), set()
    while answer := chosen(url, TLS12, left):
        assert answer[0] == TLS12
        accepted.add(answer[1])
        left.remove(answer[1])
    assert accepted == good, {f"{cipher:#06x}" for cipher in accepted ^ good}


def test_the_newest_tls_is_taken(fleet: Standalone) -> None:
    host, port = address(fleet.url)
    with (
        socket.create_connection((host, port)) as raw,
        fleet.context().wrap_socket(raw, server_hostname=host) as connection,
    ):
        assert connection.version() == "TLSv1.3"


@pytest.mark.parametrize("line", [b"GET /apis HTTP/1.1", b"GET /livez HTTP/1.0", b"PRI * HTTP/2.0"])
def test_plain_http_is_refused(served: tuple[str, set[int]], line: bytes) -> None:
    with socket.create_connection(address(served[0]), 10) as raw:
        raw.sendall(line + b"\r\nHost: x\r\n\r\n")
        answer = raw.makefile("rb").read()
    assert answer == b"" or answer.startswith((b"HTTP/1.0 400 ", b"\x15")), answer
    assert b"Client sent an HTTP request to an HTTPS server" in answer or not line.startswith(b"GET")


def test_one_port_on_the_loopback(fleet: Standalone, rsa: Aggregated) -> None:
    for server in (fleet, rsa):
        _, port = address(server.url)
        assert addresses(server.popen.pid) == {f"0100007F:{port:04X}"}


UNVERIFIED = re.compile(r"insecure-?skip-?(tls-?)?verify['\"]?\s*[:=]\s*['\"]?true", re.IGNORECASE)


def test_nothing_that_is_generated_leaves_tls_unverified() -> None:
    assert UNVERIFIED.search("  insecureSkipTLSVerify: true") and UNVERIFIED.search(
        "InsecureSkipVerify: true"
    )
    files = [p for root in ("samples", "templates") for p in (ROOT / root).rglob("*") if p.is_file()]
    texts = {p: p.read_text(errors="replace") for p in files if p.stat().st_size < 1 << 20}
    assert len(texts) > 400
    assert [path for path, text in texts.items() if UNVERIFIED.search(text)] == []
