"""Names of the project, of groups, kinds and versions: what they may be, and that no two are the same."""

from collections.abc import Iterator

from apigen import names, upstream
from apigen.checks import Problems
from apigen.diffcodes import BREAKING
from apigen.load import Loaded, Spec
from apigen.model import Path
from apigen.source import Source
from apigen.spec import NamesSpec, ProjectSpec, ResourceSpec, VersionSpec
from apigen.words import choices, nearest, quoted

LABEL_HINT = "lower-case letters, digits and hyphens inside; at most 63 characters"
_KIND_HINT = "a capital letter first, then letters and digits; at most 63"
# What metav1.AddToGroupVersion registers in every group, and Scale of autoscaling beside it.
_OPTIONS = frozenset(
    f"{verb}Options" for verb in ("List", "Get", "Delete", "Create", "Update", "Patch", "Apply")
)
# A CronJob of the manifests is called NAME-backup, and may have 52 characters, for its pods have more in their names.
_LONGEST_NAME = 45
# A folder beside those of versions, and what is no folder everywhere.
_TAKEN_VERSIONS = names.DEVICES | {"install"}
_TAKEN_KINDS = _OPTIONS | {"List", "Status", "Scale", "WatchEvent"}


def unknown_minor(minor: str) -> str:
    """Return what is wrong with a minor of Kubernetes that is not among those that are known."""
    return f"this apigen cannot generate for Kubernetes {quoted(minor)}"


def known_minors() -> str:
    """Return the hint for it."""
    return f"it can for {', '.join(upstream.versions())}"


def check_project(problems: Problems, project: Loaded[ProjectSpec]) -> None:
    """Check the project file."""
    spec, source = project.spec, project.source
    _check_label(problems, source, ("name",), spec.name)
    if names.LABEL.match(spec.name) and not spec.name[0].isalpha():
        message = f"{quoted(spec.name)} does not begin with a letter"
        problems.add(source, ("name",), message, "a Service is called by it, and their names do")
    elif spec.name == "kube":
        message = "the manifests would be for the namespace kube-system"
        problems.add(source, ("name",), message, "choose another name")
    elif names.LABEL.match(spec.name) and len(spec.name) > _LONGEST_NAME:
        message = f"the name has {len(spec.name)} characters; {_LONGEST_NAME} are the most"
        problems.add(
            source, ("name",), message, "names in the manifests are longer by up to 12, and 63 is the most"
        )
    if wrong := module_problem(spec.module):
        problems.add(source, ("module",), f"{quoted(spec.module)} is no Go module path", wrong)
    if spec.kubernetes not in upstream.versions():
        problems.add(source, ("kubernetes",), unknown_minor(spec.kubernetes), known_minors())
    files: set[str] = set()
    for i, name in enumerate(spec.admission):
        if not names.KIND.match(name) or name.lower() in ("plugins", *names.DEVICES):
            hint = "a capital letter first, then letters and digits; not Plugins"
            problems.add(source, ("admission", i), f"{quoted(name)} cannot be the name of a plugin", hint)
        elif name.lower() in files:
            problems.add(source, ("admission", i), f"there are two plugins {quoted(name)}", "rename one")
        files.add(name.lower())
    _check_allowed(problems, project)


def _check_allowed(problems: Problems, project: Loaded[ProjectSpec]) -> None:
    for i, entry in enumerate(project.spec.diff.allow):
        if entry.change not in BREAKING:
            message = f"there is no breaking change {quoted(entry.change)}"
            hint = choices(entry.change, BREAKING, "changes")
            problems.add(project.source, ("diff", "allow", i, "change"), message, hint)


def _check_label(problems: Problems, source: Source, path: Path, label: str) -> None:
    if not names.LABEL.match(label):
        problems.add(source, path, f"{quoted(label)} is no DNS label", LABEL_HINT)
    elif label in names.DEVICES:
        problems.add(source, path, f'"{label}" is a device on Windows', "choose another name")


def module_problem(module: str) -> str:
    """Return what is wrong with the path of a Go module, or nothing. Source: x/mod/module.CheckPath."""
    parts = module.split("/")
    if len(module) > 200:
        return "at most 200 characters"
    if not names.MODULE.match(module) or ".." in module or any(p.endswith(".") for p in parts):
        return "such as example.com/edge: letters, digits, and - . _ ~ between slashes"
    if "." not in parts[0]:
        return "its first part is a domain with a dot, such as example.com"
    if any(p in ("internal", "vendor", "testdata") for p in parts):
        return "internal, vendor and testdata mean something to Go"
    return ""


def group_problem(group: str) -> str:
    """Return what is wrong with the name of an API group, or nothing."""
    too_long = len(group) > 253 or any(len(p) > 63 for p in group.split("."))
    if too_long or not names.SUBDOMAIN.match(group):
        return "a DNS name in lower case, such as shop.example.com"
    if "." not in group:
        return "names without a dot are Kubernetes' own; use a domain of yours, such as shop.example.com"
    return ""


