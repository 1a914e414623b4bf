"""What the page on operations tells people to type: each command is run as it stands, or needs what is not here."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from controlplane import BINARIES, ControlPlane
from installation import DEVELOPMENT, Installation, wait
from objects import GROUP, machine, text
from servers import ROOT, build

FLEET = ROOT / "samples" / "fleet"
PAGE = (FLEET / "docs" / "operations.md").read_text()
COMMANDS = [line.strip() for line in re.findall(r"^    (?=\S)(.*)$", PAGE, re.M)]
# What is not here, by what the command begins with.
ELSEWHERE = {
    "make image": "a container engine",
    "helm install": "rendered and compared with the kustomization by the tests of the chart",
    "kubectl -n fleet-system rollout status": "kubelets",
    "kubectl -n fleet-system logs": "kubelets",
    "kubectl -n fleet-system port-forward": "kubelets",
    "curl -k": "the port that was forwarded",
    "etcdutl snapshot restore": "run with the paths of this machine by the tests of production",
    "kubectl -n fleet-system exec": "kubelets; run with the paths of this machine below",
    "kubectl -n fleet-system scale statefulset": "another overlay",
    "kubectl -n fleet-system create job": "another overlay",
    "kubectl delete": "at the end",
}


def elsewhere(command: str) -> bool:
    return any(command.startswith(start) for start in ELSEWHERE)


def run(plane: ControlPlane, command: str, project: Path = FLEET) -> str:
    """Run a command line of the page, in the folder of a project."""
    environment = plane.kubectl.environment | {"PATH": f"{BINARIES}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euc", command], cwd=project, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 or "auth can-i" in command, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_every_exception_is_a_command() -> None:
    assert len(COMMANDS) > 20
    for start in ELSEWHERE:
        assert any(command.startswith(start) for command in COMMANDS), start


def test_the_page_from_top_to_bottom(plane: ControlPlane, fleet: Installation) -> None:
    for command in (c for c in COMMANDS if not elsewhere(c)):
        run(plane, command)
        if "rollout restart" in command:  # what kubelets would do now
            fleet.certs.stop()
            fleet.certs = fleet.start("fleet-certs")
            wait(lambda: fleet.has_secret("fleet-serving"), "certificates", pod=fleet.certs)
            fleet.kubelet.refresh(fleet.namespace)
        fleet.wait_available()


def test_the_etcd_inside_is_backed_up(plane: ControlPlane, fleet: Installation, tmp_path: Path) -> None:
    """By its socket, as the page says, with the server running."""
    plane.kubectl("apply", "-n", "default", "-f", "-", input=text(machine("saved")))
    (command,) = [c for c in COMMANDS if "/usr/local/bin/fleet backup" in c]
    said = command.partition("/usr/local/bin/fleet ")[2].replace("/data/backups", str(tmp_path))
    said = said.replace("/data/", f"{fleet.volume('data')}/")
    done = subprocess.run([build("fleet"), *said.split()], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    (snapshot,) = tmp_path.glob("*.db")
    told = subprocess.run(
        [BINARIES / "etcdutl", "snapshot", "status", snapshot], capture_output=True, timeout=60
    )
    assert told.returncode == 0
    assert b"/registry/fleet/" in snapshot.read_bytes()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dir=/tmp", "--etcd-servers=unix:///nowhere.sock", "--timeout=1s"], "no snapshot"),
        (["--dir=/tmp"], "required flag(s)"),
        (["--dir=/tmp", "--etcd-servers=x", "--keep=-1"], "--keep must be at least 0"),
        (["--dir=/tmp", "--etcd-servers=x", "--etcd-certfile=/x"], "etcd-keyfile"),
    ],
)
def test_a_backup_that_cannot_be(flags: list[str], message: str) -> None:
    done = subprocess.run([build("fleet"), "backup", *flags], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert message in done.stderr


def test_logs_are_lines_of_json(fleet: Installation) -> None:
    lines = [json.loads(line) for line in fleet.server.text().splitlines()]
    audits = [line for line in lines if line.get("kind") == "Event"]
    assert audits
    assert all("ts" in line and "msg" in line for line in lines if line.get("kind") != "Event")
    assert {line["level"] for line in audits} == {"Metadata"}


def test_who_wrote_is_in_the_audit_log(plane: ControlPlane, fleet: Installation, kubectl: object) -> None:
    path = f"/apis/{GROUP}/v1/namespaces/default/machines"
    plane.admin.request("POST", f"{path}?dryRun=All", machine("audited")).ok()
    plane.client("mallory").get(path).refused(403)

    def events() -> list[tuple[str | None, str]]:
        found = (json.loads(line) for line in fleet.server.text().splitlines() if '"kind":"Event"' in line)
        return [(e["user"].get("username"), e["verb"]) for e in found if e["requestURI"].startswith(path)]

    wait(lambda: ("admin", "create") in events(), "the audit", timeout=10)


@pytest.mark.parametrize("path", ["/metrics", "/debug/pprof/heap?debug=1", "/readyz/etcd", "/livez/ping"])
def test_the_inside_is_for_who_may_see_it(plane: ControlPlane, fleet: Installation, path: str) -> None:
    plane.client_at(fleet.url, "jane").get(path).refused(403)
    assert plane.client_at(fleet.url, "admin", "system:masters").get(path).status == 200
    rule = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "inside"},
    }
    rules = [{"nonResourceURLs": [path.partition("?")[0]], "verbs": ["get"]}]
    plane.kubectl("apply", "-f", "-", input=text({**rule, "rules": rules}))
    plane.kubectl("create", "clusterrolebinding", "inside", "--clusterrole=inside", "--user=insider")
    insider = plane.client_at(fleet.url, "insider")
    wait(lambda: insider.get(path).status == 200, "the role", timeout=30)
    plane.kubectl("delete", "clusterrolebinding,clusterrole", "inside")


def test_readiness_names_what_fails(plane: ControlPlane, nginx: Installation) -> None:
    """A right that is taken away stops nothing that runs; the next server is not ready, and says of what."""
    role = plane.kubectl("get", "clusterrole", "edge-apiserver", "-o", "json")
    less = json.loads(role)
    less["rules"] = [r for r in less["rules"] if r["apiGroups"] != ["admissionregistration.k8s.io"]]
    plane.kubectl("replace", "-f", "-", input=json.dumps(less))
    time.sleep(1)
    nginx.remove_server(signal.SIGKILL)
    with pytest.raises(AssertionError, match="the server after"):
        nginx.add_server(patience=8)
    pod = nginx.kubelet.pods[-1]
    client = plane.client_at(f"https://127.0.0.1:{pod.port}", "admin", "system:masters")
    told = client.get("/readyz?verbose").body
    assert b"[-]informer-sync failed" in told
    assert b"[+]etcd ok" in told
    assert client.get("/livez").status == 200
    late = {"apiVersion": "nginx.example.com/v1", "kind": "Upstream", "metadata": {"name": "late"}}
    client.request("POST", "/apis/nginx.example.com/v1/namespaces/default/upstreams", late).refused(
        403, "not yet ready to handle request"
    )
    pod.stop(signal.SIGKILL)


@pytest.fixture
def wardle(plane: ControlPlane) -> Iterator[Installation]:
    installed = Installation(plane, ROOT / "samples" / "wardle", build("wardle"), DEVELOPMENT)
    yield installed
    installed.stop()


def test_removed_as_the_page_says(plane: ControlPlane, wardle: Installation) -> None:
    """Nothing of it is left, and namespaces can still be deleted."""
    flunder = {
        "apiVersion": "wardle.example.com/v1beta1",
        "kind": "Flunder",
        "metadata": {"name": "one"},
        "spec": {},
    }
    plane.kubectl("apply", "-n", "default", "-f", "-", input=text(flunder))
    deletions = [c for c in COMMANDS if c.startswith("kubectl delete") and " secret " not in c]
    assert len(deletions) == 2
    wardle.remove_server(signal.SIGKILL)
    for command in deletions:
        run(plane, command.replace("fleet", "wardle"), ROOT / "samples" / "wardle")
    for kind in ("apiservices", "clusterroles", "clusterrolebindings", "namespaces"):
        assert "wardle" not in plane.kubectl("get", kind, "-o", "name")
    plane.kubectl("create", "namespace", "after")
    plane.kubectl("delete", "namespace", "after", "--timeout=40s")
