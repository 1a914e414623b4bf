"""What differs between the types of a version, before and after: fields, types, constraints, defaults, Go names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apigen.diff.demands import Demand, bounds, one_ofs, shown
from apigen.ends import describe
from apigen.gotypes import INTEGERS
from apigen.limits import NO_LIMITS, Limits
from apigen.model import ABSENT, CelRule, Field, Schema, Struct, Types
from apigen.paths import STAR
from apigen.scalars import cut

Names = tuple[str, ...]

# What accepts all that the other accepted, and more.
_WIDER = (
    *(("int32", "int64"), ("int32", "float64")),
    *(("int32", "intOrString"), ("string", "intOrString")),
)


@dataclass(frozen=True)
class Found:
    """A difference: its code, the path in the version, what it is, and the field that has it, new or else old.

    `near` is the new field that held what is gone.
    """

    code: str
    path: Names
    text: str
    of: Field | None = None
    old: bool = False
    near: Field | None = None


@dataclass
class FieldDiff:
    """Compares the types of a version before with those after."""

    before: Types
    after: Types
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def structs(self, old: Struct, new: Struct, path: Names = (), of: Field | None = None) -> Iterator[Found]:
        """Yield the differences of two objects, in the field `of`; those of a type with several places once."""
        if (old.go, new.go) in self._seen:
            return
        self._seen.add((old.go, new.go))
        if old.go != new.go:
            yield Found("go-name-changed", path, f"the type {old.go} is {new.go}", of)
        for was in old.named:
            now = new.find(was.json)
            if now is None:
                yield Found("field-removed", (*path, was.json), "", was, old=True, near=of)
            else:
                yield from self._fields(was, now, (*path, was.json))
        for now in new.named:
            if old.find(now.json) is None:
                code = "required-field-added" if self._asks(now) else "field-added"
                yield Found(code, (*path, now.json), "", now)
        yield from self._objects(old, new, path, of)

    def _asks(self, new: Field) -> bool:
        """Whether objects without a new field are refused."""
        if demanded(new):
            return True
        # What a spec holds is asked for even where there is none: it equals {} then.
        return (
            _root_value(new)
            and new.json == "spec"
            and any(map(self._asks, self.after.struct(new.schema).named))
        )

    def _objects(self, old: Struct, new: Struct, path: Names, of: Field | None) -> Iterator[Found]:
        """What is said of an object as a whole."""
        if old.open != new.open:
            yield Found("unknown-fields-kept" if new.open else "unknown-fields-dropped", path, "", of)
        yield from _constraints(one_ofs(old, new), path, of)
        yield from _rules(old.rules, new.rules, path, of)

    def _fields(self, was: Field, now: Field, path: Names) -> Iterator[Found]:
        if was.go != now.go:
            yield Found("go-name-changed", path, f"{was.go} is {now.go}", now)
        elif was.pointer != now.pointer:
            yield Found("go-pointer-changed", path, "a pointer" if now.pointer else "no pointer", now)
        if demanded(was) != demanded(now):
            yield Found("required" if demanded(now) else "optional", path, "", now)
        if was.schema.nullable != now.schema.nullable:
            yield Found("nullable" if now.schema.nullable else "not-nullable", path, "", now)
        yield from _defaults(was, now, path)
        yield from self._schemas(was.schema, now.schema, path, now)

    def _schemas(self, was: Schema, now: Schema, path: Names, of: Field) -> Iterator[Found]:
        """The differences of two values."""
        if was.kind in ("list", "map") and was.kind == now.kind:
            yield from _sharing(was, now, path, of)
            yield from self._constraints(was, now, path, of)
            yield from self._schemas(was.element, now.element, (*path, STAR), of)
            return
        if was.kind == now.kind == "object":
            yield from _sharing(was, now, path, of)
            yield from self._constraints(was, now, path, of)
            yield from self.structs(self.before.struct(was), self.after.struct(now), path, of)
            return
        types = _word(was), _word(now)
        if types[0] != types[1]:
            wider = types in _WIDER or types[1] == "any"
            code = "type-widened" if wider else "type-changed"
            yield Found(code, path, f"{describe(was)} is {describe(now)}", of)
            if not wider:
                return
        elif "named" in (was.kind, now.kind) and was.name != now.name:
            yield Found("go-name-changed", path, f"the type {was.name} is {now.name}", of)
        yield from _enums(was, now, path, of)
        yield from self._constraints(was, now, path, of)

    def _constraints(self, was: Schema, now: Schema, path: Names, of: Field) -> Iterator[Found]:
        olds, news = ([s.limits, _named(s, t)[0]] for s, t in ((was, self.before), (now, self.after)))
        integer = was.word in INTEGERS and now.word in INTEGERS
        yield from _constraints(bounds(olds, news, integer=integer), path, of)
        if was.immutable != now.immutable:
            tighter = bool(now.immutable) and was.immutable != "always"
            text = f"immutable: {was.immutable or 'no'} is {now.immutable or 'no'}"
            yield Found("constraint-tightened" if tighter else "constraint-loosened", path, text, of)
        rules = [(*s.rules, *_named(s, t)[1]) for s, t in ((was, self.before), (now, self.after))]
        yield from _rules(rules[0], rules[1], path, of)


def demanded(of: Field) -> bool:
    """Whether an object without a field is refused. A spec or status at the root that is missing equals {}."""
    return of.required and not of.has_default and not _root_value(of)


def _root_value(of: Field) -> bool:
    return of.schema.kind == "object" and not of.pointer


def _constraints(found: Iterable[Demand], path: Names, of: Field | None) -> Iterator[Found]:
    for tighter, text in found:
        yield Found("constraint-tightened" if tighter else "constraint-loosened", path, text, of)


def _word(schema: Schema) -> str:
    """What a value is in JSON, whatever Go calls it."""
    if schema.kind == "upstream":
        return schema.name
    return schema.word if schema.kind in ("basic", "named") else schema.kind


def _named(schema: Schema, types: Types) -> tuple[Limits, tuple[CelRule, ...]]:
    """What the named scalar type of a value demands."""
    found = types.scalars.get(schema.name) if schema.kind == "named" else None
    return (found.limits, found.rules) if found else (NO_LIMITS, ())


def _defaults(was: Field, now: Field, path: Names) -> Iterator[Found]:
    old, new = was.schema.default, now.schema.default
    if old is ABSENT and new is not ABSENT:
        yield Found("default-added", path, shown(new), now)
    elif new is ABSENT and old is not ABSENT:
        yield Found("default-removed", path, f"it was {shown(old)}", now)
    elif old is not ABSENT and shown(old) != shown(new):
        yield Found("default-changed", path, f"{shown(old)} is {shown(new)}", now)


def _sharing(was: Schema, now: Schema, path: Names, of: Field) -> Iterator[Found]:
    """How owners share a list, a map or an object. An unset list type is atomic, an unset map type granular."""
    usual = "atomic" if was.kind == "list" else "granular"
    kinds = [(s.list_type if s.kind == "list" else s.map_type) or usual for s in (was, now)]
    if kinds[0] != kinds[1]:
        # Stored lists may hold twice what must now be there once.
        code = "list-keys-changed" if kinds[1] in ("set", "map") else "list-type-changed"
        yield Found(code, path, f"{kinds[0]} is {kinds[1]}", of)
    elif was.list_map_keys != now.list_map_keys:
        keys = [", ".join(s.list_map_keys) for s in (was, now)]
        yield Found("list-keys-changed", path, f"the keys {keys[0]} are {keys[1]}", of)


def _enums(was: Schema, now: Schema, path: Names, of: Field) -> Iterator[Found]:
    old, new = ({c.value: c.go for c in s.enum} for s in (was, now))
    if bool(old) != bool(new):
        code = "constraint-tightened" if new else "constraint-loosened"
        yield Found(code, path, "an enum is new" if new else "the enum is gone", of)
        if old and was.name == now.name:
            yield Found("go-name-changed", path, f"the constants of {was.name} are gone", of)
        return
    yield from (Found("enum-value-removed", path, shown(value), of) for value in old if value not in new)
    yield from (Found("enum-value-added", path, shown(value), of) for value in new if value not in old)
    for value in old.keys() & new.keys():
        if old[value] != new[value]:
            yield Found("go-name-changed", path, f"the constant {old[value]} is {new[value]}", of)


def _rules(
    was: tuple[CelRule, ...], now: tuple[CelRule, ...], path: Names, of: Field | None
) -> Iterator[Found]:
    # A rule with an optional oldSelf asks of new objects, too, what it else asks of updates alone.
    old, new = ({(r.rule, r.optional_old_self): None for r in rules} for rules in (was, now))
    yield from (Found("rule-added", path, cut(rule), of) for rule, _ in new.keys() - old.keys())
    yield from (Found("rule-removed", path, cut(rule), of) for rule, _ in old.keys() - new.keys())


def object_names(old: Limits, new: Limits) -> Iterator[Found]:
    """Yield what differs in the demands on the names of objects."""
    for tighter, text in bounds([old], [new]):
        yield Found(
            "object-names-tightened" if tighter else "object-names-loosened", ("metadata", "name"), text
        )
