"""The table of changes: what each breaks, by which rule, and the way out. docs/diff.md is printed from it.

The rules are those of Kubernetes: "Changing the API" (contributors/devel/sig-architecture/api_changes.md) and the
deprecation policy (kubernetes.io/docs/reference/using-api/deprecation-policy).
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a change breaks."""

    CLIENTS = "breaks clients"
    STORED = "breaks stored data"
    GO = "breaks Go importers"


@dataclass(frozen=True)
class Code:
    """A kind of change. One without verdicts is compatible; `rule` is why, `way` what to do instead."""

    name: str
    about: str
    breaks: tuple[Verdict, ...] = ()
    rule: str = ""
    way: str = ""


_CLIENTS, _STORED, _GO = Verdict.CLIENTS, Verdict.STORED, Verdict.GO

_REMOVAL = "API elements may only be removed by incrementing the version of the API group (deprecation policy, rule 1)"
_ROUND = "objects must round-trip between the versions of a release without loss (deprecation policy, rule 2)"
_LIFETIME = "a version stays served for 12 months (GA) or 9 months (beta) after it is deprecated (rule 4a)"
_WRITES = (
    "what worked before the change must work after it, with the same meaning (api_changes.md, compatibility)"
)
_DEFAULTS = (
    "defaults of an existing version must not change: clients rely on what they do not say (api_changes.md)"
)
_STORAGE = (
    "the storage version may advance only after a release that serves both (deprecation policy, rule 4b)"
)
_VALIDATION = "validation must not be tightened: objects that were valid stay valid (api_changes.md)"
_SOURCE = "names in Go are an interface too: whoever imports the types has to change the source"
_KEYS = "a server that was upgraded finds what is stored (api_changes.md, compatibility)"
_OWNERS = "how owners share a list or map is part of the API: server-side apply merges by it (api_changes.md)"

_ADD_VERSION = "add a version that says it otherwise, and a conversion rule"
_ADD_OPTIONAL = "make it optional, or give it a default in a new version"
_DEPRECATE = "set `deprecated: true`, and `served: false` only when its time is over"
_KEEP_VERSION = "keep the version, not served, until `migrate` has rewritten every object"
_KEEP_NAME = "keep the name; add a version for a better one"
_NEW_KIND = "add a kind, move the objects, remove the old kind later"

