"""`apigen import`: cases of what becomes of a definition, what is refused, and the command as a person meets it.

A case is a folder: crd.yaml, the resource file expected.yaml and the report report.json. `--update` rewrites the two.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from test_cli import Done, Run, apigen, tree  # noqa: F401

from apigen.crd.account import account, as_json
from apigen.crd.convert import Imported, convert
from apigen.crd.read import read, yaml11
from apigen.crd.settle import resolved
from apigen.crd.text import text_of
from apigen.problems import SpecError
from apigen.source import parse

CASES = sorted(p.parent for p in (Path(__file__).parent / "imports").glob("*/crd.yaml"))
HEAD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
"""


def crd(schema: str, versions: str = "") -> bytes:
    """A definition with one version, whose spec has that schema in flow style."""
    root = f"{{type: object, properties: {{spec: {schema}}}}}"
    one = f"    - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {root}}}}}\n"
    return (HEAD + (versions or one)).encode()


def made(data: bytes) -> Imported:
    (definition,), _ = read(data, "crd.yaml")
    done = convert(definition)
    resolved(parse(done.text.encode(), "thing.yaml"))
    return done


def spec_of(data: bytes) -> dict[str, Any]:
    """The spec field of the one version that was made."""
    document = parse(made(data).text.encode(), "thing.yaml").document
    return document["versions"][0]["fields"]["spec"]


def fields_of(properties: str) -> dict[str, Any]:
    return spec_of(crd(f"{{type: object, properties: {properties}}}"))["fields"]


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_case(case: Path, request: pytest.FixtureRequest) -> None:
    done = made((case / "crd.yaml").read_bytes())
    report = as_json([account(done, "resources/it.yaml")], [])
    if request.config.getoption("--update"):
        (case / "expected.yaml").write_text(done.text)
        (case / "report.json").write_text(report)
    assert done.text == (case / "expected.yaml").read_text()
    assert report == (case / "report.json").read_text()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: string}", "string"),
        ("{type: integer}", "int64"),
        ("{type: integer, format: int32, minimum: 1.0}", {"type": "int32", "minimum": 1}),
        ("{type: integer, minimum: 0.5, exclusiveMinimum: true}", {"type": "int64", "minimum": 1}),
        ("{type: number, minimum: 0, exclusiveMinimum: true}", {"type": "float64", "exclusiveMinimum": 0}),
        ("{type: string, format: date-time}", "time"),
        ("{type: string, format: date-time, default: '2020-01-01T00:00:00Z'}",
         {"type": "string", "format": "date-time", "default": "2020-01-01T00:00:00Z"}),
        ("{type: string, format: byte}", "bytes"),
        ("{x-kubernetes-preserve-unknown-fields: true}", "any"),
        ("{type: object, x-kubernetes-preserve-unknown-fields: true}", "open object"),
        ("{type: object}", {"fields": {}}),
        ("{type: object, additionalProperties: {type: array, items: {type: string, minLength: 1}}}",
         {"type": "map of list of string", "values": {"items": {"minLength": 1}}}),
        ("{type: array, items: {type: array, items: {type: object, properties: {a: {type: string}}}}}",
         {"type": "list of list of object", "items": {"items": {"fields": {"a": "string"}}}}),
        ("{x-kubernetes-int-or-string: true}", "intOrString"),
        ("{type: integer, enum: [1, 2, 1]}", {"type": "int64", "enum": [1, 2]}),
        ("{type: string, allOf: [{enum: [a, b]}, {enum: [b, c], maxLength: 3}, {maxLength: 2}]}",
         {"type": "string", "enum": ["b"], "maxLength": 2}),
        ("{type: object, properties: {a: {type: string}, b: {type: string}}, not: {required: [a, b]}}",
         {"fields": {"a": "string", "b": "string"}, "atMostOneOf": ["a", "b"]}),
        ("{type: object, properties: {a: {type: string}, b: {type: string}},"
         " anyOf: [{required: [a]}, {required: [b]}]}",
         {"fields": {"a": "string", "b": "string"}, "atLeastOneOf": ["a", "b"]}),
    ],
)  # fmt: skip
def test_a_schema_and_its_field(schema: str, expected: object) -> None:
    assert fields_of(f"{{it: {schema}}}")["it"] == expected


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ("{type: boolean, enum: [true]}", "self == true"),
        ("{x-kubernetes-int-or-string: true, enum: [1, a]}", 'self == 1 || self == "a"'),
        ("{type: number, enum: [1, 2.5]}", "self == 1.0 || self == 2.5"),
        ("{type: string, not: {pattern: '^a\"'}}", '!(self.matches("^a\\""))'),
        ("{type: string, oneOf: [{format: ipv4}, {maxLength: 3}]}",
         "((isIP(self) && ip(self).family() == 4) ? 1 : 0) + ((size(self) <= 3) ? 1 : 0) == 1"),
        ("{type: object, additionalProperties: {type: string}, required: [a]}", '"a" in self'),
        ("{type: object, properties: {for: {type: integer, enum: [1, 2]}, x-y: {type: string}},"
         " anyOf: [{required: [for, x-y]}, {properties: {for: {minimum: 2}}}]}",
         "((has(self.__for__)) && (has(self.x__dash__y))) || (!has(self.__for__) || (self.__for__ >= 2))"),
    ],
)  # fmt: skip
def test_a_demand_that_becomes_a_rule(schema: str, rule: str) -> None:
    (said,) = fields_of(f"{{it: {schema}}}")["it"]["validations"]
    assert said["rule"].replace("(", "").replace(")", "") == rule.replace("(", "").replace(")", "")


