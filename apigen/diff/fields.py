"""What differs between the types of a version, before and after: fields, types, constraints, defaults, Go names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apigen.ends import describe
from apigen.limits import NO_LIMITS, Limits
from apigen.model import ABSENT, CelRule, Field, Schema, Struct, Types
from apigen.paths import STAR

Names = tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A difference: its code, the path in the version, what it is, and the field that has it, new or else old."""

    code: str
    path: Names
    text: str
    of: Field | None = None
    old: bool = False


@dataclass
class FieldDiff:
    """Compares the types of a version before with those after."""

    before: Types
    after: Types
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def structs(self, old: Struct, new: Struct, path: Names = ()) -> Iterator[Found]:
        """Yield the differences of two objects; those of a type that is used in several places once."""
        if (old.go, new.go) in self._seen:
            return
        self._seen.add((old.go, new.go))
        if old.go != new.go:
            yield Found("go-name-changed", path, f"the type {old.go} is {new.go}")
        for was in old.named:
            now = new.find(was.json)
            if now is None:
                yield Found("field-removed", (*path, was.json), "", was, old=True)
            else:
                yield from self._fields(was, now, (*path, was.json))
        for now in new.named:
            if old.find(now.json) is None:
                required = now.required and not now.has_default
                yield Found("required-field-added" if required else "field-added", (*path, now.json), "", now)
        yield from self._objects(old, new, path)

    def _objects(self, old: Struct, new: Struct, path: Names) -> Iterator[Found]:
        """What is said of an object as a whole."""
        if old.open != new.open:
            yield Found("unknown-fields-kept" if new.open else "unknown-fields-dropped", path, "")
        was = {f"{g.how} {', '.join(g.fields)}" for g in old.one_ofs}
        now = {f"{g.how} {', '.join(g.fields)}" for g in new.one_ofs}
        yield from (Found("constraint-tightened", path, f"{text} is new") for text in sorted(now - was))
        yield from (Found("constraint-loosened", path, f"{text} is gone") for text in sorted(was - now))
        yield from _rules(old.rules, new.rules, path, None)

    def _fields(self, was: Field, now: Field, path: Names) -> Iterator[Found]:
        if was.go != now.go:
            yield Found("go-name-changed", path, f"{was.go} is {now.go}", now)
        elif was.pointer != now.pointer:
            yield Found("go-pointer-changed", path, "a pointer" if now.pointer else "no pointer", now)
        demanded = [f.required and not f.has_default for f in (was, now)]
        if demanded[0] != demanded[1]:
            yield Found("required" if demanded[1] else "optional", path, "", now)
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
            yield from self.structs(self.before.struct(was), self.after.struct(now), path)
            return
        types = _word(was), _word(now)
        if types[0] != types[1]:
            wider = types in (("int32", "int64"), ("int32", "intOrString"), ("string", "intOrString"))
            code = "type-widened" if wider else "type-changed"
            yield Found(code, path, f"{describe(was)} is {describe(now)}", of)
            if not wider:
                return
        if was.kind == now.kind == "named" and was.name != now.name:
            yield Found("go-name-changed", path, f"the type {was.name} is {now.name}", of)
        yield from _enums(was, now, path, of)
        yield from self._constraints(was, now, path, of)

    def _constraints(self, was: Schema, now: Schema, path: Names, of: Field) -> Iterator[Found]:
        pairs = [(was.limits, now.limits), (_named(was, self.before)[0], _named(now, self.after)[0])]
        for old, new in pairs:
            yield from _limits(old, new, path, of)
        if was.immutable != now.immutable:
            tighter = bool(now.immutable) and was.immutable != "always"
            text = f"immutable: {was.immutable or 'no'} is {now.immutable or 'no'}"
            yield Found("constraint-tightened" if tighter else "constraint-loosened", path, text, of)
        olds = (*was.rules, *_named(was, self.before)[1])
        news = (*now.rules, *_named(now, self.after)[1])
        yield from _rules(olds, news, path, of)


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
        yield Found("default-added", path, _json(new), now)
    elif new is ABSENT and old is not ABSENT:
        yield Found("default-removed", path, f"it was {_json(old)}", now)
    elif old is not ABSENT and _json(old) != _json(new):
        yield Found("default-changed", path, f"{_json(old)} is {_json(new)}", now)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


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
        return
    yield from (Found("enum-value-removed", path, _json(value), of) for value in old if value not in new)
    yield from (Found("enum-value-added", path, _json(value), of) for value in new if value not in old)
    for value in old.keys() & new.keys():
        if old[value] != new[value]:
            yield Found("go-name-changed", path, f"the constant {old[value]} is {new[value]}", of)


_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


def _limits(old: Limits, new: Limits, path: Names, of: Field | None) -> Iterator[Found]:
    was, now = old.given(), new.given()
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) == now.get(key):
            continue
        looser = key not in now
        if key in was and key in now:
            # What another pattern, format or factor refuses cannot be known.
            looser = (key in _LOWER and now[key] < was[key]) or (key in _UPPER and now[key] > was[key])
        text = f"{key} {_shown(was, key)} is {_shown(now, key)}"
        yield Found("constraint-loosened" if looser else "constraint-tightened", path, text, of)


def _shown(limits: dict[str, Any], key: str) -> str:
    return _json(limits[key]) if key in limits else "none"


def _rules(
    was: tuple[CelRule, ...], now: tuple[CelRule, ...], path: Names, of: Field | None
) -> Iterator[Found]:
    old, new = [r.rule for r in was], [r.rule for r in now]
    yield from (Found("rule-added", path, rule, of) for rule in new if rule not in old)
    yield from (Found("rule-removed", path, rule, of) for rule in old if rule not in new)


def object_names(old: Limits, new: Limits) -> Iterator[Found]:
    """Yield what differs in the demands on the names of objects."""
    for found in _limits(old, new, (), None):
        yield Found(found.code.replace("constraint", "object-names"), ("metadata", "name"), found.text)
