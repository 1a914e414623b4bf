"""OpenAPI definitions as openapi-gen makes them from the same types, as JSON for the generated server to load.

References are `#/definitions/MODEL`. Source: k8s.io/kube-openapi/pkg/generators.
"""

from typing import Any

from apigen.gotext import comment_lines
from apigen.gotypes import BASICS
from apigen.limits import Limits
from apigen.model import ABSENT, CelRule, Field, Group, GroupVersion, Kind, NamedScalar, OneOf, Schema, Struct

Definition = dict[str, Any]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_KIND = (
    "Kind is a string value representing the REST resource this object represents. Servers may infer this from the"
    " endpoint the client submits requests to. Cannot be updated. In CamelCase. More info:"
    " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds"
)
_API_VERSION = (
    "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized"
    " schemas to the latest internal value, and may reject unrecognized values. More info:"
    " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources"
)
METADATA = "Standard object's metadata."
LIST_METADATA = "Standard list metadata."
_OPEN = {"x-kubernetes-preserve-unknown-fields": True}
_JSON = {
    "JSON": {"description": "JSON is any JSON value, without white space and with sorted keys."},
    "JSONObject": {
        "description": "JSONObject is any JSON object, without white space and with sorted keys.",
        "type": "object",
    },
}


def definitions(group: Group, version: GroupVersion) -> dict[str, Definition]:
    """Return the definitions of a version's types by model name."""
    prefix = f"{group.model_prefix}.{version.name}."
    maker = _Maker(prefix, version.types.scalars)
    out = {prefix + s.go: maker.struct(s) for s in version.types.structs.values()}
    for kind in version.kinds:
        out[prefix + kind.list_kind] = maker.list(kind)
    for name in json_types(version):
        out[prefix + name] = {**_JSON[name], **_OPEN}
    return out


def json_types(version: GroupVersion) -> list[str]:
    """Return which of the types for arbitrary JSON a version needs."""
    found = {BASICS[s.name].go for s in all_schemas(version) if s.kind == "basic"}
    return sorted(found & set(_JSON))


def all_schemas(version: GroupVersion) -> list[Schema]:
    """Return every schema in a version's types, those in lists and maps too."""
    fields = (field for struct in version.types.structs.values() for field in struct.fields)
    return [schema for field in fields for schema in field.schema.layers]


class _Maker:
    def __init__(self, prefix: str, scalars: dict[str, NamedScalar]) -> None:
        self.prefix = prefix
        self.scalars = scalars

    def struct(self, struct: Struct) -> Definition:
        properties: dict[str, Definition] = {}
        if struct.root:
            properties = _type_meta()
            properties["metadata"] = {"description": METADATA, "default": {}, **_ref(_META + "ObjectMeta")}
        for field in struct.named:
            properties[field.json] = self.field(field)
        required = [f.json for f in struct.fields if f.required]
        out: Definition = {**_described(struct.text), "type": "object"}
        if properties:
            out["properties"] = properties
        if required:
            out["required"] = required
        if struct.open:
            out |= _OPEN
        return {**out, **_one_ofs(struct.one_ofs), **_validations(struct.rules)}

    def list(self, kind: Kind) -> Definition:
        properties = _type_meta()
        properties["metadata"] = {"description": LIST_METADATA, "default": {}, **_ref(_META + "ListMeta")}
        items = {
            "description": f"The {kind.plural}.",
            "type": "array",
            "items": _ref(self.prefix + kind.kind),
        }
        properties["items"] = items
        return {
            "description": f"{kind.list_kind} is a list of {kind.kind}.",
            "type": "object",
            "properties": properties,
            "required": ["items"],
        }

    def field(self, field: Field) -> Definition:
        out = self.value(field.schema)
        if field.schema.default is not ABSENT:
            out["default"] = field.schema.default
        elif not field.pointer and field.schema.kind == "object":
            out["default"] = {}
        if field.schema.example is not ABSENT:
            out["example"] = field.schema.example
        if field.schema.nullable:
            out["nullable"] = True
        strategy, key = patch_strategy(field.schema)
        if strategy:
            out["x-kubernetes-patch-strategy"] = strategy
        if key:
            out["x-kubernetes-patch-merge-key"] = key
        return out

    def value(self, schema: Schema) -> Definition:
        text, rules = _text(schema.description), schema.rules
        out: Definition = {}
        if schema.kind == "list":
            out = {"type": "array", "items": self.value(schema.element)}
        elif schema.kind == "map":
            out = {"type": "object", "additionalProperties": self.value(schema.element)}
        elif schema.kind == "object":
            out = _ref(self.prefix + schema.name)
        elif schema.kind == "upstream" and schema.upstream is not None:
            out = _ref(schema.upstream.model) if schema.upstream.model else dict(schema.upstream.schema)
        elif schema.kind == "named":
            scalar = self.scalars[schema.name]
            text = "\n\n".join(t for t in (text or _text(scalar.description), _enum_text(schema)) if t)
            out = {**BASICS[schema.base].schema, **_enum(schema), **bounds(scalar.limits)}
            rules = scalar.rules + rules
        else:
            out = self._basic(schema)
        return {
            **({"description": text} if text else {}),
            **out,
            **bounds(schema.limits),
            **_extensions(schema),
            **_validations(rules),
        }

    def _basic(self, schema: Schema) -> Definition:
        basic = BASICS[schema.name]
        if basic.go in _JSON:
            return _ref(self.prefix + basic.go)
        return _ref(basic.model) if basic.model else dict(basic.schema)


