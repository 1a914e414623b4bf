"""What we generate from: frozen, resolved, in Go's words. No template has to ask whether something is there.

Project -> Group -> GroupVersion and Hub, which hold types -> Struct -> Field -> Schema. A Kind joins one root
struct of each version. Schema says of what type a value is and what is demanded of it; it nests for the items
of lists and the values of maps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from apigen.limits import NO_LIMITS, Limits
from apigen.source import Source
from apigen.upstream import UpstreamType

Path = tuple[str | int, ...]

ABSENT: Any = object()
"""Stands for a default that a field does not have; None could be one."""


@dataclass(frozen=True)
class OneOf:
    """How many of some fields an object says: the key that demands it, and the fields by JSON name."""

    how: Literal["exactlyOneOf", "atMostOneOf", "atLeastOneOf"]
    fields: tuple[str, ...]

    def allows(self, count: int) -> bool:
        """Whether an object may say so many of them."""
        return (count <= 1 or self.how == "atLeastOneOf") and (count >= 1 or self.how == "atMostOneOf")


@dataclass(frozen=True)
class CelRule:
    """A rule in CEL, as x-kubernetes-validations has it. `where` is its file and its path there."""

    rule: str
    message: str
    message_expression: str
    reason: str
    field_path: str
    optional_old_self: bool
    where: tuple[Source, Path] = field(compare=False, hash=False, repr=False)


@dataclass(frozen=True)
class Constant:
    """A member of an enum: its value, the name of its Go constant, what it means."""

    value: str | int
    go: str
    description: str


@dataclass(frozen=True)
class Schema:
    """The type of a value, and what is demanded of it.

    `kind` says how to read `name`: a word of the language (basic), the Go name of a scalar type or a struct of
    the same package (named, object), an upstream type, or nothing (list, map; their `item` is a schema).
    """

    kind: Literal["basic", "named", "object", "list", "map", "upstream"]
    name: str = ""
    upstream: UpstreamType | None = None
    item: "Schema | None" = None
    description: str = ""
    nullable: bool = False
    enum: tuple[Constant, ...] = ()
    limits: Limits = NO_LIMITS
    list_type: str = ""
    list_map_keys: tuple[str, ...] = ()
    map_type: str = ""
    default: Any = field(default=ABSENT, hash=False)
    example: Any = field(default=ABSENT, hash=False)
    immutable: Literal["", "always", "onceSet"] = ""
    rules: tuple[CelRule, ...] = ()
    base: str = ""
    """The word under a named scalar type: string, int32, int64, ..."""

    @property
    def layers(self) -> Iterator["Schema"]:
        """This schema, that of the items or values in it, and so on to the innermost."""
        schema: Schema | None = self
        while schema is not None:
            yield schema
            schema = schema.item

    @property
    def element(self) -> "Schema":
        """The schema of the items of a list or the values of a map."""
        assert self.item is not None
        return self.item

    @property
    def word(self) -> str:
        """The word of the language that the value is in the end: a named scalar's base, a basic's name."""
        return self.base or self.name


@dataclass(frozen=True)
class Field:
    """A field of a struct. `pointer` says whether the Go field is one; `json` and `go` are its two names."""

    json: str
    go: str
    schema: Schema
    required: bool
    pointer: bool
    where: Path = ()
    """Where the spec declares it, in the file of its struct."""
    meta: str = ""
    """"annotations" or "labels" for a field that stands for one of those, whose name is `go`."""

    @property
    def has_default(self) -> bool:
        return self.schema.default is not ABSENT

    @property
    def unknown(self) -> bool:
        """Whether the field holds what an object says besides its fields; then it has no JSON name."""
        return not self.json


@dataclass(frozen=True)
class Struct:
    """An object type. `spec_name` is how a spec calls it, if it does."""

    go: str
    description: str
    fields: tuple[Field, ...]
    spec_name: str = ""
    root: bool = False
    one_ofs: tuple[OneOf, ...] = ()
    rules: tuple[CelRule, ...] = ()

    @property
    def text(self) -> str:
        """The description, or what stands in for it: every type has a comment."""
        return self.description or f"{self.go} is a {'kind' if self.root else 'part'} of the API."

    @property
    def open(self) -> bool:
        """Whether objects keep what they say besides their fields."""
        return any(f.unknown for f in self.fields)

    @property
    def named(self) -> tuple[Field, ...]:
        """The fields with a JSON name."""
        return tuple(f for f in self.fields if not f.unknown)

    def find(self, json: str) -> Field | None:
        """The field of that JSON name."""
        return next((f for f in self.fields if f.json == json), None)


@dataclass(frozen=True)
class NamedScalar:
    """A scalar type with a name: its base and the constants of its enum."""

    go: str
    base: str
    description: str
    constants: tuple[Constant, ...]
    limits: Limits = NO_LIMITS
    rules: tuple[CelRule, ...] = ()


@dataclass(frozen=True)
class Types:
    """The types of one Go package, by Go name."""

    structs: dict[str, Struct]
    scalars: dict[str, NamedScalar]

    def struct(self, schema: Schema) -> Struct:
        """The struct that an object schema names."""
        return self.structs[schema.name]


@dataclass(frozen=True)
class Lens:
    """How a value at one end converts into the one at the other end, both ways.

    `how` is "same" (the same type), "object" (structs, by the frame `inner`), "list", "map" or "word" of nothing
    but their items (`item`); "wrap" (a value and an object around it: a frame too); "entries" (a map and a list,
    whose items pair by `inner`), "first" (a value and a list of which it is the first, by `item`), "union", or a
    rule's `as`: not, enum, duration, scale, width, text, json, yaml, split, go. `option` is what the rule says of
    it. `turned` says that the ends of the rule stand the other way round.
    """

    how: str
    inner: str = ""
    item: "Lens | None" = None
    option: Any = None
    turned: bool = False

    def reversed(self) -> "Lens":
        """The same lens from the other end."""
        return replace(self, item=self.item and self.item.reversed(), turned=not self.turned)


@dataclass(frozen=True)
class Pair:
    """Two fields that convert into each other: where they stand, counted from the ends of their frame.

    A path of more than one field leads through objects; an empty one is the end itself. `bare` says that only the
    presence of two objects is paired: what they hold is paired elsewhere.
    """

    a: tuple[Field, ...]
    b: tuple[Field, ...]
    lens: Lens
    bare: bool = False

    def reversed(self) -> "Pair":
        """The same pair from the other end."""
        return Pair(self.b, self.a, self.lens.reversed(), self.bare)


@dataclass(frozen=True)
class Only:
    """A field that only one end has. `drop` is why it may be lost; `value` what a new object gets.

    `bare` says that the other end has what the object holds, but not the object: its bare presence is kept.
    """

    path: tuple[Field, ...]
    drop: str = ""
    bare: bool = False


@dataclass(frozen=True)
class Frame:
    """How one struct, or a value in it, converts into another, both ways: the unit for which Go functions are made."""

    a: Struct | Schema
    b: Struct | Schema
    pairs: tuple[Pair, ...] = ()
    only_a: tuple[Only, ...] = ()
    only_b: tuple[Only, ...] = ()

    def reversed(self) -> "Frame":
        """The same frame from the other end."""
        return Frame(self.b, self.a, tuple(p.reversed() for p in self.pairs), self.only_b, self.only_a)


@dataclass(frozen=True)
class Edge:
    """One kind's conversion between a version (a) and its neighbour on the way to the hub (b), both ways.

    `target` is a version, or None for the hub itself. Frames have names; that of the roots is `root`.
    """

    version: str
    target: str | None
    root: str
    frames: dict[str, Frame]
    moves: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """The rules as pairs of paths: in the version, in its neighbour."""


@dataclass(frozen=True)
class NewValue:
    """What a field of a version gets in objects made `through` others, which have nothing like it.

    In the path, None stands for every item of a list or value of a map.
    """

    version: str
    through: tuple[str, ...]
    path: tuple[Field | None, ...]
    value: Any


@dataclass(frozen=True)
class Column:
    """A printer column."""

    name: str
    type: str
    json_path: str
    description: str
    format: str
    priority: int


@dataclass(frozen=True)
class Scale:
    """The scale subresource of one version: fields from the root, and the same in the hub."""

    spec: tuple[Field, ...]
    status: tuple[Field, ...]
    selector: tuple[Field, ...]


@dataclass(frozen=True)
class Selectable:
    """A field for selectors: its label in the version and in the hub, and the hub's fields on the way to it."""

    label: str
    hub_label: str
    hub_fields: tuple[Field, ...]
    values: tuple[tuple[str, str], ...] = ()
    """The values that have other names in the hub, with those."""


