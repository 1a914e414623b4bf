"""What may not change, in Go: a function for each struct in which a field is immutable, of an object and its old self.

Wording is that of k8s.io/apimachinery/pkg/api/validation. Items of map lists and values of maps are compared with those
of the same keys; those of other lists have no identity, and a spec that wants it is refused.
"""

from apigen.gobounds import when, zero
from apigen.gotext import Lines, quote
from apigen.gotypes import SCALARS
from apigen.model import Field, Schema, Struct, Types


def transitional(types: Types) -> frozenset[str]:
    """Return the Go names of the structs in which something is immutable."""
    found: set[str] = set()
    while True:
        more = {
            go
            for go, s in types.structs.items()
            if go not in found and any(_leads(f, found) for f in s.fields)
        }
        if not more:
            return frozenset(found)
        found |= more


def _leads(field: Field, known: set[str] | frozenset[str]) -> bool:
    *_, innermost = field.schema.layers
    return bool(field.schema.immutable) or (innermost.kind == "object" and innermost.name in known)


class Immutability:
    """Writes the functions of one version; every one takes (in, old, path)."""

    def __init__(self, types: Types, package: str) -> None:
        self.types, self.package = types, package
        self.structs = transitional(types)
        """The Go names of the structs that have a function."""

    def body(self, struct: Struct) -> Lines:
        """Return the statements that append to errs which fields of in have changed but may not."""
        lines: Lines = []
        for field in struct.fields:
            path, value, old = f"path.Child({quote(field.json)})", f"in.{field.go}", f"old.{field.go}"
            if field.schema.immutable:
                lines += _immutable(field, value, old, path)
            elif not _leads(field, self.structs):
                continue
            elif field.schema.kind != "object":
                lines += self._inside(field.schema, value, old, path)
            elif field.pointer:
                # An object that is no longer there, or was not, is one that says nothing.
                ends = f"validation.OrEmpty({value})", f"validation.OrEmpty({old})"
                lines += [
                    f"if {value} != nil || {old} != nil {{",
                    self._inside(field.schema, *ends, path),
                    "}",
                ]
            else:
                lines += self._inside(field.schema, f"&{value}", f"&{old}", path)
        return lines

    def _inside(self, schema: Schema, value: str, old: str, path: str, depth: int = 0) -> Lines:
        """Return the statements for what is in a value: in a list or map, or in what a pointer points to."""
        if schema.kind == "object":
            return [f"errs = append(errs, changes{schema.name}({value}, {old}, {path})...)"]
        element, n = schema.element, str(depth or "")
        if schema.kind == "list":
            pairs = f"validation.Pairs({value}, {old}, {self._identity(schema)})"
            call = self._inside(element, f"&{value}[i{n}]", f"was{n}", f"{path}.Index(i{n})", depth + 1)
            return [f"for i{n}, was{n} := range {pairs} {{", call, "}"]
        at = f"{path}.Key(key{n})"
        if element.kind == "object":
            call = self._inside(element, f"&value{n}", f"&was{n}", at, depth + 1)
            found: Lines = [f"if was{n}, found := {old}[key{n}]; found {{", call, "}"]
            return [f"for key{n}, value{n} := range validation.Sorted({value}) {{", found, "}"]
        inner = self._inside(element, f"{value}[key{n}]", f"{old}[key{n}]", at, depth + 1)
        return [f"for key{n} := range validation.Sorted({value}) {{", inner, "}"]

    def _identity(self, schema: Schema) -> str:
        """A function that returns what tells an item of a map list from others."""
        struct = self.types.struct(schema.element)
        fields = [f for key in schema.list_map_keys if (f := struct.find(key))]
        values = [f"validation.Deref(in.{f.go})" if f.pointer else f"in.{f.go}" for f in fields]
        made = values[0] if len(values) == 1 else f"[{len(values)}]any{{{', '.join(values)}}}"
        return f"func(in *{self.package}.{struct.go}) any {{ return {made} }}"


def _immutable(field: Field, value: str, old: str, path: str) -> Lines:
    if field.schema.word in SCALARS and field.pointer:
        changed = f"!ptr.Equal({value}, {old})"
    elif field.schema.word in SCALARS:
        changed = f"{value} != {old}"
    else:
        changed = f"!apiequality.Semantic.DeepEqual({value}, {old})"
    if field.schema.immutable == "onceSet":
        changed = f"{old} != {zero(field)} && {changed}"
    return when(changed, f"field.Invalid({path}, {value}, apivalidation.FieldImmutableErrorMsg)")
