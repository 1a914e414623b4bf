"""Requests that nobody should send, by the thousand: none ends in a 5xx, none makes the server panic, and afterwards it
is what it was before. `ATTACKS` sets how many; a night takes a million."""

import copy
import json
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from apiclient import Client
from ruamel.yaml import YAML
from servers import ROOT, Standalone

ATTACKS = int(os.environ.get("ATTACKS", "6000"))
THREADS = 4
SAMPLES = [
    YAML(typ="safe").load(p) for p in sorted((ROOT / "samples" / "fleet" / "samples").glob("fleet_*.yaml"))
]
PLURALS = {"Machine": "machines", "Probe": "probes", "Profile": "profiles", "Robot": "robots"}
WORDS = (
    "", "0", "-1", "0x", "18446744073709551616", "1e99", "NaN", "true", "null", "%00", "\u0000", "a b",
    "ä", "\U0001f980", "../..", "..", ".",
    "a" * 300, "spec.role=x", "spec.role in (a,b)", "metadata.name=", "a=b,c!=d,!e", "==", ",,,",
    "{", "[", "\"", "All", "None", "Background", "Foreground", "Orphan", "Strict", "Warn", "*/*", "eyJ2IjoibWV0YSJ9",
)  # fmt: skip
QUERIES = (
    "labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch", "timeoutSeconds",
    "sendInitialEvents", "allowWatchBookmarks", "dryRun", "fieldManager", "force", "fieldValidation", "pretty",
    "propagationPolicy", "gracePeriodSeconds", "orphanDependents", "includeObject", "verbose", "timeout",
)  # fmt: skip
MEDIA = (
    "application/json", "application/yaml", "application/cbor", "application/vnd.kubernetes.protobuf", "text/plain",
    "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    "application/apply-patch+yaml", "application/apply-patch+cbor", "application/json;as=Table;v=v1;g=meta.k8s.io",
    "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "application/json;stream=watch", "a/b;c=d;;", "",
)  # fmt: skip
METHODS = (
    "GET",
    "POST",
    "POST",
    "PUT",
    "PUT",
    "PATCH",
    "PATCH",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "TRACE",
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 1e308, 0.1, "", "x", "\u0000", "a" * 5000, [], {},
    [[]], [None], {"": None}, {"$patch": "delete"}, {"$patch": "replace"}, [{"$patch": "replace"}],
    {"$setElementOrder/ports": [1]},
    {"$retainKeys": ["a"]}, {"$deleteFromPrimitiveList/tags": ["a"]},
)  # fmt: skip
BOMB = "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(f'*{a}' for _ in range(8))}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


