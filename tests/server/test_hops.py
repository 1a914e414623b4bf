"""Requests that say they are another, hide a second one, or want to be no HTTP: each is judged by itself."""

import ssl
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from aggregated import PROXY
from certificates import certificate
from raw import Headers, Reply, speak, written
from servers import Standalone
from trespass import GROUP, MINE, SECRET, Scene, scene

ROOT = f"/apis/{GROUP}/v1"
OWN = f"{ROOT}/namespaces/{MINE}/gadgets"
OTHERS = (f"{ROOT}/namespaces/theirs/gadgets", f"{ROOT}/gadgetshelves/own", "/metrics")
WEBSOCKET = [
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", b64encode(bytes(16)).decode()),
]  # fmt: skip
UPGRADES: dict[str, Headers] = {
    "websocket": WEBSOCKET,
    "websocket, with a protocol": [*WEBSOCKET, ("Sec-WebSocket-Protocol", "v4.channel.k8s.io")],
    "websocket, twice": [*WEBSOCKET, ("Connection", "keep-alive, Upgrade")],
    "spdy": [
        ("Upgrade", "SPDY/3.1"),
        ("Connection", "Upgrade"),
        ("X-Stream-Protocol-Version", "v4.channel.k8s.io"),
    ],
    "http/2": [
        ("Upgrade", "h2c"),
        ("Connection", "Upgrade, HTTP2-Settings"),
        ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
    ],
    "tls": [("Upgrade", "TLS/1.2"), ("Connection", "Upgrade")],
    "nothing": [("Upgrade", ""), ("Connection", "Upgrade")],
    "no upgrade": [("Connection", "Upgrade")],
}
OVERRIDES: list[Headers] = [
    [(name, "DELETE")]
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method", "X-Original-Method")
] + [
    [(name, OTHERS[0])]
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Original-URI", "X-Accel-Redirect")
] + [
    [("Host", "kubernetes.default.svc")], [("X-Forwarded-Host", "other")], [("Forwarded", "for=127.0.0.1;host=x")],
    [("Connection", "Authorization, X-Remote-User, Host, Content-Type")], [("TE", "trailers"), ("Connection", "TE")],
    [("Proxy-Authorization", "Basic YWRtaW46YWRtaW4=")], [("Proxy-Connection", "upgrade")], [("Keep-Alive", "max=9")],
    [("Expect", "100-continue")], [("Max-Forwards", "0")], [("Range", "bytes=0-")], [("Impersonate-Extra-a", "b")],
]  # fmt: skip


@pytest.fixture(scope="module")
def place(lenses: Standalone, lenses_binary: Path) -> Iterator[Scene]:
    with scene(lenses_binary, lenses) as made:
        proxy = certificate(made.server.proxy_ca, made.server.folder.parent, PROXY)
        made.identities["proxy"] = proxy
        yield made


def said(place: Scene, data: bytes, who: str = "jane", timeout: float = 3) -> list[Reply]:
    """All answers on a connection of somebody: none tells a secret, redirects, or says that the server failed."""
    context = ssl.create_default_context(cafile=place.server.ca.with_suffix(".crt"))
    if identity := place.identities[who]:
        context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
    found = speak(place.server.url, context, data, timeout)
    for reply in found:
        assert SECRET.encode() not in reply.body
        assert reply.status < 500 or reply.status == 501, reply
        assert not 300 <= reply.status < 400, reply
    return found


@pytest.fixture(autouse=True)
def unharmed(place: Scene) -> Iterator[None]:
    yield
    assert place.stored() == place.before
    place.jane.get(f"{OWN}/own").ok()


END = ("Connection", "close")


@pytest.mark.parametrize("kind", UPGRADES)
def test_upgrades_are_authorized(place: Scene, kind: str) -> None:
    for method in ("GET", "POST"):
        for path in (*OTHERS, OTHERS[0] + "?watch=1", f"{OTHERS[0]}/own/exec?command=sh"):
            (reply,) = said(place, written(method, path, [*UPGRADES[kind], END]))
            assert reply.status in (400, 403), (method, path, reply)
            (reply,) = said(place, written(method, path, [*UPGRADES[kind], END]), "nobody")
            assert reply.status in (400, 401), (method, path, reply)


@pytest.mark.parametrize("kind", UPGRADES)
def test_what_does_not_stream_is_not_upgraded(place: Scene, kind: str) -> None:
    for path in (f"{OWN}/own", OWN, f"{OWN}/own/status"):
        (reply,) = said(place, written("GET", path, [*UPGRADES[kind], END]))
        assert reply.status == 200 or 400 <= reply.status < 500, (path, reply)


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "TRACK", "PROPFIND", "DEBUG", "get", "PRI", "X"])
def test_methods_that_are_none_of_the_api(place: Scene, method: str) -> None:
    targets = [OWN, f"{OWN}/own", *OTHERS, "*"] + (
        ["example.com:443", "127.0.0.1:22"] if method == "CONNECT" else []
    )
    for who, allowed in (("jane", (400, 403, 404, 405)), ("nobody", (400, 401, 404, 405))):
        for target in targets:
            replies = said(place, written(method, target, [("X-Echo", "echo-me"), END]), who)
            assert all(reply.status in allowed and b"echo-me" not in reply.body for reply in replies), (
                target,
                replies,
            )


