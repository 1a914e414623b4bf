"""The manifests: built by kustomize, taken by a real kube-apiserver without a warning, judged by a scanner."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiclient import Resource
from controlplane import BINARIES, ControlPlane
from installation import Installation, composed, kustomize
from objects import GROUP, machine
from ruamel.yaml import YAML
from servers import ROOT

FLEET = ROOT / "samples" / "fleet"
SAMPLES = sorted(p.parent.name for p in (ROOT / "samples").glob("*/apigen.yaml"))
DEFINITIONS = (
    ("github.com/cert-manager/cert-manager", "deploy/crds/crd-certificates.yaml"),
    ("github.com/cert-manager/cert-manager", "deploy/crds/crd-issuers.yaml"),
    (
        "github.com/prometheus-operator/prometheus-operator",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
)
# Every way to put an installation together: where the data lies, who makes the certificates, and what goes with it.
COMBINATIONS = {
    "embedded-certs": ("embedded-etcd", "certs"),
    "embedded-cert-manager": ("embedded-etcd", "cert-manager"),
    "external-certs": ("external-etcd", "certs", "monitoring"),
    "external-cert-manager": ("external-etcd", "cert-manager", "monitoring"),
    "etcd-certs": ("etcd", "backup", "certs", "etcd-certs", "monitoring"),
    "etcd-cert-manager": ("etcd", "backup", "cert-manager", "etcd-cert-manager", "monitoring"),
}
# What the scanner asks for and the manifests do not have, with the reason.
ANSWERED = {
    "container-image-pull-policy": "tags are not moved: a pull for each start makes the registry a dependency",
    "deployment-replicas": "embedded etcd has one volume and so one replica; certificates are made by one pod",
    "deployment-strategy": "two processes cannot share the volume of an embedded etcd",
    "cpu-limit": "a throttled server keeps all its clients waiting; the request reserves what it needs",
}


@pytest.fixture(scope="module")
def definitions(plane: ControlPlane) -> Iterator[None]:
    """The kinds of cert-manager and of the Prometheus operator."""
    command = ["go", "-C", ROOT / "tools" / "crds", "mod", "download", "-json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    folders = modules(done.stdout)
    for module, file in DEFINITIONS:
        lines = (folders[module] / file).read_text().splitlines(True)
        text = "".join(line for line in lines if "{{" not in line)  # labels of a Helm chart
        plane.kubectl("apply", "--server-side", "-f", "-", input=text)
    crds = (
        "certificates.cert-manager.io",
        "issuers.cert-manager.io",
        "servicemonitors.monitoring.coreos.com",
    )
    plane.kubectl("wait", "--for=condition=Established", *(f"crd/{name}" for name in crds))
    yield
    plane.kubectl("delete", "crd", *crds)


def modules(output: str) -> dict[str, Path]:
    """Modules and their folders, from the JSON objects that Go prints one after another."""
    found, decoder, at = {}, json.JSONDecoder(), 0
    while at < len(output.rstrip()):
        module, end = decoder.raw_decode(output, at)
        found[module["Path"]], at = Path(module["Dir"]), end + 1
    return found


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s != "fleet"])  # which is installed, by another way
@pytest.mark.parametrize("components", COMBINATIONS.values(), ids=COMBINATIONS)
def test_every_combination_is_taken_without_a_warning(
    plane: ControlPlane, definitions: None, tmp_path: Path, sample: str, components: tuple[str, ...]
) -> None:
    text = composed(tmp_path / "all", ROOT / "samples" / sample, components)
    namespace = (ROOT / "samples" / sample / "deploy" / "base" / "namespace.yaml").read_text()
    plane.kubectl("apply", "--server-side", "-f", "-", input=namespace)
    flags = ("--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts")
    done = plane.kubectl.run("apply", *flags, "-f", "-", input=text)
    assert done.stderr == ""
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == text.count("\nkind: ")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("overlay", ["dev", "production", "etcd"])
def test_overlays_build(sample: str, overlay: str) -> None:
    text = kustomize(ROOT / "samples" / sample / "deploy" / "overlays" / overlay)
    kinds = [obj["kind"] for obj in YAML(typ="safe").load_all(text)]
    assert {"Namespace", "Deployment", "APIService", "Service", "NetworkPolicy"} <= set(kinds)
    assert ("StatefulSet" in kinds, "PersistentVolumeClaim" in kinds) == (
        overlay == "etcd",
        overlay != "production",
    )
    assert "insecureSkipTLSVerify" not in text


@pytest.mark.parametrize("components", COMBINATIONS.values(), ids=COMBINATIONS)
def test_the_scanner_finds_nothing_that_is_not_answered(tmp_path: Path, components: tuple[str, ...]) -> None:
    text = composed(tmp_path / "all", FLEET, components)
    ignored = [f for name in ANSWERED if name != "cpu-limit" for f in ("--ignore-test", name)]
    command = [
        BINARIES / "kube-score",
        "score",
        "--ignore-container-cpu-limit",
        "--output-format=json",
        *ignored,
        "-",
    ]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    found = [
        f"{obj['object_name']}: {check['check']['name']}: {comment['summary']}"
        for obj in json.loads(done.stdout)
        for check in obj["checks"]
        if not check["skipped"] and check["grade"] < 10
        for comment in check["comments"]
    ]
    assert (done.returncode, found) == (0, [])


def test_the_scanner_sees_what_is_wrong(tmp_path: Path) -> None:
    text = composed(tmp_path / "all", FLEET, COMBINATIONS["embedded-certs"])
    bad = text.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")
    assert bad != text
    command = [BINARIES / "kube-score", "score", "--output-format=ci", "-"]
    done = subprocess.run(command, input=bad, capture_output=True, text=True, timeout=60)
    assert "writable root" in done.stdout.lower()


def test_pods_are_made_under_restricted_security(fleet: Installation) -> None:
    """The cluster makes the pods of the Deployments: it would refuse those that violate the standard."""
    pods = json.loads(fleet.plane.kubectl("get", "pods", "-n", fleet.namespace, "-o", "json"))["items"]
    of = sorted(p["metadata"]["labels"]["app.kubernetes.io/component"] for p in pods)
    assert of == ["apiserver", "certs"]
    assert "Warning" not in fleet.said.stderr


def test_queries_of_the_dashboard_find_metrics(fleet: Installation) -> None:
    machines = Resource(fleet.plane.admin, GROUP, "v1", "machines", "Machine", "default")
    machines.post(machine("one"), dryRun="All").ok()
    with machines.watch(timeoutSeconds=1) as watch:
        list(watch)
        told = fleet.metrics()
    dashboard = ROOT / "samples" / "fleet" / "deploy" / "components" / "monitoring" / "dashboard.json"
    queries = [p["targets"][0]["expr"] for p in json.loads(dashboard.read_text())["panels"]]
    assert len(queries) > 10
    for query in queries:
        found = re.search(r"(\w+)\{", query)
        assert found
        name = found[1]
        assert re.search(rf"^# TYPE {name.removesuffix('_bucket')} ", told, re.M), name
        samples = re.findall(rf"^{name}\{{(.*)\}} ", told, re.M)
        grouped = re.findall(r"by \((.*?)\)", query)
        for label in {x.strip() for g in grouped for x in g.split(",")} - {"pod", "service", "namespace"}:
            assert any(f'{label}="' in s for s in samples), f"{name} without {label}"
