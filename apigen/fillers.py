"""Functions for the generated tests that fill random objects where random values alone do not suit."""

from collections.abc import Sequence

from apigen.gotext import quote
from apigen.model import Struct, Types
from apigen.view_types import members
from apigen.view_version import VersionView
from apigen.views import uses_json

_JSON_FILLER = """\
		func(in *{type}, c randfill.Continue) {{
			in.Raw = []byte([]string{{{values}}}[c.Intn({count})])
		}},
"""
# Nothing besides the fields is no map; and what has the name of a field is one.
_OPEN_FILLER = """\
		func(in *{type}, c randfill.Continue) {{
			c.FillNoCustom(in)
			for _, name := range []string{{{names}}} {{
				delete(in.UnknownFields, name)
			}}
			if len(in.UnknownFields) == 0 {{
				in.UnknownFields = nil
			}}
		}},
"""
_OBJECTS = ('{"a":[1,"b",null]}', "{}", '{"x.y":{"z":1.5}}')
_VALUES = (*_OBJECTS, '"a"', "[]", '["a","b"]', "7", "true")


def _json_filler(alias: str, name: str) -> str:
    """A function that fills in some JSON; null is absent."""
    values = _OBJECTS if name == "JSONObject" else _VALUES
    listed = ", ".join(f"`{value}`" for value in values)
    return _JSON_FILLER.format(type=f"{alias}.{name}", values=listed, count=len(values))


def _open_filler(go: str, struct: Struct) -> str:
    """A function that fills an object that keeps unknown fields."""
    names = ", ".join(quote(name) for name in members(struct))
    return _OPEN_FILLER.format(type=go, names=names)


def _scalar_filler(go: str) -> str:
    """A function that fills a named string with a word of any version, or with some text."""
    return f"\t\tfunc(in *{go}, c randfill.Continue) {{\n\t\t\t*in = {go}(word(c))\n\t\t}},\n"


def fillers(versions: Sequence[VersionView], hub: Types) -> str:
    """Return the functions for the types of all versions and of the hub, as items of a Go list."""
    out: list[str] = []
    for view in versions:
        texts = [s for s in view.types.scalars.values() if s.base == "string"]
        out += [_scalar_filler(f"{view.alias}.{s.go}") for s in texts]
    for alias, types in [*((v.alias, v.types) for v in versions), ("hub", hub)]:
        out += [_json_filler(alias, name) for name in sorted(uses_json(types))]
        out += [_open_filler(f"{alias}.{s.go}", s) for s in types.structs.values() if s.open]
    return "".join(out)
