"""Project -> the list of files that will be made. The table is the whole plan: read it to know every file.

Each row: a template, where its output goes, whose file it is, and, for some, when it is wanted. The scopes are a
project, a group, a version of a group and a kind; their views are what templates see under that name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from apigen import chart
from apigen.files import Kind as Ownership
from apigen.model import Project
from apigen.view_deploy import ChartView, DeployView
from apigen.view_kind import KindView
from apigen.view_project import ProjectView

GENERATED, SCAFFOLD = Ownership.GENERATED, Ownership.SCAFFOLD


class About(NamedTuple):
    """What a file is about: a group, a version or kind of it, or the project as a whole."""

    group: str = ""
    version: str = ""
    kind: str = ""


PROJECT_WIDE = About()


@dataclass(frozen=True)
class PlannedFile:
    """A file to be made: `view` is given to the template under `name`."""

    path: str
    template: str
    name: str
    view: Any
    ownership: Ownership
    required: bool = False
    about: About = PROJECT_WIDE
    only_if: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the plan. `when` names an attribute of the view that must be true, `only_if` what Helm asks."""

    template: str
    path: str
    ownership: Ownership = GENERATED
    when: str = ""
    only_if: str = ""


CONVERSIONS = "docs/conversions.md"
"""The page that says what becomes of fields between the project's own versions."""

