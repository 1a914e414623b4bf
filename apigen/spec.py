"""What a person may write: the shape of the project file and of resource files, with a sentence for every key.

The strings under the fields are the documentation: they reach editors through the JSON Schema and readers
through docs/spec.md. What the words mean together is checked later, in resolve.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue

from apigen.conversionspec import ConversionSpec
from apigen.diffspec import DiffSpec
from apigen.lintspec import LintSpec, SilenceSpec
from apigen.names import plural
from apigen.strict import Strict

# Keys of the language that a later version of apigen will honour. They are refused by name, never ignored.
LATER = {
    "ProjectSpec": ("clients",),
}  # fmt: skip


class ProjectSpec(Strict):
    """The project file, apigen.yaml: one API server."""

    apigen: Literal[1]
    """The version of this format: 1."""
    name: str = Field(examples=["edge"])
    """The name of the server's binary and what its manifests begin with: a DNS label."""
    module: str = Field(examples=["example.com/edge"])
    """The path of the Go module."""
    kubernetes: str = Field(examples=["1.37"])
    """The Kubernetes minor whose libraries the server is built on, in quotes."""
    admission: list[str] = Field([], examples=[["BanFlunder"]])
    """Admission plugins of yours, in their order, before those of the cluster; each makes a file that is yours."""
    diff: DiffSpec = Field(DiffSpec(), examples=[{"allow": [{"change": "kind-removed", "reason": "moved"}]}])
    """What `apigen diff` lets pass."""
    lint: LintSpec = Field(LintSpec(), examples=[{"enable": ["nobools"]}])
    """Which rules `apigen lint` holds the spec to."""


