"""What a spec silences, with a reason: a rule in the whole project, or at places of a file. And what silences nothing.

Silence that is not needed any more would hide the next fault at its place, so it is reported like a fault.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from apigen.lint.finding import STALE, Finding
from apigen.lint.rules import RULES
from apigen.lint.subjects import Place, Trail, versions
from apigen.lintspec import SilenceSpec
from apigen.load import Spec
from apigen.model import Path
from apigen.paths import dotted, rule_path
from apigen.source import Source
from apigen.words import choices, nearest, quoted

# What is silenced: in which file, which rule, and version, type and path where they are said.
Key = tuple[str, str, str | None, str | None, Trail | None]

_OFF = frozenset(rule.name for rule in RULES if not rule.default)
# Fields have names: this leads nowhere.
_NOWHERE = ("",)
# To find what somebody may have meant takes time; a file of nothing but stale silences is not worth it.
_EXPLAINED = 20


@dataclass(frozen=True)
class _Silence:
    """A rule that is silenced at one place of a file, or in all of it; `at` is where the file says so."""

    source: Source
    at: Path
    spec: SilenceSpec
    path: str | None

    @property
    def trail(self) -> Trail | None:
        return None if self.path is None else rule_path(self.path) or _NOWHERE

    @property
    def type(self) -> str | None:
        # A path without a type leads from the root of a version.
        return self.spec.type if self.path is None else self.spec.type or ""

    @property
    def key(self) -> Key:
        return self.source.file, self.spec.rule, self.spec.version, self.type, self.trail


def _keys(finding: Finding) -> Iterator[Key]:
    """Yield what would silence a finding."""
    place = finding.place
    for version, of_type, trail in product((place.version, None), (place.type, None), (place.trail, None)):
        yield place.source.file, finding.rule, version, of_type, trail


def heard(spec: Spec, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings that nothing silences."""
    silenced, disabled = {silence.key for silence in _silences(spec)}, spec.project.spec.lint.disable
    for finding in found:
        if finding.rule not in disabled and silenced.isdisjoint(_keys(finding)):
            yield finding


def stale(spec: Spec, found: list[Finding], places: list[Place]) -> Iterator[Finding]:
    """Yield a finding for each silence without which the findings would be the same.

    `places` are those of all fields and types, for what somebody may have meant.
    """
    project = spec.project
    needed = {key for finding in found for key in _keys(finding)}
    rules = {finding.rule for finding in found}
    for rule in project.spec.lint.disable:
        if rule not in rules:
            message = f"{rule} finds nothing in this project"
            yield _stale(project.source, ("lint", "disable", rule), message, "leave it out", key=True)
    for i, rule in enumerate(project.spec.lint.enable):
        if rule in project.spec.lint.disable:
            message = f"{rule} is disabled below"
            yield _stale(project.source, ("lint", "enable", i), message, "leave out one of the two")
    disabled = project.spec.lint.disable
    idle = [s for s in _silences(spec) if s.key not in needed or s.spec.rule in disabled]
    for n, silence in enumerate(idle):
        why = f"{silence.spec.rule} finds nothing here", "leave it out"
        if n < _EXPLAINED:
            why = _why_nothing(spec, silence, found, [p for p in places if p.source is silence.source])
        yield _stale(silence.source, silence.at, *why)


def _silences(spec: Spec) -> Iterator[_Silence]:
    """Yield what the files silence: of a list of paths each by itself."""
    files = [(r.source, r.spec.lint) for r in spec.resources] + [(t.source, t.spec.lint) for t in spec.types]
    for source, silences in files:
        for i, silence in enumerate(silences):
            at: Path = ("lint", i)
            if isinstance(silence.path, list):
                for j, path in enumerate(silence.path):
                    yield _Silence(source, (*at, "path", j), silence, path)
            else:
                here = (*at, "path") if silence.path is not None else at
                yield _Silence(source, here, silence, silence.path)


def _why_nothing(spec: Spec, silence: _Silence, found: list[Finding], places: list[Place]) -> tuple[str, str]:
    """Say why a silence covers nothing, and what to do."""
    rule, project = silence.spec.rule, spec.project.spec.lint
    if rule in project.disable:
        return f"{rule} is disabled for the whole project", "leave out one of the two"
    if rule in _OFF and rule not in project.enable:
        return f"{rule} is off in this project", "leave this out, or enable the rule in apigen.yaml"
    if fault := _unknown(spec, silence, places):
        return fault
    there = {f.path for f in found if f.rule == rule and f.place.source is silence.source}
    return f"{rule} finds nothing here", nearest(silence.path or "", sorted(there)) or "leave it out"


def _unknown(spec: Spec, silence: _Silence, places: list[Place]) -> tuple[str, str] | None:
    """Return what a silence names that is not there, and what is."""
    version, of_type = silence.spec.version, silence.spec.type
    known = [v.spec.name for v in versions(spec) if v.place.source is silence.source]
    if version is not None and version not in known:
        message = f"there is no version {quoted(version)} that is not deprecated"
        return message, choices(version, known, "versions")
    places = [place for place in places if version in (None, place.version)]
    types = list(dict.fromkeys(place.type for place in places if place.type))
    if of_type is not None and of_type not in types:
        return f"no type {quoted(of_type)} is declared here", choices(of_type, types, "types")
    return _no_field(silence, [place for place in places if place.type == (of_type or "")])


def _no_field(silence: _Silence, places: list[Place]) -> tuple[str, str] | None:
    """Return what is wrong with the path of a silence, if it has one, among the places that it can lead to."""
    trails = list(dict.fromkeys(place.trail for place in places))
    if silence.trail is None or silence.trail in trails:
        return None
    if silence.trail == _NOWHERE:
        return f"{quoted(silence.path or '')} is no path", "such as spec.servers.*.name"
    path, known = dotted(silence.trail), [dotted(trail) for trail in trails if trail]
    return f"there is no field {quoted(path)}", nearest(path, known) or "leave it out"


def _stale(source: Source, at: Path, message: str, hint: str, *, key: bool = False) -> Finding:
    problem = source.problem(at, f"silences nothing: {message}", hint, key=key)
    return Finding(STALE, Place(source, at), problem)
