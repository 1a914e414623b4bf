"""A real control plane on loopback: etcd, kube-apiserver and kube-controller-manager, without containers."""

import json
import secrets
import shutil
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregated import free_port
from apiclient import Client, Object
from certificates import authority, certificate, signing_key
from cluster import kubeconfig
from servers import ROOT, Kubectl, Process, short_folder

BINARIES = ROOT / ".cache" / "bin"


class ControlPlane:
    """A cluster of its own, with its files in a folder."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.folder = folder
        self.processes: list[Process] = []
        self.clients: list[Client] = []
        self.ca, self.proxy_ca = authority(folder, "ca"), authority(folder, "front-proxy-ca")
        self.url = f"https://127.0.0.1:{free_port()}"
        self.audit = folder / "audit.log"
        # A range of loopback addresses for Services that no other cluster of this machine has taken.
        self.services = f"127.{64 + secrets.randbelow(128)}.{secrets.randbelow(256)}"
        self.admin_kubeconfig = self.kubeconfig("admin", "system:masters")
        self.admin = self.client("admin", "system:masters")
        self.kubectl = self.kubectl_of("admin", "system:masters")
        try:
            self._start(*flags)
        except BaseException:
            self.stop()
            raise

    def _start(self, *flags: str) -> None:
        socket = self.folder / "etcd.sock"
        self._process(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            "--unsafe-no-fsync",
            "--log-level=warn",
            f"--listen-client-urls=unix://{socket}",
            "--advertise-client-urls=http://127.0.0.1:2379",
            f"--listen-peer-urls=unix://{self.folder / 'peer.sock'}",
            "--initial-advertise-peer-urls=http://127.0.0.1:2380",
            "--initial-cluster=default=http://127.0.0.1:2380",
        )
        api = self._process("kube-apiserver", *self._flags(socket), *flags)
        api.wait_ready(self.admin, 60)
        self._process(
            "kube-controller-manager",
            f"--kubeconfig={self.admin_kubeconfig}",
            "--secure-port=0",
            "--leader-elect=false",
            "--use-service-account-credentials",
            f"--service-account-private-key-file={self.folder / 'sa.key'}",
            f"--root-ca-file={self.ca}.crt",
        )

    def _flags(self, etcd: Path) -> list[str]:
        serving = certificate(self.ca, self.folder, "kube-apiserver")
        proxy = certificate(self.proxy_ca, self.folder, "front-proxy-client")
        key = signing_key(self.folder / "sa.key")
        policy = self.folder / "audit.yaml"
        policy.write_text(
            json.dumps(
                {
                    "apiVersion": "audit.k8s.io/v1",
                    "kind": "Policy",
                    "omitStages": ["RequestReceived"],
                    "rules": [
                        {"level": "Request", "resources": [{"group": "authorization.k8s.io"}]},
                        {"level": "Metadata"},
                    ],
                }
            )
        )
        said = {
            "etcd-servers": f"unix://{etcd}",
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "secure-port": self.url.rpartition(":")[2],
            "endpoint-reconciler-type": "none",  # it would look for an address of this machine
            "service-cluster-ip-range": f"{self.services}.0/24",
            "authorization-mode": "RBAC",
            "tls-cert-file": f"{serving}.crt",
            "tls-private-key-file": f"{serving}.key",
            "client-ca-file": f"{self.ca}.crt",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": key,
            "service-account-signing-key-file": key,
            "requestheader-client-ca-file": f"{self.proxy_ca}.crt",
            "requestheader-allowed-names": "front-proxy-client",
            "requestheader-username-headers": "X-Remote-User",
            "requestheader-uid-headers": "X-Remote-Uid",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
            "proxy-client-cert-file": f"{proxy}.crt",
            "proxy-client-key-file": f"{proxy}.key",
            "audit-policy-file": policy,
            "audit-log-path": self.audit,
        }
        return [f"--{name}={value}" for name, value in said.items()]

    def _process(self, name: str, *flags: str) -> Process:
        assert (BINARIES / name).exists(), f"{name} is not built: scripts/test does it"
        self.processes.append(Process(BINARIES / name, self.folder / f"{name}.run", *flags))
        return self.processes[-1]

    def client(self, user: str, *groups: str) -> Client:
        """A client with the certificate of a user."""
        identity = certificate(self.ca, self.folder, user, *groups)
        context = ssl.create_default_context(cafile=self.ca.with_suffix(".crt"))
        context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
        self.clients.append(Client(self.url, context))
        return self.clients[-1]

    def client_at(self, url: str, user: str, *groups: str) -> Client:
        """A client of a server that knows its clients by the cluster's authority. The server goes unchecked."""
        identity = certificate(self.ca, self.folder, user, *groups)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
        self.clients.append(Client(url, context))
        return self.clients[-1]

    def audited(self) -> Iterator[Object]:
        """What kube-apiserver was asked so far."""
        with self.audit.open() as log:
            yield from (json.loads(line) for line in log if line.endswith("\n"))

    def kubeconfig(self, user: str, *groups: str) -> Path:
        identity = certificate(self.ca, self.folder, user, *groups)
        path = self.folder / f"{user}.kubeconfig"
        cluster = {"server": self.url, "certificate-authority": f"{self.ca}.crt"}
        path.write_text(
            kubeconfig(cluster, {"client-certificate": f"{identity}.crt", "client-key": f"{identity}.key"})
        )
        return path

    def kubectl_of(self, user: str, *groups: str, namespace: str = "") -> Kubectl:
        return Kubectl(self.kubeconfig(user, *groups), self.folder / "kubecache" / user, namespace)

    def object(self, api: str, resource: str, name: str, namespace: str | None = None) -> Object:
        """An object that is there."""
        found: Object = self.admin.get(path_of(api, resource, namespace, name)).ok()
        return found

    def apply(self, obj: Object) -> Object:
        """Make an object what is said of it."""
        done: Object = json.loads(self.kubectl("apply", "--output=json", "-f", "-", input=json.dumps(obj)))
        return done

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        for process in reversed(self.processes):
            process.stop(signal.SIGKILL)


@contextmanager
def cluster() -> Iterator[ControlPlane]:
    """A cluster in a folder of its own, both gone afterwards."""
    folder = short_folder()
    plane = ControlPlane(folder)
    try:
        yield plane
    finally:
        plane.stop()
        shutil.rmtree(folder)


def path_of(api: str, resource: str, namespace: str | None, name: str = "") -> str:
    """The path of an object or of a collection."""
    where = f"/namespaces/{namespace}" if namespace else ""
    return f"/{'api' if api == 'v1' else 'apis'}/{api}{where}/{resource}" + (f"/{name}" if name else "")
