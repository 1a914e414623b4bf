"""What there is to say of an import, for people and for programs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apigen.crd.convert import Imported
from apigen.crd.read import Skipped
from apigen.model import Path
from apigen.source import parse

_COUNTED = (
    ("versions", "version"), ("fields", "field"), ("types", "named type"), ("kubernetes", "type of Kubernetes"),
    ("rules", "rule in CEL"), ("columns", "column"), ("selectable", "selectable field"),
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """A kind that was imported: its file (or ""), how much of what it has, and what has to be looked at."""

    name: str
    file: str
    carried: dict[str, int] = field(default_factory=dict)
    not_carried: tuple[dict[str, str], ...] = ()
    conversions: tuple[dict[str, Any], ...] = ()

    @property
    def summary(self) -> str:
        """How much was carried, in words."""
        said = (
            f"{self.carried[k]} {_many(self.carried[k], word)}" for k, word in _COUNTED if self.carried.get(k)
        )
        return ", ".join(said)


def account(imported: Imported, file: str) -> Account:
    """Return what there is to say of an imported kind, whose resource file is `file`."""
    definition = imported.definition
    lost = []
    for one in imported.not_carried:
        at = definition.source.position((*definition.at, *one.path), key=True)
        place = f"{at.file}:{at.line}:{at.column}"
        lost.append({"place": place, "path": path_text(one.path), "what": one.what, "reason": one.reason})
    rules = tuple(
        {"from": p.between[0], "to": p.between[1], "rule": p.rule, "why": p.why} for p in imported.proposals
    )
    carried = _carried(parse(imported.text.encode(), file).document)
    return Account(definition.name, file, carried, tuple(lost), rules)


def as_json(accounts: list[Account], skipped: list[Skipped]) -> str:
    """Return all of it as JSON."""
    found = {
        "imported": [
            {
                "kind": a.name,
                "file": a.file,
                "carried": a.carried,
                "notCarried": a.not_carried,
                "conversions": a.conversions,
            }
            for a in accounts
        ],
        "skipped": [
            {"place": f"{s.position.file}:{s.position.line}:{s.position.column}", "kind": s.what}
            for s in skipped
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def path_text(path: Path) -> str:
    """Return a path in a definition as kubectl and jq write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _many(count: int, word: str) -> str:
    if count == 1:
        return word
    first, _, rest = word.partition(" ") if word.startswith(("type of", "rule in")) else (word, "", "")
    return f"{first}s {rest}".strip()


def _carried(document: dict[str, Any]) -> dict[str, int]:
    counts = dict.fromkeys((key for key, _ in _COUNTED), 0)
    declared = set(document.get("types", {})) | {t for v in document["versions"] for t in v.get("types", {})}
    counts["versions"] = len(document["versions"])
    counts["types"] = len(document.get("types", {})) + sum(
        len(v.get("types", {})) for v in document["versions"]
    )
    for version in document["versions"]:
        counts["columns"] += len(version.get("additionalPrinterColumns", ()))
        counts["selectable"] += len(version.get("selectableFields", ()))
    for kind, value in _said(document):
        if kind == "type":
            word = str(value).split()[-1]
            counts["kubernetes"] += (word[:1].isupper() and word not in declared) or "/" in word
        else:
            counts[kind] += value
    return counts


def _said(data: Any) -> Iterator[tuple[str, Any]]:
    """Yield the numbers of fields and of rules in each mapping, and the types that are said."""
    if not isinstance(data, dict):
        return
    for key in ("fields", "types"):
        members = data.get(key)
        if isinstance(members, dict):
            yield "fields", len(members) if key == "fields" else 0
            for field_ in members.values():
                yield from [("type", field_)] if isinstance(field_, str) else _said(field_)
    if isinstance(data.get("type"), str):
        yield "type", data["type"]
    if isinstance(data.get("validations"), list):
        yield "rules", len(data["validations"])
    for key in ("items", "values"):
        yield from _said(data.get(key))
    for version in data.get("versions", ()) if isinstance(data.get("versions"), list) else ():
        yield from _said(version)
