"""What the templates of the whole project are given."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apigen import __version__, upstream
from apigen.gotext import import_lines, quote
from apigen.gotypes import BASICS
from apigen.govalidate import upstream_demands
from apigen.minors import MINORS
from apigen.model import Group, Project, Schema, Struct
from apigen.openapi import all_schemas
from apigen.schema import schema
from apigen.view_conversions_page import ConversionsPage
from apigen.view_deploy import DeployView
from apigen.view_hub import HubView
from apigen.view_kind import KindView
from apigen.views import pairs


@dataclass(frozen=True)
class ServedVersion:
    """A version that clients may use, with its endpoints as entries of a Go map."""

    name: str
    endpoints: str


@dataclass(frozen=True)
class Plugin:
    """An admission plugin of the project's own."""

    name: str
    file: str
    module: str


class GroupView:
    """A group as the server sees it."""

    def __init__(self, project: Project, group: Group) -> None:
        self.name, self.package = group.name, group.package
        self.install_alias = f"install{group.package}"
        self.install_path = f"{project.module}/internal/apis/{group.package}/install"
        self.hub_alias = f"{group.package}hub"
        self.function = f"install{group.package[0].upper()}{group.package[1:]}"
        self.kind_views = [KindView(project, group, k) for k in group.kinds]
        self.carried = ", ".join(f"{k.alias}.Carried(Scheme)" for k in self.kind_views if k.carries)
        self._group = group

    @property
    def served(self) -> list[ServedVersion]:
        found = ((v.name, self._endpoints(v.name)) for v in self._group.versions)
        return [ServedVersion(name, endpoints) for name, endpoints in found if endpoints]

    def _endpoints(self, version: str) -> str:
        found: list[tuple[str, str]] = []
        for kind in self.kind_views:
            mine = next((v for v in kind.model.versions if v.version == version and v.served), None)
            if mine is None:
                continue
            found.append((quote(kind.plural), f"{kind.variable}.Main"))
            if kind.status:
                found.append((quote(kind.plural + "/status"), f"{kind.variable}.Status"))
            if mine.scale:
                found.append((quote(kind.plural + "/scale"), f"{kind.variable}.Scale"))
        return pairs(found, 2)


