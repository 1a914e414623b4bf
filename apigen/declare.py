"""Field specs -> the Go types of one version: structs, named scalars and schemas, with unique Go names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from apigen import names, phrases
from apigen.bounds import limits_of
from apigen.celrules import cel_rules
from apigen.checks import check_schema
from apigen.enums import enum_constants
from apigen.gotypes import BASICS, SCALARS, is_pointer
from apigen.limits import NO_LIMITS, Limits
from apigen.model import ABSENT, Constant, Field, NamedScalar, Path, Schema, Struct
from apigen.objects import one_ofs, reject_for_objects, unknown_fields
from apigen.package import Package, Scope
from apigen.source import Source
from apigen.spec import Fields, FieldSpec, VersionSpec
from apigen.words import quoted

_IMMUTABLE = "This field is immutable."
_ONCE_SET = "This field is immutable once set."
_DEPRECATED = "This field is deprecated: it may be gone in a later version."
# The keys of a named type, by their names in the model: an object's, a scalar's.
_ONE_OFS = frozenset({"exactly_one_of", "at_most_one_of", "at_least_one_of"})
_OF_OBJECTS = _ONE_OFS | {
    *("fields", "description", "map_type", "default", "example", "validations", "preserve_unknown_fields"),
}
_OF_SCALARS = frozenset(
    {"type", "description", "enum", "default", "example", "validations", *Limits.__dataclass_fields__}
)


@dataclass(frozen=True)
class Declarer:
    """Declares the types of one kind, or of one shared file, in a package."""

    package: Package
    scope: Scope
    source: Source

    def root(self, kind: str, spec: VersionSpec, at: Path, description: str) -> None:
        """Declare the root struct of a kind in a version that stands at `at`, and all that it needs."""
        self._struct(kind, spec, at, ("kind", spec.name), description, root=True)

    def _add(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        self.package.problems.add(self.source, path, message, hint, key=key)

    def _struct(
        self,
        go: str,
        spec: FieldSpec | VersionSpec,
        at: Path,
        owner: Path,
        description: str,
        *,
        root: bool = False,
        spec_name: str = "",
    ) -> str:
        """Declare a struct that stands at `at`, and all that its fields need. Returns its Go name."""
        package = self.package
        if not package.take(go, self.source, owner) and go in package.structs:
            return go
        package.structs[go] = Struct(go, description, (), spec_name, root)  # it may contain itself
        made = tuple(self._fields(go, spec.fields or {}, (*at, "fields"), root=root))
        if spec.preserve_unknown_fields:
            made += (unknown_fields(package.problems, self.source, made, at),)
        groups = one_ofs(package.problems, self.source, spec, made, at)
        rules = cel_rules(self.source, spec.validations, at)
        package.structs[go] = Struct(go, description, made, spec_name, root, groups, rules)
        return go

    def _fields(self, go: str, fields: Fields, path: Path, *, root: bool) -> Iterator[Field]:
        seen: dict[str, str] = {}
        for json, spec in fields.items():
            at = (*path, json)
            if not self._field_name(json, at, root):
                continue
            name = names.field_name(json)
            if name in seen:
                message = f'"{json}" and "{seen[name]}" are both {name} in Go'
                self._add(at, message, "rename one of the two", key=True)
                continue
            seen[name] = json
            yield self._field(go, json, name, spec, at, root=root)

    def _field_name(self, json: str, at: Path, root: bool) -> bool:
        if not names.FIELD.match(json) or json in ("_", "-"):
            hint = "letters, digits, and _ . - / $ inside; at most 128 characters"
            self._add(at, f"{quoted(json)} cannot be the name of a field", hint, key=True)
            return False
        if root and json in ("apiVersion", "kind", "metadata"):
            self._add(at, f'every object has "{json}" already', "leave it out", key=True)
            return False
        if root and json == "items":
            self._add(
                at, 'an object with "items" at its root is taken for a list', "put them under spec", key=True
            )
            return False
        return True

    def _field(self, owner: str, json: str, go: str, spec: FieldSpec, at: Path, *, root: bool) -> Field:
        schema = self._schema(spec, at, owner + names.exported(json))
        package = self.package
        named = package.scalars.get(schema.name)
        limits = named.limits if named and schema.kind == "named" else NO_LIMITS
        value = root and json in ("spec", "status") and schema.kind == "object"
        if value and schema.default is not ABSENT:
            if schema.default != {}:
                message = f"a default for {json}, which is never absent: where it is missing it equals {{}}"
                self._add((*at, "default"), message, "put the defaults at its fields", key=True)
            package.values[:] = [v for v in package.values if v[2] != (*at, "default")]
            schema = replace(schema, default=ABSENT)
        pointer = not value and is_pointer(schema, spec.required, schema.default is not ABSENT, limits)
        if spec.nullable and spec.required:
            message = "a required field cannot be nullable: null equals absent"
            self._add((*at, "nullable"), message, "leave out one of the two", key=True)
        return Field(json, go, schema, spec.required, pointer, at)

    def _schema(self, spec: FieldSpec, at: Path, go: str) -> Schema:
        """Return the schema of a value declared at `at`; `go` names the types that it needs."""
        schema = self._typed(spec, at, go)
        list_type, keys = spec.list_type or "", tuple(spec.list_map_keys or ())
        inner = schema.item.upstream if schema.kind == "list" and schema.item else None
        if inner and inner.name == "meta/v1.Condition" and not list_type:
            list_type, keys = "map", keys or ("type",)
        schema = replace(
            schema,
            description=_described(spec),
            nullable=spec.nullable,
            limits=limits_of(spec),
            list_type=list_type,
            list_map_keys=keys,
            map_type=spec.map_type or schema.map_type,
            default=spec.default if "default" in spec.model_fields_set else schema.default,
            example=spec.example if "example" in spec.model_fields_set else schema.example,
            immutable="always" if spec.immutable is True else spec.immutable or "",
            rules=cel_rules(self.source, spec.validations, at) if spec.fields is None else (),
        )
        check_schema(self.package, self.source, spec, schema, at)
        self.package.valued(self.source, spec, schema, at)
        return schema

    def _typed(self, spec: FieldSpec, at: Path, go: str) -> Schema:
        if spec.type is None:
            if spec.fields is None:
                self._add(at, "the field has no type", "write `type:` or `fields:`", key=True)
                return Schema("basic", "string")
            self._no_items(spec, at, ())
            text = _inline_text(go, at, spec.description)
            return Schema("object", self._struct(go, spec, at, at, text))
        reject_for_objects(self.package.problems, self.source, spec, at)
        phrase = phrases.parse(spec.type)
        if isinstance(phrase, str):
            return self._unknown(at, spec.type, phrase)
        if spec.fields is not None:
            if phrase.inner == "object":
                hint = f"put them under `{'items' if phrase.outer[0] == 'list' else 'values'}:`"
                self._add((*at, "fields"), "`fields` beside `type`", hint, key=True)
                return Schema("basic", "string")
            self._add((*at, "fields"), "`fields` beside `type`", "leave out one of the two", key=True)
        self._no_items(spec, at, phrase.outer)
        return self._nested(spec, at, go, phrase.outer, phrase.inner)

    def _unknown(self, at: Path, phrase: str, hint: str) -> Schema:
        """Report a type that is none. Returns a stand-in."""
        if phrase in self.scope.hidden:
            hint = "a shared file may be used with any kind: move the type into a shared file too"
        hint = hint or phrases.nearest(phrase, self.scope.names(), self.package.upstream.names())
        self._add((*at, "type"), f"unknown type {quoted(phrase)}", hint)
        return Schema("basic", "string")

    def _no_items(self, spec: FieldSpec, at: Path, outer: tuple[str, ...]) -> None:
        for key, value, container in (("items", spec.items, "list"), ("values", spec.values, "map")):
            if value is not None and outer[:1] != (container,):
                hint = f"write `type: {container} of T`"
                self._add((*at, key), f"`{key}` is for a {container}", hint, key=True)

    def _nested(self, spec: FieldSpec, at: Path, go: str, outer: tuple[str, ...], inner: str) -> Schema:
        """Return the schema of a phrase; `items` and `values` describe the next container's content."""
        if not outer:
            return self._inner(spec, at, go, inner)
        container: Literal["list", "map"] = "list" if outer[0] == "list" else "map"
        key, element = ("items", spec.items) if container == "list" else ("values", spec.values)
        go += "Item" if container == "list" else "Value"
        if element is not None:
            item = self._element(element, (*at, key), go, outer[1:], inner)
            return Schema(container, item=replace(item, default=ABSENT))
        if len(outer) == 1 and inner == "object":
            hint = f"write `{key}: {{fields: {{...}}}}` beside it"
            self._add((*at, "type"), f'"{spec.type}" needs `{key}` with `fields`', hint)
            return Schema(container, item=Schema("basic", "string"))
        item = self._nested(FieldSpec(type=spec.type), at, go, outer[1:], inner)
        return Schema(container, item=replace(item, default=ABSENT))

    def _element(self, spec: FieldSpec, at: Path, go: str, outer: tuple[str, ...], inner: str) -> Schema:
        """Return the schema of a container's content, which `items` or `values` at `at` describe."""
        for word in ("required", "nullable", "default", "immutable"):
            if word in spec.model_fields_set:
                message = f"`{word}` is for fields: what a list or map holds is there"
                self._add((*at, word), message, "leave it out", key=True)
        if inner == "object" and not outer:
            if spec.fields is None or spec.type is not None:
                self._add(at, "the fields of the object are missing", "write `fields:` here", key=True)
                return Schema("basic", "string")
            return self._schema(spec, at, go)
        if spec.type is not None or spec.fields is not None:
            hint = "leave out `type` and `fields` here, or write `list of object` or `map of object` above"
            self._add(at, "the type stands in the phrase above already", hint, key=True)
        phrase = " ".join([*(f"{o} of" for o in outer), inner])
        return self._schema(spec.model_copy(update={"type": phrase, "fields": None}), at, go)

    def _inner(self, spec: FieldSpec, at: Path, go: str, word: str) -> Schema:
        """Return the schema of a word: of the language, declared under `types`, or upstream's."""
        base = word if word in BASICS else ""
        if not base and (found := self.scope.find(word)):
            if spec.enum is not None:
                message = f"the enum of the type {word} belongs to the type"
                self._add((*at, "enum"), message, f"put it under `types:`, to {word}", key=True)
            return self._named(word, *found)
        upstream = None if base else self.package.upstream.find(word)
        if upstream and upstream.is_root:
            hint = "use `embedded resource`, or the type of its spec"
            self._add((*at, "type"), f'"{word}" is a whole resource', hint)
        if upstream and not upstream.is_scalar:
            return Schema("upstream", upstream.name, upstream)
        base = base or (upstream.base if upstream else "")
        if not base:
            return self._unknown(at, word, "")
        if spec.enum is not None and base in SCALARS:
            return self._enum(spec, at, go, base)
        return Schema("basic", base)

    def _enum(self, spec: FieldSpec, at: Path, go: str, base: str) -> Schema:
        """Declare the scalar type of a field with an enum of its own."""
        constants = enum_constants(self.package.problems, self.source, spec, at, base, go)
        self._declare_scalar(NamedScalar(go, base, spec.description, constants), at)
        return Schema("named", go, enum=constants, base=base)

    def _declare_scalar(self, scalar: NamedScalar, at: Path) -> None:
        self.package.take(scalar.go, self.source, at)
        for constant in scalar.constants:
            self.package.take(constant.go, self.source, (*at, "enum"))
        self.package.scalars[scalar.go] = scalar

    def named(self, name: str) -> None:
        """Declare a type by its name, whether a field uses it or not."""
        if found := self.scope.find(name):
            self._named(name, *found)

    def _named(self, name: str, spec: FieldSpec, source: Source, path: Path) -> Schema:
        """Return the schema of a type declared under `types`; declare it where this is its first use."""
        there = Declarer(self.package, self.scope.seen_from(source), source)
        return there._type(name, spec, path)

    def _type(self, name: str, spec: FieldSpec, path: Path) -> Schema:
        go = names.exported(name)
        if not names.KIND.match(name):
            hint = "a capital letter first, then letters and digits; at most 63"
            self._add(path, f"{quoted(name)} cannot be the name of a type", hint, key=True)
        if spec.fields is not None and spec.type is not None:
            self._add((*path, "type"), "`fields` beside `type`", "leave out one of the two", key=True)
        if spec.fields is None and spec.type not in SCALARS:
            hint = f"write `fields:`, or `type:` with one of {', '.join(SCALARS)}"
            self._add((*path, "type"), "a named type is an object or a scalar", hint, key=True)
            return Schema("basic", "string")
        self._check_keys(spec, path)
        known = self.package.owns(go, self.source, path)
        default = spec.default if "default" in spec.model_fields_set else ABSENT
        example = spec.example if "example" in spec.model_fields_set else ABSENT
        if spec.fields is not None:
            self._struct(go, spec, path, path, spec.description, spec_name=name)
            schema = Schema("object", go, map_type=spec.map_type or "", default=default, example=example)
        else:
            schema = replace(self._scalar(go, spec, path, known), default=default, example=example)
        if not known:
            self.package.valued(self.source, spec, schema, path)
        return schema

    def _check_keys(self, spec: FieldSpec, path: Path) -> None:
        """Report the keys that have no meaning at a named type."""
        allowed = _OF_SCALARS if spec.fields is None else _OF_OBJECTS | {"type"}
        for name in sorted(spec.model_fields_set - allowed):
            word = FieldSpec.model_fields[name].alias or name
            hint = "write it at the fields that have the type"
            self._add((*path, word), f"`{word}` is not for a named type", hint, key=True)

    def _scalar(self, go: str, spec: FieldSpec, path: Path, known: bool) -> Schema:
        """Declare a named scalar. `known` says that it is declared already."""
        base = spec.type or ""
        if not known:
            constants: tuple[Constant, ...] = ()
            if spec.enum is not None:
                constants = enum_constants(self.package.problems, self.source, spec, path, base, go)
            limits, rules = limits_of(spec), cel_rules(self.source, spec.validations, path)
            self._declare_scalar(NamedScalar(go, base, spec.description, constants, limits, rules), path)
            plain = spec.model_copy(update={"enum": None})
            check_schema(self.package, self.source, plain, Schema("basic", base, limits=limits), path)
        return Schema("named", go, enum=self.package.scalars[go].constants, base=base)


def _described(spec: FieldSpec) -> str:
    """The description of a field. Not by Go's own mark: what we generate uses the field, and linters would say so."""
    constant = {"onceSet": _ONCE_SET, True: _IMMUTABLE}.get(spec.immutable, "")
    said = (spec.description, constant, _DEPRECATED if spec.deprecated else "")
    return "\n\n".join(text for text in said if text)


def _inline_text(go: str, at: Path, description: str) -> str:
    """What the type of an inline object is; its field, where it has one, says what the object is for."""
    # A field may be called items; its type does not end in Item.
    if at[-1] in ("items", "values") and go.endswith(("Item", "Value")):
        kind = "an item of a list" if at[-1] == "items" else "a value of a map"
        return f"{go} is {kind}. {description}".strip()
    owner = go.removesuffix(names.exported(str(at[-1])))
    return f"{go} is the {at[-1]} of {owner}."
