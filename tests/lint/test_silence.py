"""What a spec silences, how far that reaches, and that silence which is not needed is reported."""

from pathlib import Path

import pytest
from specs import PROJECT, write

from apigen.lint import lint
from apigen.load import load
from apigen.resolve import resolve

FIELDS = "{delay: {type: int32, required: true, description: How long to wait.}}"
VERSION = f"""\
      spec:
        fields:
          timeout: {{type: int32, description: How long to wait.}}
          line: {{type: Line, description: The first of the lines.}}
          lines:
            type: list of object
            listType: atomic
            description: All of the lines.
            items: {{fields: {FIELDS}}}
"""
THING = f"""\
apigen: 1
group: shop.example.com
kind: Thing
description: A thing.
types:
  Line: {{description: A line., fields: {{timeout: {{type: int32, description: How long it lasts.}}}}}}
versions:
  - name: v1beta1
    fields:
{VERSION}
  - name: v1
    storage: true
    fields:
{VERSION}
conversions: [{{from: v1beta1, to: v1}}]
"""
ALL = {
    "v1beta1 spec.timeout", "v1beta1 spec.lines.*.delay", "v1 spec.timeout", "v1 spec.lines.*.delay", "Line timeout",
}  # fmt: skip


def found(root: Path, *silences: str, project: str = "", **more: str) -> list[str]:
    """What lint finds in that thing, as VERSION or TYPE and PATH; what is stale by its place and message."""
    text = THING + ("lint:\n" + "".join(f"  - {silence}\n" for silence in silences) if silences else "")
    spec = load(write(root, {"thing": text, **more}, PROJECT + project))
    resolve(spec)
    return [
        (
            f"{f.place.version or f.place.type} {f.path}"
            if f.rule == "units"
            else f"{f.rule} {f.problem.position.line - THING.count(chr(10))}: {f.problem.message} ({f.problem.hint})"
        )
        for f in lint(spec)
    ]


def test_nothing_is_silenced_by_itself(tmp_path: Path) -> None:
    assert set(found(tmp_path)) == ALL


@pytest.mark.parametrize(
    "silence, gone",
    [
        ("rule: units", ALL),
        ("rule: units, path: spec.timeout", {"v1beta1 spec.timeout", "v1 spec.timeout"}),
        ("rule: units, path: spec.timeout, version: v1", {"v1 spec.timeout"}),
        ("rule: units, path: 'spec.lines.*.delay', version: v1beta1", {"v1beta1 spec.lines.*.delay"}),
        ("rule: units, version: v1", {"v1 spec.timeout", "v1 spec.lines.*.delay"}),
        ("rule: units, type: Line", {"Line timeout"}),
        ("rule: units, type: Line, path: timeout", {"Line timeout"}),
        ("rule: units, path: [spec.timeout, 'spec.lines.*.delay']", ALL - {"Line timeout"}),
    ],
)
def test_a_silence_reaches_as_far_as_it_says(tmp_path: Path, silence: str, gone: set[str]) -> None:
    assert set(found(tmp_path, f"{{{silence}, reason: it is so}}")) == ALL - gone


@pytest.mark.parametrize(
    "silence, why",
    [
        ("rule: nophase", "nophase finds nothing here (leave it out)"),
        ("rule: units, path: spec.timeot", 'there is no field "spec.timeot" (did you mean "spec.timeout"?)'),
        ("rule: units, path: spec", "units finds nothing here"),
        ("rule: units, path: spec.line", "units finds nothing here"),
        ("rule: units, path: timeout", 'there is no field "timeout"'),
        ("rule: units, path: 'spec..timeout'", '"spec..timeout" is no path (such as spec.servers.*.name)'),
        ("rule: units, path: ''", '"" is no path'),
        (
            "rule: units, version: v2",
            'there is no version "v2" that is not deprecated (versions: v1beta1, v1)',
        ),
        ("rule: units, type: Lines", 'no type "Lines" is declared here (did you mean "Line"?)'),
        ("rule: units, type: Line, version: v1", 'no type "Line" is declared here'),
        (
            "rule: nobools",
            "nobools is off in this project (leave this out, or enable the rule in apigen.yaml)",
        ),
    ],
)
def test_a_silence_of_nothing_is_reported(tmp_path: Path, silence: str, why: str) -> None:
    stale = [line for line in found(tmp_path, f"{{{silence}, reason: it is so}}") if line not in ALL]
    assert len(stale) == 1
    assert stale[0].startswith(f"stale 2: silences nothing: {why}")


