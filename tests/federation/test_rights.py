"""Who may do what: the roles of the cluster decide, and the server has no rights that it does not use."""

import json
import ssl
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from apiclient import Client, Object, Resource
from certificates import certificate
from controlplane import ControlPlane
from installation import Installation, wait
from objects import GROUP, SPEC, binding, machine, text
from servers import Kubectl


@pytest.fixture(scope="module")
def rooms(plane: ControlPlane, fleet: Installation) -> Iterator[tuple[str, str]]:
    """Two namespaces: in the first ed may edit and vi may view; in the second nobody may do anything."""
    names = ("rights-mine", "rights-other")
    for name in names:
        plane.kubectl("create", "namespace", name)
    bound = text(binding("edit", "edit", "ed"), binding("view", "view", "vi"))
    plane.kubectl("apply", "--namespace", names[0], "-f", "-", input=bound)
    editor = plane.kubectl_of("ed", namespace=names[0])
    wait(lambda: editor.run("auth", "can-i", "create", "machines").returncode == 0, "the roles", timeout=30)
    yield names
    plane.kubectl("delete", "namespace", *names, "--wait=false")


# Requests on a kind with all subresources; for each the verb and subresource that authorization knows it by.
REQUESTS = {
    "get": ("GET", "/x", None, "get", ""),
    "list": ("GET", "", None, "list", ""),
    "watch": ("GET", "?watch=1&timeoutSeconds=1", None, "watch", ""),
    "create": ("POST", "", {}, "create", ""),
    "update": ("PUT", "/x", {}, "update", ""),
    "patch": ("PATCH", "/x", {}, "patch", ""),
    "delete": ("DELETE", "/x", None, "delete", ""),
    "deletecollection": ("DELETE", "?fieldSelector=metadata.name%3Dx", None, "deletecollection", ""),
    "get status": ("GET", "/x/status", None, "get", "status"),
    "update status": ("PUT", "/x/status", {}, "update", "status"),
    "patch status": ("PATCH", "/x/status", {}, "patch", "status"),
    "get scale": ("GET", "/x/scale", None, "get", "scale"),
    "update scale": ("PUT", "/x/scale", {}, "update", "scale"),
    "patch scale": ("PATCH", "/x/scale", {}, "patch", "scale"),
}
VIEW = {"get", "list", "watch", "get status", "get scale"}
EDIT = VIEW | {"create", "update", "patch", "delete", "deletecollection", "update scale", "patch scale"}
KINDS = ((GROUP, "machines"), (GROUP, "robots"), ("policy.fleet.example.com", "policies"))
HAS = {"machines": {"status", "scale"}, "robots": {"status"}, "policies": set()}


@pytest.mark.parametrize(("user", "may"), [("ed", EDIT), ("vi", VIEW), ("nobody", set())])
def test_every_request_is_allowed_or_denied_as_the_roles_say(
    plane: ControlPlane, rooms: tuple[str, str], user: str, may: set[str]
) -> None:
    client = plane.client(user)
    cells = 0
    for (group, plural), (request, said), namespace in product(KINDS, REQUESTS.items(), rooms):
        method, rest, body, _, subresource = said
        if subresource and subresource not in HAS[plural]:
            continue
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        path = f"/apis/{group}/v1/namespaces/{namespace}/{plural}{rest}"
        answer = client.request(method, path, body, kind)
        allowed = request in may and namespace == rooms[0]
        assert (answer.status != 403) == allowed, (request, path, answer.status, answer.body[:200])
        assert answer.status < 500
        cells += 1
    assert cells == 2 * (14 + 11 + 8)


def test_the_server_asks_exactly_what_was_requested(
    plane: ControlPlane, fleet: Installation, rooms: tuple[str, str]
) -> None:
    """Authorized again by the server itself, for clients that do not come through kube-apiserver."""
    user = "asked"
    client = plane.client_at(fleet.url, user)
    expected = []
    for (group, plural), (method, rest, body, verb, subresource) in product(KINDS, REQUESTS.values()):
        if subresource and subresource not in HAS[plural]:
            continue
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        client.request(method, f"/apis/{group}/v1/namespaces/{rooms[0]}/{plural}{rest}", body, kind).refused(
            403
        )
        asked = {"namespace": rooms[0], "verb": verb, "group": group, "version": "v1", "resource": plural}
        asked |= {"subresource": subresource} if subresource else {}
        asked |= {"name": "x"} if rest.startswith("/x") else {}
        expected.append(asked)

    def reviews() -> list[Object]:
        of = "subjectaccessreviews"
        posts = (e for e in plane.audited() if e.get("objectRef", {}).get("resource") == of)
        specs = (e["requestObject"]["spec"] for e in posts)
        return [s["resourceAttributes"] for s in specs if s.get("user") == user]

    wait(lambda: len(reviews()) >= len(expected), "the reviews", timeout=20)
    found = [{k: v for k, v in r.items() if k != "fieldSelector"} for r in reviews()]
    assert found == expected


def test_can_i(plane: ControlPlane, rooms: tuple[str, str]) -> None:
    mine, other = rooms
    assert plane.kubectl_of("ed", namespace=mine)("auth", "can-i", "delete", "machines").strip() == "yes"
    assert plane.kubectl_of("vi", namespace=mine)("auth", "can-i", "list", "machines").strip() == "yes"
    for user, verb, namespace in (("vi", "create", mine), ("ed", "list", other)):
        done = plane.kubectl_of(user, namespace=namespace).run("auth", "can-i", verb, "machines")
        assert (done.returncode, done.stdout.strip()) == (1, "no")