def _type_meta() -> dict[str, Definition]:
    return {
        "kind": {"description": _KIND, "type": "string"},
        "apiVersion": {"description": _API_VERSION, "type": "string"},
    }


def _ref(model: str) -> Definition:
    return {"$ref": "#/definitions/" + model}


def _text(description: str) -> str:
    """A description as it stands in the comment that openapi-gen would read."""
    return "\n".join(comment_lines(description))


def _described(text: str) -> Definition:
    text = _text(text)
    return {"description": text} if text else {}


def _enum(schema: Schema) -> Definition:
    values = sorted((c.value for c in schema.enum), key=lambda v: (isinstance(v, str), v))
    return {"enum": values} if values else {}


def _enum_text(schema: Schema) -> str:
    if not schema.enum or schema.base != "string":
        return ""
    lines = [
        f" - `{_quoted(c.value)}` {' '.join(comment_lines(c.description))}".rstrip()
        for c in sorted(schema.enum, key=lambda c: str(c.value))
    ]
    return "Possible enum values:\n" + "\n".join(lines)


def _quoted(value: str | int) -> str:
    return f'"{value}"'


def bounds(limits: Limits) -> Definition:
    """The bounds as OpenAPI 2 and 3.0 have them: there an exclusive bound is a bound and a flag."""
    out = limits.given()
    for end in ("Minimum", "Maximum"):
        exclusive = out.pop(f"exclusive{end}", None)
        bound = out.get(end.lower())
        if exclusive is None:
            continue
        if bound is None or (exclusive >= bound if end == "Minimum" else exclusive <= bound):
            out[end.lower()], out[f"exclusive{end}"] = exclusive, True
    return out


def _one_ofs(groups: tuple[OneOf, ...]) -> Definition:
    """The schemas that say how many of some fields there are; several groups hold together."""
    made = [_one_of(group) for group in groups]
    if not made:
        return {}
    return made[0] if len(made) == 1 else {"allOf": made}


def _one_of(group: OneOf) -> Definition:
    each: list[Definition] = [{"required": [name]} for name in group.fields]
    if group.how == "exactlyOneOf":
        return {"oneOf": each}
    if group.how == "atLeastOneOf":
        return {"anyOf": each}
    return {"oneOf": [*each, {"not": {"anyOf": each}}]}


def _validations(rules: tuple[CelRule, ...]) -> Definition:
    return {"x-kubernetes-validations": [_validation(rule) for rule in rules]} if rules else {}


def _validation(rule: CelRule) -> Definition:
    said = {
        "rule": rule.rule,
        "message": rule.message,
        "messageExpression": rule.message_expression,
        "reason": rule.reason,
        "fieldPath": rule.field_path,
        "optionalOldSelf": rule.optional_old_self,
    }
    return {key: value for key, value in said.items() if value}


def _extensions(schema: Schema) -> Definition:
    out: Definition = {}
    if schema.kind == "list":
        if schema.list_type:
            out["x-kubernetes-list-type"] = schema.list_type
        if schema.list_map_keys:
            out["x-kubernetes-list-map-keys"] = list(schema.list_map_keys)
    if schema.map_type:
        out["x-kubernetes-map-type"] = schema.map_type
    return out


# Types that strategic merge patch cannot look into.
_OPAQUE = ("any", "open object", "embedded resource")


def patch_strategy(schema: Schema) -> tuple[str, str]:
    """Return patchStrategy and patchMergeKey, for strategic merge patches; they know one key at most."""
    if schema.name in _OPAQUE:
        return "replace", ""
    if schema.list_type == "map" and len(schema.list_map_keys) == 1:
        return "merge", schema.list_map_keys[0]
    return ("merge", "") if schema.list_type == "set" else ("", "")
