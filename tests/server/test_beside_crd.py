"""The same kinds as CustomResourceDefinitions: for objects at and beyond the edges of what the schema allows, both
servers have the same verdict, on creation and on update, and name the same fields.

Where they differ on purpose is said in docs/spec.md; `verdict` and `compare` leave that out.
"""

import copy
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from apiclient import Answer, Object, Resource
from crds import CustomResources, definition
from projects import Project
from ruamel.yaml import YAML
from schemas import GONE, Schema, edges, get, places, put, schema_of
from servers import PLURALS, ROOT, Standalone, build, short_folder

GROUP, VERSION = "fleet.example.com", "v1"
KINDS = ("Machine", "Probe", "Robot")
# So many objects of each kind; more by the environment.
TRIED = int(os.environ.get("BESIDE_CRD", "400"))
# Constraints that may be tightened later. Types, defaults and lists stay.
TIGHTENED = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "enum", "minItems", "maxItems", "minProperties", "maxProperties", "validations",
    "exactlyOneOf", "atMostOneOf", "atLeastOneOf", "immutable",
)  # fmt: skip
UNCHECKED = "correct the existing errors to complete validation"
MORE: tuple[tuple[tuple[Any, ...], Any], ...] = (
    (("spec", "target", "pod"), "p"),
    (("spec", "target", "node"), "n"),
    (("spec", "schedule", "every"), "1h"),
    (("spec", "owner"), "me"),
    (("spec", "owner"), "you"),
    (("spec", "note"), "note"),
    (("spec", "serial"), "BB-1"),
    (("spec", "channels", 0, "unit"), "V"),
    (("spec", "tags"), ["a="]),
)
# Fields with formats that CustomResourceDefinitions do not know.
OURS = ("label", "value")
RULES = re.compile("field is immutable|the step is at least|a= does not stand|a note is not taken")
LOOSE = (*TIGHTENED, "x-kubernetes-validations", "oneOf", "anyOf", "allOf", "not")


@dataclass
class Beside:
    """A server of ours and one of CustomResourceDefinitions with the same kinds."""

    ours: Standalone
    theirs: CustomResources
    schemas: dict[str, Schema]

    def resources(self, kind: str) -> tuple[Resource, Resource]:
        plural = PLURALS[kind][1]
        both = (self.ours.client, self.theirs.admin)
        ours, theirs = (Resource(c, GROUP, VERSION, plural, kind, "default") for c in both)
        return ours, theirs

    def define(self, kind: str, schema: Schema, refused: Object | None = None) -> None:
        made = definition(GROUP, VERSION, kind, PLURALS[kind][1], with_immutables(kind, schema))
        self.theirs.define(made, refused)


def with_immutables(kind: str, schema: Schema) -> Schema:
    """What immutable is in a CustomResourceDefinition: a rule for the value, and one that it is not set or unset."""
    schema = copy.deepcopy(schema)
    if kind == "Probe" and "x-kubernetes-validations" in schema["properties"]["spec"]:
        spec = schema["properties"]["spec"]
        same = {"rule": "self == oldSelf", "message": "field is immutable"}
        spec["properties"]["serial"].setdefault("x-kubernetes-validations", []).append(same)
        spec["properties"]["owner"].setdefault("x-kubernetes-validations", []).append(same)
        kept = {
            "rule": "!has(oldSelf.owner) || has(self.owner)",
            "message": "field is immutable",
            "fieldPath": ".owner",
        }
        spec["x-kubernetes-validations"].append(kept)
        unit = {
            "rule": "has(self.unit) == has(oldSelf.unit) && (!has(self.unit) || self.unit == oldSelf.unit)",
            "message": "field is immutable",
            "fieldPath": ".unit",
        }
        spec["properties"]["channels"]["items"].setdefault("x-kubernetes-validations", []).append(unit)
    return schema


@pytest.fixture(scope="module")
def beside() -> Iterator[Beside]:
    folder = short_folder()
    ours = Standalone(build("fleet"), folder / "ours")
    theirs = CustomResources(ours, folder / "theirs")
    schemas = {kind: schema_of(ours.client, GROUP, VERSION, kind) for kind in KINDS}
    made = Beside(ours, theirs, schemas)
    for kind, schema in schemas.items():
        made.define(kind, schema)
    yield made
    theirs.stop()
    ours.stop()


def sample(kind: str) -> Object:
    path = ROOT / "samples" / "fleet" / "samples" / f"fleet_{VERSION}_{kind.lower()}.yaml"
    found: Object = YAML(typ="safe").load(path)
    found.pop("status", None)
    if kind == "Probe":
        found["spec"]["fraction"] = 0.25
        found["spec"].pop("owner")
    return json.loads(json.dumps(found))


