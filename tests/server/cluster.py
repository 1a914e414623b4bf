"""A stand-in for the kube-apiserver that an aggregated server leans on: no more than such a server asks."""

import json
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]

KINDS = {
    "configmaps": "ConfigMap",
    "flowschemas": "FlowSchema",
    "mutatingadmissionpolicies": "MutatingAdmissionPolicy",
    "mutatingadmissionpolicybindings": "MutatingAdmissionPolicyBinding",
    "mutatingwebhookconfigurations": "MutatingWebhookConfiguration",
    "namespaces": "Namespace",
    "prioritylevelconfigurations": "PriorityLevelConfiguration",
    "resourcequotas": "ResourceQuota",
    "validatingadmissionpolicies": "ValidatingAdmissionPolicy",
    "validatingadmissionpolicybindings": "ValidatingAdmissionPolicyBinding",
    "validatingwebhookconfigurations": "ValidatingWebhookConfiguration",
}
CREDENTIAL = "the-credential-of-the-server"
"""With which a server comes. The cluster takes any."""
AUTHENTICATION = "extension-apiserver-authentication"


@dataclass(frozen=True)
class Fault:
    """An answer that comes late, or is not what was asked for, or no answer: then the connection just ends."""

    seconds: float = 0
    text: bytes | None = None
    status: int = 200


class Cluster:
    """Holds a few objects, answers reviews, and remembers what it was asked.

    Without a certificate to serve with, which is of the authority of the clients, it speaks plain HTTP."""

    def __init__(
        self,
        client_ca: Path,
        proxy_ca: Path,
        proxy_names: Sequence[str] = ("front-proxy-client",),
        serving: Path | None = None,
    ) -> None:
        self.objects: dict[str, list[Object]] = {
            "namespaces": [object_of("Namespace", "default")],
            "configmaps": [object_of("ConfigMap", AUTHENTICATION, "kube-system")],
        }
        self.objects["configmaps"][0]["data"] = {
            "client-ca-file": client_ca.read_text(),
            "requestheader-client-ca-file": proxy_ca.read_text(),
            "requestheader-allowed-names": json.dumps(list(proxy_names)),
            "requestheader-username-headers": '["X-Remote-User"]',
            "requestheader-group-headers": '["X-Remote-Group"]',
            "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
        }
        self.tokens: dict[str, str] = {}
        self.allowed: set[str] = set()
        self.rules: dict[str, Callable[[Object], bool]] = {}
        """What else users may do: a question for each."""
        self.faults: dict[str, Fault] = {}
        """What happens to reviews of a kind, such as `tokenreviews`, instead of a good answer."""
        self.reviews: list[Object] = []
        self.credentials: set[str | None] = set()
        self.stopping = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.scheme, self.ca = "http", client_ca
        if serving:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(serving.with_suffix(".crt"), serving.with_suffix(".key"))
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.scheme = "https"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}"

    def kubeconfig(self) -> str:
        trust = {"certificate-authority": str(self.ca)} if self.scheme == "https" else {}
        return kubeconfig({"server": self.url, **trust}, {"token": CREDENTIAL})

    def review(self, kind: str, body: Object) -> Object:
        spec = body["spec"]
        if kind == "tokenreviews":
            user = self.tokens.get(spec["token"])
            status: Object = {"authenticated": user is not None, "user": identity(user) if user else {}}
        else:
            self.reviews.append(spec)
            rule = self.rules.get(spec["user"], lambda _: False)
            status = {"allowed": spec["user"] in self.allowed or rule(spec)}
        return body | {"status": status}

    def stop(self) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def identity(user: str) -> Object:
    """What a review says of a user with a token: who it is, and by which token that is known."""
    return {"username": user, "extra": {"authentication.kubernetes.io/credential-id": [f"JTI={user}"]}}


def kubeconfig(cluster: Object, user: Object) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )


def object_of(kind: str, name: str, namespace: str | None = None) -> Object:
    metadata = {"name": name, "uid": name, "resourceVersion": "1"}
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": metadata | ({"namespace": namespace} if namespace else {}),
    }


def not_found(resource: str, name: str) -> Object:
    status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
    return status | {"message": f'{resource} "{name}" not found'}


def handler(cluster: Cluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = (
            -1
        )  # an answer is one packet: a second one would wait for the other side to confirm the first

        def do_GET(self) -> None:
            cluster.credentials.add(self.headers["Authorization"])
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            group_version, resource, name = split(url.path)
            kind = KINDS.get(resource)
            found = cluster.objects.get(resource, [])
            selector = query.get("fieldSelector", [""])[0]
            if selector.startswith("metadata.name="):
                found = [obj for obj in found if obj["metadata"]["name"] == selector.partition("=")[2]]
            if name:
                found = [obj for obj in found if obj["metadata"]["name"] == name]
            if url.path == "/openapi/v3":
                self.answer(200, {"paths": {}})
            elif kind is None or (name and not found):
                self.answer(404, not_found(resource, name))
            elif name:
                self.answer(200, found[0])
            elif "watch" in query:
                self.watch(group_version, kind, found, "sendInitialEvents" in query)
            else:
                listed = {
                    "kind": f"{kind}List",
                    "apiVersion": group_version,
                    "metadata": {"resourceVersion": "1"},
                }
                self.answer(200, listed | {"items": found})

        def do_POST(self) -> None:
            cluster.credentials.add(self.headers["Authorization"])
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kind = self.path.partition("?")[0].rpartition("/")[2]
            fault = cluster.faults.get(kind)
            if fault and fault.seconds:
                cluster.stopping.wait(fault.seconds)
            if fault and fault.text is not None:
                self.send(fault.status, fault.text)
            elif fault and not fault.seconds:
                self.close_connection = True
            else:
                self.answer(201, cluster.review(kind, body) if kind.endswith("reviews") else body)

        def watch(self, group_version: str, kind: str, found: list[Object], initial: bool) -> None:
            """Send what is there if asked, then nothing."""
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            end = {"resourceVersion": "1", "annotations": {"k8s.io/initial-events-end": "true"}}
            events = [{"type": "ADDED", "object": obj} for obj in found]
            events.append(
                {"type": "BOOKMARK", "object": {"kind": kind, "apiVersion": group_version, "metadata": end}}
            )
            for event in events if initial else ():
                data = json.dumps(event).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
            cluster.stopping.wait()
            self.close_connection = True

        def answer(self, status: int, body: Object) -> None:
            self.send(status, json.dumps(body).encode())

        def send(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler


def split(path: str) -> tuple[str, str, str]:
    """The group and version, the resource and the name in a path; empty where there is none."""
    parts = path.strip("/").split("/")
    group_version, rest = (
        ("/".join(parts[1:3]), parts[3:])
        if parts[0] == "apis"
        else (parts[1] if parts[1:] else "", parts[2:])
    )
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        rest = rest[2:]
    resource, name = [*rest, "", ""][:2]
    return group_version, resource, name
