"""Functions for the generated tests that fill random objects where random values alone do not suit."""

from collections.abc import Sequence

from apigen.gotext import quote
from apigen.model import NamedScalar, Struct, Types
from apigen.view_version import VersionView
from apigen.views import uses_json

_JSON_FILLER = """\
		func(in *{type}, c randfill.Continue) {{
			in.Raw = []byte(`{{"a":[1,"b",null]}}`)
		}},
"""


def _scalar_filler(go: str, scalar: NamedScalar) -> str:
    """A function that fills a named string with one of its values, or with some text."""
    value = f'{go}("x" + c.String(0))'
    if scalar.constants:
        values = ", ".join(quote(str(c.value)) for c in scalar.constants)
        value = f"[]{go}{{{values}}}[c.Intn({len(scalar.constants)})]"
    return f"\t\tfunc(in *{go}, c randfill.Continue) {{\n\t\t\t*in = {value}\n\t\t}},\n"


_DROPPED_FILLER = """\
		// The spec gives {fields} up.
		func(in *{type}, c randfill.Continue) {{
			c.FillNoCustom(in)
{lines}		}},
"""


def _dropped(view: VersionView) -> str:
    """Functions that leave out what conversions give up: it does not come back."""
    found: dict[str, set[str]] = {}
    for kind in view.kinds:
        for frame in view.version.of(kind).edge.frames.values():
            for only in frame.only_a:
                if only.drop and isinstance(frame.a, Struct):
                    owner = only.path[-2].schema.name if len(only.path) > 1 else frame.a.go
                    found.setdefault(owner, set()).add(only.path[-1].go)
    return "".join(
        _DROPPED_FILLER.format(
            fields=" and ".join(sorted(fields)),
            type=f"{view.alias}.{go}",
            lines="".join(f"\t\t\tin.{field} = nil\n" for field in sorted(fields)),
        )
        for go, fields in sorted(found.items())
    )


def fillers(versions: Sequence[VersionView], hub: Types) -> str:
    """Return the functions for the types of all versions and of the hub, as items of a Go list."""
    out: list[str] = []
    out += [_dropped(view) for view in versions]
    for view in versions:
        texts = [s for s in view.types.scalars.values() if s.base == "string"]
        out += [_scalar_filler(f"{view.alias}.{s.go}", s) for s in texts]
    for alias, types in [*((v.alias, v.types) for v in versions), ("hub", hub)]:
        out += [_JSON_FILLER.format(type=f"{alias}.{name}") for name in sorted(uses_json(types))]
    return "".join(out)
