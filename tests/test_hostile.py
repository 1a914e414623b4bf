"""Hostile text in every place of a spec: refused with a problem, or text and nothing else in what is generated.

hostile/strings.json holds the texts and what each is to meet with. Rendered code is compared with that of a
harmless text: apart from comments and literals it must be the same.
"""

import io
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import specs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from apigen import cli, console
from apigen.files import RenderedFile
from apigen.gotext import quote
from apigen.pipeline import rendered
from apigen.problems import SpecError

ENTRIES = json.loads((Path(__file__).parent / "hostile" / "strings.json").read_text(encoding="utf-8"))
MARKER = "APIGEN_MARKER"


def entries(category: str) -> list[Any]:
    """Return the cases of a category as parameters: where, value, wanted."""
    found = [e for e in ENTRIES if e["category"] == category]
    return [pytest.param(e.get("where", ""), e["value"], e["expect"], id=e["id"]) for e in found]


def outcome(root: Path, project: str = specs.PROJECT, **files: str) -> tuple[RenderedFile, ...]:
    """Return the rendered project of those files; nothing if it was refused with problems and exit code 3."""
    try:
        return rendered(specs.write(root, files, project))
    except SpecError as error:
        assert error.problems
        assert error.exit_code == 3
        return ()


def resource(text: str) -> str:
    """Return a resource file with a text in every place that takes any text."""
    t = quote(text)
    fields = f"""
      spec:
        description: {t}
        fields:
          text: {{type: string, default: {t}, description: {t}}}
          size: {{type: Size, description: {t}}}
          parts: {{type: list of Part, description: {t}}}
          any: {{type: any, default: {{a: {t}}}, description: {t}}}
          inside: {{description: {t}, fields: {{a: {{type: map of string, description: {t}, default: {{a: {t}}}}}}}}}"""
    return f"""apigen: 1
group: shop.example.com
kind: Thing
description: {t}
types:
  Size: {{type: string, description: {t}, enum: {{small: {t}, large: {t}}}}}
  Part: {{description: {t}, fields: {{name: {{type: string, description: {t}}}}}}}
versions:
  - name: v1alpha1
    deprecated: true
    deprecationWarning: {t}
    description: {t}
    fields:{fields}
  - name: v1
    storage: true
    additionalPrinterColumns: [{{name: Text, type: string, jsonPath: .spec.text, description: {t}, format: {t}}}]
    fields:{fields}
"""


_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_DIRECTIVE = re.compile(r"^[ \t]*(?://(?:go:|line |export |extern |nolint)|// ?\+|/\*|#)[^\n]*", re.MULTILINE)

_UNSEEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200b\u202a-\u202e\u2066-\u2069]"


def skeleton(code: str) -> str:
    """Return Go code without what comments and literals say."""
    bare = _TOKEN.sub(lambda m: "" if m.group().startswith("/") else '""', code)
    return re.sub(r"\s+", " ", bare)


def literals(code: str) -> Iterator[str]:
    return (m.group() for m in _TOKEN.finditer(code))


def markers(code: str) -> list[str]:
    """The comments on which some tool acts, apart from what they say of a default."""
    return [m.group().partition("default=")[0] for m in _DIRECTIVE.finditer(code)]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    files = outcome(tmp_path_factory.mktemp("harmless"), thing=resource("a text"))
    return {f.path: f.text for f in files}


