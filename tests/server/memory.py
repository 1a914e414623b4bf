"""A cluster that keeps objects in memory, whatever they are, as far as a job asks that writes certificates into it."""

import copy
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cluster import Object, kubeconfig, split

Key = tuple[str, str]
"""The resource and the name of an object. There is one namespace."""


class Refused(Exception):
    """A request that is answered with a Status."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason


class Memory:
    """Objects with resource versions, and what was written, in its order. Tests may step in before it is, and after
    something was read.
    """

    def __init__(self) -> None:
        self.objects: dict[Key, Object] = {}
        self.writes: list[Key] = []
        self.before_write: Callable[[Key], None] = lambda key: None
        self.after_read: Callable[[Key], None] = lambda key: None
        self.revision = 0
        self.lock = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def write_kubeconfig(self, path: Path) -> Path:
        path.write_text(kubeconfig({"server": f"http://127.0.0.1:{self.server.server_port}"}, {}))
        return path

    def put(self, key: Key, obj: Object) -> Object:
        """Keep an object as it is now."""
        self.revision += 1
        obj = copy.deepcopy(obj)
        obj["metadata"]["resourceVersion"] = str(self.revision)
        self.objects[key] = obj
        return obj

    def request(self, method: str, key: Key, body: Object) -> Object:
        with self.lock:
            if method != "GET":
                self.before_write(key)
            found = self.objects.get(key)
            if method == "POST":
                if found:
                    raise Refused(409, "AlreadyExists")
            elif found is None:
                raise Refused(404, "NotFound")
            elif method == "GET":
                self.after_read(key)
                return found
            elif stale(body, found):
                raise Refused(409, "Conflict")
            self.writes.append(key)
            return self.put(key, merge(found or {}, body) if method == "PATCH" else body)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def stale(body: Object, found: Object) -> bool:
    """Whether a write is about an object as it was before. One that does not say so is about any."""
    return body.get("metadata", {}).get("resourceVersion", "") not in (
        "",
        found["metadata"]["resourceVersion"],
    )


def merge(old: Object, patch: Object) -> Object:
    """A JSON merge patch that removes nothing."""
    pairs = (
        (key, merge(old.get(key, {}), value) if isinstance(value, dict) else value)
        for key, value in patch.items()
    )
    return old | dict(pairs)


def handler(memory: Memory) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            _, resource, name = split(self.path.partition("?")[0])
            key = (resource, name or body["metadata"]["name"])
            try:
                code, told = 200, memory.request(self.command, key, body)
            except Refused as refused:
                code = refused.code
                told = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
                told |= {"reason": refused.reason, "message": f"{refused.reason}: {key}"}
            data = json.dumps(told).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def __getattr__(self, name: str) -> Callable[[], None]:
            """All methods are alike."""
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler
