"""Real definitions as judges: imported, generated and served, they take the objects that their projects show as good,
give them back as they were sent, and refuse those that are not. A sample, or the whole corpus with APIGEN_CORPUS=all.
"""

import csv
import io
import os
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiclient import Object, Resource
from ruamel.yaml import YAML
from servers import MINOR, ROOT, Standalone, short_folder

from apigen import importing, pipeline
from apigen.crd.read import read

CORPUS = ROOT / "tests" / "corpus"
ALL = os.environ.get("APIGEN_CORPUS") == "all"
SAMPLE = (
    "grafana.integreatly.org_grafanamutetimings.yaml",
    "grafana.integreatly.org_grafananotificationpolicies.yaml",
    "ingressroutetcps.traefik.io.yaml",
    "kwok.x-k8s.io_clusterexecs.yaml",
    "kwok.x-k8s.io_stages.yaml",
    "dnsendpoints.externaldns.k8s.io.yaml",
    "300-resolutionrequest.yaml",
    "metallb.io_bgppeers.yaml",
    "keda.sh_scaledobjects.yaml",
    "kyverno.io_globalcontextentries.yaml",
    "apiextensions.crossplane.io_environmentconfigs.yaml",
    "secrets-store.csi.x-k8s.io_secretproviderclasses.yaml",
)
# What a server of Go types cannot refuse, or does not: a null is absent, and a creation drops the status.
LENIENT = ("None is not of type", "status/")
# One is good but for its rule in CEL, which the judge did not ask; one has no spec, which is {} here.
STRICT = (
    "volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io-v1beta2-5",
    "updaterequests.kyverno.io-v2-1",
)
# What their definitions keep beside fields is not carried, and `apigen import` says so.
PRUNED = ("sidecarsets.apps.kruise.io", "targetallocators.opentelemetry.io")


@pytest.fixture(scope="module")
def corpus() -> Iterator[tuple[Path, Standalone]]:
    folder = short_folder()
    for archive in ("corpus.tar.xz", "samples.tar.xz"):
        with tarfile.open(CORPUS / archive) as opened:
            opened.extractall(folder, filter="data")
    kinds: dict[str, str] = {}
    for path in sorted((folder / "crds").rglob("*.yaml")):
        if ALL or path.name in SAMPLE:
            (found,), _ = read(path.read_bytes(), path.name)
            kinds.setdefault(found.name, path.relative_to(folder).as_posix())
    assert ALL or len(kinds) == len(SAMPLE)
    (folder / "apigen.yaml").write_text(
        f'apigen: 1\nname: all\nmodule: example.com/all\nkubernetes: "{MINOR}"\n'
    )
    importing.import_files(folder, list(kinds.values()), Path("resources"))
    pipeline.generate(folder)
    command = ["go", "build", "-buildvcs=false", "-o", "server", "./cmd/..."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    server = Standalone(folder / "server", folder / "run")
    yield folder, server
    server.stop()
    shutil.rmtree(folder)


def loaded(path: Path) -> Object:
    """An object as kubectl reads it."""
    yaml = YAML(typ="safe")
    yaml.version = (1, 1)  # type: ignore[assignment]
    yaml.constructor.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
    found: Object = yaml.load(path)
    return found


def test_samples(corpus: tuple[Path, Standalone]) -> None:
    folder, server = corpus
    rows = csv.DictReader(io.StringIO((folder / "SAMPLES.tsv").read_text()), delimiter="\t")
    seen: Counter[str] = Counter()
    wrong = []
    for row in rows:
        if ALL or row["crd"].rpartition("/")[2] in SAMPLE:
            seen[row["schema_check"]] += 1
            wrong += judged(server, folder / row["file"], row)
    print(dict(seen))
    assert not wrong, "\n".join(wrong)
    assert seen["valid"] >= 15
    assert seen["invalid"] >= 3


def judged(server: Standalone, path: Path, row: dict[str, str]) -> list[str]:
    obj = loaded(path)
    group, _, version = obj["apiVersion"].rpartition("/")
    listed = server.client.get(f"/apis/{group}/{version}")
    kinds = {k["kind"]: k for k in listed.json.get("resources", ()) if "/" not in k["name"]}
    kind = kinds.get(obj["kind"])
    if kind is None:
        return []  # one of two definitions of a kind is served
    namespace = "default" if kind["namespaced"] else None
    at = Resource(server.client, group, version, kind["name"], obj["kind"], namespace)
    obj["metadata"] = {k: v for k, v in obj["metadata"].items() if k in ("name", "labels", "annotations")}
    obj["metadata"].setdefault("name", "a")
    answer = at.post(obj)
    assert answer.status in (201, 400, 422), answer.body.decode()
    verdict = row["schema_check"]
    good = verdict == "valid" and path.stem not in STRICT
    if answer.status != 201:
        return [f"{path.name}: {answer.body.decode()[:500]}"] if good else []
    at.delete(obj["metadata"]["name"]).ok()
    if verdict == "invalid" and not any(text in row["detail"] for text in LENIENT):
        return [f"{path.name} is taken, but {row['detail']}"]
    if verdict != "valid" or row["crd"].rpartition("_")[2].removesuffix(".yaml") in PRUNED:
        return []
    if any(path.name.startswith(name) for name in PRUNED) or row["unknown_fields"] != "0":
        return []
    sent = {k: v for k, v in obj.items() if k not in ("metadata", "status")}
    return [f"{path.name}: {text}" for text in lost(sent, answer.json)]


def lost(sent: Any, got: Any, path: str = "") -> Iterator[str]:
    """What was sent and did not come back; defaults may come besides, and what says nothing may go."""
    if isinstance(sent, dict) and isinstance(got, dict):
        for key, value in sent.items():
            if key in got:
                yield from lost(value, got[key], f"{path}.{key}")
            elif value not in (None, {}, []):
                yield f"{path}.{key} is gone"
    elif isinstance(sent, list) and isinstance(got, list) and len(sent) == len(got):
        for i, pair in enumerate(zip(sent, got, strict=True)):
            yield from lost(*pair, f"{path}[{i}]")
    elif sent != got and sent is not None:
        yield f"{path}: {sent!r} came back as {got!r}"
