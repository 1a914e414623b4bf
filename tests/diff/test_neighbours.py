"""Real definitions as judges: two neighbouring versions of one, taken for what one version was and is.

What a pair loses and gains is read from its OpenAPI schemas by the few lines below, which know nothing of specs.
"""

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from apigen.crd.convert import convert
from apigen.crd.read import read
from apigen.diff import diff
from apigen.diff.change import ApiChange
from apigen.source import parse

CORPUS = Path(__file__).parents[1] / "corpus" / "corpus.tar.xz"
PROJECT = 'apigen: 1\nname: edge\nmodule: example.com/edge\nkubernetes: "1.37"\n'
PAIRS, DIFFER = 50, 43
WORDS = frozenset({"description", "example", "title", "externalDocs"})

RETYPED = ("type-changed", "type-widened")

Schema = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """Two neighbouring versions: their schemas, and each alone as a resource file."""

    name: str
    schemas: tuple[Schema, Schema]
    specs: tuple[str, str]


@cache
def pairs() -> tuple[Pair, ...]:
    found = []
    with tarfile.open(CORPUS) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            if member.isfile() and member.name.startswith("crds/"):
                file = archive.extractfile(member)
                assert file is not None
                found += _pairs(member.name, io.BytesIO(file.read()).getvalue())
    return tuple(found)


def _pairs(name: str, text: bytes) -> Iterator[Pair]:
    (definition,), _ = read(text, name)
    versions = definition.spec["versions"]
    if len(versions) == 1:
        return
    document = parse(convert(definition).text.encode(), name).document
    specs = [_alone(document, version) for version in document["versions"]]
    for i, j in pairwise(range(len(versions))):
        schemas = [versions[k]["schema"]["openAPIV3Schema"] for k in (i, j)]
        title = f"{name.rpartition('_')[2]}: {versions[i]['name']}, {versions[j]['name']}"
        yield Pair(title, (schemas[0], schemas[1]), (specs[i], specs[j]))


def _alone(document: dict[str, Any], version: dict[str, Any]) -> str:
    """A resource file with that version alone, as v1."""
    one = {**version, "name": "v1", "storage": True, "served": True}
    less = {key: value for key, value in document.items() if key not in ("conversions", "lint")}
    return json.dumps({**less, "versions": [one]})


def changes(tmp_path: Path, old: str, new: str) -> tuple[ApiChange, ...]:
    for name, text in (("old", old), ("new", new)):
        (tmp_path / name / "resources").mkdir(parents=True)
        (tmp_path / name / "apigen.yaml").write_text(PROJECT)
        (tmp_path / name / "resources" / "kind.yaml").write_text(text)
    return diff(tmp_path, "old", "new").changes


def shape(schema: Any) -> Any:
    """A schema without what is for readers."""
    if isinstance(schema, list):
        return [shape(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {k: v for k, v in schema.items() if k not in WORDS or isinstance(v, dict)}
    return {key: shape(value) for key, value in found.items()}


def fields(schema: Schema, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Schema]:
    """The schemas of all properties by path; an asterisk stands for an item or a value."""
    found = {}
    for name, inner in schema.get("properties", {}).items():
        if path or name not in ("apiVersion", "kind", "metadata"):
            found[(*path, name)] = inner
            found |= fields(inner, (*path, name))
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            found |= fields(inner, (*path, "*"))
    return found


def gone(old: Schema, new: Schema) -> set[str]:
    """The paths of properties that the second schema lacks and whose object it has."""
    was, now = fields(old), fields(new)
    known = {(), *now, *(path[:-1] for path in now)}
    return {".".join(path) for path in was if path not in now and path[:-1] in known}


def covered(path: str, found: tuple[ApiChange, ...]) -> bool:
    """Whether what is gone is named: itself, by the type of something around it that is another, or by what it held,
    where the spec has an object that the schema had not. A type of several places is reported at one of them.
    """
    removed = [c.path for c in found if c.code == "field-removed"]
    named = any(last(gone) == last(path) or gone.startswith(f"{path}.") for gone in removed)
    return named or retyped(path.split("."), found)


def retyped(path: Iterable[str], found: tuple[ApiChange, ...]) -> bool:
    """Whether something on the way is of another type."""
    return any(c.code in RETYPED and last(c.path) in path for c in found)


def last(path: str) -> str:
    """The last name in a path."""
    return next((name for name in reversed(path.split(".")) if name != "*"), "")


def check(found: tuple[ApiChange, ...], old: Schema, new: Schema) -> None:
    """Judge the changes from one schema to another."""
    lost = gone(old, new)
    within = {*lost, *(c.path for c in found if c.code in RETYPED)}
    for change in found:
        if change.code == "field-removed":
            assert any(change.path == p or change.path.startswith(f"{p}.") for p in within), change.path
    assert [path for path in sorted(lost) if not covered(path, found)] == []
    assert not lost or any(c.breaking for c in found)
    for path, was in fields(old).items():
        now = fields(new).get(path)
        if now is not None and (tight := tightened(was, now)):
            named = any(c.breaks and last(c.path) == last(".".join(path)) for c in found)
            assert named or retyped(path, found), (path, tight)


def tightened(old: Schema, new: Schema) -> list[str]:
    """What the second of two schemas refuses that the first did not, of what can be told at a glance."""
    found = [f"no longer {word}" for word in old.get("enum", ()) if word not in new.get("enum", [word])]
    for key, sign in (
        ("minimum", 1),
        ("minLength", 1),
        ("minItems", 1),
        ("maximum", -1),
        ("maxLength", -1),
        ("maxItems", -1),
    ):
        if key in old and key in new and sign * new[key] > sign * old[key]:
            found.append(key)
        if key in new and key not in old and new[key] != 0:
            found.append(key)
    found += ["pattern"] * ("pattern" in new and "pattern" not in old)
    return found + ["type"] * ("type" in old and "type" in new and old["type"] != new["type"])


def test_neighbours(tmp_path: Path) -> None:
    """Something is said of just those that differ, there and back; what is gone, and what is refused, is named."""
    differ = 0
    for i, pair in enumerate(pairs()):
        old, new = pair.schemas
        there, back = (
            tuple(c for c in changes(tmp_path / f"{i}{way}", *specs) if not c.code.startswith("version-"))
            for way, specs in (("there", pair.specs), ("back", pair.specs[::-1]))
        )
        differs = shape(old) != shape(new)
        assert (bool(there), bool(back)) == (differs, differs), pair.name
        check(there, old, new)
        check(back, new, old)
        differ += differs
    assert (len(pairs()), differ) == (PAIRS, DIFFER)
