"""What must not be told: tokens, passwords, keys and the values of fields, in logs, in the audit log and in metrics."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aggregated import PROXY, Aggregated, aggregated
from apiclient import PATCHES, Client, Object
from certificates import certificate
from cluster import CREDENTIAL
from servers import Standalone

UPSTREAMS = "/apis/nginx.example.com/v1/namespaces/default/upstreams"
POLICY = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]}
SEEDS = {kind: f"seed-of-{kind}-{number}-end" for number, kind in enumerate(
    ("token", "unknown-token", "basic", "socket", "cookie", "api-key", "field", "key", "patch", "apply", "json-patch",
     "status", "annotation", "comment", "broken", "wrong-type", "put", "dry-run", "options", "yaml")
)}  # fmt: skip
SEEDS["server"] = CREDENTIAL
# What encodings make of them is told as well.
SECRETS = {
    kind: [seed, b64encode(seed.encode()).decode().rstrip("="), seed.encode().hex()]
    for kind, seed in SEEDS.items()
}


def audit_flags(folder: Path) -> tuple[list[str], Path]:
    """Flags for a log of everything, and the log."""
    policy, log = folder / "policy.yaml", folder / "audit.log"
    policy.write_text(json.dumps(POLICY))
    return [f"--audit-policy-file={policy}", f"--audit-log-path={log}"], log


@contextmanager
def audited(binary: Path, store: Standalone, folder: Path, *flags: str) -> Iterator[tuple[Aggregated, Path]]:
    audit, log = audit_flags(folder)
    with aggregated(binary, store, *audit, *flags) as server:
        yield server, log


def upstream(name: str, kind: str, **metadata: Any) -> Object:
    metadata = {"name": name, "annotations": {"example.com/a": SEEDS["annotation"]}, **metadata}
    servers = [{"address": SEEDS[kind]}, {"address": f"-----BEGIN PRIVATE KEY-----\n{SEEDS['key']}\n"}]
    return {
        "apiVersion": "nginx.example.com/v1", "kind": "Upstream", "metadata": metadata, "spec": {"servers": servers},
    }  # fmt: skip


def with_credentials(server: Aggregated) -> None:
    """Requests with everything that a client may think is a credential."""
    server.cluster.tokens[SEEDS["token"]] = "joe"
    server.cluster.allowed.add("joe")
    nobody = server.client()
    nobody.get(UPSTREAMS, Authorization=f"Bearer {SEEDS['token']}").ok()
    nobody.get(UPSTREAMS, Authorization=f"Bearer {SEEDS['unknown-token']}").refused(401)
    password = b64encode(f"joe:{SEEDS['basic']}".encode()).decode()
    nobody.get(UPSTREAMS, Authorization=f"Basic {password}").refused(401)
    protocol = "base64url.bearer.authorization.k8s.io." + urlsafe_b64encode(SEEDS["socket"].encode()).decode()
    nobody.get(UPSTREAMS, Sec_WebSocket_Protocol=protocol.rstrip("=")).refused(401)
    nobody.get(UPSTREAMS, Cookie=f"session={SEEDS['cookie']}").refused(401)
    nobody.get(UPSTREAMS, X_Api_Key=SEEDS["api-key"]).refused(401)


def with_bodies(client: Client, name: str) -> None:
    """Requests with bodies of every kind, good and bad."""
    one = f"{UPSTREAMS}/{name}"
    client.request("POST", UPSTREAMS, upstream(name, "field")).ok()
    client.request("PUT", one, upstream(name, "put")).ok()
    client.request("PATCH", one, upstream(name, "patch"), PATCHES["merge"]).ok()
    client.request("PATCH", one, upstream(name, "apply"), PATCHES["apply"]).refused(422)
    client.request(
        "PATCH", f"{one}?fieldManager=m&force=true", upstream(name, "apply"), PATCHES["apply"]
    ).ok()
    operation = {"op": "add", "path": "/spec/servers/0/address", "value": SEEDS["json-patch"]}
    client.request("PATCH", one, [operation], PATCHES["json"]).ok()
    client.request("PATCH", f"{one}/status", {"status": {"labels": SEEDS["status"]}}, PATCHES["merge"]).ok()
    client.request("POST", f"{UPSTREAMS}?dryRun=All", upstream(f"{name}-dry", "dry-run")).ok()
    client.request(
        "POST", UPSTREAMS, f"# {SEEDS['comment']}\n" + json.dumps(upstream("y", "yaml")), "application/yaml"
    ).ok()
    client.request("POST", UPSTREAMS, json.dumps(upstream(name, "broken"))[:-1]).refused(400)
    client.get(one).ok()
    client.get(UPSTREAMS).ok()
    with client.watch(f"{UPSTREAMS}?watch=1&timeoutSeconds=1") as watch:
        watch.next()
    client.request("DELETE", one, {"kind": "DeleteOptions", "apiVersion": "v1", "x": SEEDS["options"]}).ok()
    client.request("DELETE", UPSTREAMS).ok()


def told(sources: dict[str, str]) -> list[str]:
    """Where a secret is told, with what is around it."""
    found = []
    for source, text in sources.items():
        assert len(text) > 5000, source
        for kind, forms in SECRETS.items():
            places = [match.start() for form in forms for match in re.finditer(re.escape(form), text)]
            found += [f"{kind} in {source}: {text[max(0, at - 300) : at + 100]!r}" for at in places]
    return found


def sources(server: Aggregated, log: Path) -> dict[str, str]:
    metrics = [server.admin.get(path).body.decode() for path in ("/metrics", "/metrics/slis")]
    return {"log": server.text(), "audit": log.read_text(), "metrics": "".join(metrics)}


REVIEW = re.compile(r'"(?:Request|Response) Body" body=(?:<\n\t)?.*TokenReview.*')


@pytest.mark.parametrize("level", [7, 9])
def test_no_secret_is_told(
    nginx: Standalone, nginx_binary: Path, folder: Path, name: str, level: int
) -> None:
    """All is said at level 9. From 8 on, the client library says the whole of what it asks of a cluster, and so each
    token that is to be reviewed: nothing but that."""
    with audited(nginx_binary, nginx, folder, f"-v={level}") as (server, log):
        with_credentials(server)
        with_bodies(server.admin, name)
        found = sources(server, log)
        asked = REVIEW.findall(found["log"])
        assert len(asked) == (4 if level == 9 else 0)  # two tokens, asked and answered
        found["log"] = REVIEW.sub("", found["log"])
        assert told(found) == []
        assert {f"Bearer {CREDENTIAL}"} == server.cluster.credentials
        assert level < 9 or "Authorization: Bearer <masked>" in found["log"]
        assert "PRIVATE KEY" not in "".join(found.values())


def test_no_secret_is_told_standalone(
    start: Callable[..., Standalone], nginx_binary: Path, folder: Path, name: str
) -> None:
    flags, log = audit_flags(folder)
    server = start(nginx_binary, "-v=9", *flags)
    for kind in ("Bearer", "Basic"):
        server.anonymous().get(UPSTREAMS, Authorization=f"{kind} {SEEDS['token']}").refused(401)
    with_bodies(server.client, name)
    metrics = server.client.get("/metrics").body.decode()
    keys = {path.name: path.read_text().splitlines()[1] for path in (server.data / "pki").glob("*.key")}
    assert len(keys) == 3
    found = {"log": server.text(), "audit": log.read_text(), "metrics": metrics}
    assert told(found) == []
    assert not any(text in "".join(found.values()) for text in ("PRIVATE KEY", *keys.values()))


def events(log: Path) -> list[Object]:
    """What is said of each request once its answer is known. Of one that nobody sent that is when the answer begins."""
    found = [json.loads(line) for line in log.read_text().splitlines()]
    last = {True: "ResponseComplete", False: "ResponseStarted"}
    return [event for event in found if event["stage"] == last["username" in event["user"]]]


def writes(client: Client, name: str, **headers: str) -> list[tuple[str, str, int]]:
    """Every write there is, by its verb, its path and its answer."""
    body = upstream(name, "field")
    one = f"{UPSTREAMS}/{name}"
    requests: list[tuple[str, str, str, Any, str]] = [
        ("create", "POST", UPSTREAMS, body, "application/json"),
        ("create", "POST", f"{UPSTREAMS}?dryRun=All", body, "application/json"),
        ("update", "PUT", one, body, "application/json"),
        ("update", "PUT", f"{one}/scale", {"x": 1}, "application/json"),
        ("patch", "PATCH", one, body, PATCHES["merge"]),
        ("patch", "PATCH", f"{one}/status", body, PATCHES["merge"]),
        ("patch", "PATCH", f"{one}?fieldManager=m", {"x": 1}, PATCHES["apply"]),
        ("delete", "DELETE", one, None, "application/json"),
        ("delete", "DELETE", one, None, "application/json"),
        ("deletecollection", "DELETE", UPSTREAMS, None, "application/json"),
    ]
    return [
        (verb, path, client.request(method, path, sent, kind, **headers).status)
        for verb, method, path, sent, kind in requests
    ]


def test_every_write_and_refusal_is_audited(
    nginx: Standalone, nginx_binary: Path, folder: Path, name: str
) -> None:
    with audited(nginx_binary, nginx, folder) as (server, log):
        server.cluster.tokens["a-token"] = "joe"
        server.cluster.allowed |= {"joe", "proxied"}
        proxy = server.client(certificate(server.proxy_ca, folder, PROXY))
        source = {"X_Remote_Extra_authentication.kubernetes.io%2Fcredential_id": "JTI=proxied"}
        made = {
            "admin": writes(server.admin, name),
            "jane": writes(server.user("jane"), name),
            "joe": writes(server.client(), name, Authorization="Bearer a-token"),
            "proxied": writes(proxy, name, X_Remote_User="proxied", **source),
            "": writes(server.client(), name, Authorization="Bearer unknown"),
        }
        for path in ("/metrics", UPSTREAMS, f"{UPSTREAMS}/{name}", "/nothing"):
            made["jane"].append(
                ("get" if path != UPSTREAMS else "list", path, server.user("jane").get(path).status)
            )
        found = events(log)
    for user, requests in made.items():
        of_user = [event for event in found if event["user"].get("username", "") == user]
        told = Counter((e["verb"], e["requestURI"], e["responseStatus"]["code"]) for e in of_user)
        assert Counter(requests) - told == Counter(), user
        for event in of_user:
            assert event["sourceIPs"] == ["127.0.0.1"] and event["level"] == "Metadata"
            assert not {"requestObject", "responseObject"} & event.keys()
    known_by = {event["user"].get("username", ""): source_of(event) for event in found}
    assert all(known_by[user].startswith("X509SHA256=") for user in ("admin", "jane"))
    assert (known_by["joe"], known_by["proxied"]) == ("JTI=joe", "JTI=proxied")
    assert known_by[""] == "Unauthorized"
    codes = {user: {code for _, _, code in requests} for user, requests in made.items()}
    assert codes["jane"] == {403} and codes[""] == {401} and codes["joe"] >= {200, 201, 404}


def source_of(event: Object) -> str:
    """By which credential the user of a request is known, or was not."""
    extra = event["user"].get("extra", {})
    found: str = extra.get(
        "authentication.kubernetes.io/credential-id", [event["responseStatus"].get("message")]
    )[0]
    return found
