"""The schemas that a server shows in OpenAPI v3, whole, as a CustomResourceDefinition would have them; and values at
the edges of what they allow."""

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from apiclient import Client, Object

Schema = dict[str, Any]

_OPEN = "x-kubernetes-preserve-unknown-fields"
Path = tuple[str | int, ...]

# Types that CustomResourceDefinitions say in their own words.
_OWN: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"x-kubernetes-int-or-string": True},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"x-kubernetes-int-or-string": True},
    "io.k8s.apimachinery.pkg.runtime.RawExtension": {
        "type": "object",
        _OPEN: True,
        "x-kubernetes-embedded-resource": True,
    },
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {"type": "object"},
}
_DROPPED = ("description", "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "example")


def schema_of(client: Client, group: str, version: str, kind: str) -> Schema:
    """The schema of a kind, with what it refers to in its place."""
    document = client.get(f"/openapi/v3/apis/{group}/{version}").ok()
    named = document["components"]["schemas"]
    about = {"group": group, "version": version, "kind": kind}
    found = next(s for s in named.values() if about in s.get("x-kubernetes-group-version-kind", ()))
    made: Schema = _inline(named, found, ())
    made.pop("x-kubernetes-group-version-kind")
    return made


def _inline(named: dict[str, Schema], schema: Any, within: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_inline(named, item, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {k: v for k, v in schema.items() if k not in _DROPPED or not isinstance(v, str)}
    wrapped = schema.get("allOf", ())
    if len(wrapped) == 1 and "$ref" in wrapped[0]:
        schema |= schema.pop("allOf")[0]
    name = schema.pop("$ref", "").rpartition("/")[2]
    if name in _OWN:
        schema.pop("default", None)
        return _OWN[name] | {k: _inline(named, v, within) for k, v in schema.items()}
    if name:
        if name in within:
            return {"type": "object", _OPEN: True}
        of = _inline(named, named[name], (*within, name))
        for key in of.get("required", ()):  # openapi-gen calls "" the default of all that is no pointer
            if of["properties"][key].get("default") in ("", 0, {}) and name.startswith("io.k8s."):
                of["properties"][key].pop("default")
        if schema.get("default") == {} and of.get("required"):
            schema.pop("default")  # what openapi-gen says of all that is no pointer
        rules = "x-kubernetes-validations"
        both = of.get(rules, []) + schema.get(rules, [])
        return (
            of | {k: _inline(named, v, within) for k, v in schema.items()} | ({rules: both} if both else {})
        )
    return {k: _inline(named, v, within) for k, v in schema.items()}


def places(schema: Schema, value: Any, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every schema inside of one, with where a value has it: in the first item of a list, in each entry of a map."""
    yield path, schema
    for name, member in schema.get("properties", {}).items():
        if path or name not in ("apiVersion", "kind", "metadata"):
            inside = value.get(name) if isinstance(value, dict) else None
            yield from places(member, inside, (*path, name))
    if "items" in schema:
        yield from places(schema["items"], value[0] if value else None, (*path, 0))
    if isinstance(schema.get("additionalProperties"), dict):
        key = next(iter(value), "key") if isinstance(value, dict) else "key"
        yield from places(schema["additionalProperties"], (value or {}).get(key), (*path, key))


def dotted(path: Path, schema: Schema) -> str:
    """A path as field errors write it."""
    text = ""
    for step in path:
        if isinstance(step, int) or "properties" not in schema:
            text += f"[{step}]"
            schema = schema["items"] if isinstance(step, int) else schema["additionalProperties"]
        else:
            text += f".{step}" if text else step
            schema = schema["properties"][step]
    return text


def get(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def put(value: Object, path: Path, new: Any, schema: Schema) -> Object:
    """A copy of an object with another value at a path; without it for the value GONE. What is on the way is made."""
    if not path:
        return copy.deepcopy(new)
    value = copy.deepcopy(value)
    here: Any = value
    for step, after in pairwise(path):
        fresh: Any = [] if isinstance(after, int) else {}
        if isinstance(here, list):
            if not here:
                here.append(fresh)
            here = here[step]
        else:
            here = here.setdefault(step, fresh)
    if isinstance(here, list) and not here:
        here.append(new)
    elif new is GONE:
        here.pop(path[-1], None)
    else:
        here[path[-1]] = new
    return value


GONE: Any = object()

# Texts of each format, and others that are not.
FORMATS: dict[str, tuple[list[str], list[str]]] = {
    "ipv4": (["0.0.0.1", "255.255.255.255"], ["256.0.0.1", "1.2.3", "", "fd00::1"]),
    "ipv6": (["::", "fd00::1", "::ffff:1.2.3.4"], ["1.2.3.4", ":::", ""]),
    "cidr": (["10.0.0.0/8", "10.1.2.3/32", "fd00::/8"], ["10.0.0.0", "10.0.0.0/33", ""]),
    "mac": (["02:00:5e:10:00:01", "0200.5e10.0001"], ["02:00:5e:10:00", "x", ""]),
    "hostname": (["a", "example.com", "a-b.example.com"], ["-a", "a_b", "", "a" * 64]),
    "email": (["a@b.example", "A B <a@b.example>"], ["a", "a@", "@b", ""]),
    "uri": (["https://example.com/a?b=c", "/path", "urn:a"], ["a b", "example.com", ""]),
    "uuid": (["6f1c2b7e-3d5a-4c8e-9b1f-2a7d4e6c8b90", "6F1C2B7E3D5A4C8E9B1F2A7D4E6C8B90"], ["6f1c2b7e", ""]),
    "byte": (["aGVsbG8=", "YQ==", "YWJj"], ["aGVsbG8", "a b", "_w==", ""]),
    "duration": (["1s", "1h30m", "2 days", "0"], ["", "s", "later"]),
    "date": (["2024-02-29", "0001-01-01"], ["2023-02-29", "2024-2-1", "", "2024-01-01T00:00:00Z"]),
    "date-time": (
        ["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.123+02:00"],
        ["2024-01-01", "2024-02-30T00:00:00Z", ""],
    ),
    "k8s-short-name": (["a", "a" * 63, "0-a"], ["", "A", "a" * 64, "-a", "a.b"]),
    "k8s-long-name": (["a", "a.b.c", "a" * 63 + ".b"], ["", "A", "a..b", "-a", "a" * 254]),
    "k8s-label-key": (["a", "example.com/A_b.c", "A" * 63], ["", "/a", "a/", "A" * 64, "-a"]),
    "k8s-label-value": (["", "A_b.c", "a" * 63], ["a" * 64, "-a", "a b"]),
}


def edges(schema: Schema, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield for each constraint of a schema: its keyword, a value that just fits, and one that just does
    not."""
    for key, step in (("minimum", -1), ("maximum", 1)):
        if key in schema:
            yield from _number(schema, key, step)
    if "multipleOf" in schema:
        factor = schema["multipleOf"]
        start = -(-schema.get("minimum", 0) // factor) * factor
        yield "multipleOf", start + factor, start + (1 if isinstance(factor, int) else factor / 2)
    if "enum" in schema:
        for member in schema["enum"]:
            yield "enum", member, "no member" if isinstance(member, str) else 987
    yield from _text(schema, now)
    yield from _sizes(schema, now)
    if schema.get("type") == "object":
        for name in schema.get("required", ()):
            if isinstance(now, dict) and name in now:
                yield f"required {name}", now, {k: v for k, v in now.items() if k != name}


def _number(schema: Schema, key: str, step: int) -> Iterator[tuple[str, Any, Any]]:
    bound, whole = schema[key], schema.get("type") != "number"
    factor = schema.get("multipleOf", 1)
    exclusive = schema.get(f"exclusive{key.capitalize()}")
    small = 1 if whole else 0.001
    inside = bound - step * small if exclusive else bound
    inside = -(-inside // factor) * factor if factor != 1 and key == "minimum" else inside
    yield key, inside, bound if exclusive else bound + step * (factor if factor != 1 else small)


def _text(schema: Schema, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if schema.get("type") != "string" and not schema.get("x-kubernetes-int-or-string"):
        return
    plain = "pattern" not in schema and "format" not in schema and "enum" not in schema
    if "minLength" in schema and schema["minLength"] and plain:
        yield "minLength", "ä" * schema["minLength"], "ä" * (schema["minLength"] - 1)
    if "maxLength" in schema and plain:
        yield "maxLength", "ä" * schema["maxLength"], "ä" * (schema["maxLength"] + 1)
    if "pattern" in schema and isinstance(now, str):
        yield "pattern", now, "\x01 none \x01"[: schema.get("maxLength", 20)]
    good, bad = FORMATS.get(schema.get("format", ""), ((), ()))
    yield from (("format", text, bad[0]) for text in good)
    yield from (("format", good[0], text) for text in bad)


def _sizes(schema: Schema, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(now, list) and now:
        for key, step in (("minItems", -1), ("maxItems", 1)):
            if schema.get(key) and schema[key] <= 100:
                yield key, _items(schema, now, schema[key]), _items(schema, now, schema[key] + step)
        if schema.get("x-kubernetes-list-type") in ("set", "map") and schema.get("maxItems", 2) > 1:
            yield "unique", _items(schema, now, max(2, schema.get("minItems", 0))), [now[0], now[0]]
    if isinstance(now, dict) and ("additionalProperties" in schema or schema.get(_OPEN)) and now:
        value = next(iter(now.values())) if "additionalProperties" in schema else [{"any": None}, 1]
        for key, step in (("minProperties", -1), ("maxProperties", 1)):
            if key in schema:
                yield key, *({f"k{i}": value for i in range(n)} for n in (schema[key], schema[key] + step))


def _items(schema: Schema, now: list[Any], count: int) -> list[Any]:
    """So many items that differ."""
    made = []
    for i in range(count):
        item = copy.deepcopy(now[i] if i < len(now) else now[0])
        if i >= len(now):
            keys = schema.get("x-kubernetes-list-map-keys") or ()
            if isinstance(item, dict):
                members = schema["items"]["properties"]
                item |= {k: _other(item[k], i) for k in keys if k in item and "enum" not in members[k]}
            else:
                item = _other(item, i)
        made.append(item)
    return made


def _other(value: Any, i: int) -> Any:
    return re.sub(r"\d*$", "", value) + str(i) if isinstance(value, str) else value + i
