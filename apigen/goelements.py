"""Lists, maps, unions and moved objects whose conversion keeps something, in Go.

Each function returns an expression or statements of one direction; `c` writes the rest of it.
"""

from typing import TYPE_CHECKING

from apigen.gokept import ensure, go_path, guards_of, kept_path
from apigen.gotext import Lines, literal, quote
from apigen.gotypes import is_nilable, spelling
from apigen.gowords import COMPARABLE
from apigen.loss import identity
from apigen.model import Field, Lens, Pair, Schema

if TYPE_CHECKING:
    from apigen.goconvert import Converter


def elements(c: "Converter", lens: Lens, a: Schema, b: Schema, source: str, place: str) -> str:
    """Return the call that converts a list or map item by item."""
    assert lens.item is not None and c.back is not None
    there = item(c, lens.item, a.element, b.element)
    back = item(c.back, lens.item.reversed(), b.element, a.element)
    if a.kind == "map":
        if "atomic" in (a.map_type, b.map_type):
            return f"convert.WholeMap(t, {place}, {source}, {there}, {back})"
        return f"convert.Values(t, {place}, {source}, {there})"
    keys = identity(c.frames, lens, a, b)
    if not keys:
        return f"convert.Whole(t, {place}, {source}, {there}, {back})"
    texts = ", ".join(_key_text(of, "in", a.element) for of, _ in keys)
    of_item = literal(f"func(in *{spelling(a.element, c.source)}) string", f"return convert.Key({texts})")
    return f"convert.Elements(t, {place}, {source}, {of_item}, {there})"


def item(c: "Converter", lens: Lens, a: Schema, b: Schema) -> str:
    """Return a Go function that converts the item of a list or map: a convert.Func."""
    x, y = spelling(a, c.source), spelling(b, c.target)
    start = f"func(in *{x}, out *{y}, t *convert.Transfer, at *convert.Place)"
    if lens.how in ("object", "wrap"):
        name = c.function(lens.inner)
        return name if c.losses.frame(lens.inner) else literal(start, f"{name}(in, out)")
    if lens.how == "same":
        return literal(start, f"*out = {'*in' if x == y else f'{y}(*in)'}")
    if lens.how == "not":
        return literal(start, "*out = !*in")
    if lens.how in ("list", "map"):
        nested = (
            elements(c, lens, a, b, "*in", "at") if c.losses.lens(lens) else c.container(lens, a, b, "*in")
        )
        return literal(start, f"*out = {nested}")
    to, back = c.functions_of(lens, a, b)
    deep = "" if a.kind in ("basic", "named") and a.word in COMPARABLE else "Deep"
    call = f'convert.Through{deep}(t, at, "", "", in, {to}, {back})'
    return literal(start, f"*out = convert.Deref({call})")


def entries(c: "Converter", lens: Lens, a: Schema, b: Schema, source: str, place: str) -> str:
    assert c.back is not None
    key: Field = lens.option
    inner, outer = Lens("wrap", lens.inner), Lens("wrap", lens.inner).reversed()
    there, back = item(c, inner, a.element, b.element), item(c.back, outer, b.element, a.element)
    if a.kind == "list":
        of_key = _entry_key(key, spelling(a.element, c.source))
        return f"convert.Dictionary(t, {place}, {source}, {of_key}, {there})"
    go = spelling(b.element, c.target)
    value = "key" if key.schema.kind == "basic" else f"{spelling(key.schema, c.target)}(key)"
    of_key = f"out.{key.go} = {f'new({value})' if key.pointer else value}"
    set_key = literal(f"func(out *{go}, key string)", of_key)
    return f"convert.Entries(t, {place}, {source}, {set_key}, {_entry_key(key, go)}, {there}, {back})"


def first(c: "Converter", lens: Lens, pair: Pair, source: str, place: str) -> str:
    """One value and a list of which it is the first."""
    assert lens.item is not None and c.back is not None
    a, b = c.end(pair, 0), c.end(pair, 1)
    listed = a.kind == "list" and (b.kind != "list" or spelling(a.element) == spelling(b))
    ends = (a.element, b) if listed else (a, b.element)
    there, back = item(c, lens.item, *ends), item(c.back, lens.item.reversed(), *ends[::-1])
    if listed:
        call = f"convert.First(t, {place}, {source}, {there}, {back})"
        return call if pair.b[-1].pointer else f"convert.Deref({call})"
    if not pair.a[-1].pointer:
        helper = {"list": "List", "map": "Dict"}.get(a.kind, "List" if is_nilable(a) else "NonZero")
        source = f"convert.{helper}({source})"
    return f"convert.One(t, {place}, {source}, {there}, {back})"


