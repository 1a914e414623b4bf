"""What the templates of a hub are given: the internal types of a group, and the tests of its conversions."""

import json
from functools import cached_property

from apigen.fillers import fillers
from apigen.gotext import comment, import_lines, imports, quote
from apigen.gotypes import INTSTR, META, RESOURCE
from apigen.model import Group, Kind, Project
from apigen.trials import dropped, metadata_names, numbers, words
from apigen.view_conversion import Hook
from apigen.view_types import CopiesView, RootView, TypesView
from apigen.view_validation import all_rules, has_rules
from apigen.view_version import VersionView
from apigen.views import Import, pairs, struct_view, types_imports, used

# What the tests of conversions need of others.
_APIMACHINERY = "k8s.io/apimachinery/pkg/"
_CHECKER: set[Import] = {
    *(("", name) for name in ("maps", "math", "math/rand", "testing", "time")),
    ("", _APIMACHINERY + "api/apitesting/fuzzer"),
    ("metafuzzer", _APIMACHINERY + "apis/meta/fuzzer"),
    META,
    RESOURCE,
    INTSTR,
    *(("", _APIMACHINERY + name) for name in ("api/meta", "runtime", "runtime/schema", "runtime/serializer")),
    ("", "sigs.k8s.io/randfill"),
}


class HubView(TypesView):
    """The hub of a group."""

    external = False

    def __init__(self, project: Project, group: Group) -> None:
        super().__init__(project, group, group.hub, group.kinds)
        self.package, self.module = group.package, project.module
        self.path = f"{project.module}/internal/apis/{group.package}"
        self.versions = [VersionView(project, group, v) for v in group.versions]
        self.version = self

    @cached_property
    def hooks(self) -> list[Hook]:
        """The conversions that are written by hand."""
        found = {hook.name: hook for version in self.versions for hook in version.conversion.hooks}
        return [found[name] for name in sorted(found)]

    @property
    def tagged(self) -> bool:
        return self.keeps

    @cached_property
    def keeps(self) -> bool:
        """Whether any conversion keeps what a version cannot say."""
        return any(v.conversion.keeps for v in self.versions)

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
        return import_lines(found)

    @property
    def checker_imports(self) -> str:
        candidates = {(v.alias, v.external_path) for v in self.versions}
        candidates |= {i for v in self.versions for i in types_imports(v.types)}
        found = {i for i in candidates if used(i, self.fillers)} | _CHECKER
        return imports(
            found | ({("hub", self.path)} if used(("hub", ""), self.fillers) else set()), self.module
        )

    @property
    def words(self) -> str:
        """Texts that the spec names, as items of a Go list: also those of other versions may be met."""
        return "".join(f"\t{quote(word)},\n" for word in sorted(words(self.model)))

    @property
    def numbers(self) -> str:
        """Integers that the spec names, as items of a Go list."""
        listed = ", ".join(str(n) for n in sorted(numbers(self.model)))
        return f"\t{listed},\n" if listed else ""

    @property
    def dropped_paths(self) -> str:
        """What the spec gives up, as entries of a Go map."""
        entries = []
        for kind in self.kinds:
            versions = [
                f"{quote(version)}: {{{', '.join('{' + ', '.join(map(quote, p)) + '}' for p in sorted(paths))}}}"
                for version, paths in sorted(dropped(kind).items())
            ]
            if versions:
                name = f"{{Group: {quote(self.model.name)}, Kind: {quote(kind.kind)}}}"
                entries.append((name, "{" + ", ".join(versions) + "}"))
        return "\n" * bool(entries) + pairs(entries, 1)

    @property
    def metadata_names(self) -> str:
        """The annotations and labels that rules name, as entries of a Go map."""
        found = metadata_names(self.model)
        entries = [
            (quote(of), "{" + ", ".join(map(quote, names)) + "}") for of, names in sorted(found.items())
        ]
        return "\n" * bool(entries) + pairs(entries, 1)

    @property
    def fuzz_targets(self) -> list[dict[str, str]]:
        """A target for each version of each kind, and what it is given."""
        made = []
        for kind in self.kinds:
            for version in kind.versions:
                arguments = (kind.kind, version.version, json.dumps(version.sample))
                name = f"Fuzz{kind.kind}{version.version.capitalize()}"
                made.append({"name": name, "arguments": ", ".join(map(quote, arguments))})
        return made

    @property
    def kind_versions(self) -> str:
        entries = []
        for kind in self.kinds:
            ordered = [kind.storage, *(v.version for v in kind.versions if v.version != kind.storage)]
            entries.append((quote(kind.kind), "{" + ", ".join(quote(v) for v in ordered) + "}"))
        return pairs(entries, 1)

    @property
    def keeping_versions(self) -> str:
        entries = []
        for kind in self.kinds:
            found = [v.name for v in self.versions if kind in v.kinds and v.conversion.keeps_for(kind)]
            entries.append((quote(kind.kind), "{" + ", ".join(quote(v) for v in found) + "}"))
        return pairs(entries, 1)

    # Rules in CEL

    @cached_property
    def _ruled(self) -> list[tuple[VersionView, Kind]]:
        return [(v, k) for v in self.versions for k in v.kinds if has_rules(v.types, v.root(k))]

    @property
    def has_rules(self) -> bool:
        return bool(self._ruled)

    @property
    def ruled(self) -> str:
        """The types that have rules, as items of a Go list."""
        return ", ".join(f"{v.alias}.{k.kind}{{}}" for v, k in self._ruled)

    @property
    def rules_imports(self) -> str:
        found = {(v.alias, v.external_path) for v, _ in self._ruled}
        return import_lines(found | {("", f"{self.module}/internal/validation")})

    @property
    def rule_places(self) -> str:
        """The file and line of each rule, as entries of a Go map."""
        found: dict[str, str] = {}
        for version, _ in self._ruled:
            for rule in all_rules(version.types):
                source, at = rule.where
                position = source.position(at)
                found.setdefault(rule.rule, f"{position.file}:{position.line}")
        return pairs([(quote(rule), quote(place)) for rule, place in sorted(found.items())], 1)

    @cached_property
    def fillers(self) -> str:
        """Functions that fill what random values do not suit, for the tests."""
        return fillers(self.versions, self.types)
