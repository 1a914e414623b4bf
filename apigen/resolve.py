"""Spec -> Project: what the words mean together. The only step that knows both vocabularies.

The passes run in this order, each on what those before have made:

1. names of the project, its groups, kinds and versions
2. types of every version of every group
3. conversions: the tree of versions, the pairs of fields, the hub
4. columns, selectors, subresources, samples: all that names fields
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from apigen import names, upstream
from apigen.checks import Problems, check_keys
from apigen.conversions import pair, tree
from apigen.declare import Declarer
from apigen.endless import report_endless
from apigen.examples import fitting
from apigen.facets import Facets
from apigen.homes import Joint
from apigen.identity import check_identities, check_project, check_resource, has_status
from apigen.later import check_later
from apigen.load import Loaded, Spec
from apigen.loss import hook_types
from apigen.model import (
    Edge,
    Field,
    Group,
    GroupVersion,
    Kind,
    KindVersion,
    NewValue,
    Path,
    Project,
    Schema,
    Struct,
    Types,
)
from apigen.narrow import narrowed
from apigen.newvalues import new_values
from apigen.objectnames import name_limits
from apigen.package import Package, Scope
from apigen.paths import Moves, dotted, moved
from apigen.rules import Rules
from apigen.sample import sample
from apigen.spec import ResourceSpec, TypesSpec, VersionSpec


def resolve(spec: Spec) -> Project:
    """Return the project that a spec describes. Raises SpecError with every problem of meaning in it."""
    problems = Problems()
    check_project(problems, spec.project)
    for resource in spec.resources:
        check_resource(problems, resource)
    check_identities(problems, spec)
    problems.check()
    kubernetes = upstream.load(spec.project.spec.kubernetes)
    packages = names.distinct_packages(sorted({r.spec.group for r in spec.resources}))
    groups = [
        _Group(problems, kubernetes, group, package, spec).resolve() for group, package in packages.items()
    ]
    problems.check()
    project = spec.project.spec
    return Project(project.name, project.module, project.kubernetes, tuple(groups), tuple(project.admission))


@dataclass
class _Draft:
    """A kind while it is being resolved."""

    resource: Loaded[ResourceSpec]
    storage: str
    joints: tuple[Joint, ...] = ()
    values: list[NewValue] = field(default_factory=list)
    edges: dict[str, Edge] = field(default_factory=dict)
    """The conversions of all versions but the storage version."""
    narrowed: dict[str, Types] = field(default_factory=dict)
    """The types of versions with the bounds of those behind them, once they were asked for."""


@dataclass
class _Group:
    """The work on one group."""

    problems: Problems
    kubernetes: upstream.Upstream
    name: str
    package: str
    spec: Spec
    hooks: dict[str, object] = field(default_factory=dict)
    """The versions and types of the conversions written by hand, by name."""
    owners: dict[str, str] = field(default_factory=dict)
    """The kind from which the hub first had a type, by the type's Go name."""

    def resolve(self) -> Group:
        resources = [r for r in self.spec.resources if r.spec.group == self.name]
        shared = [t for t in self.spec.types if t.spec.group == self.name]
        versions = sorted({v.name for r in resources for v in r.spec.versions}, key=names.version_key)
        packages = {v: Package(self.kubernetes, self.problems) for v in versions}
        before = len(self.problems)
        drafts = [self._declare(r, shared, packages) for r in resources]
        for package in packages.values():
            for later in package.later:
                check_keys(package, *later)
            package.check_values()
            check_later(package)
            report_endless(package, self.problems)
        types = {v: packages[v].types() for v in versions}
        hub = Types({}, {})
        nothing = Group(self.name, self.package, "", (), hub, ())
        if len(self.problems) > before:  # what follows needs sound types
            return nothing
        for draft in drafts:
            self._join(draft, types, hub, packages)
        hub = Types(dict(sorted(hub.structs.items())), dict(sorted(hub.scalars.items())))
        if len(self.problems) > before:
            return nothing
        kinds = [self._kind(d, types, hub) for d in drafts]
        return Group(
            self.name,
            self.package,
            _model_prefix(self.name),
            tuple(self._versions(versions, types, kinds)),
            hub,
            tuple(kinds),
        )

    def _versions(
        self, versions: list[str], types: dict[str, Types], kinds: list[Kind]
    ) -> Iterator[GroupVersion]:
        for version in versions:
            mine = tuple(k for k in kinds if any(v.version == version for v in k.versions))
            roots = [v.root.go for k in mine for v in k.versions if v.version == version]
            served = any(v.served for k in mine for v in k.versions if v.version == version)
            yield GroupVersion(version, _reachable(types[version], roots), mine, served)

    def _declare(
        self, resource: Loaded[ResourceSpec], shared: list[Loaded[TypesSpec]], packages: dict[str, Package]
    ) -> _Draft:
        """Declare the types of every version of a kind."""
        spec, source = resource.spec, resource.source
        files = tuple((t.spec.types, t.source, ("types",)) for t in shared)
        for i, version in enumerate(spec.versions):
            at: Path = ("versions", i)
            own = ((version.types, source, (*at, "types")), (spec.types, source, ("types",)))
            package = packages[version.name]
            declarer = Declarer(package, Scope(own, files), source)
            package.take(spec.list_kind, source, ("kind", "List", version.name))
            text = version.description or spec.description
            declarer.root(spec.kind, version, at, text)
            for name in declarer.scope.names():  # also those that no field uses yet are checked
                declarer.named(name)
        storage = next((v.name for v in spec.versions if v.storage), spec.versions[0].name)
        return _Draft(resource, storage)

    def _join(self, draft: _Draft, types: dict[str, Types], hub: Types, packages: dict[str, Package]) -> None:
        """Pair the versions of a kind, and add its types to the hub's."""
        kind, stored = draft.resource.spec.kind, types[draft.storage]
        draft.joints = tree(self.problems, draft.resource, draft.storage)
        for joint in draft.joints:
            mine, other = types[joint.version], types[joint.neighbour]
            ends = (mine.structs[kind], mine), (other.structs[kind], other)
            edge = pair(self.problems, draft.resource, joint, *ends, hub=False)
            draft.edges[joint.version] = edge
            self._hooks(draft, joint, edge)
            draft.values += new_values(self.problems, draft.resource, joint, edge, packages, draft.joints)
        own = _reachable(stored, [kind])
        if any(
            o.drop for e in draft.edges.values() for f in e.frames.values() for o in (*f.only_a, *f.only_b)
        ):
            root = own.structs[kind]
            own.structs[kind] = replace(root, fields=(*root.fields, _dropped()))
        for go, struct in own.structs.items():
            self._share(draft, hub.structs.get(go), struct)
            hub.structs[go] = struct
        hub.scalars.update(own.scalars)

    def _hooks(self, draft: _Draft, joint: Joint, edge: Edge) -> None:
        """Check that the conversions written by hand have one pair of types for each name."""
        for name, lens_types in hook_types(edge).items():
            ends = tuple(sorted((joint.version, joint.neighbour))), lens_types
            first = self.hooks.setdefault(name, ends)
            if first != ends:
                message = f"{name} is the name of functions for other types already"
                self.problems.add(draft.resource.source, joint.where, message, "choose another name")

    def _share(self, draft: _Draft, other: Struct | None, mine: Struct) -> None:
        """Check a hub's struct that two kinds share."""
        kind = draft.resource.spec.kind
        first = self.owners.setdefault(mine.go, kind)
        if other is not None and _content(other) != _content(mine):
            message = f"{first} and {kind} store the type {mine.go} in different shapes"
            hint = "give one of the two types another name, or both kinds the same storage version"
            self.problems.add(draft.resource.source, ("kind",), message, hint)

    def _edges(self, draft: _Draft, types: dict[str, Types], hub: Types) -> dict[str, Edge]:
        """Return every version's conversion to its neighbour, where the hub stands for the storage version."""
        kind = draft.resource.spec.kind
        edges = {
            v: replace(e, target=None) if e.target == draft.storage else e for v, e in draft.edges.items()
        }
        itself = Joint(draft.storage, draft.storage, Rules(), (), forward=True)
        ends = (types[draft.storage].structs[kind], types[draft.storage]), (hub.structs[kind], hub)
        edges[draft.storage] = pair(Problems(), draft.resource, itself, *ends, hub=True)
        return edges

    def _kind(self, draft: _Draft, types: dict[str, Types], hub: Types) -> Kind:
        spec = draft.resource.spec
        edges = self._edges(draft, types, hub)
        moves = {v: _moves_to_hub(v, draft, edges) for v in edges}
        ordered = sorted(spec.versions, key=lambda v: names.version_key(v.name))
        versions = tuple(self._version(draft, v, types, hub, edges, moves[v.name]) for v in ordered)
        root = hub.structs[spec.kind]
        scales = {v.scale for v in versions if v.scale}
        if len(scales) > 1:
            message = "the scale subresources of the versions are not the same fields"
            hint = "let them name fields that convert into each other"
            self.problems.add(draft.resource.source, ("versions",), message, hint, key=True)
        return Kind(
            kind=spec.kind,
            list_kind=spec.list_kind,
            plural=spec.plural,
            singular=spec.names.singular or spec.kind.lower(),
            short_names=tuple(spec.names.short_names),
            categories=tuple(spec.names.categories),
            namespaced=spec.scope == "Namespaced",
            description=spec.description,
            storage=draft.storage,
            status=has_status(spec.versions[0]),
            hooks=tuple(sorted(set(spec.hooks))),
            package=names.package(spec.kind),
            hub=root,
            scale=next(iter(scales), None),
            versions=versions,
            values=tuple(draft.values),
            names=name_limits(self.problems, draft.resource),
            dropped=_DROPPED if root.find("-") else "",
        )

    def _version(
        self,
        draft: _Draft,
        version: VersionSpec,
        types: dict[str, Types],
        hub: Types,
        edges: dict[str, Edge],
        moves: Moves,
    ) -> KindVersion:
        resource, spec = draft.resource, draft.resource.spec
        at: Path = ("versions", spec.versions.index(version))
        mine = types[version.name]
        root = mine.structs[spec.kind]
        ahead = _narrowed(version.name, draft, types)
        facets = Facets(
            self.problems,
            resource.source,
            at,
            version,
            root,
            mine,
            hub.structs[spec.kind],
            hub,
            _to_hub(version.name, draft, edges),
        )
        warning = version.deprecation_warning or f"{self.name}/{version.name} {spec.kind} is deprecated"
        renames = {(dotted(stored), dotted(own)) for own, stored in moves}
        return KindVersion(
            version=version.name,
            root=root,
            served=version.served,
            warning=warning if version.deprecated else "",
            columns=facets.columns(),
            selectable=facets.selectable(),
            scale=facets.scale(),
            edge=edges[version.name],
            renames=tuple(sorted(renames, key=lambda pair: (-pair[0].count("."), pair))),
            sample=fitting(
                sample(ahead, ahead.structs[spec.kind], self.kubernetes), _ends(version.name, draft)
            ),
        )


