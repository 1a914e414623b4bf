"""Every constraint of the sample `fleet`, in every version, at each of its edges: the server takes an object with a
value that just fits, and refuses one with a value that just does not, for that field."""

from collections import Counter
from pathlib import Path

import pytest
from apiclient import Object, Resource
from ruamel.yaml import YAML
from schemas import FORMATS, GONE, Schema, dotted, edges, get, places, put, schema_of
from servers import PLURALS, ROOT, Standalone

from apigen import formats

SAMPLES = sorted((ROOT / "samples" / "fleet" / "samples").glob("fleet_*.yaml"))
# Where the storage version takes less: both versions' rules hold.
STRICTER = {("v1beta1", "spec.level")}
# What is left out for a field, since a rule ties the two, or there would be too many.
TIED = {
    "spec.level": ("spec", "step"),
    "spec.step": ("spec", "level"),
    "spec.calibration.date": ("spec", "calibration", "zero"),
}
# A microTime is no other time; bytes may be none; an object of an upstream type that says nothing is none.
NARROW = ("spec.exactly", "spec.data", "spec.template.spec.containers")


def cases(schema: Schema, sample: Object) -> list[tuple[str, str, Object, Object]]:
    """Constraint, path, an object that fits, one that does not."""
    found = []
    for path, node in places(schema, sample):
        if path and get(sample, path[:-1]) is None:
            continue  # what a value there needs besides is not known
        for keyword, inside, outside in edges(node, get(sample, path)):
            text = dotted(path, schema)
            base = put(sample, TIED[text], GONE, schema) if text in TIED else sample
            bad = f"{text}.{keyword.split()[1]}" if keyword.startswith("required") else text
            bad = bad.removeprefix(".")
            found.append((keyword, bad, put(base, path, inside, schema), put(base, path, outside, schema)))
    return found


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_edges(fleet: Standalone, namespace: str, file: Path) -> None:
    sample = YAML(typ="safe").load(file)
    group, _, version = sample["apiVersion"].rpartition("/")
    kind = sample["kind"]
    schema = schema_of(fleet.client, group, version, kind)
    where = None if kind == "Profile" else namespace
    resource = Resource(fleet.client, group, version, PLURALS[kind][1], kind, where)
    tried: Counter[str] = Counter()
    for keyword, path, inside, outside in cases(schema, sample):
        if path.split(".")[0] == "status" or path in ("spec", *NARROW):
            continue  # a status is not written here, and a spec that is missing equals {}
        tried[keyword.split()[0]] += 1
        for obj in (inside, outside):
            obj["metadata"] = {"name": "a", **({"namespace": where} if where else {})}
        answer = resource.post(inside, dryRun="All")
        if (version, path) in STRICTER:
            answer.refused(422, f"{path}: Invalid value")
            continue
        assert answer.status == 201, f"{keyword} of {path}: {answer.body.decode()}"
        answer = resource.post(outside, dryRun="All")
        if keyword == "format" and answer.status == 400:
            continue  # a type of its own, which Go does not decode
        assert answer.status == 422, f"{keyword} of {path}: {answer.status} for {get(outside, ('spec',))}"
        fields = {cause["field"] for cause in answer.json["details"]["causes"]} - {"<nil>"}
        assert any(f == path or f.startswith(f"{path}[") for f in fields), f"{keyword} of {path}: {fields}"
        assert all(f.startswith(path) for f in fields), f"{keyword} of {path}: {fields}"
    print(kind, version, dict(tried))
    assert tried


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_judged_alike(name: str) -> None:
    """What a spec is told of its defaults and examples is what the server says, which is tried above."""
    good, bad = FORMATS[name]
    assert [formats.FORMATS[name].fits(text) for text in good] == [True] * len(good)
    assert [formats.FORMATS[name].fits(text) for text in bad] == [False] * len(bad)
    assert formats.FORMATS[name].fits(formats.FORMATS[name].example)