@dataclass(frozen=True)
class KindVersion:
    """A kind in one version."""

    version: str
    root: Struct
    served: bool
    warning: str
    """The deprecation warning, or nothing."""
    columns: tuple[Column, ...]
    selectable: tuple[Selectable, ...]
    scale: Scale | None
    edge: Edge
    renames: tuple[tuple[str, str], ...]
    """Paths of the storage version that this version calls otherwise; `*` for an index or key."""
    sample: dict[str, Any] = field(compare=False, hash=False, default_factory=dict)
    """A valid object without apiVersion, kind and metadata."""


@dataclass(frozen=True)
class Kind:
    """A kind: what does not depend on the version, and its versions from the most preferred on."""

    kind: str
    list_kind: str
    plural: str
    singular: str
    short_names: tuple[str, ...]
    categories: tuple[str, ...]
    namespaced: bool
    description: str
    storage: str
    status: bool
    hooks: tuple[str, ...]
    package: str
    hub: Struct
    scale: Scale | None
    """The scale subresource in the hub's fields, if any version has it."""
    versions: tuple[KindVersion, ...]
    values: tuple[NewValue, ...] = field(default=(), compare=False, hash=False)
    """What new objects get of fields that the version they came through does not have."""
    names: Limits = NO_LIMITS
    """What the names of objects must be besides DNS subdomains."""
    dropped: str = ""
    """The Go field of the hub that says what was given up in decoding, or nothing."""

    @property
    def stored(self) -> KindVersion:
        """The kind in its storage version."""
        return next(v for v in self.versions if v.version == self.storage)


@dataclass(frozen=True)
class GroupVersion:
    """A version of a group: the types of all kinds that have it."""

    name: str
    types: Types
    kinds: tuple[Kind, ...]
    served: bool

    def of(self, kind: Kind) -> KindVersion:
        """That kind in this version."""
        return next(v for v in kind.versions if v.version == self.name)


@dataclass(frozen=True)
class Group:
    """An API group. `package` is its Go package and folder; `versions` from the most preferred on."""

    name: str
    package: str
    model_prefix: str
    versions: tuple[GroupVersion, ...]
    hub: Types
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Project:
    """A whole server."""

    name: str
    module: str
    kubernetes: str
    groups: tuple[Group, ...]
    admission: tuple[str, ...] = ()
    """The names of the admission plugins, in their order."""
