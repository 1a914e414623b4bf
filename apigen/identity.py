"""Names of the project, of groups, kinds and versions: what they may be, and that no two are the same."""

from collections.abc import Iterable

from apigen import names, upstream
from apigen.checks import Problems
from apigen.load import Loaded, Spec
from apigen.model import Path
from apigen.spec import ProjectSpec, ResourceSpec, VersionSpec

LABEL_HINT = "lower-case letters, digits and hyphens inside; at most 63 characters"


def check_project(problems: Problems, project: Loaded[ProjectSpec]) -> None:
    """Check the project file."""
    spec, source = project.spec, project.source
    if not names.LABEL.match(spec.name):
        problems.add(source, ("name",), f'"{spec.name}" is no DNS label', LABEL_HINT)
    if wrong := module_problem(spec.module):
        problems.add(source, ("module",), f'"{spec.module}" is no Go module path', wrong)
    if spec.kubernetes not in upstream.versions():
        problems.add(source, ("kubernetes",), f'this apigen cannot generate for Kubernetes "{spec.kubernetes}"',
            f"it can for {', '.join(upstream.versions())}")  # fmt: skip


def module_problem(module: str) -> str:
    """Return what is wrong with the path of a Go module, or nothing. Source: golang.org/x/mod/module.CheckPath."""
    if not names.MODULE.match(module) or ".." in module or any(p.endswith(".") for p in module.split("/")):
        return "such as example.com/edge: letters, digits, and - . _ ~ between slashes"
    if "." not in module.split("/")[0]:
        return "its first part is a domain with a dot, such as example.com"
    if any(p in ("internal", "vendor", "testdata") for p in module.split("/")) or len(module) > 200:
        return "internal, vendor and testdata have a meaning of their own, and 200 characters are enough"
    return ""


def group_problem(group: str) -> str:
    """Return what is wrong with the name of an API group, or nothing."""
    if not names.SUBDOMAIN.match(group) or len(group) > 253 or any(len(p) > 63 for p in group.split(".")):
        return "a DNS name in lower case, such as shop.example.com"
    if "." not in group:
        return (
            "groups without a dot belong to Kubernetes; use a domain that is yours, such as shop.example.com"
        )
    return ""


