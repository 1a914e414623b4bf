"""`init` and `add-resource`: the first files of a spec. Whatever is there already stays as it is."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from apigen import identity, names, scalars, upstream
from apigen.checks import Problems
from apigen.load import PROJECT_FILE, RESOURCES, Loaded
from apigen.problems import ApigenError, SpecError, UsageError
from apigen.render import environment
from apigen.source import parse, read
from apigen.spec import ResourceSpec, VersionSpec

_IGNORE = ".gitignore"
_IGNORED = ("/bin/", "/.apigen/", "*.edited*")


@dataclass(frozen=True)
class NewProject:
    """What the template of a project file is given."""

    name: str
    module: str
    kubernetes: str


@dataclass(frozen=True)
class NewResource:
    """What the template of a resource file is given: names as they are, and quoted where YAML needs it.

    `earlier` is a version that could have come before.
    """

    group: str
    kind: str
    quoted_group: str
    quoted_kind: str
    plural: str
    version: str
    earlier: str
    scope: str

    @property
    def short_name(self) -> str:
        """An abbreviation as people make them, which is no other name of the kind."""
        return self.kind[0].lower() + "x"


def server_name(base: Path, name: str) -> str:
    """Return what a new project in the folder `name` of `base` is called; `.` takes the name of `base`.

    Raises UsageError if that cannot be the name of a server.
    """
    found = base.resolve().name if name == "." else name
    if names.LABEL.match(found) and found not in names.DEVICES:
        return found
    if name != ".":
        raise UsageError(f'"{name}" cannot be the name of a server', identity.LABEL_HINT)
    message = f'the folder is called "{found}", which cannot be the name of a server'
    raise UsageError(message, f"rename it ({identity.LABEL_HINT}), or make another: apigen init NAME")


def check_module(module: str) -> str:
    """Return `module`. Raises UsageError if it is no path of a Go module."""
    if wrong := identity.module_problem(module):
        raise UsageError(f'"{module}" is no Go module path', wrong)
    return module


def init(folder: Path, name: str, module: str, kubernetes: str = "") -> Iterator[str]:
    """Make `folder` a project; yield a line about each file. An empty minor means the newest.

    Raises UsageError for what cannot be generated, ApigenError if there is a project or no room for one.
    """
    kubernetes = kubernetes or upstream.versions()[-1]
    if kubernetes not in upstream.versions():
        raise UsageError(identity.unknown_minor(kubernetes), identity.known_minors())
    project = NewProject(_scalar(name), _scalar(check_module(module)), kubernetes)
    if (folder / PROJECT_FILE).exists():
        raise ApigenError(
            f"{folder / PROJECT_FILE} exists", "the folder is a project already; edit that file"
        )
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        raise ApigenError(f"{folder} is there, and it is no folder", "choose another name") from None
    if _create(folder / _IGNORE, "\n".join(_IGNORED) + "\n"):
        yield f"created {folder / _IGNORE}"
    elif missing := _not_ignored(folder / _IGNORE):
        yield f"kept {folder / _IGNORE}, which should also have: {' '.join(missing)}"
    if not _create(folder / PROJECT_FILE, _text("project", project)):
        raise ApigenError(f"{folder / PROJECT_FILE} is in the way", "move it away")
    yield f"created {folder / PROJECT_FILE}"


def add_resource(root: Path, kind: str, group: str, version: str, *, cluster_scoped: bool = False) -> Path:
    """Write a resource file for a new kind and return its path.

    Raises UsageError for names that cannot be and for a kind that is there already.
    """
    if not (root / PROJECT_FILE).is_file():
        raise ApigenError(
            f"there is no {PROJECT_FILE} in {root}",
            "run apigen in a project, or make one with `apigen init NAME`",
        )
    _check(kind, group, version)
    for path, known in kinds(root / RESOURCES).items():
        if known == (group, kind):
            hint = "another version of it goes into that file, under `versions`"
            raise UsageError(f"{kind} of {group} is there already: {path}", hint)
    earlier = "v1alpha1" if version == "v1beta1" else "v1beta1"
    scope = "Cluster" if cluster_scoped else "Namespaced"
    new = NewResource(group, kind, _scalar(group), _scalar(kind), names.plural(kind), version, earlier, scope)
    folder = root / RESOURCES
    folder.mkdir(exist_ok=True)
    first_label = group.split(".")[0]
    for name in (f"{kind.lower()}.yaml", f"{kind.lower()}.{first_label}.yaml"):
        if _create(folder / name, _text("resource", new)):
            return folder / name
    raise UsageError(f"{folder / name} exists too", "rename one of the files; their names are free")


def _check(kind: str, group: str, version: str) -> None:
    """Let the checks of a spec say what is wrong with names, before there is a file to point at."""
    problems = Problems()
    spec = ResourceSpec(
        apigen=1, group=group, kind=kind, versions=[VersionSpec(name=version, storage=True, fields={})]
    )
    identity.check_resource(problems, Loaded(spec, parse(b"apigen: 1", "")))
    try:
        problems.check()
    except SpecError as error:
        first = error.problems[0]
        raise UsageError(first.message, first.hint) from None


def kinds(folder: Path) -> dict[Path, tuple[object, object]]:
    """Return the group and kind in each resource file of a folder. A file that cannot be read is no hindrance."""
    found: dict[Path, tuple[object, object]] = {}
    for path in sorted(folder.glob("*.y*ml")):
        with suppress(ApigenError):
            document = read(path, path.name).document
            found[path] = (document.get("group"), document.get("kind"))
    return found


def _text(template: str, given: NewProject | NewResource) -> str:
    return environment().get_template(f"spec/{template}.yaml.j2").render(new=given)


def _scalar(text: str) -> str:
    """A text as a YAML scalar: quoted where a reader could take it for something else."""
    return text if scalars.plain(text) == text else json.dumps(text)


def _create(path: Path, text: str) -> bool:
    """Write a new file; say whether there was none. A link that leads nowhere counts as one."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _not_ignored(path: Path) -> list[str]:
    """What a .gitignore that somebody else wrote does not have, with or without its slashes."""
    with suppress(OSError, UnicodeDecodeError):
        has = {line.strip().strip("/") for line in path.read_text(encoding="utf-8").splitlines()}
        return [line for line in _IGNORED if line.strip("/") not in has]
    return list(_IGNORED)
