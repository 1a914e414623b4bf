"""Real definitions: each of the corpus is imported and generated, and nothing is lost without a word."""

import io
import resource
import tarfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from crdschema import differences

from apigen import importing, pipeline
from apigen.crd.convert import Imported, convert
from apigen.crd.node import Definition
from apigen.crd.read import Skipped, read
from apigen.crd.settle import resolved
from apigen.problems import SpecError
from apigen.source import parse

CORPUS = Path(__file__).parent / "corpus" / "corpus.tar.xz"
SECONDS, MEGABYTES = 10, 500


@cache
def corpus() -> dict[str, bytes]:
    """The files of the corpus by their paths in it."""
    with tarfile.open(CORPUS) as archive:
        return {m.name: read_member(archive, m) for m in archive.getmembers() if m.isfile()}


def read_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def names(folder: str) -> list[str]:
    return sorted(name for name in corpus() if name.startswith(f"{folder}/"))


CRDS, NEGATIVE, MULTIDOC = names("crds"), names("negative"), names("multidoc")


@cache
def imported(name: str) -> Imported:
    (definition,), _ = read(corpus()[name], name)
    return convert(definition)


def lost_paths(done: Imported) -> set[tuple[str | int, ...]]:
    return {one.path for one in done.not_carried}


def schemas(definition: Definition) -> Iterator[tuple[int, str, dict[str, object]]]:
    for i, version in enumerate(definition.spec["versions"]):
        yield i, version["name"], (version.get("schema") or {}).get("openAPIV3Schema") or {}


def test_the_corpus_is_whole() -> None:
    assert (len(CRDS), len(NEGATIVE), len(MULTIDOC)) == (105, 6, 2)


@pytest.mark.parametrize("name", CRDS)
def test_import_resolves(name: str) -> None:
    project = resolved(parse(imported(name).text.encode(), "resource.yaml"))
    (group,) = project.groups
    assert group.name == imported(name).definition.spec["group"]


@pytest.mark.parametrize("name", CRDS)
def test_nothing_is_lost_in_silence(name: str) -> None:
    """Every keyword of every schema is published by the server, or named as not carried; and nothing is added."""
    done = imported(name)
    project = resolved(parse(done.text.encode(), "resource.yaml"))
    lost = lost_paths(done)
    silent = []
    for i, version, schema in schemas(done.definition):
        for path, what in differences(schema, project, version):
            at = ("spec", "versions", i, "schema", "openAPIV3Schema", *path)
            if not any(at[:n] in lost for n in range(len(at) + 1)):
                silent.append((at, what))
    assert silent == []


@pytest.mark.parametrize("name", CRDS)
def test_what_stands_beside_the_schemas_is_carried_or_named(name: str) -> None:
    done = imported(name)
    written = parse(done.text.encode(), "resource.yaml").document
    lost = lost_paths(done)
    spec = done.definition.spec
    assert (written["group"], written["kind"]) == (spec["group"], spec["names"]["kind"])
    assert written.get("scope", "Namespaced") == spec["scope"]
    said = written.get("names", {})
    short = [
        n
        for i, n in enumerate(spec["names"].get("shortNames") or ())
        if ("spec", "names", "shortNames", i) not in lost
    ]
    assert said.get("shortNames", []) == short
    assert said.get("categories", []) == (spec["names"].get("categories") or [])
    for i, (mine, theirs) in enumerate(zip(spec["versions"], written["versions"], strict=True)):
        assert mine["name"] == theirs["name"]
        for key, usual in (("served", True), ("storage", False), ("deprecated", False)):
            assert mine.get(key, usual) == theirs.get(key, usual)
        for key in ("additionalPrinterColumns", "selectableFields"):
            rows = [
                r for j, r in enumerate(mine.get(key) or ()) if ("spec", "versions", i, key, j) not in lost
            ]
            kept = [{k: v for k, v in row.items() if v not in ("", 0)} for row in rows]
            assert theirs.get(key, []) == kept
        scale = (mine.get("subresources") or {}).get("scale")
        assert theirs.get("subresources", {}).get("scale") == scale


