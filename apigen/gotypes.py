"""The types of the language in Go: how they are spelled, what they import, when they are pointers.

The rule of presence (absent is not zero): a field is a plain value only if it is required, has no default and
its zero value is inadmissible; lists and maps are absent as nil; every other field is a pointer.
"""

from dataclasses import dataclass
from typing import Any

from apigen.limits import Limits
from apigen.model import Field, Schema

META = ("metav1", "k8s.io/apimachinery/pkg/apis/meta/v1")
RESOURCE = ("", "k8s.io/apimachinery/pkg/api/resource")
INTSTR = ("", "k8s.io/apimachinery/pkg/util/intstr")
RUNTIME = ("", "k8s.io/apimachinery/pkg/runtime")


@dataclass(frozen=True)
class Basic:
    """A word of the language: its Go type and import, its OpenAPI schema, how to copy it.

    `copy` is how deepcopy-gen copies a value: "" by assignment, "method" by DeepCopyInto or DeepCopy,
    "bytes" as a slice of bytes.
    """

    go: str
    schema: dict[str, Any]
    imported: tuple[str, str] | None = None
    copy: str = ""
    model: str = ""


_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INTSTR = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension"
_TIME = "io.k8s.apimachinery.pkg.apis.meta.v1."
_OPEN = {"x-kubernetes-preserve-unknown-fields": True}

BASICS: dict[str, Basic] = {
    "string": Basic("string", {"type": "string"}),
    "bool": Basic("bool", {"type": "boolean"}),
    "int32": Basic("int32", {"type": "integer", "format": "int32"}),
    "int64": Basic("int64", {"type": "integer", "format": "int64"}),
    "float64": Basic("float64", {"type": "number", "format": "double"}),
    "bytes": Basic("[]byte", {"type": "string", "format": "byte"}, copy="bytes"),
    "quantity": Basic("resource.Quantity", {}, RESOURCE, "method", _QUANTITY),
    "intOrString": Basic("intstr.IntOrString", {}, INTSTR, "", _INTSTR),
    "duration": Basic("metav1.Duration", {}, META, "", _TIME + "Duration"),
    "time": Basic("metav1.Time", {}, META, "method", _TIME + "Time"),
    "microTime": Basic("metav1.MicroTime", {}, META, "method", _TIME + "MicroTime"),
    "any": Basic("JSON", {"description": "Any JSON value.", **_OPEN}, None, "method"),
    "open object": Basic(
        "JSONObject", {"type": "object", "description": "Any JSON object.", **_OPEN}, None, "method"
    ),
    "embedded resource": Basic("runtime.RawExtension", {}, RUNTIME, "method", _RAW),
}

JSON_TYPES = ("any", "open object")
TEXT = "string"
INTEGERS = ("int32", "int64")
NUMBERS = ("int32", "int64", "float64")
SCALARS = ("string", "bool", "int32", "int64", "float64")

NEAR_MISSES = {
    "integer": "int32", "int": "int32", "long": "int64", "number": "float64", "float": "float64", "double": "float64",
    "boolean": "bool", "str": "string", "text": "string", "array": "list of string", "list": "list of string",
    "map": "map of string", "dict": "map of string", "timestamp": "time", "date": "time", "datetime": "time",
    "byte": "bytes", "binary": "bytes", "json": "any", "int-or-string": "intOrString",
}  # fmt: skip


def spelling(schema: Schema, package: str = "") -> str:
    """Return the Go type of a value. `package` qualifies the types of the spec, as in `v1.Server`."""
    prefix = package + "." if package else ""
    match schema.kind:
        case "list":
            return "[]" + spelling(schema.element, package)
        case "map":
            return "map[string]" + spelling(schema.element, package)
        case "upstream":
            assert schema.upstream is not None
            return f"{schema.upstream.import_alias}.{schema.upstream.go_name}"
        case "basic":
            go = BASICS[schema.name].go
            return prefix + go if schema.name in JSON_TYPES else go
    return prefix + schema.name


def field_type(field: Field, package: str = "") -> str:
    """Return the Go type of a field."""
    return ("*" if field.pointer else "") + spelling(field.schema, package)


def imported(schema: Schema) -> set[tuple[str, str]]:
    """Return the (alias, path) pairs that the spelling of a type needs."""
    if schema.item is not None:
        return imported(schema.item)
    if schema.upstream is not None:
        return {(schema.upstream.import_alias, schema.upstream.go_package)}
    basic = BASICS.get(schema.name) if schema.kind == "basic" else None
    return {basic.imported} if basic and basic.imported else set()


def is_nilable(schema: Schema) -> bool:
    """Whether the Go type has nil as its zero value, so that absence needs no pointer."""
    return schema.kind in ("list", "map") or (schema.kind == "basic" and schema.name == "bytes")


def zero_admissible(schema: Schema, limits: Limits) -> bool:
    """Whether the zero value of a scalar is among the values that its constraints allow."""
    word = schema.word
    if schema.enum:
        return any(c.value == ("" if isinstance(c.value, str) else 0) for c in schema.enum)
    if word == TEXT:
        return not (limits.min_length or 0) > 0 and not (schema.limits.min_length or 0) > 0
    if word in NUMBERS:
        return all(_holds_zero(x) for x in (limits, schema.limits))
    return True


def _holds_zero(limits: Limits) -> bool:
    return (
        (limits.minimum is None or limits.minimum <= 0)
        and (limits.maximum is None or limits.maximum >= 0)
        and (limits.exclusive_minimum is None or limits.exclusive_minimum < 0)
        and (limits.exclusive_maximum is None or limits.exclusive_maximum > 0)
    )


def is_pointer(schema: Schema, required: bool, has_default: bool, type_limits: Limits) -> bool:
    """The rule of presence, for a field below the root. `type_limits` are those of a named type."""
    if is_nilable(schema):
        return False
    if schema.kind in ("object", "upstream") or schema.word not in SCALARS:
        return True
    return not required or has_default or zero_admissible(schema, type_limits)


# Groups whose versions upstream imports under the alias that ours would have, such as corev1.
_UPSTREAM_GROUP_WORDS = (
    "admissionregistration apiextensions apps authentication authorization autoscaling batch certificates"
    " coordination core discovery events meta networking node policy rbac resource scheduling storage"
)
_UPSTREAM_GROUPS = frozenset(_UPSTREAM_GROUP_WORDS.split())


def version_alias(group_package: str, version: str) -> str:
    """Return the import alias of the external types of a version: `fleetv1`; never one of upstream's."""
    return f"{group_package}{'api' if group_package in _UPSTREAM_GROUPS else ''}{version}"
