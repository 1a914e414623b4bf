"""Every rule, on a small spec: what it finds and what it lets pass, which is nearly the same.

A case is a folder of resource files named after its rule. A line that ends in `# bad` has a finding of that rule, one
that ends in `# good`, perhaps with the reason, is a near miss. `expected.txt` is what a person reads;
`pytest tests/lint --update` rewrites it.
"""

import io
import re
from pathlib import Path
from typing import get_args

import pytest

from apigen.console import show_findings
from apigen.lint import lint
from apigen.lint.finding import Finding
from apigen.lint.rules import RULES
from apigen.lintspec import RuleName
from apigen.load import load
from apigen.resolve import resolve

CASES = Path(__file__).parent / "cases"
NAMES = [rule.name for rule in RULES]
OFF = [rule.name for rule in RULES if not rule.default]
PROJECT = f'apigen: 1\nname: edge\nmodule: example.com/edge\nkubernetes: "1.37"\nlint: {{enable: [{", ".join(OFF)}]}}\n'


def found(rule: str, tmp_path: Path) -> list[Finding]:
    """What the rule of a case finds in it; all rules are asked."""
    (tmp_path / "apigen.yaml").write_text(PROJECT)
    (tmp_path / "resources").mkdir()
    for file in (CASES / rule).glob("*.yaml"):
        (tmp_path / "resources" / file.name).write_bytes(file.read_bytes())
    spec = load(tmp_path)
    resolve(spec)
    return [finding for finding in lint(spec) if finding.rule == rule]


def lines(rule: str, mark: str) -> set[tuple[str, int]]:
    """The lines of a case that are marked."""
    return {
        (f"resources/{file.name}", number)
        for file in (CASES / rule).glob("*.yaml")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if re.search(rf"  # {mark}\b", line)
    }


@pytest.mark.parametrize("rule", NAMES)
def test_rule(rule: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    findings = found(rule, tmp_path)
    at = {(f.problem.position.file, f.problem.position.line) for f in findings}
    assert lines(rule, "bad") and lines(rule, "good")
    assert at == lines(rule, "bad")
    shown = io.StringIO()
    show_findings(findings, shown)
    expected = CASES / rule / "expected.txt"
    if request.config.getoption("--update"):
        expected.write_text(shown.getvalue())
    assert shown.getvalue() == expected.read_text()


def test_the_table_is_whole_and_in_order() -> None:
    assert sorted(NAMES) == NAMES
    assert list(get_args(RuleName)) == NAMES
    assert {folder.name for folder in CASES.iterdir()} == set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_rules_are_told_in_sentences(rule: object) -> None:
    texts = (getattr(rule, "finds"), getattr(rule, "why"))  # noqa: B009
    assert all(text[0] == text[0].upper() and text.endswith((".", "...")) for text in texts)
