"""A generated server installed in a cluster by its own manifests, with processes in the place of its pods."""

import json
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from aggregated import free_port
from apiclient import Client, Object, Resource
from controlplane import BINARIES, ControlPlane
from pods import Kubelet, Pod, claim
from proxy import ServiceProxy
from ruamel.yaml import YAML
from servers import PLURALS, Kubectl

DEVELOPMENT = ("embedded-etcd", "certs")
PRODUCTION = ("etcd", "backup", "certs", "etcd-certs")


class Installation:
    """The server of a project with some components, run from its manifests by processes.

    Tests of servers take it for a server by itself: they speak with it through kube-apiserver.
    """

    def __init__(
        self, plane: ControlPlane, project: Path, binary: Path, components: tuple[str, ...] = DEVELOPMENT
    ) -> None:
        self.plane, self.name = plane, project_name(project)
        self.namespace = f"{self.name}-system"
        self.label = f"app.kubernetes.io/part-of={self.name}"
        self.folder = Path(tempfile.mkdtemp(prefix=project.name, dir=plane.folder))
        image = f"registry.example.com/{self.name}"
        images = {image: binary, self.name: binary, "quay.io/coreos/etcd": BINARIES / "etcd"}
        self.kubelet = Kubelet(plane, self.folder, images)
        self.servers: list[Pod] = []
        self.volumes: dict[str, Path] = {}
        self.manifests = composed(self.folder / "manifests", project, components)
        self.said = plane.kubectl.run("apply", "-f", "-", input=self.manifests)
        assert self.said.returncode == 0, self.said.stderr
        try:
            self._start(components)
        except BaseException:
            self.kubelet.kill()
            raise

    def _start(self, components: tuple[str, ...]) -> None:
        self.certs = self.start(f"{self.name}-certs")
        wait(lambda: self.has_secret(f"{self.name}-serving"), "certificates", pod=self.certs, timeout=15)
        if "etcd" in components:
            self.start_etcd()
        replicas = self.plane.object("apps/v1", "deployments", self.name, self.namespace)["spec"]["replicas"]
        for _ in range(replicas):
            self.add_server()
        self.proxy = ServiceProxy(self.plane, self.namespace, self.name, lambda: self.servers)
        self.proxy.publish(ready=True)
        self.wait_available()

    def start(self, deployment: str, *more: str, port: int = 0) -> Pod:
        """Run a pod of a Deployment."""
        spec = self.plane.object("apps/v1", "deployments", deployment, self.namespace)["spec"]["template"][
            "spec"
        ]
        claims = {
            v["name"]: self.volume(v["name"]) for v in spec.get("volumes", []) if "persistentVolumeClaim" in v
        }
        name = f"{deployment}-{len(self.kubelet.pods)}"
        return self.kubelet.run(name, spec, self.namespace, *more, port=port, **claims)

    def add_server(self, patience: float = 60) -> Pod:
        """Run one more replica, and wait until it is ready. One address has no room for the same port of all pods."""
        port = free_port()
        pod = self.start(self.name, f"--secure-port={port}", "--bind-address=127.0.0.1", port=port)
        wait(pod.is_ready, "the server", pod=pod, timeout=patience)
        self.servers.append(pod)
        return pod

    @property
    def server(self) -> Pod:
        return self.servers[0]

    def remove_server(self, sign: int = signal.SIGTERM) -> int:
        """Stop the first replica."""
        pod = self.servers.pop(0)
        return pod.stop(sign)

    def start_etcd(self) -> None:
        """Run the members of etcd, each at an address of its own."""
        count = self.plane.object("apps/v1", "statefulsets", f"{self.name}-etcd", self.namespace)["spec"][
            "replicas"
        ]
        for i in range(count):
            host = f"{self.name}-etcd-{i}.{self.name}-etcd.{self.namespace}.svc"
            self.kubelet.hosts[host] = self.member_address(i)
        self.members = [self.start_member(i) for i in range(count)]

    def member_address(self, number: int) -> str:
        return f"{self.plane.services}.{250 + number}"

    def start_member(self, number: int) -> Pod:
        of = self.plane.object("apps/v1", "statefulsets", f"{self.name}-etcd", self.namespace)["spec"]
        name, address = f"{self.name}-etcd-{number}", self.member_address(number)
        more = [
            f"--listen-client-urls=https://{address}:2379",
            f"--listen-peer-urls=https://{address}:2380",
            f"--listen-metrics-urls=http://{address}:2381",
        ]
        return self.kubelet.run(name, of["template"]["spec"], self.namespace, *more, data=self.volume(name))

    def volume(self, name: str) -> Path:
        """The folder of a claim, which outlives pods."""
        if name not in self.volumes:
            self.volumes[name] = claim(self.folder / f"volume-{name}")
        return self.volumes[name]

    def has_secret(self, name: str) -> bool:
        return self.plane.kubectl.run("get", "secret", name, "-n", self.namespace).returncode == 0

    def api_services(self) -> list[Object]:
        found = json.loads(self.plane.kubectl("get", "apiservices", "-l", self.label, "-o", "json"))["items"]
        return list(found)

    @property
    def url(self) -> str:
        """Where the server itself listens, beside kube-apiserver."""
        return f"https://127.0.0.1:{self.server.port}"

    @property
    def client(self) -> Client:
        """The administrator of the cluster."""
        return self.plane.admin

    def admin(self) -> Client:
        """Another one, with a connection of its own."""
        return self.plane.client("admin", "system:masters")

    def resource(self, kind: str, version: str, namespace: str | None = None) -> Resource:
        group, plural = PLURALS[kind]
        return Resource(self.client, group, version, plural, kind, namespace)

    def kubectl(self, namespace: str = "default") -> Kubectl:
        return self.plane.kubectl_of("admin", "system:masters", namespace=namespace)

    def direct(self, identity: Path | None = None) -> Client:
        """A client of the server itself, with a certificate or nothing."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if identity:
            context.load_cert_chain(identity.with_suffix(".crt"), identity.with_suffix(".key"))
        self.plane.clients.append(Client(self.url, context))
        return self.plane.clients[-1]

    def metrics(self) -> str:
        """What the server tells of itself to one who may ask."""
        user = self.plane.client_at(self.url, "admin", "system:masters")
        return user.get("/metrics").body.decode()

    def text(self) -> str:
        """The log of the server."""
        return self.server.text()

    def wait_available(self, available: str = "True", timeout: int = 60) -> None:
        condition = f"--for=condition=Available={available}"
        self.plane.kubectl("wait", condition, f"--timeout={timeout}s", "apiservices", "-l", self.label)

    def remove(self) -> None:
        """Stop it, and leave nothing of it in the cluster."""
        self.stop()
        self.plane.kubectl("delete", "apiservices", "-l", self.label)
        self.plane.kubectl("delete", "-f", "-", "--ignore-not-found", input=self.manifests)

    def stop(self) -> None:
        self.proxy.stop()
        self.kubelet.kill()


def project_name(project: Path) -> str:
    """What a project calls its server."""
    return str(YAML(typ="safe").load(project / "apigen.yaml")["name"])


def composed(folder: Path, project: Path, components: tuple[str, ...]) -> str:
    """The manifests of a project with some components, by a kustomization in a folder that is made."""
    deploy = project / "deploy"
    folder.mkdir()
    up = Path(*[".."] * len(folder.resolve().parts[1:]))
    image = f"registry.example.com/{project_name(project)}"
    said = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [str(up / (deploy / "base").relative_to("/"))],
        "components": [str(up / (deploy / "components" / c).relative_to("/")) for c in components],
        "images": [{"name": project_name(project), "newName": image, "newTag": "0.1.0"}],
    }
    (folder / "kustomization.yaml").write_text(json.dumps(said))
    return kustomize(folder)


def kustomize(folder: Path) -> str:
    """The manifests that a kustomization stands for."""
    command = [BINARIES / "kubectl", "kustomize", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def wait(until: Callable[[], bool], what: str, *, timeout: float = 60, pod: Pod | None = None) -> None:
    """Wait until something holds."""
    end = time.monotonic() + timeout
    while not until():
        assert pod is None or pod.popen.poll() is None, f"{what} ended:\n{pod.text()[-5000:]}"
        assert time.monotonic() < end, f"{what} after {timeout} s" + (
            f":\n{pod.text()[-5000:]}" if pod else ""
        )
        time.sleep(0.1)
