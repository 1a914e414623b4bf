"""What a definition demands of metadata: of names by keys of the language, else by a rule in CEL."""

from typing import Any

from apigen.crd import junctors
from apigen.crd.node import Lost, Node, NotCarried
from apigen.formats import FORMATS
from apigen.model import Path
from apigen.patterns import fault
from apigen.spec import NameSpec

_KEYS = {info.alias or name for name, info in NameSpec.model_fields.items()}


def name_rules(versions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what all versions demand of names, if that is the same and the language can say it."""
    found = [_name(v.get("openAPIV3Schema") or {}) for v in versions]
    first = found[0]
    if any(other != first for other in found) or not first.keys() <= _KEYS:
        return {}
    sayable = not fault(first.get("pattern", "")) and first.get("format", "byte") in FORMATS
    return first if sayable else {}


def metadata_rule(schema: dict[str, Any], named_by: dict[str, Any], root: Node, at: Path, lost: Lost) -> None:
    """Add a rule for what a schema demands of metadata to the root of a version; names have `named_by`."""
    demand = _demands(schema)
    if named_by:
        inner = {key: value for key, value in demand.pop("properties").items() if key != "name"}
        demand |= {"properties": inner} if inner else {}
    if not demand:
        return
    try:
        rule = junctors.condition(demand, schema, "self.metadata")
    except junctors.Unsayable as no:
        lost.append(NotCarried(at, "metadata", f"CEL cannot say what is demanded of it: {no}"))
        return
    root.keys.setdefault("validations", []).append(
        {"rule": rule, "message": "must have metadata as is demanded"}
    )


def _name(schema: dict[str, Any]) -> dict[str, Any]:
    metadata = (schema.get("properties") or {}).get("metadata") or {}
    return _demands((metadata.get("properties") or {}).get("name") or {})


def _demands(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema demands besides types."""
    out = {key: value for key, value in schema.items() if key not in ("type", "description", "properties")}
    inner = {name: _demands(s) for name, s in (schema.get("properties") or {}).items()}
    if inner := {name: demand for name, demand in inner.items() if demand}:
        out["properties"] = inner
    return out