def mutants(schema: Schema, base: Object, random: Random, count: int) -> Iterator[Object]:
    """Yield objects with some values at or beyond the edges."""
    known = [
        (path, value)
        for path, node in places(schema, base)
        if path[:1] == ("spec",) and path[-1] not in OURS and (not path or get(base, path[:-1]) is not None)
        for _, inside, outside in edges(node, get(base, path))
        for value in (inside, outside)
    ]
    gone = [p for p, _ in places(schema, base) if len(p) > 1 and p[0] == "spec" and isinstance(p[-1], str)]
    for _ in range(count):
        obj = base
        for path, value in random.sample(known, random.choice((1, 1, 2, 3))):
            if len(path) > 1 and get(obj, path[:-1]) is not None:
                obj = put(obj, path, value, schema)
        for path in random.sample(gone, random.choice((0, 0, 1, 2))):
            if isinstance(get(obj, path[:-1]), dict):
                obj = put(obj, path, GONE, schema)
        yield _more(obj, schema, random)


def _more(obj: Object, schema: Schema, random: Random) -> Object:
    """Now and then say more: other members of one-ofs, other owners and notes."""
    if "target" in schema["properties"]["spec"]["properties"]:
        for path, value in MORE:
            parent = get(obj, path[:-1])
            if random.random() < 0.1 and parent is not None:
                obj = put(obj, path, value, schema)
    return obj


def verdict(answer: Answer, *, rules: bool) -> tuple[int, frozenset[str]]:
    """The status, and which fields are at fault; without what are rules there, if those were not asked."""
    assert answer.status in (200, 201, 400, 422), answer.body.decode()
    if answer.status != 422:
        return answer.status, frozenset()
    causes = answer.json["details"]["causes"]
    # Items of a map list without keys are no duplicates of each other: the missing key says it.
    told = [c for c in causes if not c["message"].endswith(("Duplicate value: {}", UNCHECKED))]
    told = [c for c in told if rules or not RULES.search(c["message"])]
    found = frozenset(field(cause) for cause in told)
    # Of an object that says none of some fields, the first is called required there.
    none = {field(c) + "." for c in told if c["message"].endswith(("Found none valid", "one schema (anyOf)"))}
    return 422, frozenset(f for f in found if not f.startswith(tuple(none)))


def field(cause: Object) -> str:
    """The field of a cause; one about a junctor has it in its text alone."""
    junctor = re.search(r'"([^"]+)" must validate', cause["message"])
    found: str = junctor[1] if junctor and cause["field"] == "<nil>" else cause["field"]
    return re.sub(r"\[([^]0-9][^]]*)\]", r".\1", found)  # keys of maps are like names there


def differs(sent: Object, theirs: Answer) -> bool:
    """Whether this is one of the differences that are meant."""
    # To Go an upstream type's object without members is the same as none.
    empty = get(sent, ("spec", "template", "spec")) == {}
    # Of a whole number there, a multiple of a fraction is never one: it divides by zero.
    return empty or b"factor MultipleOf declared" in theirs.body


def compare(ours: Answer, theirs: Answer, sent: Object, seen: Counter[str]) -> None:
    rules = UNCHECKED.encode() not in theirs.body
    mine, other = verdict(ours, rules=rules), verdict(theirs, rules=rules)
    if mine[0] == 400:  # what Go does not decode is answered as built-in kinds answer it
        assert other[0] == 422, f"does not decode, but is accepted there: {json.dumps(sent)}"
        seen["decoded"] += 1
    elif differs(sent, theirs):
        seen["left out"] += 1
    else:
        seen["accepted" if mine[0] < 300 else "refused"] += 1
        said = f"ours:   {ours.body.decode()[:1500]}\ntheirs: {theirs.body.decode()[:1500]}"
        assert mine == other, f"{json.dumps(sent)}\n{said}"
        # Both ask their rules, or both do not; an object that says none of some fields lacks the first of them there.
        junctors = b"Found none valid" in theirs.body or b"one schema (anyOf)" in theirs.body
        assert junctors or rules == (UNCHECKED.encode() not in ours.body), f"{json.dumps(sent)}\n{said}"


@pytest.mark.parametrize("kind", KINDS)
def test_creation(beside: Beside, kind: str) -> None:
    random, seen = Random(f"create {kind}"), Counter[str]()  # noqa: S311
    ours, theirs = beside.resources(kind)
    for obj in mutants(beside.schemas[kind], sample(kind), random, TRIED):
        obj["metadata"] = {"name": "a"}
        compare(ours.post(obj, dryRun="All"), theirs.post(obj, dryRun="All"), obj, seen)
    print(kind, dict(seen))
    assert min(seen["accepted"], seen["refused"]) > TRIED / 20


