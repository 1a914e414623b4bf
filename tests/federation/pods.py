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
        self.secrets: dict[Path, str] = {}
        """The folders of its secrets, and the names of those."""
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
    """Runs pods of one cluster. `binaries` are what images hold, by their names without tags; `hosts` the addresses of
    names that the cluster's DNS would know."""

    plane: ControlPlane
    folder: Path
    binaries: dict[str, Path]
    hosts: dict[str, str] = field(default_factory=dict)
    pods: list[Pod] = field(default_factory=list)

    def run(self, name: str, spec: Object, namespace: str, *more: str, port: int = 0, **claims: Path) -> Pod:
        """Run a pod spec. `claims` are the folders of volume claims by the names of volumes, `more` what it is given
        besides because all pods share one machine, and `port` where its readiness probe asks."""
        folder = self.folder / name
        (container,) = spec["containers"]
        environment = self.environment(container, name, namespace)
        volumes = {
            v["name"]: claims.get(v["name"]) or self.volume(folder / "volumes" / v["name"], v, namespace)
            for v in spec.get("volumes", [])
        } | claims
        mounts = [Mount(self.binaries[container["image"].rpartition(":")[0]], "/server")]
        for one in container.get("volumeMounts", []):
            writable = one["name"] in claims and not one.get("readOnly", False)
            mounts.append(Mount(volumes[one["name"]], one["mountPath"], writable))
        if self.hosts:
            lines = "".join(f"{address} {host}\n" for host, address in sorted(self.hosts.items()))
            mounts.append(Mount(write(folder / "hosts", {"hosts": lines.encode()}) / "hosts", "/etc/hosts"))
        if spec.get("automountServiceAccountToken", True):
            identity = self.identity(folder / "identity", spec["serviceAccountName"], namespace)
            mounts.append(Mount(identity, IDENTITY))
        said = container.get("command", [])[1:] + container.get("args", [])
        arguments = [*(expanded(a, environment) for a in said), *more]
        self.pods.append(Pod(folder, mounts, arguments, environment, port))
        self.pods[-1].secrets = {
            volumes[v["name"]]: v["secret"]["secretName"] for v in spec.get("volumes", []) if "secret" in v
        }
        return self.pods[-1]

    def refresh(self, namespace: str) -> None:
        """Give running pods what their secrets hold now, as the kubelet does every minute."""
        for pod in self.pods:
            for folder, secret in pod.secrets.items() if pod.popen.poll() is None else ():
                data = self.plane.object("v1", "secrets", secret, namespace)["data"]
                write(folder, {name: base64.b64decode(text) for name, text in data.items()})

    def environment(self, container: Object, name: str, namespace: str) -> dict[str, str]:
        host, _, port = self.plane.url.removeprefix("https://").rpartition(":")
        found = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
        for variable in container.get("env", []):
            of = variable.get("valueFrom", {})
            if "fieldRef" in of:
                assert of["fieldRef"]["fieldPath"] == "metadata.name"
                found[variable["name"]] = name
            elif "secretKeyRef" in of:
                secret = self.plane.object("v1", "secrets", of["secretKeyRef"]["name"], namespace)
                found[variable["name"]] = base64.b64decode(secret["data"][of["secretKeyRef"]["key"]]).decode()
            else:
                found[variable["name"]] = variable["value"]
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
        new = folder / f".{name}"
        new.unlink(missing_ok=True)
        new.write_bytes(content)
        new.chmod(0o440)
        if is_root():
            os.chown(new, USER, USER)
        new.replace(folder / name)
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
