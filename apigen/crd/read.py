"""The first step: a file becomes the CustomResourceDefinitions in it.

YAML as kubectl reads it, which is 1.1: `0777` is 511, `yes` is true, `=` is a text. Several documents, JSON and
lists of objects are read alike. Objects of other kinds are named and left out.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import events

from apigen.crd.node import Definition
from apigen.model import Path
from apigen.problems import Position, Problem, SpecError
from apigen.scalars import Refusal, Scalar, plain
from apigen.source import Places, Source, Walk, decode

_OCTAL = re.compile(r"[-+]?0o?[0-7_]+")
_BINARY = re.compile(r"[-+]?0b[01_]+")
_GROUPED = re.compile(r"[-+]?[0-9][0-9_]*")
_MOST = 100  # no number that means something is longer
_YES_NO = {"yes": True, "on": True, "no": False, "off": False}
_TEMPLATE = re.compile(r"\{\{-?.*?\}\}")
_ALIASES = re.compile(": apigen specs have no (aliases|tags)$")
_V1 = "apiextensions.k8s.io/v1"
_LISTS = ("List", "CustomResourceDefinitionList")


@dataclass(frozen=True)
class Skipped:
    """An object of another kind: where it stands, and what it is."""

    position: Position
    what: str


def read(data: bytes, name: str) -> tuple[list[Definition], list[Skipped]]:
    """Return the definitions in a file that problems call `name`, and what else is in it.

    Raises SpecError for what is not YAML, and for a file without any definition.
    """
    text = decode(data, name)
    walk = _Documents(name, text)
    walk.run()
    if walk.problems:
        template = _template(name, text)
        raise SpecError([template] if template else walk.problems)
    definitions: list[Definition] = []
    skipped: list[Skipped] = []
    for source in walk.sources:
        _sort(source, source.document, (), definitions, skipped)
    if not definitions:
        other = ", ".join(sorted({s.what for s in skipped}))
        place = skipped[0].position if skipped else Position(name)
        message = "there is no CustomResourceDefinition in the file" + (f", but {other}" if other else "")
        raise SpecError(
            [Problem(place, message, f"a definition has kind: CustomResourceDefinition, apiVersion: {_V1}")]
        )
    return definitions, skipped


def _template(name: str, text: str) -> Problem | None:
    """What to say of a file that is no YAML, since it is a template of it."""
    found = _TEMPLATE.search(text)
    if not found:
        return None
    line = text.count("\n", 0, found.start())
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1)
    source = text.splitlines()[line]
    message = "the file looks like a Helm template, not like YAML"
    hint = "render it first: helm template CHART | apigen import -"
    return Problem(Position(name, line + 1, column + 1), message, hint, source, len(found.group()))


def _sort(source: Source, value: Any, at: Path, found: list[Definition], skipped: list[Skipped]) -> None:
    """Add an object to the definitions, or to what is skipped; of a list its items."""
    if value is None:
        return
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind in _LISTS and isinstance(value.get("items"), list):
        for i, item in enumerate(value["items"]):
            _sort(source, item, (*at, "items", i), found, skipped)
    elif kind == "CustomResourceDefinition":
        found.append(Definition(value, source, at))
    else:
        what = kind if isinstance(kind, str) else "something without a kind"
        skipped.append(Skipped(source.position(at), what))


def yaml11(word: str) -> Scalar | Refusal:
    """Return the value of an unquoted word as YAML 1.1 has it, but for numbers in base 60, which nobody means."""
    value = plain(word)
    if not isinstance(value, Refusal) or len(word) > _MOST:
        return value
    if word.lower() in _YES_NO:
        return _YES_NO[word.lower()]
    digits = word.replace("_", "")
    if _OCTAL.fullmatch(word):
        return int(digits.lower().replace("o", ""), 8)
    if _BINARY.fullmatch(word):
        return int(digits, 0)
    if _GROUPED.fullmatch(word):
        return int(digits)
    return word


def _key(word: str) -> str | Refusal:
    """Return an unquoted word as a key, which is a text in JSON."""
    return Refusal("a merge key <<: not read here", "write the keys out") if word == "<<" else word


class _Documents(Walk):
    """One pass over a file of several documents; collects a `Source` for each."""

    read_plain, read_key = staticmethod(yaml11), staticmethod(_key)

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        self.sources: list[Source] = []

    def run(self) -> None:
        """Read all documents."""
        super().run()
        self._finish()
        self.problems = [
            replace(p, message=_ALIASES.sub(": not read here", p.message)) for p in self.problems
        ]

    def _finish(self) -> None:
        if len(self.places):
            self.sources.append(Source(self.file, self.text, self.root, self.places))
        self.root, self.places = None, Places()

    def _document(self, event: Any) -> None:
        self._finish()

    def _node(self, event: Any) -> int:
        if event.tag == "!" and isinstance(event, events.ScalarEvent):
            event.tag = None
        return super()._node(event)