@pytest.fixture(scope="module")
def go_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that collects Go files; gofmt looks at all of them in the end."""
    folder = tmp_path_factory.mktemp("go")
    yield folder
    program = shutil.which("gofmt")
    assert program, "gofmt must be on PATH for the tests"
    done = subprocess.run([program, "-l", str(folder)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def collect(folder: Path, files: tuple[RenderedFile, ...], name: str) -> None:
    """Put Go files where gofmt will look at them."""
    for i, file in enumerate(f for f in files if f.path.endswith(".go")):
        (folder / f"{name}_{i}.go").write_text(file.text, encoding="utf-8")


@pytest.mark.parametrize(("where", "value", "expect"), [*entries("text"), *entries("directive")])
def test_text_stays_text(
    where: str,
    value: str,
    expect: str,
    tmp_path: Path,
    harmless: dict[str, str],
    go_files: Path,
    request: pytest.FixtureRequest,
) -> None:
    files = outcome(tmp_path, thing=resource(value))
    if not files:
        assert not expect.startswith("accept") or "\x85" in value, "refused, but it is only text"
        return
    collect(go_files, files, request.node.callspec.id)
    assert [f.path for f in files] == list(harmless)
    for file in files:
        check_text(file, harmless[file.path], empty=not value)


def check_text(file: RenderedFile, harmless: str, *, empty: bool) -> None:
    """Check that a file differs from the harmless one in nothing but texts; an empty text may be left out."""
    raw = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]" if file.path.endswith(".json") else _UNSEEN
    assert not re.search(raw, file.text), file.path
    if file.path.endswith(".go"):
        assert empty or skeleton(file.text) == skeleton(harmless), file.path
        assert MARKER not in skeleton(file.text)
        assert markers(file.text) == markers(harmless), file.path
    elif file.path.endswith(".json"):
        json.loads(file.text)
    elif file.path.startswith("deploy/chart/templates/"):  # which are YAML when helm has rendered them
        assert file.text == harmless, file.path
    elif file.path.endswith(".yaml"):
        list(YAML(typ="safe").load_all(io.StringIO(file.text)))
    elif not file.path.endswith(".md"):
        assert file.text == harmless, file.path


def test_the_check_of_texts_sees_code() -> None:
    good = '// a text\nfunc f() string { return "a text" }\n'
    bad = '// ok\nfunc init() { panic("APIGEN_MARKER") }\nfunc f() string { return "a text" }\n'
    assert skeleton(good) != skeleton(bad)
    assert markers("//go:build ignore\n// +optional\n") == ["//go:build ignore", "// +optional"]
    assert list(literals("a := `x` // y")) == ["`x`", "// y"]


# Each example holds a text for each place of a description.
@settings(
    max_examples=int(os.environ.get("TEXTS", "400")) // 20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=20, max_size=20))
def test_any_text_stays_text(tmp_path: Path, harmless: dict[str, str], texts: list[str]) -> None:
    each = iter(texts)
    root = tmp_path / "project"
    shutil.rmtree(root, ignore_errors=True)
    # The values of an enum and of defaults decide on names and cases: they stay the same.
    spec = re.sub(r'description: "HERE"', lambda _: f"description: {quote(next(each))}", resource("HERE"))
    for file in outcome(root, thing=spec.replace('"HERE"', '"a text"')):
        check_text(file, harmless[file.path], empty=True)
        if file.path.endswith(".go"):
            assert markers(file.text) == markers(harmless[file.path]), file.path


PLACES = {
    "group": "apigen: 1\ngroup: %s\nkind: Thing\nversions: [{name: v1, storage: true, fields: {}}]\n",
    "version": "apigen: 1\ngroup: shop.example.com\nkind: Thing\nversions: [{name: %s, storage: true, fields: {}}]\n",
    "kind": "apigen: 1\ngroup: shop.example.com\nkind: %s\nversions: [{name: v1, storage: true, fields: {}}]\n",
    "plural": "apigen: 1\ngroup: shop.example.com\nkind: Thing\nnames: {plural: %s}\n"
    "versions: [{name: v1, storage: true, fields: {}}]\n",
}


@pytest.mark.parametrize(("where", "value", "expect"), entries("name"))
def test_hostile_names_are_refused(where: str, value: str, expect: str, tmp_path: Path) -> None:
    project, thing = specs.PROJECT, PLACES["kind"] % "Thing"
    if where == "project name":
        project = project.replace("name: edge", f"name: {quote(value)}")
    else:
        thing = PLACES[where] % quote(value)
    with pytest.raises(SpecError) as caught:
        rendered(specs.write(tmp_path, {"thing": thing}, project))
    (problem,) = caught.value.problems
    assert problem.message
    assert where.split()[-1].replace("plural", "names").replace("version", "name") in problem.source
    assert sorted(p.name for p in tmp_path.iterdir()) == ["apigen.yaml", "resources"]
    shown = io.StringIO()
    console.show_error(caught.value, shown)
    assert not re.search(_UNSEEN, shown.getvalue())


@pytest.mark.parametrize(
    ("where", "value", "expect"), [e for e in entries("name") if e.values[0] == "project name"]
)
def test_hostile_names_on_the_command_line(
    where: str, value: str, expect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.parent.iterdir())
    for line in (
        ["init", "--module", "example.com/edge", "--", value],
        ["init", "--module", "../" + value, "edge"],
        ["-C", "edge\x1b[2J/" + value, "generate"],
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main(line)
        assert ended.value.code in (1, 2, 3), line
    assert (sorted(tmp_path.iterdir()), sorted(tmp_path.parent.iterdir())) == ([], before)


@pytest.mark.parametrize("name", sorted(PLACES))
def test_the_places_of_names_take_good_ones(name: str, tmp_path: Path) -> None:
    good = {"group": "shop.example.com", "version": "v1", "kind": "Thing", "plural": "things"}[name]
    assert outcome(tmp_path, thing=PLACES[name] % good)


@pytest.mark.parametrize(("where", "value", "expect"), entries("field"))
def test_field_names(
    where: str, value: str, expect: str, tmp_path: Path, go_files: Path, request: Any
) -> None:
    inside = f"{{{quote(value)}: {{type: string, description: x}}}}"
    below = outcome(tmp_path / "a", thing=specs.versions(f"{{spec: {{fields: {inside}}}}}"))
    wanted, _, rest = expect.removesuffix(
        " (accept = compiles, JSON name kept exactly, round-trips)"
    ).partition(" ")
    if "refuse" not in expect:
        assert below
    elif wanted == "refuse" and "or" not in rest:
        assert not below
    if "refuse at the root" in expect:
        assert below
        assert not outcome(tmp_path / "b", thing=specs.versions(inside))
    if below:
        collect(go_files, below, request.node.callspec.id)
        (types,) = (f.text for f in below if f.path == "api/shop/v1/types.go")
        assert f'`json:"{value},omitempty"`' in types


@pytest.mark.parametrize(("where", "value", "expect"), entries("collision"))
def test_siblings_that_look_alike(where: str, value: list[str], expect: str, tmp_path: Path) -> None:
    inside = ", ".join(f"{quote(v)}: string" for v in value)
    try:
        files = rendered(
            specs.write(tmp_path, {"thing": specs.versions(f"{{spec: {{fields: {{{inside}}}}}}}")})
        )
    except SpecError as error:
        said = " ".join(p.message for p in error.problems)
        named = [v for v in value if f'"{v}"' in said]
        assert len(named) == len(value) or (len(named) == 1 and not named[0].isascii())
        return
    (types,) = (f.text for f in files if f.path == "api/shop/v1/types.go")
    assert all(f'`json:"{v},omitempty"`' in types for v in value)


@pytest.mark.parametrize(("where", "value", "expect"), entries("enum"))
def test_enum_values(where: str, value: list[str | int], expect: str, tmp_path: Path) -> None:
    spec = specs.versions(f"{{spec: {{fields: {{x: {{type: string, enum: {json.dumps(value)}}}}}}}}}")
    odd = len(set(value)) < len(value) or any(isinstance(v, int) for v in value)
    found = specs.problems(tmp_path, thing=spec)
    assert bool(found) == odd
    if not odd:
        (version,) = specs.resolved(tmp_path, thing=spec).groups[0].versions
        constants = version.types.scalars["ThingSpecX"].constants
        assert [c.value for c in constants] == value
        assert len({c.go for c in constants}) == len(value)


@pytest.mark.parametrize(("where", "value", "expect"), entries("kinds"))
def test_kinds_of_one_group(
    where: str, value: list[str], expect: str, tmp_path: Path, go_files: Path
) -> None:
    inside = "{spec: {fields: {a: string}}}"
    files = {f"k{i}": specs.versions(inside, kind=kind) for i, kind in enumerate(value)}
    made = outcome(tmp_path, **files)
    paths = [f.path.lower() for f in made]
    assert len(set(paths)) == len(paths)
    if made:
        collect(go_files, made, "_".join(value))
        text = "".join(f.text for f in made if f.path == "api/shop/v1/types.go")
        assert all(f"type {kind} struct" in text for kind in value)
        assert len(set(re.findall(r"^type (\w+) ", text, re.M))) == len(
            re.findall(r"^type (\w+) ", text, re.M)
        )


SAMPLES = sorted(
    p for p in (Path(__file__).parents[1] / "samples").iterdir() if (p / "apigen.yaml").is_file()
)
WORDS = (
    "",
    "~",
    "0",
    "-1",
    "1.5",
    "true",
    "[]",
    "{}",
    "[a, b]",
    "{a: b}",
    '"\\u0000"',
    "'",
    "{",
    "&a b",
    "*",
    "status",
    "string",
)
WORDS += (
    "list of",
    "object",
    "spec.a.*.b",
    ".spec[",
    "v2",
    "9" * 30,
    "é",
    "core/v1.PodSpec",
    "Condition",
    "map of list of bool",
)


@st.composite
def mutants(draw: st.DrawFn) -> tuple[Path, str, str]:
    """A sample, the name of one of its resource files, and its text with some lines or words changed."""
    root = draw(st.sampled_from(SAMPLES))
    file = draw(st.sampled_from(sorted((root / "resources").glob("*.yaml"))))
    lines = file.read_text(encoding="utf-8").splitlines()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        parts = re.split(r"(\s+|[{}\[\],:]\s*)", lines[at])
        word = draw(st.integers(0, len(parts) - 1))
        match draw(st.sampled_from(("drop", "double", "swap", "truncate", "retype", "cut", "rename"))):
            case "drop":
                del lines[at : at + draw(st.integers(1, 4))]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "truncate":
                del lines[at:]
            case "retype":
                lines[at] = lines[at].partition(":")[0] + ": " + draw(st.sampled_from(WORDS))
            case "cut":
                lines[at] = "".join(parts[:word] + parts[word + 1 :])
            case "rename":
                parts[word] = draw(st.sampled_from(WORDS))
                lines[at] = "".join(parts)
        lines = lines or [""]
    return root, file.name, "\n".join(lines) + "\n"


@settings(
    max_examples=int(os.environ.get("MUTANTS", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(mutants())
def test_a_changed_spec_is_refused_or_works(tmp_path: Path, mutant: tuple[Path, str, str]) -> None:
    root, name, text = mutant
    project = tmp_path / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(root / "resources", project / "resources")
    shutil.copy(root / "apigen.yaml", project)
    (project / "resources" / name).write_text(text, encoding="utf-8")
    start = time.process_time()
    try:
        assert rendered(project)
    except SpecError as error:
        assert error.problems
        assert all(p.message and p.position.file and p.position.line for p in error.problems)
    assert time.process_time() - start < 5
