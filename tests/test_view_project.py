"""What the templates of the whole project are given."""

from pathlib import Path

import pytest
from specs import resolved

from apigen.view_project import ProjectView


@pytest.mark.parametrize(
    ("storage", "unserved", "spoken"),
    [
        ("v1", [], "v1"),
        ("v1alpha1", [], "v1alpha1"),
        ("v1alpha1", ["v1alpha1"], "v1"),
        ("v1", ["v1"], "v1beta1"),
    ],
)
def test_a_migration_speaks_the_storage_version_if_it_can(
    tmp_path: Path, storage: str, unserved: list[str], spoken: str
) -> None:
    names = ["v1alpha1", "v1beta1", "v1"]
    versions = [
        f"{{name: {n}, storage: {str(n == storage).lower()}, served: {str(n not in unserved).lower()}, fields: {{}}}}"
        for n in names
    ]
    conversions = ", ".join(f"{{from: {old}, to: v1}}" for old in names[:2])
    kind = f"apigen: 1\ngroup: g.example.com\nkind: Some\nversions: [{', '.join(versions)}]\n"
    view = ProjectView(resolved(tmp_path, some=f"{kind}conversions: [{conversions}]\n"))
    assert view.stored_kinds == f'\n\t{{"g.example.com", "somes", "Some", "{storage}", "{spoken}"}},\n'
