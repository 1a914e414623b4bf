"""What is no change of the API: other descriptions, another order, whatever else a spec says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_edits import SPECS

from apigen.diff import diff
from apigen.source import parse

Named = ("fields", "types")
"""Under these keys stand names of the spec's own."""


def other_texts(data: Any, *, names: bool = False) -> Any:
    """The document with every description another one."""
    if isinstance(data, list):
        return [other_texts(part) for part in data]
    if not isinstance(data, dict):
        return data
    found = {}
    for key, value in data.items():
        described = key == "description" and isinstance(value, str) and not names
        found[key] = f"Not so: {value}" if described else other_texts(value, names=key in Named and not names)
    return found


def turned_round(data: Any, *, names: bool = False) -> Any:
    """The document with the fields and types of everything in the opposite order."""
    if isinstance(data, list):
        return [turned_round(part) for part in data]
    if not isinstance(data, dict):
        return data
    entries = reversed(data.items()) if names else data.items()
    return {key: turned_round(value, names=key in Named and not names) for key, value in entries}


def rewritten(spec: Path, target: Path, how: Callable[[Any], Any]) -> None:
    (target / "resources").mkdir(parents=True)
    (target / "apigen.yaml").write_bytes((spec / "apigen.yaml").read_bytes())
    for file in (spec / "resources").glob("*.yaml"):
        document = how(parse(file.read_bytes(), file.name).document)
        (target / "resources" / file.name).write_text(json.dumps(document))


@pytest.mark.parametrize("how", [other_texts, turned_round])
@pytest.mark.parametrize("spec", SPECS, ids=lambda p: p.name)
def test_silence(tmp_path: Path, spec: Path, how: Callable[[Any], Any]) -> None:
    rewritten(spec, tmp_path / "new", how)
    texts = {p.name: p.read_text() for p in (tmp_path / "new" / "resources").iterdir()}
    rewritten(spec, tmp_path / "same", lambda document: document)
    same = {p.name: p.read_text() for p in (tmp_path / "same" / "resources").iterdir()}
    assert texts != same or not any('"description"' in text for text in same.values())
    assert diff(tmp_path, str(spec), "new").changes == ()
    assert diff(tmp_path, "new", str(spec)).changes == ()


@pytest.mark.parametrize("spec", SPECS, ids=lambda p: p.name)
def test_the_same_bytes_each_time(spec: Path) -> None:
    """Of two specs that have nothing in common, and those that have; sets have no order of their own."""
    from apigen.diff.show import as_json

    other = SPECS[SPECS.index(spec) - 1]
    there = [as_json(diff(spec, ".", str(other)).changes) for _ in range(2)]
    assert there[0] == there[1] and json.loads(there[0])
