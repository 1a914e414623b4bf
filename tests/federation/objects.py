"""Objects of the sample that is installed, and of the cluster."""

import json
from typing import Any

from apiclient import Object

GROUP = "fleet.example.com"
SPEC: Object = {
    "role": "worker",
    "resources": {"cpus": 2},
    "location": {"rack": "r1", "slot": 1},
    "replicas": 1,
}
OLD_SPEC: Object = {"role": "worker", "cpus": 2, "rack": "r1", "slot": 1}


def machine(name: str, version: str = "v1", spec: Object | None = None, **metadata: Any) -> Object:
    spec = spec or (OLD_SPEC if version == "v1alpha1" else SPEC)
    head = {"apiVersion": f"{GROUP}/{version}", "kind": "Machine"}
    return {**head, "metadata": {"name": name, **metadata}, "spec": spec}


def config_map(name: str, **metadata: Any) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def owner(obj: Object, **more: Any) -> Object:
    """A reference to an object that was read."""
    of = {"apiVersion": obj["apiVersion"], "kind": obj["kind"]}
    return {**of, "name": obj["metadata"]["name"], "uid": obj["metadata"]["uid"], **more}


def text(*objects: Object) -> str:
    """Objects for kubectl to read."""
    return "\n---\n".join(json.dumps(obj) for obj in objects)


def rbac(kind: str, name: str, **more: Any) -> Object:
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}, **more}


def binding(name: str, role: str, user: str) -> Object:
    """The binding of a user to a cluster role, in one namespace."""
    group = "rbac.authorization.k8s.io"
    subjects = [{"apiGroup": group, "kind": "User", "name": user}]
    return rbac(
        "RoleBinding",
        name,
        roleRef={"apiGroup": group, "kind": "ClusterRole", "name": role},
        subjects=subjects,
    )