def _ends(version: str, draft: _Draft) -> list[tuple[Edge, bool]]:
    """Return the edges of a version, and whether it is their first end."""
    return [
        (draft.edges[j.version], j.version == version)
        for j in draft.joints
        if version in (j.version, j.neighbour)
    ]


def _narrowed(version: str, draft: _Draft, types: dict[str, Types]) -> Types:
    """Return the types of a version with the bounds of those on the way to the storage version."""
    if version == draft.storage:
        return types[version]
    if version not in draft.narrowed:
        behind = _narrowed(next(j.neighbour for j in draft.joints if j.version == version), draft, types)
        draft.narrowed[version] = narrowed(types[version], draft.edges[version], behind)
    return draft.narrowed[version]


def _to_hub(version: str, draft: _Draft, edges: dict[str, Edge]) -> tuple[Edge, ...]:
    """Return the edges from a version to the hub."""
    by_version = {j.version: j for j in draft.joints}
    found: list[Edge] = []
    while version != draft.storage:
        found.append(edges[version])
        version = by_version[version].neighbour
    return tuple(found)


def _moves_to_hub(version: str, draft: _Draft, edges: dict[str, Edge]) -> Moves:
    """Return the moves from a version to the storage version, composed along the tree."""
    by_version = {j.version: j for j in draft.joints}
    moves: Moves = ()
    while version != draft.storage:
        step = edges[version].moves
        back = tuple((b, a) for a, b in moves)
        composed = {(a, moved(b, step)) for a, b in moves} | {(moved(a, back), b) for a, b in step}
        moves, version = tuple(sorted(composed)), by_version[version].neighbour
    return tuple(m for m in moves if m[0] != m[1] or _matters(m[0], moves))


