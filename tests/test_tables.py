"""What the commands tell of conversions: the tables of the sample `fleet`, and graphs of any names."""

import json
import xml.parsers.expat
from pathlib import Path

import pytest
from specs import resolved, versions

from apigen import graph, pipeline, tables
from apigen.acceptance import stricter
from apigen.losstable import Row, Table
from apigen.model import Project
from apigen.problems import UsageError

FLEET = Path(__file__).parents[1] / "samples" / "fleet"


@pytest.fixture(scope="module")
def fleet() -> Project:
    return pipeline.resolved(FLEET)


def rows(table: Table) -> dict[str, Row]:
    return {row.path: row for row in table.rows}


def test_every_verdict_along_a_chain(fleet: Project) -> None:
    (table,) = tables.tables(fleet, "Robot", "v1alpha1", "v1")
    found = rows(table)
    assert found["spec.name"] == Row("spec.name", "exact", "spec.title")
    assert found["spec.timeout"] == Row(
        "spec.timeout", "carried", "spec.timeoutMillis", "duration seconds, scale 1000"
    )
    assert found["spec.serial"] == Row("spec.serial", "kept")
    assert found["spec.legacyCode"] == Row("spec.legacyCode", "dropped", "", "nothing reads it any more")
    assert found["spec.target"].other == "spec.dock, spec.shelf, spec.person"
    assert found["spec.color"].other == 'metadata.annotations["fleet.example.com/color"]'
    assert found["spec.priority"].same


def test_back_from_the_hub(fleet: Project) -> None:
    (table,) = tables.tables(fleet, "Robot", "v1", "v1alpha1")
    found = rows(table)
    assert found["spec.settings.*.name"] == Row("spec.settings.*.name", "carried", "spec.settings", "mapTo")
    assert found["spec.program.steps"].other == "spec.program"
    assert found["spec.legs.*.joint"].verdict == "kept"


def test_every_field_of_every_version_has_a_row(fleet: Project) -> None:
    for table in tables.tables(fleet):
        assert len(rows(table)) == len(table.rows) > 0
        assert sum(table.count(v) for v in tables.VERDICTS) == len(table.rows)


def test_text_sums_up_what_stays(fleet: Project) -> None:
    lines = list(tables.as_text(tables.tables(fleet, "Policy", "v2beta1", "v1"), everything=False))
    assert lines == [
        "Policy: v2beta1 -> v1",
        "  spec.verb           exact  spec.action",
        "  spec.target.kind    exact  spec.subject.kind",
        "  spec.target.called  exact  spec.subject.name",
        "  1 field is the same in both",
    ]
    whole = list(tables.as_text(tables.tables(fleet, "Policy", "v2beta1", "v1"), everything=True))
    assert "  status.phase        exact  status.phase" in whole


def test_json_has_every_field(fleet: Project) -> None:
    (table,) = json.loads(tables.as_json(tables.tables(fleet, "Policy", "v2beta1", "v1")))
    assert (table["kind"], table["from"], table["to"]) == ("Policy", "v2beta1", "v1")
    assert table["fields"][0] == {"path": "spec.verb", "verdict": "exact", "to": "spec.action", "how": ""}
    assert len(table["fields"]) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Robt",), 'there is no kind "Robt"'),
        (("Profile",), "Profile has one version"),
        (("Robot", "v1", "v9"), 'Robot has no version "v9"'),
        (("Robot", "v1"), "--to is missing"),
        (("Robot", "v1", "v1"), "a version does not convert into itself"),
        (("", "v1", "v1beta1"), "--from and --to are for one kind"),
    ],
)
def test_what_is_not_there_is_told(fleet: Project, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as error:
        tables.tables(fleet, *arguments)
    assert error.value.message == message


def test_markdown_takes_no_name_for_markup() -> None:
    assert tables.markdown_row(["a_b|c", "`x`"]) == r"| a\_b\|c | \`x\` |" + "\n"


def test_graphs_are_what_they_say(fleet: Project) -> None:
    kinds = tables.kinds(fleet, "Robot")
    drawn = graph.mermaid(kinds)
    assert '    fleet_Robot_v1["v1 (stored)"]' in drawn
    assert '    fleet_Robot_v1alpha1 -->|"18 carried, 2 kept, 1 dropped"| fleet_Robot_v1beta1' in drawn
    parser = xml.parsers.expat.ParserCreate()
    texts: list[str] = []
    parser.CharacterDataHandler = texts.append
    parser.Parse(graph.svg(kinds), True)
    assert next(t for t in texts if t.strip()) == "Robot"


def test_what_one_version_demands_and_its_neighbour_does_not(tmp_path: Path) -> None:
    a = (
        "{spec: {atMostOneOf: [x, z], fields: {x: {type: int32, minimum: 1}, y: {type: string, required: true},"
        " z: {type: list of string, items: {maxLength: 3}}}}}"
    )
    b = (
        "{spec: {validations: [{rule: self.x < 3}], fields: {x: {type: int32, maximum: 9}, y: string,"
        " z: {type: list of string, immutable: true}}}}"
    )
    (group,) = resolved(tmp_path, thing=versions(a, b)).groups
    types = {version.name: version.types for version in group.versions}
    found = [(s.version, s.path, s.constraint) for s in stricter(group.kinds[0], types)]
    assert found == [
        ("v1alpha1", "spec", "atMostOneOf x, z"),
        ("v1", "spec", "rule self.x < 3"),
        ("v1alpha1", "spec.x", "minimum 1"),
        ("v1", "spec.x", "maximum 9"),
        ("v1alpha1", "spec.y", "required"),
        ("v1alpha1", "spec.z", "items: maxLength 3"),
        ("v1", "spec.z", "immutable"),
    ]


def test_annotations_go_along_a_chain(tmp_path: Path) -> None:
    """What becomes an annotation at one edge is there beyond the next one, of which no rule speaks of it."""
    (tmp_path / "resources").mkdir()
    (tmp_path / "apigen.yaml").write_text('apigen: 1\nname: a\nmodule: example.com/a\nkubernetes: "1.37"\n')
    (tmp_path / "resources" / "w.yaml").write_text("""\
apigen: 1
group: u.example.com
kind: Widget
versions:
  - {name: v1alpha1, fields: {spec: {fields: {q: string, text: string}}}}
  - {name: v1beta1, fields: {spec: {fields: {q: string}}}}
  - {name: v1, storage: true, fields: {spec: {fields: {q: string}}}}
conversions:
  - {from: v1alpha1, to: v1beta1, rules: [{from: spec.text, to: 'metadata.annotations["u.example.com/text"]'}]}
  - {from: v1beta1, to: v1}
""")
    (table,) = tables.tables(pipeline.resolved(tmp_path), "Widget", "v1alpha1", "v1")
    assert rows(table)["spec.text"].other == 'metadata.annotations["u.example.com/text"]'
