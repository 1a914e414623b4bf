"""The headers with which the front proxy of a cluster names users: from nobody else, in no spelling."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aggregated import PROXY, Aggregated, aggregated
from certificates import authority, certificate
from raw import Headers, Reply, speak, written
from servers import Standalone

UPSTREAMS = "/apis/nginx.example.com/v1/namespaces/default/upstreams"
USER, MASTERS = "X-Remote-User", ("X-Remote-Group", "system:masters")
FORMS: dict[str, Headers] = {
    "as it is": [(USER, "proxied")],
    "lower case": [("x-remote-user", "proxied")],
    "upper case": [("X-REMOTE-USER", "proxied")],
    "underscores": [("X_Remote_User", "proxied"), ("X_Remote_Group", "system:masters")],
    "one underscore": [("X-Remote_User", "proxied")],
    "twice": [(USER, "proxied"), (USER, "proxied")],
    "another first": [(USER, "nobody"), (USER, "proxied")],
    "empty first": [(USER, ""), (USER, "proxied")],
    "in two spellings": [("x-remote-user", "proxied"), ("X_REMOTE_USER", "proxied")],
    "group": [(USER, "proxied"), MASTERS],
    "group alone": [MASTERS],
    "uid": [(USER, "proxied"), ("X-Remote-Uid", "1"), MASTERS],
    "uid alone": [("X-Remote-Uid", "1")],
    "extra": [(USER, "proxied"), ("X-Remote-Extra-Scopes", "all"), MASTERS],
    "extra, encoded": [(USER, "proxied"), ("X-Remote-Extra-A%2fb", "all"), ("x-remote-extra-%", "x")],
    "extra alone": [("X-Remote-Extra-Scopes", "all")],
    "named as hops": [(USER, "proxied"), ("Connection", "X-Remote-User, X-Remote-Group"), MASTERS],
    "forwarded": [(USER, "proxied"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Client-Cert", "By=x")],
    "with a token": [(USER, "proxied"), ("Authorization", "Bearer unknown"), MASTERS],
    "with another's name": [(USER, "system:admin"), MASTERS],
    "space before the colon": [(USER + " ", "proxied"), MASTERS],
    "folded": [("X-A", "b\r\n X-Remote-User: proxied"), MASTERS],
    "tab": [(USER, "\tproxied\t"), MASTERS],
    "impersonation": [("Impersonate-User", "proxied"), ("Impersonate-Group", "system:masters")],
}


@pytest.fixture(scope="module")
def server(nginx: Standalone, nginx_binary: Path) -> Iterator[Aggregated]:
    with aggregated(nginx_binary, nginx) as found:
        found.cluster.allowed |= {"proxied", "system:admin", "nobody"}
        yield found


@pytest.fixture(scope="module")
def identities(server: Aggregated, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path | None]:
    """Certificates of everybody but the front proxy."""
    folder = tmp_path_factory.mktemp("identities")
    made = {kind: folder / kind for kind in ("unknown", "client", "wrong", "near", "over")}
    for place in made.values():
        place.mkdir()
    return {
        "nobody": None,
        "of an unknown authority": certificate(
            authority(made["unknown"], "proxy-ca"), made["unknown"], PROXY
        ),
        "of the authority of clients": certificate(server.ca, made["client"], PROXY),
        "of another name": certificate(server.proxy_ca, made["wrong"], "other-client"),
        "of nearly the name": certificate(server.proxy_ca, made["near"], PROXY.upper(), PROXY),
        "over": certificate(server.proxy_ca, made["over"], PROXY, days=-1),
    }


def sent(server: Aggregated, identity: Path | None, headers: Headers) -> Reply:
    context = ssl.create_default_context(cafile=server.ca.with_suffix(".crt"))
    if identity:
        context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
    (reply,) = speak(server.url, context, written("GET", UPSTREAMS, [*headers, ("Connection", "close")]))
    return reply


@pytest.mark.parametrize("form", FORMS)
def test_nobody_else_names_the_user(
    server: Aggregated, identities: dict[str, Path | None], form: str
) -> None:
    for who, identity in identities.items():
        before = len(server.cluster.reviews)
        reply = sent(server, identity, FORMS[form])
        # It is the client of that name or nobody, and has no groups but its own.
        for review in server.cluster.reviews[before:]:
            assert (who, review["user"]) == ("of the authority of clients", PROXY)
            assert review["groups"] == ["system:authenticated"] and "uid" not in review, review
            assert review["extra"].keys() == {"authentication.kubernetes.io/credential-id"}, review
        expected = (400, 403) if who == "of the authority of clients" else (400, 401)
        assert reply.status in expected, (who, reply)


def test_there_are_enough_attempts(identities: dict[str, Path | None]) -> None:
    assert len(FORMS) * len(identities) >= 40


@pytest.mark.parametrize("form", ["as it is", "lower case", "upper case", "twice"])
def test_the_front_proxy_names_the_user(server: Aggregated, folder: Path, form: str) -> None:
    assert sent(server, certificate(server.proxy_ca, folder, PROXY), FORMS[form]).status == 200


@pytest.mark.parametrize("form", ["underscores", "one underscore", "group alone", "uid alone", "extra alone"])
def test_the_front_proxy_must_name_the_user(server: Aggregated, folder: Path, form: str) -> None:
    assert sent(server, certificate(server.proxy_ca, folder, PROXY), FORMS[form]).status == 401


LOUD = "ANY CLIENT CAN PRETEND TO BE ANY USER"


def told(server: Aggregated) -> bool:
    """Whether the server warns once it knows what the cluster says of authorities, which it asks each second."""
    server.cluster.allowed.add("known")
    proxy = server.client(certificate(server.proxy_ca, server.folder, PROXY))
    end = time.monotonic() + 20
    while proxy.get(UPSTREAMS, X_Remote_User="known").status != 200:
        assert time.monotonic() < end
        time.sleep(0.05)
    time.sleep(2.5)
    return LOUD in server.text()


def test_one_authority_and_a_name(nginx: Standalone, nginx_binary: Path) -> None:
    with aggregated(nginx_binary, nginx, common_ca=True) as server:
        server.cluster.allowed.add("proxied")
        headers = {"X_Remote_User": "proxied", "X_Remote_Group": "system:masters"}
        server.user("jane").get(UPSTREAMS, **headers).refused(403, 'User "jane"')
        assert not told(server)
        assert {review["user"] for review in server.cluster.reviews} == {"jane", "known"}


def test_one_authority_and_no_name_is_warned_of(nginx: Standalone, nginx_binary: Path) -> None:
    with aggregated(nginx_binary, nginx, common_ca=True, proxy_names=()) as server:
        assert told(server)


def test_two_authorities_and_no_name(nginx: Standalone, nginx_binary: Path) -> None:
    with aggregated(nginx_binary, nginx, proxy_names=()) as server:
        assert not told(server)