class ProjectView:
    """A whole project."""

    def __init__(self, project: Project) -> None:
        self.model = project
        self.name, self.module, self.kubernetes = project.name, project.module, project.kubernetes
        self.minor = MINORS[project.kubernetes]
        self.apigen = __version__
        self.groups = [GroupView(project, g) for g in project.groups]
        self.hubs = [HubView(project, g) for g in project.groups]

    @property
    def converts(self) -> bool:
        """Whether a kind has several versions."""
        return bool(self.conversions)

    @cached_property
    def conversions(self) -> ConversionsPage:
        """What the page on conversions says of the project's own versions."""
        return ConversionsPage(self.model)

    @property
    def has_versions(self) -> bool:
        """Whether a kind has several versions that clients speak."""
        return any(sum(v.served for v in kind.model.versions) > 1 for kind in self.kinds)

    @property
    def has_name_rules(self) -> bool:
        """Whether the names of any kind's objects must be more than DNS subdomains."""
        return any(kind.name_rules for kind in self.kinds)

    @property
    def has_open_roots(self) -> bool:
        """Whether objects of any kind keep what they say besides their root fields."""
        return any(v.root.open for kind in self.kinds for v in kind.model.versions)

    @cached_property
    def keeps(self) -> bool:
        """Whether any conversion keeps anything."""
        return any(hub.keeps for hub in self.hubs)

    @property
    def plugins(self) -> list[Plugin]:
        """The admission plugins of the project's own, in their order."""
        return [Plugin(name, name.lower(), self.model.module) for name in self.model.admission]

    @cached_property
    def validates(self) -> bool:
        """Whether anything is demanded of any object."""
        return any(version.validation.demands for hub in self.hubs for version in hub.versions)

    @cached_property
    def _schemas(self) -> list[Schema]:
        return [s for g in self.model.groups for v in g.versions for s in all_schemas(v)]

    @property
    def has_immutables(self) -> bool:
        """Whether a field may not change."""
        return any(s.immutable for s in self._schemas)

    @property
    def has_multiples(self) -> bool:
        """Whether a floating point number is to be a multiple."""
        scalars = (s for g in self.model.groups for v in g.versions for s in v.types.scalars.values())
        limits = [(s.word, s.limits) for s in self._schemas] + [(s.base, s.limits) for s in scalars]
        return any(word == "float64" and of.multiple_of is not None for word, of in limits)

    @cached_property
    def counts(self) -> bool:
        """Whether any object is to have so many of some fields."""
        versions = (v.types for g in self.model.groups for v in g.versions)
        return any(s.one_ofs or _sized(s) for types in versions for s in types.structs.values())

    @cached_property
    def holds_upstream(self) -> bool:
        """Whether any object holds a value of an upstream type that demands something."""
        return any(upstream_demands(s) for s in self._schemas)

    @cached_property
    def has_rules(self) -> bool:
        """Whether there are rules in CEL."""
        return any(k.prepared for k in self.kinds)

    @cached_property
    def kinds(self) -> list[KindView]:
        return sorted((k for g in self.groups for k in g.kind_views), key=lambda k: (k.group, k.plural))

    @property
    def carries(self) -> bool:
        """Whether a kind has versions that keep what others cannot say."""
        return any(k.carries for k in self.kinds)

    @property
    def carried(self) -> dict[str, str]:
        """What the server's code says more where a kind has several versions."""
        words = {
            "argument": ", carried",
            "type": ", *carry.Admission",
            "parameter": ", carried *carry.Admission",
        }
        return words if self.carries else dict.fromkeys(words, "")

    @property
    def listed(self) -> list[KindView]:
        return sorted(self.kinds, key=lambda k: k.lister)

    @property
    def groups_imports(self) -> str:
        found = [(g.install_alias, g.install_path) for g in self.groups]
        found += [(k.alias, k.path) for k in self.kinds]
        found.append(("", f"{self.module}/internal/listers"))
        found += [("", f"{self.module}/internal/carry")] if self.carries else []
        return import_lines(found)

    @cached_property
    def upstream_definitions(self) -> dict[str, Any]:
        """The definitions of upstream types that are not in every server anyway, by model name."""
        kubernetes = upstream.load(self.kubernetes)
        models = {
            s.upstream.model if s.upstream else BASICS[s.name].model
            for g in self.model.groups
            for v in g.versions
            for s in all_schemas(v)
            if s.upstream or (s.kind == "basic" and BASICS[s.name].model)
        }
        return kubernetes.closure(sorted(models - {""}), known=True)

    @property
    def schemas(self) -> dict[str, str]:
        """The JSON Schemas for editors."""
        return {which: schema(which) for which in ("project", "resource")}

    @property
    def storage_versions(self) -> str:
        """The storage version of every resource, as entries of a Go map."""
        entries = [
            (f"{{Group: {quote(k.group)}, Resource: {quote(k.plural)}}}", quote(k.storage))
            for k in self.kinds
        ]
        return pairs(entries, 2)

    @property
    def stored_kinds(self) -> str:
        """Every kind with its storage version and the version to speak of it in, as entries of a Go list."""
        entries = [
            ", ".join(quote(text) for text in (k.group, k.plural, k.kind, k.storage, _spoken(k)))
            for k in self.kinds
        ]
        return "\n" + "".join(f"\t{{{e}}},\n" for e in entries) if entries else ""

    @property
    def api_services(self) -> str:
        """The APIService of every version that is served, as entries of a Go list."""
        names = [f"{one.version}.{one.group}" for one in DeployView(self.model).services]
        return "\n" + "".join(f"\t{quote(name)},\n" for name in names) if names else ""

    @property
    def deprecations(self) -> str:
        """The warnings for deprecated versions, as entries of a Go map."""
        entries = [
            (
                f"{{Group: {quote(k.group)}, Version: {quote(v.version)}, Resource: {quote(k.plural)}}}",
                quote(v.warning),
            )
            for k in self.kinds
            for v in k.model.versions
            if v.warning
        ]
        return "\n" + pairs(entries, 1) if entries else ""


def _spoken(kind: KindView) -> str:
    """The storage version if it is served, else the most preferred version that is; every kind has one."""
    served = [v.version for v in kind.model.versions if v.served]
    return kind.storage if kind.storage in served else served[0]


def _sized(struct: Struct) -> bool:
    """Whether an object in a struct has a least or greatest number of fields."""
    objects = (s for f in struct.fields for s in f.schema.layers if s.kind == "object")
    return any((s.limits.min_properties, s.limits.max_properties) != (None, None) for s in objects)
