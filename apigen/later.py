"""What can be checked only once all types of a version are declared: rules in CEL, and what needs an old value."""

import re

from apigen.celrules import check_rules
from apigen.model import CelRule, Schema, Types
from apigen.package import Package

_OLD = re.compile(r"\boldSelf\b")
_HINT = "items have no identity there: use `listType: map`, or say it of the whole list"


def check_later(package: Package) -> None:
    """Report faults of rules, and rules and immutable fields where an update cannot tell what was before."""
    types = package.types()
    for scalar in types.scalars.values():
        check_rules(package.problems, types, Schema("basic", scalar.base), scalar.rules)
    for struct in types.structs.values():
        check_rules(package.problems, types, struct, struct.rules)
        for field in struct.fields:
            for schema in field.schema.layers:
                check_rules(package.problems, types, schema, schema.rules)
                if schema.kind == "list" and schema.list_type != "map":
                    _without_identity(package, types, schema.element, set())


def _without_identity(package: Package, types: Types, schema: Schema, seen: set[str]) -> None:
    """Report what needs an old value inside of the items of a list that is no map list."""
    _transition_rules(package, schema.rules)
    if schema.item is not None:
        _without_identity(package, types, schema.item, seen)
    if schema.kind != "object" or schema.name in seen:
        return
    seen.add(schema.name)
    struct = types.struct(schema)
    _transition_rules(package, struct.rules)
    for field in struct.fields:
        if field.schema.immutable:
            source, _ = package.taken[struct.go]
            message = f'"{field.json}" is immutable, but stands in a list that is no map list'
            package.problems.add(source, (*field.where, "immutable"), message, _HINT, key=True)
        _without_identity(package, types, field.schema, seen)


def _transition_rules(package: Package, rules: tuple[CelRule, ...]) -> None:
    for rule in rules:
        if _OLD.search(rule.rule):
            source, at = rule.where
            message = "oldSelf in a list that is no map list"
            package.problems.add(source, (*at, "rule"), message, _HINT)