def check_resource(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    """Check the names in one resource file, and its versions."""
    spec, source = resource.spec, resource.source
    if wrong := group_problem(spec.group):
        problems.add(source, ("group",), f'"{spec.group}" cannot be an API group', wrong)
    if not names.KIND.match(spec.kind):
        problems.add(
            source,
            ("kind",),
            f'"{spec.kind}" cannot be a kind',
            "a capital first, then letters and digits; at most 63",
        )
    elif spec.kind in _TAKEN_KINDS or (
        spec.kind.endswith("List") and spec.names.list_kind is None and spec.kind == "List"
    ):
        problems.add(
            source,
            ("kind",),
            f'the kind "{spec.kind}" has a meaning of its own in every group',
            "choose another",
        )
    if spec.names.list_kind is not None and (
        not names.KIND.match(spec.names.list_kind) or spec.names.list_kind == spec.kind
    ):
        problems.add(
            source,
            ("names", "listKind"),
            f'"{spec.names.list_kind}" cannot be the kind of lists',
            f"such as {spec.kind}List",
        )
    labels: list[tuple[Path, str]] = [
        (("names", k), v)
        for k, v in (("plural", spec.names.plural), ("singular", spec.names.singular))
        if v is not None
    ]
    labels += [(("names", "shortNames", i), n) for i, n in enumerate(spec.names.short_names)]
    labels += [(("names", "categories", i), n) for i, n in enumerate(spec.names.categories)]
    for path, label in labels:
        if not names.LABEL.match(label):
            problems.add(source, path, f'"{label}" is no DNS label', LABEL_HINT)
    _check_versions(problems, resource)


# What metav1.AddToGroupVersion registers in every group, and Scale of autoscaling beside it.
_TAKEN_KINDS = frozenset(
    "List Status Scale WatchEvent ListOptions GetOptions DeleteOptions CreateOptions UpdateOptions PatchOptions ApplyOptions".split()
)


def _check_versions(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    spec, source = resource.spec, resource.source
    seen: set[str] = set()
    for i, version in enumerate(spec.versions):
        at: Path = ("versions", i)
        if not names.VERSION.match(version.name):
            problems.add(
                source,
                (*at, "name"),
                f'"{version.name}" is no API version',
                "such as v1, v1beta1 or v2alpha3",
            )
        if version.name in seen:
            problems.add(source, (*at, "name"), f"the version {version.name} is there twice", "leave out one")
        seen.add(version.name)
        if version.deprecation_warning is not None and not version.deprecated:
            problems.add(
                source,
                (*at, "deprecationWarning"),
                "a warning for a version that is not deprecated",
                "add `deprecated: true`",
                key=True,
            )
        if version.subresources.status and "status" not in version.fields:
            problems.add(
                source, (*at, "subresources", "status"), "there is no root field called status", key=True
            )
    storage = [i for i, v in enumerate(spec.versions) if v.storage]
    if not storage:
        problems.add(
            source, ("versions",), "no version is stored", "write `storage: true` at one version", key=True
        )
    for i in storage[1:]:
        first = spec.versions[storage[0]].name
        problems.add(
            source,
            ("versions", i, "storage"),
            f"{first} is stored already",
            "write `storage: true` at one version only",
            key=True,
        )
    if not any(v.served for v in spec.versions):
        problems.add(
            source,
            ("versions",),
            "no version is served",
            "leave out `served: false` at one version",
            key=True,
        )
    _check_same_status(problems, resource)


def _check_same_status(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    def has(v: VersionSpec) -> bool:
        return "status" in v.fields if v.subresources.status is None else v.subresources.status

    first = resource.spec.versions[0]
    for i, version in enumerate(resource.spec.versions):
        if has(version) != has(first):
            problems.add(resource.source, ("versions", i), f"{version.name} and {first.name} differ in the status subresource",
                "all versions share one store: all have it or none", key=True)  # fmt: skip


def check_identities(problems: Problems, spec: Spec) -> None:
    """Check that no two kinds of a group share a name."""
    taken: dict[tuple[str, str], str] = {}
    for resource in spec.resources:
        mine: set[str] = set()
        for path, name in _names(resource.spec):
            key = (resource.spec.group, name.lower())
            other = taken.get(key, "")
            if other and other != resource.source.file:
                problems.add(
                    resource.source,
                    path,
                    f'"{name}" is taken by {other}',
                    "every kind of a group needs names of its own",
                )
            elif name.lower() in mine and path[:2] == ("names", "shortNames"):
                problems.add(
                    resource.source, path, f'"{name}" is a name of this kind already', "leave it out"
                )
            mine.add(name.lower())
            taken.setdefault(key, resource.source.file)
    groups = {r.spec.group for r in spec.resources}
    for types in spec.types:
        if types.spec.group not in groups:
            problems.add(
                types.source,
                ("group",),
                f"no kind is in the group {types.spec.group}",
                "types are shared by the kinds of their group",
            )


def _names(spec: ResourceSpec) -> Iterable[tuple[Path, str]]:
    plural = spec.names.plural or names.plural(spec.kind)
    singular = spec.names.singular or spec.kind.lower()
    yield ("kind",), spec.kind
    yield (
        ("names", "listKind") if spec.names.list_kind else ("kind",)
    ), spec.names.list_kind or spec.kind + "List"
    yield ("names", "plural") if spec.names.plural else ("kind",), plural
    if singular not in (plural, spec.kind.lower()):
        yield ("names", "singular"), singular
    for i, name in enumerate(spec.names.short_names):
        yield ("names", "shortNames", i), name
