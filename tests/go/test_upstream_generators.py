"""Deep copies, model names and OpenAPI definitions are those that upstream's generators make of the same types."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SAMPLES, Run, tool

UPSTREAM = [
    "k8s.io/apimachinery/pkg/apis/meta/v1",
    "k8s.io/apimachinery/pkg/runtime",
    "k8s.io/apimachinery/pkg/version",
    "k8s.io/apimachinery/pkg/api/resource",
    "k8s.io/apimachinery/pkg/util/intstr",
    "k8s.io/api/core/v1",
]
COMPARISON = (Path(__file__).parent / "compare_test.go.txt").read_text()


def normal(text: str) -> str:
    """Go text without what differs by design: whose it is, and how an imported package is called."""
    text = re.sub(r"\A.*?(?=^package )", "", text, flags=re.DOTALL | re.MULTILINE)
    for alias, path in re.findall(r'^\s*(?:import )?(\w+) "(k8s\.io/[^"]+)"$', text, re.MULTILINE):
        text = re.sub(rf"\b{alias}\.(?=[A-Z])", f"<{path}>.", text)
    return re.sub(r"^import (?:\(.*?^\)|[^\n]*)\n", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", SAMPLES)
def test_same_as_upstream(name: str, sample: Callable[[str], Path], run: Run) -> None:
    root = sample(name)
    ours = {p.relative_to(root): p.read_text() for p in root.rglob("zz_generated.*.go")}
    (root / "header.txt").write_text("")
    copied = sorted({f"./{p.parent}" for p in ours if p.name == "zz_generated.deepcopy.go"})
    header = ("--go-header-file", "header.txt")
    run(root, tool("deepcopy-gen"), "--output-file", "zz_generated.deepcopy.go", *header, *copied)
    module = re.search(r"^module (.*)$", (root / "go.mod").read_text(), re.MULTILINE)
    assert module
    readonly = [a for p in UPSTREAM for a in ("--readonly-pkg", p)]
    external = [p for p in copied if p.startswith("./api/")]
    run(root, tool("openapi-gen"), "--output-dir", "openapi", "--output-pkg", f"{module[1]}/openapi",
        "--output-file", "zz_generated.openapi.go", "--output-model-name-file", "zz_generated.model_name.go",
        *header, "--report-filename", "violations.txt", *readonly, *external, *UPSTREAM)  # fmt: skip
    theirs = {path: (root / path).read_text() for path in ours}
    assert {p: normal(t) for p, t in ours.items()} == {p: normal(t) for p, t in theirs.items()}
    compare = COMPARISON.replace("MODULE", module[1]).replace("COUNT", str(3 * len(external)))
    (root / "internal" / "openapi" / "compare_test.go").write_text(compare)
    run(root, "go", "test", "-count=1", "./internal/openapi")
