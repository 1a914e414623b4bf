"""What the documentation shows is true: every YAML in it loads, and the reference page is printed from the model."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from apigen import conversionspec, diffspec, reference, spec
from apigen.gotypes import BASICS
from apigen.load import load
from apigen.resolve import resolve
from apigen.source import parse
from apigen.strict import Strict

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *(p for p in [ROOT / "README.md"] if p.exists())]
BLOCK = re.compile(r"^( *)```(ya?ml[^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)

PROJECT = 'apigen: 1\nname: docs\nmodule: example.com/docs\nkubernetes: "1.37"\n'
KIND = """\
apigen: 1
group: {group}
kind: Some
versions: [{{name: v1, storage: true, fields: {{spec: {{fields: {{a: string}}}}}}}}]
"""


@dataclass(frozen=True)
class Block:
    """A YAML in a page; `info` is what follows the three backquotes."""

    page: str
    line: int
    info: str
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether it is a file and not a fragment of one."""
        return self.info == "yaml"


def blocks() -> list[Block]:
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in BLOCK.finditer(text):
            indent, info, body = match.groups()
            lines = [line.removeprefix(indent) for line in body.splitlines(keepends=True)]
            found.append(Block(page.name, text.count("\n", 0, match.start()) + 1, info, "".join(lines)))
    return found


BLOCKS = [pytest.param(block, id=f"{block.page}:{block.line}") for block in blocks()]


def test_the_reference_is_current() -> None:
    assert (ROOT / "docs" / "spec.md").read_text() == reference.page(), "run scripts/regen"


def test_there_is_something_to_test() -> None:
    assert sum(block.values[0].is_whole for block in BLOCKS) >= 3


@pytest.mark.parametrize("block", BLOCKS)
def test_block_says_what_it_is(block: Block) -> None:
    assert block.info in ("yaml", "yaml fragment")
    first = next(line for line in block.text.splitlines() if not line.startswith("#"))
    assert block.is_whole == (first == "apigen: 1"), "a fragment is marked: ```yaml fragment"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.values[0].is_whole])
def test_file_resolves(block: Block, tmp_path: Path) -> None:
    document = parse(block.text.encode(), block.page).document
    (tmp_path / "resources").mkdir()
    is_project = "module" in document
    (tmp_path / "apigen.yaml").write_text(block.text if is_project else PROJECT)
    if is_project:
        (tmp_path / "resources" / "kind.yaml").write_text(KIND.format(group="shop.example.com"))
    else:
        (tmp_path / "resources" / "shown.yaml").write_text(block.text)
    if not is_project and "kind" not in document:
        (tmp_path / "resources" / "kind.yaml").write_text(KIND.format(group=document["group"]))
    resolve(load(tmp_path))


@pytest.mark.parametrize("block", [b for b in BLOCKS if not b.values[0].is_whole])
def test_fragment_parses(block: Block) -> None:
    assert parse(block.text.encode(), block.page).document


def test_every_model_has_a_table() -> None:
    known = [*vars(spec).values(), *vars(conversionspec).values(), *vars(diffspec).values()]
    models = {m for m in known if isinstance(m, type) and issubclass(m, Strict) and m.__doc__}
    # A name with an underscore is a base of others.
    models = {m for m in models - {Strict} if not m.__name__.startswith("_")}
    assert models == {model for model, _, _ in reference.TABLES}


def test_every_key_is_in_the_reference() -> None:
    page = reference.page()
    for model, heading, _ in reference.TABLES:
        section = page.split(f"\n### {heading}\n")[1].split("\n##")[0]
        for name, info in model.model_fields.items():
            assert f"\n| `{info.alias or name}` | " in section, (heading, name)


def test_every_word_for_a_type_is_in_the_table() -> None:
    table = reference.page().split("\n## Types\n")[1].split("\n**Absent")[0]
    assert [word for word in BASICS if f"`{word}`" not in table] == []


def test_links_lead_somewhere() -> None:
    page = reference.page()
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    for target in re.findall(r"\]\(([^)]*)\)", page):
        if target.startswith("#"):
            assert target[1:] in anchors
        else:
            assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize(
    "value, text",
    [
        ("plain", "plain"),
        ("1.37", '"1.37"'),
        ("on", '"on"'),
        ("", '""'),
        ("a, b", '"a, b"'),
        ("it's #1", '"it\'s #1"'),
        ('a=="b"', "'a==\"b\"'"),
        ([1, True, None, {"a": "b"}], "[1, true, null, {a: b}]"),
    ],
)
def test_values_in_one_line(value: object, text: str) -> None:
    assert reference.flow(value) == text
    assert parse(f"key: {text}".encode(), "x").document == {"key": value}
