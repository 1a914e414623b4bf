"""The Helm chart says the same as the kustomization: linted, rendered by the real helm, compared object by object."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from apiclient import Object
from controlplane import BINARIES, ControlPlane
from installation import composed, project_name
from ruamel.yaml import YAML
from servers import ROOT
from test_manifests import COMBINATIONS

NGINX = ROOT / "samples" / "nginx"
NAME = project_name(NGINX)
MODES = {"embedded-etcd": "embedded", "external-etcd": "external", "etcd": "members"}


def helm(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([BINARIES / "helm", *arguments], capture_output=True, text=True, timeout=60)


def rendered(components: tuple[str, ...]) -> str:
    """The manifests of the chart with the values that stand for components."""
    (mode,) = [MODES[c] for c in components if c in MODES]
    (certificates,) = [c for c in components if c in ("certs", "cert-manager")]
    values = {
        "etcd.mode": mode,
        "certificates": certificates,
        "monitoring": str("monitoring" in components).lower(),
        "image.repository": f"registry.example.com/{NAME}",
    }
    said = ",".join(f"{key}={value}" for key, value in values.items())
    done = helm("template", NAME, NGINX / "deploy" / "chart", "--namespace", f"{NAME}-system", "--set", said)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def objects(text: str) -> dict[tuple[str, str], Object]:
    """What manifests say, less what only kustomize or only Helm adds."""
    found = {}
    for obj in YAML(typ="safe").load_all(text):
        if obj is None or obj["kind"] == "Namespace":  # helm install --create-namespace makes it
            continue
        if obj["kind"] != "APIService":  # which are selected by it
            obj["metadata"].get("labels", {}).pop("app.kubernetes.io/part-of", None)
        if not obj["metadata"].get("labels", True):
            del obj["metadata"]["labels"]
        name = obj["metadata"]["name"]
        if obj["kind"] == "ConfigMap" and name.startswith(f"{NAME}-audit"):
            name = obj["metadata"]["name"] = f"{NAME}-audit"
        found[obj["kind"], name] = obj
    return found


def without_hash(text: str) -> str:
    """The name of the audit policy has a hash of its contents in kustomize, so that a change reaches the pods."""
    return re.sub(rf"({NAME}-audit)-[a-z0-9]+", r"\1", text)


def ordered(value: Any) -> Any:
    """Lists whose order says nothing, in one order: arguments, mounts and volumes."""
    if isinstance(value, dict):
        return {key: ordered(below) for key, below in sorted(value.items())}
    if isinstance(value, list):
        return sorted((ordered(below) for below in value), key=lambda v: json.dumps(v, sort_keys=True))
    return value


@pytest.mark.parametrize("components", COMBINATIONS.values(), ids=COMBINATIONS)
def test_the_chart_is_what_the_kustomization_is(tmp_path: Path, components: tuple[str, ...]) -> None:
    chart = objects(rendered(components))
    kustomized = objects(without_hash(composed(tmp_path / "all", NGINX, components)))
    assert sorted(chart) == sorted(kustomized)
    for key in kustomized:
        assert ordered(chart[key]) == ordered(kustomized[key]), key


@pytest.mark.parametrize("sample", ["fleet", "nginx", "testobj", "wardle"])
def test_the_chart_is_well_formed(sample: str) -> None:
    done = helm("lint", "--strict", ROOT / "samples" / sample / "deploy" / "chart")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("etcd.mode=none", "etcd.mode must be embedded, external or members"),
        ("certificates=none", "certificates must be certs or cert-manager"),
    ],
)
def test_values_that_mean_nothing(value: str, message: str) -> None:
    done = helm("template", NAME, NGINX / "deploy" / "chart", "--set", value)
    assert done.returncode != 0
    assert message in done.stderr


def test_what_values_change() -> None:
    said = (
        "etcd.mode=external,replicas=5,priorityClassName=high,image.tag=v9,args={--v=4,--goaway-chance=0.01}"
    )
    done = helm("template", NAME, NGINX / "deploy" / "chart", "--namespace", "elsewhere", "--set", said)
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    spec = found["Deployment", NAME]["spec"]
    pod = spec["template"]["spec"]
    assert (spec["replicas"], pod["priorityClassName"]) == (5, "high")
    assert pod["containers"][0]["image"] == f"{NAME}:v9"
    assert {"--v=4", "--goaway-chance=0.01"} <= set(pod["containers"][0]["args"])
    assert "edge-system" not in done.stdout
    assert found["APIService", "v1.nginx.example.com"]["spec"]["service"]["namespace"] == "elsewhere"


def test_a_cluster_takes_the_chart(plane: ControlPlane, namespace: str) -> None:
    done = helm(
        "template", NAME, NGINX / "deploy" / "chart", "--namespace", namespace, "--set", "etcd.mode=members"
    )
    flags = ("--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts")
    taken = plane.kubectl.run("apply", *flags, "-f", "-", input=done.stdout)
    assert taken.stderr == ""
    assert taken.returncode == 0
