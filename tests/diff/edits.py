"""Edits of a spec, with what `apigen diff` has to say of each: codes, and the paths that it is about."""

BASE = """\
apigen: 1
group: shop.example.com
kind: Widget
description: A widget.
names: {plural: widgets, shortNames: [wd], categories: [all]}
metadata: {name: {maxLength: 60}}
types:
  Color: {type: string, enum: [Red, Green]}
  Part:
    fields:
      name: {type: string, required: true}
      size: {type: int32, minimum: 1, maximum: 9}
versions:
  - name: v1
    storage: true
    validations: [{rule: "has(self.spec)"}]
    fields:
      spec:
        fields:
          title: {type: string, required: true, maxLength: 20, pattern: "^[a-z]+$"}
          color: {type: Color, default: Red}
          count: {type: int32, default: 1, minimum: 1}
          note: {type: string, description: A note.}
          maybe: {type: string, nullable: true}
          tags: {type: list of string, listType: set, maxItems: 5}
          words: {type: list of string}
          parts: {type: list of Part, listType: map, listMapKeys: [name]}
          labels: {type: map of string, maxProperties: 4}
          limits: {type: map of quantity, mapType: atomic}
          pod: {type: core/v1.PodSpec}
          at: {type: time}
          fixed: {type: string, immutable: onceSet}
          replicas: {type: int32, required: true, minimum: 0}
          mode: {type: string, enum: [Fast, Slow]}
          options:
            preserveUnknownFields: true
            atMostOneOf: [file, url]
            fields: {file: string, url: string}
      status:
        fields:
          ready: bool
          replicas: {type: int32, required: true, minimum: 0}
    subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
    selectableFields: [{jsonPath: .spec.title}]
    additionalPrinterColumns: [{name: Title, type: string, jsonPath: .spec.title}]
  - name: v1beta1
    fields:
      spec: {fields: {title: {type: string, required: true, maxLength: 20, pattern: "^[a-z]+$"}, paint: {type: Color, default: Red}}}
      status: {fields: {ready: bool}}
    subresources: {}
conversions:
  - from: v1beta1
    to: v1
    rules:
      - {from: spec.paint, to: spec.color}
      - {to: [spec.count, spec.note, spec.maybe, spec.tags, spec.words, spec.parts, spec.labels, spec.limits, spec.pod]}
      - {to: [spec.at, spec.fixed, spec.mode, spec.options, status.replicas]}
      - {to: spec.replicas, value: 1}
"""

ALONE = BASE[: BASE.index("  - name: v1beta1")]
"""The same with one version, of which fields can come and go without a rule."""

EDIT = tuple[str, str, str]
"""What is replaced, with what, and what is to be found: `code path`, separated by commas; codes that break first."""

