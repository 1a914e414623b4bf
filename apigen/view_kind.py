"""What the templates of a kind are given: its storage, its strategy, its columns."""

from dataclasses import dataclass
from functools import cached_property

from apigen import names
from apigen.gotext import Lines, block, imports, quote
from apigen.gotypes import is_nilable, version_alias
from apigen.limits import NO_LIMITS
from apigen.model import Column, Field, Group, Kind, Project
from apigen.view_carried import CarriedView, metadata
from apigen.view_names import NameRules
from apigen.view_sample import SampleView
from apigen.view_validation import has_rules
from apigen.views import pairs, texts, used

APIMACHINERY = "k8s.io/apimachinery/pkg/"
_STRATEGY = (
    "context",
    APIMACHINERY + "fields",
    APIMACHINERY + "labels",
    APIMACHINERY + "runtime",
    APIMACHINERY + "util/validation/field",
    "k8s.io/apiserver/pkg/registry/generic",
    "k8s.io/apiserver/pkg/registry/rest",
)


@dataclass(frozen=True)
class ColumnsView:
    """The columns of one version as Go literals."""

    name: str
    columns: list[str]


@dataclass(frozen=True)
class OtherVersion:
    """A version that is not stored: what it calls the fields of the storage version, as entries of a Go list."""

    name: str
    renames: str


