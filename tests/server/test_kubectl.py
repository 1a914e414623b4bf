"""What people do with kubectl, on a real server."""

import json

from apiclient import Resource
from servers import MINOR, Kubectl

UPSTREAM = """
apiVersion: nginx.example.com/v1
kind: Upstream
metadata: {name: web, labels: {app: web}}
spec:
  balancing: LeastConnections
  servers: [{address: "a:80"}, {address: "b:80", weight: 3}]
"""


def test_create_get_delete(nginx_kubectl: Kubectl) -> None:
    assert nginx_kubectl("create", "-f", "-", input=UPSTREAM) == "upstream.nginx.example.com/web created\n"
    assert nginx_kubectl("get", "upstreams", "-o", "name") == "upstream.nginx.example.com/web\n"
    assert 'upstream.nginx.example.com "web" deleted' in nginx_kubectl("delete", "upstream", "web")
    assert "NotFound" in nginx_kubectl.fails("get", "upstream", "web")


def test_columns(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    header, row = nginx_kubectl("get", "upstreams").splitlines()
    assert header.split() == ["NAME", "BALANCING", "READY"]
    assert row.split() == ["web", "LeastConnections"]
    header, row = nginx_kubectl("get", "upstreams", "-o", "wide").splitlines()
    assert header.split() == ["NAME", "BALANCING", "READY", "TIMEOUT"]


def test_short_name_and_singular(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    for word in (
        "ups",
        "upstream",
        "upstreams",
        "upstreams.nginx.example.com",
        "upstreams.v1.nginx.example.com",
    ):
        assert "web" in nginx_kubectl("get", word)


def test_category(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    assert "upstream.nginx.example.com/web" in nginx_kubectl("get", "all", "-o", "name")
    assert "upstream.nginx.example.com/web" in nginx_kubectl("get", "nginx", "-o", "name")


def test_category_of_several_kinds(fleet_kubectl: Kubectl, machines: Resource) -> None:
    machines.create("m", {"role": "worker"})
    assert fleet_kubectl("get", "fleet", "-o", "name") == "machine.fleet.example.com/m\n"


def test_apply_client_side(nginx_kubectl: Kubectl) -> None:
    assert "created" in nginx_kubectl("apply", "-f", "-", input=UPSTREAM)
    assert "unchanged" in nginx_kubectl("apply", "-f", "-", input=UPSTREAM)
    assert "configured" in nginx_kubectl("apply", "-f", "-", input=UPSTREAM.replace("weight: 3", "weight: 4"))
    fewer = UPSTREAM.replace('{address: "a:80"}, ', "")
    nginx_kubectl("apply", "-f", "-", input=fewer)
    found = nginx_kubectl("get", "upstream", "web", "-o", "jsonpath={.spec.servers[*].address}")
    assert found == "b:80"


def test_apply_server_side(nginx_kubectl: Kubectl) -> None:
    for _ in range(2):
        done = nginx_kubectl("apply", "--server-side", "-f", "-", input=UPSTREAM)
        assert "serverside-applied" in done
    other = UPSTREAM.replace("LeastConnections", "RoundRobin")
    complaint = nginx_kubectl.fails("apply", "--server-side", "--field-manager=b", "-f", "-", input=other)
    assert 'conflict with "kubectl": .spec.balancing' in complaint
    nginx_kubectl("apply", "--server-side", "--field-manager=b", "--force-conflicts", "-f", "-", input=other)


def test_diff(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("apply", "-f", "-", input=UPSTREAM)
    assert nginx_kubectl("diff", "-f", "-", input=UPSTREAM) == ""
    done = nginx_kubectl.run("diff", "-f", "-", input=UPSTREAM.replace("weight: 3", "weight: 4"))
    assert done.returncode == 1
    assert "+    weight: 4" in done.stdout


def test_patches(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    nginx_kubectl("patch", "upstream", "web", "--type=merge", "-p", '{"spec": {"timeoutSeconds": 1}}')
    nginx_kubectl(
        "patch", "upstream", "web", "--type=json", "-p", '[{"op": "remove", "path": "/spec/timeoutSeconds"}]'
    )
    nginx_kubectl("patch", "upstream", "web", "-p", '{"spec": {"servers": [{"address": "c:80"}]}}')
    found = json.loads(nginx_kubectl("get", "upstream", "web", "-o", "json"))["spec"]
    assert "timeoutSeconds" not in found
    assert sorted(server["address"] for server in found["servers"]) == ["a:80", "b:80", "c:80"]


def test_replace_and_edit_metadata(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    nginx_kubectl("replace", "-f", "-", input=UPSTREAM.replace("weight: 3", "weight: 9"))
    nginx_kubectl("label", "upstream", "web", "tier=front")
    nginx_kubectl("annotate", "upstream", "web", "note=x")
    found = json.loads(nginx_kubectl("get", "upstream", "web", "-o", "json"))
    assert found["spec"]["servers"][1]["weight"] == 9
    assert found["metadata"]["labels"] == {"app": "web", "tier": "front"}
    assert found["metadata"]["annotations"]["note"] == "x"


def test_scale(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    assert (
        nginx_kubectl("scale", "upstream", "web", "--replicas=3") == "upstream.nginx.example.com/web scaled\n"
    )
    assert nginx_kubectl("get", "upstream", "web", "-o", "jsonpath={.spec.replicas}") == "3"
    nginx_kubectl.fails("scale", "upstream", "web", "--replicas=4", "--current-replicas=1")


def test_status(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    patch = '{"status": {"healthyServers": 2}}'
    nginx_kubectl("patch", "upstream", "web", "--subresource=status", "--type=merge", "-p", patch)
    assert nginx_kubectl("get", "upstream", "web", "-o", "jsonpath={.status.healthyServers}") == "2"


def test_wait(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    assert "condition met" in nginx_kubectl(
        "wait", "upstream/web", "--for=jsonpath={.spec.replicas}=1", "--timeout=5s"
    )


def test_describe(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    told = nginx_kubectl("describe", "upstream", "web")
    assert "Balancing:" in told
    assert "LeastConnections" in told


def test_selectors(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    assert "web" in nginx_kubectl("get", "ups", "-l", "app=web", "-o", "name")
    assert nginx_kubectl("get", "ups", "-l", "app!=web", "-o", "name") == ""
    assert "web" in nginx_kubectl(
        "get", "ups", "--field-selector", "spec.balancing=LeastConnections", "-o", "name"
    )
    assert nginx_kubectl("get", "ups", "--field-selector", "spec.balancing=RoundRobin", "-o", "name") == ""


def test_watch(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    told = nginx_kubectl("get", "ups", "-w", "-o", "name", "--request-timeout=1s")
    assert told == "upstream.nginx.example.com/web\n"


def test_delete_all_and_in_the_foreground(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    nginx_kubectl("create", "-f", "-", input=UPSTREAM.replace("name: web", "name: web2"))
    nginx_kubectl("delete", "ups", "web", "--cascade=foreground", "--timeout=10s")
    nginx_kubectl("delete", "ups", "--all", "--timeout=10s")
    assert nginx_kubectl("get", "ups", "-o", "name") == ""


def test_deprecated_version_warns(nginx_kubectl: Kubectl) -> None:
    nginx_kubectl("create", "-f", "-", input=UPSTREAM)
    done = nginx_kubectl.run("get", "upstreams.v1alpha1.nginx.example.com")
    assert "Warning: nginx.example.com/v1alpha1 Upstream is deprecated; use v1." in done.stderr
    assert "Warning" not in nginx_kubectl.run("get", "upstreams.v1.nginx.example.com").stderr


def test_unknown_field_is_refused_by_name(nginx_kubectl: Kubectl) -> None:
    wrong = UPSTREAM.replace("balancing:", "balance:")
    assert 'unknown field "spec.balance"' in nginx_kubectl.fails("create", "-f", "-", input=wrong)


def test_create_with_validate_warn(nginx_kubectl: Kubectl) -> None:
    wrong = UPSTREAM.replace("balancing:", "balance:")
    done = nginx_kubectl.run("create", "--validate=warn", "-f", "-", input=wrong)
    assert done.returncode == 0
    assert 'Warning: unknown field "spec.balance"' in done.stderr


def test_api_resources(fleet_kubectl: Kubectl) -> None:
    lines = [line.split() for line in fleet_kubectl("api-resources", "--no-headers").splitlines()]
    assert lines == [
        ["machines", "mach,mc", "fleet.example.com/v1", "true", "Machine"],
        ["probes", "fleet.example.com/v1", "true", "Probe"],
        ["profiles", "prof", "fleet.example.com/v1", "false", "Profile"],
        ["robots", "bot", "fleet.example.com/v1", "true", "Robot"],
        ["policies", "policy.fleet.example.com/v1", "true", "Policy"],
    ]


def test_api_resources_tells_verbs_and_categories(fleet_kubectl: Kubectl) -> None:
    told = fleet_kubectl("api-resources", "-o", "wide", "--categories=fleet", "--no-headers")
    assert "create,delete,deletecollection,get,list,patch,update,watch" in told
    assert "all,fleet" in told


def test_api_versions(fleet_kubectl: Kubectl) -> None:
    assert fleet_kubectl("api-versions").split() == [
        "fleet.example.com/v1",
        "fleet.example.com/v1alpha1",
        "fleet.example.com/v1beta1",
        "policy.fleet.example.com/v1",
    ]


def test_version(fleet_kubectl: Kubectl) -> None:
    told = json.loads(fleet_kubectl("version", "-o", "json"))["serverVersion"]
    assert (told["major"], told["minor"]) == tuple(MINOR.split("."))
    assert told["gitVersion"].startswith(f"v{MINOR}.")


def test_explain(fleet_kubectl: Kubectl) -> None:
    told = fleet_kubectl("explain", "machine")
    assert "A physical or virtual machine." in told
    assert "It is the oldest kind of the fleet" in told
    assert "What the machine should be." in told
    told = fleet_kubectl("explain", "machine.spec.role")
    assert "What it is for." in told
    assert "ENUM:\n    control\n    worker" in told
    assert "required" in fleet_kubectl("explain", "machine.spec")
    assert "How much it holds." in fleet_kubectl("explain", "machine.spec.resources.disks.size")


def test_explain_recursive(fleet_kubectl: Kubectl) -> None:
    told = fleet_kubectl("explain", "machine", "--recursive")
    for field in ("resources", "disks", "device", "location", "rack", "observedGeneration"):
        assert field in told


def test_explain_of_an_old_version(fleet_kubectl: Kubectl) -> None:
    told = fleet_kubectl("explain", "machine.spec", "--api-version=fleet.example.com/v1alpha1")
    assert "rack" in told
    assert "location" not in told
    assert "The path of the device." in fleet_kubectl(
        "explain", "machine.spec.disks.path", "--api-version=fleet.example.com/v1alpha1"
    )


def test_explain_of_upstream_and_recursive_types(fleet_kubectl: Kubectl) -> None:
    assert "List of containers belonging to the pod" in fleet_kubectl(
        "explain", "profile.spec.pod.containers"
    )
    assert "The name of the node." in fleet_kubectl("explain", "profile.spec.tree.children.left.name")
    fleet_kubectl("explain", "profile", "--recursive")