COMPATIBLE: tuple[EDIT, ...] = (
    ("description: A note.", "description: Another note.", ""),
    ("description: A widget.", "description: The widget.", ""),
    ("note: {type: string,", "more: {type: string}\n          note: {type: string,", "field-added spec.more"),
    ("note: {type: string,", "more: {type: int32, required: true, default: 1}\n          note: {type: string,", "field-added spec.more"),
    ("title: {type: string, required: true, maxLength: 20, pattern: \"^[a-z]+$\"}\n", "title: {type: string, required: true, maxLength: 30, pattern: \"^[a-z]+$\"}\n", "constraint-loosened spec.title"),
    ("maxItems: 5", "maxItems: 6", "constraint-loosened spec.tags"),
    ("maxItems: 5", "description: Tags.", "constraint-loosened spec.tags"),
    ("maxProperties: 4", "maxProperties: 5", "constraint-loosened spec.labels"),
    ("maximum: 9", "maximum: 10", "constraint-loosened spec.parts.*.size"),
    ("size: {type: int32, minimum: 1", "size: {type: int32, minimum: 0", "constraint-loosened spec.parts.*.size"),
    ("enum: [Red, Green]", "enum: [Red, Green, Blue]", "enum-value-added spec.color"),
    ("enum: [Fast, Slow]", "enum: [Slow, Fast]", ""),
    ("at: {type: time}", "at: {type: time, nullable: true}", "nullable spec.at"),
    ("validations: [{rule: \"has(self.spec)\"}]\n", "description: More.\n", "rule-removed "),
    ("atMostOneOf: [file, url]", "description: Options.", "constraint-loosened spec.options"),
    ("immutable: onceSet", "description: Fixed.", "constraint-loosened spec.fixed"),
    ("shortNames: [wd]", "shortNames: [wd, wg]", "name-added"),
    ("categories: [all]", "categories: [all, shop]", "name-added"),
    ("maxLength: 60", "maxLength: 63", "object-names-loosened"),
    ("metadata: {name: {maxLength: 60}}\n", "", "object-names-loosened"),
    ("selectableFields: [{jsonPath: .spec.title}]", "selectableFields: [{jsonPath: .spec.title}, {jsonPath: .spec.note}]", "selector-added"),
    ("additionalPrinterColumns: [{name: Title,", "additionalPrinterColumns: [{name: Name,", "columns-changed"),
    ("  - name: v1beta1\n", "  - name: v1beta1\n    deprecated: true\n", "version-deprecated"),
    ("          note:", "          zzz: bool\n          note:", "field-added spec.zzz"),
    ("status:\n        fields:\n          ready: bool", "status:\n        fields:\n          ready: bool\n          phase: string", "field-added status.phase"),
    ("words: {type: list of string}", "words: {type: list of string, listType: atomic}", ""),
    ("labels: {type: map of string,", "labels: {type: map of string, mapType: granular,", ""),
    ("replicas: {type: int32, required: true, minimum: 0}\n          mode", "replicas: {type: int32, required: true, minimum: 0, maximum: 9}\n          mode", "constraint-tightened spec.replicas"),
    ("fields: {file: string, url: string}", "fields: {url: string, file: string}", ""),
    ("names: {plural: widgets, ", "names: {", ""),
    ("at: {type: time}", "at: {type: time, example: \"2026-01-01T00:00:00Z\"}", ""),
    ("color: {type: Color, default: Red}", "color: {type: Color, default: Red, description: Its color.}", ""),
    ("limits: {type: map of quantity, mapType: atomic}", "limits: {type: map of quantity, mapType: atomic, maxProperties: 8}", "constraint-tightened spec.limits"),
    ("          fixed:", "          # a comment\n          fixed:", ""),
    ("name: {type: string, required: true}", "name: {type: string, required: true, description: A name.}", ""),
    ("fields: {file: string, url: string}", "fields: {file: string, url: string, text: string}", "field-added spec.options.text"),
    ("kind: Widget\n", "kind: Widget\nscope: Namespaced\n", ""),
    ("mode: {type: string, enum: [Fast, Slow]}", "mode: {type: string, enum: [Fast, Slow, Idle]}", "enum-value-added spec.mode"),
    ("atMostOneOf: [file, url]\n            fields: {file: string, url: string}", "atMostOneOf: [file, url, text]\n            fields: {file: string, url: string, text: string}", "field-added spec.options.text"),
    ("Color: {type: string, enum: [Red, Green]}", "Color: {type: string, enum: [Red, Green], minLength: 0}", ""),
    ("minimum: 1}\n          note", "exclusiveMinimum: 0}\n          note", ""),
    ("spec:\n        fields:\n          title", "spec:\n        required: true\n        fields:\n          title", ""),
    ("words: {type: list of string}", "words: {type: list of string, minItems: 0}", ""),
)  # fmt: skip

