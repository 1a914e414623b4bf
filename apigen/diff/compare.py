"""Two specs -> what differs in the API, each change with its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apigen.diff.change import ApiChange
from apigen.diff.fields import FieldDiff, Found, object_names
from apigen.diff.sides import Side
from apigen.loss import EXACT
from apigen.model import Group, Kind, KindVersion, Path, Types
from apigen.paths import dotted
from apigen.problems import Position
from apigen.tables import of_kind


def compare(old: Side, new: Side) -> tuple[ApiChange, ...]:
    """Return what differs in the API of two sides, by kind, version and path."""
    found = [*_project(old, new)]
    before, after = _kinds(old), _kinds(new)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was and now:
            found += _Kinds(old, new, was, now).changes()
        elif now:
            found.append(_named("kind-added", now, _place(new, now, ("kind",))))
        elif was:
            found.append(_named("kind-removed", was, _place(old, was, ("kind",)), old=True))
    return tuple(found)


_Of = tuple[Group, Kind]


def _kinds(side: Side) -> dict[str, _Of]:
    return {f"{k.kind}.{g.name}": (g, k) for g in side.project.groups for k in g.kinds}


def _project(old: Side, new: Side) -> Iterator[ApiChange]:
    if old.alone or new.alone or old.project.module == new.project.module:
        return
    text = f"{old.project.module} is {new.project.module}"
    place = new.spec.project.source.position(("module",))
    yield ApiChange("module-changed", "the project", text=text, place=place)


def _named(code: str, of: _Of, place: Position | None, *, text: str = "", old: bool = False) -> ApiChange:
    return ApiChange(code, f"{of[1].kind}.{of[0].name}", text=text, place=place, old=old)


def _place(side: Side, of: _Of, path: Path) -> Position | None:
    """Where a path stands in the file of a kind, or where the shared type is that it leads to."""
    for loaded in side.spec.resources:
        mine = (loaded.spec.group, loaded.spec.kind) == (of[0].name, of[1].kind)
        if mine and (path[:1] != ("types",) or path[1] in loaded.spec.types):
            return loaded.source.position(path, key=True)
    for shared in side.spec.types:
        if shared.spec.group == of[0].name and path[:1] == ("types",) and path[1] in shared.spec.types:
            return shared.source.position(path, key=True)
    return None


@dataclass
class _Kinds:
    """A kind before and after."""

    old: Side
    new: Side
    was: _Of
    now: _Of

    def changes(self) -> Iterator[ApiChange]:
        yield from self._names()
        yield from self._versions()
        for now in self.now[1].versions:
            was = next((v for v in self.was[1].versions if v.version == now.version), None)
            if was is None:
                yield self._change(
                    "version-added", now.version, self._version(self.new, self.now, now.version)
                )
            else:
                yield from self._fields(was, now)
        yield from self._conversions()

    def _change(
        self,
        code: str,
        version: str = "",
        place: Position | None = None,
        text: str = "",
        *,
        old: bool = False,
    ) -> ApiChange:
        kind = f"{self.now[1].kind}.{self.now[0].name}"
        place = place or _place(self.new, self.now, ("kind",))
        return ApiChange(code, kind, version, text=text, place=place, old=old)

    def _names(self) -> Iterator[ApiChange]:
        """What the kind is called, and where its objects live."""
        was, now = self.was[1], self.now[1]
        if was.plural != now.plural:
            yield self._change("plural-changed", text=f"{was.plural} is {now.plural}")
        if was.namespaced != now.namespaced:
            scopes = [("Cluster", "Namespaced")[k.namespaced] for k in (was, now)]
            yield self._change("scope-changed", text=f"{scopes[0]} is {scopes[1]}")
        if was.list_kind != now.list_kind:
            yield self._change("list-kind-changed", text=f"{was.list_kind} is {now.list_kind}")
        before = {was.singular, *was.short_names, *was.categories}
        after = {now.singular, *now.short_names, *now.categories}
        yield from (self._change("name-removed", text=name) for name in sorted(before - after))
        yield from (self._change("name-added", text=name) for name in sorted(after - before))
        if was.status != now.status:
            code = "status-endpoint-added" if now.status else "status-endpoint-removed"
            yield self._change(code)
        for found in object_names(was.names, now.names):
            yield self._change(found.code, text=found.text, place=_place(self.new, self.now, ("metadata",)))

    def _version(self, side: Side, of: _Of, name: str) -> Position | None:
        for loaded in side.spec.resources:
            if (loaded.spec.group, loaded.spec.kind) == (of[0].name, of[1].kind):
                names = [v.name for v in loaded.spec.versions]
                return loaded.source.position(("versions", names.index(name), "name"))
        return None

    def _versions(self) -> Iterator[ApiChange]:
        """Which versions there are, and which is stored."""
        was, now = self.was[1], self.now[1]
        left = {v.version for v in now.versions}
        for version in was.versions:
            if version.version not in left:
                code = "stored-version-removed" if version.version == was.storage else "version-removed"
                place = self._version(self.old, self.was, version.version)
                yield self._change(code, version.version, place, old=True)
        if was.storage != now.storage and was.storage in left:
            place = self._version(self.new, self.now, now.storage)
            yield self._change(
                "storage-version-changed", now.storage, place, f"{was.storage} was stored before"
            )

    def _fields(self, was: KindVersion, now: KindVersion) -> Iterator[ApiChange]:
        place = self._version(self.new, self.now, now.version)
        if was.served != now.served:
            yield self._change("version-served" if now.served else "version-unserved", now.version, place)
        if bool(was.warning) != bool(now.warning) and now.warning:
            yield self._change("version-deprecated", now.version, place, now.warning)
        if bool(was.scale) != bool(now.scale):
            yield self._change("subresource-added" if now.scale else "scale-removed", now.version, place)
        before, after = ({s.label for s in v.selectable} for v in (was, now))
        for label in sorted(before ^ after):
            code = "selector-removed" if label in before else "selector-added"
            yield self._change(code, now.version, place, label)
        types = self._types(self.was, was.version), self._types(self.now, now.version)
        for found in FieldDiff(*types).structs(was.root, now.root):
            yield self._found(found, now.version, place)

    def _types(self, of: _Of, version: str) -> Types:
        return next(v.types for v in of[0].versions if v.name == version)

    def _found(self, found: Found, version: str, place: Position | None) -> ApiChange:
        side, of = (self.old, self.was) if found.old else (self.new, self.now)
        where = found.of.where if found.of else ()
        at = (_place(side, of, where) if where else None) or place
        kind = f"{self.now[1].kind}.{self.now[0].name}"
        return ApiChange(found.code, kind, version, dotted(found.path), found.text, at, found.old)

    def _conversions(self) -> Iterator[ApiChange]:
        """Fields of a version that show as something else in another one."""
        both = {v.version for v in self.was[1].versions} & {v.version for v in self.now[1].versions}
        before, after = self._rows(self.was), self._rows(self.now)
        for key in before.keys() & after.keys():
            source, target, path = key
            if {source, target} <= both and before[key] != after[key]:
                text = f"in {target}: {before[key]} is {after[key]}"
                place = self._version(self.new, self.now, source)
                yield ApiChange(
                    "conversion-changed", f"{self.now[1].kind}.{self.now[0].name}", source, path, text, place
                )

    def _rows(self, of: _Of) -> dict[tuple[str, str, str], str]:
        """What each field of a version is in its neighbours."""
        tables = of_kind(*of) if len(of[1].versions) > 1 else []
        return {
            (table.source, table.target, row.path): " ".join(filter(None, (row.verdict, row.other, row.how)))
            for table in tables
            for row in sorted(table.rows, key=lambda row: row.verdict != EXACT)
        }


def sorted_changes(changes: Iterable[ApiChange]) -> tuple[ApiChange, ...]:
    """Return changes by kind, version and path; those that break something first where all that is the same."""
    return tuple(sorted(changes, key=lambda c: (c.kind, c.version, c.path, not c.of.breaks, c.code, c.text)))
