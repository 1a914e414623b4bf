"""What enters the templates: each value through the filter of its language, or a word, or code that a builder made.

Static: every expression is one of the three, and none stands in a raw string of Go. Then, with hostile texts in
every place of a spec that takes any: what is called a word is one, and texts are rendered once.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
import specs
from jinja2 import nodes
from test_hostile import ENTRIES, outcome, resource

from apigen.load import load
from apigen.plan import plan
from apigen.render import environment, template_folder
from apigen.resolve import resolve

SAMPLES = sorted(p.parent for p in (Path(__file__).parents[1] / "samples").glob("*/apigen.yaml"))
TEMPLATES = sorted(p.relative_to(template_folder()).as_posix() for p in template_folder().rglob("*.j2"))
FILTERS = {"quote", "yaml", "json"}

# Names, paths, numbers and versions: identity.py, names.py and plan.py refuse all that is more than that.
WORD = re.compile(r"[A-Za-z0-9_./*\[\]:-]*")
# What the view modules make, of several words; each passes texts through gotext.quote or gotext.comment, YAML through
# yamltext, pages of Markdown through words.code and the like. A new name here is a promise to have looked at that.
# `authorizers` is text of minors.py; `kubernetes` is one of the minors that are known, or scaffold.py refuses.
_BUILT = """
about api_services argument arguments attributes authority authorizers body carried categories checker_imports
column comment constants defaults defaults_imports definitions deprecations dropped_paths earlier edited
end_strategy endpoints etcd_certificate etcd_domain etcd_endpoints etcd_members etcd_secret fields fillers graph
groups_imports host image imports install_imports keeping_versions kind_versions known_types kubernetes labels
list_metadata markers metadata metadata_names more_arguments more_mounts more_volumes names namespace new_strategy
numbers others parameter paths prepare_create prepare_status prepare_update prepared project quoted_group
quoted_kind renames replicas resource rest rule_places ruled rules rules_imports scale_get scale_paths scale_set
scheduling scope self short_name short_names status_reset storage_imports storage_versions stored_kinds strategy
strategy_imports stricter tables test_fields text through type types_imports validate_create validate_status
validate_update values_imports variable verdicts version version_list version_priority viewed warnings_create
warnings_update words
"""
BUILT = frozenset(_BUILT.split())


def expressions(name: str) -> Iterator[tuple[str, nodes.Expr]]:
    """Yield every expression that a template prints, and the text before it."""
    source = (template_folder() / name).read_text(encoding="utf-8")
    before = ""
    for output in environment().parse(source).find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                before += node.data
            else:
                yield before, node


def last(node: nodes.Node) -> str:
    """The name under which a value is known: that of the attribute, or of the variable."""
    return str(node.attr if isinstance(node, nodes.Getattr) else getattr(node, "name", type(node).__name__))


def faults(name: str, found: Iterator[tuple[str, nodes.Expr]], words: set[str]) -> list[str]:
    """Return what is wrong with the expressions of a template."""
    wrong = []
    for before, node in found:
        place = f"{name}:{node.lineno} {last(node)}"
        if name.endswith(".go.j2") and before.count("`") % 2 and not isinstance(node, nodes.Const):
            tag = re.search(r'`json:"$', before)
            wrong += [] if tag else [f"{place} stands in a raw string"]
        if isinstance(node, nodes.Const):
            continue
        if isinstance(node, nodes.Filter):
            wrong += [] if node.name in FILTERS else [f"{place} has a filter of no language"]
        elif last(node) not in words | BUILT:
            wrong.append(f"{place} is neither filtered, nor a word, nor built")
    return wrong


@functools.cache
def tracing() -> tuple[jinja2.Environment, dict[str, set[str]]]:
    """The environment of apigen, with every printed value noted by template and name."""
    seen: dict[str, set[str]] = defaultdict(set)
    traced = environment().overlay()

    def note(value: object, place: str) -> object:
        seen[place].add(str(value))
        return value

    traced.filters = {**traced.filters, "note": note}
    return traced, seen


def trace(root: Path) -> dict[str, set[str]]:
    """Render a project; return all unfiltered values so far, by "template:line name"."""
    _, seen = tracing()
    for planned in plan(resolve(load(root))):
        _compiled(planned.template).render({planned.name: planned.view})
    return seen


@functools.cache
def _compiled(name: str) -> jinja2.Template:
    traced, _ = tracing()
    parsed = traced.parse((template_folder() / name).read_text(encoding="utf-8"))
    for output in parsed.find_all(nodes.Output):
        output.nodes = [
            (
                node
                if isinstance(node, nodes.TemplateData | nodes.Filter | nodes.Const)
                else nodes.Filter(
                    node, "note", [nodes.Const(f"{name}:{node.lineno} {last(node)}")], [], None, None
                )
            )
            for node in output.nodes
        ]
    parsed.set_environment(traced)
    return traced.from_string(parsed)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """All values that the samples, and specs full of hostile texts, print without a filter."""
    for sample in SAMPLES:
        trace(sample)
    texts = [e["value"] for e in ENTRIES if e["category"] in ("text", "directive")]
    for number, text in enumerate(texts[::6]):
        root = specs.write(tmp_path_factory.mktemp(f"text{number}"), {"thing": resource(text)})
        try:
            trace(root)
        except Exception as error:  # refused: test_hostile.py looks at which are
            assert type(error).__name__ == "SpecError", error
    return tracing()[1]


def words_of(seen: dict[str, set[str]]) -> set[str]:
    """The names under which nothing but words was printed."""
    values: dict[str, set[str]] = defaultdict(set)
    for place, found in seen.items():
        values[place.rpartition(" ")[2]] |= found
    return {name for name, found in values.items() if all(WORD.fullmatch(value) for value in found)}


def test_every_value_passes_the_filter_of_its_language(seen: dict[str, set[str]]) -> None:
    words = words_of(seen)
    assert [f for name in TEMPLATES for f in faults(name, expressions(name), words)] == []
    assert BUILT & words == set(), "only words were seen: take it off the list"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("// {{ kind.description }}\n", "description is neither filtered, nor a word, nor built"),
        ("x := {{ kind.text | upper }}\n", "has a filter of no language"),
        ("x := `{{ kind.name }}`\n", "stands in a raw string"),
    ],
)
def test_the_check_sees_a_template_that_is_wrong(text: str, says: str) -> None:
    found = ((before, node) for before, node in _of(text))
    (fault,) = faults("go/x.go.j2", found, {"name"})
    assert says in fault


def _of(text: str) -> Iterator[tuple[str, nodes.Expr]]:
    (output,) = environment().parse(text).find_all(nodes.Output)
    before = ""
    for node in output.nodes:
        if isinstance(node, nodes.TemplateData):
            before += node.data
        else:
            yield before, node


def test_a_text_is_rendered_once(tmp_path: Path) -> None:
    text = "{{ 7*7 }} {% for x in y %} {# gone #} {{ ''.__class__.__mro__ }} {{ undefined_name }}"
    made = outcome(tmp_path, thing=resource(text))
    assert made
    types = next(f.text for f in made if f.path == "api/shop/v1/types.go")
    assert f"// {text.replace(chr(39) * 2, chr(0x201d))}\n" in types
    assert not [f.path for f in made if re.search(r"\b49 \{% for", f.text)]