@pytest.mark.parametrize("name", CRDS)
def test_import_twice_gives_the_same_bytes(name: str) -> None:
    (definition,), _ = read(corpus()[name], name)
    again = convert(definition)
    assert (again.text, again.not_carried) == (imported(name).text, imported(name).not_carried)


@pytest.mark.parametrize("name", CRDS)
def test_differing_versions_have_a_rule_for_each_difference(name: str) -> None:
    """The spec resolves, so every field has a home; and each rule in the file is one that the report names."""
    done = imported(name)
    written = parse(done.text.encode(), "resource.yaml").document
    rules = sum(_rules(c.get("rules", ())) for c in written.get("conversions", ()))
    assert rules == len(done.proposals)
    assert all(p.why for p in done.proposals)


def _rules(rules: object) -> int:
    count = 0
    for rule in rules:  # type: ignore[attr-defined]
        if "rules" in rule:
            count += _rules(rule["rules"])
        else:
            ends = [rule[k] for k in ("from", "to") if k in rule]
            count += len(ends[0]) if isinstance(ends[0], list) else 1
    return count


def test_one_project_of_all(tmp_path: Path) -> None:
    """All of the corpus in one project: no name of one kind is in the way of another's."""
    known: set[tuple[str, str]] = set()
    files = []
    for name in CRDS:
        spec = imported(name).definition.spec
        if (kind := (spec["group"], spec["names"]["kind"])) not in known:
            known.add(kind)
            files.append(name)
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(corpus()[name])
    (tmp_path / "apigen.yaml").write_text(
        'apigen: 1\nname: all\nmodule: example.com/all\nkubernetes: "1.37"\n'
    )
    found = importing.import_files(tmp_path, files, Path("resources"))
    assert len(found.accounts) == len(files) == len(list((tmp_path / "resources").iterdir()))
    assert len(pipeline.rendered(tmp_path)) > 1000


NAMED = {
    "linkerd": "the file looks like a Helm template",
    "kserve": "it looks like a patch for kustomize",
    "cluster-api": "it looks like a patch for kustomize",
    "kueue": "it looks like a patch for kustomize",
    "tilt": "apiextensions.k8s.io/v1beta1 is gone since Kubernetes 1.22",
}


@pytest.mark.parametrize("name", NEGATIVE)
def test_what_is_no_definition_is_refused_by_name(name: str) -> None:
    with pytest.raises(SpecError) as refused:
        for definition in read(corpus()[name], name)[0]:
            convert(definition)
    (problem,) = refused.value.problems
    assert (
        problem.message.endswith(next(text for word, text in NAMED.items() if word in name))
        or "Helm" in problem.message
    )
    assert problem.hint
    assert problem.position.file == name and problem.source


@pytest.mark.parametrize("name", MULTIDOC)
def test_bundles_are_split(name: str) -> None:
    definitions, skipped = read(corpus()[name], name)
    assert len(definitions) == corpus()[name].count(b"kind: CustomResourceDefinition\n")
    assert skipped == []
    kinds = [resolved(parse(convert(d).text.encode(), "r")).groups[0].kinds[0].kind for d in definitions]
    assert kinds == [d.spec["names"]["kind"] for d in definitions]


def test_other_kinds_are_named_and_skipped() -> None:
    text = io.BytesIO()
    text.write(
        b"kind: ConfigMap\napiVersion: v1\n---\n" + corpus()[MULTIDOC[1]] + b"\n---\nkind: Secret\n---\n"
    )
    definitions, skipped = read(text.getvalue(), "bundle.yaml")
    assert len(definitions) == 2
    assert [s.what for s in skipped] == ["ConfigMap", "Secret"]
    assert all(isinstance(s, Skipped) and s.position.file == "bundle.yaml" for s in skipped)


def test_the_largest_takes_little() -> None:
    largest = max(CRDS, key=lambda name: len(corpus()[name]))
    start = time.monotonic()
    (definition,), _ = read(corpus()[largest], largest)
    convert(definition)
    assert time.monotonic() - start < SECONDS
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < MEGABYTES * 2
    )  # with all the other tests in it
