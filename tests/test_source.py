"""The YAML reader: what it takes, what it refuses and where, and that nothing makes it fall over."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apigen import source
from apigen.problems import ApigenError, Position, Problem, SpecError
from apigen.source import Source, parse, read

HOSTILE = Path(__file__).parent / "hostile_yaml"


def document(text: str) -> dict[str, Any]:
    return parse(text.encode(), "spec.yaml").document


def problems(text: str | bytes) -> tuple[Problem, ...]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(SpecError) as caught:
        parse(data, "spec.yaml")
    return caught.value.problems


def only(text: str | bytes) -> Problem:
    (problem,) = problems(text)
    return problem


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("0", 0),
        ("-12", -12),
        ("+3", 3),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.10", 1.1),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("9" * 30, int("9" * 30)),
        ("1.2.3", "1.2.3"),
        ("v1", "v1"),
        ("1.37-rc", "1.37-rc"),
        ("80:8080", "80:8080"),
        ("=", "="),
        ("-x", "-x"),
        ("2001-01-01 was a Monday", "2001-01-01 was a Monday"),
        ("yes and no", "yes and no"),
        ("'1'", "1"),
        ('"yes"', "yes"),
        ("'2001-01-01'", "2001-01-01"),
        ('"0777"', "0777"),
        ("|\n  10\n", "10\n"),
        (">-\n  yes\n", "yes"),
        ("list of string", "list of string"),
    ],
)
def test_scalars_read_as_yaml_1_2(word: str, value: object) -> None:
    read = document(f"a: {word}\n")["a"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N", "yEs"])
def test_yaml_1_1_booleans_are_refused_as_values(word: str) -> None:
    problem = only(f"a: {word}")
    assert problem.message == f"{word} is a boolean to some readers of YAML"
    value = "true" if word.lower() in ("yes", "on", "y") else "false"
    assert problem.hint == f'write {value}, or quote it: "{word}"'
    assert problem.position == Position("spec.yaml", 1, 4)
    assert problem.length == len(word)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("0777", "an octal number"),
        ("010", "an octal number"),
        ("-07", "an octal number"),
        ("08", "an octal number"),
        ("1_000", "a number to"),
        ("0b11", "a number to"),
        ("-0x1F", "a number to"),
        ("12:30:45", "in base 60"),
        ("1:30", "in base 60"),
        ("2001-01-01", "a date"),
        ("2001-1-1", "a date"),
        ("2001-12-14t21:59:43.10-05:00", "a time"),
        ("2001-12-14 21:59:43", "a time"),
        (".nan", "no number that JSON has"),
        ("-.Inf", "no number that JSON has"),
    ],
)
def test_ambiguous_words_are_refused_with_the_hint_to_quote(word: str, meaning: str) -> None:
    problem = only(f"a: {word}")
    assert meaning in problem.message
    assert problem.hint == f'quote it: "{word}"'


def test_numbers_that_nothing_can_hold_are_refused() -> None:
    assert "400 digits" in only("a: " + "9" * 5000).message
    assert "400 digits" in only("a: 0x" + "f" * 5000).message
    assert "too large" in only("a: 1e999").message


def test_words_of_other_readers_are_keys_like_others() -> None:
    words = "on y no yes off N = - -x null-like"
    keys = [w for w in words.split() if w != "-"]
    assert document("".join(f"{key}: a\n" for key in keys)) == dict.fromkeys(keys, "a")
    assert document("'1': a\n'<<': b\n\"true\": c") == {"1": "a", "<<": "b", "true": "c"}


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("1", "a number"),
        ("1.5", "a number"),
        ("true", "a boolean"),
        ("~", "null"),
        ("[1]", "a list"),
        ("{a: b}", "a mapping"),
    ],
)
def test_keys_are_text(key: str, kind: str) -> None:
    problem = only(f"x: z\n{key}: v")
    assert problem.message == f"a key is text, not {kind}"
    assert problem.hint.startswith("quote it")
    assert problem.position == Position("spec.yaml", 2, 1)


@pytest.mark.parametrize("key", ["0777", "2001-01-01", "12:30"])
def test_ambiguous_keys_are_refused(key: str) -> None:
    assert only(f"{key}: v").hint == f'quote it: "{key}"'


def test_duplicate_keys_show_both_lines() -> None:
    problem = only("a:\n  - b: 1\n    c: 2\n    b: 3\n")
    assert problem.message == 'duplicate key "b": first on line 2, again on line 4'
    assert problem.position == Position("spec.yaml", 4, 5)
    assert [p.position.column for p in problems("a: {b: 1, b: 2, 'b': 3}")] == [11, 17]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1", 'anchor "&x"'),
        ("a: *x", 'alias "*x"'),
        ("a: {<<: {b: c}}", "merge key <<"),
        ("a: !x b", 'tag "!x"'),
        ("a: !!str b", 'tag "!!str"'),
        ("a: !!python/name:os.system b", "tag"),
        ("a: ! b", "tag"),
        ("a: b\n---\nc: d", "a second document"),
        ("a:\n\tb: c", "tab used as indentation"),
        ("a: [b", "did not find expected ',' or ']' while parsing a flow sequence"),
        ("a: b: c", "mapping values are not allowed"),
        ("a: @b", "cannot start any token"),
        ("a: 'b", "unexpected end of stream"),
        ("%YAML 1.1\n---\na: b", "a spec is YAML 1.2"),
        ("a: \0b", "control character U+0000"),
        ("a: b\x1b", "control character U+001B"),
        ("a: \ufeffb", "control character U+FEFF"),
        ("a: b\u2028c: d", "line separator U+2028"),
        ("a: b\x85c: d", "control character U+0085"),
        (r'a: "\0"', "control character U+0000"),
        (r'a: "\ud800"', "invalid Unicode"),
        (b"a: \xff", "byte 0xff is not UTF-8"),
        (b"\xff\xfea\0:\0", "UTF-16"),
        ("", "the file is empty"),
        ("# only\n", "the file is empty"),
        ("- a", "a spec is a mapping, not a list"),
        ("~", "a spec is a mapping, not null"),
        ("text", "a spec is a mapping, not text"),
        ("1", "a spec is a mapping, not a number"),
    ],
)
def test_refused(text: str | bytes, message: str) -> None:
    assert message in problems(text)[0].message


def test_all_problems_come_at_once() -> None:
    found = problems("a: yes\nb: 010\n1: x\nc: &n 1\na: 2\n")
    assert [p.position.line for p in found] == [1, 2, 3, 4, 5]
    assert [p.position.line for p in problems("a: \0\nb: \1\n")] == [1, 2]
    assert len(problems("a: [" + "yes," * 5000 + "]")) == source.MAX_PROBLEMS


def test_a_problem_shows_its_line() -> None:
    problem = only("a: b\nc:   no\n")
    assert (problem.source, problem.length) == ("c:   no", 2)


def test_bytes_that_are_not_utf_8_have_a_place() -> None:
    assert only(b"a: b\nc: \xc3\xa9 caf\xe9\n").position == Position("spec.yaml", 2, 9)


def test_bom_line_ends_and_comments() -> None:
    assert parse(b"\xef\xbb\xbfa: b\r\nc: d\r\n", "x").document == {"a": "b", "c": "d"}
    assert parse(b"\xef\xbb\xbfa: b\r\nc: d\r\n", "x").position(("c",)) == Position("x", 2, 4)
    assert document(r'a: "x\u2028y"') == {"a": "x\u2028y"}
    assert document("a: 'x\ty'  # \u00e9\n") == {"a": "x\ty"}


TEXT = """\
group: nginx.example.com
versions:
  - name: v1
    fields: {spec: {type: intt}, "a b": [x, 'yy']}
    empty:
    text: |
      more
      lines
  - name: é v2