PROJECT = (
    Row("modules/{kubernetes}/go.mod.j2", "go.mod", SCAFFOLD),
    Row("modules/{kubernetes}/go.sum.j2", "go.sum", SCAFFOLD),
    Row("project/main.go.j2", "cmd/{name}/main.go", SCAFFOLD),
    Row("project/Makefile.j2", "Makefile", SCAFFOLD),
    Row("project/README.md.j2", "README.md", SCAFFOLD),
    Row("project/Dockerfile.j2", "Dockerfile", SCAFFOLD),
    Row("project/dockerignore.j2", ".dockerignore", SCAFFOLD),
    Row("project/ci.yaml.j2", ".github/workflows/ci.yaml", SCAFFOLD),
    Row("project/conversions.md.j2", CONVERSIONS, when="converts"),
    Row("project/gitattributes.j2", ".gitattributes"),
    Row("go/admission/plugins.go.j2", "internal/admission/plugins.go", when="plugins"),
    Row("go/server/plugins.go.j2", "internal/server/plugins.go", when="plugins"),
    Row("go/backup/command.go.j2", "internal/backup/command.go"),
    Row("go/carry/admission.go.j2", "internal/carry/admission.go", when="carries"),
    Row("go/carry/carry.go.j2", "internal/carry/carry.go", when="carries"),
    Row("go/carry/client.go.j2", "internal/carry/client.go", when="carries"),
    Row("go/carry/filters.go.j2", "internal/carry/filters.go", when="carries"),
    Row("go/carry/owners.go.j2", "internal/carry/owners.go", when="carries"),
    Row("go/carry/unset.go.j2", "internal/carry/unset.go", when="carries"),
    Row("go/carry/validate.go.j2", "internal/carry/validate.go", when="carries"),
    Row("go/carry/write.go.j2", "internal/carry/write.go", when="carries"),
    Row("go/certs/apiservices.go.j2", "internal/certs/apiservices.go"),
    Row("go/certs/cluster.go.j2", "internal/certs/cluster.go"),
    Row("go/certs/command.go.j2", "internal/certs/command.go"),
    Row("go/certs/files.go.j2", "internal/certs/files.go"),
    Row("go/certs/pair.go.j2", "internal/certs/pair.go"),
    Row("go/certs/run.go.j2", "internal/certs/run.go"),
    Row("go/certs/secrets.go.j2", "internal/certs/secrets.go"),
    Row("go/convert/convert.go.j2", "internal/convert/convert.go"),
    Row("go/convert/assemble.go.j2", "internal/convert/assemble.go", when="keeps"),
    Row("go/convert/encoding.go.j2", "internal/convert/encoding.go", when="keeps"),
    Row("go/convert/entries.go.j2", "internal/convert/entries.go", when="keeps"),
    Row("go/convert/kept.go.j2", "internal/convert/kept.go", when="keeps"),
    Row("go/convert/lists.go.j2", "internal/convert/lists.go", when="keeps"),
    Row("go/convert/matches.go.j2", "internal/convert/matches.go", when="keeps"),
    Row("go/convert/metadata.go.j2", "internal/convert/metadata.go", when="keeps"),
    Row("go/convert/parts.go.j2", "internal/convert/parts.go", when="keeps"),
    Row("go/convert/place.go.j2", "internal/convert/place.go", when="keeps"),
    Row("go/convert/texts.go.j2", "internal/convert/texts.go", when="keeps"),
    Row("go/convert/transfer.go.j2", "internal/convert/transfer.go", when="keeps"),
    Row("go/convert/tree.go.j2", "internal/convert/tree.go", when="keeps"),
    Row("go/convert/union.go.j2", "internal/convert/union.go", when="keeps"),
    Row("go/convert/units.go.j2", "internal/convert/units.go", when="keeps"),
    Row("go/convert/words.go.j2", "internal/convert/words.go", when="keeps"),
    Row("go/listers/listers.go.j2", "internal/listers/listers.go"),
    Row("go/migrate/command.go.j2", "internal/migrate/command.go"),
    Row("go/migrate/kinds.go.j2", "internal/migrate/kinds.go"),
    Row("go/migrate/migrate.go.j2", "internal/migrate/migrate.go"),
    Row("go/openapi/openapi.go.j2", "internal/openapi/openapi.go"),
    Row("go/openapi/upstream.json.j2", "internal/openapi/upstream.json", when="upstream_definitions"),
    Row("go/registry/filters.go.j2", "internal/registry/filters.go", when="carries"),
    Row("go/registry/rest.go.j2", "internal/registry/rest.go"),
    Row("go/registry/scale.go.j2", "internal/registry/scale.go"),
    Row("go/registry/status.go.j2", "internal/registry/status.go"),
    Row("go/registry/strategy_base.go.j2", "internal/registry/strategy.go"),
    Row("go/registry/tables.go.j2", "internal/registry/tables.go"),
    Row("go/server/aggregated.go.j2", "internal/server/aggregated.go"),
    Row("go/server/carry.go.j2", "internal/server/carry.go", when="carries"),
    Row("go/server/command.go.j2", "internal/server/command.go"),
    Row("go/server/groups.go.j2", "internal/server/groups.go"),
    Row("go/server/metrics.go.j2", "internal/server/metrics.go"),
    Row("go/server/options.go.j2", "internal/server/options.go"),
    Row("go/server/redirects.go.j2", "internal/server/redirects.go"),
    Row("go/server/server.go.j2", "internal/server/server.go"),
    Row("go/server/version.go.j2", "internal/server/version.go"),
    Row("go/standalone/certificates.go.j2", "internal/standalone/certificates.go"),
    Row("go/standalone/etcd.go.j2", "internal/standalone/etcd.go"),
    Row("go/standalone/standalone.go.j2", "internal/standalone/standalone.go"),
    Row("go/validation/changed.go.j2", "internal/validation/changed.go", when="validates"),
    Row("go/validation/immutable.go.j2", "internal/validation/immutable.go", when="has_immutables"),
    Row("go/validation/multiple.go.j2", "internal/validation/multiple.go", when="has_multiples"),
    Row("go/validation/oneof.go.j2", "internal/validation/oneof.go", when="counts"),
    Row("go/validation/holds.go.j2", "internal/validation/holds.go", when="has_rules"),
    Row("go/validation/rules.go.j2", "internal/validation/rules.go", when="has_rules"),
    Row("go/validation/schema.go.j2", "internal/validation/schema.go", when="validates"),
    Row("go/validation/upstream.go.j2", "internal/validation/upstream.go", when="holds_upstream"),
    Row("go/validation/validation.go.j2", "internal/validation/validation.go"),
    Row("go/test/changes_test.go.j2", "test/changes_test.go", when="kinds"),
    Row("go/test/deletion_test.go.j2", "test/deletion_test.go", when="kinds"),
    Row("go/test/discovery_test.go.j2", "test/discovery_test.go", when="kinds"),
    Row("go/test/fixture_test.go.j2", "test/fixture_test.go", when="kinds"),
    Row("go/test/laws_test.go.j2", "test/laws_test.go", when="has_versions"),
    Row("go/test/names_test.go.j2", "test/names_test.go", when="kinds"),
    Row("go/test/owners_test.go.j2", "test/owners_test.go", when="has_versions"),
    Row("go/test/parallel_test.go.j2", "test/parallel_test.go", when="has_versions"),
    Row("go/test/objects_test.go.j2", "test/objects_test.go", when="kinds"),
    Row("go/test/resources_test.go.j2", "test/resources_test.go", when="kinds"),
    Row("go/test/server_test.go.j2", "test/server_test.go", when="kinds"),
    Row("go/test/subresources_test.go.j2", "test/subresources_test.go", when="kinds"),
    Row("go/test/versions_test.go.j2", "test/versions_test.go", when="kinds"),
    Row("go/test/writes_test.go.j2", "test/writes_test.go", when="has_versions"),
    Row("project/project.schema.json.j2", "schemas/project.json"),
    Row("project/resource.schema.json.j2", "schemas/resource.json"),
)
DEPLOY = (
    Row("project/operations.md.j2", "docs/operations.md"),
    Row("deploy/base/apiservices.yaml.j2", "deploy/base/apiservices.yaml"),
    Row("deploy/base/audit-policy.yaml.j2", "deploy/base/audit-policy.yaml"),
    Row("deploy/base/deployment.yaml.j2", "deploy/base/deployment.yaml"),
    Row("deploy/base/disruptionbudget.yaml.j2", "deploy/base/disruptionbudget.yaml"),
    Row("deploy/base/kustomization.yaml.j2", "deploy/base/kustomization.yaml"),
    Row("deploy/base/namespace.yaml.j2", "deploy/base/namespace.yaml"),
    Row("deploy/base/networkpolicy.yaml.j2", "deploy/base/networkpolicy.yaml"),
    Row("deploy/base/rbac.yaml.j2", "deploy/base/rbac.yaml"),
    Row("deploy/base/roles.yaml.j2", "deploy/base/roles.yaml"),
    Row("deploy/base/service.yaml.j2", "deploy/base/service.yaml"),
    Row("deploy/components/backup/cronjob.yaml.j2", "deploy/components/backup/cronjob.yaml"),
    Row("deploy/components/backup/kustomization.yaml.j2", "deploy/components/backup/kustomization.yaml"),
    Row(
        "deploy/components/cert-manager/certificates.yaml.j2",
        "deploy/components/cert-manager/certificates.yaml",
    ),
    Row(
        "deploy/components/cert-manager/kustomization.yaml.j2",
        "deploy/components/cert-manager/kustomization.yaml",
    ),
    Row("deploy/components/certs/certs.yaml.j2", "deploy/components/certs/certs.yaml"),
    Row("deploy/components/certs/kustomization.yaml.j2", "deploy/components/certs/kustomization.yaml"),
    Row(
        "deploy/components/embedded-etcd/kustomization.yaml.j2",
        "deploy/components/embedded-etcd/kustomization.yaml",
    ),
    Row("deploy/components/embedded-etcd/volume.yaml.j2", "deploy/components/embedded-etcd/volume.yaml"),
    Row("deploy/components/etcd/kustomization.yaml.j2", "deploy/components/etcd/kustomization.yaml"),
    Row("deploy/components/etcd/networkpolicy.yaml.j2", "deploy/components/etcd/networkpolicy.yaml"),
    Row("deploy/components/etcd/statefulset.yaml.j2", "deploy/components/etcd/statefulset.yaml"),
    Row(
        "deploy/components/etcd-cert-manager/certificate.yaml.j2",
        "deploy/components/etcd-cert-manager/certificate.yaml",
    ),
    Row(
        "deploy/components/etcd-cert-manager/kustomization.yaml.j2",
        "deploy/components/etcd-cert-manager/kustomization.yaml",
    ),
    Row(
        "deploy/components/etcd-certs/kustomization.yaml.j2",
        "deploy/components/etcd-certs/kustomization.yaml",
    ),
    Row(
        "deploy/components/external-etcd/kustomization.yaml.j2",
        "deploy/components/external-etcd/kustomization.yaml",
    ),
    Row(
        "deploy/components/external-etcd/networkpolicy.yaml.j2",
        "deploy/components/external-etcd/networkpolicy.yaml",
    ),
    Row("deploy/components/monitoring/dashboard.json.j2", "deploy/components/monitoring/dashboard.json"),
    Row(
        "deploy/components/monitoring/kustomization.yaml.j2",
        "deploy/components/monitoring/kustomization.yaml",
    ),
    Row(
        "deploy/components/monitoring/servicemonitor.yaml.j2",
        "deploy/components/monitoring/servicemonitor.yaml",
    ),
    Row("deploy/overlays/dev/kustomization.yaml.j2", "deploy/overlays/dev/kustomization.yaml", SCAFFOLD),
    Row("deploy/overlays/etcd/kustomization.yaml.j2", "deploy/overlays/etcd/kustomization.yaml", SCAFFOLD),
    Row(
        "deploy/overlays/production/kustomization.yaml.j2",
        "deploy/overlays/production/kustomization.yaml",
        SCAFFOLD,
    ),
)
_IN = "deploy/chart/templates"
# The manifests again, as a Helm chart has them; some are there only where its values say so.
CHART = (
    Row("deploy/chart/Chart.yaml.j2", "deploy/chart/Chart.yaml"),
    Row("deploy/chart/values.yaml.j2", "deploy/chart/values.yaml"),
    Row("deploy/base/audit-policy.yaml.j2", "deploy/chart/files/audit-policy.yaml"),
    Row("deploy/components/monitoring/dashboard.json.j2", "deploy/chart/files/dashboard.json"),
    Row("deploy/chart/templates/checks.yaml.j2", f"{_IN}/checks.yaml"),
    Row("deploy/chart/templates/configmaps.yaml.j2", f"{_IN}/configmaps.yaml"),
    Row("deploy/base/apiservices.yaml.j2", f"{_IN}/apiservices.yaml"),
    Row("deploy/base/deployment.yaml.j2", f"{_IN}/deployment.yaml"),
    Row("deploy/base/disruptionbudget.yaml.j2", f"{_IN}/disruptionbudget.yaml"),
    Row("deploy/base/networkpolicy.yaml.j2", f"{_IN}/networkpolicy.yaml"),
    Row("deploy/base/rbac.yaml.j2", f"{_IN}/rbac.yaml"),
    Row("deploy/base/roles.yaml.j2", f"{_IN}/roles.yaml"),
    Row("deploy/base/service.yaml.j2", f"{_IN}/service.yaml"),
    Row("deploy/components/backup/cronjob.yaml.j2", f"{_IN}/backup.yaml", only_if=chart.BACKUP),
    Row(
        "deploy/components/cert-manager/certificates.yaml.j2",
        f"{_IN}/certificates.yaml",
        only_if=chart.CERT_MANAGER,
    ),
    Row("deploy/components/certs/certs.yaml.j2", f"{_IN}/certs.yaml", only_if=chart.CERTS),
    Row("deploy/components/embedded-etcd/volume.yaml.j2", f"{_IN}/volume.yaml", only_if=chart.EMBEDDED),
    Row(
        "deploy/components/etcd-cert-manager/certificate.yaml.j2",
        f"{_IN}/etcd-certificate.yaml",
        only_if=chart.ETCD_CERT_MANAGER,
    ),
    Row(
        "deploy/components/etcd/networkpolicy.yaml.j2",
        f"{_IN}/etcd-networkpolicy.yaml",
        only_if=chart.MEMBERS,
    ),
    Row("deploy/components/etcd/statefulset.yaml.j2", f"{_IN}/etcd.yaml", only_if=chart.MEMBERS),
    Row(
        "deploy/components/external-etcd/networkpolicy.yaml.j2",
        f"{_IN}/external-etcd.yaml",
        only_if=chart.EXTERNAL,
    ),
    Row(
        "deploy/components/monitoring/servicemonitor.yaml.j2",
        f"{_IN}/monitoring.yaml",
        only_if=chart.MONITORING,
    ),
)
GROUP = (
    Row("go/hub/types.go.j2", "internal/apis/{package}/types.go"),
    Row("go/hub/register.go.j2", "internal/apis/{package}/register.go"),
    Row("go/api/json.go.j2", "internal/apis/{package}/json.go", when="has_json"),
    Row("go/api/unknown.go.j2", "internal/apis/{package}/unknown.go", when="has_open"),
    Row("go/api/deepcopy.go.j2", "internal/apis/{package}/zz_generated.deepcopy.go"),
    Row("go/hub/install.go.j2", "internal/apis/{package}/install/install.go"),
    Row("go/hub/checker_test.go.j2", "internal/apis/{package}/install/checker_test.go"),
    Row("go/hub/differences_test.go.j2", "internal/apis/{package}/install/differences_test.go"),
    Row("go/hub/roundtrip_test.go.j2", "internal/apis/{package}/install/roundtrip_test.go"),
    Row("go/hub/rules_test.go.j2", "internal/apis/{package}/install/rules_test.go", when="has_rules"),
    Row("go/hub/trial_test.go.j2", "internal/apis/{package}/install/trial_test.go"),
)
VERSION = (
    Row("go/api/doc.go.j2", "api/{group}/{package}/doc.go"),
    Row("go/api/types.go.j2", "api/{group}/{package}/types.go"),
    Row("go/api/register.go.j2", "api/{group}/{package}/register.go"),
    Row("go/api/json.go.j2", "api/{group}/{package}/json.go", when="has_json"),
    Row("go/api/unknown.go.j2", "api/{group}/{package}/unknown.go", when="has_open"),
    Row("go/api/deepcopy.go.j2", "api/{group}/{package}/zz_generated.deepcopy.go"),
    Row("go/api/model_name.go.j2", "api/{group}/{package}/zz_generated.model_name.go"),
    Row("go/version/register.go.j2", "internal/apis/{group}/{package}/register.go"),
    Row("go/version/conversion.go.j2", "internal/apis/{group}/{package}/conversion.go"),
    Row("go/version/defaults.go.j2", "internal/apis/{group}/{package}/defaults.go", when="has_defaults"),
    Row("go/version/values.go.j2", "internal/apis/{group}/{package}/values.go", when="has_values"),
    Row("go/version/validation.go.j2", "internal/apis/{group}/{package}/validation.go"),
    Row("go/openapi/definitions.json.j2", "internal/openapi/{group}_{package}.json"),
)
KIND = (
    Row("go/registry/storage.go.j2", "internal/registry/{group}/{package}/storage.go"),
    Row("go/registry/strategy.go.j2", "internal/registry/{group}/{package}/strategy.go"),
    Row("go/registry/carried.go.j2", "internal/registry/{group}/{package}/carried.go", when="carries"),
    Row("go/registry/name.go.j2", "internal/registry/{group}/{package}/name.go", when="name_rules"),
    Row("go/registry/columns.go.j2", "internal/registry/{group}/{package}/columns.go"),
)
HOOK = {
    "prepare": Row("go/registry/prepare.go.j2", "internal/registry/{group}/{package}/prepare.go", SCAFFOLD),
    "validate": Row(
        "go/registry/validate.go.j2", "internal/registry/{group}/{package}/validate.go", SCAFFOLD
    ),
    "warnings": Row(
        "go/registry/warnings.go.j2", "internal/registry/{group}/{package}/warnings.go", SCAFFOLD
    ),
}
PLUGIN = (Row("go/admission/plugin.go.j2", "internal/admission/{file}.go", SCAFFOLD),)
DEFAULT_HOOK = (
    Row("go/version/default_hook.go.j2", "internal/apis/{group}/{version}/{package}_defaults.go", SCAFFOLD),
)
CONVERSION_HOOK = (
    Row("go/hub/conversion_hook.go.j2", "internal/apis/{group}/conversions/{file}_conversion.go", SCAFFOLD),
)
SAMPLE = (Row("project/sample.yaml.j2", "samples/{group}_{version}_{package}.yaml", when="served"),)


