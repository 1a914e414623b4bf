"""Spec -> Project: what the words mean together. The only step that knows both vocabularies.

The passes run in this order, each on what those before have made:

1. names of the project, its groups, kinds and versions
2. types of every version of every group
3. conversions: the tree of versions, the pairs of fields, the hub
4. columns, selectors, subresources, samples: all that names fields
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apigen import names, upstream
from apigen.checks import Problems, check_keys
from apigen.conversions import Joint, hub_types, pair, tree
from apigen.declare import Declarer, Package, Scope
from apigen.endless import report_endless
from apigen.facets import columns, scale, selectable
from apigen.identity import check_identities, check_project, check_resource
from apigen.load import Loaded, Spec
from apigen.model import Edge, Frame, Group, GroupVersion, Kind, KindVersion, Project, Schema, Struct, Types
from apigen.paths import dotted
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
    return Project(project.name, project.module, project.kubernetes, tuple(groups))


@dataclass
class _Draft:
    """A kind while it is being resolved."""

    resource: Loaded[ResourceSpec]
    storage: str
    roots: dict[str, str]
    joints: tuple[Joint, ...] = ()
    edges: dict[str, Edge] | None = None


@dataclass
class _Group:
    """The work on one group."""

    problems: Problems
    kubernetes: upstream.Upstream
    name: str
    package: str
    spec: Spec

    def resolve(self) -> Group:
        resources = [r for r in self.spec.resources if r.spec.group == self.name]
        shared = [t for t in self.spec.types if t.spec.group == self.name]
        versions = sorted({v.name for r in resources for v in r.spec.versions}, key=names.version_key)
        packages = {v: Package(self.kubernetes, self.problems) for v in versions}
        drafts = [self._declare(r, shared, packages) for r in resources]
        for package in packages.values():
            for later in package.later:
                check_keys(package, *later)
            report_endless(package, self.problems)
        types = {v: packages[v].types() for v in versions}
        if self.problems.found:  # what follows needs sound types
            return Group(self.name, self.package, "", (), Types({}, {}), ())
        hub = Types({}, {})
        for draft in drafts:
            hub = self._join(draft, types, hub)
        if self.problems.found:
            return Group(self.name, self.package, "", (), hub, ())
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
        spec, source, roots = resource.spec, resource.source, {}
        for i, version in enumerate(spec.versions):
            at = ("versions", i)
            layers = [(version.types, source, (*at, "types")), (spec.types, source, ("types",))]
            layers += [(t.spec.types, t.source, ("types",)) for t in shared]
            declarer = Declarer(packages[version.name], Scope(tuple(layers)), source)
            packages[version.name].take(
                spec.names.list_kind or spec.kind + "List", source, ("kind", version.name), key=False
            )
            roots[version.name] = declarer.struct(
                spec.kind, version.fields, (*at, "fields"), version.description or spec.description, root=True
            )
            for layer, _, _ in layers:  # also those that no field uses yet are checked
                for name in layer:
                    declarer.named(name)
        storage = next((v.name for v in spec.versions if v.storage), spec.versions[0].name)
        return _Draft(resource, storage, roots)

    def _join(self, draft: _Draft, types: dict[str, Types], hub: Types) -> Types:
        """Pair the versions of a kind, and add its types to the hub's."""
        kind, stored = draft.resource.spec.kind, types[draft.storage]
        draft.joints = tree(self.problems, draft.resource, draft.storage)
        edges = [
            pair(self.problems, draft.resource, j, (types[j.version].structs[kind], types[j.version]),
                (types[j.neighbour].structs[kind], types[j.neighbour]), hub=False)
            for j in draft.joints
        ]  # fmt: skip
        near = [e for e, j in zip(edges, draft.joints, strict=True) if j.neighbour == draft.storage]
        mine = hub_types(_reachable(stored, [kind]), near)
        for go, struct in mine.structs.items():
            other = hub.structs.get(go)
            if other is not None and _content(other) != _content(struct):
                self.problems.add(draft.resource.source, ("kind",), f"two kinds of {self.name} store the type {go} in different shapes",
                    "give one of the two types another name, or let both kinds have the same storage version")  # fmt: skip
            elif other is not None:
                merged = zip(other.fields, struct.fields, strict=True)
                mine.structs[go] = replace(
                    struct, fields=tuple(replace(a, pointer=a.pointer or b.pointer) for a, b in merged)
                )
        return Types(
            dict(sorted({**hub.structs, **mine.structs}.items())),
            dict(sorted({**hub.scalars, **mine.scalars}.items())),
        )

    def _edges(self, draft: _Draft, types: dict[str, Types], hub: Types) -> dict[str, Edge]:
        """Return every version's conversion to its neighbour; the storage version's neighbour is the hub too."""
        kind = draft.resource.spec.kind
        joints = (*draft.joints, Joint(draft.storage, draft.storage, (), ()))
        edges = {}
        for joint in joints:
            near = joint.neighbour == draft.storage
            to = hub if near else types[joint.neighbour]
            ends = (types[joint.version].structs[kind], types[joint.version]), (to.structs[kind], to)
            edges[joint.version] = pair(Problems(), draft.resource, joint, *ends, hub=near)
        return edges

    def _kind(self, draft: _Draft, types: dict[str, Types], hub: Types) -> Kind:
        spec = draft.resource.spec
        edges = self._edges(draft, types, hub)
        moves = {v: _moves_to_hub(v, draft) for v in edges}
        ordered = sorted(spec.versions, key=lambda v: names.version_key(v.name))
        versions = tuple(self._version(draft, v, types, hub, edges[v.name], moves[v.name]) for v in ordered)
        root = hub.structs[spec.kind]
        scales = {v.scale for v in versions if v.scale}
        if len(scales) > 1:
            self.problems.add(
                draft.resource.source,
                ("versions",),
                "the scale subresources of the versions are not the same fields",
                key=True,
            )
        return Kind(
            kind=spec.kind,
            list_kind=spec.names.list_kind or spec.kind + "List",
            plural=spec.names.plural or names.plural(spec.kind),
            singular=spec.names.singular or spec.kind.lower(),
            short_names=tuple(spec.names.short_names),
            categories=tuple(spec.names.categories),
            namespaced=spec.scope == "Namespaced",
            description=spec.description,
            storage=draft.storage,
            status=_has_status(spec.versions[0]),
            hooks=tuple(sorted(set(spec.hooks))),
            package=names.package(spec.kind),
            hub=root,
            scale=next(iter(scales), None),
            versions=versions,
        )

    def _version(
        self,
        draft: _Draft,
        version: VersionSpec,
        types: dict[str, Types],
        hub: Types,
        edge: Edge,
        moves: "Moves",
    ) -> KindVersion:
        resource, spec = draft.resource, draft.resource.spec
        at = ("versions", spec.versions.index(version))
        root, mine = types[version.name].structs[spec.kind], types[version.name]
        context = (self.problems, resource.source, at, version, root, mine)
        warning = version.deprecation_warning or f"{self.name}/{version.name} {spec.kind} is deprecated"
        return KindVersion(
            version=version.name,
            root=root,
            served=version.served,
            warning=warning if version.deprecated else "",
            columns=columns(*context),
            selectable=selectable(*context, hub.structs[spec.kind], hub, moves),
            scale=scale(*context, hub.structs[spec.kind], hub, moves),
            edge=edge,
            renames=tuple(
                sorted({(dotted(s), dotted(v)) for v, s in moves}, key=lambda p: (-p[0].count("."), p))
            ),
            sample=sample(mine, root),
        )


Moves = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


def _moves_to_hub(version: str, draft: _Draft) -> Moves:
    """Return the moves from a version to the storage version, composed along the tree."""
    from apigen.paths import moved

    by_version = {j.version: j for j in draft.joints}
    moves: Moves = ()
    while version != draft.storage:
        joint = by_version[version]
        step: Moves = tuple((r.source, r.target) for r in joint.rules)
        back = tuple((b, a) for a, b in moves)
        composed = {(a, moved(b, step)) for a, b in moves} | {(moved(a, back), b) for a, b in step}
        moves, version = tuple(sorted((a, b) for a, b in composed if a != b)), joint.neighbour
    return moves


def _has_status(version: VersionSpec) -> bool:
    wanted = version.subresources.status
    return "status" in version.fields if wanted is None else wanted


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


__all__ = ["Frame", "resolve"]