def test_objects_that_occur_twice_become_types() -> None:
    server = (
        "{type: object, properties: {address: {type: string}, ports: {type: array, items: {type: integer}}}}"
    )
    many, more = f"{{type: array, items: {server}}}", f"{{type: object, additionalProperties: {server}}}"
    properties = f"{{servers: {many}, addresses: {more}}}"
    document = parse(made(crd(f"{{type: object, properties: {properties}}}")).text.encode(), "r").document
    fields = document["versions"][0]["fields"]["spec"]["fields"]
    assert fields == {"servers": "list of ThingServer", "addresses": "map of ThingServer"}
    assert document["types"] == {"ThingServer": {"fields": {"address": "string", "ports": "list of int64"}}}


def test_a_type_of_kubernetes_only_if_nothing_is_lost() -> None:
    reference = (
        "{type: object, x-kubernetes-map-type: atomic, required: [key], properties: {key: %s, name: {type: string,"
        " default: ''}, optional: {type: boolean}}}"
    )
    key = "{type: string, description: The key of the secret to select from.  Must be a valid secret key.}"
    assert fields_of("{it: " + reference % key + "}") == {"it": "SecretKeySelector"}
    # Without descriptions it could be that of a config map as well.
    assert "fields" in fields_of("{it: " + reference % "{type: string}" + "}")["it"]
    for lost in (
        "{type: string, minLength: 1}",
        "{type: integer}",
        "{type: string, description: The key of mine.}",
    ):
        assert "fields" in fields_of("{it: " + reference % lost + "}")["it"]


def test_words_that_yaml_1_1_reads_otherwise() -> None:
    words = {
        "0777": 511,
        "yes": True,
        "off": False,
        "=": "=",
        "1_000": 1000,
        "0b11": 3,
        "12:30": "12:30",
        "0o17": 15,
    }
    assert {word: yaml11(word) for word in words} == words


@pytest.mark.parametrize(
    "text",
    [
     "*/ {{ x }} `a` ${b} \\ %d", "yes", "0777", "=", "a: b", "# no", " lead", "trail ", "a\n b\n\n  c\n",
     "\ttab\nx", "é\U0001f600",
     "x" * 300, "w " * 200, "- a", "'", '"', "[", "{", "&a", "!b", "<<", "null",
     "\u2028", "a\u0085b", "1.5", "2001-01-01", "|", ">"],
)  # fmt: skip
def test_text_stays_what_it_is(text: str) -> None:
    document = {
        "apigen": 1,
        "description": text,
        "names": {"plural": text, text[:20]: [text]},
        "list": [{"a": text}],
    }
    assert parse(text_of(document).encode(), "").document == document


