"""The table of rules: name, what is wrong, why, where the reason is from, and whether a rule holds unless disabled.

docs/lint.md is printed from it. The functions say what is wrong with one kind, version or value, and hold nothing
else: what a spec silences is no business of theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass

from apigen.lint import lists, naming, resources, texts, types
from apigen.lint.fault import Fault, Faults
from apigen.lint.subjects import Kind, Value, Version
from apigen.lintspec import RuleName


def _nothing(_: Kind | Version | Value) -> Faults:
    none: tuple[Fault, ...] = ()
    yield from none


@dataclass(frozen=True)
class Rule:
    """A rule: what it finds and why that is wrong, each in a sentence; `source` is where the reason is from."""

    name: RuleName
    finds: str
    why: str
    source: str
    of_value: Callable[[Value], Faults] = _nothing
    of_version: Callable[[Version], Faults] = _nothing
    of_kind: Callable[[Kind], Faults] = _nothing
    default: bool = True


# Sections of Kubernetes' API conventions, and other pages.
_NAMING = "Naming conventions"
_PRIMITIVE = "Primitive types"
_UNITS = "Units"
_STATUS = "Typical status properties"
_ROOT = "Spec and Status"
_REFERENCES = "Object references"
_OPTIONAL = "Optional vs. Required"
_MAPS = "Lists of named subobjects preferred over maps"
_CONSTANTS = "Constants"
_VALIDATION = "Validation"
_TYPES = "Types (Kinds)"
_KAL = "kube-api-linter"
_SSA = "server-side apply"
_CEL = "rules in CEL"
_EXPLAIN = "kubectl explain"
_VERSIONS = "API versioning"

RULES: tuple[Rule, ...] = (
    Rule(
        "abbreviations", "A word in a field's name that is cut short: `cfg`, `addr`, `msg`, ...",
        "Readers have to guess, and two authors cut one word in two ways.",
        _NAMING, naming.abbreviations,
    ),
    Rule(
        "arrayofstruct", "A list of objects of which no field is required, nor one of several.",
        "In YAML such items cannot be told apart: a dash too many makes two items of one, and both are valid.",
        _KAL, lists.arrayofstruct,
    ),
    Rule(
        "celbounds", "A list or map without `maxItems` or `maxProperties`, for whose items a rule in CEL runs.",
        "Kubernetes estimates what a rule may cost; without a bound it takes the list to fill a whole request,"
        " and so will somebody.",
        _CEL, lists.celbounds,
    ),
    Rule(
        "celimmutable", "The rule `self == oldSelf` in CEL at a field that is not required.",
        "It runs only where there are an old and a new value, so that the field may be taken away and set anew;"
        " `immutable: true` says what is meant.",
        _CEL, lists.celimmutable,
    ),
    Rule(
        "celmessages", "A rule in CEL without `message` or `messageExpression`.",
        "Users who break it are told an expression; they should be told what they can do.",
        _VALIDATION, lists.celmessages, lists.celmessages,
    ),
    Rule(
        "commentstart", "A description that does not begin with the name of its field or type.",
        "Generated pages show descriptions without their fields.",
        _KAL, texts.commentstart, default=False,
    ),
    Rule(
        "conditions", "A field `conditions` that is no `list of Condition`, or is not shared by `type`.",
        "Tools such as `kubectl wait` read conditions of this one shape, and several controllers write them side by"
        " side.",
        _STATUS, lists.conditions,
    ),
    Rule(
        "defaultorrequired", "A required field with a default.",
        "A field with a default is never absent, so `required` demands nothing, and readers take it for a demand.",
        _OPTIONAL, types.defaultorrequired,
    ),
    Rule(
        "descriptions", "A kind, field or named type without a description, or with one that repeats the name.",
        "`kubectl explain` has nothing else to show. The root's spec and status, items, and fields of a type that is"
        " described need none.",
        _EXPLAIN, texts.descriptions, of_kind=texts.descriptions,
    ),
    Rule(
        "enumvalues", "Members of an enum that are not in CamelCase, such as `round-robin`.",
        "All constants of Kubernetes are, so that nobody has to look up how one is written.",
        _CONSTANTS, types.enumvalues,
    ),
    Rule(
        "integers", "A `float64` with a whole `multipleOf`; integers whose bounds are beyond 53 bits.",
        "Whole numbers are `int32` or `int64`, and what does not fit into the float of JavaScript is written as text.",
        _PRIMITIVE, types.integers,
    ),
    Rule(
        "isprefix", "A boolean called `isSomething`.",
        "It is called `something`, as everywhere in Kubernetes.",
        _NAMING, naming.isprefix,
    ),
    Rule(
        "jsontags", "A field whose name is not in camelCase.",
        "All JSON of Kubernetes is; other names cannot be written as they are in paths and in CEL.",
        _NAMING, naming.jsontags,
    ),
    Rule(
        "kindnames", "A kind that ends in `Controller`.",
        "It is called after what is controlled: Job, not JobController.",
        _NAMING, of_kind=resources.kindnames,
    ),
    Rule(
        "maxlength", "Texts without `maxLength` (but for enums and formats) and lists without `maxItems`.",
        "Without a bound one object may fill the store, and rules in CEL are estimated to cost too much.",
        _KAL, types.maxlength, default=False,
    ),
    Rule(
        "minlength", "Texts, lists and maps without a least length.",
        "It makes the author choose whether an empty one means something; 0 says that it does.",
        _KAL, types.minlength, default=False,
    ),
    Rule(
        "nobools", "Booleans.",
        "Many a boolean gets a third case, which an enum has room for and a boolean has not.",
        _PRIMITIVE, types.nobools, default=False,
    ),
    Rule(
        "nodurations", "The type `duration`, and texts of that format.",
        "Every client would have to read durations as Go does; an integer with its unit in the name needs nothing.",
        _UNITS, types.nodurations,
    ),
    Rule(
        "nofloats", "The type `float64`.",
        "Floats may change when they are written and read again, and differ between languages.",
        _PRIMITIVE, types.nofloats,
    ),
    Rule(
        "nomaps", "Maps of objects, of lists and of maps; maps of simple values are fine.",
        "In Kubernetes every key is the name of a field: sets of objects are lists with `listType: map`.",
        _MAPS, types.nomaps,
    ),
    Rule(
        "nonullable", "`nullable: true`.",
        "Null equals absent here, so that two ways to write one thing are all that it gives.",
        _KAL, types.nonullable,
    ),
    Rule(
        "nophase", "A field with `phase` in its name.",
        "A phase is a state machine to which no state can be added without breaking clients; conditions can.",
        _STATUS, naming.nophase,
    ),
    Rule(
        "noreferences", "A field with `reference` in its name.",
        "References are called `Ref`: `nodeRef`, not `nodeReference`.",
        _REFERENCES, naming.noreferences,
    ),
    Rule(
        "notimestamp", "A field with `timestamp` in its name.",
        "A moment is called `somethingTime`.",
        _NAMING, naming.notimestamp,
    ),
    Rule(
        "numericbounds", "Numbers without `minimum` or `maximum`.",
        "Numbers that are too great or too small should be refused where they are written.",
        _KAL, types.numericbounds, default=False,
    ),
    Rule(
        "plurals", "A kind in the plural, and a plural that is none of its kind.",
        "A kind is one thing, and its resource the plural of it: clients guess one from the other.",
        _TYPES, of_kind=resources.plurals,
    ),
    Rule(
        "refnames", "A reference to an object (of a type such as `ObjectReference`, or with a name and a group or"
        " namespace) whose field is not called `...Ref` or `...Refs`.",
        "The ending tells that the value is an object's name and not the object.",
        _REFERENCES, naming.refnames,
    ),
    Rule(
        "rootfields", "Fields at the root beside spec and status.",
        "What users ask for is the spec, what controllers report is the status, and nothing is neither.",
        _ROOT, resources.rootfields,
    ),
    Rule(
        "specstatus", "A status without a spec.",
        "A status is how far the wish in the spec has come.",
        _ROOT, resources.specstatus,
    ),
    Rule(
        "ssatags", "A list of objects without `listType`.",
        "It is atomic then: one writer replaces what another has written, which should be said or be otherwise.",
        _SSA, lists.ssatags,
    ),
    Rule(
        "statusoptional", "A required field of status.",
        "Controllers fill a status little by little; several of them may write one.",
        _KAL, resources.statusoptional, default=False,
    ),
    Rule(
        "statussubresource", "A status without an endpoint of its own (`subresources: {status: false}`).",
        "Without one whoever writes a spec writes the status too, and may take it back to what it was.",
        _ROOT, resources.statussubresource,
    ),
    Rule(
        "units", "A number of a time or of a size whose name does not end in its unit, or in one that is cut short.",
        "`timeout: 30` may be seconds or milliseconds; `timeoutSeconds` is told from afar.",
        _UNITS, naming.units,
    ),
    Rule(
        "versionnames", "A version that is not called like v1, v1beta1 or v1alpha1.",
        "Clients prefer versions by their names: other names come last, whatever they are.",
        _VERSIONS, of_version=resources.versionnames,
    ),
)  # fmt: skip