last: >-
  end
flow: [a,
 b]
"""


@pytest.fixture(scope="module")
def spec() -> Source:
    return parse(TEXT.encode(), "spec.yaml")


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1, 1), (1, 1, 1)),
        (("group",), (1, 8, 17), (1, 1, 5)),
        (("versions",), (3, 3, 1), (2, 1, 8)),
        (("versions", 0), (3, 5, 1), (3, 5, 1)),
        (("versions", 0, "name"), (3, 11, 2), (3, 5, 4)),
        (("versions", 0, "fields"), (4, 13, 38), (4, 5, 6)),
        (("versions", 0, "fields", "spec", "type"), (4, 27, 4), (4, 21, 4)),
        (("versions", 0, "fields", "a b"), (4, 41, 9), (4, 34, 5)),
        (("versions", 0, "fields", "a b", 1), (4, 45, 4), (4, 45, 4)),
        (("versions", 0, "empty"), (5, 5, 5), (5, 5, 5)),
        (("versions", 0, "text"), (6, 11, 1), (6, 5, 4)),
        (("versions", 1, "name"), (9, 11, 4), (9, 5, 4)),
        (("last",), (10, 7, 2), (10, 1, 4)),
        (("versions", 1, "gone"), (9, 5, 1), (9, 5, 1)),
        (("versions", 7, "name"), (3, 3, 1), (3, 3, 1)),
        (("group", "deeper", 0), (1, 8, 17), (1, 8, 17)),
        (("flow",), (12, 7, 3), (12, 1, 4)),
        (("flow", 1), (13, 2, 1), (13, 2, 1)),
        (("gone",), (1, 1, 1), (1, 1, 1)),
    ],
)
def test_places(spec: Source, path: tuple[str | int, ...], value: object, key: object) -> None:
    for want, at_key in ((value, False), (key, True)):
        problem = spec.problem(path, "m", "h", key=at_key)
        assert (problem.position.line, problem.position.column, problem.length) == want
        assert spec.position(path, key=at_key) == problem.position
        assert problem.source == TEXT.split("\n")[problem.position.line - 1]
        assert (problem.message, problem.hint, problem.position.file) == ("m", "h", "spec.yaml")


def test_limits() -> None:
    assert "bytes" in only(b"a: " + b"x" * source.MAX_BYTES).message
    assert "lines" in only("a:\n" + "\n" * source.MAX_LINES).message
    assert "levels deep" in only("a: " + "[" * 20_000).message
    assert "levels deep" in only("".join(" " * i + "a:\n" for i in range(800))).message
    assert "levels deep" in only("- " * 50_000).message
    assert "1,024 characters" in only("? " + "k" * 2000 + "\n: v").message
    inner = source.MAX_DEPTH - 1
    assert document("a: " + "[" * inner + "]" * inner)["a"]
    assert "levels deep" in only("a: [" + "[" * inner + "]" * inner + "]").message


def test_the_limit_of_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_NODES", 10)
    assert "more than 10 values" in only("a: [" + "x," * 8 + "]").message
    assert document("a: [" + "x," * 7 + "]")


def test_alias_bombs_are_refused_without_being_built() -> None:
    lines = ["a0: &a0 [lol]"] + [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    found = problems("\n".join(lines))
    assert sum("alias" in p.message for p in found) == 23
    assert "alias" in problems("a: &a\n  b: *a\n")[1].message


@pytest.mark.parametrize("path", sorted(HOSTILE.iterdir()), ids=lambda path: path.name)
def test_hostile_files(path: Path) -> None:
    if path.name in {"bom.yaml", "crlf.yaml", "value-tag.yaml"}:
        assert read(path, path.name).document
        return
    with pytest.raises(SpecError) as caught:
        read(path, path.name)
    assert all(p.message and "\n" not in p.message for p in caught.value.problems)


def test_an_error_does_not_spoil_the_next_file() -> None:
    assert "cannot start" in only("a: %b").message
    assert document("a: =") == {"a": "="}


def test_read_refuses_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ApigenError, match=r"cannot read gone\.yaml: No such file"):
        read(tmp_path / "gone", "gone.yaml")
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(ApigenError, match=r"cannot read x\.yaml: not a regular file"):
            read(path, "x.yaml")


def holds(source: Source) -> None:
    """Check that every part of a document has a place inside the text."""
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), source.document)]
    while todo:
        path, value = todo.pop()
        for key in (False, True):
            problem = source.problem(path, "m", key=key)
            line = source.lines[problem.position.line - 1]
            assert 1 <= problem.position.column <= len(line) + 1
            assert 1 <= problem.length <= max(1, len(line))
        if isinstance(value, dict):
            todo += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            todo += [((*path, i), inner) for i, inner in enumerate(value)]
        else:
            assert value is None or type(value) in (str, int, float, bool)


def parses_or_is_refused(data: bytes) -> None:
    try:
        read = parse(data, "spec.yaml")
    except SpecError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.length >= 1
            assert problem.position.column <= len(problem.source) + 1
        return
    holds(read)


PIECES = "a b:  -,[]{}\n'\"|>#&*!%@`\t?~=<.:_01y\\\r\0\x85\u2028é😀"


@settings(max_examples=300, deadline=None)
@given(st.text(PIECES, max_size=60) | st.text(max_size=40))
@example("? [a]\n: b")
@example("a: &x\n? *x : b")
@example("--- a\n...\n--- b")
@example("{a, b: , ? c}")
def test_any_text_parses_or_is_refused(text: str) -> None:
    parses_or_is_refused(text.encode(errors="surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    parses_or_is_refused(data)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.sampled_from(PIECES), st.integers(0, 5))
def test_a_damaged_spec_parses_or_is_refused(at: int, piece: str, gone: int) -> None:
    parses_or_is_refused((TEXT[:at] + piece + TEXT[at + gone :]).encode())
