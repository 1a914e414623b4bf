"""An HTTP client for API servers: what kubectl hides. Only the standard library."""

import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

Object = dict[str, Any]

JSON = "application/json"
YAML = "application/yaml"
PATCHES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def warnings(self) -> list[str]:
        return self.headers.get_all("Warning") or []

    @property
    def redirects(self) -> bool:
        """Whether the client is sent elsewhere, which no server does: one behind a kube-apiserver must not."""
        return 300 <= self.status < 400 and self.status != 304

    def ok(self) -> Any:
        """The body of a request that was granted."""
        assert 200 <= self.status < 300, f"{self.status}: {self.body.decode()}"
        return self.json

    def refused(self, status: int, *texts: str) -> Object:
        """The Status of a request that was refused, with these texts in its message."""
        assert self.status == status, f"{self.status}: {self.body.decode()[:2000]}"
        found: Object = self.json
        assert (found["kind"], found["apiVersion"]) == ("Status", "v1")
        assert (found["status"], found["code"]) == ("Failure", status)
        for text in texts:
            assert text in found["message"]
        return found


class Client:
    """Requests to one server over one connection: not for several threads at once."""

    def __init__(self, url: str, context: ssl.SSLContext, timeout: float = 30) -> None:
        self.host = urlsplit(url).netloc
        self.context = context
        self.timeout = timeout
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.host, context=self.context, timeout=self.timeout)

    def request(self, method: str, path: str, body: Any = None, kind: str = JSON, **headers: str) -> Answer:
        """A body that is no text or bytes is sent as JSON. Names of headers are written with underscores."""
        data = encode(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            sent["Content-Type"] = kind
        for again in (True, False):  # a kept connection may be closed by now
            try:
                self.connection.request(method, path, data, sent)
                with self.connection.getresponse() as response:
                    answer = Answer(response.status, response.headers, response.read())
                assert not answer.redirects, f"{method} {path}: {answer}"
                return answer
            except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError):
                self.connection.close()
                if not again:
                    raise
            except BaseException:
                self.connection.close()
                raise
        raise AssertionError("not reached")

    def close(self) -> None:
        self.connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def watch(self, path: str) -> "Watch":
        connection = self.connect()
        connection.request("GET", path)
        return Watch(connection, connection.getresponse())


class Watch:
    """An open watch, or the answer of a server that refused it."""

    def __init__(self, connection: http.client.HTTPSConnection, response: http.client.HTTPResponse) -> None:
        self.connection = connection
        self.response = response

    def __enter__(self) -> Self:
        assert self.response.status == 200, self.response.read()
        return self

    def __exit__(self, *_: object) -> None:
        self.response.close()
        self.connection.close()

    def __iter__(self) -> Iterator[Object]:
        while line := self.response.readline():
            yield json.loads(line)

    def next(self, kind: str | None = None) -> Object:
        """The object of the next event, which must be of that kind."""
        event = next(iter(self), None)
        assert event is not None, "the watch ended"
        assert kind in (None, event["type"]), event
        found: Object = event["object"]
        return found

    def answer(self) -> Answer:
        with closing(self.connection), self.response:
            return Answer(self.response.status, self.response.headers, self.response.read())


@dataclass(frozen=True)
class Resource:
    """The objects of a kind in one version, and in one namespace if they live in namespaces."""

    client: Client
    group: str
    version: str
    plural: str
    kind: str
    namespace: str | None = None

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}"

    def at(self, version: str) -> "Resource":
        return replace(self, version=version)

    def path(self, name: str = "", sub: str = "", **query: object) -> str:
        parts = ["/apis", self.group, self.version]
        parts += ["namespaces", self.namespace] if self.namespace else []
        parts += [part for part in (self.plural, quote(name), sub) if part]
        return "/".join(parts) + ("?" + urlencode(query) if query else "")

    def object(self, name: str, spec: Object | None = None, **metadata: Any) -> Object:
        obj: Object = {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "metadata": {"name": name, **metadata},
        }
        return obj | ({} if spec is None else {"spec": spec})

    def create(self, name: str, spec: Object | None = None, **metadata: Any) -> Object:
        """Make an object that must be accepted."""
        made: Object = self.post(self.object(name, spec, **metadata)).ok()
        return made

    def post(self, obj: Any, kind: str = JSON, **query: object) -> Answer:
        return self.client.request("POST", self.path(**query), obj, kind)

    def get(self, name: str, sub: str = "", **query: object) -> Object:
        found: Object = self.client.get(self.path(name, sub, **query)).ok()
        return found

    def put(self, obj: Object, sub: str = "", **query: object) -> Answer:
        return self.client.request("PUT", self.path(obj["metadata"]["name"], sub, **query), obj)

    def patch(self, name: str, body: Any, kind: str = "merge", sub: str = "", **query: object) -> Answer:
        return self.client.request("PATCH", self.path(name, sub, **query), body, PATCHES[kind])

    def apply(self, name: str, spec: Object, manager: str = "tester", **query: object) -> Answer:
        return self.patch(name, self.object(name, spec), "apply", fieldManager=manager, **query)

    def delete(self, name: str, options: Object | None = None, **query: object) -> Answer:
        return self.client.request("DELETE", self.path(name, **query), options)

    def collection(self, **query: object) -> Object:
        found: Object = self.client.get(self.path(**query)).ok()
        return found

    def names(self, **query: object) -> list[str]:
        return [item["metadata"]["name"] for item in self.collection(**query)["items"]]

    def watch(self, **query: object) -> Watch:
        return self.client.watch(self.path(watch=1, **query))


def encode(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
