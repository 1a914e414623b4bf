"""A generated server installed in a cluster by its own manifests, with processes in the place of its pods."""

import json
import ssl
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from apiclient import Client, Object
from controlplane import ControlPlane
from pods import Kubelet, Pod, claim
from proxy import ServiceProxy
from ruamel.yaml import YAML
from servers import ROOT


class Installation:
    """The server of a sample, as an overlay of its manifests describes it."""

    def __init__(self, plane: ControlPlane, sample: str, binary: Path, overlay: str = "dev") -> None:
        project = ROOT / "samples" / sample
        self.plane, self.name = plane, str(YAML(typ="safe").load(project / "apigen.yaml")["name"])
        self.namespace = f"{self.name}-system"
        self.manifests = project / "deploy" / "overlays" / overlay
        self.label = f"app.kubernetes.io/part-of={self.name}"
        self.folder = Path(tempfile.mkdtemp(prefix=sample, dir=plane.folder))
        self.folder.chmod(0o755)  # pods look for their root as another user
        self.kubelet = Kubelet(plane, binary, self.folder)
        self.data = claim(self.folder / "data")
        self.said = plane.kubectl.run("apply", "-k", str(self.manifests))
        assert self.said.returncode == 0, self.said.stderr
        try:
            self._start()
        except BaseException:
            self.kubelet.kill()
            raise

    def _start(self) -> None:
        self.certs = self.start(f"{self.name}-certs")
        wait(lambda: self.has_secret(f"{self.name}-serving"), "certificates", pod=self.certs, timeout=15)
        self.server = self.start(self.name)
        self.proxy = ServiceProxy(self.plane, self.namespace, self.name, lambda: [self.server])
        wait(self.server.is_ready, "the server", pod=self.server)
        self.proxy.publish(ready=True)
        self.wait_available()

    def start(self, deployment: str) -> Pod:
        """Run a pod of a Deployment."""
        template = self.plane.object("apps/v1", "deployments", deployment, self.namespace)["spec"]["template"]
        listens = any(c.get("ports") for c in template["spec"]["containers"])
        return self.kubelet.run(template["spec"], self.namespace, listens=listens, data=self.data)

    def restart(self) -> None:
        """Run the server again, on what its volume holds."""
        self.server.stop()
        self.server = self.start(self.name)
        wait(self.server.is_ready, "the server", pod=self.server)

    def has_secret(self, name: str) -> bool:
        return self.plane.kubectl.run("get", "secret", name, "-n", self.namespace).returncode == 0

    def api_services(self) -> list[Object]:
        found = json.loads(self.plane.kubectl("get", "apiservices", "-l", self.label, "-o", "json"))["items"]
        return list(found)

    @property
    def url(self) -> str:
        """Where the server itself listens, beside kube-apiserver."""
        return f"https://127.0.0.1:{self.server.port}"

    def client(self, identity: Path | None = None) -> Client:
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

    def wait_available(self, available: str = "True", timeout: int = 60) -> None:
        names = self.plane.kubectl(
            "get", "apiservices", "-o", "name", "-l", f"app.kubernetes.io/part-of={self.name}"
        )
        self.plane.kubectl(
            "wait", f"--for=condition=Available={available}", f"--timeout={timeout}s", *names.split()
        )

    def stop(self) -> None:
        self.proxy.stop()
        self.kubelet.kill()


def wait(until: Callable[[], bool], what: str, *, timeout: float = 60, pod: Pod | None = None) -> None:
    """Wait until something holds."""
    end = time.monotonic() + timeout
    while not until():
        assert pod is None or pod.popen.poll() is None, f"{what} ended:\n{pod.text()[-5000:]}"
        assert time.monotonic() < end, f"{what} after {timeout} s" + (
            f":\n{pod.text()[-5000:]}" if pod else ""
        )
        time.sleep(0.1)