class KindView:
    """A kind as the registry sees it."""

    def __init__(self, project: Project, group: Group, kind: Kind) -> None:
        self.module, self.group, self.model_group, self.model = project.module, group.name, group, kind
        self.kind, self.list_kind = kind.kind, kind.list_kind
        self.plural, self.singular, self.package = kind.plural, kind.singular, kind.package
        self.status, self.scale = kind.status, kind.scale
        self.storage, self.hooks, self.dropped = kind.storage, kind.hooks, kind.dropped
        self.namespaced = "true" if kind.namespaced else "false"
        self.hub_path = f"{project.module}/internal/apis/{group.package}"
        self.path = f"{project.module}/internal/registry/{group.package}/{kind.package}"
        self.lister = names.exported(group.package) + kind.kind
        self.variable = names.unexported(kind.kind) + "Endpoints"
        self.alias = f"{group.package}{kind.package}registry"
        self.group_package = group.package
        self.hub_alias = f"{group.package}hub"

    @property
    def samples(self) -> list[SampleView]:
        """Every version, with an example object."""
        return [SampleView(self, v) for v in self.model.versions]

    @cached_property
    def carried(self) -> CarriedView:
        """How the versions differ."""
        return CarriedView(self.model, self.module, self.hub_path, self.status_reset if self.status else "")

    @property
    def carries(self) -> bool:
        """Whether a version keeps anything of another."""
        return self.carried.keeps

    # Storage

    @property
    def short_names(self) -> str:
        return texts(self.model.short_names)

    @property
    def categories(self) -> str:
        return texts(self.model.categories)

    @property
    def endpoints(self) -> str:
        entries = [("Main", "main")]
        if self.status:
            entries.append(("Status", "registry.NewStatus(main, statusStrategy{s})"))
        if self.status and self.carries:
            entries = [
                ("Main", "registry.WithFilters(main, s.carry.MainFilters())"),
                ("Status", f"registry.WithStatusFilters({entries[1][1]}, s.carry.StatusFilters())"),
            ]
        if self.scale:
            entries.append(("Scale", "registry.NewScale(main, scale)"))
        return pairs(entries, 2)

    @property
    def storage_imports(self) -> str:
        found = {
            ("", APIMACHINERY + "runtime"), ("", "k8s.io/apiserver/pkg/registry/generic"),
            ("genericregistry", "k8s.io/apiserver/pkg/registry/generic/registry"), ("hub", self.hub_path),
            ("", f"{self.module}/internal/listers"), ("", f"{self.module}/internal/registry"),
        }  # fmt: skip
        if self.prepared:
            found.add(("", f"{self.module}/internal/validation"))
            package = self.model_group.package
            versions = [v.version for v in self.model.versions]
            external = [(version_alias(package, v), f"{self.module}/api/{package}/{v}") for v in versions]
            found |= {e for e in external if used(e, self.prepared)}
        if self.scale:
            found |= {
                ("autoscalingv1", "k8s.io/api/autoscaling/v1"),
                ("", APIMACHINERY + "util/managedfields"),
                ("", "sigs.k8s.io/structured-merge-diff/v6/fieldpath"),
            }
        return imports(found, self.module)

    @cached_property
    def prepared(self) -> str:
        """The types of the versions that have rules in CEL, as arguments."""
        package = self.model_group.package
        types = {v.name: v.types for v in self.model_group.versions}
        found = [v for v in self.model.versions if has_rules(types[v.version], v.root)]
        return ", ".join(f"{version_alias(package, v.version)}.{self.kind}{{}}" for v in found)

    @property
    def new_strategy(self) -> str:
        carried = ", Carried(scheme)" if self.carries else ""
        return f"strategy{{registry.NewStrategy(scheme), all{carried}}}"

    @cached_property
    def scale_get(self) -> str:
        assert self.scale is not None
        lines: Lines = []
        for target, path in (
            ("spec.Replicas", self.scale.spec),
            ("status.Replicas", self.scale.status),
            ("status.Selector", self.scale.selector),
        ):
            if path:
                value, guard = _read("in", path)
                lines += _guarded(guard, f"{target} = {value}")
        return block(lines, 2)

    @cached_property
    def scale_set(self) -> str:
        assert self.scale is not None
        lines: Lines = []
        at = "out"
        for field in self.scale.spec[:-1]:
            at += "." + field.go
            if field.pointer:
                lines += [f"if {at} == nil {{", [f"{at} = new(hub.{field.schema.name})"], "}"]
        leaf = self.scale.spec[-1]
        lines.append(f"{at}.{leaf.go} = " + ("&replicas" if leaf.pointer else "replicas"))
        return block(lines, 2)

    @cached_property
    def scale_paths(self) -> str:
        assert self.scale is not None
        hub_path = [f.json for f in self.scale.spec]
        out = []
        for version in self.model.versions:
            if version.scale is None:
                continue
            path = _renamed(".".join(hub_path), version.renames).split(".")
            out.append(
                (
                    quote(f"{self.group}/{version.version}"),
                    f"fieldpath.MakePathOrDie({', '.join(quote(p) for p in path)})",
                )
            )
        return pairs(out, 2)

    # Strategy

    @property
    def _others(self) -> list[Field]:
        """The root fields that clients write: all but status where that has its own endpoint."""
        apart = ("-", "status") if self.status else ("-",)
        return [f for f in self.model.hub.fields if f.json not in apart]

    @property
    def _status(self) -> Field:
        return next(f for f in self.model.hub.fields if f.json == "status")

    @property
    def prepare_create(self) -> str:
        lines = [f"in.{self._status.go} = {_zero(self._status)}"] if self.status else []
        lines.append("in.ObjectMeta.Generation = 1")
        if "prepare" in self.hooks:
            lines.append("prepare(ctx, s.listers, in, nil)")
        if self.carries:
            lines.append("s.carry.PrepareForCreate(in)")
        return block(lines)

    @property
    def prepare_update(self) -> str:
        lines: Lines = [f"in.{self._status.go} = was.{self._status.go}"] if self.status else []
        if "prepare" in self.hooks:
            lines.append("prepare(ctx, s.listers, in, was)")
        changed = [f"!apiequality.Semantic.DeepEqual(in.{f.go}, was.{f.go})" for f in self._others]
        if self.carries:
            lines.append("changed := s.carry.PrepareForUpdate(in, was)")
            changed.insert(0, "changed")
        if changed:
            bump = ["in.ObjectMeta.Generation = was.ObjectMeta.Generation + 1"]
            lines += [f"if {' || '.join(changed)} {{", bump, "}"]
        return block(lines)

    def _validated(self, old: str) -> str:
        call = f"validate(ctx, in, {old})"
        return f'validation.Under({call}, "status", false)' if self.status else call

    @property
    def name_rules(self) -> NameRules | None:
        """What names must be besides DNS subdomains, if anything."""
        return NameRules(self.model.names) if self.model.names != NO_LIMITS else None

    @property
    def validate_create(self) -> str:
        named = ["errs = append(errs, validateName(in.Name)...)"] if self.name_rules else []
        return block([*named, *self._validate("nil")])

    @property
    def validate_update(self) -> str:
        return block([f"was := old.(*hub.{self.kind})", *self._validate("was")])

    def _validate(self, old: str) -> list[str]:
        lines = [f"errs = append(errs, {self._validated(old)}...)"]
        if "validate" in self.hooks:
            lines.append(f"errs = append(errs, validateHook(ctx, s.listers, in, {old})...)")
        return [*lines, self._validate_kept("errs", old)]

    def _validate_kept(self, errs: str, old: str) -> str:
        if self.carries:
            errs = f"s.carry.Validate({errs}, registry.Version(ctx), in, {old})"
        return f"return {errs}"

    @property
    def warns(self) -> bool:
        """Whether there are warnings: of a hook, or of what conversion gives up."""
        return "warnings" in self.hooks or bool(self.dropped)

    def _warnings(self, old: str) -> str:
        hook = f"warnings(ctx, s.listers, in, {old})"
        if not self.dropped:
            return f"return {hook}"
        if "warnings" not in self.hooks:
            return f"return in.{self.dropped}"
        return f"return append(slices.Clone(in.{self.dropped}), {hook}...)"

    @property
    def warnings_create(self) -> str:
        return self._warnings("nil")

    @property
    def warnings_update(self) -> str:
        return self._warnings(f"old.(*hub.{self.kind})")

    @property
    def self(self) -> str:
        """The receiver of methods that need the strategy only to carry over."""
        return "s " if self.carries else ""

    @property
    def prepare_status(self) -> str:
        lines = [f"in.{f.go} = was.{f.go}" for f in self._others]
        lines.append("in.ObjectMeta.Labels = was.ObjectMeta.Labels")
        return block(lines + ["s.carry.PrepareForStatusUpdate(in, was)"] * self.carries)

    @property
    def validate_status(self) -> str:
        errs = 'append(errs, validation.Under(validate(ctx, in, was), "status", true)...)'
        return block([f"was := old.(*hub.{self.kind})", self._validate_kept(errs, "was")])

    @property
    def status_reset(self) -> str:
        paths = [f"fieldpath.MakePathOrDie({quote(f.json)})" for f in self._others]
        names = [f'"annotations", {quote(name)}' for name in metadata(self.model, "annotations")]
        paths += [f'fieldpath.MakePathOrDie("metadata", {name})' for name in ('"labels"', *names)]
        return ", ".join(paths)

    @cached_property
    def other_versions(self) -> list["OtherVersion"]:
        """The versions by whose rules an object is checked before those of the storage version."""
        return [
            OtherVersion(v.version, pairs_of_names(v.renames))
            for v in self.model.versions
            if v.version != self.storage
        ]

    @property
    def attribute_count(self) -> int:
        return 2 + len(self._attributes)

    @cached_property
    def _attributes(self) -> dict[str, tuple[Field, ...]]:
        return {s.hub_label: s.hub_fields for v in self.model.versions for s in v.selectable}

    @property
    def attributes(self) -> str:
        lines: Lines = []
        for label, path in sorted(self._attributes.items()):
            value, guard = _read("in", path)
            lines += _guarded(guard, f"set[{quote(label)}] = {_text(path[-1], value)}")
        return block(lines)

    @property
    def version_list(self) -> str:
        return "[]string{" + ", ".join(quote(f"{self.group}/{v.version}") for v in self.model.versions) + "}"

    @property
    def strategy_imports(self) -> str:
        found = {("", path) for path in _STRATEGY} | {("hub", self.hub_path)}
        found |= {("", f"{self.module}/internal/{name}") for name in ("listers", "registry", "validation")}
        found |= {(f"internal{v.version}", f"{self.hub_path}/{v.version}") for v in self.model.versions}
        found |= {("", f"{self.module}/internal/carry")} if self.carries else set()
        found |= {("apiequality", APIMACHINERY + "api/equality")} if self._others else set()
        found |= {("", "sigs.k8s.io/structured-merge-diff/v6/fieldpath")} if self.status else set()
        found |= {("", "strconv")} if "strconv." in self.attributes else set()
        found |= {("", "slices")} if self.dropped and "warnings" in self.hooks else set()
        return imports(found, self.module)

    # Columns

    @property
    def column_views(self) -> list[ColumnsView]:
        return [ColumnsView(v.version, [_column(c) for c in v.columns]) for v in self.model.versions]


