"""A generated server installed in a cluster by its own manifests, with processes in the place of its pods."""

import time
from collections.abc import Callable
from pathlib import Path

from controlplane import ControlPlane
from pods import Kubelet, Pod, claim
from proxy import ServiceProxy
from servers import ROOT


class Installation:
    """The server of a sample, as an overlay of its manifests describes it."""

    def __init__(self, plane: ControlPlane, sample: str, binary: Path, overlay: str = "dev") -> None:
        self.plane, self.name, self.namespace = plane, sample, f"{sample}-system"
        self.manifests = ROOT / "samples" / sample / "deploy" / "overlays" / overlay
        self.folder = plane.folder / sample
        self.folder.mkdir()
        self.kubelet = Kubelet(plane, binary, self.folder)
        self.data = claim(self.folder / "data")
        self.said = plane.kubectl.run("apply", "-k", str(self.manifests))
        assert self.said.returncode == 0, self.said.stderr
        self.certs = self.start(f"{sample}-certs")
        wait(lambda: self.has_secret(f"{sample}-serving"), "certificates")
        self.server = self.start(sample)
        self.proxy = ServiceProxy(plane, self.namespace, sample, lambda: [self.server])
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

    def wait_available(self, available: str = "True", timeout: int = 60) -> None:
        names = self.plane.kubectl(
            "get", "apiservices", "-o", "name", "-l", f"app.kubernetes.io/part-of={self.name}"
        )
        self.plane.kubectl(
            "wait", f"--for=condition=Available={available}", f"--timeout={timeout}s", *names.split()
        )

    def stop(self) -> None:
        self.proxy.stop()
        self.kubelet.stop()


def wait(until: Callable[[], bool], what: str, *, timeout: float = 60, pod: Pod | None = None) -> None:
    """Wait until something holds."""
    end = time.monotonic() + timeout
    while not until():
        assert pod is None or pod.popen.poll() is None, f"{what} ended:\n{pod.text()[-5000:]}"
        assert time.monotonic() < end, f"{what} after {timeout} s" + (
            f":\n{pod.text()[-5000:]}" if pod else ""
        )
        time.sleep(0.1)
