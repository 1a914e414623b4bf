"""Functions for the generated tests that fill random objects where random values alone do not suit."""

from collections.abc import Iterable, Sequence

from apigen.gotext import quote
from apigen.gotypes import field_type, is_nilable
from apigen.model import Frame, NamedScalar, Types
from apigen.view_version import VersionView
from apigen.views import uses_json

_TEXT_FILLER = """\
		// An empty text is no value of a field that is required: for a version without it, it is absent.
		func(text *string, c randfill.Continue) { *text = "x" + c.String(0) },
"""
_JSON_FILLER = """\
		func(in *{type}, c randfill.Continue) {{
			in.Raw = []byte(`{{"a":[1,"b",null]}}`)
		}},
"""
_HOLDER_FILLER = """\
		// Another version has {field}, and not the object that it stands in.
		func(in *{type}, c randfill.Continue) {{
			c.FillNoCustom(in)
			if in.{field} == nil {{
				in.{field} = {value}
			}}
		}},
"""


def _scalar_filler(go: str, scalar: NamedScalar) -> str:
    """A function that fills a named string with one of its values, or with some text."""
    value = f'{go}("x" + c.String(0))'
    if scalar.constants:
        values = ", ".join(quote(str(c.value)) for c in scalar.constants)
        value = f"[]{go}{{{values}}}[c.Intn({len(scalar.constants)})]"
    return f"\t\tfunc(in *{go}, c randfill.Continue) {{\n\t\t\t*in = {value}\n\t\t}},\n"


def _holders(frame: Frame) -> Iterable[tuple[str, str]]:
    paired = {step.target for step in frame.steps}
    for step in frame.steps:
        for depth in range(1, len(step.target)):
            if step.target[:depth] not in paired:
                yield step.target[depth - 1].schema.name, step.target[depth].json


def fillers(versions: Sequence[VersionView], hub: Types) -> str:
    """Return the functions for the types of all versions and of the hub, as items of a Go list."""
    fields = [f for v in versions for s in v.types.structs.values() for f in s.fields]
    plain = any(f.schema.kind == "basic" and f.schema.name == "string" and not f.pointer for f in fields)
    out = [_TEXT_FILLER] if plain else []
    for view in versions:
        texts = [s for s in view.types.scalars.values() if s.base == "string"]
        out += [_scalar_filler(f"{view.alias}.{s.go}", s) for s in texts]
    for alias, types in [*((v.alias, v.types) for v in versions), ("hub", hub)]:
        out += [_JSON_FILLER.format(type=f"{alias}.{name}") for name in sorted(uses_json(types))]
    return "".join([*out, *_holder_fillers(versions)])


def _holder_fillers(versions: Sequence[VersionView]) -> Iterable[str]:
    held_in: dict[str, str] = {}
    for go, json in sorted(set(_all_holders(versions))):
        held_in.setdefault(go, json)
    for go, json in held_in.items():
        for view in versions:  # the same object is passed on along the tree of versions
            held = view.types.structs[go].find(json) if go in view.types.structs else None
            if held is not None and (held.pointer or is_nilable(held.schema)):
                kind = field_type(held, view.alias)
                value = f"new({kind[1:]})" if held.pointer else f"{kind}{{}}"
                yield _HOLDER_FILLER.format(type=f"{view.alias}.{go}", field=held.go, value=value)


def _all_holders(versions: Sequence[VersionView]) -> Iterable[tuple[str, str]]:
    """Find objects that another version has the fields of, and not the object: (Go type, a field)."""
    for view in versions:
        for kind in view.kinds:
            edge = view.version.of(kind).edge
            for frame in (*edge.to_target.values(), *edge.from_target.values()):
                yield from _holders(frame)