REFUSED = {
    "there is no CustomResourceDefinition in the file, but Secret": b"kind: Secret\napiVersion: v1\n",
    "there is no CustomResourceDefinition in the file": b"",
    "the definition has no versions: it looks like a patch for kustomize": b"apiVersion: apiextensions.k8s.io/v1\n"
    b"kind: CustomResourceDefinition\nspec: {group: a.b}\n",
    'the definition is of "v2", not of apiextensions.k8s.io/v1': b"apiVersion: v2\nkind: CustomResourceDefinition\n",
    "0 versions say storage: true": crd("", "    - {name: v1, served: true, storage: false}\n"),
    "2 versions say storage: true": crd(
        "", "    - {name: v1, storage: true}\n    - {name: v2, storage: true}\n"
    ),
    "properties is not a mapping": crd("{type: object, properties: [a]}"),
    "a schema is a mapping": crd("{type: object, properties: {a: string}}"),
    "maxLength is not an integer": crd("{type: string, maxLength: many}"),
    'unknown type "text"': crd("{type: text}"),
    "a definition cannot have $ref": crd("{$ref: '#/definitions/a'}"),
    "required has something that is not text": crd("{type: object, required: [1]}"),
    "rule is missing": crd("{type: object, x-kubernetes-validations: [{message: no}]}"),
    '"thing" cannot be a kind': crd("{type: object}").replace(b"kind: Thing", b"kind: thing"),
    '"shop" cannot be an API group': crd("{type: object}").replace(
        b"shop.example.com\n  scope", b"shop\n  scope"
    ),
    'alias "*a": not read here': crd("{type: object, properties: {a: &a {type: string}, b: *a}}"),
    'duplicate key "type": first on line 9, again on line 9': crd("{type: object, type: object}"),
    "expected key": b"a: {b\n",
}


@pytest.mark.parametrize("message", REFUSED)
def test_refusal(message: str) -> None:
    with pytest.raises(SpecError) as refused:
        for definition in read(REFUSED[message], "crd.yaml")[0]:
            convert(definition)
    messages = [p.message for p in refused.value.problems]
    assert message in messages or message == "expected key", messages
    assert all(p.position.file == "crd.yaml" for p in refused.value.problems)


def test_lists_and_json() -> None:
    definition = json.loads(json.dumps(parse(crd("{type: object}"), "x").document))
    listed = {"apiVersion": "v1", "kind": "List", "items": [definition, {"kind": "Secret"}]}
    definitions, skipped = read(json.dumps(listed).encode(), "list.json")
    assert [d.name for d in definitions] == ["Thing.shop.example.com"]
    assert [s.what for s in skipped] == ["Secret"]
    assert made(crd("{type: object}")).text == convert(definitions[0]).text


# The command.


@pytest.fixture
def thing(apigen: Run) -> Run:  # noqa: F811
    Path("crd.yaml").write_bytes(crd("{type: object, properties: {a: {type: string, title: A}}}"))
    return apigen


def test_command_prints_outside_of_a_project(thing: Run) -> None:
    done = thing("import", "crd.yaml")
    assert done.code == 0
    assert done.out.startswith("# yaml-language-server") and "kind: Thing\n" in done.out
    assert "crd.yaml:9:" in done.err and "title" in done.err
    assert done.err.endswith(
        "hint: nothing was written: make a project with `apigen init NAME`, or say --output FOLDER\n"
    )
    assert [p.name for p in Path().iterdir()] == ["crd.yaml"]


def test_command_in_a_project(thing: Run) -> None:
    thing("init", "shop", "--module", "example.com/shop")
    done = thing("-C", "shop", "import", "../crd.yaml")
    assert (done.code, done.out) == (0, "created resources/thing.yaml\n")
    assert "Thing.shop.example.com: 1 version, 2 fields\n  not carried: 1\n" in done.err
    assert thing("-C", "shop", "generate").code == 0
    before = tree()
    done = thing("-C", "shop", "import", "../crd.yaml")
    assert done.code == 2
    assert done.err == (
        "error: Thing of shop.example.com is there already: resources/thing.yaml\n"
        "hint: move that file away, then import again\n"
    )
    assert tree() == before


