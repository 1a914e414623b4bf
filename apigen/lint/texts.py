"""Rules about descriptions."""

import re

from apigen.lint.fault import Fault, Faults
from apigen.lint.subjects import Kind, Value
from apigen.lint.wording import words

_UNWRITTEN = re.compile(r"\s*(TODO|FIXME|TBD|XXX)\b")


def descriptions(subject: Value | Kind) -> Faults:
    """A kind, field or named type of which nobody said what it is, or which says nothing but its name."""
    name = subject.spec.kind if isinstance(subject, Kind) else subject.name
    text = subject.spec.description
    at = ("kind",) if isinstance(subject, Kind) else ()
    if not text.strip():
        if not _speaks_for_itself(subject):
            yield Fault(f"{_called(subject)} without a description", "write `description:`", at)
    elif _UNWRITTEN.match(text) or words(text) == words(name):
        yield Fault("a description that says nothing", "say what it means", ("description",))


def _called(subject: Value | Kind) -> str:
    if isinstance(subject, Kind):
        return "a kind"
    return "a type" if subject.role == "type" else "a field"


def _speaks_for_itself(subject: Value | Kind) -> bool:
    """Whether something else is read in its place.

    Every object has a spec and a status; a named type has a description of its own; an item is described by its list.
    """
    if isinstance(subject, Kind):
        return any(version.description.strip() for version in subject.spec.versions)
    if not subject.declared or (subject.version is not None and subject.name in ("spec", "status")):
        return True
    return (
        subject.role == "field" and subject.named is not None and bool(subject.named.spec.description.strip())
    )


def commentstart(value: Value) -> Faults:
    """A description that does not begin with the name of what it describes."""
    text = value.spec.description.strip()
    if value.declared and text and text.split()[0].rstrip(",.:;") != value.name:
        hint = f'such as "{value.name} is ..."'
        yield Fault("a description that does not begin with the name", hint, ("description",))