def pairs_of_names(renames: tuple[tuple[str, str], ...]) -> str:
    """Return pairs of paths as entries of a Go list."""
    return "".join(f"\t{{{quote(stored)}, {quote(mine)}}},\n" for stored, mine in renames)


def _zero(field: Field) -> str:
    return "nil" if field.pointer or is_nilable(field.schema) else f"hub.{field.schema.name}{{}}"


def _renamed(path: str, renames: tuple[tuple[str, str], ...]) -> str:
    for stored, mine in renames:
        if path == stored or path.startswith(stored + "."):
            return mine + path[len(stored) :]
    return path


def _read(start: str, path: tuple[Field, ...]) -> tuple[str, str]:
    """Return the value at the end of a path, and the condition under which there is one."""
    at, guards = start, []
    for field in path:
        at += "." + field.go
        if field.pointer:
            guards.append(f"{at} != nil")
    return ("*" + at if path[-1].pointer else at), " && ".join(guards)


def _guarded(guard: str, line: str) -> Lines:
    return [f"if {guard} {{", [line], "}"] if guard else [line]


def _text(field: Field, value: str) -> str:
    word = field.schema.word
    if word == "bool":
        return f"strconv.FormatBool({'bool(' + value + ')' if field.schema.kind == 'named' else value})"
    if word == "string":
        return f"string({value})" if field.schema.kind == "named" else value
    return f"strconv.FormatInt(int64({value}), 10)"


def _column(column: Column) -> str:
    parts = [
        f"Name: {quote(column.name)}",
        f"Type: {quote(column.type)}",
        f"JSONPath: {quote(column.json_path)}",
        f"Description: {quote(column.description or 'The value at ' + column.json_path + '.')}",
    ]
    parts += [f"Format: {quote(column.format)}"] if column.format else []
    parts += [f"Priority: {column.priority}"] if column.priority else []
    return "{" + ", ".join(parts) + "}"
