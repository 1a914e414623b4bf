"""What the templates of one version of a kind are given: an example object, and what the tests know of it."""

import json
from typing import TYPE_CHECKING, Any

from apigen.gotext import quote
from apigen.gotypes import version_alias
from apigen.model import KindVersion
from apigen.objectnames import filled, form
from apigen.views import pairs, texts
from apigen.yamltext import yaml_document

if TYPE_CHECKING:
    from apigen.view_kind import KindView


class SampleView:
    """A valid object of one version, and the name of its kind for scaffolds of that version."""

    def __init__(self, kind: "KindView", version: KindVersion) -> None:
        self.kind, self.version, self.served = kind.kind, version.version, version.served
        self.group, self.namespaced, self.module = kind.group, kind.model.namespaced, kind.module
        self.alias = version_alias(kind.model_group.package, version.version)
        self.path = f"{kind.module}/api/{kind.model_group.package}/{version.version}"
        self._fields, self._kind, self._version = version.sample, kind, version

    @property
    def text(self) -> str:
        """The object as YAML."""
        metadata = {"name": self._name} | ({"namespace": "default"} if self.namespaced else {})
        head = {"apiVersion": f"{self.group}/{self.version}", "kind": self.kind, "metadata": metadata}
        return yaml_document(head | {n: value for n, value in self._fields.items() if n != "status"})

    @property
    def _name(self) -> str:
        """The name of the object: the kind's versions show the same objects, so it is another in each of them."""
        preferred = next((v.version for v in self._kind.model.versions if v.served), self.version)
        if self._kind.name_rules:
            other = "" if self.version == preferred else "".join(filter(str.isalpha, self.version))
            return filled(self.form, other + "example")
        return "example" if self.version == preferred else f"example-{self.version}"

    @property
    def form(self) -> str:
        """The form of the names that generated tests take, if there are rules for names."""
        return form(self._kind.model.names) if self._kind.name_rules else ""

    @property
    def test_fields(self) -> str:
        """What the generated tests know of the resource in this version, as fields of a Go literal."""
        kind = self._kind
        parts = (("Group", kind.group), ("Version", self.version), ("Resource", kind.plural))
        resource = ", ".join(f"{name}: {quote(value)}" for name, value in parts)
        fields = [
            ("GroupVersionResource", f"schema.GroupVersionResource{{{resource}}}"),
            ("kind", quote(kind.kind)),
            ("listKind", quote(kind.list_kind)),
            ("namespaced", kind.namespaced),
            ("shortNames", kind.short_names),
            ("categories", kind.categories),
            ("form", quote(self.form) if self.form else "nil"),
            ("sample", quote(f"{kind.group_package}_{self.version}_{kind.package}.yaml")),
            ("status", quote(json.dumps(self._fields.get("status", {}))) if kind.status else "nil"),
            ("replicas", f"new(int64({self._replicas}))" if self._version.scale else "nil"),
            ("joined", "true" if self._joined else "nil"),
            ("open", "true" if self._version.root.open else "nil"),
            ("selectable", texts(tuple(s.label for s in self._version.selectable))),
            ("deprecation", quote(self._version.warning) if self._version.warning else "nil"),
        ]
        return pairs([f for f in fields if f[1] != "nil"], 2)

    @property
    def _joined(self) -> bool:
        """Whether fields may change together with others: in a union, or by a hook."""
        frames = [f for v in self._kind.model.versions for f in v.edge.frames.values()]
        union = any(p.lens.how in ("union", "go") for f in frames for p in f.pairs)
        return union or bool({"default", "prepare"} & set(self._kind.hooks))

    @property
    def _replicas(self) -> int:
        """Other replicas than those of the sample, if the limits leave a choice."""
        path = self._version.scale.spec if self._version.scale else ()
        now: Any = self._fields
        for field in path:
            now = now.get(field.json, {})
        more, limits = int(now or 0) + 1, path[-1].schema.limits
        return (
            more
            if limits.maximum is None or more <= limits.maximum
            else max(more - 2, int(limits.minimum or 0))
        )
