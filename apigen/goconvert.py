"""Conversions in Go: a function for each frame that is more than a cast.

What has the same layout on both sides is cast as conversion-gen does it, and may share memory; the rest is
copied field by field. What one end cannot say is kept: such functions also take the transfer of the object's
annotations, and the place where they are. Absent converts to absent.
"""

from dataclasses import dataclass, field

from apigen import goelements
from apigen.gokept import Kept, Sharing, ensure, go_path, guards_of, kept_path, zero
from apigen.gotext import Lines, literal, quote
from apigen.gotypes import JSON_TYPES, is_nilable, spelling
from apigen.gowords import COMPARABLE, Words
from apigen.loss import Losses
from apigen.model import Field, Frame, Lens, Pair, Schema, Struct


@dataclass
class Converter:
    """Writes one direction of an edge. `source` and `target` are how Go calls the two packages."""

    frames: dict[str, Frame]
    losses: Losses
    source: str
    target: str
    labels: tuple[str, str]
    sharing: tuple[Sharing, Sharing]
    words: Words
    shapes: dict[str, str]
    functions: dict[str, str] = field(default_factory=dict)
    """The frames that need a function, and its name, in the order of first use."""
    back: "Converter | None" = None
    """The other direction."""
    at_work: Frame = field(default_factory=lambda: Frame(Schema("basic"), Schema("basic")))
    """The frame whose statements are being written."""

    def function(self, name: str) -> str:
        """Return the name of the function of a frame, and note that it is needed."""
        if name not in self.functions:
            frame = self.frames[name]
            ends = [_go(end) for end in (frame.a, frame.b)]
            number = name.removeprefix(f"{ends[0]}_To_{ends[1]}").removeprefix(f"{ends[1]}_To_{ends[0]}")
            called = f"convert_{self.labels[0]}_{ends[0]}_To_{self.labels[1]}_{ends[1]}{number}"
            self.functions[name] = called
        return self.functions[name]

    def types(self, frame: Frame) -> tuple[str, str]:
        """Return the Go types of the two ends."""
        return self._type(frame.a, self.source), self._type(frame.b, self.target)

    def end(self, pair: Pair, side: int) -> Schema:
        """The schema at one end of a pair of the frame at work; an empty path is the end of the frame itself."""
        fields, end = ((pair.a, self.at_work.a), (pair.b, self.at_work.b))[side]
        if fields:
            return fields[-1].schema
        return end if isinstance(end, Schema) else Schema("object", end.go)

    def _type(self, end: Struct | Schema, package: str) -> str:
        return f"{package}.{end.go}" if isinstance(end, Struct) else spelling(end, package)

    def body(self, name: str) -> Lines:
        """Return the statements that convert in to out."""
        frame = self.at_work = self.frames[name]
        kept = Kept(self.sharing, (self.source, self.target), self.shapes)
        lines: Lines = []
        for pair in frame.pairs:
            _append(lines, self._step(pair))
        for only in frame.only_a:
            lines += kept.put(only)
        for only in frame.only_b:
            lines += kept.take(only)
        for pair in frame.pairs:
            lines += goelements.presence(self, pair) if pair.bare else []
        return lines

    # What has the same layout

    def same_layout(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether two structs lie in memory alike: the same fields in the same order, down to the last."""
        frame = self.frames[name]
        if name in seen:
            return True
        a, b = frame.a, frame.b
        if not (isinstance(a, Struct) and isinstance(b, Struct) and not self.losses.frame(name)):
            return False
        if not len(a.fields) == len(b.fields) == len(frame.pairs):
            return False
        return all(
            self._same_field(p, x, y, seen | {name})
            for p, x, y in zip(frame.pairs, a.fields, b.fields, strict=True)
        )

    def _same_field(self, pair: Pair, a: Field, b: Field, seen: frozenset[str]) -> bool:
        if (pair.a, pair.b) != ((a,), (b,)) or a.pointer != b.pointer:
            return False
        return self._same_value(pair.lens, seen)

    def _same_value(self, lens: Lens, seen: frozenset[str] = frozenset()) -> bool:
        match lens.how:
            case "same":
                return True
            case "object":
                return self.same_layout(lens.inner, seen)
            case "list" | "map":
                return self._same_value(lens.item or lens, seen)
        return False

    def _castable(self, name: str) -> bool:
        """Whether Go converts the structs by itself: the same layout and names, and no type of the packages in them."""
        frame = self.frames[name]
        same_names = all(p.a[-1].go == p.b[-1].go for p in frame.pairs)
        return (
            self.same_layout(name)
            and same_names
            and isinstance(frame.a, Struct)
            and isinstance(frame.b, Struct)
            and all(self._neutral(f.schema) for f in (*frame.a.fields, *frame.b.fields))
        )

    def _neutral(self, schema: Schema) -> bool:
        if schema.item is not None:
            return self._neutral(schema.item)
        return schema.kind == "upstream" or (schema.kind == "basic" and schema.name not in JSON_TYPES)

    # A pair of fields

    def _step(self, pair: Pair) -> Lines:
        if pair.lens.how == "union":
            return goelements.union(self, pair)
        if pair.bare:
            return []
        return self._kept(pair) if self.losses.pair(pair) else self._exact(pair)

    def _exact(self, pair: Pair) -> Lines:
        source, target = go_path("in", pair.a), go_path("out", pair.b)
        ensured, guards = ensure(pair.b), guards_of(pair.a)
        present = self._present(pair.a, source)
        if ensured and present:
            guards.append(present)
        lines = self._assign(pair, source, target, checked=bool(ensured and present))
        lines = ensured + lines
        return [f"if {' && '.join(guards)} {{", lines, "}"] if guards else lines

    def _present(self, fields: tuple[Field, ...], source: str) -> str:
        if not fields:
            return ""
        of = fields[-1]
        if of.pointer or is_nilable(of.schema):
            return f"{source} != nil"
        if of.schema.kind == "object":
            return ""
        return f"{source} != {zero(of.schema)}"

    def _assign(self, pair: Pair, source: str, target: str, *, checked: bool) -> Lines:
        """Return the statements for fields that convert exactly; `checked`: the source is known to be there."""
        a, b = self.end(pair, 0), self.end(pair, 1)
        lens, pointer = pair.lens, bool(pair.a and pair.a[-1].pointer)
        if lens.how == "object" and a.kind == "object":
            return self._object(lens, (a, b), pointer, source, target, checked)
        if lens.how == "not":
            value = f"!*{source}" if pointer else f"!{source}"
            go = spelling(b, self.target)
            value = value if go == spelling(a, self.source) else f"{go}({value})"
            line = f"{target} = new({value})" if pointer else f"{target} = {value}"
            return [f"if {source} != nil {{", [line], "}"] if pointer and not checked else [line]
        return [f"{target} = {self._expression(lens, a, b, source, pointer)}"]

    def _object(
        self, lens: Lens, ends: tuple[Schema, Schema], pointer: bool, source: str, target: str, checked: bool
    ) -> Lines:
        go = spelling(ends[1], self.target)
        if self._castable(lens.inner):
            return [f"{target} = (*{go})({source})"] if pointer else [f"{target} = {go}({source})"]
        if self.same_layout(lens.inner):
            cast = f"(*{go})(unsafe.Pointer({source if pointer else '&' + source}))"
            return [f"{target} = {cast if pointer else '*' + cast}"]
        arguments = ", ".join(at if pointer else "&" + at for at in (source, target))
        call = f"{self.function(lens.inner)}({arguments})"
        lines: Lines = [f"{target} = new({go})", call] if pointer else [call]
        return [f"if {source} != nil {{", lines, "}"] if pointer and not checked else lines

    def _expression(self, lens: Lens, a: Schema, b: Schema, source: str, pointer: bool) -> str:
        go, was = spelling(b, self.target), spelling(a, self.source)
        if go == was and self._same_value(lens):
            return source
        if pointer:
            return f"(*{go})({source})"
        if a.kind not in ("list", "map"):
            return f"{go}({source})"
        if self._same_value(lens):
            return f"*(*{go})(unsafe.Pointer(&{source}))"
        return self.container(lens, a, b, source)

    def container(self, lens: Lens, a: Schema, b: Schema, source: str) -> str:
        helper, item = ("Slice" if a.kind == "list" else "Map"), lens.item or lens
        if item.how in ("object", "wrap"):
            return f"convert.{helper}({source}, {self.function(item.inner)})"
        types = f"in *{spelling(a.element, self.source)}, out *{spelling(b.element, self.target)}"
        if item.how == "not":
            return f"convert.{helper}({source}, {literal(f'func({types})', '*out = !*in')})"
        nested = self.container(item, a.element, b.element, "*in")
        return f"convert.{helper}({source}, {literal(f'func({types})', f'*out = {nested}')})"

    # What keeps something

    def _kept(self, pair: Pair) -> Lines:
        a, b = self.end(pair, 0), self.end(pair, 1)
        source, target = go_path("in", pair.a), go_path("out", pair.b)
        if pair.lens.how == "object" and a.kind == b.kind == "object":
            return self._kept_object(pair, source, target)
        paths = (quote(kept_path(pair.a)), quote(kept_path(pair.b)))
        if pair.b and pair.b[-1].meta:
            before, pointer = self._pointer(pair, source)
            value = self._as_pointer(pair, pointer, paths)
            return [*before, f"t.Set{_meta(pair.b[-1])}({quote(pair.b[-1].go)}, {value})"]
        before = []
        guards = guards_of(pair.a)
        if pair.lens.how == "first" and guards:
            before, source = self._pointer(pair, source)
            guards = []
        value, nilable = self._kept_value(pair, source, paths)
        ensured = ensure(pair.b)
        lines: Lines = [f"{target} = {value}"]
        if ensured:
            lines = [
                f"if v := {value}; v != {'nil' if nilable else zero(b)} {{",
                [*ensured, f"{target} = v"],
                "}",
            ]
        return [*before, *([f"if {' && '.join(guards)} {{", lines, "}"] if guards else lines)]

    def _kept_object(self, pair: Pair, source: str, target: str) -> Lines:
        """Objects, of which one may be a value, as spec and status are: then its absence is kept."""
        a, b = pair.a[-1], pair.b[-1]
        paths = (quote(kept_path(pair.a)), quote(kept_path(pair.b)))
        arguments = [at if of.pointer else "&" + at for of, at in ((a, source), (b, target))]
        keeps = self.losses.frame(pair.lens.inner)
        arguments += ["t", f"at.In({paths[0]}, {paths[1]})"] if keeps else []
        call = f"{self.function(pair.lens.inner)}({', '.join(arguments)})"
        lines: Lines = [*ensure(pair.b), call]
        if b.pointer:
            lines.insert(-1, f"{target} = new({spelling(b.schema, self.target)})")
        guards = guards_of(pair.a)
        if a.pointer and b.pointer:
            guards.append(f"{source} != nil")
        elif a.pointer:
            absent = [f"convert.Put[any](t, at, {paths[0]}, nil)"]
            return [f"if {source} != nil {{", lines, "} else {", absent, "}"]
        elif b.pointer:
            guards.append(f"!convert.TakeAbsent(t, at, {paths[1]})")
        return [f"if {' && '.join(guards)} {{", lines, "}"] if guards else lines

    def _pointer(self, pair: Pair, source: str) -> tuple[Lines, str]:
        """Return statements after which there is a pointer to, or list of, what a field says; nil if it is absent."""
        guards = guards_of(pair.a)
        of = pair.a[-1]
        if not guards:
            return [], source
        go = ("*" if of.pointer else "") + spelling(of.schema, self.source)
        name = "in" + "".join(f.go for f in pair.a)
        return [f"var {name} {go}", f"if {' && '.join(guards)} {{", [f"{name} = {source}"], "}"], name

    def _as_pointer(self, pair: Pair, source: str, paths: tuple[str, str]) -> str:
        """Return what becomes of a field as a pointer to a text, for an annotation or a label."""
        a = pair.a[-1]
        if pair.lens.how != "same":
            return self._through(pair, source, paths)
        if not a.pointer:
            source = f"convert.NonZero({source})"
        return source if a.schema.kind == "basic" else f"(*string)({source})"

    def _kept_value(self, pair: Pair, source: str, paths: tuple[str, str]) -> tuple[str, bool]:
        """Return the expression for the target's field, and whether it may be nil."""
        a, b, lens = self.end(pair, 0), self.end(pair, 1), pair.lens
        nilable = is_nilable(b) or bool(pair.b and pair.b[-1].pointer)
        if lens.how in ("list", "map"):
            return goelements.elements(self, lens, a, b, source, f"at.In({paths[0]}, {paths[1]})"), True
        if lens.how == "entries":
            return goelements.entries(self, lens, a, b, source, f"at.In({paths[0]}, {paths[1]})"), True
        if lens.how == "first":
            return goelements.first(self, lens, pair, source, f"at.In({paths[0]}, {paths[1]})"), nilable
        if lens.how == "same" or lens.how == "not":
            return self._same(pair, source, paths), nilable
        value = self._through(pair, source, paths)
        if pair.b and pair.b[-1].pointer:
            return value, True
        if pair.a and pair.a[-1].pointer and not is_nilable(b):
            return f"convert.Known(t, at, {paths[0]}, {source}, {value})", False
        return f"convert.Deref({value})", nilable

    def _same(self, pair: Pair, source: str, paths: tuple[str, str]) -> str:
        """Scalars of one type of which one cannot be absent."""
        a, b = self.end(pair, 0), self.end(pair, 1)
        go = spelling(b, self.target)
        cast = go != spelling(a, self.source)
        if pair.a and pair.a[-1].meta:
            source, cast = f"t.Take{_meta(pair.a[-1])}({quote(pair.a[-1].go)})", b.kind != "basic"
            if pair.b[-1].pointer:
                return f"(*{go})({source})" if cast else source
        if pair.b and pair.b[-1].pointer:
            call = f"convert.{'Pointer' if pair.a else 'Outer'}(t, at, {paths[1]}, {source})"
            return f"(*{go})({call})" if cast else call
        call = f"convert.{'Value' if pair.b else 'Inner'}(t, at, {paths[0]}, {source})"
        return f"{go}({call})" if cast else call

    def _through(self, pair: Pair, source: str, paths: tuple[str, str]) -> str:
        """Return the call that converts other words; it yields a pointer."""
        a, b = self.end(pair, 0), self.end(pair, 1)
        to, back = self.functions_of(pair.lens, a, b)
        deep = "" if a.kind in ("basic", "named") and a.word in COMPARABLE else "Deep"
        of = pair.a[-1]
        if of.meta:
            source = f"t.Take{_meta(of)}({quote(of.go)})"
        elif is_nilable(a):
            source = f"convert.{'Dict' if a.kind == 'map' else 'List'}({source})"
        elif not of.pointer:
            return f"convert.ThroughValue(t, at, {paths[0]}, {paths[1]}, {source}, {to}, {back})"
        return f"convert.Through{deep}(t, at, {paths[0]}, {paths[1]}, {source}, {to}, {back})"

    def functions_of(self, lens: Lens, a: Schema, b: Schema) -> tuple[str, str]:
        """Return the Go functions between two values in other words, there and back."""
        assert self.back is not None
        return self.words.to(lens, a, b), self.back.words.to(lens.reversed(), b, a)


def _meta(of: Field) -> str:
    return "Annotation" if of.meta == "annotations" else "Label"


def _go(end: Struct | Schema) -> str:
    return end.go if isinstance(end, Struct) else (end.name or end.kind).replace(" ", "_")


def _append(lines: Lines, more: Lines) -> None:
    """Append statements; those under the condition that the last ones are under join them."""
    conditional = len(more) == 3 and more[2] == "}" and lines[-3:-2] == more[:1] and lines[-1:] == ["}"]
    if conditional:
        lines[-2] += [line for line in more[1] if line not in lines[-2]]
    else:
        lines += more