def presence(c: "Converter", pair: Pair) -> Lines:
    """Return the statements that make an object present where nothing but itself says that it is."""
    if pair.lens.how == "union":
        return []
    source, target = go_path("in", pair.a), go_path("out", pair.b)
    a, b = pair.a[-1], pair.b[-1]
    if not (a.pointer and b.pointer):
        return []
    paths = (quote(kept_path(pair.a)), quote(kept_path(pair.b)))
    absent = f"convert.TakeAbsent(t, at, {paths[1]})"
    there = [*guards_of(pair.a), f"{source} != nil"]
    missing = " || ".join(f"{g[:-7]} == nil" for g in there)
    made = " && ".join(f"{go_path('out', pair.b[: i + 1])} != nil" for i, f in enumerate(pair.b) if f.pointer)
    return [
        f"if {' && '.join(there)} && !{absent} {{",
        [*ensure(pair.b), f"{target} = convert.Ensure({target})"],
        f"}} else if ({missing}) && {made} {{",
        [f"convert.Put[any](t, at, {paths[0]}, nil)"],
        "}",
    ]


def union(c: "Converter", pair: Pair) -> Lines:
    """Return the statements for a discriminated value and its cases."""
    names, (discriminator, value), cases, shared = pair.lens.option
    texts = "[]string{" + ", ".join(quote(name) for name in names) + "}"
    ours, theirs = (c.target, c.source) if pair.lens.turned else (c.source, c.target)
    part, paths = quote(kept_path(cases[0])), [quote(kept_path(way)) for way in (discriminator, value)]
    go, was = spelling(value[-1].schema, ours), spelling(cases[0][-1].schema, theirs)
    name = f"(*string)({_optional('in', discriminator)})"
    if not pair.lens.turned:
        chosen = _cast(_optional("in", value), was, go)
        helper, places = ("Spread", [paths[1], part]) if shared else ("Unfold", [*paths, part])
        arguments = ", ".join(["t", "at", *places, texts, name, chosen])
        return [f"cases := convert.{helper}({arguments})"] + [
            _set(way, f"cases[{i}]") for i, way in enumerate(cases)
        ]
    listed = ", ".join(_cast(_optional("in", way), go, was) for way in cases)
    if shared:
        arguments = ", ".join(["t", "at", part, paths[1], texts, name, f"[]*{go}{{{listed}}}"])
        return [_set(value, f"convert.Choose({arguments})")]
    arguments = ", ".join(["t", "at", part, *paths, texts, f"[]*{go}{{{listed}}}"])
    typed = discriminator[-1].schema
    found = f"(*{spelling(typed, ours)})(name)" if typed.kind == "named" else "name"
    lines: Lines = [f"name, value := convert.Fold({arguments})"]
    return [*lines, _set(discriminator, found), _set(value, "value")]


def _set(way: tuple[Field, ...], pointer: str) -> str:
    of = way[-1]
    return f"{go_path('out', way)} = {pointer if of.pointer else f'convert.Deref({pointer})'}"


def _optional(start: str, way: tuple[Field, ...]) -> str:
    path = go_path(start, way)
    return path if way[-1].pointer else f"convert.NonZero({path})"


def _cast(value: str, go: str, was: str) -> str:
    return value if go == was else f"(*{go})({value})"


def _key_text(of: Field | None, start: str, item: Schema) -> str:
    """The text of a key of an item."""
    value = f"{start}.{of.go}" if of else f"*{start}"
    schema = of.schema if of else item
    if of and of.pointer:
        value = f"convert.Deref({value})"
    if schema.word != "string":
        return f"fmt.Sprint({value})"
    return value if schema.kind == "basic" else f"string({value})"


def _entry_key(key: Field, item: str) -> str:
    """A Go function that returns the key of an entry and whether it has one."""
    value = _key_text(key, "in", key.schema)
    has = f"in.{key.go} != nil" if key.pointer else "true"
    return literal(f"func(in *{item}) (string, bool)", f"return {value}, {has}")