BREAKING: tuple[EDIT, ...] = (
    ("note: {type: string,", "more: {type: string, required: true}\n          note: {type: string,", "required-field-added spec.more"),
    ("          at: {type: time}\n", "", "field-removed spec.at"),
    ("at: {type: time}", "at: {type: string}", "type-changed spec.at"),
    ("count: {type: int32, default: 1, minimum: 1}", "count: {type: int64, default: 1, minimum: 1}", "type-widened spec.count"),
    ("count: {type: int32, default: 1, minimum: 1}", "count: {type: string}", "type-changed spec.count, default-removed spec.count"),
    ("words: {type: list of string}", "words: {type: list of int32}", "type-changed spec.words.*"),
    ("words: {type: list of string}", "words: {type: string}", "type-changed spec.words"),
    ("labels: {type: map of string, maxProperties: 4}", "labels: {type: map of bool, maxProperties: 4}", "type-changed spec.labels.*"),
    ("pod: {type: core/v1.PodSpec}", "pod: {type: core/v1.Container}", "type-changed spec.pod"),
    ("pod: {type: core/v1.PodSpec}", "pod: {type: open object}", "type-changed spec.pod"),
    ("note: {type: string,", "note: {type: string, required: true,", "required spec.note"),
    ("maybe: {type: string, nullable: true}", "maybe: {type: string}", "not-nullable spec.maybe"),
    ("note: {type: string,", "note: {type: string, default: x,", "default-added spec.note"),
    ("count: {type: int32, default: 1, minimum: 1}", "count: {type: int32, default: 2, minimum: 1}", "default-changed spec.count"),
    ("count: {type: int32, default: 1, minimum: 1}", "count: {type: int32, minimum: 1}", "default-removed spec.count"),
    ("mode: {type: string, enum: [Fast, Slow]}", "mode: {type: string, enum: [Fast]}", "enum-value-removed spec.mode"),
    ("mode: {type: string, enum: [Fast, Slow]}", "mode: {type: string, enum: [Fast, Late]}", "enum-value-removed spec.mode, enum-value-added spec.mode"),
    ("note: {type: string,", "note: {type: string, enum: [a, b],", "constraint-tightened spec.note"),
    ("note: {type: string,", "note: {type: string, maxLength: 5,", "constraint-tightened spec.note"),
    ("note: {type: string,", "note: {type: string, minLength: 1,", "constraint-tightened spec.note"),
    ("note: {type: string,", "note: {type: string, pattern: \"^x\",", "constraint-tightened spec.note"),
    ("note: {type: string,", "note: {type: string, format: ipv4,", "constraint-tightened spec.note"),
    ("maximum: 9", "maximum: 8", "constraint-tightened spec.parts.*.size"),
    ("size: {type: int32, minimum: 1", "size: {type: int32, minimum: 2", "constraint-tightened spec.parts.*.size"),
    ("maxItems: 5", "maxItems: 4", "constraint-tightened spec.tags"),
    ("maxItems: 5", "maxItems: 5, items: {maxLength: 9}", "constraint-tightened spec.tags.*"),
    ("words: {type: list of string}", "words: {type: list of string, minItems: 1}", "constraint-tightened spec.words"),
    ("immutable: onceSet", "immutable: true", "constraint-tightened spec.fixed"),
    ("note: {type: string,", "note: {type: string, immutable: true,", "constraint-tightened spec.note"),
    ("atMostOneOf: [file, url]", "exactlyOneOf: [file, url]", "constraint-tightened spec.options"),
    ("            preserveUnknownFields: true\n", "", "unknown-fields-dropped spec.options"),
    ("tags: {type: list of string, listType: set", "tags: {type: list of string, listType: atomic", "list-type-changed spec.tags"),
    ("words: {type: list of string}", "words: {type: list of string, listType: set}", "list-keys-changed spec.words"),
    ("listType: map, listMapKeys: [name]}", "listType: atomic}", "list-type-changed spec.parts"),
    ("mapType: atomic", "mapType: granular", "list-type-changed spec.limits"),
    ("validations: [{rule: \"has(self.spec)\"}]", "validations: [{rule: \"has(self.spec)\"}, {rule: \"self.spec.replicas > 0\"}]", "rule-added "),
    ("note: {type: string,", "note: {type: string, validations: [{rule: \"self != 'x'\"}],", "rule-added spec.note"),
    ("plural: widgets", "plural: widgetes", "plural-changed"),
    ("kind: Widget\n", "kind: Widget\nscope: Cluster\n", "scope-changed"),
    ("shortNames: [wd]", "shortNames: []", "name-removed"),
    ("names: {plural: widgets", "names: {listKind: Widgets, plural: widgets", "list-kind-changed"),
    ("maxLength: 60", "maxLength: 50", "object-names-tightened"),
    ("    subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}\n", "", "scale-removed"),
    ("    selectableFields: [{jsonPath: .spec.title}]\n", "", "selector-removed"),
    ("  - name: v1beta1\n", "  - name: v1beta1\n    served: false\n", "version-unserved"),
    ("      - {from: spec.paint, to: spec.color}\n", "      - {from: spec.paint}\n      - {to: spec.color}\n", "conversion-changed spec.paint, conversion-changed spec.color"),
    ("      - {from: spec.paint, to: spec.color}\n", "      - {from: spec.paint, to: spec.color, as: {enum: {Red: Green, Green: Red}}}\n", "conversion-changed spec.paint, conversion-changed spec.color"),
    ("{to: spec.replicas, value: 1}", "{to: spec.replicas, value: 2}", "new-value-changed spec.replicas"),
    ("specReplicasPath: .spec.replicas", "specReplicasPath: .spec.count", "scale-changed"),
    ("{rule: \"has(self.spec)\"}", "{rule: \"!oldSelf.hasValue() || has(self.spec)\", optionalOldSelf: true}", "rule-added , rule-removed "),
)  # fmt: skip
