"""Faults planted in the generated conversions: the tests that are generated beside them catch each."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Run

ROBOT = "internal/apis/fleet/v1alpha1/conversion.go"
CONVERT = "internal/convert/"

# A file, what stands there, and what a careless hand makes of it.
FAULTS = {
    "two-fields-swapped": (
        ROBOT,
        "out.Dock = cases[0]\n\tout.Shelf = cases[1]",
        "out.Dock = cases[1]\n\tout.Shelf = cases[0]",
    ),
    "field-dropped": (ROBOT, "\tout.Title = in.Name\n", ""),
    "one-sided-field-dropped": (ROBOT, 'convert.Put(t, at, "serial", *in.Serial)', "_ = in.Serial"),
    "input-written-to": (ROBOT, "\tout.Title = in.Name\n", "\tout.Title = in.Name\n\tin.Color = nil\n"),
    "annotations-shared-and-written-to": (
        CONVERT + "transfer.go",
        "out := make(map[string]string, left)",
        "out := t.in\n\tif out == nil {\n\t\tout = make(map[string]string, left)\n\t}",
    ),
    "order-of-a-list-lost": (CONVERT + "entries.go", "if !slices.Equal(keys, sorted) {", "if len(keys) < 0 {"),
    "order-of-map-iteration": (
        CONVERT + "entries.go",
        "keys := slices.Sorted(maps.Keys(in))",
        "keys := slices.Collect(maps.Keys(in))",
    ),
    "own-annotations-not-stripped": (ROBOT, '"v1beta1", s).Strip()', '"v1beta1", s)'),
    "stale-value-resurrected": (CONVERT + "words.go", "if kept != nil && same(from(*kept), *x) {", "if kept != nil {"),
    "word-not-kept": (CONVERT + "words.go", "if !same(from(y), *x) {", "if false {"),
    "bare-object-lost": (CONVERT + "words.go", "x != nil && reflect", "x == nil && reflect"),
    "empty-list-taken-for-none": (
        CONVERT + "lists.go",
        "if in == nil {\n\t\treturn nil\n\t}\n\tout := make",
        "if len(in) == 0 {\n\t\treturn nil\n\t}\n\tout := make",
    ),
    "whole-list-not-compared": (
        CONVERT + "lists.go",
        "if seen, _ = plainly(kept, from); equal(seen, in) {",
        "if len(kept) > 0 {",
    ),
    "parts-of-all-items-under-one-key": (CONVERT + "lists.go", "\t\tplace.index = i\n\t\tf(&in[i]", "\t\tf(&in[i]"),
}  # fmt: skip


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ignored = shutil.ignore_patterns("bin", ".apigen")
    folder = tmp_path_factory.mktemp("faults") / "fleet"
    return Path(shutil.copytree(ROOT / "samples" / "fleet", folder, ignore=ignored))


@pytest.fixture
def planted(fleet: Path) -> Iterator[Callable[[str, str, str], Path]]:
    texts: dict[Path, str] = {}

    def plant(path: str, old: str, new: str) -> Path:
        file = fleet / path
        texts[file] = file.read_text()
        assert old in texts[file], f"{path} has no {old!r}"
        file.write_text(texts[file].replace(old, new))
        return fleet

    yield plant
    for file, text in texts.items():
        file.write_text(text)


@pytest.mark.parametrize(("path", "old", "new"), FAULTS.values(), ids=FAULTS)
def test_fault_is_caught(
    planted: Callable[[str, str, str], Path], run: Run, path: str, old: str, new: str
) -> None:
    root = planted(path, old, new)
    told = run(root, "go", "test", "-vet=off", "./internal/apis/fleet/install", fails=True)
    assert "--- FAIL: Test" in told, told
