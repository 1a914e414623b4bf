"""Types and literals as the templates print them: what the views of all scopes have in common."""

import functools
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from apigen.gotext import comment, quote
from apigen.gotypes import BASICS, JSON_TYPES, field_type, imported
from apigen.model import ABSENT, Field, Kind, NamedScalar, Schema, Struct, Types
from apigen.openapi import bounds, patch_strategy

Import = tuple[str, str]


@dataclass(frozen=True)
class StructView:
    """A struct as text: its doc comment and its fields, each line with its end."""

    go: str
    comment: str
    fields: str


@dataclass(frozen=True)
class ScalarView:
    """A named scalar type as text."""

    go: str
    comment: str
    base: str
    constants: str


def structs_of(types: Types, *, external: bool, tagged: bool = False) -> list[StructView]:
    """Return the structs of a package but its roots, by name."""
    return [struct_view(s, external=external, tagged=tagged) for s in types.structs.values() if not s.root]


def struct_view(struct: Struct, *, external: bool, tagged: bool = False) -> StructView:
    """Return a struct as text. Internal types have neither markers nor, but where parts are kept as JSON, tags."""
    if external:
        return StructView(struct.go, comment(struct.text), "".join(_field(f) for f in struct.fields))
    rows = [(f.go, field_type(f), f"`{_json_tag(f)}`" if tagged else "") for f in struct.fields]
    widths = [max((len(row[i]) for row in rows), default=0) for i in (0, 1)]
    lines = (
        f"{go.ljust(widths[0])} {kind.ljust(widths[1]) if tag else kind} {tag}" for go, kind, tag in rows
    )
    return StructView(struct.go, comment(struct.text), "".join(f"\t{line.rstrip()}\n" for line in lines))


def _field(field: Field) -> str:
    lines = comment(field.schema.description, "\t")
    markers = "".join(f"\t// +{m}\n" for m in _markers(field))
    return f"{lines}{markers}\t{field.go} {field_type(field)} `{_tag(field)}`\n"


def _tag(field: Field) -> str:
    tag = _json_tag(field)
    strategy, key = patch_strategy(field.schema)
    if strategy:
        tag += f' patchStrategy:"{strategy}"'
    return tag + (f' patchMergeKey:"{key}"' if key else "")


def _json_tag(field: Field) -> str:
    plain = not field.pointer and field.schema.kind != "object"
    if field.json in ("-", ""):
        return 'json:"-"'
    return f'json:"{field.json},{"omitzero" if plain else "omitempty"}"'


def _markers(field: Field) -> Iterable[str]:
    schema = field.schema
    yield "required" if field.required else "optional"
    if schema.nullable:
        yield "nullable"
    if schema.default is not ABSENT:
        yield f"default={json.dumps(schema.default, sort_keys=True)}"
    strategy, key = patch_strategy(schema)
    yield from [f"patchStrategy={strategy}"] * bool(strategy) + [f"patchMergeKey={key}"] * bool(key)
    if schema.kind == "list":
        yield from [f"listType={schema.list_type}"] * bool(schema.list_type)
        yield from (f"listMapKey={k}" for k in schema.list_map_keys)
    if schema.map_type:
        yield f"{'mapType' if schema.kind == 'map' else 'structType'}={schema.map_type}"
    for name, value in bounds(schema.limits).items():
        yield f"k8s:validation:{name}={json.dumps(value)}"


def scalars_of(types: Types, *, external: bool) -> list[ScalarView]:
    """Return the named scalars of a package, by name."""
    return [_scalar(s, external=external) for s in types.scalars.values()]


def _scalar(scalar: NamedScalar, *, external: bool) -> ScalarView:
    text = comment(scalar.description or f"{scalar.go} is a part of the API.")
    if scalar.constants and scalar.base == "string" and external:
        text += "// +enum\n"
    constants = "".join(
        comment(c.description, "\t")
        + f"\t{c.go} {scalar.go} = {quote(c.value) if isinstance(c.value, str) else c.value}\n"
        for c in scalar.constants
    )
    return ScalarView(scalar.go, text, scalar.base, _aligned(constants, scalar))


def _aligned(text: str, scalar: NamedScalar) -> str:
    """Align constants in columns, as gofmt does for neighbouring lines without comments between them."""
    lines = text.splitlines(keepends=True)
    out: list[str] = []
    at = 0
    while at < len(lines):
        if lines[at].startswith("\t//"):
            out.append(lines[at])
            at += 1
            continue
        run = at
        while run < len(lines) and not lines[run].startswith("\t//"):
            run += 1
        parts = [line.split(" ", 1) for line in lines[at:run]]
        width = max(len(p[0]) for p in parts)
        out += [p[0].ljust(width) + " " + p[1] for p in parts]
        at = run
    return "".join(out)


def types_imports(types: Types) -> set[Import]:
    """Return the imports that the fields of a package's structs need."""
    return {i for s in types.structs.values() for f in s.fields for i in imported(f.schema)}


def known_types(kinds: Iterable[Kind]) -> str:
    """Return the arguments that register the kinds and lists of a package."""
    return ", ".join(f"&{name}{{}}" for k in kinds for name in (k.kind, k.list_kind))


def uses_json(types: Types) -> set[str]:
    """Return which of the types for arbitrary JSON the structs of a package have."""
    found: set[str] = set()
    for struct in types.structs.values():
        for field in struct.fields:
            schema: Schema | None = field.schema
            while schema is not None:
                if schema.kind == "basic" and schema.name in JSON_TYPES:
                    found.add(BASICS[schema.name].go)
                schema = schema.item
    return found


def pairs(entries: Iterable[tuple[str, str]], depth: int) -> str:
    """Return `key: value,` lines of a Go literal, the values in columns as gofmt wants them."""
    out = ""
    for section in _sections(list(entries)):
        width = max(len(k) for k, _ in section)
        out += "".join("\t" * depth + f"{k}:".ljust(width + 1) + f" {v},\n" for k, v in section)
    return out


def _sections(entries: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Part entries where gofmt begins a new column: where a long key is much longer or shorter than those before.

    Source: exprList in go/printer.
    """
    small, most = 40, 2.5
    out: list[list[tuple[str, str]]] = []
    logs: list[float] = []
    before = 0
    for entry in entries:
        size = len(entry[0].encode())
        ratio = size / math.exp(sum(logs) / len(logs)) if logs else 1.0
        apart = max(before, size) > small and not 1 / most < ratio < most
        if apart or not out:
            out.append([])
            logs = []
        out[-1].append(entry)
        logs.append(math.log(size))
        before = size
    return out


def used(imported: Import, text: str) -> bool:
    """Whether Go text uses an import."""
    return (imported[0] or imported[1].rsplit("/", 1)[-1]) in _qualifiers(text)


_LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|//[^\n]*')


@functools.lru_cache(maxsize=8)
def _qualifiers(text: str) -> frozenset[str]:
    """The names before dots in Go text, outside of literals and comments."""
    return frozenset(re.findall(r"(?<![\w.])(\w+)\.", _LITERALS.sub("", text)))


def texts(values: tuple[str, ...]) -> str:
    """Return a Go list of texts, or nil."""
    return "[]string{" + ", ".join(quote(v) for v in values) + "}" if values else "nil"