class Attacker:
    """Sends requests of one seed over one connection."""

    def __init__(self, server: Standalone, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.client: Client = server.admin()
        self.seen: Counter[int] = Counter()
        self.bad: list[str] = []
        self.name = ""

    def run(self, count: int) -> None:
        for _ in range(count):
            method, path, body, headers = self.request()
            try:
                answer = self.client.request(method, path, body, **headers)
            except (ValueError, TimeoutError):  # what the client's own library does not send
                self.client.close()
                continue
            self.seen[answer.status] += 1
            if answer.status >= 500 and answer.status != 501:
                self.bad.append(
                    f"{answer.status}: {method} {path} {headers} {body!r:.500}: {answer.body!r:.500}"
                )

    def request(self) -> tuple[str, str, Any, dict[str, str]]:
        choice = self.random.choice
        self.name = choice(("one", "two", "three"))
        obj = choice(SAMPLES)
        group, _, version = obj["apiVersion"].rpartition("/")
        kind = obj["kind"]
        parts = ["", "apis", group, version if self.random.random() < 0.95 else "v9"]
        parts += (
            [] if kind == "Profile" else ["namespaces", self.rarely("default", "other", "%2e%2e", "a%2fb")]
        )
        parts.append(PLURALS[kind] if self.random.random() < 0.95 else "nothing")
        method = choice(METHODS)
        if method != "POST" and self.random.random() < 0.8:
            parts.append(self.rarely(self.name, "%00", "a%20b", "x" * 300))
            parts += (
                [choice(("status", "scale", "exec", "status/status"))] if self.random.random() < 0.3 else []
            )
        query = "&".join(
            f"{choice(QUERIES)}={self.encoded(choice(WORDS))}" for _ in range(choice((0, 0, 0, 0, 1, 2, 3)))
        )
        if method == "GET" and self.random.random() < 0.1:
            query = f"watch=1&timeoutSeconds=1&{query}"
        media = self.random.random()
        headers = {"Accept": choice(MEDIA[:9])} if media < 0.1 else {}
        headers["kind"] = choice(MEDIA) if media > 0.9 else self.fitting(method)
        return method, "/".join(parts) + (f"?{query}" if query else ""), self.body(method, obj), headers

    def encoded(self, word: str) -> str:
        return quote(word, safe="%")

    def rarely(self, usual: Any, *others: Any) -> Any:
        return self.random.choice(others) if self.random.random() < 0.1 else usual

    def fitting(self, method: str) -> str:
        return self.random.choice(MEDIA[5:9]) if method == "PATCH" else "application/json"

    def body(self, method: str, obj: Any) -> Any:
        if method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return None
        kind = self.random.random()
        made = json.loads(json.dumps(obj))
        made["metadata"] = {"name": self.rarely(self.name, "", "A", None)}
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 5))):
            self.damage(made)
        text = json.dumps(made)
        if kind < 0.6:
            return text
        if kind < 0.7:
            return text[: self.random.randrange(len(text))]
        if kind < 0.8:
            return self.patch()
        if kind < 0.85:
            return self.random.randbytes(self.random.randrange(200))
        if kind < 0.9:
            deep = self.random.choice((50, 500, 9999, 20000))
            return '{"spec":' + self.random.choice(('{"a":', "[")) * deep
        return self.random.choice(
            (BOMB, "", "null", "[]", '"x"', "{}", '{"kind":"Status"}', text.replace('"', "'"))
        )

    def patch(self) -> str:
        """A JSON patch."""
        paths = (
            "/spec",
            "/metadata/name",
            "/metadata/uid",
            "/spec/tags",
            "/spec/-1",
            "/spec/ports/0",
            "",
            "/~2",
            "/a/b/c",
        )
        operations = [
            {
                "op": self.random.choice(("add", "remove", "replace", "move", "copy", "test", "break")),
                "path": self.random.choice(paths),
                "from": self.random.choice(paths),
                "value": self.random.choice(VALUES),
            }
            for _ in range(self.random.choice((1, 2, 5, 200)))
        ]
        return json.dumps(operations)

    def damage(self, value: Any) -> None:
        """Put something into a random place of an object."""
        while isinstance(value, dict | list) and value:
            key = (
                self.random.choice(list(value))
                if isinstance(value, dict)
                else self.random.randrange(len(value))
            )
            inner = value[key]
            if not isinstance(inner, dict | list) or not inner or self.random.random() < 0.3:
                value[key] = copy.deepcopy(self.random.choice(VALUES))
                return
            value = inner


def numbers(server: Standalone) -> dict[str, float]:
    text = server.metrics()
    wanted = ("go_goroutines", "process_open_fds", "process_resident_memory_bytes")
    return {name: float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1]) for name in wanted}  # type: ignore[index]


@pytest.fixture
def server(request: pytest.FixtureRequest, fleet_binary: Path, folder: Path) -> Iterator[Standalone]:
    """A server that nobody else uses, or the one of a cluster."""
    if request.config.getoption("--behind"):
        yield request.getfixturevalue("fleet")
        return
    server = Standalone(fleet_binary, folder / "server")
    yield server
    server.stop()


def test_attack(server: Standalone) -> None:
    attackers = [Attacker(server, seed) for seed in range(THREADS)]
    for attacker in attackers:
        attacker.run(50)  # so that all that is made once is there
    before = numbers(server)
    threads = [threading.Thread(target=a.run, args=(ATTACKS // THREADS,)) for a in attackers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bad = [line for a in attackers for line in a.bad]
    assert not bad, "\n".join(bad[:10])
    seen = sum((a.seen for a in attackers), Counter())
    print(dict(sorted(seen.items())))
    assert seen[200] + seen[201] > ATTACKS / 20, "hardly anything was let in: the attack is no test"
    assert seen[422] + seen[400] > ATTACKS / 10
    assert "panic" not in server.text()
    for attacker in attackers:
        attacker.client.close()
    end = time.monotonic() + 150  # kube-apiserver keeps idle connections for 90 s
    while True:  # watches and connections end by themselves
        after = numbers(server)
        if (
            after["go_goroutines"] <= before["go_goroutines"] + 10
            and after["process_open_fds"] <= before["process_open_fds"] + 10
        ):
            break
        assert time.monotonic() < end, (before, after)
        time.sleep(0.2)
    assert after["process_resident_memory_bytes"] < before["process_resident_memory_bytes"] + (150 << 20)
