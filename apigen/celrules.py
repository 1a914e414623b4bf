"""Rules in CEL as a spec writes them: what can be known of them without a compiler.

The server and its tests have the compiler of CustomResourceDefinitions; here is checked, by its rules, what stands
beside a rule, and that a rule names fields that there are.
Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation.
"""

import re
from collections.abc import Iterator

from apigen.checks import Problems
from apigen.model import CelRule, Path, Schema, Struct, Types
from apigen.source import Source
from apigen.spec import ValidationSpec
from apigen.words import choices, quoted

_MOST = 2048
_QUOTED = (r"'''(?:\\.|[^\\])*?'''", r'"""(?:\\.|[^\\])*?"""', r"'(?:\\.|[^'\\\n])*'", r'"(?:\\.|[^"\\\n])*"')
_RAW = (r"'''.*?'''", r'""".*?"""', r"'[^'\n]*'", r'"[^"\n]*"')
_TEXT = f"(?P<text>[bB]?[rR][bB]?(?:{'|'.join(_RAW)})|[bB]?(?:{'|'.join(_QUOTED)}))"
_TOKEN = re.compile(
    rf"(?P<space>\s+|//[^\n]*)|{_TEXT}|(?P<word>[A-Za-z_]\w*)|(?P<number>[0-9][\w.]*)|(?P<mark>.)", re.DOTALL
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
# How CEL writes what a name cannot have. Source: k8s.io/apiserver/pkg/cel/escaping.go.
ESCAPES = {"__underscores__": "__", "__dot__": ".", "__dash__": "-", "__slash__": "/"}
_KEYWORD = re.compile(r"__([a-z]+)__")
_ROOT = ("apiVersion", "kind", "metadata")


def cel_rules(source: Source, specs: list[ValidationSpec] | None, at: Path) -> tuple[CelRule, ...]:
    """Return the rules that stand under `validations` of what is declared at `at`."""
    return tuple(
        CelRule(
            s.rule, s.message, s.message_expression, s.reason or "", s.field_path, s.optional_old_self,
            (source, (*at, "validations", i)),
        )
        for i, s in enumerate(specs or ())
    )  # fmt: skip


def check_rules(
    problems: Problems, types: Types, schema: Schema | Struct, rules: tuple[CelRule, ...]
) -> None:
    """Report what is wrong with the rules of a value, once all types are declared."""
    for rule in rules:
        source, at = rule.where
        for key, message, hint in _faults(types, schema, rule):
            problems.add(source, (*at, key) if key else at, message, hint)


Fault = tuple[str, str, str]


def _faults(types: Types, schema: Schema | Struct, rule: CelRule) -> Iterator[Fault]:
    tokens = [m for m in _TOKEN.finditer(rule.rule) if m.lastgroup != "space"]
    uses_old = any(t.lastgroup == "word" and t.group() == "oldSelf" for t in tokens)
    if not tokens:
        yield "rule", "the rule is empty", "write an expression that is true for what is allowed"
    yield from (("rule", f"the rule does not parse: {fault}", "") for fault in _unbalanced(tokens))
    yield from _unknown(types, schema, tokens)
    if rule.optional_old_self and not uses_old:
        yield "optionalOldSelf", "the rule does not name oldSelf", "leave it out"
    if "\n" in rule.rule.strip() and not rule.message:
        yield "", "a rule of several lines needs a message", "add `message:`"
    for key, text in (("message", rule.message), ("messageExpression", rule.message_expression)):
        if text and not text.strip():
            yield key, f"the {key} is blank", "leave it out"
        if key == "message" and "\n" in text.strip():
            yield key, "a message is one line", ""
        if len(text) > _MOST:
            yield key, f"the {key} has {len(text)} characters, and {_MOST} is the most", ""
    if rule.field_path and not _leads(types, schema, rule.field_path):
        yield "fieldPath", f"{quoted(rule.field_path)} leads to no field", "such as .name, from where the rule stands"


def _unbalanced(tokens: list[re.Match[str]]) -> Iterator[str]:
    """Yield what is open at the end, or closed without having been opened."""
    opened: list[str] = []
    for token in tokens:
        text = token.group()
        if token.lastgroup == "mark" and text in "'\"`\\;$#@":
            yield "a text does not end" if text in "'\"" else f"{quoted(text)} has no meaning in CEL"
            return
        if text in _CLOSING:
            opened.append(_CLOSING[text])
        elif text in _CLOSING.values() and (not opened or opened.pop() != text):
            yield f"{quoted(text)} closes nothing"
            return
    if opened:
        yield f"{quoted(opened[-1])} is missing"


def _unknown(types: Types, schema: Schema | Struct, tokens: list[re.Match[str]]) -> Iterator[Fault]:
    """Yield the fields named after self and oldSelf that there are not."""
    words = [t.group() for t in tokens]
    for i, word in enumerate(words):
        if word not in ("self", "oldSelf") or words[i - 1 : i] == ["."]:
            continue
        here: Schema | Struct | None = schema
        i, said = i + 1, [word]
        while here is not None and words[i : i + 1] == ["."] and i + 1 < len(words):
            step = i + 2 if words[i + 1] == "?" else i + 1
            if words[step + 1 : step + 2] == ["("]:
                break
            fields = _fields(types, here)
            if fields is None:
                break
            name = _unescaped(words[step])
            if name not in fields:
                text = ".".join([*said, words[step]])
                hint = choices(name, list(fields), "fields")
                yield "rule", f"the rule names {text}, but there is no such field", hint
                break
            said.append(words[step])
            here, i = fields[name], step + 1


def _fields(types: Types, schema: Schema | Struct) -> dict[str, Schema | None] | None:
    """The members that a rule may name, or None if that is not known here."""
    struct = (
        schema if isinstance(schema, Struct) else types.struct(schema) if schema.kind == "object" else None
    )
    if struct is None:
        return None
    root: dict[str, Schema | None] = dict.fromkeys(_ROOT if struct.root else ())
    return root | {f.json: f.schema for f in struct.named}


def _unescaped(word: str) -> str:
    for escape, text in ESCAPES.items():
        word = word.replace(escape, text)
    return _KEYWORD.sub(r"\1", word)


def _leads(types: Types, schema: Schema | Struct, path: str) -> bool:
    """Whether a path of names, or of quoted names in brackets, leads to a field."""
    steps = re.findall(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]", path)
    if "".join(f".{a}" if a else f"['{b}']" for a, b in steps) != path:
        return False
    here: Schema | Struct | None = schema
    for name in (a or b for a, b in steps):
        if here is None:
            return True
        if isinstance(here, Schema) and here.kind == "map":
            here = here.element
            continue
        fields = _fields(types, here)
        if fields is None or name not in fields:
            return isinstance(here, Schema) and here.kind == "upstream"
        here = fields[name]
    return True
