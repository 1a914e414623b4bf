"""A server as part of a cluster, which is a stand-in, with its objects in the etcd of another server."""

import shutil
import signal
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apiclient import Client
from certificates import Key, authority, certificate
from cluster import Cluster, kubeconfig
from servers import Kubectl, Process, Standalone, short_folder

PROXY = "front-proxy-client"
CERTIFICATE = {"certificate": "crt", "key": "key"}


class Aggregated(Process):
    """A server that leans on a cluster and on the etcd of another server.

    Its certificates are new ones, or those that the command `certs` has put into a folder.
    """

    def __init__(
        self,
        binary: Path,
        folder: Path,
        *flags: str,
        pki: Path | None = None,
        common_ca: bool = False,
        proxy_names: Sequence[str] = (PROXY,),
        serving_key: Key | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = pki / "ca" if pki else authority(folder, "client-ca")
        self.proxy_ca = self.ca if common_ca else authority(folder, "proxy-ca")
        self.serving = pki / "tls" if pki else certificate(self.ca, folder, "server", key=serving_key)
        authorities = (self.ca.with_suffix(".crt"), self.proxy_ca.with_suffix(".crt"))
        self.cluster = Cluster(*authorities, proxy_names, self.serving)
        self.clients: list[Client] = []
        port = free_port()
        self.url = f"https://127.0.0.1:{port}"
        where = (
            f"--secure-port={port}",
            f"--client-ca-file={self.ca}.crt",
            f"--tls-cert-file={self.serving}.crt",
            f"--tls-private-key-file={self.serving}.key",
            "--bind-address=127.0.0.1",
        )
        super().__init__(binary, folder, *cluster_flags(self.cluster, folder), *where, *flags)
        self.admin_certificate = (
            pki / "client" if pki else certificate(self.ca, folder, "admin", "system:masters")
        )
        self.admin = self.client(self.admin_certificate)
        try:
            self.wait_ready(self.admin)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def client(self, identity: Path | None = None) -> Client:
        context = ssl.create_default_context(cafile=self.ca.with_suffix(".crt"))
        if identity:
            context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
        self.clients.append(Client(self.url, context))
        return self.clients[-1]

    def user(self, name: str, *groups: str) -> Client:
        """A client of a user, whom the cluster allows nothing yet."""
        return self.client(certificate(self.ca, self.folder, name, *groups))

    def kubectl(self, namespace: str = "default") -> Kubectl:
        """kubectl of the administrator, who needs no cluster in between."""
        user = {f"client-{kind}": f"{self.admin_certificate}.{end}" for kind, end in CERTIFICATE.items()}
        cluster = {"server": self.url, "certificate-authority": f"{self.ca}.crt"}
        path = self.folder / "admin.kubeconfig"
        path.write_text(kubeconfig(cluster, user))
        return Kubectl(path, self.folder / "kubecache", namespace)

    def stop(self, sign: int = signal.SIGTERM) -> int:
        for client in self.clients:
            client.close()
        try:
            return super().stop(sign)
        finally:
            self.cluster.stop()


@contextmanager
def aggregated(binary: Path, store: Standalone, *flags: str, **options: Any) -> Iterator[Aggregated]:
    """A server in a folder of its own with a prefix of its own in the etcd of another server."""
    folder = short_folder()
    try:
        where = etcd_flags(etcd_of(store), folder.name)
        server = Aggregated(binary, folder, *where, *flags, **options)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def cluster_flags(cluster: Cluster, folder: Path) -> list[str]:
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(cluster.kubeconfig())
    return [f"--{kind}kubeconfig={kubeconfig}" for kind in ("", "authentication-", "authorization-")]


def etcd_flags(etcd: str, prefix: str) -> list[str]:
    return [f"--etcd-servers={etcd}", f"--etcd-prefix=/registry/{prefix}"]


def etcd_of(server: Standalone) -> str:
    return f"unix://{server.data}/client.sock"
