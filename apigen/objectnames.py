"""What names of objects must be besides DNS subdomains, and names that are: for samples and generated tests."""

from collections.abc import Iterator
from itertools import cycle, islice

from apigen.bounds import check_bounds, limits_of
from apigen.checks import Problems
from apigen.limits import NO_LIMITS, Limits
from apigen.load import Loaded
from apigen.model import Path, Schema
from apigen.spec import FieldSpec, ResourceSpec
from apigen.texts import fitting, texts

LETTER = "?"
"""Stands for any small letter in the form of a name."""

_AT: Path = ("metadata", "name")
_SUBDOMAIN = Limits(format="k8s-long-name", max_length=253)
# Names of two tests are the same once in a million.
_SIZES = (8, 6)
_TRIED = 40


def name_limits(problems: Problems, resource: Loaded[ResourceSpec]) -> Limits:
    """Return what a kind demands of the names of its objects, and report what no name can be."""
    given = resource.spec.metadata and resource.spec.metadata.name
    if given is None:
        return NO_LIMITS
    spec = FieldSpec(type="string", **given.model_dump(exclude_unset=True, by_alias=True))
    limits, faults = limits_of(spec), len(problems)
    check_bounds(problems, resource.source, spec, Schema("basic", "string", limits=limits), _AT)
    if len(problems) == faults and next(_names(limits), None) is None:
        hint = "a name is small letters, digits, - and ., with a letter or digit at both ends"
        problems.add(resource.source, _AT, "no name was found that fits these bounds", hint, key=True)
    return limits


def form(limits: Limits) -> str:
    """Return the form of many names within bounds, with a question mark for each letter that may be any; without
    one it is a name, and few others fit."""
    found = list(islice(_names(limits), _TRIED))
    for size in _SIZES:
        for made in (made for name in found for made in _forms(name, size)):
            if all(_fits(limits, filled(made, letters)) for letters in ("bz", "example", "qkx")):
                return made
    return next(iter(found), "")


def filled(form: str, letters: str) -> str:
    """Return the name that a form has with these letters, over and over."""
    more = cycle(letters)
    return "".join(next(more) if char == LETTER else char for char in form)


def _forms(name: str, size: int) -> Iterator[str]:
    """Forms like a name, with letters instead of all, after it, and instead of some."""
    yield LETTER * size
    yield from (f"{name}-{LETTER * size}", f"{name}{LETTER * size}", f"{LETTER * size}{name}")
    yield from (name[:i] + LETTER * size + name[i + size :] for i in range(len(name)))


def _names(limits: Limits) -> Iterator[str]:
    """Names within bounds; what matches a pattern for the end of a name is none without a beginning."""
    found = islice(texts([limits], "example"), _TRIED)
    return fitting([limits, _SUBDOMAIN], (name for text in found for name in (text, f"a{text}", f"{text}a")))


def _fits(limits: Limits, name: str) -> bool:
    return name in fitting([limits, _SUBDOMAIN], [name])
