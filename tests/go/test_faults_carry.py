"""Faults planted in what carries over between versions: the generated tests of the running server catch each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Run

from apigen import pipeline

CARRY = "internal/carry/"
LAWS = "TestWritingBack|TestChangesStayLocal|TestTwoManagers"

# A file, what stands there, what a careless hand makes of it, and the test that notices.
FAULTS = {
    "nothing-carried-over": (CARRY + "write.go", "\tk.setKept(is, was, all)\n", "", "TestWritingBack"),
    "owners-not-computed-again": (
        CARRY + "admission.go",
        "\t\tk.manage(now, old, endpoint{version, a.GetSubresource()}, by.manager)\n",
        "\t\t_ = by.manager\n",
        "TestWritingBack",
    ),
    "defaults-not-taken-back": (
        CARRY + "write.go",
        "\tis, _ = k.unset(is, was, owners{}, version)\n",
        "",
        "TestWritingBack",
    ),
    "stale-parts-left": (CARRY + "carry.go", "; !left {", "; !left && len(name) == 0 {", "TestChangesStayLocal"),
    "apply-carried-over": (
        CARRY + "write.go",
        "func (k *Kind) apply(now, old Object, version string) error {\n",
        "func (k *Kind) apply(now, old Object, version string) error {\n"
        "\tif _, err := k.update(now, old, version); err != nil {\n\t\treturn err\n\t}\n",
        "TestTwoManagers",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def lenses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("faults")
    for file in pipeline.rendered(ROOT / "tests" / "server" / "specs" / "lenses"):
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    return root


@pytest.fixture
def planted(lenses: Path) -> Iterator[Callable[[str, str, str], Path]]:
    texts: dict[Path, str] = {}

    def plant(path: str, old: str, new: str) -> Path:
        file = lenses / path
        texts[file] = file.read_text()
        assert old in texts[file], f"{path} has no {old!r}"
        file.write_text(texts[file].replace(old, new))
        return lenses

    yield plant
    for file, text in texts.items():
        file.write_text(text)


@pytest.mark.parametrize(("path", "old", "new", "test"), FAULTS.values(), ids=FAULTS)
def test_fault_is_caught(
    planted: Callable[[str, str, str], Path], run: Run, path: str, old: str, new: str, test: str
) -> None:
    root = planted(path, old, new)
    told = run(root, "go", "test", "-vet=off", "-run", LAWS, "./test", fails=True)
    assert f"--- FAIL: {test}" in told, told


def test_without_faults(lenses: Path, run: Run) -> None:
    run(lenses, "go", "test", "-vet=off", "-run", LAWS, "./test")


def test_a_fuzz_target_finds_nothing_in_a_while(lenses: Path, run: Run) -> None:
    target = "-run=^$", "-fuzz=FuzzGadgetV1alpha1$", "-fuzztime=5s", "-fuzzminimizetime=1s"
    assert "elapsed" in run(lenses, "go", "test", *target, "./internal/apis/lenses/install")
