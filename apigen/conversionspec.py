"""What a person may write of conversions: the shape of rules, with a sentence for every key."""

from typing import Literal

from pydantic import Field, JsonValue

from apigen.strict import Strict


class MapToSpec(Strict):
    """A map, and a list of objects with its entries."""

    key: str = Field(examples=["name"])
    """The field of the objects that holds the map's key."""
    value: str | None = Field(None, examples=["value"])
    """The field that holds the map's value; without it the map's values are objects that gain the key field."""


class UnionSpec(Strict):
    """A value whose meaning another field tells, and one field for each meaning."""

    discriminator: str = Field(examples=["referenceType"])
    """The field that tells what the value is."""
    value: str = Field(examples=["reference"])
    """The field with the value."""
    cases: dict[str, str] = Field(min_length=1, examples=[{"Flunder": "flunderReference"}])
    """For each word of the discriminator the field that holds the value in the other version."""


class AsSpec(Strict):
    """How the values of the two ends convert into each other; one key."""

    enum: dict[str, str | int | list[str | int]] | None = Field(
        None, examples=[{"rr": ["RoundRobin", "Random"], "lc": "LeastConnections"}]
    )
    """Words of the first version and those of the second; others map to themselves. Of a list of words the first is
    what the one of the first version means; the others show as it."""
    duration: Literal["milliseconds", "seconds", "minutes", "hours"] | None = Field(
        None, examples=["seconds"]
    )
    """A duration, and its number in that unit, rounded away from zero."""
    scale: int | None = Field(None, ge=1, examples=[1000])
    """The first times that number is the second; integers, or a quantity and an integer."""
    wrap: str | None = Field(None, examples=["name"])
    """A value, and an object with the value in that field."""
    each_to: str | None = Field(None, examples=["address"])
    """A list of values, and a list of objects with each value in that field."""
    map_to: MapToSpec | None = Field(None, examples=[{"key": "name", "value": "value"}])
    """A map, and a list of objects with its entries."""
    split: str | None = Field(None, min_length=1, examples=[","])
    """A text, and a list of its parts between that separator."""
    text: Literal["json", "yaml"] | None = Field(None, examples=["json"])
    """A value of any type, and its text in that format."""
    union: UnionSpec | None = Field(
        None,
        examples=[
            {"discriminator": "type", "value": "name", "cases": {"Pod": "podName", "Node": "nodeName"}}
        ],
    )
    """A value whose meaning another field tells, and one field for each meaning."""
    go: str | None = Field(None, examples=["Schedule"])
    """A pair of Go functions of yours; the name is theirs. They are made once, in a file that is yours."""


class RuleSpec(Strict):
    """One rule of a conversion. It holds both ways."""

    from_: str | list[str] | None = Field(None, alias="from", examples=["spec.method"])
    """The path in the first version; `*` stands for every item of a list or value of a map. Without `to`, this
    version alone has it; then it may be a list of paths."""
    to: str | list[str] | None = Field(None, examples=["spec.balancing"])
    """The path in the second version. Without `from`, this version alone has it."""
    as_: Literal["not", "width", "list", "text"] | AsSpec | None = Field(
        None, alias="as", examples=["not", {"duration": "seconds"}]
    )
    """How the values convert into each other. `not`: inverted booleans; `width`: int32 and int64; `list`: one value
    and a list of which it is the first; `text`: a number or boolean and its text; others take an option."""
    value: JsonValue = Field(None, examples=["Rolling"])
    """What a new object gets that was made through the other version; `{from: ..., to: ...}` for both ends."""
    drop: str | None = Field(None, min_length=1, examples=["nothing reads it any more"])
    """Why the value may be lost. Whoever sends it gets that as a warning."""
    type: str | None = Field(None, examples=["Server"])
    """A type that both versions have: `rules` hold for it wherever both use it, with paths that begin at it."""
    rules: list["RuleSpec"] | None = Field(None, examples=[[{"from": "host", "to": "address"}]])
    """The rules of that type."""


class ConversionSpec(Strict):
    """How two versions convert into each other; fields of the same path and type need no rule."""

    from_: str = Field(alias="from", examples=["v1alpha1"])
    """The first version."""
    to: str = Field(examples=["v1"])
    """The second version."""
    rules: list[RuleSpec] = Field([], examples=[[{"from": "spec.method", "to": "spec.balancing"}]])
    """Where the versions differ."""
