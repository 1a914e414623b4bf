"""What kube-proxy does: the address of a Service leads to its ready pods."""

import itertools
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from controlplane import ControlPlane
from pods import Pod

# No address of this machine or any other; the cluster only has to believe that there are endpoints.
ENDPOINT = "192.0.2.1"


class ServiceProxy:
    """Forwards connections to the address of a Service, in turn to the pods that are ready."""

    def __init__(
        self, plane: ControlPlane, namespace: str, service: str, pods: Callable[[], Sequence[Pod]]
    ) -> None:
        self.plane, self.namespace, self.service, self.pods = plane, namespace, service, pods
        found = plane.object("v1", "services", service, namespace)
        (port,) = found["spec"]["ports"]
        self.address = (found["spec"]["clusterIP"], port["port"])
        self.turn = itertools.count()
        self.open: set[socket.socket] = set()
        self.listener = socket.create_server(self.address)
        threading.Thread(target=self._serve, daemon=True).start()

    def publish(self, *, ready: bool) -> None:
        """Tell the cluster whether the Service has endpoints."""
        endpoint = {"addresses": [ENDPOINT], "conditions": {"ready": ready}}
        slice_ = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": f"{self.service}-pods",
                "namespace": self.namespace,
                "labels": {"kubernetes.io/service-name": self.service},
            },
            "addressType": "IPv4",
            "endpoints": [endpoint],
            "ports": [{"name": "https", "port": 8443, "protocol": "TCP"}],
        }
        self.plane.apply(slice_)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        pods = [pod for pod in self.pods() if pod.popen.poll() is None]
        if not pods:
            client.close()
            return
        pod = pods[next(self.turn) % len(pods)]
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", pod.port)) as server:
            self.open |= {client, server}
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()
            self.open -= {client, server}

    def stop(self) -> None:
        self.listener.close()
        for one in list(self.open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with suppress(OSError):
            end.shutdown(how)
