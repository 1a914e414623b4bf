"""Texts of any shape inside Go: gofmt leaves our comments alone, and Go reads our literals as the same texts."""

import io
import json
import re
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from apigen.gotext import comment, comment_lines, imports, quote
from apigen.views import pairs, used
from apigen.yamltext import yaml_document, yaml_text

# What gofmt, generators and editors might act on, beside any text at all.
PIECES = st.sampled_from(
    [
        *("\n", "\n\n\n", "\t", "  ", "\r", "\v", "\u2028", "\x85", "\u200b", "\u202e", "\x00"),
        *(" - ", "* ", "1. ", "# ", "//", "/*", "*/", "`", "``", '"', "''", "“", "\\", ": ", "=====", "#!x"),
        *("+k8s:x", "+", "[a]: b", "[x]:", "go:build ignore", "//line a.go:1", 'import "C"', "nolint"),
        *("Deprecated: ", "TODO(a): ", "BUG: ", "http://x/y", "é", "日本", "\U0001f600", "word", "w" * 90),
    ]
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


def gofmt(source: str) -> str:
    """Return what gofmt makes of a file. It must be there: without it the promise is not tested."""
    program = shutil.which("gofmt")
    assert program, "gofmt must be on PATH for the tests"
    done = subprocess.run([program], input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + source
    return done.stdout


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=20, max_size=60))
def test_gofmt_leaves_comments_alone(texts: list[str]) -> None:
    source = "package x\n"
    for i, text in enumerate(texts):
        source += f"\n{comment(text)}type T{i} struct {{\n{comment(text, chr(9))}\tF int\n}}\n"
    assert gofmt(source) == source


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 200), min_size=1, max_size=30))
def test_gofmt_leaves_columns_alone(sizes: list[int]) -> None:
    entries = [(quote(f"{i:03}" + "é" * (i % 2) + "x" * size), quote("v")) for i, size in enumerate(sizes)]
    source = "package x\n\nvar m = map[string]string{\n" + pairs(entries, 1) + "}\n"
    assert gofmt(source) == source


@given(TEXTS)
def test_every_line_of_a_comment_is_one(text: str) -> None:
    for line in comment(text, "\t").split("\n")[:-1]:
        assert line == "\t//" or line.startswith("\t// ")
    for line in comment_lines(text):
        assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp") or c in BIDI for c in line)
        assert not line.startswith("+"), "generators would take it for a marker"


@given(TEXTS)
def test_literals_are_one_printable_line_that_means_the_text(text: str) -> None:
    literal = quote(text)
    assert literal.isprintable()
    # Go's escapes are JSON's, but for those beyond the basic plane.
    as_json = re.sub(r"\\U([0-9a-f]{8})", lambda m: json.dumps(chr(int(m[1], 16)))[1:-1], literal)
    assert json.loads(as_json) == text


@settings(max_examples=10, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=40))
def test_gofmt_leaves_literals_alone(texts: list[str]) -> None:
    source = "package x\n\n" + "\n".join(f"const c{i} = {quote(t)}\n" for i, t in enumerate(texts))
    assert gofmt(source) == source


@given(TEXTS)
def test_yaml_reads_the_text_back(text: str) -> None:
    assert YAML(typ="safe").load(io.StringIO(f"a: {yaml_text(text)}\n")) == {"a": text}


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
        st.one_of(TEXTS, st.integers(), st.booleans()),
    )
)
def test_yaml_documents_are_read_back(value: dict[str, object]) -> None:
    document = yaml_document(value)
    assert YAML(typ="safe").load(document) == value
    assert not re.search("[\\x85\u2028\u2029\u202e\u200b]", document)


@pytest.mark.parametrize(
    "word", ["yes", "on", "0x10", "0777", "1e3", "null", "~", "2001-01-01", "12:30", "=", ""]
)
def test_words_that_yaml_takes_for_something_else_are_quoted(word: str) -> None:
    assert re.fullmatch(r"a: (['\"]).*\1\n", yaml_document({"a": word}))


def test_imports_are_grouped() -> None:
    text = imports(
        [("", "fmt"), ("metav1", "k8s.io/x/meta/v1"), ("v1", "example.com/edge/api/v1"), ("", "fmt")],
        "example.com/edge",
    )
    assert text == 'import (\n\t"fmt"\n\n\tmetav1 "k8s.io/x/meta/v1"\n\n\tv1 "example.com/edge/api/v1"\n)\n\n'
    assert imports([("", "fmt")], "m") == 'import "fmt"\n\n'
    assert imports([], "m") == ""


@pytest.mark.parametrize(
    ("text", "is_used"),
    [
        ("x := corev1.EnvVar{}", True),
        ("x := mycorev1.EnvVar{}", False),
        ('x := "corev1.EnvVar"', False),
        ("// corev1.EnvVar", False),
        ("in.corev1.x()", False),
        ("*(*[]corev1.EnvVar)(unsafe.Pointer(&x))", True),
    ],
)
def test_an_import_is_used_where_its_name_stands(text: str, is_used: bool) -> None:
    assert used(("corev1", "k8s.io/api/core/v1"), text) is is_used
