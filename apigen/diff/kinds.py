"""A kind before and after: its names, its versions, what they serve, their fields and how they convert."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from apigen.diff import places
from apigen.diff.change import ApiChange
from apigen.diff.conversions import converted, kept, new_values
from apigen.diff.fields import FieldDiff, Found, object_names
from apigen.diff.places import Of
from apigen.diff.sides import Side
from apigen.diffcodes import Verdict
from apigen.loss import KEPT
from apigen.model import Field, KindVersion, Path, Types
from apigen.names import is_alpha
from apigen.paths import dotted
from apigen.problems import Position


@dataclass
class KindDiff:
    """Compares a kind of one side with that of the other."""

    old: Side
    new: Side
    was: Of
    now: Of

    @cached_property
    def _before(self) -> dict[str, KindVersion]:
        return {v.version: v for v in self.was[1].versions}

    @cached_property
    def _after(self) -> dict[str, KindVersion]:
        return {v.version: v for v in self.now[1].versions}

    @cached_property
    def _kept(self) -> frozenset[tuple[str, str]]:
        return kept(self.was)

    def changes(self) -> Iterator[ApiChange]:
        """Yield what differs."""
        yield from self._names()
        yield from self._storage()
        for version in self._before:
            if version not in self._after:
                yield self._removed(version)
        for version, now in self._after.items():
            if was := self._before.get(version):
                yield from self._served(was, now)
                types = self._types(self.was, version), self._types(self.now, version)
                for found in FieldDiff(*types).structs(was.root, now.root):
                    yield self._found(found, version)
            else:
                yield self._change("version-added", version)
        yield from self._conversions()

    def _change(
        self,
        code: str,
        version: str = "",
        text: str = "",
        *,
        path: str = "",
        place: Position | None = None,
        old: bool = False,
        near: Position | None = None,
        spared: tuple[Verdict, ...] = (),
    ) -> ApiChange:
        """A change of the kind, or in a version, where it is said to be or where that has its name.

        It spares clients where there were none, since the version was not served.
        """
        was = self._before.get(version)
        if was is not None and not was.served:
            spared = (*spared, Verdict.CLIENTS)
        alpha = all(map(is_alpha, [version] if version else self._before))
        place = place or places.of_version(self.new, self.now, version)
        name = f"{self.now[1].kind}.{self.now[0].name}"
        return ApiChange(code, name, version, path, text, place, old, near, spared, alpha)

    def _names(self) -> Iterator[ApiChange]:
        """What the kind is called, and where its objects live."""
        was, now = self.was[1], self.now[1]
        if self.was[0].package != self.now[0].package:
            text = f"api/{self.was[0].package} is api/{self.now[0].package}"
            yield self._change("go-package-changed", text=text)
        if was.plural != now.plural:
            yield self._change("plural-changed", text=f"{was.plural} is {now.plural}")
        if was.namespaced != now.namespaced:
            scopes = [("Cluster", "Namespaced")[k.namespaced] for k in (was, now)]
            yield self._change("scope-changed", text=f"{scopes[0]} is {scopes[1]}")
        if was.list_kind != now.list_kind:
            yield self._change("list-kind-changed", text=f"{was.list_kind} is {now.list_kind}")
        before, after = (
            {f"singular {k.singular}"}
            | {f"short name {n}" for n in k.short_names}
            | {f"category {n}" for n in k.categories}
            for k in (was, now)
        )
        yield from (self._change("name-removed", text=name) for name in sorted(before - after))
        yield from (self._change("name-added", text=name) for name in sorted(after - before))
        if was.status != now.status:
            code = "status-endpoint-added" if now.status else "status-endpoint-removed"
            yield self._change(code)
        for found in object_names(was.names, now.names):
            place = places.of_path(self.new, self.now, ("metadata",))
            yield self._change(found.code, text=found.text, place=place)

    def _storage(self) -> Iterator[ApiChange]:
        """Which version is stored. What becomes of one that is gone is said of that."""
        was, now = self.was[1].storage, self.now[1].storage
        if was != now and was in self._after:
            code = "storage-version-changed" if now in self._before else "storage-version-too-early"
            yield self._change(code, now, f"{was} was stored before")

    def _removed(self, version: str) -> ApiChange:
        code = "stored-version-removed" if version == self.was[1].storage else "version-removed"
        place, near = (
            places.of_version(self.old, self.was, version),
            places.of_path(self.new, self.now, ("kind",)),
        )
        return self._change(code, version, place=place, old=True, near=near)

    def _served(self, was: KindVersion, now: KindVersion) -> Iterator[ApiChange]:
        """What there is of a version besides its fields."""
        version = now.version
        if was.served != now.served:
            yield self._change("version-served" if now.served else "version-unserved", version)
        if bool(was.warning) != bool(now.warning):
            code = "version-deprecated" if now.warning else "version-undeprecated"
            yield self._change(code, version, now.warning)
        if bool(was.scale) != bool(now.scale):
            yield self._change("subresource-added" if now.scale else "scale-removed", version)
        elif _scale(was) != _scale(now):
            yield self._change("scale-changed", version, f"{_scale(was)} is {_scale(now)}")
        before, after = ({s.label for s in v.selectable} for v in (was, now))
        for label in sorted(before ^ after):
            yield self._change("selector-removed" if label in before else "selector-added", version, label)
        if was.columns != now.columns:
            yield self._change("columns-changed", version)

    def _types(self, of: Of, version: str) -> Types:
        return next(v.types for v in of[0].versions if v.name == version)

    def _found(self, found: Found, version: str) -> ApiChange:
        """A difference of fields. It spares what is stored where nothing of the field is."""
        path = dotted(found.path)
        spared = () if self._stores(version, path) else (Verdict.STORED,)
        place = (
            self._at(self.old, self.was, found.of) if found.old else self._at(self.new, self.now, found.of)
        )
        near = None
        if found.old:
            near = self._at(self.new, self.now, found.near) or places.of_version(self.new, self.now, version)
        return self._change(
            found.code, version, found.text, path=path, place=place, old=found.old, near=near, spared=spared
        )

    def _at(self, side: Side, of: Of, field: Field | None) -> Position | None:
        where: Path = field.where if field else ()
        return places.of_path(side, of, where) if where else None

    def _stores(self, version: str, path: str) -> bool:
        """Whether objects in the store have a field: in the storage version, or beside it where that lacks it."""
        return version == self.was[1].storage or (version, path.rpartition(".")[2]) in self._kept

    def _conversions(self) -> Iterator[ApiChange]:
        """Fields of a version that show as something else in another one."""
        both = self._before.keys() & self._after.keys()
        before, after = converted(self.was), converted(self.now)
        for key in sorted(before.keys() & after.keys()):
            source, target, path = key
            if {source, target} <= both and before[key] != after[key]:
                orphaned = before[key].startswith(KEPT) and not after[key].startswith(KEPT)
                yield self._change(
                    "conversion-changed",
                    source,
                    f"in {target}: {before[key]} is {after[key]}",
                    path=path,
                    spared=() if orphaned else (Verdict.STORED,),
                )
        known = [{(s, p) for s, _, p in rows} for rows in (before, after)]
        olds, news = new_values(self.was), new_values(self.now)
        for key in sorted(olds.keys() | news.keys()):
            version, through, path = key
            there = all(any(s == version and _within(p, path) for s, p in rows) for rows in known)
            if {version, through} <= both and there and olds.get(key) != news.get(key):
                text = f"through {through}: {olds.get(key, 'none')} is {news.get(key, 'none')}"
                yield self._change("new-value-changed", version, text, path=path)


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def _scale(of: KindVersion) -> str:
    """The fields of the scale subresource."""
    ways = (of.scale.spec, of.scale.status, of.scale.selector) if of.scale else ()
    return ", ".join(dotted(tuple(f.json for f in way)) for way in ways if way)
