"""A server that goes away takes nothing of the cluster with it, and comes back."""

import base64
import json
import signal
import time

from apiclient import Resource
from controlplane import ControlPlane
from installation import Installation, wait
from objects import GROUP, SPEC, config_map, text


def test_away_and_back(plane: ControlPlane, fleet: Installation, nginx: Installation) -> None:
    path = "/apis/nginx.example.com/v1/namespaces/default/upstreams"
    assert plane.admin.get(path).status == 200
    plane.kubectl("create", "namespace", "waits")
    plane.kubectl("apply", "-n", "waits", "-f", "-", input=text(config_map("native")))
    before = plane.object("v1", "namespaces", "waits")["metadata"]["uid"]
    nginx.remove_server(signal.SIGKILL)
    start = time.monotonic()
    nginx.wait_available("False", timeout=30)
    assert time.monotonic() - start < 30
    assert plane.admin.get(path).status == 503
    # All others go on: discovery, kubectl for native kinds and for another server's.
    machines = Resource(plane.admin, GROUP, "v1", "machines", "Machine", "default")
    machines.create("meanwhile", SPEC)
    assert "meanwhile" in plane.kubectl("get", "machines", "-n", "default")
    assert "NAME" in plane.kubectl("get", "configmaps", "-n", "kube-system")
    machines.delete("meanwhile").ok()
    # A namespace waits, for nobody knows what it has of ours, and goes soon after the server is back.
    plane.kubectl("delete", "namespace", "waits", "--wait=false")
    wait(lambda: "Discovery" in conditions(plane, "waits"), "the condition", timeout=30)
    assert plane.object("v1", "namespaces", "waits")["metadata"]["uid"] == before
    nginx.add_server()
    start = time.monotonic()
    nginx.wait_available("True", timeout=60)
    assert time.monotonic() - start < 30
    assert plane.admin.get(path).status == 200
    plane.kubectl("wait", "--for=delete", "namespace/waits", "--timeout=90s")


def conditions(plane: ControlPlane, namespace: str) -> str:
    return json.dumps(plane.object("v1", "namespaces", namespace)["status"].get("conditions", []))


def test_a_server_that_nobody_trusts(plane: ControlPlane, nginx: Installation) -> None:
    """An authority that did not sign the certificate: no request goes there."""
    name = "v1.nginx.example.com"
    good = plane.kubectl("get", "apiservice", name, "-o", "jsonpath={.spec.caBundle}")
    other = plane.kubectl("get", "configmap", "-n", "kube-system", "kube-root-ca.crt", "-o", "json")
    wrong = base64.b64encode(json.loads(other)["data"]["ca.crt"].encode()).decode()
    patch = json.dumps({"spec": {"caBundle": wrong}})
    plane.kubectl("patch", "apiservice", name, "--type=merge", "-p", patch)
    plane.kubectl("wait", "--for=condition=Available=False", f"apiservice/{name}", "--timeout=40s")
    path = "/apis/nginx.example.com/v1/namespaces/default/upstreams"
    assert plane.admin.get(path).status == 503
    patch = json.dumps({"spec": {"caBundle": good}})
    plane.kubectl("patch", "apiservice", name, "--type=merge", "-p", patch)
    plane.kubectl("wait", "--for=condition=Available=True", f"apiservice/{name}", "--timeout=40s")
    assert plane.admin.get(path).status == 200


def test_endpoints_that_are_gone(plane: ControlPlane, nginx: Installation) -> None:
    nginx.proxy.publish(ready=False)
    nginx.wait_available("False", timeout=30)
    nginx.proxy.publish(ready=True)
    nginx.wait_available("True", timeout=40)
