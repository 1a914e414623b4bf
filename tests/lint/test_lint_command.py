"""`apigen lint` as people and programs meet it: exit codes, streams, formats, hostile text; and its page."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from specs import PROJECT, write

from apigen import cli
from apigen.lint import reference
from apigen.lint.finding import Finding
from apigen.lint.output import as_json, marks
from apigen.lint.rules import RULES
from apigen.lint.subjects import Place
from apigen.problems import Position, Problem
from apigen.source import parse
from apigen.workflow import command

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path.parent for path in ROOT.glob("samples/*/apigen.yaml"))
THING = """\
apigen: 1
group: shop.example.com
kind: Thing
description: A thing.
versions:
  - name: v1
    storage: true
    fields:
      spec:
        fields:
          timeout: {type: int32, description: How long to wait.}
"""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: object
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Done:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    return Done(ended.value.code, *capsys.readouterr())


def finding(message: str, hint: str = "", file: str = "resources/thing.yaml") -> Finding:
    problem = Problem(Position(file, 3, 7), message, hint)
    return Finding("units", Place(parse(b"a: b", file), ()), problem)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_samples_are_clean(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "-C", str(sample), "lint") == Done(0, "no findings\n", "")


def test_findings_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"thing": THING})
    expected = """\
resources/thing.yaml:11:11: warning: a number of a time without its unit in the name [units]
   11 |           timeout: {type: int32, description: How long to wait.}
      |           ^^^^^^^
hint: such as "timeoutSeconds"
1 finding
"""
    assert run(capsys, "-C", str(tmp_path), "lint") == Done(5, expected, "")


def test_findings_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"thing": THING})
    done = run(capsys, "-C", str(tmp_path), "lint", "--format", "json")
    assert (done.code, done.err) == (5, "")
    assert json.loads(done.out) == [
        {
            "rule": "units",
            "file": "resources/thing.yaml",
            "line": 11,
            "column": 11,
            "message": "a number of a time without its unit in the name",
            "hint": 'such as "timeoutSeconds"',
            "version": "v1",
            "type": "",
            "path": "spec.timeout",
        }
    ]


def test_findings_for_github(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "apis", {"thing": THING})
    monkeypatch.chdir(tmp_path)
    done = run(capsys, "-C", "apis", "lint", "--format", "github")
    assert done == Done(
        5,
        "::warning file=apis/resources/thing.yaml,line=11,col=11,title=apigen lint%3A units"
        '::a number of a time without its unit in the name%0Ahint: such as "timeoutSeconds"\n',
        "",
    )


@pytest.mark.parametrize("how, out", [("text", "no findings\n"), ("json", "[]\n"), ("github", "")])
def test_nothing_found(tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, out: str) -> None:
    write(tmp_path, {"thing": THING.replace("timeout:", "timeoutSeconds:")})
    assert run(capsys, "-C", str(tmp_path), "lint", "--format", how) == Done(0, out, "")


@pytest.mark.parametrize(
    "old, new", [("type: int32", "type: int23"), ("storage", "storage2")], ids=["meaning", "shape"]
)
def test_a_broken_spec_is_not_linted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    write(tmp_path, {"thing": THING.replace(old, new)})
    done = run(capsys, "-C", str(tmp_path), "lint")
    assert (done.code, done.out) == (3, "")
    assert "error: " in done.err and "warning: " not in done.err


def test_rules_need_no_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(capsys, "lint", "--rules")
    assert (done.code, done.err) == (0, "")
    heads = [line for line in done.out.splitlines() if line and not line.startswith(" ")]
    assert heads == [rule.name + ("" if rule.default else " (off unless enabled)") for rule in RULES]
    assert all(len(line) <= 100 for line in done.out.splitlines())
    rows = json.loads(run(capsys, "lint", "--rules", "--format", "json").out)
    assert {row["rule"]: row["default"] for row in rows} == {rule.name: rule.default for rule in RULES}


# What a name or a text of a spec may hold, and what would do harm in a terminal or to a runner of workflows.
HOSTILE = ["\u202e", "\u200b", "::error::x", "100%", "%0A%3A%25", "a\r\nb", "a,b:c", "caf\u00e9"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_place(text: str) -> None:
    (mark,) = marks([finding(f"what {text} says", text, f"a{text}b.yaml")])
    line = command(mark, Path())
    assert len(line.splitlines()) == 1 and line.startswith("::warning file=")
    properties, data = line.removeprefix("::warning ").split("::", 1)
    assert len(properties.split(",")) == 4
    assert unescaped(data) == f"what {text} says\nhint: {text}"
    assert unescaped(properties.split(",")[0]) == f"file=a{text}b.yaml"
    assert json.loads(as_json([finding(text)]))[0]["message"] == text


def unescaped(text: str) -> str:
    """What a runner reads. Source: actions/runner, ActionCommand."""
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


@pytest.mark.parametrize("how", ["text", "json", "github"])
def test_text_of_a_spec_is_never_printed_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    enum = '["red\\u202e\\u200b", "::error::x\\r\\n::"]'
    text = THING + f'          color: {{type: string, enum: {enum}, description: "\u202e"}}\n'
    text += 'lint: [{rule: units, path: "spec\\u2066::error::", reason: "\u202e"}]\n'
    write(tmp_path, {"thing": text})
    done = run(capsys, "-C", str(tmp_path), "lint", "--format", how)
    assert done.code == 5
    assert "enumvalues" in done.out and "stale" in done.out
    assert all(char.isprintable() or char == "\n" for char in done.out)
    if how == "github":
        assert [line for line in done.out.splitlines() if not line.startswith("::warning file=")] == []


def test_same_input_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"b": THING, "a": THING.replace("Thing", "Other")}, PROJECT)
    first = run(capsys, "-C", str(tmp_path), "lint")
    assert first == run(capsys, "-C", str(tmp_path), "lint")
    places = re.findall(r"^(\S+):\d+:\d+: warning", first.out, re.MULTILINE)
    assert places == ["resources/a.yaml", "resources/b.yaml"]


def test_the_page_is_current_and_has_every_rule() -> None:
    page = reference.page()
    assert (ROOT / "docs" / "lint.md").read_text() == page, "run scripts/regen"
    on, off = page.split("\n## Rules\n")[1].split("\n## Rules that are off unless enabled\n")
    for rule in RULES:
        assert f"\n| `{rule.name}` | {rule.finds} | {rule.why} |" in (on if rule.default else off)


def test_reasons_are_from_somewhere() -> None:
    conventions = "https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/"
    for rule in RULES:
        link = reference.link(rule.source)
        elsewhere = rule.source in reference.ELSEWHERE
        assert link.startswith("https://" if elsewhere else conventions + "api-conventions.md#")
    assert reference.link("Types (Kinds)").endswith("#types-kinds")
    assert reference.link("Optional vs. Required").endswith("#optional-vs-required")
