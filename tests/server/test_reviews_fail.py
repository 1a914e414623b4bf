"""A cluster that does not tell who a client is, or what it may: then nobody gets in, until soon after it does."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from aggregated import Aggregated, aggregated
from apiclient import Answer
from cluster import Fault
from servers import Standalone

UPSTREAMS = "/apis/nginx.example.com/v1/namespaces/default/upstreams"
ACCESS, TOKEN = "subjectaccessreviews", "tokenreviews"
RECOVERED = 15
"""Seconds after which a server must be itself again."""

ALLOWED = {
    "kind": "SubjectAccessReview",
    "apiVersion": "authorization.k8s.io/v1",
    "status": {"allowed": True},
}
KNOWN = {
    "kind": "TokenReview",
    "apiVersion": "authentication.k8s.io/v1",
    "status": {"authenticated": True, "user": {"username": "admin", "groups": ["system:masters"]}},
}
FAULTS = {
    "no answer": Fault(),
    "an empty answer": Fault(text=b""),
    "bytes": Fault(text=bytes(range(256))),
    "a page": Fault(text=b"<html>allowed: true</html>"),
    "null": Fault(text=b"null"),
    "an empty object": Fault(text=b"{}"),
    "a list": Fault(text=b'[{"status": {"allowed": true, "authenticated": true}}]'),
    "half an object": Fault(text=json.dumps(ALLOWED | {"status": {"allowed": False}}).encode()[:-4]),
    "no status": Fault(text=json.dumps(ALLOWED | {"status": None}).encode()),
    "no boolean": Fault(
        text=json.dumps(ALLOWED | {"status": {"allowed": "true", "authenticated": "true"}}).encode()
    ),
    "allowed and denied": Fault(
        text=json.dumps(ALLOWED | {"status": {"allowed": True, "denied": True}}).encode()
    ),
    "an error that allows": Fault(text=json.dumps(ALLOWED).encode(), status=500),
    "an error that knows": Fault(text=json.dumps(KNOWN).encode(), status=503),
    "too many requests": Fault(text=json.dumps(ALLOWED).encode(), status=429),
    "forbidden": Fault(text=json.dumps(KNOWN).encode(), status=403),
    "another kind": Fault(text=json.dumps(ALLOWED | {"kind": "ConfigMap", "apiVersion": "v1"}).encode()),
    "a user without a name": Fault(text=json.dumps(KNOWN | {"status": {"authenticated": True}}).encode()),
}
SLOW = Fault(seconds=11)


@pytest.fixture(scope="module")
def server(nginx: Standalone, nginx_binary: Path) -> Iterator[Aggregated]:
    with aggregated(nginx_binary, nginx) as found:
        yield found


@dataclass
class Caller:
    """A user whom the cluster knows and allows all, if it is asked, and who has never asked before."""

    server: Aggregated
    name: str
    kind: str

    def __post_init__(self) -> None:
        self.server.cluster.allowed.add(self.name)
        self.server.cluster.tokens[self.name] = self.name
        self.client = self.server.client() if self.kind == TOKEN else self.server.user(self.name)
        self.client.timeout = 90
        self.client.connection = self.client.connect()
        self.headers = {"Authorization": f"Bearer {self.name}"} if self.kind == TOKEN else {}

    def create(self) -> Answer:
        body = {"apiVersion": "nginx.example.com/v1", "kind": "Upstream", "metadata": {"name": self.name}}
        return self.client.request("POST", UPSTREAMS, body | {"spec": {}}, **self.headers)

    def recovers(self, end: float) -> None:
        while (answer := self.create()).status != 201:
            assert time.monotonic() < end, answer
            time.sleep(0.2)


def refused(answer: Answer) -> bool:
    return answer.status in (401, 403) or answer.status >= 500


@pytest.mark.parametrize("kind", [ACCESS, TOKEN])
def test_no_good_answer_lets_nobody_in(server: Aggregated, name: str, kind: str) -> None:
    callers, told = [], {}
    try:
        for number, fault in enumerate(FAULTS):
            callers.append(Caller(server, f"{name}-{number}", kind))
            server.cluster.faults[kind] = FAULTS[fault]
            told[fault] = callers[-1].create()
    finally:
        del server.cluster.faults[kind]
    end = time.monotonic() + RECOVERED
    assert {fault: answer for fault, answer in told.items() if not refused(answer)} == {}
    for caller in callers:
        assert server.admin.get(f"{UPSTREAMS}/{caller.name}").status == 404
    for caller in callers:
        caller.recovers(end)


@pytest.mark.parametrize("kind", [ACCESS, TOKEN])
def test_a_slow_answer_lets_nobody_in(server: Aggregated, name: str, kind: str) -> None:
    callers = [Caller(server, f"{name}-{n}", kind) for n in range(3)]
    server.cluster.faults[kind] = SLOW
    try:
        with ThreadPoolExecutor() as pool:
            assert all(map(refused, pool.map(Caller.create, callers)))
    finally:
        del server.cluster.faults[kind]
    end = time.monotonic() + RECOVERED
    for caller in callers:
        caller.recovers(end)


@pytest.mark.parametrize("kind", [ACCESS, TOKEN])
def test_what_was_allowed_is_soon_forgotten(server: Aggregated, name: str, kind: str) -> None:
    """The answers of a cluster are good for ten seconds, whether or not it can be asked again."""
    caller = Caller(server, name, kind)
    caller.create().ok()
    server.cluster.faults[kind] = Fault()
    try:
        end = time.monotonic() + 12
        while (answer := caller.create()).status == 409:  # let in, and there is one already
            assert time.monotonic() < end, "what a cluster said once is believed for too long"
            time.sleep(0.2)
        assert refused(answer), answer
    finally:
        del server.cluster.faults[kind]
    end = time.monotonic() + RECOVERED
    while (answer := caller.create()).status != 409:
        assert time.monotonic() < end, answer
        time.sleep(0.2)
