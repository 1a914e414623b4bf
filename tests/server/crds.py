"""The server of CustomResourceDefinitions, on the etcd of one of ours, with our kinds as such definitions."""

import time
from pathlib import Path
from typing import Any

from aggregated import Aggregated, etcd_of
from apiclient import Object
from servers import ROOT, Standalone

BINARY = ROOT / ".cache" / "bin" / "apiextensions-apiserver"
_OFF = (
    "NamespaceLifecycle",
    "MutatingAdmissionWebhook",
    "ValidatingAdmissionWebhook",
    "ValidatingAdmissionPolicy",
    "MutatingAdmissionPolicy",
)
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class CustomResources(Aggregated):
    """apiextensions-apiserver, alone: it is never ready, for it waits for services, but it serves."""

    ready = DEFINITIONS

    def __init__(self, etcd: Standalone, folder: Path) -> None:
        assert BINARY.exists(), f"{BINARY} is missing: run scripts/setup"
        folder.mkdir()
        flags = (
            f"--etcd-servers={etcd_of(etcd)}",
            "--etcd-prefix=/registry/crds",
            "--authentication-skip-lookup",
            "--enable-priority-and-fairness=false",
            f"--disable-admission-plugins={','.join(_OFF)}",
        )
        super().__init__(BINARY, folder, *flags)

    def define(self, definition: Object, refused: Object | None = None) -> None:
        """Make a CustomResourceDefinition, or change it, and wait until it is served; where it was served before, until
        an object is refused that its new schema refuses."""
        path = f"{DEFINITIONS}/{definition['metadata']['name']}"
        found = self.admin.get(path)
        if found.status == 404:
            self.admin.request("POST", DEFINITIONS, definition).ok()
        else:
            version = found.json["metadata"]["resourceVersion"]
            definition["metadata"]["resourceVersion"] = version
            self.admin.request("PUT", path, definition).ok()
        spec = definition["spec"]
        names, group = spec["names"], spec["group"]
        served = f"/apis/{group}/{spec['versions'][0]['name']}/namespaces/default/{names['plural']}"
        end = time.monotonic() + 30
        while self.admin.get(served).status != 200 or (refused and self._takes(served, refused)):
            assert time.monotonic() < end, self.admin.get(path).body.decode()
            time.sleep(0.05)

    def _takes(self, path: str, obj: Object) -> bool:
        return self.admin.request("POST", f"{path}?dryRun=All", obj).status != 422


def definition(group: str, version: str, kind: str, plural: str, schema: dict[str, Any]) -> Object:
    """A CustomResourceDefinition with one version."""
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [served]},
    }
