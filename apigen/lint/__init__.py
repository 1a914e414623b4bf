"""Kubernetes' API conventions, as checks on a spec that is right otherwise.

subjects (what there is) -> rules (what is wrong with it) -> silence (what of that the spec says is as it should be).
"""

from collections.abc import Iterator

from apigen.lint.fault import Fault
from apigen.lint.finding import Finding
from apigen.lint.rules import RULES, Rule
from apigen.lint.silence import heard, stale
from apigen.lint.subjects import Place, Value, kinds, values, versions
from apigen.load import Spec


def lint(spec: Spec) -> tuple[Finding, ...]:
    """Return what breaks the conventions in a spec and is not silenced, and what silences nothing; sorted by place."""
    project = spec.project.spec.lint
    asked = [r for r in RULES if r.default or r.name in project.enable or r.name in project.disable]
    there = list(values(spec))
    found = list(_found(spec, there, asked))
    left = [*heard(spec, found), *stale(spec, found, [value.place for value in there])]
    return tuple(sorted(left, key=lambda finding: finding.order))


def _found(spec: Spec, there: list[Value], rules: list[Rule]) -> Iterator[Finding]:
    """Yield what the rules find, silenced or not."""
    for kind in kinds(spec):
        yield from (_finding(r, kind.place, fault) for r in rules for fault in r.of_kind(kind))
    for version in versions(spec):
        yield from (_finding(r, version.place, fault) for r in rules for fault in r.of_version(version))
    for value in there:
        yield from (_finding(r, value.place, fault) for r in rules for fault in r.of_value(value))


def _finding(rule: Rule, place: Place, fault: Fault) -> Finding:
    """What a rule says of what stands at a place: a field as a whole is shown by its name."""
    key = fault.at[:1] in ((), ("fields",))
    problem = place.source.problem((*place.at, *fault.at), fault.message, fault.hint, key=key)
    return Finding(rule.name, place, problem)
