"""Functions for the generated tests that fill random objects where random values alone do not suit."""

from collections.abc import Sequence

from apigen.model import Struct, Types
from apigen.view_version import VersionView
from apigen.views import uses_json

_JSON_FILLER = """\
		func(in *{type}, c randfill.Continue) {{
			in.Raw = []byte([]string{{{values}}}[c.Intn({count})])
		}},
"""
_OBJECTS = ('{"a":[1,"b",null]}', "{}", '{"x.y":{"z":1.5}}')
_VALUES = (*_OBJECTS, '"a"', "[]", '["a","b"]', "7", "true")


def _json_filler(alias: str, name: str) -> str:
    """A function that fills in some JSON; null is absent."""
    values = _OBJECTS if name == "JSONObject" else _VALUES
    listed = ", ".join(f"`{value}`" for value in values)
    return _JSON_FILLER.format(type=f"{alias}.{name}", values=listed, count=len(values))


def _scalar_filler(go: str) -> str:
    """A function that fills a named string with a word of any version, or with some text."""
    return (
        f"\t\tfunc(in *{go}, c randfill.Continue) {{\n\t\t\t*in = {go}(texts[c.Intn(len(texts))])\n\t\t}},\n"
    )


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
        out += [_scalar_filler(f"{view.alias}.{s.go}") for s in texts]
    for alias, types in [*((v.alias, v.types) for v in versions), ("hub", hub)]:
        out += [_json_filler(alias, name) for name in sorted(uses_json(types))]
    return "".join(out)
