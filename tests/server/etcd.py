"""What lies in the etcd of a server: read from its socket, with the JSON that etcd speaks beside gRPC."""

import http.client
import json
import socket
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Stored:
    """An object as its bytes, and the revision in which they were written."""

    revision: int
    data: bytes

    @property
    def version(self) -> str:
        version: str = json.loads(self.data)["apiVersion"].rpartition("/")[2]
        return version


class Etcd:
    """The etcd that a standalone server has in itself."""

    def __init__(self, data: Path) -> None:
        self.socket = data / "client.sock"

    def stored(self, prefix: str) -> dict[str, Stored]:
        """All below a key, by what follows it."""
        answer = self.ask(
            "kv/range", key=encoded(prefix), range_end=encoded(prefix[:-1] + chr(ord(prefix[-1]) + 1))
        )
        found = {}
        for pair in answer.get("kvs", []):
            key = b64decode(pair["key"]).decode().removeprefix(prefix)
            found[key] = Stored(int(pair["mod_revision"]), b64decode(pair["value"]))
        return found

    def compact(self) -> None:
        """Forget all revisions but the present one."""
        revision = self.ask("kv/range", key=encoded("/"))["header"]["revision"]
        self.ask("kv/compaction", revision=revision, physical=True)

    def ask(self, call: str, **request: Any) -> Any:
        connection = Connection(self.socket)
        try:
            connection.request("POST", f"/v3/{call}", json.dumps(request))
            with connection.getresponse() as response:
                body = response.read()
                assert response.status == 200, body
                return json.loads(body)
        finally:
            connection.close()


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
