"""What the templates of types and deep copies are given, in a version and in the hub alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from apigen.godeepcopy import Copier
from apigen.gotext import block, imports, quote
from apigen.model import Group, Kind, Project, Struct, Types
from apigen.openapi import LIST_METADATA, METADATA
from apigen.views import (
    ScalarView,
    StructView,
    known_types,
    scalars_of,
    structs_of,
    types_imports,
    used,
    uses_json,
)

META = ("metav1", "k8s.io/apimachinery/pkg/apis/meta/v1")
RUNTIME = ("", "k8s.io/apimachinery/pkg/runtime")


@dataclass(frozen=True)
class Function:
    """A Go function as text: its name, the types that it takes, its statements."""

    go: str
    body: str
    name: str = ""
    source: str = ""
    target: str = ""
    comment: str = ""
    object: bool = False


@dataclass(frozen=True)
class RootView:
    """A kind in a types file."""

    kind: str
    list_kind: str
    plural: str
    comment: str
    markers: str
    fields: str


@dataclass(frozen=True)
class DefaultedKind:
    """A kind whose objects get defaults."""

    kind: str
    list_kind: str
    defaults: str


class CopiesView:
    """The deep copies of one package."""

    def __init__(self, package: str, types: Types, kinds: Iterable[Kind]) -> None:
        self.package = package
        self._types, self._kinds = types, tuple(kinds)
        self._copier = Copier(types)

    @cached_property
    def structs(self) -> list[Function]:
        made = {go: Function(go, self._body(s), object=s.root) for go, s in self._types.structs.items()}
        for kind in self._kinds:
            made[kind.list_kind] = Function(kind.list_kind, _LIST_COPY.format(kind=kind.kind), object=True)
        for name in uses_json(self._types):
            made[name] = Function(name, _JSON_COPY)
        return [made[go] for go in sorted(made)]

    def _body(self, struct: Struct) -> str:
        head = (
            ["out.TypeMeta = in.TypeMeta", "in.ObjectMeta.DeepCopyInto(&out.ObjectMeta)"]
            if struct.root
            else []
        )
        return block([*head, *self._copier.body(struct)])

    @property
    def imports(self) -> str:
        text = "".join(f.body for f in self.structs)
        needed = {i for i in types_imports(self._types) if used(i, text)} - {RUNTIME}
        runtime = {("runtime", RUNTIME[1])} if self._kinds or "runtime." in text else set()
        return imports({(a or p.rsplit("/", 1)[-1], p) for a, p in needed} | runtime, "")


_LIST_COPY = """\
	out.TypeMeta = in.TypeMeta
	in.ListMeta.DeepCopyInto(&out.ListMeta)
	if in.Items != nil {{
		in, out := &in.Items, &out.Items
		*out = make([]{kind}, len(*in))
		for i := range *in {{
			(*in)[i].DeepCopyInto(&(*out)[i])
		}}
	}}
"""
_JSON_COPY = """\
	if in.Raw != nil {
		in, out := &in.Raw, &out.Raw
		*out = make([]byte, len(*in))
		copy(*out, *in)
	}
"""


class TypesView:
    """The types of a package: external ones of a version, or the hub's."""

    external = True
    metadata, list_metadata = METADATA, LIST_METADATA

    def __init__(self, project: Project, group: Group, types: Types, kinds: tuple[Kind, ...]) -> None:
        self.project, self.model = project, group
        self.module, self.group = project.module, group.name
        self.types, self.kinds = types, kinds

    def root(self, kind: Kind) -> Struct:
        return self.types.structs[kind.kind]

    @cached_property
    def struct_views(self) -> list[StructView]:
        return structs_of(self.types, external=self.external, tagged=self.tagged)

    @cached_property
    def scalar_views(self) -> list[ScalarView]:
        return scalars_of(self.types, external=self.external)

    @property
    def tagged(self) -> bool:
        """Whether internal types have JSON tags."""
        return False

    @property
    def known_types(self) -> str:
        return known_types(self.kinds)

    @property
    def types_imports(self) -> str:
        return imports(types_imports(self.types) | {META}, self.module)

    @property
    def any_json(self) -> bool:
        return "JSON" in uses_json(self.types)

    @property
    def any_object(self) -> bool:
        return "JSONObject" in uses_json(self.types)

    @property
    def has_json(self) -> bool:
        return bool(uses_json(self.types))

    @property
    def open_structs(self) -> list[dict[str, str]]:
        """The structs that keep unknown fields, with the names of those that are known as further arguments."""
        found = [s for s in self.types.structs.values() if s.open]
        return [{"go": s.go, "names": "".join(f", {quote(name)}" for name in members(s))} for s in found]

    @property
    def has_open(self) -> bool:
        """Whether a package needs the JSON of what keeps unknown fields; internal types often have no JSON."""
        return bool(self.open_structs) and (self.external or self.tagged)


def members(struct: Struct) -> list[str]:
    """Return the names of the fields of an object in JSON, those of all objects too."""
    return [*(("apiVersion", "kind", "metadata") if struct.root else ()), *(f.json for f in struct.named)]
