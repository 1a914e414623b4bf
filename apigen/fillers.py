"""Functions for the generated tests that fill random objects where random values alone do not suit."""

from collections.abc import Sequence

from apigen.gotext import quote
from apigen.model import NamedScalar, Types
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


def fillers(versions: Sequence[VersionView], hub: Types) -> str:
    """Return the functions for the types of all versions and of the hub, as items of a Go list."""
    out: list[str] = []
    for view in versions:
        texts = [s for s in view.types.scalars.values() if s.base == "string"]
        out += [_scalar_filler(f"{view.alias}.{s.go}", s) for s in texts]
    for alias, types in [*((v.alias, v.types) for v in versions), ("hub", hub)]:
        out += [_JSON_FILLER.format(type=f"{alias}.{name}") for name in sorted(uses_json(types))]
    return "".join(out)
