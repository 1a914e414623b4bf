"""What the templates of a hub are given: the internal types of a group, and the tests of its conversions."""

from collections.abc import Iterable
from functools import cached_property

from apigen.gotext import comment, quote
from apigen.gotypes import field_type, is_nilable
from apigen.model import Frame, Group, Kind, NamedScalar, Project
from apigen.view_types import CopiesView, RootView, TypesView
from apigen.view_version import VersionView
from apigen.views import Import, pairs, struct_view, uses_json


class HubView(TypesView):
    """The hub of a group."""

    external = False

    def __init__(self, project: Project, group: Group) -> None:
        super().__init__(project, group, group.hub, group.kinds)
        self.package = group.package
        self.path = f"{project.module}/internal/apis/{group.package}"
        self.versions = [VersionView(project, group, v) for v in group.versions]
        self.version = self

    @property
    def copies(self) -> CopiesView:
        return CopiesView(self.package, self.types, self.kinds)

    @cached_property
    def kind_views(self) -> list[RootView]:
        return [self._root_view(k) for k in self.kinds]

    def _root_view(self, kind: Kind) -> RootView:
        text = comment(f"{kind.kind} is the internal form of all versions of the kind.")
        fields = struct_view(self.root(kind), external=False).fields
        return RootView(kind.kind, kind.list_kind, kind.plural, text, "", fields)

    @property
    def version_priority(self) -> str:
        return ", ".join(f"{v.alias}.SchemeGroupVersion" for v in self.versions)

    @property
    def install_imports(self) -> str:
        found = [("hub", self.path)]
        for v in self.versions:
            found += [(v.internal_alias, v.internal_path), (v.alias, v.external_path)]
        return _lines(found)

    @property
    def roundtrip_imports(self) -> str:
        found = [("hub", self.path)]
        found += [(v.alias, v.external_path) for v in self.versions if v.alias + "." in self.fillers]
        return _lines(found)

    @property
    def kind_versions(self) -> str:
        entries = []
        for kind in self.kinds:
            ordered = [kind.storage, *(v.version for v in kind.versions if v.version != kind.storage)]
            entries.append((quote(kind.kind), "{" + ", ".join(quote(v) for v in ordered) + "}"))
        return pairs(entries, 1)

    @cached_property
    def fillers(self) -> str:
        """Functions that fill what random values do not suit, for the tests."""
        out = [_TEXT_FILLER]
        for view in self.versions:
            for scalar in view.types.scalars.values():
                if scalar.base == "string":
                    out.append(_scalar_filler(f"{view.alias}.{scalar.go}", scalar))
        for alias, types in [*((v.alias, v.types) for v in self.versions), ("hub", self.types)]:
            for name in sorted(uses_json(types)):
                out.append(_JSON_FILLER.format(type=f"{alias}.{name}"))
        for go, json in sorted(set(self._holders())):
            for view in self.versions:  # the same object is passed on along the tree of versions
                held = view.types.structs[go].find(json) if go in view.types.structs else None
                if held is not None and (held.pointer or is_nilable(held.schema)):
                    kind = field_type(held, view.alias)
                    value = f"new({kind[1:]})" if held.pointer else f"{kind}{{}}"
                    out.append(_HOLDER_FILLER.format(type=f"{view.alias}.{go}", field=held.go, value=value))
        return "".join(out)

    def _holders(self) -> Iterable[tuple[str, str]]:
        """Find objects that another version has the fields of, and not the object: (Go type, a field)."""
        for view in self.versions:
            for kind in view.kinds:
                edge = view.version.of(kind).edge
                for frame in (*edge.to_target.values(), *edge.from_target.values()):
                    yield from _holders(frame)


_TEXT_FILLER = """\
		// An empty text is no value of a required field; where one version requires it, another may say that it is absent.
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


def _lines(found: Iterable[Import]) -> str:
    listed = sorted(set(found), key=lambda i: i[1])
    return "\n".join(f"\t{a + ' ' if a and a != p.rsplit('/', 1)[-1] else ''}{quote(p)}" for a, p in listed)
