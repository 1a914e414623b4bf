"""Files -> Spec: reads the project file and all resource files.

Nothing here knows what the words mean together; that is resolve's. All problems of all files are reported at once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from apigen.problems import ApigenError, Problem, SpecError
from apigen.shape import validate
from apigen.source import Source, read
from apigen.spec import ProjectSpec, ResourceSpec, TypesSpec

Model = TypeVar("Model", bound=BaseModel)

PROJECT_FILE = "apigen.yaml"
RESOURCES = "resources"


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """What a file says, and the file, for the places in it."""

    spec: Model
    source: Source


@dataclass(frozen=True)
class Spec:
    """A whole project as people wrote it; files are in the order of their names."""

    project: Loaded[ProjectSpec]
    resources: tuple[Loaded[ResourceSpec], ...]
    types: tuple[Loaded[TypesSpec], ...]


def load(root: Path) -> Spec:
    """Read the spec below the folder `root`. Raises SpecError with every problem of shape in every file."""
    problems: list[Problem] = []
    paths = _resource_files(root)
    project = _file(root / PROJECT_FILE, PROJECT_FILE, problems, _project_file)
    resources: list[Loaded[Any]] = []
    for path in paths:
        loaded = _file(path, f"{RESOURCES}/{path.name}", problems, _resource_file)
        if loaded:
            resources.append(loaded)
    if project is not None and not paths:
        hint = "make one with `apigen add-resource KIND --group GROUP`"
        problems.append(project.source.problem((), f"the project has no resource file in {RESOURCES}/", hint))
    if problems or project is None:
        raise SpecError(problems)
    return Spec(
        project,
        tuple(r for r in resources if isinstance(r.spec, ResourceSpec)),
        tuple(r for r in resources if isinstance(r.spec, TypesSpec)),
    )


def _resource_files(root: Path) -> list[Path]:
    if not (root / PROJECT_FILE).is_file():
        raise ApigenError(
            f"there is no {PROJECT_FILE} in {root}",
            "run apigen in the folder of a project, or make one with `apigen init NAME`",
        )
    folder = root / RESOURCES
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))


def _file(path: Path, name: str, problems: list[Problem], parse: Any) -> Any:
    """Read and parse a file; add what is wrong to `problems`, and return None if anything is."""
    try:
        source = read(path, name)
        return parse(source)
    except SpecError as e:
        problems.extend(e.problems)
        return None


def _project_file(source: Source) -> Loaded[ProjectSpec]:
    return Loaded(validate(ProjectSpec, source), source)


def _resource_file(source: Source) -> Loaded[ResourceSpec] | Loaded[TypesSpec]:
    if "kind" in source.document or "versions" in source.document:
        return Loaded(validate(ResourceSpec, source), source)
    return Loaded(validate(TypesSpec, source), source)
