"""What an object says of its fields together: how many of them are there."""

from collections.abc import Iterator

from apigen.checks import Problems
from apigen.model import Field, OneOf, Path
from apigen.source import Source
from apigen.spec import FieldSpec, VersionSpec
from apigen.words import choices, quoted

_KEYS = {"exactlyOneOf": "exactly_one_of", "atMostOneOf": "at_most_one_of", "atLeastOneOf": "at_least_one_of"}


def one_ofs(
    problems: Problems, source: Source, spec: FieldSpec | VersionSpec, fields: tuple[Field, ...], at: Path
) -> tuple[OneOf, ...]:
    """Return what an object declared at `at` demands of groups of its fields, and report groups that cannot be."""
    known = {f.json: f for f in fields}
    made: list[OneOf] = []
    for how, names, where in _groups(spec, at):
        faults = len(problems)
        if len(names) < 2:
            problems.add(
                source, where, f"{how} needs two fields or more", "name those that exclude each other"
            )
        for i, name in enumerate(names):
            _check(problems, source, how, name, names.index(name) != i, known, (*where, i))
        if len(problems) == faults:
            made.append(OneOf(how, tuple(names)))  # type: ignore[arg-type]
    return tuple(made)


def reject_one_ofs(problems: Problems, source: Source, spec: FieldSpec, at: Path) -> None:
    """Report one-ofs of what has no fields of its own."""
    for how, key in _KEYS.items():
        if getattr(spec, key) is not None:
            hint = "write it where the fields are"
            problems.add(source, (*at, how), f"{how} is for objects with `fields`", hint, key=True)


def _groups(spec: FieldSpec | VersionSpec, at: Path) -> Iterator[tuple[str, list[str], Path]]:
    for how, key in _KEYS.items():
        said = getattr(spec, key) or []
        if said and isinstance(said[0], str):
            yield how, said, (*at, how)
        else:
            yield from ((how, group, (*at, how, i)) for i, group in enumerate(said))


def _check(
    problems: Problems, source: Source, how: str, name: str, again: bool, known: dict[str, Field], at: Path
) -> None:
    field = known.get(name)
    if field is None:
        problems.add(source, at, f"there is no field {quoted(name)}", choices(name, sorted(known), "fields"))
    elif again:
        problems.add(source, at, f"the field {quoted(name)} is there twice", "leave out one")
    elif field.required or field.has_default:
        why = "required" if field.required else "never absent: it has a default"
        problems.add(source, at, f"{how} names {quoted(name)}, which is {why}", "name optional fields")
    elif not field.pointer and field.schema.kind == "object":
        problems.add(source, at, f"{how} names {quoted(name)}, which is never absent", "name optional fields")