def _matters(path: tuple[str, ...], moves: Moves) -> bool:
    """Whether saying that a path stays says something: it would move with what it is in."""
    return any(a != b and path[: len(end)] == end for a, b in moves for end in (a, b))


# The hub's field for what decoding has given up: it is no part of the object, and has no JSON.
_DROPPED = "DroppedParts"


def _dropped() -> Field:
    text = "What conversion has given up, and why, for a warning."
    return Field(
        "-", _DROPPED, Schema("list", item=Schema("basic", "string"), description=text), False, False
    )


def _model_prefix(group: str) -> str:
    return ".".join(reversed(group.split(".")))


def _content(struct: Struct) -> object:
    """What a struct is apart from where it was declared and which fields may be absent."""
    return struct.go, tuple((f.json, f.go, f.schema, f.required) for f in struct.fields)


def _reachable(types: Types, roots: list[str]) -> Types:
    """Return the types that the structs of those Go names need."""
    structs: dict[str, Struct] = {}
    scalars = {}
    left = list(roots)
    while left:
        go = left.pop()
        if go in structs:
            continue
        structs[go] = types.structs[go]
        for found in (s for f in types.structs[go].fields for s in _parts(f.schema)):
            if found.kind == "object":
                left.append(found.name)
            elif found.kind == "named":
                scalars[found.name] = types.scalars[found.name]
    return Types(dict(sorted(structs.items())), dict(sorted(scalars.items())))


def _parts(schema: Schema) -> Iterator[Schema]:
    yield schema
    if schema.item is not None:
        yield from _parts(schema.item)
