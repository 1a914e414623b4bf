"""What the templates of a version are given: its external package, and what the server does with it."""

import json
from functools import cached_property
from typing import Any

from apigen.godefaults import Defaults
from apigen.gotext import block, comment, imports, quote
from apigen.gotypes import version_alias
from apigen.model import Group, GroupVersion, Kind, Project, Selectable
from apigen.newvalues import NewValues, set_values
from apigen.openapi import definitions
from apigen.view_conversion import ConversionView
from apigen.view_types import META, CopiesView, DefaultedKind, Function, RootView, TypesView
from apigen.view_validation import ValidationView
from apigen.views import pairs, struct_view, types_imports, used, uses_json


class VersionView(TypesView):
    """A version of a group: its external package, and what the server does with it."""

    def __init__(self, project: Project, group: Group, version: GroupVersion) -> None:
        super().__init__(project, group, version.types, version.kinds)
        self.version, self.name = version, version.name
        self.package = version.name
        self.alias = version_alias(group.package, version.name)
        self.internal_alias = f"internal{version.name}"
        self.external_path = f"{project.module}/api/{group.package}/{version.name}"
        self.internal_path = f"{project.module}/internal/apis/{group.package}/{version.name}"
        self.hub_path = f"{project.module}/internal/apis/{group.package}"
        self.model_package = f"{group.model_prefix}.{version.name}"
        self._defaults = Defaults(version.types, self.alias)

    @property
    def copies(self) -> CopiesView:
        return CopiesView(self.package, self.types, self.kinds)

    @property
    def model_types(self) -> list[str]:
        return sorted([*self.types.structs, *(k.list_kind for k in self.kinds), *uses_json(self.types)])

    @cached_property
    def kind_views(self) -> list[RootView]:
        return [self._root_view(k) for k in self.kinds]

    def _root_view(self, kind: Kind) -> RootView:
        root = self.root(kind)
        markers = "// +genclient\n" + ("" if kind.namespaced else "// +genclient:nonNamespaced\n")
        markers += "// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object\n"
        fields = struct_view(root, external=True).fields
        return RootView(kind.kind, kind.list_kind, kind.plural, comment(root.text), markers, fields)

    @property
    def definitions(self) -> str:
        """The OpenAPI definitions as JSON."""
        return json.dumps(definitions(self.model, self.version), indent=1, sort_keys=True)

    # Defaults

    @cached_property
    def default_functions(self) -> list[Function]:
        roots = {k.kind for k in self.kinds}
        return [
            Function(go, block(self._defaults.body(self.types.structs[go])))
            for go in self._defaults.structs
            if go not in roots
        ]

    @cached_property
    def defaulted_kinds(self) -> list[DefaultedKind]:
        made = []
        for kind in self.kinds:
            lines: list[Any] = (
                self._defaults.body(self.root(kind)) if kind.kind in self._defaults.structs else []
            )
            if "default" in kind.hooks:
                lines.append(f"default{kind.kind}(in)")
            if lines:
                made.append(DefaultedKind(kind.kind, kind.list_kind, block(lines)))
        return made

    @property
    def has_defaults(self) -> bool:
        return bool(self.defaulted_kinds)

    @property
    def defaults_imports(self) -> str:
        text = "".join(f.body for f in self.default_functions) + "".join(
            k.defaults for k in self.defaulted_kinds
        )
        candidates = types_imports(self.types) | {META, ("", f"{self.module}/internal/convert")}
        needed = {i for i in candidates if used(i, text)}
        return imports(needed | {(self.alias, self.external_path)}, self.module)

    # Values of new objects

    @cached_property
    def value_functions(self) -> list[Function]:
        writer, made = NewValues(self.types, self.alias), []
        for kind in self.kinds:
            mine = [v for v in kind.values if v.version == self.name]
            for through in sorted({t for v in mine for t in v.through}):
                lines = [line for v in mine if through in v.through for line in writer.body(v)]
                name = set_values(kind.kind, through)
                made.append(Function(kind.kind, block(lines), name, comment=through))
        return made

    @property
    def has_values(self) -> bool:
        return bool(self.value_functions)

    @property
    def values_imports(self) -> str:
        text = "".join(f.body for f in self.value_functions)
        candidates = types_imports(self.types) | {META}
        needed = {i for i in candidates if used(i, text)}
        return imports(needed | {(self.alias, self.external_path)}, self.module)

    # Field selectors

    @cached_property
    def selectable_kinds(self) -> list[dict[str, str]]:
        made = []
        for kind in self.kinds:
            found = self.version.of(kind).selectable
            if found:
                always = ["metadata.name"] + ["metadata.namespace"] * kind.namespaced
                entries = [(quote(n), f"{{name: {quote(n)}}}") for n in always]
                entries += [(quote(s.label), _hub_label(s)) for s in found]
                made.append({"kind": kind.kind, "labels": pairs(entries, 3)})
        return made

    @property
    def has_selectable(self) -> bool:
        return bool(self.selectable_kinds)

    @cached_property
    def conversion(self) -> ConversionView:
        """The conversions to and from the neighbour of every kind's version."""
        return ConversionView(self.project, self.model, self.version)

    @cached_property
    def validation(self) -> ValidationView:
        """What is demanded of the objects of this version."""
        return ValidationView(self)


def _hub_label(selectable: Selectable) -> str:
    """What the hub calls a field for selectors, and its values, as a Go literal."""
    values = ", ".join(f"{quote(one)}: {quote(other)}" for one, other in selectable.values)
    mapped = f", values: map[string]string{{{values}}}" if values else ""
    return f"{{name: {quote(selectable.hub_label)}{mapped}}}"
