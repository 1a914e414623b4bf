"""What the template of a version's conversions is given: functions to the neighbour on the way to the hub, and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from apigen import upstream
from apigen.goconvert import Converter
from apigen.gokept import Sharing, pattern, shared
from apigen.gotext import Lines, block, imports, quote
from apigen.gotypes import version_alias
from apigen.gowords import EnumFunction, Words
from apigen.loss import Losses, Names, Place, walk
from apigen.model import Edge, Group, GroupVersion, Kind, Pair, Project
from apigen.names import package, unexported
from apigen.view_types import Function
from apigen.views import Import, types_imports, used


@dataclass(frozen=True)
class Conversion:
    """A function of a frame; one that keeps something takes the transfer and the place too."""

    name: str
    source: str
    target: str
    body: str
    keeps: bool

    @property
    def rest(self) -> str:
        """The parameters of those that keep something."""
        return ", t *convert.Transfer, at *convert.Place" if self.keeps else ""


@dataclass(frozen=True)
class Hook:
    """A pair of functions of the user's."""

    name: str
    first: str
    second: str
    about: str
    imports: str

    @property
    def file(self) -> str:
        """The beginning of the file's name."""
        return package(self.name)


@dataclass(frozen=True)
class Directions:
    """The conversions of one kind, both ways."""

    kind: Kind
    edge: Edge
    losses: Losses
    to: Converter
    back: Converter

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self.losses.frame(self.edge.root)


