"""What the template of a version's conversions is given: functions to the neighbour on the way to the hub, and back."""

from functools import cached_property

from apigen.goconvert import Converter
from apigen.gotext import block, imports
from apigen.gotypes import version_alias
from apigen.model import Edge, Group, GroupVersion, Kind, Project
from apigen.view_types import Function
from apigen.views import types_imports, used


class ConversionView:
    """The conversions of all kinds that a version has. `hub` stands for the package of the internal types."""

    def __init__(self, project: Project, group: Group, version: GroupVersion) -> None:
        self.model, self.version, self.kinds, self.types = group, version, version.kinds, version.types
        self.name, self.module = version.name, project.module
        self.alias = version_alias(group.package, version.name)
        self.external_path = f"{project.module}/api/{group.package}/{version.name}"
        self.hub_path = f"{project.module}/internal/apis/{group.package}"

    @cached_property
    def _converters(self) -> list[tuple[Kind, Edge, Converter, Converter]]:
        made = []
        for kind in self.kinds:
            edge = self.version.of(kind).edge
            there, label = (
                ("hub", self.model.package)
                if edge.target is None
                else (version_alias(self.model.package, edge.target), edge.target)
            )
            to = Converter(edge.to_target, self.alias, there, self.name, label)
            back = Converter(edge.from_target, there, self.alias, label, self.name)
            made.append((kind, edge, to, back))
        return made

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
    def _built(self) -> tuple[list[Function], list[Function]]:
        roots: list[Function] = []
        functions: dict[str, Function] = {}
        for kind, edge, to, back in self._converters:
            for forward, converter, root in ((True, to, edge.to_root), (False, back, edge.from_root)):
                roots.append(self._root(kind, edge, converter, root, forward))
                roots.append(self._list(kind, forward))
                self._collect(converter, functions)
        return roots, [functions[name] for name in sorted(functions)]

    def _collect(self, converter: Converter, into: dict[str, Function]) -> None:
        done: set[str] = set()
        while left := [f for f in converter.functions if f not in done]:
            for frame in left:
                done.add(frame)
                found = converter.frames[frame]
                name = converter.functions[frame]
                into[name] = Function(
                    name,
                    block(converter.body(found)),
                    name,
                    f"{converter.source}.{found.source.go}",
                    f"{converter.target}.{found.target.go}",
                )

    def _root(self, kind: Kind, edge: Edge, converter: Converter, frame: str, forward: bool) -> Function:
        hub, mine = f"hub.{kind.kind}", f"{self.alias}.{kind.kind}"
        name = self._name(kind.kind, forward)
        source, target = (mine, hub) if forward else (hub, mine)
        if edge.target is None:
            lines = ["out.ObjectMeta = in.ObjectMeta", *converter.body(converter.frames[frame]), "return nil"]
            return Function(name, block(lines), name, source, target, "converts; absent stays absent.")
        mid, label = f"{version_alias(self.model.package, edge.target)}.{kind.kind}", edge.target
        step = converter.function(frame)
        far = f"internal{label}.Convert_" + (
            f"{label}_{kind.kind}_To_{self.model.package}_{kind.kind}"
            if forward
            else f"{self.model.package}_{kind.kind}_To_{label}_{kind.kind}"
        )
        if forward:
            lines = [
                f"var near {mid}",
                "near.ObjectMeta = in.ObjectMeta",
                f"{step}(in, &near)",
                f"return {far}(&near, out, s)",
            ]
        else:
            lines = [f"var near {mid}", f"if err := {far}(in, &near, s); err != nil {{", ["return err"], "}",
                "out.ObjectMeta = near.ObjectMeta", f"{step}(&near, out)", "return nil"]  # fmt: skip
        return Function(name, block(lines), name, source, target, f"converts by way of {label}.")

    def _list(self, kind: Kind, forward: bool) -> Function:
        hub, mine = f"hub.{kind.list_kind}", f"{self.alias}.{kind.list_kind}"
        name = self._name(kind.list_kind, forward)
        lines = [
            "out.ListMeta = in.ListMeta",
            "var err error",
            f"out.Items, err = convert.Items(in.Items, s, {self._name(kind.kind, forward)})",
            "return err",
        ]
        return Function(
            name, block(lines), name, *((mine, hub) if forward else (hub, mine)), "converts a list."
        )

    def _name(self, kind: str, forward: bool) -> str:
        ends = (self.name, self.model.package) if forward else (self.model.package, self.name)
        return f"Convert_{ends[0]}_{kind}_To_{ends[1]}_{kind}"

    @property
    def roots(self) -> list[Function]:
        return self._built[0]

    @property
    def functions(self) -> list[Function]:
        return self._built[1]

    @property
    def imports(self) -> str:
        text = "".join(f.body for f in (*self.roots, *self.functions))
        candidates = types_imports(self.types) | {("", "unsafe"), ("", f"{self.module}/internal/convert")}
        for _, edge, _, _ in self._converters:
            if edge.target:
                path = f"{self.module}/api/{self.model.package}/{edge.target}"
                candidates |= {
                    (version_alias(self.model.package, edge.target), path),
                    (f"internal{edge.target}", f"{self.hub_path}/{edge.target}"),
                }
        always = {
            ("", "k8s.io/apimachinery/pkg/conversion"),
            ("hub", self.hub_path),
            (self.alias, self.external_path),
        }
        return imports({i for i in candidates if used(i, text)} | always, self.module)
