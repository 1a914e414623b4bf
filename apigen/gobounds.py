"""The bounds of a value as Go statements that append to errs, in Kubernetes' own words."""

from dataclasses import dataclass
from dataclasses import field as default

from apigen.formats import FORMATS
from apigen.gotext import Lines, quote
from apigen.gotypes import INTEGERS, is_nilable
from apigen.limits import Limits
from apigen.model import Field, Schema, Types


@dataclass
class Bounds:
    """Writes the bounds of the types of one version; `patterns` are the variables that the statements need."""

    types: Types
    patterns: dict[str, str] = default(default_factory=dict)
    """The pattern of each variable, by its name."""

    def of(self, schema: Schema, value: str, path: str, name: str) -> Lines:
        """Return the statements for a value that is there. `name` is that of its place, for variables."""
        lines = self._limits(schema, schema.limits, value, path, name)
        if schema.kind == "named":
            lines += self._limits(schema, self.types.scalars[schema.name].limits, value, path, schema.name)
        return lines

    def _limits(self, schema: Schema, limits: Limits, value: str, path: str, name: str) -> Lines:
        if schema.kind in ("list", "map", "object"):
            return self._size(schema, limits, value, path)
        if schema.word != "intOrString":
            return [*_numbers(schema, limits, value, path), *self._texts(schema, limits, value, path, name)]
        inner = value.removeprefix("*")
        number, text = Schema("basic", "int32"), Schema("basic", "string")
        return [
            *_only(f"{inner}.Type == intstr.Int", _numbers(number, limits, f"{inner}.IntVal", path)),
            *_only(
                f"{inner}.Type == intstr.String", self._texts(text, limits, f"{inner}.StrVal", path, name)
            ),
        ]

    def _size(self, schema: Schema, limits: Limits, value: str, path: str) -> Lines:
        low, high = limits.min_properties, limits.max_properties
        if schema.kind == "object":
            return self._members(schema, low, high, value, path)
        if schema.kind == "list":
            low, high = limits.min_items, limits.max_items
        size = f"len({value})"
        lines: Lines = []
        if low:
            lines += when(f"{size} < {low}", f"field.TooFew({path}, {size}, {low})")
        if high is not None:
            lines += when(f"{size} > {high}", f"field.TooMany({path}, {size}, {high})")
        return lines

    def _members(self, schema: Schema, low: int | None, high: int | None, value: str, path: str) -> Lines:
        """Return the statements for the number of fields that an object says."""
        cases: Lines = []
        if low:
            cases += [f"case count < {low}:", [f"errs = append(errs, field.TooFew({path}, count, {low}))"]]
        if high is not None:
            cases += [f"case count > {high}:", [f"errs = append(errs, field.TooMany({path}, count, {high}))"]]
        inner = value.removeprefix("*")
        struct = self.types.struct(schema)
        count = f"validation.Count({', '.join(f'{inner}.{f.go} != {zero(f)}' for f in struct.named)})"
        count += f" + len({inner}.{struct.fields[-1].go})" if struct.open else ""
        return [f"switch count := {count}; {{", *cases, "}"] if cases else []

    def _texts(self, schema: Schema, limits: Limits, value: str, path: str, name: str) -> Lines:
        text = value if schema.kind == "basic" else f"string({value})"
        lines: Lines = []
        if limits.min_length:
            condition = f"utf8.RuneCountInString({text}) < {limits.min_length}"
            lines += when(condition, f"field.TooShort({path}, {value}, {limits.min_length})")
        if limits.max_length is not None:
            condition = f"utf8.RuneCountInString({text}) > {limits.max_length}"
            lines += when(condition, f"field.TooLongCharacters({path}, {value}, {limits.max_length})")
        if limits.pattern is not None:
            condition = f"!{self._pattern(name, limits.pattern)}.MatchString({text})"
            lines += when(condition, _invalid(path, value, f"must match '{limits.pattern}'"))
        if limits.format is not None:
            lines += _format(limits.format, value, text, path)
        return lines

    def _pattern(self, name: str, pattern: str) -> str:
        """The name of the variable of a pattern. One that is there already serves for all places."""
        for known, of in self.patterns.items():
            if of == pattern:
                return known
        made = variable = f"pattern{name}"
        number = 2
        while made in self.patterns:
            made, number = f"{variable}{number}", number + 1
        self.patterns[made] = pattern
        return made


def _numbers(schema: Schema, limits: Limits, value: str, path: str) -> Lines:
    lines: Lines = []
    for bound, wrong, says in (
        (limits.minimum, "<", "must be greater than or equal to"),
        (limits.exclusive_minimum, "<=", "must be greater than"),
        (limits.maximum, ">", "must be less than or equal to"),
        (limits.exclusive_maximum, ">=", "must be less than"),
    ):
        if bound is not None:
            lines += when(f"{value} {wrong} {bound}", _invalid(path, value, f"{says} {_number(bound)}"))
    factor = limits.multiple_of
    if factor is not None:
        whole = schema.word in INTEGERS
        wrong = f"{value}%{factor} != 0" if whole else f"!validation.IsMultiple({value}, {factor})"
        lines += when(wrong, _invalid(path, value, f"must be a multiple of {_number(factor)}"))
    return lines


def _format(name: str, value: str, text: str, path: str) -> Lines:
    of = FORMATS[name]
    if not of.go:
        condition = f"!strfmt.Default.Validates({quote(name)}, {text})"
        return when(condition, f"field.TypeInvalid({path}, {value}, {quote(f'must be {of.says}')})")
    error = f"errs = append(errs, field.TypeInvalid({path}, {value}, message))"
    return [f"for _, message := range utilvalidation.{of.go}({text}) {{", [error], "}"]


def zero(field: Field) -> str:
    """Return the Go value of a field that is absent."""
    if field.pointer or is_nilable(field.schema):
        return "nil"
    return '""' if field.schema.word == "string" else "false" if field.schema.word == "bool" else "0"


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _invalid(path: str, value: str, message: str) -> str:
    return f"field.Invalid({path}, {value}, {quote(message)})"


def _only(condition: str, lines: Lines) -> Lines:
    return only_if(condition, lines) if lines else []


def when(condition: str, error: str) -> Lines:
    """Return a statement that appends an error under a condition."""
    return [f"if {condition} {{", [f"errs = append(errs, {error})"], "}"]


def is_single(lines: Lines) -> bool:
    """Whether statements are one `if` without an else."""
    return len(lines) == 3 and str(lines[0]).startswith("if ") and lines[2] == "}"


def only_if(condition: str, inner: Lines) -> Lines:
    """Return statements under a condition; one that has a condition already gets both."""
    if is_single(inner):
        return [f"if {condition} && {inner[0].removeprefix('if ')}", *inner[1:]]
    return [f"if {condition} {{", inner, "}"]