class ConversionView:
    """The conversions of all kinds that a version has. `hub` stands for the package of the internal types."""

    def __init__(self, project: Project, group: Group, version: GroupVersion) -> None:
        self.model, self.version, self.kinds, self.types = group, version, version.kinds, version.types
        self.name, self.module = version.name, project.module
        self.alias = version_alias(group.package, version.name)
        self.external_path = f"{project.module}/api/{group.package}/{version.name}"
        self.hub_path = f"{project.module}/internal/apis/{group.package}"
        self.upstream = upstream.load(project.kubernetes)
        self.shapes: dict[str, str] = {}
        self._words: list[Words] = []

    @cached_property
    def _directions(self) -> list[Directions]:
        return [self._directions_of(kind) for kind in self.kinds]

    def _directions_of(self, kind: Kind) -> Directions:
        edge = self.version.of(kind).edge
        there, label = "hub", self.model.package
        types = self.model.hub
        if edge.target is not None:
            there, label = version_alias(self.model.package, edge.target), edge.target
            types = next(v.types for v in self.model.versions if v.name == edge.target)
        losses = Losses(edge.frames)
        hooks = version_alias(self.model.package, kind.storage)
        sharing = Sharing(self.types, self.upstream), Sharing(types, self.upstream)
        made = []
        for turned in (False, True):
            frames = {n: f.reversed() for n, f in edge.frames.items()} if turned else edge.frames
            ends, labels = (self.alias, there), (self.name, label)
            if turned:
                ends, labels, sharing = ends[::-1], labels[::-1], sharing[::-1]
            words = Words(*ends, labels, hooks)
            self._words.append(words)
            made.append(Converter(frames, losses, *ends, labels, sharing, words, self.shapes))
        made[0].back, made[1].back = made[1], made[0]
        return Directions(kind, edge, losses, *made)

    @property
    def keeps(self) -> bool:
        """Whether any of them keeps anything."""
        return any(each.keeps for each in self._directions)

    def keeps_for(self, kind: Kind) -> bool:
        """Whether the conversions of a kind keep anything."""
        return any(each.keeps for each in self._directions if each.kind == kind)

    @property
    def registered(self) -> list[str]:
        out = []
        for kind in self.kinds:
            for name in (kind.kind, kind.list_kind):
                out += [
                    f"Convert_{self.name}_{name}_To_{self.model.package}_{name}",
                    f"Convert_{self.model.package}_{name}_To_{self.name}_{name}",
                ]
        return out

    @cached_property
    def _built(self) -> tuple[list[Function], list[Conversion]]:
        roots: list[Function] = []
        functions: dict[str, Conversion] = {}
        for each in self._directions:
            for forward, converter in ((True, each.to), (False, each.back)):
                roots.append(self._root(each, converter, forward))
                roots.append(self._list(each.kind, forward))
        while self._collect(functions):  # the functions of one direction may need some of the other
            pass
        return roots, [functions[name] for name in sorted(functions)]

    def _collect(self, into: dict[str, Conversion]) -> bool:
        """Add the functions that are needed and not there yet; return whether there were any."""
        before = len(into)
        for each in self._directions:
            for converter in (each.to, each.back):
                for frame, name in list(converter.functions.items()):
                    if name not in into:
                        keeps = each.losses.frame(frame)
                        source, target = converter.types(converter.frames[frame])
                        into[name] = Conversion(name, source, target, block(converter.body(frame)), keeps)
        return len(into) > before

    def _root(self, each: Directions, converter: Converter, forward: bool) -> Function:
        kind, edge = each.kind, each.edge
        hub, mine = f"hub.{kind.kind}", f"{self.alias}.{kind.kind}"
        name = self._name(kind.kind, forward)
        source, target = (mine, hub) if forward else (hub, mine)
        if edge.target is None:
            body = self._transferred(each, converter, "in", "out", strip=forward)
            body += [f"out.{kind.dropped} = t.Dropped()"] if forward and self._drops(each) else []
            about = "converts; absent stays absent."
            if each.keeps:
                about = f"converts; annotations keep what {'the hub' if forward else self.name} cannot say."
            return Function(name, block([*body, "return nil"]), name, source, target, about)
        mid, label = f"{version_alias(self.model.package, edge.target)}.{kind.kind}", edge.target
        ends = (f"{label}_{kind.kind}", f"{self.model.package}_{kind.kind}")
        far = f"internal{label}.Convert_{'_To_'.join(ends if forward else ends[::-1])}"
        step = [
            f"if err := {far}({'&near, out' if forward else 'in, &near'}, s); err != nil {{",
            ["return err"],
            "}",
        ]
        lines: Lines = [f"var near {mid}"]
        if forward:
            lines += [*self._transferred(each, converter, "in", "near", strip=True), *step]
            lines += ["t.Refused(&out.ObjectMeta)"] if each.keeps else []
            if self._drops(each):
                lines.append(f"out.{kind.dropped} = append(t.Dropped(), out.{kind.dropped}...)")
        else:
            lines += [*step, *self._transferred(each, converter, "near", "out", strip=False)]
        return Function(
            name, block([*lines, "return nil"]), name, source, target, f"converts by way of {label}."
        )

    def _drops(self, each: Directions) -> bool:
        """Whether the way to the neighbour gives anything up."""
        return any(only.drop for frame in each.edge.frames.values() for only in frame.only_a)

    def _transferred(
        self, each: Directions, converter: Converter, start: str, end: str, *, strip: bool
    ) -> Lines:
        """Return the statements that convert one object into the next."""
        lines: Lines = [f"{end}.ObjectMeta = {start}.ObjectMeta"]
        direct = (start, end) == ("in", "out")
        if not each.keeps:
            call = f"{converter.function(each.edge.root)}({_address(start)}, {_address(end)})"
            return [*lines, *(converter.body(each.edge.root) if direct else [call])]
        versions = (self.name, each.edge.target or each.kind.storage)
        source, target = versions if converter is each.to else versions[::-1]
        opened = f"convert.Open(&{start}.ObjectMeta, hub.Kept, {quote(source)}, {quote(target)}, s)"
        lines.append(f"t := {opened}{'.Strip()' if strip else ''}")
        lines.append(f"{converter.function(each.edge.root)}({_address(start)}, {_address(end)}, t, nil)")
        return [*lines, f"t.Close(&{end}.ObjectMeta, {self._parts(each, target)})"]

    def _parts(self, each: Directions, version: str) -> str:
        """The variable with the paths of one end at which something may be kept; nil where nothing may."""
        if not self._paths(each)[version]:
            return "nil"
        return f"{unexported(each.kind.kind)}Parts{version.capitalize()}"

    def _paths(self, each: Directions) -> dict[str, set[str]]:
        """The paths at which something may be kept, by version."""
        neighbour = each.edge.target or each.kind.storage
        found: dict[str, set[str]] = {self.name: set(), neighbour: set()}
        for place in walk(each.edge, each.losses):
            for version, path in ((self.name, place.a), (neighbour, place.b)):
                found[version].update(_kept_at(place, path, each.losses) if path is not None else ())
        return found

    @property
    def parts(self) -> list[dict[str, str]]:
        """The variables with these paths, of every kind that keeps anything."""
        made = []
        for each in self._directions:
            for version, paths in sorted(self._paths(each).items()) if each.keeps else ():
                listed = "".join(f"\t{quote(path)},\n" for path in sorted(paths))
                if listed:
                    made.append({"name": self._parts(each, version), "paths": listed, "version": version})
        return made

    @property
    def shape_views(self) -> list[dict[str, str]]:
        """How owners share the composite fields that are kept."""
        assert self._built
        return [{"name": name, "text": text} for name, text in self.shapes.items()]

    @property
    def enums(self) -> list[EnumFunction]:
        """The functions for the words of enums."""
        assert self._built
        found = {e.name: e for words in self._words for e in words.enums.values()}
        return [found[name] for name in sorted(found)]

    @property
    def enum_views(self) -> list[Function]:
        return [Function(e.name, block(e.body), e.name, e.source, e.target) for e in self.enums]

    @property
    def hooks(self) -> list[Hook]:
        """The functions of the user's that these conversions call."""
        assert self._built
        types = {name: ends for words in self._words for name, ends in words.hook_types.items()}
        made = []
        for name, (first, second) in sorted(types.items()):
            text = f"{first} {second}"
            found = imports({i for i in self._candidates if used(i, text)}, self.module)
            about = f"{first} into {second} and back"
            made.append(Hook(name, first, second, about, found))
        return made

    def _list(self, kind: Kind, forward: bool) -> Function:
        hub, mine = f"hub.{kind.list_kind}", f"{self.alias}.{kind.list_kind}"
        name = self._name(kind.list_kind, forward)
        lines = [
            "out.ListMeta = in.ListMeta",
            "var err error",
            f"out.Items, err = convert.Items(in.Items, s, {self._name(kind.kind, forward)})",
            "return err",
        ]
        ends = (mine, hub) if forward else (hub, mine)
        return Function(name, block(lines), name, *ends, "converts a list.")

    def _name(self, kind: str, forward: bool) -> str:
        ends = (self.name, self.model.package) if forward else (self.model.package, self.name)
        return f"Convert_{ends[0]}_{kind}_To_{ends[1]}_{kind}"

    @property
    def roots(self) -> list[Function]:
        return self._built[0]

    @property
    def functions(self) -> list[Conversion]:
        return self._built[1]

    @cached_property
    def _candidates(self) -> set[Import]:
        """All that these files may import."""
        found = types_imports(self.types) | types_imports(self.model.hub) | _STANDARD
        found |= {("", f"{self.module}/internal/convert"), (self.alias, self.external_path)}
        found |= {("", f"{self.hub_path}/conversions")}
        for target in {e.edge.target or e.kind.storage for e in self._directions}:
            path = f"{self.module}/api/{self.model.package}/{target}"
            found |= {
                (version_alias(self.model.package, target), path),
                (f"internal{target}", f"{self.hub_path}/{target}"),
            }
        return found

    @property
    def imports(self) -> str:
        text = "".join(f.body for f in self.roots)
        for function in self.functions:
            text += f"{function.body} {function.source} {function.target} "
        for enum in self.enum_views:
            text += f"{enum.body} {enum.source} {enum.target} "
        text += "convert." * bool(self.parts or self.shapes)
        always = {
            ("", "k8s.io/apimachinery/pkg/conversion"),
            ("hub", self.hub_path),
            (self.alias, self.external_path),
        }
        return imports({i for i in self._candidates if used(i, text)} | always, self.module)


_STANDARD = {("", "unsafe"), ("", "fmt"), ("", "time")}


def _address(name: str) -> str:
    """How a function is given an object: `in` and `out` are pointers."""
    return name if name in ("in", "out") else "&" + name


def _kept_at(place: Place, path: Names, losses: Losses) -> Iterator[str]:
    """Yield the paths at which a place may keep something itself; a star at the end stands for all below."""
    only, pair, at = place.only, place.pair, pattern(path)
    if only is not None:
        if not only.drop:
            yield at + "*" * (not only.bare and shared(only.path[-1].schema))
    elif pair is not None and pair.lens.how == "union":
        _, folded, cases, _ = pair.lens.option
        yield from (pattern((*path, way[-1].json)) for way in (*folded, *cases))
    elif pair is not None and losses.pair(pair):
        if not _only_holds(pair):
            yield at
        if pair.lens.how == "entries":
            yield at + "[]"


def _only_holds(pair: Pair) -> bool:
    """Whether a pair of objects keeps only what is in them."""
    ends = pair.a[-1:] + pair.b[-1:]
    return pair.lens.how in ("object", "map") and not pair.bare and len({f.pointer for f in ends}) == 1
