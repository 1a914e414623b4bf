"""What holds for the fields of an object together: how many of them are there, and whether others may be."""

from collections.abc import Iterator

from apigen.checks import Problems
from apigen.model import Field, OneOf, Path, Schema
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


_UNKNOWN = "UnknownFields"


def unknown_fields(problems: Problems, source: Source, fields: tuple[Field, ...], at: Path) -> Field:
    """Return the field of an object declared at `at` that holds what it says besides `fields`."""
    where = (*at, "preserveUnknownFields")
    for field in fields:
        if field.go == _UNKNOWN:
            message = f'"{field.json}" is {_UNKNOWN} in Go, where what an object says besides its fields is'
            problems.add(source, field.where, message, "rename the field", key=True)
    text = "What is said besides the fields."
    schema = Schema("map", item=Schema("basic", "any"), description=text)
    return Field("", _UNKNOWN, schema, required=False, pointer=False, where=where)


def reject_for_objects(problems: Problems, source: Source, spec: FieldSpec, at: Path) -> None:
    """Report what is for objects with fields of their own, at something else."""
    if spec.preserve_unknown_fields:
        message = "preserveUnknownFields is for objects with `fields`"
        hint = "an object of which nothing is declared is `type: open object`"
        problems.add(source, (*at, "preserveUnknownFields"), message, hint, key=True)
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