def test_two_users_at_work(plane: ControlPlane, rooms: tuple[str, str]) -> None:
    editor, viewer = (plane.kubectl_of(user, namespace=rooms[0]) for user in ("ed", "vi"))
    editor("apply", "-f", "-", input=text(machine("shared")))
    assert "shared" in viewer("get", "machines")
    told = viewer.fails("delete", "machine", "shared")
    assert 'User "vi" cannot delete resource "machines" in API group "fleet.example.com"' in told
    editor("delete", "machine", "shared")


def test_a_service_account_through_the_cluster_and_directly(
    plane: ControlPlane, fleet: Installation, kubectl: Kubectl, namespace: str
) -> None:
    kubectl("create", "serviceaccount", "robot")
    token = kubectl("create", "token", "robot").strip()
    path = f"/apis/{GROUP}/v1/namespaces/{namespace}/machines"
    through = Client(plane.url, ssl.create_default_context(cafile=plane.ca.with_suffix(".crt")))
    direct = fleet.direct()
    for client in (through, direct):
        client.get(path, Authorization=f"Bearer {token}").refused(403, "system:serviceaccount:")
    kubectl("create", "rolebinding", "robot", "--clusterrole=view", f"--serviceaccount={namespace}:robot")
    for client in (through, direct):
        wait(
            lambda c=client: c.get(path, Authorization=f"Bearer {token}").status == 200,
            "the role",
            timeout=30,
        )
        client.close()


def test_nobody_gets_around_kube_apiserver(plane: ControlPlane, fleet: Installation, tmp_path: Path) -> None:
    path = f"/apis/{GROUP}/v1/namespaces/default/machines"
    forged = {"X_Remote_User": "admin", "X_Remote_Group": "system:masters"}
    fleet.direct().get(path).refused(401)
    fleet.direct().get(path, **forged).refused(401)
    plane.client_at(fleet.url, "jane").get(path, **forged).refused(403, 'User "jane"')
    anonymous = Client(plane.url, ssl.create_default_context(cafile=plane.ca.with_suffix(".crt")))
    assert anonymous.get(path, **forged).status in (401, 403)
    anonymous.close()
    proxy = fleet.direct(certificate(plane.proxy_ca, tmp_path, "front-proxy-client"))
    proxy.get(path, X_Remote_User="jane").refused(403, 'User "jane"')
    assert proxy.get(path, X_Remote_User="admin", X_Remote_Group="system:masters").status == 200


def test_rights_granted_are_rights_used(
    plane: ControlPlane, fleet: Installation, kubectl: Kubectl, namespace: str
) -> None:
    """No request of the server was denied, and no rule of its roles is there for nothing."""
    machines = Resource(plane.admin, GROUP, "v1", "machines", "Machine", namespace)
    kubectl("create", "quota", "few", f"--hard=count/machines.{GROUP}=5")
    hard = "jsonpath={.status.hard}"
    wait(lambda: GROUP in kubectl("get", "quota", "few", "-o", hard), "the quota", timeout=30)
    wait(lambda: machines.post(machine("one")).status in (201, 409), "room", timeout=30)
    fresh = f"{namespace}-fresh"  # a namespace that the watch of the server does not show yet
    plane.admin.request("POST", "/api/v1/namespaces", {"metadata": {"name": fresh}}).ok()
    Resource(plane.admin, GROUP, "v1", "machines", "Machine", fresh).create("one", SPEC)
    role = json.loads(plane.kubectl("get", "clusterrole", "fleet-apiserver", "-o", "json"))
    granted = {
        cell
        for rule in role["rules"]
        for cell in product(rule["apiGroups"], rule["resources"], rule["verbs"])
    }
    assert not [cell for cell in granted if "*" in cell or "secrets" in cell]

    def unused() -> set[tuple[str, str, str]]:
        used = {cell for cell, _ in requests(plane, fleet)}
        watched = {cell[:2] for cell in used if cell[2] == "watch"}
        # Informers begin with a watch where they can, and with a list where not. The get of a namespace is for the
        # moment in which a watch is behind, which no test can make last.
        spare = {(*of, "list") for of in watched} | {("", "namespaces", "get")}
        return granted - used - spare

    wait(lambda: unused() == set(), f"the use of {unused()}", timeout=30)
    assert [cell for cell, code in requests(plane, fleet) if code in (401, 403)] == []


def requests(plane: ControlPlane, fleet: Installation) -> Iterator[tuple[tuple[str, str, str], int]]:
    """What the server asked of the cluster: group, resource and verb, and the code of the answer."""
    for event in plane.audited():
        if event["user"]["username"] == f"system:serviceaccount:{fleet.namespace}:{fleet.name}":
            ref = event.get("objectRef", {})
            resource = ref.get("resource", event["requestURI"])
            resource += f"/{ref['subresource']}" if "subresource" in ref else ""
            yield (ref.get("apiGroup", ""), resource, event["verb"]), event.get("responseStatus", {}).get(
                "code", 0
            )


def test_rights_of_who_makes_certificates(plane: ControlPlane, fleet: Installation) -> None:
    account = f"system:serviceaccount:{fleet.namespace}:fleet-certs"
    events = [e for e in plane.audited() if e["user"]["username"] == account]
    assert events
    assert [e["requestURI"] for e in events if e.get("responseStatus", {}).get("code") in (401, 403)] == []
    of = f"--as={account}"
    for what in (
        "get secrets",
        "get secrets/another",
        "delete secrets/fleet-serving",
        "list secrets",
        "get configmaps",
    ):
        done = plane.kubectl.run("auth", "can-i", *what.split(), of, "-n", fleet.namespace)
        assert done.stdout.strip() == "no", what
    done = plane.kubectl.run("auth", "can-i", "get", "secrets/fleet-serving", of, "-n", fleet.namespace)
    assert done.stdout.strip() == "yes"