@pytest.mark.parametrize("kind", KINDS)
def test_update(beside: Beside, kind: str) -> None:
    """Also of rules about what changes: a transition is allowed by both or by none."""
    random, seen = Random(f"update {kind}"), Counter[str]()  # noqa: S311
    ours, theirs = beside.resources(kind)
    for number in range(5):
        name = f"u{number}"
        start = sample(kind)
        if kind == "Probe" and number % 2:
            start["spec"] |= {"owner": "me", "note": "note"}
            start["spec"]["channels"][0]["unit"] = "V"
        start["metadata"] = {"name": name}
        ours.post(start).ok()
        theirs.post(start).ok()
        for obj in mutants(beside.schemas[kind], start, random, TRIED // 5):
            obj["metadata"] = {"name": name}
            sent = [
                obj
                | {"metadata": {"name": name, "resourceVersion": r.get(name)["metadata"]["resourceVersion"]}}
                for r in (ours, theirs)
            ]
            compare(ours.put(sent[0], dryRun="All"), theirs.put(sent[1], dryRun="All"), obj, seen)
    print(kind, dict(seen))
    assert min(seen["accepted"], seen["refused"]) > TRIED / 20


def loosened(folder: Path) -> Path:
    """A server of the sample `fleet` whose probes may be anything of their types."""
    project = Project("fleet", folder)
    path = project.root / "resources" / "probe.yaml"
    yaml = YAML()
    document = yaml.load(path)
    loosen(document, TIGHTENED)
    yaml.dump(document, path)
    project.generate()
    return project.build()


def loosen(value: Any, keys: tuple[str, ...]) -> None:
    """Take constraints away, but not fields that are called like them."""
    if isinstance(value, list):
        for item in value:
            loosen(item, keys)
    elif isinstance(value, dict):
        for key in [k for k in value if k in keys]:
            del value[key]
        for key, member in value.items():
            loosen(list(member.values()) if key in ("fields", "properties") else member, keys)


@pytest.fixture
def loose(beside: Beside) -> Iterator[tuple[Beside, Path]]:
    """Servers that take any probe, and their folder; whichever server of ours runs at the end is stopped."""
    folder = short_folder()
    ours = Standalone(loosened(folder / "loose"), folder / "ours")
    made = Beside(ours, CustomResources(ours, folder / "theirs"), beside.schemas)
    schema = copy.deepcopy(beside.schemas["Probe"])
    loosen(schema, LOOSE)
    made.define("Probe", schema)
    yield made, folder
    made.theirs.stop()
    made.ours.stop()
    shutil.rmtree(folder)


def test_tightened(loose: tuple[Beside, Path]) -> None:
    """Objects that were stored before there were constraints can be edited: what has not changed is not refused."""
    made, folder = loose
    strict = made.schemas["Probe"]
    random, seen = Random("tightened"), Counter[str]()  # noqa: S311
    stored = []
    for number, obj in enumerate(mutants(strict, sample("Probe"), random, 60)):
        obj["metadata"] = {"name": f"t{number}"}
        answers = [r.post(obj) for r in made.resources("Probe")]
        if [a.status for a in answers] == [201, 201]:
            stored.append(obj)
    made.ours.stop()
    made.ours = Standalone(build("fleet"), folder / "ours")
    made.define("Probe", strict, put(sample("Probe"), ("spec", "level"), 99, strict))
    for obj in stored:
        for changed in mutants(strict, obj, random, TRIED // 30):
            tightened(made, obj, changed, seen)
    print(len(stored), dict(seen))
    assert min(seen["accepted"], seen["refused"], seen["spared"]) > 10


def tightened(made: Beside, stored: Object, changed: Object, seen: Counter[str]) -> None:
    name = stored["metadata"]["name"]
    answers = []
    for resource in made.resources("Probe"):
        version = resource.get(name)["metadata"]["resourceVersion"]
        sent = changed | {"metadata": {"name": name, "resourceVersion": version}}
        answers.append(resource.put(sent, dryRun="All"))
    ours, theirs = answers
    rules = UNCHECKED.encode() not in theirs.body
    mine, other = verdict(ours, rules=rules), verdict(theirs, rules=rules)
    if mine[0] == 400 or differs(changed, theirs):
        return
    # Here what was missing may go on missing.
    missing = {f for f in other[1] if was_missing(f, stored) and was_missing(f, changed)}
    assert mine[1] == other[1] - missing, f"{stored}\n{changed}\n{ours.body.decode()}\n{theirs.body.decode()}"
    seen["accepted" if ours.status == 200 else "refused"] += 1
    invalid = (
        made.resources("Probe")[0].post(changed | {"metadata": {"name": "new"}}, dryRun="All").status == 422
    )
    seen["spared"] += ours.status == 200 and invalid


def was_missing(field: str, obj: Object) -> bool:
    steps = re.findall(r"[^.\[\]]+", field)
    path = tuple(int(s) if s.isdigit() else s for s in steps)
    parent = get(obj, path[:-1])
    return isinstance(parent, dict) and path[-1] not in parent
