"""Pods as processes: what a Deployment in the cluster asks for, under its user, with its files and a root of its own.

No container engine is needed: a mount namespace whose root holds the binary and the volumes and is read-only, no
capabilities, and the identity of the service account where a pod would find it.
"""

import base64
import os
import re
import signal
import ssl
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregated import free_port
from controlplane import ControlPlane
from servers import Process

Object = dict[str, Any]
IDENTITY = "/var/run/secrets/kubernetes.io/serviceaccount"
USER = 65532

# The new root, the number of mounts, for each a source, a target and rw or ro; what chroot is given, the command.
_SCRIPT = """
root=$1 mounts=$2; shift 2
mount -t tmpfs -o mode=755 none "$root"
while [ "$mounts" -gt 0 ]; do
    if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root$(dirname "$2")"; touch "$root$2"; fi
    mount --bind "$1" "$root$2"
    [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
    shift 3; mounts=$((mounts - 1))
done
mkdir "$root/proc"; mount --rbind /proc "$root/proc"
mount -o remount,ro "$root"
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid chroot "$@"
"""


@dataclass(frozen=True)
class Mount:
    """A file or folder of a pod."""

    source: Path
    target: str
    writable: bool = False

    def words(self) -> list[str]:
        return [str(self.source), self.target, "rw" if self.writable else "ro"]


class Pod(Process):
    """The process of a container. `port` is 0 for one that does not listen."""

    def __init__(
        self, folder: Path, mounts: list[Mount], arguments: list[str], environment: dict[str, str], port: int
    ) -> None:
        self.port = port
        new_root = folder / "root"
        new_root.mkdir(parents=True, exist_ok=True)
        as_user = [f"--userspec={USER}:{USER}", "--groups="] if is_root() else []
        words = [str(new_root), str(len(mounts)), *(word for mount in mounts for word in mount.words())]
        space = ["--mount", "--propagation=private", *([] if is_root() else ["--map-root-user"])]
        super().__init__(
            Path("unshare"),
            folder,
            *space,
            *("sh", "-euc", _SCRIPT, "pod", *words),
            *(*as_user, str(new_root), "/server", *arguments),
            env={"PATH": os.environ["PATH"], **environment},
        )

    def is_ready(self) -> bool:
        """Whether its readiness probe succeeds."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # as probes do
        with suppress(OSError):
            url = f"https://127.0.0.1:{self.port}/readyz"
            with urllib.request.urlopen(url, context=context, timeout=5) as answer:
                return bool(answer.status == 200)
        return False


@dataclass
class Kubelet:
    """Runs the pods of Deployments and CronJobs of one cluster, all from one binary."""

    plane: ControlPlane
    binary: Path
    folder: Path
    pods: list[Pod] = field(default_factory=list)

    def run(self, spec: Object, namespace: str, *, listens: bool, **claims: Path) -> Pod:
        """Run a pod spec. `claims` are the folders of volume claims by the names of volumes."""
        folder = self.folder / f"pod-{len(self.pods)}"
        (container,) = spec["containers"]
        environment = self.environment(container, namespace)
        volumes = {
            v["name"]: claims.get(v["name"]) or self.volume(folder / "volumes" / v["name"], v, namespace)
            for v in spec.get("volumes", [])
        }
        mounts = [Mount(self.binary, "/server")]
        for one in container.get("volumeMounts", []):
            writable = one["name"] in claims and not one.get("readOnly", False)
            mounts.append(Mount(volumes[one["name"]], one["mountPath"], writable))
        if spec.get("automountServiceAccountToken", True):
            mounts.append(
                Mount(self.identity(folder / "identity", spec["serviceAccountName"], namespace), IDENTITY)
            )
        port = free_port() if listens else 0
        arguments = [expanded(a, environment) for a in container["args"]]
        if listens:  # one address has no room for the same port of all pods
            arguments += [f"--secure-port={port}", "--bind-address=127.0.0.1"]
        self.pods.append(Pod(folder, mounts, arguments, environment, port))
        return self.pods[-1]

    def environment(self, container: Object, namespace: str) -> dict[str, str]:
        host, _, port = self.plane.url.removeprefix("https://").rpartition(":")
        found = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
        for variable in container.get("env", []):
            if "value" in variable:
                found[variable["name"]] = variable["value"]
            else:
                of = variable["valueFrom"]["secretKeyRef"]
                secret = self.plane.object("v1", "secrets", of["name"], namespace)
                found[variable["name"]] = base64.b64decode(secret["data"][of["key"]]).decode()
        return found

    def volume(self, folder: Path, volume: Object, namespace: str) -> Path:
        """The files of a secret or config map."""
        if "secret" in volume:
            data = self.plane.object("v1", "secrets", volume["secret"]["secretName"], namespace)["data"]
            files = {name: base64.b64decode(text) for name, text in data.items()}
        else:
            data = self.plane.object("v1", "configmaps", volume["configMap"]["name"], namespace)["data"]
            files = {name: text.encode() for name, text in data.items()}
        return write(folder, files)

    def identity(self, folder: Path, account: str, namespace: str) -> Path:
        token = self.plane.kubectl("create", "token", "--namespace", namespace, account).strip()
        ca = self.plane.ca.with_suffix(".crt").read_bytes()
        return write(folder, {"token": token.encode(), "ca.crt": ca, "namespace": namespace.encode()})

    def kill(self) -> None:
        for pod in self.pods:
            pod.stop(signal.SIGKILL)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files that only the user and group of pods can read, as the kubelet does where there is an fsGroup."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content)
        path.chmod(0o440)
        if is_root():
            os.chown(path, USER, USER)
    return folder


def claim(folder: Path) -> Path:
    """A volume that pods may write to."""
    folder.mkdir(parents=True)
    if is_root():
        os.chown(folder, USER, USER)
    return folder


def expanded(argument: str, environment: dict[str, str]) -> str:
    """An argument with the variables that it names, as the kubelet replaces them."""
    return re.sub(r"\$\((\w+)\)", lambda m: environment[m[1]], argument)


def is_root() -> bool:
    """Whether this process may do all that the kubelet does. Otherwise pods run as who runs the tests."""
    return os.geteuid() == 0