def plan(project: Project) -> tuple[PlannedFile, ...]:
    """Return every file of a project, sorted by path."""
    return tuple(sorted(_files(ProjectView(project)), key=lambda f: f.path))


def _files(view: ProjectView) -> Iterator[PlannedFile]:
    yield from _rows(PROJECT, "project", view, {"name": view.name, "kubernetes": view.kubernetes})
    if view.kinds:
        yield from _rows(DEPLOY, "deploy", DeployView(view.model), {})
        yield from _rows(CHART, "deploy", ChartView(view.model), {})
    for plugin in view.plugins:
        yield from _rows(PLUGIN, "plugin", plugin, {"file": plugin.file}, required=True)
    for hub in view.hubs:
        about = About(hub.group)
        yield from _rows(GROUP, "hub", hub, {"package": hub.package}, about)
        for version in hub.versions:
            words = {"group": hub.package, "package": version.package}
            yield from _rows(VERSION, "version", version, words, about._replace(version=version.name))
        for hook in hub.hooks:
            words = {"group": hub.package, "file": hook.file}
            yield from _rows(CONVERSION_HOOK, "hook", hook, words, about, required=True)
    for kind in view.kinds:
        yield from _kind_files(kind)


def _kind_files(kind: KindView) -> Iterator[PlannedFile]:
    words = {"group": kind.group_package, "package": kind.package}
    about = About(kind.group, "", kind.kind)
    yield from _rows(KIND, "kind", kind, words, about)
    hooks = tuple(HOOK[h] for h in kind.hooks if h in HOOK)
    yield from _rows(hooks, "kind", kind, words, about, required=True)
    for sample in kind.samples:
        mine, of = {**words, "version": sample.version}, about._replace(version=sample.version)
        yield from _rows(SAMPLE, "sample", sample, mine, of)
        if "default" in kind.hooks:
            yield from _rows(DEFAULT_HOOK, "sample", sample, mine, of, required=True)


def _rows(
    rows: tuple[Row, ...],
    called: str,
    view: Any,
    words: dict[str, str],
    about: About = PROJECT_WIDE,
    *,
    required: bool = False,
) -> Iterator[PlannedFile]:
    for row in rows:
        if row.when and not getattr(view, row.when):
            continue
        template = row.template.format(**words)
        given, name = _given(template, called, view)
        path = row.path.format(**words)
        yield PlannedFile(path, template, name, given, row.ownership, required, about, row.only_if)


def _given(template: str, called: str, view: Any) -> tuple[Any, str]:
    """Templates that serve versions and hubs alike call what they are given by one name."""
    if template == "go/api/deepcopy.go.j2":
        return view.copies, "copies"
    return view, "version" if template.startswith("go/api/") else called
