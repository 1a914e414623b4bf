"""The shape of apigen itself: no step knows a later one, and the budgets hold."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "apigen").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.j2"))
STEPS = ["load", "resolve", "plan", "render", "compare", "write"]
# go.sum is a list of hashes, and go.mod one of versions: data, of whatever length.
DATA = {"go.sum.j2", "go.mod.j2"}


def imports(path: Path) -> set[str]:
    """The names of apigen's modules that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "apigen":
                found |= {a.name for a in node.names}
            elif node.module.startswith("apigen."):
                found.add(node.module.split(".")[1])
    return found


def reachable(module: str) -> set[str]:
    """All modules that a module needs, those that it needs by others too."""
    left, seen = [module], set()
    while left:
        path = ROOT / "apigen" / f"{left.pop()}.py"
        if path.stem not in seen and path.exists():
            seen.add(path.stem)
            left += imports(path)
    return seen


@pytest.mark.parametrize("at", range(len(STEPS)))
def test_no_step_imports_a_later_one(at: int) -> None:
    assert not reachable(STEPS[at]) & set(STEPS[at + 1 :])


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_a_function_of_its_name(step: str) -> None:
    tree = ast.parse((ROOT / "apigen" / f"{step}.py").read_text())
    assert step in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_modules_and_functions_are_small() -> None:
    lines = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in MODULES}
    assert {n: c for n, c in lines.items() if c > 400} == {}
    assert statistics.median(lines.values()) < 150
    lengths = dict(f for p in MODULES for f in functions(p))
    assert {n: c for n, c in lengths.items() if c > 50} == {}
    assert statistics.median(lengths.values()) < 10


def tags(text: str) -> int:
    return len(re.findall(r"{%", text))


def test_templates_lay_out_and_do_not_decide() -> None:
    texts = {p.relative_to(ROOT): p.read_text() for p in TEMPLATES if p.name not in DATA}
    lines = {p: len(t.splitlines()) for p, t in texts.items()}
    assert {p: n for p, n in lines.items() if n > 200} == {}
    assert sum(map(tags, texts.values())) / sum(lines.values()) < 0.20
    crowded = {p: tags(t) / lines[p] for p, t in texts.items() if tags(t) / lines[p] > 0.35}
    assert crowded == {}
    assert [p for p, t in texts.items() if re.search(r"{%-?\s*(set|macro|call|include|import)\b", t)] == []


def test_first_line_of_a_template_says_what_it_is_given() -> None:
    wrong = [p for p in TEMPLATES if not re.match(r"{# given: [A-Z]\w+; makes: .+ -?#}\n", p.read_text())]
    assert wrong == []


# Attributes of views are text of the language that the template makes; nothing else may stand in an expression.
FREE = re.compile(r"{{\s*-?\s*[\w.\[\]' ]+?(?:\s*\|\s*(?:quote|yaml|json))?\s*-?\s*}}|{{ '{' }}")


def test_expressions_in_templates_are_plain() -> None:
    texts = {p.name: re.sub(r"{% raw %}.*?{% endraw %}", "", p.read_text(), flags=re.S) for p in TEMPLATES}
    found = [
        (p, e) for p, text in texts.items() for e in re.findall(r"{{.*?}}", text) if not FREE.fullmatch(e)
    ]
    assert found == []


def test_environment_has_filters_only() -> None:
    import jinja2

    from apigen.render import environment

    plain = jinja2.Environment(autoescape=True)
    assert set(environment().globals) == set(plain.globals)
    assert set(environment().filters) - set(plain.filters) == {"quote", "yaml", "json"}
    assert environment().undefined is jinja2.StrictUndefined
