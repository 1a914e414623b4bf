"""What the manifests of an installation are given."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from apigen import chart
from apigen.dashboard import dashboard
from apigen.minors import MINORS
from apigen.model import Group, Project
from apigen.names import version_key
from apigen.yamltext import yaml_text

_MEMBERS = 3


class First(NamedTuple):
    """A resource to show things with."""

    group: str
    version: str
    resource: str


@dataclass(frozen=True)
class APIServiceView:
    """A version of a group for which kube-apiserver asks the server.

    `group_priority` places the group among all of the cluster, `version_priority` the version among those of its
    group: the higher ones come first. Source: k8s.io/kube-aggregator/pkg/apis/apiregistration/v1 types.go.
    """

    group: str
    version: str
    group_priority: int
    version_priority: int


class GroupRights:
    """The resources of a group, as lists of YAML in the rules of roles."""

    def __init__(self, group: Group) -> None:
        self.name = group.name
        resources = sorted(k.plural for k in group.kinds)
        statuses = [f"{k.plural}/status" for k in group.kinds if k.status]
        scales = [f"{k.plural}/scale" for k in group.kinds if k.scale]
        self.viewed = _list(sorted([*resources, *statuses, *scales]))
        self.edited = _list(resources)
        self.scaled = _list(sorted(scales)) if scales else ""


class DeployView:
    """An installation of the server in a cluster."""

    replicas = "3"
    # What a chart says more, at the places where it does.
    strategy = end_strategy = scheduling = more_mounts = more_volumes = ""
    more_arguments = authority = etcd_certificate = etcd_secret = ""

    def __init__(self, project: Project, where: str = "", image: str = "") -> None:
        self.name = project.name
        self.namespace = where or namespace(project.name)
        self.image = image or yaml_text(project.name)
        self.groups = [GroupRights(g) for g in project.groups]
        self.etcd = MINORS[project.kubernetes].etcd
        self.etcd_domain = f"{self.name}-etcd.{self.namespace}.svc"
        self._project = project

    @property
    def services(self) -> list[APIServiceView]:
        """Every version that is served, the preferred ones first."""
        found = []
        for group in self._project.groups:
            served = sorted((v.name for v in group.versions if v.served), key=version_key)
            found += [
                APIServiceView(group.name, version, _GROUP_PRIORITY, _FIRST_VERSION - i)
                for i, version in enumerate(served)
            ]
        return found

    @property
    def first(self) -> First:
        """A resource that is served."""
        one = self.services[0]
        group = next(g for g in self._project.groups if g.name == one.group)
        kinds = (
            k.plural for k in group.kinds if any(v.version == one.version and v.served for v in k.versions)
        )
        return First(one.group, one.version, next(kinds))

    @property
    def etcd_hosts(self) -> list[str]:
        """The names of the members of the etcd beside the server."""
        return [f"{n}.{self.etcd_domain}" for n in self._members]

    @property
    def etcd_members(self) -> str:
        """The members of the etcd beside the server, as etcd's flag has them."""
        return ",".join(f"{n}=https://{n}.{self.etcd_domain}:2380" for n in self._members)

    @property
    def etcd_endpoints(self) -> str:
        """Where clients reach them."""
        return ",".join(f"https://{n}.{self.etcd_domain}:2379" for n in self._members)

    @property
    def _members(self) -> list[str]:
        return [f"{self.name}-etcd-{i}" for i in range(_MEMBERS)]

    @cached_property
    def dashboard(self) -> dict[str, Any]:
        """The dashboard for Grafana."""
        return dashboard(self.name, namespace(self.name))


class ChartView(DeployView):
    """The same as a Helm chart, whose expressions stand where an installation decides."""

    replicas = chart.REPLICAS
    strategy, end_strategy, scheduling = chart.STRATEGY, chart.END_STRATEGY, chart.SCHEDULING
    more_mounts, more_volumes = chart.MOUNTS, chart.VOLUMES
    authority, etcd_secret = chart.AUTHORITY, chart.ETCD_NAMED

    def __init__(self, project: Project) -> None:
        super().__init__(project, chart.NAMESPACE, chart.IMAGE)
        self.more_arguments = chart.arguments(self.etcd_endpoints)
        self.etcd_certificate = chart.etcd_certificate(self.etcd_hosts)


# Behind the groups of Kubernetes itself (17,000 and more), as custom resources are (1,000).
_GROUP_PRIORITY = 1000
_FIRST_VERSION = 100


def namespace(name: str) -> str:
    """Return the namespace of an installation."""
    return f"{name}-system"


def _list(resources: list[str]) -> str:
    return f"[{', '.join(yaml_text(r) for r in resources)}]"
