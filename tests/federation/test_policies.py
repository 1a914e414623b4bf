"""Admission of the cluster holds for our resources: policies and webhooks, on whichever version a client speaks."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from apiclient import Object, Resource
from certificates import certificate
from controlplane import ControlPlane
from installation import wait
from objects import GROUP, SPEC, machine, text
from servers import Kubectl

RULE = {
    "apiGroups": [GROUP],
    "apiVersions": ["v1"],
    "operations": ["CREATE", "UPDATE"],
    "resources": ["machines"],
}
API = "admissionregistration.k8s.io/v1"


def for_namespace(namespace: str) -> Object:
    return {"matchLabels": {"kubernetes.io/metadata.name": namespace}}


def meta(kind: str, name: str) -> Object:
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name}}


def test_a_policy_refuses(kubectl: Kubectl, machines: Resource, namespace: str) -> None:
    said = {"expression": "object.spec.replicas <= 3", "message": "three are enough"}
    spec = {"failurePolicy": "Fail", "matchConstraints": {"resourceRules": [RULE]}, "validations": [said]}
    bound = {"policyName": namespace, "validationActions": ["Deny"]}
    bound["matchResources"] = {"namespaceSelector": for_namespace(namespace)}
    kubectl(
        *("apply", "-f", "-"),
        input=text(
            {**meta("ValidatingAdmissionPolicy", namespace), "spec": spec},
            {**meta("ValidatingAdmissionPolicyBinding", namespace), "spec": bound},
        ),
    )
    many = {**SPEC, "replicas": 4}
    wait(
        lambda: machines.post(machine("many", spec=many), dryRun="All").status == 422,
        "the policy",
        timeout=30,
    )
    machines.post(machine("many", spec=many)).refused(422, "three are enough")
    machines.create("few", SPEC)
    machines.patch("few", {"spec": {"replicas": 4}}).refused(422, "three are enough")
    old = machine("many", "v1alpha1", spec={"role": "worker", "replicas": 4})
    machines.at("v1alpha1").post(old).refused(422, "three are enough")
    assert "three are enough" in kubectl.fails("apply", "-f", "-", input=text(machine("many", spec=many)))
    kubectl("delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", namespace)


def test_a_policy_changes(kubectl: Kubectl, machines: Resource, namespace: str) -> None:
    expression = "Object{spec: Object.spec{tags: {'from': 'policy'}}}"
    change = {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}
    spec = {
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "matchConstraints": {"resourceRules": [RULE]},
        "mutations": [change],
    }
    bound = {"policyName": namespace, "matchResources": {"namespaceSelector": for_namespace(namespace)}}
    kubectl(
        *("apply", "-f", "-"),
        input=text(
            {**meta("MutatingAdmissionPolicy", namespace), "spec": spec},
            {**meta("MutatingAdmissionPolicyBinding", namespace), "spec": bound},
        ),
    )

    def tags() -> Any:
        return machines.post(machine("one"), dryRun="All").ok()["spec"].get("tags")

    wait(lambda: tags() == {"from": "policy"}, "the policy", timeout=30)
    assert machines.post(machine("one")).ok()["spec"]["tags"] == {"from": "policy"}
    kubectl("delete", "mutatingadmissionpolicy,mutatingadmissionpolicybinding", namespace)


class Webhook:
    """A webhook that remembers what it was asked and answers as it is told."""

    def __init__(self, plane: ControlPlane, answer: Callable[[Object], Object]) -> None:
        self.asked: list[Object] = []
        serving = certificate(plane.ca, plane.folder, "webhook")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(serving.with_suffix(".crt"), serving.with_suffix(".key"))
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.asked.append(review["request"])
                review["response"] = {"uid": review["request"]["uid"], **answer(review["request"])}
                data = json.dumps(review).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def configuration(self, plane: ControlPlane, kind: str, name: str) -> Object:
        ca = base64.b64encode(plane.ca.with_suffix(".crt").read_bytes()).decode()
        url = f"https://127.0.0.1:{self.server.server_port}/"
        hook = {
            "name": "test.example.com",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "clientConfig": {"url": url, "caBundle": ca},
            "rules": [RULE],
            "namespaceSelector": for_namespace(name),
            "timeoutSeconds": 5,
        }
        return {**meta(kind, name), "webhooks": [hook]}

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def webhook(plane: ControlPlane) -> Iterator[Callable[[Callable[[Object], Object]], Webhook]]:
    made: list[Webhook] = []

    def make(answer: Callable[[Object], Object]) -> Webhook:
        made.append(Webhook(plane, answer))
        return made[-1]

    yield make
    for one in made:
        one.stop()


Hooks = Callable[[Callable[[Object], Object]], Webhook]


def test_a_webhook_refuses(
    kubectl: Kubectl, machines: Resource, namespace: str, plane: ControlPlane, webhook: Hooks
) -> None:
    def answer(request: Object) -> Object:
        allowed = request["object"]["metadata"]["name"] != "bad"
        return {"allowed": allowed, "warnings": ["seen"], "status": {"message": "not this one"}}

    hook = webhook(answer)
    kind = "ValidatingWebhookConfiguration"
    kubectl("apply", "-f", "-", input=text(hook.configuration(plane, kind, namespace)))
    wait(lambda: machines.post(machine("bad"), dryRun="All").status != 201, "the webhook", timeout=30)
    machines.post(machine("bad")).refused(400, "not this one")
    machines.at("v1alpha1").post(machine("bad", "v1alpha1")).refused(400, "not this one")
    assert hook.asked[-1]["requestKind"]["version"] == "v1alpha1"
    assert hook.asked[-1]["object"]["apiVersion"] == f"{GROUP}/v1"
    assert machines.post(machine("good")).warnings == ['299 - "seen"']
    kubectl("delete", kind, namespace)


def test_a_webhook_changes(
    kubectl: Kubectl, machines: Resource, namespace: str, plane: ControlPlane, webhook: Hooks
) -> None:
    patch = json.dumps([{"op": "add", "path": "/spec/tags", "value": {"from": "webhook"}}]).encode()
    changed = {"allowed": True, "patchType": "JSONPatch", "patch": base64.b64encode(patch).decode()}
    hook = webhook(lambda _: changed)
    kind = "MutatingWebhookConfiguration"
    kubectl("apply", "-f", "-", input=text(hook.configuration(plane, kind, namespace)))

    def tags(version: str) -> Any:
        made = machines.at(version).post(machine("one", version), dryRun="All").ok()
        return made["spec"].get("tags" if version != "v1alpha1" else "labels")

    wait(lambda: tags("v1") == {"from": "webhook"}, "the webhook", timeout=30)
    assert tags("v1alpha1") == {"from": "webhook"}
    kubectl("delete", kind, namespace)


def test_a_webhook_that_does_not_answer(
    kubectl: Kubectl, machines: Resource, namespace: str, plane: ControlPlane, webhook: Hooks
) -> None:
    """The failure policy says what then; the default is to refuse."""
    hook = webhook(lambda _: {"allowed": True})
    configuration = hook.configuration(plane, "ValidatingWebhookConfiguration", namespace)
    kubectl("apply", "-f", "-", input=text(configuration))
    wait(lambda: bool(machines.post(machine("one"), dryRun="All") and hook.asked), "the webhook", timeout=30)
    hook.stop()
    machines.post(machine("one")).refused(500, "failed calling webhook")
    configuration["webhooks"][0]["failurePolicy"] = "Ignore"
    kubectl("apply", "-f", "-", input=text(configuration))
    wait(lambda: machines.post(machine("one"), dryRun="All").status == 201, "the change", timeout=30)
    kubectl("delete", "ValidatingWebhookConfiguration", namespace)
