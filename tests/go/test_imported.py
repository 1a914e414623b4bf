"""Imported definitions build: a sample of the corpus in one project, or all of it where APIGEN_CORPUS=all is set."""

import os
import tarfile
from pathlib import Path

import pytest
from conftest import ROOT, Run

from apigen import importing, pipeline
from apigen.crd.read import read

CORPUS = ROOT / "tests" / "corpus" / "corpus.tar.xz"
# Between them: versions and moves, types of Kubernetes and named ones, junctors, rules in CEL, odd names and formats.
SAMPLE = (
    "metallb.io_bgppeers.yaml",
    "testdata.kubebuilder.io_cronjobs.yaml",
    "testdata.kubebuilder.io_oneofs.yaml",
    "bar.example.com_foos.yaml",
    "kyverno.io_globalcontextentries.yaml",
    "grafana.integreatly.org_grafananotificationpolicies.yaml",
    "snapshot.storage.k8s.io_volumesnapshotcontents.yaml",
    "300-resolutionrequest.yaml",
)


def unpacked(folder: Path) -> list[str]:
    """The definitions of the corpus, one of each kind."""
    with tarfile.open(CORPUS) as archive:
        archive.extractall(folder, filter="data")
    kinds: dict[str, str] = {}
    for path in sorted((folder / "crds").rglob("*.yaml")):
        (definition,), _ = read(path.read_bytes(), path.name)
        kinds.setdefault(definition.name, path.relative_to(folder).as_posix())
    return list(kinds.values())


@pytest.mark.parametrize("which", ["all"] if os.environ.get("APIGEN_CORPUS") == "all" else ["sample"])
def test_imported_definitions_build(which: str, tmp_path: Path, run: Run) -> None:
    files = unpacked(tmp_path)
    if which == "sample":
        files = [file for file in files if file.rpartition("/")[2] in SAMPLE]
        assert len(files) == len(SAMPLE)
    (tmp_path / "apigen.yaml").write_text(
        'apigen: 1\nname: all\nmodule: example.com/all\nkubernetes: "1.37"\n'
    )
    importing.import_files(tmp_path, files, Path("resources"))
    pipeline.generate(tmp_path)
    assert run(tmp_path, "gofmt", "-l", "api", "internal", "cmd", "test") == ""
    run(
        tmp_path,
        "go",
        "vet",
        "./api/...",
        "./internal/apis/...",
        "./internal/registry/...",
        "./internal/server",
    )