@pytest.mark.parametrize("headers", OVERRIDES, ids=str)
def test_headers_make_no_other_request(place: Scene, headers: Headers) -> None:
    """A request with them is what it is without them, for the one who decides and for the one who answers."""
    before = len(place.server.cluster.reviews)
    for method, path, status in (
        ("GET", f"{OWN}/own", 200),
        ("GET", OTHERS[0], 403),
        ("POST", OTHERS[0], 403),
    ):
        hosted = written(method, path, [*headers, END])
        if headers[0][0] == "Host":
            hosted = hosted.replace(b"Host: server\r\n", b"")
        reply, *_ = said(place, hosted)
        assert reply.status in (status, 206, 400, 403 if "Impersonate" in headers[0][0] else 400), reply
    for review in place.server.cluster.reviews[before:]:
        asked = review["resourceAttributes"]
        assert asked["verb"] in ("get", "list", "create") or "impersonate" in asked["verb"], asked


HIDDEN = written(
    "DELETE", f"{OTHERS[0]}/own", [("X-Remote-User", "admin"), ("X-Remote-Group", "system:masters")]
)
CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
TE, CL = "Transfer-Encoding", "Content-Length"
SMUGGLED: dict[str, tuple[Headers, bytes]] = {
    "length and chunks": ([(CL, str(5 + len(HIDDEN))), (TE, "chunked")], b"0\r\n\r\n" + HIDDEN),
    "chunks and length": ([(TE, "chunked"), (CL, "4")], CHUNK),
    "two lengths": ([(CL, "0"), (CL, str(len(HIDDEN)))], HIDDEN),
    "two lengths in one": ([(CL, f"0, {len(HIDDEN)}")], HIDDEN),
    "a length with a sign": ([(CL, f"+{len(HIDDEN)}")], HIDDEN),
    "a negative length": ([(CL, "-1")], HIDDEN),
    "a length in hexadecimal": ([(CL, hex(len(HIDDEN)))], HIDDEN),
    "a length with a space": ([(CL + " ", str(len(HIDDEN)))], HIDDEN),
    "a length too long": ([(CL, "9" * 30)], HIDDEN),
    "chunks of another name": ([(TE, "xchunked")], CHUNK),
    "chunks twice": ([(TE, "chunked"), (TE, "identity")], CHUNK),
    "chunks in two ways": ([(TE, "chunked, identity")], CHUNK),
    "chunks, gzipped": ([(TE, "gzip, chunked")], CHUNK),
    "chunks after a tab": ([(TE, "\x0bchunked"), (CL, "4")], CHUNK),
    "chunks with a space": ([(TE + " ", "chunked"), (CL, "4")], CHUNK),
    "chunks, folded": ([(TE, "\r\n chunked"), (CL, "4")], CHUNK),
    "chunks of a bare line feed": ([("X", f"y\n{TE}: chunked"), (CL, "4")], CHUNK),
    "a chunk of a wrong size": ([(TE, "chunked")], b"1\r\n" + HIDDEN + b"\r\n0\r\n\r\n"),
    "a chunk of a negative size": ([(TE, "chunked")], b"-1\r\n" + HIDDEN + b"\r\n0\r\n\r\n"),
    "a chunk with an extension": ([(TE, "chunked")], b"0;a=\r\n\r\n" + HIDDEN),
    "a chunk of a huge size": ([(TE, "chunked")], b"f" * 17 + b"\r\n" + HIDDEN),
    "a trailer that names a user": (
        [(TE, "chunked"), ("Trailer", "X-Remote-User")],
        b"0\r\nX-Remote-User: admin\r\n\r\n",
    ),
    "a body of a get": ([], HIDDEN),
}


@pytest.mark.parametrize("form", SMUGGLED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hidden_request_is_judged_by_itself(place: Scene, form: str, method: str) -> None:
    headers, body = SMUGGLED[form]
    before = len(place.server.cluster.reviews)
    for path in (OWN, OTHERS[0]):
        replies = said(place, written(method, path, headers, body), timeout=1)
        assert len(replies) <= 2
        first, rest = replies[0], replies[1:]
        assert first.status in ((200, 400, 415, 422, 501) if path == OWN else (400, 403, 501)), first
        # What came after is another request of the same client, whatever it says of a user.
        assert all(reply.status in (400, 403) for reply in rest), replies
    assert {review["user"] for review in place.server.cluster.reviews[before:]} <= {"jane"}


@pytest.mark.parametrize("form", SMUGGLED)
def test_a_hidden_request_of_the_front_proxy_needs_a_user(place: Scene, form: str) -> None:
    """The one connection that others' requests share: where a body is taken for a request, it has no user of before."""
    headers, body = SMUGGLED[form]
    body = body.replace(b"X-Remote-User", b"X-Remote-Abcd").replace(b"X-Remote-Group", b"X-Remote-Abcde")
    replies = said(
        place, written("POST", OTHERS[0], [("X-Remote-User", "jane"), *headers], body), "proxy", timeout=1
    )
    assert replies[0].status in (400, 403, 501)
    assert all(reply.status in (400, 401) for reply in replies[1:]), replies