def _short(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class ValidationSpec(Strict):
    """A rule in CEL: the language, the libraries and the limits of `x-kubernetes-validations`."""

    rule: str = Field(examples=["self.min <= self.max"])
    """What is true of every value allowed. `self` is the value, `oldSelf` what it was before an update."""
    message: str = Field("", examples=["min must not exceed max"])
    """What a client is told; the rule itself if left out."""
    message_expression: str = Field("", examples=["'max must be at least ' + string(self.min)"])
    """A CEL expression for the message."""
    reason: (
        Literal["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"]
        | None
    ) = Field(None, examples=["FieldValueForbidden"])
    """What kind of fault it is, for programs; FieldValueInvalid if left out."""
    field_path: str = Field("", examples=[".max"])
    """The field to which the message points, from where the rule stands."""
    optional_old_self: bool = Field(False, examples=[True])
    """Whether a rule with `oldSelf` holds for new values too; `oldSelf` is an optional value then."""


class _ObjectSpec(Strict):

    validations: list[ValidationSpec] | None = Field(
        None, examples=[[{"rule": "self.min <= self.max", "message": "min must not exceed max"}]]
    )
    """Rules in CEL for the value."""

    exactly_one_of: list[str] | list[list[str]] | None = Field(
        None, min_length=1, examples=[["host", "path"]]
    )
    """The fields of which an object says one and only one: their names, or a list of such lists."""
    at_most_one_of: list[str] | list[list[str]] | None = Field(
        None, min_length=1, examples=[["cert", "secret"]]
    )
    """The fields of which an object says one or none."""
    at_least_one_of: list[str] | list[list[str]] | None = Field(
        None, min_length=1, examples=[["cpu", "memory"]]
    )
    """The fields of which an object says one or more."""
    preserve_unknown_fields: bool = Field(False, examples=[True])
    """Whether an object keeps what it says besides its fields, as it is sent. Neither the search for unknown and
    duplicate fields nor strategic merge patches look into such an object."""


class FieldSpec(_ObjectSpec):
    """A field, a list's item, a map's value or a named type; a text alone is short for its type."""

    type: str | None = Field(None, examples=["list of string"])
    """A type phrase: `string`, `int32`, `list of Server`, `map of quantity`, `core/v1.PodSpec`, ..."""
    fields: dict[str, Annotated["FieldSpec", BeforeValidator(_short)]] | None = Field(
        None, examples=[{"host": "string", "port": {"type": "int32"}}]
    )
    """The fields of an object, by JSON name. Instead of `type`, or in `items` and `values`."""
    description: str = Field("", examples=["The name of the host."])
    """What the field means; becomes Go comments and what `kubectl explain` prints."""
    required: bool = Field(False, examples=[True])
    """Whether an object without the field is refused."""
    default: JsonValue = Field(None, examples=["RoundRobin"])
    """The value that an absent field gets; of the field's type."""
    deprecated: bool = Field(False, examples=[True])
    """Whether the field is on its way out; its description says so to readers."""
    immutable: Literal["onceSet"] | bool = Field(False, examples=[True])
    """Whether the field never changes after creation, nor is set or unset; `onceSet`: set later, it stays."""
    example: JsonValue = Field(None, examples=["RoundRobin"])
    """A value as it may be, for readers and for the objects of generated tests; of the field's type."""
    nullable: bool = Field(False, examples=[True])
    """Whether null is accepted; it equals absent."""
    enum: list[str | int] | dict[str, str] | None = Field(None, examples=[["RoundRobin", "LeastConnections"]])
    """The values allowed: a list, or a map of value to description. Strings or integers."""
    minimum: int | float | None = Field(None, examples=[1])
    """The least number allowed."""
    maximum: int | float | None = Field(None, examples=[100])
    """The greatest number allowed."""
    exclusive_minimum: int | float | None = Field(None, examples=[0])
    """A number that is too small, and all below it."""
    exclusive_maximum: int | float | None = Field(None, examples=[101])
    """A number that is too great, and all above it."""
    multiple_of: int | float | None = Field(None, gt=0, examples=[5])
    """A number of which the value is a multiple."""
    min_length: int | None = Field(None, ge=0, examples=[1])
    """The least length of a text, in characters."""
    max_length: int | None = Field(None, ge=0, examples=[253])
    """The greatest length of a text, in characters."""
    pattern: str | None = Field(None, examples=["^[a-z]+$"])
    """A regular expression (RE2) that a text must match somewhere; `^` and `$` bind it to the ends."""
    format: str | None = Field(None, examples=["ipv4"])
    """What a text must be: `date-time`, `ipv4`, `cidr`, `hostname`, `email`, `uri`, `uuid`, `k8s-short-name`, ..."""
    min_items: int | None = Field(None, ge=0, examples=[1])
    """The least number of items in a list."""
    max_items: int | None = Field(None, ge=0, examples=[16])
    """The greatest number of items in a list."""
    min_properties: int | None = Field(None, ge=0, examples=[1])
    """The least number of entries in a map, or of fields that an object says."""
    max_properties: int | None = Field(None, ge=0, examples=[16])
    """The greatest number of entries in a map, or of fields that an object says."""
    items: Annotated["FieldSpec", BeforeValidator(_short)] | None = Field(None, examples=[{"minLength": 1}])
    """What holds for each item of a list; takes every key that a field takes."""
    values: Annotated["FieldSpec", BeforeValidator(_short)] | None = Field(None, examples=[{"minimum": 0}])
    """What holds for each value of a map; takes every key that a field takes."""
    list_type: Literal["atomic", "set", "map"] | None = Field(None, examples=["map"])
    """How writers share a list: `atomic` as a whole, `set` by value, `map` by the keys of its items."""
    list_map_keys: list[str] | None = Field(None, examples=[["name"]])
    """The item fields that tell the items of a `listType: map` apart."""
    map_type: Literal["granular", "atomic"] | None = Field(None, examples=["atomic"])
    """How writers share a map or an object: `granular` key by key (the default), or `atomic` as a whole."""


Fields = dict[str, Annotated[FieldSpec, BeforeValidator(_short)]]


class ScaleSpec(Strict):
    """Where the scale subresource reads and writes."""

    spec_replicas_path: str = Field(examples=[".spec.replicas"])
    """The JSON path of the wanted number of replicas, under .spec: an int32."""
    status_replicas_path: str = Field(examples=[".status.replicas"])
    """The JSON path of the observed number of replicas, under .status: an int32."""
    label_selector_path: str | None = Field(None, examples=[".status.selector"])
    """The JSON path of a label selector as text, under .spec or .status."""


class SubresourcesSpec(Strict):
    """The subresources of a version."""

    status: bool | None = Field(None, examples=[False])
    """Whether status is written through an endpoint of its own; true where a root field is called status."""
    scale: ScaleSpec | None = Field(
        None, examples=[{"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}]
    )
    """Turns on what `kubectl scale` and autoscalers use."""


class ColumnSpec(Strict):
    """A column of `kubectl get`."""

    name: str = Field(examples=["Ready"])
    """The head of the column."""
    type: Literal["integer", "number", "string", "boolean", "date"] = Field(examples=["string"])
    """How the value is printed."""
    json_path: str = Field(examples=['.status.conditions[?(@.type=="Ready")].status'])
    """Where the value stands."""
    description: str = Field("", examples=["Whether it is ready."])
    """What the column shows."""
    format: str = Field("", examples=["int32"])
    """The OpenAPI format of the value."""
    priority: int = Field(0, ge=0, examples=[1])
    """0 shows the column always, a greater one only with `-o wide`."""


class SelectableFieldSpec(Strict):
    """A field that field selectors may name."""

    json_path: str = Field(examples=[".spec.balancing"])
    """The field: a string, a boolean or an integer outside of lists and maps."""


class VersionSpec(_ObjectSpec):
    """One version of the API of a kind."""

    name: str = Field(examples=["v1beta1"])
    """The version: v1, v1beta1, v2alpha3, ..."""
    description: str = Field("", examples=["An upstream."])
    """What the kind is in this version; the kind's own description if left out."""
    served: bool = Field(True, examples=[True])
    """Whether clients may use the version; an unserved one is still understood when read from storage."""
    storage: bool = Field(False, examples=[True])
    """Whether objects are stored in this version; exactly one is."""
    deprecated: bool = Field(False, examples=[True])
    """Whether a request in this version is answered with a warning."""
    deprecation_warning: str | None = Field(None, examples=["use example.com/v1"])
    """The text of that warning."""
    fields: Fields = Field(examples=[{"spec": {"fields": {"host": "string"}}}])
    """The root fields by JSON name: spec, status and others; metadata is implied."""
    types: Fields = Field({}, examples=[{"Server": {"fields": {"host": "string"}}}])
    """Types of this version alone; they win over the kind's types of the same name."""
    subresources: SubresourcesSpec = Field(SubresourcesSpec(), examples=[{"status": False}])
    """What has an endpoint of its own: status and scale."""
    additional_printer_columns: list[ColumnSpec] = Field(
        [], examples=[[{"name": "Host", "type": "string", "jsonPath": ".spec.host"}]]
    )
    """The columns of `kubectl get` besides the name; Age alone if left out."""
    selectable_fields: list[SelectableFieldSpec] = Field([], examples=[[{"jsonPath": ".spec.host"}]])
    """The fields that field selectors may name besides metadata.name and metadata.namespace."""


class NamesSpec(Strict):
    """What the resource is called besides its kind."""

    plural: str | None = Field(None, examples=["upstreams"])
    """The plural, as in URLs; the kind in lower case with an English ending if left out."""
    singular: str | None = Field(None, examples=["upstream"])
    """The singular; the kind in lower case if left out."""
    short_names: list[str] = Field([], examples=[["ups"]])
    """Abbreviations for kubectl."""
    categories: list[str] = Field([], examples=[["all"]])
    """The groups of resources, such as `all`, to which `kubectl get` adds this one."""
    list_kind: str | None = Field(None, examples=["UpstreamList"])
    """The kind of lists; the kind and `List` if left out."""


class NameSpec(Strict):
    """What the name of an object must be, besides a DNS subdomain of at most 253 characters."""

    min_length: int | None = Field(None, ge=0, examples=[3])
    """The least length of a name, in characters."""
    max_length: int | None = Field(None, ge=1, examples=[63])
    """The greatest length of a name, in characters."""
    pattern: str | None = Field(None, examples=["^[a-z]"])
    """A regular expression (RE2) that a name must match somewhere; `^` and `$` bind it to the ends."""
    format: str | None = Field(None, examples=["k8s-short-name"])
    """What a name must be, such as `k8s-short-name`, a DNS label."""


class MetadataSpec(Strict):
    """What is demanded of the metadata of an object."""

    name: NameSpec = Field(examples=[{"maxLength": 63}])
    """What is demanded of its name."""


class TypesSpec(Strict):
    """A file without a kind: types that all kinds of a group may use."""

    apigen: Literal[1]
    """The version of this format: 1."""
    group: str
    """The API group."""
    types: Fields
    """The types by name."""
    lint: list[SilenceSpec] = Field(
        [], examples=[[{"rule": "nobools", "path": "spec.gift", "reason": "it is one or it is not"}]]
    )
    """Where rules of `apigen lint` do not hold, and why."""


class ResourceSpec(Strict):
    """A resource file: one kind with its versions and how they convert."""

    apigen: Literal[1]
    """The version of this format: 1."""
    group: str = Field(examples=["nginx.example.com"])
    """The API group: a DNS name with a dot that you own."""
    kind: str = Field(examples=["Upstream"])
    """The kind, in CamelCase."""
    description: str = Field("", examples=["A named set of servers."])
    """What the kind is; becomes Go comments and what `kubectl explain` prints."""
    scope: Literal["Namespaced", "Cluster"] = Field("Namespaced", examples=["Cluster"])
    """Whether objects live in a namespace or in the cluster."""
    names: NamesSpec = Field(NamesSpec(), examples=[{"plural": "upstreams", "shortNames": ["ups"]}])
    """What the resource is called besides its kind."""
    metadata: MetadataSpec | None = Field(None, examples=[{"name": {"maxLength": 63}}])
    """What is demanded of the metadata of new objects, in all versions."""
    types: Fields = Field({}, examples=[{"Server": {"fields": {"host": "string"}}}])
    """Named types that all versions share."""
    versions: list[VersionSpec] = Field(min_length=1)
    """The versions that clients speak, in any order."""
    conversions: list[ConversionSpec] = Field([], examples=[[{"from": "v1alpha1", "to": "v1"}]])
    """How the versions convert into each other: a tree over all of them."""
    hooks: list[Literal["default", "prepare", "validate", "warnings"]] = Field([], examples=[["validate"]])
    """Where Go code of yours runs; each makes a file, once, that is yours."""
    lint: list[SilenceSpec] = Field(
        [], examples=[[{"rule": "nobools", "path": "spec.gift", "reason": "it is one or it is not"}]]
    )
    """Where rules of `apigen lint` do not hold, and why."""

    @property
    def plural(self) -> str:
        """The plural that was given, or the one that the kind has by itself."""
        return self.names.plural or plural(self.kind)

    @property
    def list_kind(self) -> str:
        """The kind of lists that was given, or the one that the kind has by itself."""
        return self.names.list_kind or self.kind + "List"
