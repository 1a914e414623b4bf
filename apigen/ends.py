"""The ends of a pair of versions: structs and values, paths of fields, and what a pairing notes of them."""

from dataclasses import dataclass

from apigen.model import Field, Schema, Struct
from apigen.paths import dotted
from apigen.rules import Names, Rule

End = Struct | Schema


@dataclass(frozen=True)
class Lost:
    """A field that has no partner, and its path. `recursive`: it is in a type that contains itself."""

    path: Names
    of: Field
    recursive: bool = False


@dataclass(frozen=True)
class Difference:
    """Two paired fields that differ, by `rule` or by name, and their paths.

    `what` is "types" or "defaults"; or why the rule's `as` does not fit them.
    """

    rule: Rule | None
    source: Names
    target: Names
    ends: tuple[Field, Field]
    what: str


def union_fault(folded: list[Field | None], cases: list[Field | None]) -> str:
    """Why a union cannot be one of these fields, or nothing."""
    if None in folded or None in cases:
        return "one end must have the discriminator and the value, the other a field for each case"
    words = [f.schema.word if f and f.schema.kind in ("basic", "named") else "" for f in (*folded, *cases)]
    if words[0] != "string":
        return "the discriminator must be a string"
    if not words[1] or len(set(words[1:])) > 1:
        return "the value and the fields of the cases must be scalars of one type"
    return ""


def is_metadata(path: Names, end: End) -> bool:
    """Whether a path leads to an annotation or label. A frame's own field of that name comes first."""
    own = isinstance(end, Struct) and end.find("metadata") is not None
    return len(path) == 3 and path[0] == "metadata" and path[1] in ("annotations", "labels") and not own


def crosses(rule: Rule, source: Names, target: Names) -> bool:
    """Whether a rule leads out of a pair of objects; metadata is in reach everywhere."""
    ends = rule.source or (), rule.target or ()
    if any(end[:1] == ("metadata",) for end in ends):
        return False
    return begins(ends[0], source) != begins(ends[1], target)


def of_metadata(path: Names) -> Field:
    """An annotation or a label as a field."""
    return Field(dotted(path), path[2], Schema("basic", "string"), False, True, meta=path[1])


def names_of(fields: tuple[Field, ...]) -> Names:
    """The path of fields."""
    return tuple(f.json for f in fields)


def begins(path: Names, with_: Names) -> bool:
    """Whether a path leads on from another."""
    return len(path) > len(with_) and path[: len(with_)] == with_


def describe(schema: Schema) -> str:
    """Return a type as a spec would write it."""
    match schema.kind:
        case "list" | "map":
            return f"{schema.kind} of {describe(schema.element)}"
        case "object":
            return "object"
        case "named":
            return schema.base
    return schema.name


def pair_text(source: Names, target: Names) -> str:
    """Return a rule as a spec would write it."""
    return f"{{from: {dotted(source)}, to: {dotted(target)}}}"
