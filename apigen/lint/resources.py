"""Rules about kinds, versions, and what stands at the root of an object."""

import re

from apigen import names
from apigen.lint.fault import Fault, Faults
from apigen.lint.subjects import Kind, Value, Version


def kindnames(kind: Kind) -> Faults:
    """A kind called after its controller."""
    bare = kind.spec.kind.removesuffix("Controller")
    if bare and bare != kind.spec.kind:
        yield Fault("a kind that is called after its controller", f'such as "{bare}"', ("kind",))


# Words that end in s and are one thing: status, alias, redis, chaos, kubernetes, ...
_ONE = re.compile(
    r"(ss|us|is|as|os|ics|rns|nfs|dns|tls|aws|https|kubernetes|prometheus|redis|series|access)\Z"
)


def plurals(kind: Kind) -> Faults:
    """A kind that is a plural, or a resource that is none."""
    spec, given = kind.spec, kind.spec.names.plural
    singular = spec.kind.lower()
    if singular.endswith("s") and not _ONE.search(singular) and given in (None, singular):
        yield Fault(
            f'"{spec.kind}" looks like a plural: a kind is one thing', "write the singular", ("kind",)
        )
    elif given is not None and not _is_plural(given, singular):
        hint = f'"{names.plural(spec.kind)}", or leave it out'
        yield Fault(f'"{given}" is not the plural of {spec.kind}', hint, ("names", "plural"))


def _is_plural(given: str, singular: str) -> bool:
    """Whether a word may be a plural of another: it begins like that one and is not the same.

    English has irregular ones, such as indices and proxies, so only the beginning is compared.
    """
    stem = singular[: max(1, len(singular) - 2)]
    return given.startswith(stem) and (given != singular or singular.endswith("s"))


def versionnames(version: Version) -> Faults:
    """A version that Kubernetes cannot order."""
    match = names.VERSION.match(version.spec.name)
    if match and not match[1]:
        hint = "such as v1alpha1, v1beta1 and v1: how stable it is, and which comes first"
        yield Fault("a version whose name does not tell how stable it is", hint, ("name",))


def specstatus(value: Value) -> Faults:
    """A status of nothing that was asked for."""
    if value.version and value.name == "status" and "spec" not in value.siblings:
        yield Fault("a status, and no spec of which it is", "put what users ask for under `spec`")


def rootfields(value: Value) -> Faults:
    """Fields beside spec and status."""
    both = {"spec", "status"}
    if value.version and both <= value.siblings.keys() and value.name not in both:
        yield Fault("a field beside spec and status", "put it into one of the two")


def statussubresource(value: Value) -> Faults:
    """A status that is written together with the spec."""
    if value.version and value.name == "status" and value.version.subresources.status is False:
        hint = "leave out `subresources: {status: false}`"
        yield Fault("a status without an endpoint of its own: who may write the spec may write it", hint)


def statusoptional(value: Value) -> Faults:
    """Fields of status that a controller must know all at once."""
    if value.version and value.name == "status" and not value.outer:
        for name, member in (value.members or {}).items():
            if member.required:
                at = ("fields", name) if value.spec.fields is not None else ()
                hint = "leave out `required`: a status fills little by little"
                yield Fault(f'the field "{name}" of status is required', hint, at)