CODES: tuple[Code, ...] = (
    Code("module-changed", "the path of the Go module", (_GO,), _SOURCE, "keep it, or tell importers"),
    Code(
        "project-renamed",
        "the store keeps objects under the name of the project",
        (_STORED,),
        _KEYS,
        "keep the name, or start the server with `--etcd-prefix /registry/OLD`",
    ),
    Code("kubernetes-changed", "fields of Kubernetes' own types are those of another minor"),
    Code("kind-added", "a kind is new"),
    Code(
        "kind-removed", "a kind is gone", (_CLIENTS, _STORED, _GO), _REMOVAL, "deprecate its versions first"
    ),
    Code(
        "plural-changed",
        "the name of the resource in URLs and in the store",
        (_CLIENTS, _STORED),
        _WRITES,
        _NEW_KIND,
    ),
    Code("scope-changed", "whether objects live in a namespace", (_CLIENTS, _STORED), _WRITES, _NEW_KIND),
    Code("list-kind-changed", "the kind of lists", (_CLIENTS, _GO), _WRITES, _KEEP_NAME),
    Code(
        "name-removed",
        "a short name, category or singular that kubectl knew",
        (_CLIENTS,),
        _WRITES,
        _KEEP_NAME,
    ),
    Code("name-added", "a short name, category or singular"),
    Code("object-names-tightened", "what new objects may be called", (_CLIENTS,), _VALIDATION, "loosen it"),
    Code("object-names-loosened", "what new objects may be called"),
    Code("subresource-added", "status is written apart from the rest, or scale is there", (), "", ""),
    Code(
        "status-endpoint-added",
        "writes to the main endpoint leave status as it is",
        (_CLIENTS,),
        _WRITES,
        _ADD_VERSION,
    ),
    Code(
        "status-endpoint-removed",
        "controllers cannot write status apart",
        (_CLIENTS,),
        _REMOVAL,
        _ADD_VERSION,
    ),
    Code("scale-removed", "autoscalers and kubectl scale fail", (_CLIENTS,), _REMOVAL, _ADD_VERSION),
    Code(
        "scale-changed",
        "autoscalers and kubectl scale read and write other fields",
        (_CLIENTS,),
        _WRITES,
        _ADD_VERSION,
    ),
    Code("columns-changed", "what `kubectl get` prints: tables are for people"),
    Code("version-added", "a version is new"),
    Code("version-removed", "a version is gone", (_CLIENTS, _GO), _LIFETIME, _DEPRECATE),
    Code(
        "stored-version-removed",
        "objects that are stored in it can be read no more",
        (_CLIENTS, _STORED, _GO),
        _STORAGE,
        _KEEP_VERSION,
    ),
    Code(
        "version-unserved",
        "clients get 404",
        (_CLIENTS,),
        _LIFETIME,
        "deprecate it, and wait until its time is over",
    ),
    Code("version-served", "a version that was not served is"),
    Code("version-deprecated", "requests are answered with a warning"),
    Code("version-undeprecated", "requests are answered without a warning"),
    Code(
        "storage-version-changed",
        "objects are written in another version from now on; `migrate` rewrites the others",
    ),
    Code(
        "storage-version-too-early",
        "objects are written in a version that the server before does not know: it cannot be rolled back to",
        (_STORED,),
        _STORAGE,
        "add the version in one release, and store it in the next",
    ),
    Code("field-added", "a field is new, and optional"),
    Code(
        "required-field-added",
        "objects without the new field are refused",
        (_CLIENTS,),
        _WRITES,
        _ADD_OPTIONAL,
    ),
    Code(
        "field-removed",
        "a field is gone, and what is in it",
        (_CLIENTS, _STORED, _GO),
        _REMOVAL,
        "keep it and set `deprecated: true`, and leave it out of a new version; another name is for a new version, too,"
        " with a rule `{from: OLD, to: NEW}`",
    ),
    Code(
        "type-changed",
        "values of the old type are refused, or do not decode",
        (_CLIENTS, _STORED, _GO),
        _WRITES,
        _ADD_VERSION,
    ),
    Code(
        "type-widened",
        "clients may meet values that do not fit what they have",
        (_CLIENTS, _GO),
        _WRITES,
        _ADD_VERSION,
    ),
    Code("required", "objects without the field are refused", (_CLIENTS,), _VALIDATION, _ADD_VERSION),
    Code("optional", "the field may be missing now"),
    Code("nullable", "null is accepted"),
    Code("not-nullable", "null is refused", (_CLIENTS,), _VALIDATION, "keep `nullable: true`"),
    Code("default-added", "what is not said has a meaning now", (_CLIENTS,), _DEFAULTS, _ADD_VERSION),
    Code("default-changed", "what is not said has another meaning", (_CLIENTS,), _DEFAULTS, _ADD_VERSION),
    Code("default-removed", "what is not said is absent now", (_CLIENTS,), _DEFAULTS, _ADD_VERSION),
    Code("enum-value-added", "old clients may meet a word that they do not know"),
    Code(
        "enum-value-removed",
        "a word is refused, and its constant in Go gone; stored objects keep it until they change it",
        (_CLIENTS, _GO),
        _VALIDATION,
        _ADD_VERSION,
    ),
    Code(
        "constraint-tightened",
        "values that were valid are refused; stored ones stay until they change",
        (_CLIENTS,),
        _VALIDATION,
        _ADD_VERSION,
    ),
    Code("constraint-loosened", "more values are accepted; old clients may meet them"),
    Code("rule-added", "a rule in CEL refuses what was valid", (_CLIENTS,), _VALIDATION, _ADD_VERSION),
    Code("rule-removed", "a rule in CEL is gone"),
    Code("list-type-changed", "how owners share a list, map or object", (_CLIENTS,), _OWNERS, _ADD_VERSION),
    Code(
        "list-keys-changed",
        "what tells items apart: stored lists may have it twice",
        (_CLIENTS, _STORED),
        _OWNERS,
        _ADD_VERSION,
    ),
    Code("unknown-fields-kept", "an object keeps what it says besides its fields"),
    Code(
        "unknown-fields-dropped",
        "what objects say besides their fields is lost",
        (_CLIENTS, _STORED),
        _ROUND,
        "keep `preserveUnknownFields: true`",
    ),
    Code(
        "selector-removed",
        "requests with the field selector are refused",
        (_CLIENTS,),
        _REMOVAL,
        "keep it selectable",
    ),
    Code("selector-added", "a field may be selected by"),
    Code(
        "go-package-changed",
        "the path of a package in Go: a group of a similar name came or went",
        (_GO,),
        _SOURCE,
        "tell importers",
    ),
    Code("go-name-changed", "a name in Go", (_GO,), _SOURCE, "tell importers"),
    Code(
        "go-pointer-changed",
        "a field in Go is a pointer, or is none any more",
        (_GO,),
        _SOURCE,
        "tell importers",
    ),
    Code(
        "conversion-changed",
        "a field of one version shows as something else in the other, or what was kept of it is kept no more",
        (_CLIENTS, _STORED),
        _ROUND,
        "look at it: what was written through one version must read as it did",
    ),
    Code(
        "new-value-changed",
        "objects made through another version get something else",
        (_CLIENTS,),
        _DEFAULTS,
        "keep the `value` of the rule",
    ),
)

BY_NAME = {code.name: code for code in CODES}
BREAKING = tuple(code.name for code in CODES if code.breaks)
