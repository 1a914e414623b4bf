"""Small specs for tests: texts of files become a project on disk, and the project its model or its problems."""

import itertools
import textwrap
from pathlib import Path

from apigen.load import load
from apigen.model import Kind, Project
from apigen.problems import Problem, SpecError
from apigen.resolve import resolve

PROJECT = 'apigen: 1\nname: edge\nmodule: example.com/edge\nkubernetes: "1.37"\n'

VERSIONS = {
    1: ("v1",),
    2: ("v1alpha1", "v1"),
    3: ("v1alpha1", "v1beta1", "v1"),
    4: ("v1alpha1", "v1beta1", "v1", "v2"),
}


def write(root: Path, files: dict[str, str], project: str = PROJECT) -> Path:
    """Write a project: `files` are resource files by name, without their ending. Returns `root`."""
    (root / "resources").mkdir(parents=True, exist_ok=True)
    (root / "apigen.yaml").write_text(project, encoding="utf-8")
    for name, text in files.items():
        (root / "resources" / f"{name}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    return root


def resolved(root: Path, **files: str) -> Project:
    """Return the model of a project of those resource files."""
    return resolve(load(write(root, files)))


def problems(root: Path, **files: str) -> tuple[Problem, ...]:
    """Return what is wrong with a project of those resource files."""
    try:
        resolved(root, **files)
    except SpecError as error:
        return error.problems
    return ()


def versions(
    *fields: str, rules: str = "", types: str = "", kind: str = "Thing", names: tuple[str, ...] = ()
) -> str:
    """Return a resource file: the root fields of each version as YAML, the last one stored.

    `rules`, in flow style, are those from each version to the next.
    """
    called = names or VERSIONS[len(fields)]
    text = f"apigen: 1\ngroup: shop.example.com\nkind: {kind}\n" + (f"types: {types}\n" if types else "")
    text += "versions:\n"
    for name, each in zip(called, fields, strict=True):
        stored = "true" if name == called[-1] else "false"
        text += f"  - name: {name}\n    storage: {stored}\n    fields: {each}\n"
    if len(fields) > 1:
        text += "conversions:\n"
        for one, other in itertools.pairwise(called):
            text += f"  - {{from: {one}, to: {other}, rules: [{rules}]}}\n"
    return text


def only_kind(project: Project) -> Kind:
    """Return the one kind of a project."""
    ((kind,),) = [group.kinds for group in project.groups]
    return kind