def test_command_writes_all_or_nothing(thing: Run) -> None:
    Path("other.yaml").write_text("kind: Secret\n")
    done = thing("import", "crd.yaml", "other.yaml", "--output", "out")
    assert (done.code, done.out) == (3, "")
    assert not Path("out").exists()


def test_command_never_overwrites(thing: Run) -> None:
    Path("out").mkdir()
    Path("out/thing.yaml").write_text("mine\n")
    assert thing("import", "crd.yaml", "--output", "out").out == "created out/thing.shop.yaml\n"
    assert Path("out/thing.yaml").read_text() == "mine\n"


def test_command_strict(thing: Run) -> None:
    assert thing("import", "crd.yaml", "--output", "out", "--strict").code == 5
    assert not Path("out").exists()
    Path("crd.yaml").write_bytes(crd("{type: object}"))
    assert thing("import", "crd.yaml", "--output", "out", "--strict").code == 0


def test_command_as_json(thing: Run) -> None:
    done = thing("import", "crd.yaml", "--format", "json", "--output", "out")
    (one,) = json.loads(done.out)["imported"]
    assert (one["kind"], one["file"]) == ("Thing.shop.example.com", "out/thing.yaml")
    assert one["carried"]["fields"] == 2
    (lost,) = one["notCarried"]
    assert lost["path"] == "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.a.title"
    assert lost["place"].startswith("crd.yaml:9:")


def test_command_reads_standard_input(thing: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("crd.yaml").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        done: Done = thing("import", "-", "--stdout")
    assert done.code == 0 and "kind: Thing\n" in done.out
    assert "standard input:9:" in done.err


def test_command_refuses_twice_the_same_kind(thing: Run) -> None:
    Path("again.yaml").write_bytes(Path("crd.yaml").read_bytes())
    done = thing("import", "crd.yaml", "again.yaml")
    assert done.code == 3
    assert "again.yaml:1:1: error: Thing.shop.example.com is defined twice; first in crd.yaml:1" in done.err


def test_command_and_what_it_cannot_read(thing: Run) -> None:
    assert thing("import", "missing.yaml").code == 1
    assert thing("import", ".").code == 2
    os.mkfifo("pipe")
    done = thing("import", "pipe")
    assert done.code == 1
    assert "cannot read pipe: not a regular file" in done.err and "apigen import - < pipe" in done.err
    assert thing("import", "crd.yaml", "--stdout", "--format", "json").code == 2


@pytest.mark.parametrize("seed", range(40))
def test_broken_definitions_are_refused_and_never_crash(seed: int) -> None:
    """Values of other types and keys where they do not belong: a spec that resolves, or problems with places."""
    random = Random(seed)  # noqa: S311
    for _ in range(5):
        document = json.loads(
            json.dumps(read((CASES[seed % len(CASES)] / "crd.yaml").read_bytes(), "x")[0][0].document)
        )
        for _ in range(random.randint(1, 3)):
            _break(random, random.choice(list(_inside(document))))
        try:
            made(json.dumps(document).encode())
        except SpecError as error:
            assert error.problems


_KEYS = (
    "type", "properties", "items", "required", "enum", "default", "oneOf", "anyOf", "allOf", "not", "minimum",
    "pattern",
    "exclusiveMinimum", "format", "nullable", "additionalProperties", "description", "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields", "x-kubernetes-list-type", "x-kubernetes-validations", "minItems",
)  # fmt: skip
_VALUES = (
    None,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    True,
    ["a", "a"],
    {"type": "string"},
    [{"required": ["a"]}],
    2**70,
    "object",
)


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _inside(inner)


def _break(random: Random, at: Any) -> None:
    value = json.loads(json.dumps(random.choice(_VALUES)))
    if isinstance(at, dict):
        key = random.choice([*at, *_KEYS])
        if random.random() < 0.2 and key in at:
            del at[key]
        else:
            at[key] = value
    elif at:
        at[random.randrange(len(at))] = value


def test_long_numbers_are_refused() -> None:
    with pytest.raises(SpecError):
        read(crd(f"{{type: integer, maximum: {'9' * 5000}}}"), "crd.yaml")
