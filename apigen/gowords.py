"""Values that two versions say in different words, in Go: the two functions of each, which undo each other."""

from dataclasses import dataclass, field
from typing import Any

from apigen.gotext import Lines, literal, quote
from apigen.gotypes import spelling
from apigen.model import Lens, Schema

_UNITS = {"milliseconds": "Millisecond", "seconds": "Second", "minutes": "Minute", "hours": "Hour"}
# What Go compares by ==, and means it.
COMPARABLE = ("string", "bool", "int32", "int64", "float64", "duration", "intOrString")


@dataclass(frozen=True)
class EnumFunction:
    """A function for the words of an enum: its types in Go and its statements."""

    name: str
    source: str
    target: str
    body: Lines


@dataclass
class Words:
    """Writes the functions of one direction. `source` and `target` are how Go calls the two packages."""

    source: str
    target: str
    labels: tuple[str, str]
    hooks: str = ""
    """The package of the types of hooks at the end that is the hub, if one is."""
    enums: dict[str, EnumFunction] = field(default_factory=dict)
    hook_types: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The types of the user's functions, from the first version of the rule to the second, by name."""

    def to(self, lens: Lens, a: Schema, b: Schema) -> str:
        """Return the Go function from the first value to the second."""
        x, y = spelling(a, self.source), spelling(b, self.target)
        match lens.how:
            case "enum":
                return self._enum(lens, a, b, x, y)
            case "duration":
                unit = f"time.{_UNITS[lens.option]}"
                return (
                    f"convert.Count[{y}]({unit})"
                    if a.word == "duration"
                    else f"convert.Duration[{x}]({unit})"
                )
            case "scale":
                return _scale(lens, a, b, x, y)
            case "width":
                return f"convert.Width[{x}, {y}]"
            case "text":
                return _text(a, b, x, y)
            case "json" | "yaml":
                form = lens.how.upper()
                return f"convert.{'Parse' if _is_text(a) else 'Format'}{form}[{x}, {y}]"
            case "split":
                item = b.element if b.kind == "list" else a.element
                types = (
                    f"{x}, {spelling(item, self.target)}"
                    if b.kind == "list"
                    else f"{spelling(item, self.source)}, {y}"
                )
                return f"convert.{'Split' if b.kind == 'list' else 'Join'}[{types}]({quote(lens.option)})"
            case "anyList":
                if b.kind == "list":
                    return f"convert.Listed[{x}, {spelling(b.element, self.target)}]"
                return f"convert.Unlisted[{spelling(a.element, self.source)}, {y}]"
        assert lens.how == "go"
        return self._hook(lens, a, b, x, y)

    def _external(self, package: str) -> str:
        """The package of external types that stands for another: hooks do not see the hub's."""
        return self.hooks if package == "hub" else package

    def _enum(self, lens: Lens, a: Schema, b: Schema, x: str, y: str) -> str:
        pairs = [(two, one) if lens.turned else (one, two) for one, two in lens.option]
        cases: dict[Any, list[Any]] = {}
        seen = set()
        for one, two in pairs:
            if one not in seen:
                seen.add(one)
                cases.setdefault(two, []).append(one)
        body: Lines = ["switch in {"]
        for two, ones in cases.items():
            body += [f"case {', '.join(_literal(one) for one in ones)}:", [f"return {_literal(two)}"]]
        body += ["}", f"return {_other(a, b, y)}"]
        name = f"convert_{self.labels[0]}_{_plain(a)}_To_{self.labels[1]}_{_plain(b)}"
        number = 2
        called = name
        while called in self.enums and self.enums[called].body != body:
            called, number = f"{name}{number}", number + 1
        self.enums[called] = EnumFunction(called, x, y, body)
        return called

    def _hook(self, lens: Lens, a: Schema, b: Schema, x: str, y: str) -> str:
        """A function of the user's; the types of the storage version stand for those of the hub."""
        name = f"conversions.{'From' if lens.turned else 'To'}{lens.option}"
        types = spelling(a, self._external(self.source)), spelling(b, self._external(self.target))
        self.hook_types[lens.option] = types[::-1] if lens.turned else types
        value, result = "in", ""
        if (there := spelling(a, self._external(self.source))) != x:
            value = f"*(*{there})(unsafe.Pointer(&in))"
        if spelling(b, self._external(self.target)) != y:
            result = y
        if value == "in" and not result:
            return name
        head = f"func(in {x}) {y}"
        if not result:
            return literal(head, f"return {name}({value})")
        return literal(head, f"out := {name}({value})", f"return *(*{result})(unsafe.Pointer(&out))")


def _scale(lens: Lens, a: Schema, b: Schema, x: str, y: str) -> str:
    """Times the factor from the first end of the rule to the second, divided by it the other way."""
    verb, factor = ("Part" if lens.turned else "Times"), lens.option
    if a.word == "quantity":
        return f"convert.Quantity{verb}[{y}]({factor})"
    if b.word == "quantity":
        return f"convert.{verb}Quantity[{x}]({factor})"
    return f"convert.{verb}[{x}, {y}]({factor})"


def _text(a: Schema, b: Schema, x: str, y: str) -> str:
    if b.word == "string":
        return f"convert.Text[{x}, {y}]"
    if b.word == "float64":
        return f"convert.ParseFloat[{x}]"
    return f"convert.Parse{'Bool' if b.word == 'bool' else 'Integer'}[{x}, {y}]"


def _is_text(schema: Schema) -> bool:
    return schema.kind in ("basic", "named") and schema.word == "string"


def _literal(value: str | int) -> str:
    return quote(value) if isinstance(value, str) else str(value)


def _other(a: Schema, b: Schema, y: str) -> str:
    """What a word that no rule names becomes: itself, or what stands for it in the other type."""
    if (a.word == "string") == (b.word == "string"):
        return f"{y}(in)"
    return f"{y}(fmt.Sprint(in))" if b.word == "string" else "0"


def _plain(schema: Schema) -> str:
    return schema.name or schema.kind