def check_resource(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    """Check the names in one resource file, and its versions."""
    spec, source = resource.spec, resource.source
    if wrong := group_problem(spec.group):
        problems.add(source, ("group",), f"{quoted(spec.group)} cannot be an API group", wrong)
    if not names.KIND.match(spec.kind):
        problems.add(source, ("kind",), f"{quoted(spec.kind)} cannot be a kind", _KIND_HINT)
    elif spec.kind in _TAKEN_KINDS:
        message = f'"{spec.kind}" means something in every group already'
        problems.add(source, ("kind",), message, "choose another kind")
    else:
        _check_names(problems, source, spec.kind, spec.names)
    _check_versions(problems, resource)
    _check_storage(problems, resource)
    _check_same_status(problems, resource)


def _check_names(problems: Problems, source: Source, kind: str, given: NamesSpec) -> None:
    """Check what the resource is called besides its kind."""
    listed = given.list_kind
    if listed is not None and (not names.KIND.match(listed) or listed == kind or listed in _TAKEN_KINDS):
        message = f"{quoted(listed)} cannot be the kind of lists"
        problems.add(source, ("names", "listKind"), message, f"such as {kind}List")
    labels: list[tuple[Path, str]] = [
        (("names", "plural"), given.plural or ""),
        (("names", "singular"), given.singular or ""),
    ]
    labels = [(path, label) for path, label in labels if getattr(given, str(path[1])) is not None]
    labels += [(("names", "shortNames", i), name) for i, name in enumerate(given.short_names)]
    labels += [(("names", "categories", i), name) for i, name in enumerate(given.categories)]
    for path, label in labels:
        _check_label(problems, source, path, label)
    if given.plural is None and len(names.plural(kind)) > 63:
        message = f'the plural "{names.plural(kind)}" has more than 63 characters'
        problems.add(source, ("kind",), message, "give a shorter one: `names: {plural: ...}`")


def _check_versions(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    spec, source = resource.spec, resource.source
    seen: set[str] = set()
    for i, version in enumerate(spec.versions):
        at: Path = ("versions", i)
        if not names.VERSION.match(version.name) or version.name in _TAKEN_VERSIONS:
            message, hint = f"{quoted(version.name)} is no API version", "such as v1, v1beta1 or v2alpha3"
            problems.add(source, (*at, "name"), message, hint)
        elif version.name in seen:
            problems.add(source, (*at, "name"), f"the version {version.name} is there twice", "leave out one")
        seen.add(version.name)
        if version.deprecation_warning is not None and not version.deprecated:
            message = "a warning for a version that is not deprecated"
            place = (*at, "deprecationWarning")
            problems.add(source, place, message, "add `deprecated: true`", key=True)
        if version.subresources.status and "status" not in version.fields:
            message, hint = "there is no root field called status", "add it to `fields:`, or leave this out"
            problems.add(source, (*at, "subresources", "status"), message, hint, key=True)


def _check_storage(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    """Check that exactly one version is stored, and that one is served."""
    spec, source = resource.spec, resource.source
    stored = [(i, v) for i, v in enumerate(spec.versions) if v.storage]
    if not stored:
        message, hint = "no version is stored", "write `storage: true` at one version"
        problems.add(source, ("versions",), message, hint, key=True)
    for i, _ in stored[1:]:
        message = f"objects are stored in {stored[0][1].name} already"
        hint = "write `storage: true` at one version only"
        problems.add(source, ("versions", i, "storage"), message, hint, key=True)
    if not any(v.served for v in spec.versions):
        hint = "leave out `served: false` at one version"
        problems.add(source, ("versions",), "no version is served", hint, key=True)


def has_status(version: VersionSpec) -> bool:
    """Whether a version has the status subresource."""
    wanted = version.subresources.status
    return "status" in version.fields if wanted is None else wanted


def _check_same_status(problems: Problems, resource: Loaded[ResourceSpec]) -> None:
    first = resource.spec.versions[0]
    for i, version in enumerate(resource.spec.versions):
        if has_status(version) != has_status(first):
            one, other = (version, first) if has_status(version) else (first, version)
            message = f"{one.name} has the status subresource and {other.name} has not"
            hint = "all versions share one store: all have it or none"
            problems.add(resource.source, ("versions", i), message, hint, key=True)


def check_identities(problems: Problems, spec: Spec) -> None:
    """Check that no two kinds of a group share a name, and no two of its shared files a type."""
    taken: dict[tuple[str, str], str] = {}
    for resource in spec.resources:
        file = resource.source.file
        mine: set[str] = set()
        said: set[Path] = set()
        for path, what, name in _names(resource.spec):
            other = taken.setdefault((resource.spec.group, name.lower()), file)
            if other != file and path not in said:
                hint = "every kind of a group needs names of its own"
                problems.add(resource.source, path, f"{what} {quoted(name)} is taken by {other}", hint)
                said.add(path)
            elif path[:2] == ("names", "shortNames") and name in mine:
                message = f'"{name}" is a name of this kind already'
                problems.add(resource.source, path, message, "leave it out")
            mine.add(name.lower())
    _check_shared(problems, spec)


def _names(spec: ResourceSpec) -> Iterator[tuple[Path, str, str]]:
    """Yield what a kind is called in its group: where the spec says so, what kind of name it is, the name."""
    given = spec.names
    yield ("kind",), "the kind", spec.kind
    yield ("names", "listKind") if given.list_kind else ("kind",), "the kind of lists", spec.list_kind
    yield ("names", "plural") if given.plural else ("kind",), "the plural", spec.plural
    if given.singular:
        yield ("names", "singular"), "the singular", given.singular
    for i, name in enumerate(given.short_names):
        yield ("names", "shortNames", i), "the short name", name
    yield ("kind",), "the Go package", names.package(spec.kind)


def _check_shared(problems: Problems, spec: Spec) -> None:
    groups = sorted({r.spec.group for r in spec.resources})
    declared: dict[tuple[str, str], str] = {}
    for types in spec.types:
        group, source = types.spec.group, types.source
        if group not in groups:
            hint = nearest(group, groups) or "types are shared by the kinds of their group"
            problems.add(source, ("group",), f"no kind is in the group {quoted(group)}", hint)
        for name in types.spec.types:
            other = declared.setdefault((group, name), source.file)
            if other != source.file:
                message = f"the type {quoted(name)} is declared in {other} already"
                problems.add(source, ("types", name), message, "leave out one of the two", key=True)
