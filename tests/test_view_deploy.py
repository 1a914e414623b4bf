"""What the manifests of an installation are given."""

import re
from pathlib import Path

import pytest
from specs import resolved, versions

from apigen.minors import MINORS
from apigen.render import template_folder
from apigen.view_deploy import DeployView


@pytest.mark.parametrize("minor", MINORS)
def test_the_etcd_that_is_installed_is_the_one_in_the_binary(minor: str) -> None:
    modules = (template_folder() / "modules" / minor / "go.mod.j2").read_text()
    found = re.search(r"go\.etcd\.io/etcd/server/v3 v(\S+)", modules)
    assert found
    assert found[1] == MINORS[minor].etcd


def test_preferred_versions_come_first(tmp_path: Path) -> None:
    names = ["v1alpha1", "v2", "v1", "v1beta1", "v2beta3"]
    spec = versions(*["{spec: {fields: {a: string}}}"] * len(names), names=names)
    view = DeployView(resolved(tmp_path, some=spec))
    served = [one.version for one in view.services]
    assert served == ["v2", "v1", "v2beta3", "v1beta1", "v1alpha1"]
    priorities = [one.version_priority for one in view.services]
    assert priorities == sorted(priorities, reverse=True)
    assert len(set(priorities)) == len(priorities)
    assert {one.group_priority for one in view.services} == {1000}


def test_members_and_endpoints(tmp_path: Path) -> None:
    view = DeployView(resolved(tmp_path, some=versions("{spec: {fields: {a: string}}}")))
    first = f"{view.name}-etcd-0"
    assert view.etcd_members.startswith(
        f"{first}=https://{first}.{view.name}-etcd.{view.namespace}.svc:2380,"
    )
    assert len(view.etcd_endpoints.split(",")) == 3
