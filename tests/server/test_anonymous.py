"""Without credentials nothing is to be had but health: not by any path that the servers tell of, with any verb."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aggregated import Aggregated, aggregated
from apiclient import Client
from servers import Standalone

HEALTH = ("/healthz", "/livez", "/readyz")
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LIST")
UNTOLD = (
    "/metrics", "/metrics/slis", "/metrics/resources", "/version", "/version/", "/openapi/v2", "/openapi/v3",
    "/openapi/v3/version", "/openapi/v2.json", "/swagger.json", "/swagger-ui/", "/debug/pprof", "/debug/pprof/",
    "/debug/pprof/heap", "/debug/pprof/goroutine?debug=2", "/debug/pprof/profile?seconds=1", "/debug/pprof/cmdline",
    "/debug/pprof/trace", "/debug/pprof/symbol", "/debug/flags/v", "/debug/api_priority_and_fairness/dump_queues",
    "/debug/vars", "/statusz", "/flagz", "/configz", "/logs/", "/livez/etcd", "/livez/ping", "/readyz/ping",
    "/readyz/shutdown", "/healthz/", "/healthz/log", "//livez", "/livez/../apis", "/./livez", "/livez/.", "/livez%2f",
    "/livez;a", "/livez%00", "/LIVEZ", "/healthz/../metrics", "/proxy/livez", "/api/v1/secrets",
    "/apis/fleet.example.com/v1/watch", "/nothing",
    "/apis/nginx.example.com/v1/proxy", "*",
)  # fmt: skip


@pytest.fixture(scope="module")
def beside(nginx: Standalone, nginx_binary: Path) -> Iterator[Aggregated]:
    with aggregated(nginx_binary, nginx) as server:
        yield server


@pytest.fixture(params=["standalone", "aggregated"])
def who(
    request: pytest.FixtureRequest, fleet: Standalone, beside: Aggregated
) -> Iterator[tuple[Client, Client]]:
    """The administrator and nobody, of either kind of server."""
    if request.param == "standalone":
        yield fleet.client, fleet.anonymous()
    else:
        yield beside.admin, beside.client()


def paths(admin: Client) -> list[str]:
    """All that the server tells of, with each resource as a collection, with a name and watched."""
    found = list(admin.get("/").ok()["paths"])
    found += [path["serverRelativeURL"] for path in admin.get("/openapi/v3").ok()["paths"].values()]
    for group in admin.get("/apis").ok()["groups"]:
        for version in group["versions"]:
            root = f"/apis/{version['groupVersion']}"
            for resource in admin.get(root).ok()["resources"]:
                name, _, sub = resource["name"].partition("/")
                places = [f"{root}/namespaces/default/{name}"] if resource["namespaced"] else []
                for place in (f"{root}/{name}", *places):
                    one = f"{place}/a/{sub}".rstrip("/")
                    found += (
                        [one] if sub else [place, one, f"{place}?watch=1", f"{root}/watch{place[len(root):]}"]
                    )
    return found


def test_nobody_gets_anything(who: tuple[Client, Client]) -> None:
    admin, nobody = who
    told = paths(admin)
    assert len(told) > 50 and "/metrics" in told
    let_in = []
    for path in sorted({*told, *UNTOLD} - {*HEALTH}):
        for verb in VERBS:
            answer = nobody.request(verb, path, None if verb in ("GET", "HEAD", "TRACE") else {})
            if (verb, path) == ("OPTIONS", "*"):  # Go's own answer, which says nothing
                assert (answer.status, answer.body) == (200, b"")
            elif answer.status != 401:
                let_in.append((verb, path, answer.status))
            elif verb == "GET":
                answer.refused(401, "Unauthorized")
    assert let_in == []


@pytest.mark.parametrize("path", HEALTH)
def test_nobody_gets_health(who: tuple[Client, Client], path: str) -> None:
    _, nobody = who
    assert nobody.get(path).body == b"ok"
    told = nobody.get(f"{path}?verbose")
    assert told.status == 200 and b"127.0.0.1" not in told.body


def test_health_has_no_other_name(who: tuple[Client, Client]) -> None:
    _, nobody = who
    headers = {"X_HTTP_Method_Override": "DELETE", "X_Original_URL": "/apis", "X_Rewrite_URL": "/apis"}
    assert nobody.get("/livez", **headers).body == b"ok"
    for name in ("X_Original_URL", "X_Rewrite_URL", "X_Forwarded_Uri", "X_Forwarded_Prefix"):
        nobody.get("/apis", **{name: "/livez"}).refused(401)


def test_no_path_redirects(who: tuple[Client, Client]) -> None:
    """The client takes no redirect from any path in any test; these are those that are most like one."""
    admin, _ = who
    told = [path.partition("?")[0] for path in paths(admin)]
    for path in {
        *told,
        *UNTOLD,
        "/apis//fleet.example.com",
        "/apis/..",
        "//example.com/%2f..",
        "/%5cexample.com",
    }:
        for form in (path, f"{path}/", f"/{path}", path.replace("/", "//")):
            if not re.search("profile|trace|watch|goroutine", form):  # they take their time
                for verb in ("GET", "HEAD", "POST"):
                    assert admin.request(verb, form).headers["Location"] is None, (verb, form)


def test_a_hash_of_before_redirects_nobody(who: tuple[Client, Client]) -> None:
    admin, _ = who
    for path in admin.get("/openapi/v3").ok()["paths"].values():
        url: str = path["serverRelativeURL"]
        now, before = admin.get(url), admin.get(url.partition("=")[0] + "=0123")
        assert "immutable" in now.headers["Cache-Control"]
        assert before.status == 200 and before.body == now.body
        assert before.headers["Content-Type"] == now.headers["Content-Type"] == "application/json"
        assert "immutable" not in (before.headers["Cache-Control"] or "")
        assert admin.get(url, If_None_Match=now.headers["Etag"]).status == 304
