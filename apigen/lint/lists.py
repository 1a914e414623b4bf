"""Rules about lists, conditions, and the rules in CEL that stand at values."""

from apigen.lint.fault import Fault, Faults
from apigen.lint.subjects import Value, Version, has_rules, requires
from apigen.spec import ValidationSpec

_CONDITIONS = frozenset({"Condition", "meta/v1.Condition"})


def arrayofstruct(value: Value) -> Faults:
    """A list of objects that may all be empty."""
    if value.role != "field" or value.outer[-1:] != ("list",) or not value.members:
        return
    # An object that says one of some fields is as little ambiguous as one that says a certain field.
    if any(s.exactly_one_of or s.at_least_one_of or (s.min_properties or 0) > 0 for s in value.said):
        return
    if not (value.named.requires if value.named else requires(value.members)):
        hint = "make the field required that every item has, such as its name"
        yield Fault("a list of objects of which no field is required", hint)


def ssatags(value: Value) -> Faults:
    """A list of objects of which nobody said how writers share it."""
    if value.role != "field" or value.outer[:1] != ("list",) or value.spec.list_type or not value.is_object:
        return
    if len(value.outer) == 1 and not _is_conditions(value):
        hint = "write `listType: map` with `listMapKeys`, or `listType: atomic`"
        yield Fault("a list of objects without `listType`", hint)


def _is_conditions(value: Value) -> bool:
    return value.inner in _CONDITIONS and value.named is None


def conditions(value: Value) -> Faults:
    """Conditions that are no list of Condition that is shared by type."""
    spec = value.spec
    if value.role != "field" or value.name != "conditions" or not _of_status(value):
        return
    if value.outer != ("list",) or not _is_conditions(value):
        yield Fault("conditions that are no list of Condition", "write `conditions: list of Condition`")
    elif (spec.list_type or "map") != "map" or (spec.list_map_keys or ["type"]) != ["type"]:
        key = "listType" if spec.list_type != "map" else "listMapKeys"
        yield Fault(
            "conditions that are not shared by their type", "leave out `listType` and `listMapKeys`", (key,)
        )


def _of_status(value: Value) -> bool:
    """Whether conditions are those of a status, and not what somebody else calls so."""
    return (
        value.place.trail[:1] == ("status",)
        or _is_conditions(value)
        or {"type", "status"} <= (value.members or {}).keys()
    )


def celbounds(value: Value) -> Faults:
    """A list or map without an upper bound, for each of whose items a rule in CEL runs."""
    if value.role != "field":
        return
    layers = list(value.layers)
    for i, layer in enumerate(layers):
        bounded = layer.spec and (layer.spec.max_items, layer.spec.max_properties) != (None, None)
        if layer.word in ("list", "map") and not bounded:
            inside = any(has_rules(each.spec) for each in layers[i:] if each.spec)
            if inside or (value.named and value.named.has_rules):
                key = "maxItems" if layer.word == "list" else "maxProperties"
                hint = f"write `{key}`: without it the rule is taken to run for a whole request of items"
                yield Fault(f"a {layer.word} with a rule in CEL and without `{key}`", hint)


def celmessages(subject: Value | Version) -> Faults:
    """A rule in CEL without a message."""
    for i, rule in enumerate(subject.spec.validations or ()):
        if not rule.message and not rule.message_expression:
            hint = "write `message:` and say what is allowed"
            yield Fault(
                "a rule without a message: clients are told the rule itself", hint, ("validations", i)
            )


_NEVER_CHANGES = ("self==oldSelf", "oldSelf==self")


def celimmutable(value: Value) -> Faults:
    """A rule in CEL that is not asked when a field is set later, or taken away.

    Source: transition rules run where there is an old and a new value. A required field always has both.
    """
    for i, rule in enumerate(value.spec.validations or ()):
        if value.role == "field" and not value.spec.required and _bare(rule) in _NEVER_CHANGES:
            hint = "write `immutable: true`, or `immutable: onceSet` if it may be set later"
            message = "a rule that is not asked when the field is set later or taken away"
            yield Fault(message, hint, ("validations", i))


def _bare(rule: ValidationSpec) -> str:
    return "".join(rule.rule.split())
