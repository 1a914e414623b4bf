"""Conversions in Go: a function for each frame that is more than a cast.

What has the same layout on both sides is cast as conversion-gen does it, and may share memory; the rest is
copied field by field. Absent converts to absent.
"""

from dataclasses import dataclass, field

from apigen.gotext import Lines
from apigen.gotypes import JSON_TYPES, SCALARS, is_nilable, spelling
from apigen.model import Field, Frame, Schema, Step


@dataclass
class Converter:
    """Writes one direction of an edge. `source` and `target` are how Go calls the two packages."""

    frames: dict[str, Frame]
    source: str
    target: str
    source_label: str
    target_label: str
    functions: dict[str, str] = field(default_factory=dict)
    """The frames that need a function, and its name, in the order of first use."""

    def function(self, name: str) -> str:
        """Return the name of the function of a frame, and note that it is needed."""
        if name not in self.functions:
            frame = self.frames[name]
            number = name.removeprefix(f"{frame.source.go}_To_{frame.target.go}")
            self.functions[name] = (
                f"convert_{self.source_label}_{frame.source.go}_To_{self.target_label}_{frame.target.go}{number}"
            )
        return self.functions[name]

    def body(self, frame: Frame) -> Lines:
        """Return the statements that convert in to out."""
        lines: Lines = []
        for step in frame.steps:
            _append(lines, self._step(step))
        return lines

    def same_layout(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether two structs lie in memory alike: the same fields in the same order, down to the last."""
        frame = self.frames[name]
        if name in seen:
            return True
        if not len(frame.source.fields) == len(frame.target.fields) == len(frame.steps):
            return False
        return all(
            self._same_field(s, a, b, seen | {name})
            for s, a, b in zip(frame.steps, frame.source.fields, frame.target.fields, strict=True)
        )

    def _same_field(self, step: Step, a: Field, b: Field, seen: frozenset[str]) -> bool:
        if (step.source, step.target) != ((a,), (b,)) or a.pointer != b.pointer:
            return False
        return step.inner is None or self.same_layout(step.inner, seen)

    def _castable(self, name: str) -> bool:
        """Whether Go converts the structs by itself: the same layout and names, and no type of the packages in them."""
        frame = self.frames[name]
        same_names = all(s.source[-1].go == s.target[-1].go for s in frame.steps)
        return (
            self.same_layout(name)
            and same_names
            and all(self._neutral(f.schema) for f in frame.source.fields)
        )

    def _neutral(self, schema: Schema) -> bool:
        if schema.item is not None:
            return self._neutral(schema.item)
        return schema.kind == "upstream" or (schema.kind == "basic" and schema.name not in JSON_TYPES)

    def _step(self, step: Step) -> Lines:
        source, target = _path("in", step.source), _path("out", step.target)
        ensured = [
            f"{_path('out', step.target[: i + 1])} = convert.Ensure({_path('out', step.target[: i + 1])})"
            for i, f in enumerate(step.target[:-1])
            if f.pointer
        ]
        guards = [
            f"{_path('in', step.source[: i + 1])} != nil" for i, f in enumerate(step.source[:-1]) if f.pointer
        ]
        present = self._present(step.source[-1], source)
        if ensured and present:
            guards.append(present)
        lines = self._assign(step, source, target, checked=bool(ensured and present))
        if not lines:
            return []
        lines = ensured + lines
        return [f"if {' && '.join(guards)} {{", lines, "}"] if guards else lines

    def _present(self, of: Field, source: str) -> str:
        if of.pointer or is_nilable(of.schema):
            return f"{source} != nil"
        if of.schema.kind == "object":
            return ""
        return f"{source} != {_zero(of.schema)}"

    def _assign(self, step: Step, source: str, target: str, *, checked: bool) -> Lines:
        """Return the statements for a pair of fields; `checked` says that the source is known to be there."""
        a, b = step.source[-1], step.target[-1]
        if a.schema.kind == "object":
            return self._object(step, a, b, source, target, checked)
        if a.pointer == b.pointer:
            return [f"{target} = {self._expression(a.schema, b, source, step.inner)}"]
        value = f"*{source}" if a.pointer else source
        go = spelling(b.schema, self.target)
        if go != spelling(a.schema, self.source):
            value = f"{go}({value})"
        line = f"{target} = new({value})" if b.pointer else f"{target} = {value}"
        return [line] if checked else [f"if {self._present(a, source)} {{", [line], "}"]

    def _object(self, step: Step, a: Field, b: Field, source: str, target: str, checked: bool) -> Lines:
        if step.inner is None:  # only its presence; rules lead out of it
            line = f"{target} = convert.Ensure({target})"
            if not b.pointer:
                return []
            return [line] if checked or not a.pointer else [f"if {source} != nil {{", [line], "}"]
        go = spelling(b.schema, self.target)
        if a.pointer == b.pointer and self._castable(step.inner):
            return [f"{target} = (*{go})({source})"] if a.pointer else [f"{target} = {go}({source})"]
        if a.pointer == b.pointer and self.same_layout(step.inner):
            cast = f"(*{go})(unsafe.Pointer({source if a.pointer else '&' + source}))"
            return [f"{target} = {cast if a.pointer else '*' + cast}"]
        arguments = ", ".join(at if f.pointer else "&" + at for f, at in ((a, source), (b, target)))
        call = f"{self.function(step.inner)}({arguments})"
        lines: Lines = [f"{target} = new({go})", call] if b.pointer else [call]
        return [f"if {source} != nil {{", lines, "}"] if a.pointer and not checked else lines

    def _expression(self, a: Schema, b: Field, source: str, inner: str | None) -> str:
        go, was = spelling(b.schema, self.target), spelling(a, self.source)
        if go == was:
            return source
        if b.pointer:
            return f"(*{go})({source})"
        if a.kind not in ("list", "map"):
            return f"{go}({source})"
        if inner is None or self.same_layout(inner):
            return f"*(*{go})(unsafe.Pointer(&{source}))"
        return self._container(a, b.schema, source, inner)

    def _container(self, a: Schema, b: Schema, source: str, inner: str) -> str:
        helper = "Slice" if a.kind == "list" else "Map"
        if a.element.kind == "object":
            return f"convert.{helper}({source}, {self.function(inner)})"
        types = f"in *{spelling(a.element, self.source)}, out *{spelling(b.element, self.target)}"
        nested = self._container(a.element, b.element, "*in", inner)
        return f"convert.{helper}({source}, func({types}) {{ *out = {nested} }})"


def _append(lines: Lines, more: Lines) -> None:
    """Append statements; those under the condition that the last ones are under join them."""
    conditional = len(more) == 3 and more[2] == "}" and lines[-3:-2] == more[:1] and lines[-1:] == ["}"]
    if conditional:
        lines[-2] += [line for line in more[1] if line not in lines[-2]]
    else:
        lines += more


def _path(start: str, fields: tuple[Field, ...]) -> str:
    return ".".join([start, *(f.go for f in fields)])


def _zero(schema: Schema) -> str:
    assert schema.word in SCALARS
    return '""' if schema.word == "string" else "false" if schema.word == "bool" else "0"
