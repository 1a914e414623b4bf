"""Rules about the names of fields."""

import re

from apigen.gotypes import NUMBERS
from apigen.lint.fault import Fault, Faults
from apigen.lint.subjects import Value
from apigen.lint.wording import camel, words

# As kube-api-linter has it: capitals may follow each other, for acronyms such as requestTTL.
_CAMEL = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)*\Z")


def jsontags(value: Value) -> Faults:
    """A name that is not in camelCase."""
    if value.role == "field" and not _CAMEL.match(value.name):
        yield Fault("the name is not in camelCase", f'such as "{camel(value.name) or "name"}"')


_ABBREVIATED = {
    "addr": "address", "addrs": "addresses", "cfg": "config", "cnt": "count", "cond": "condition", "ctx": "context",
    "desc": "description", "dest": "destination", "dst": "destination", "fmt": "format", "idx": "index",
    "mgr": "manager", "msg": "message", "num": "number", "obj": "object", "passwd": "password", "pkg": "package",
    "prev": "previous", "pwd": "password", "qty": "quantity", "req": "request", "resp": "response", "src": "source",
    "srv": "server", "svc": "service", "tmp": "temporary", "usr": "user", "val": "value", "vals": "values",
}  # fmt: skip


def abbreviations(value: Value) -> Faults:
    """A word that is cut short."""
    if value.role != "field":
        return
    parts = words(value.name)
    if short := [word for word in parts if word in _ABBREVIATED]:
        yield Fault(f'"{short[0]}" is an abbreviation', f'such as "{camel(value.name, _ABBREVIATED)}"')


def isprefix(value: Value) -> Faults:
    """A boolean called isSomething."""
    parts = words(value.name)
    if value.role == "field" and value.word == "bool" and parts[:1] == ("is",) and len(parts) > 1:
        yield Fault("a boolean whose name begins with `is`", f'such as "{camel(value.name[2:])}"')


def nophase(value: Value) -> Faults:
    """A phase."""
    if value.role == "field" and any(word in ("phase", "phases") for word in words(value.name)):
        hint = "write `conditions: list of Condition`, with one type for each thing that clients ask"
        yield Fault("a phase is a state machine to which no state can be added", hint)


def notimestamp(value: Value) -> Faults:
    """A moment called a timestamp."""
    if value.role == "field" and "timestamp" in value.name.lower():
        hint = re.sub("time_?-?stamp", "Time", value.name, flags=re.IGNORECASE)
        hint = hint[:1].lower() + hint[1:]
        yield Fault("a moment is called a time, not a timestamp", f'such as "{hint}"')


_REFERENCE = {"reference": "ref", "references": "refs"}


def noreferences(value: Value) -> Faults:
    """A reference that is written out."""
    parts = words(value.name)
    if value.role == "field" and any(word in _REFERENCE for word in parts):
        short = camel(value.name, _REFERENCE)
        hint = f'such as "{short}"'
        if value.word == "string" and parts[-1] in _REFERENCE and len(parts) > 1:
            name = camel(value.name, {"reference": "name", "references": "names"})
            hint = f'such as "{name}", or "{short}" for an object with the name'
        yield Fault("a reference is called Ref", hint)


_REFERENCE_WORDS = (
    "ObjectReference LocalObjectReference TypedLocalObjectReference TypedObjectReference SecretReference"
    " CrossVersionObjectReference"
)
_REFERENCE_TYPES = frozenset(_REFERENCE_WORDS.split())
_MEMBER_WORDS = "name namespace kind group apiGroup apiVersion resource uid resourceVersion fieldPath"
_OF_REFERENCES = frozenset(_MEMBER_WORDS.split())
# A name and one of these tell which object of which kind: what has only a name and a kind may be anything.
_TELLING = frozenset({"namespace", "group", "apiGroup", "apiVersion", "resource"})
# Kubernetes' own names of such lists.
_KNOWN = frozenset({"imagePullSecrets", "subjects"})


def refnames(value: Value) -> Faults:
    """A reference to an object that is not called so. What is called Reference is noreferences' business."""
    parts = words(value.name)
    said = parts and (parts[-1] in ("ref", "refs") or any(word in _REFERENCE for word in parts))
    if value.role != "field" or said or value.name in _KNOWN or "map" in value.outer:
        return
    if _is_reference(value):
        end = "refs" if value.outer else "ref"
        one = re.sub("(?<!s)s$", "", value.name) if value.outer else value.name
        message = f"a reference to an object whose name does not end in {end.capitalize()}"
        yield Fault(message, f'such as "{camel(one, end=end)}"')


def _is_reference(value: Value) -> bool:
    if value.members is None:
        return value.inner.rpartition(".")[2] in _REFERENCE_TYPES
    members = frozenset(value.members)
    return "name" in members and members <= _OF_REFERENCES and bool(members & _TELLING)


_TIME_WORDS = (
    "timeout timeouts interval intervals period periods delay delays duration durations ttl backoff lifetime deadline"
    " latency uptime cooldown"
)
_TIMES = frozenset(_TIME_WORDS.split())
_SIZES = frozenset({"memory", "bandwidth", "throughput"})
_UNITS = {
    "ns": "nanoseconds", "us": "microseconds", "ms": "milliseconds", "msec": "milliseconds", "msecs": "milliseconds",
    "sec": "seconds", "secs": "seconds", "mins": "minutes", "hr": "hours", "hrs": "hours", "kb": "kilobytes",
    "mb": "megabytes", "gb": "gigabytes", "kib": "kibibytes", "mib": "mebibytes", "gib": "gibibytes",
}  # fmt: skip


def units(value: Value) -> Faults:
    """A number of a time or of a size that does not say of what, or cuts its unit short."""
    parts = words(value.name)
    if value.role != "field" or value.word not in NUMBERS or not parts:
        return
    last = parts[-1]
    if last in _TIMES:
        hint = f'such as "{camel(value.name, end="seconds")}"'
        yield Fault("a number of a time without its unit in the name", hint)
    elif last in _SIZES:
        hint = f'such as "{camel(value.name, end="bytes")}", or `type: quantity`'
        yield Fault("a number of a size without its unit in the name", hint)
    elif last in _UNITS and len(parts) > 1:
        yield Fault(f'the unit "{last}" is cut short', f'such as "{camel(value.name, {last: _UNITS[last]})}"')