def test_one_path_of_several_is_reported(tmp_path: Path) -> None:
    silence = "{rule: units, path: [spec.timeout, spec.line], reason: it is so}"
    assert [line for line in found(tmp_path, silence) if line not in ALL] == [
        'stale 2: silences nothing: units finds nothing here (did you mean "spec.timeout"?)'
    ]


def test_a_rule_disabled_for_the_project(tmp_path: Path) -> None:
    assert found(tmp_path, project="lint: {disable: {units: the units are known}}\n") == []


def test_a_rule_disabled_for_nothing(tmp_path: Path) -> None:
    left = found(tmp_path, project="lint: {disable: {nophase: we like phases, nobools: we like bools}}\n")
    stale = [line.partition(": ")[2] for line in left if line not in ALL]
    assert stale == [
        "silences nothing: nophase finds nothing in this project (leave it out)",
        "silences nothing: nobools finds nothing in this project (leave it out)",
    ]


def test_a_rule_disabled_and_silenced_or_enabled(tmp_path: Path) -> None:
    project = "lint: {enable: [units], disable: {units: the units are known}}\n"
    left = [
        line.partition(": ")[2] for line in found(tmp_path, "{rule: units, reason: known}", project=project)
    ]
    assert left == [
        "silences nothing: units is disabled below (leave out one of the two)",
        "silences nothing: units is disabled for the whole project (leave out one of the two)",
    ]


def test_an_enabled_rule_holds_and_can_be_silenced(tmp_path: Path) -> None:
    project = "lint: {enable: [numericbounds]}\n"
    silences = "{rule: units, reason: known}", "{rule: numericbounds, path: spec.timeout, reason: any time}"
    left = found(tmp_path, *silences, project=project)
    assert len(left) == 3 and all(line.startswith("numericbounds") for line in left)


def test_a_file_silences_itself_alone(tmp_path: Path) -> None:
    other = THING.replace("Thing", "Other").replace("Line", "Row") + "lint: [{rule: units, reason: known}]\n"
    assert set(found(tmp_path, other=other)) == ALL


def test_a_file_of_types(tmp_path: Path) -> None:
    types = (
        "apigen: 1\ngroup: shop.example.com\ntypes: {Row: {description: A row., fields: {timeout: int32}}}\n"
    )
    types += "lint: [{rule: descriptions, type: Row, path: timeout, reason: it says it all}]\n"
    assert set(found(tmp_path, types=types)) == ALL | {"Row timeout"}


def test_what_is_deprecated_is_not_looked_at(tmp_path: Path) -> None:
    text = THING.replace("name: v1beta1", "name: v1beta1\n    deprecated: true")
    text = text.replace(
        "timeout: {type: int32, description: How long it lasts.", "timeout: {type: int32, deprecated: true"
    )
    spec = load(write(tmp_path, {"thing": text}))
    assert {f"{f.place.version or f.place.type} {f.path}" for f in lint(spec)} == {
        "v1 spec.timeout",
        "v1 spec.lines.*.delay",
    }


def test_of_many_that_silence_nothing_all_are_reported(tmp_path: Path) -> None:
    left = found(tmp_path, *(f"{{rule: units, path: spec.time{i}, reason: it is so}}" for i in range(50)))
    stale = [line for line in left if line.startswith("stale")]
    assert len(stale) == 50 and len(left) == 50 + len(ALL)
    assert stale[0].endswith('there is no field "spec.time0" (did you mean "spec.timeout"?)')
    assert stale[-1].endswith("units finds nothing here (leave it out)")
