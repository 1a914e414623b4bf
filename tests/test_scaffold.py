"""What init and add-resource write works as it stands, teaches what is true, and never replaces anything."""

import re
import subprocess
from pathlib import Path

import pytest

from apigen import pipeline, scaffold
from apigen.problems import ApigenError, UsageError
from apigen.render import environment
from apigen.source import parse, read

SECOND_VERSION = re.compile(r"^ *#- name: v|^#conversions")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    list(scaffold.init(folder, "shop", "example.com/shop"))
    return folder


def add(project: Path, kind: str = "Widget", group: str = "shop.example.com", version: str = "v1") -> Path:
    return scaffold.add_resource(project, kind, group, version)


def examples(text: str, second_version: bool) -> str:
    """The text with examples made live: those of a second version, or all others."""
    out, in_second = [], False
    for line in text.splitlines():
        if not re.match(r"^ *#[^ ]|^ *#  ", line):
            in_second = False
        elif SECOND_VERSION.match(line):
            in_second = True
        example = re.match(r"^( *)#( *[^ ].*)$", line)
        is_prose = bool(re.match(r"^ *# [^ ]", line))
        live = example and not is_prose and in_second == second_version
        out.append(example[1] + example[2] if live and example else line)
    return "\n".join(out) + "\n"


def test_init(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert list(scaffold.init(folder, "shop", "example.com/shop")) == [
        f"created {folder}/.gitignore",
        f"created {folder}/apigen.yaml",
    ]
    text = (folder / "apigen.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=schemas/project.json\n")
    assert read(folder / "apigen.yaml", "apigen.yaml").document == {
        "apigen": 1,
        "name": "shop",
        "module": "example.com/shop",
        "kubernetes": "1.37",
    }
    assert sorted(p.name for p in folder.iterdir()) == [".gitignore", "apigen.yaml"]


@pytest.mark.parametrize("name", ["on", "1", "null", "1e3", "2026-01-31", "0x1"])
def test_name_that_yaml_takes_for_something_else(tmp_path: Path, name: str) -> None:
    list(scaffold.init(tmp_path / name, name, "example.com/shop"))
    assert read(tmp_path / name / "apigen.yaml", "apigen.yaml").document["name"] == name


def test_init_in_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    list(scaffold.init(tmp_path, "shop", "example.com/shop"))
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "apigen.yaml").exists()


def test_init_in_a_project_changes_nothing(project: Path) -> None:
    (project / "apigen.yaml").write_text("mine")
    (project / ".gitignore").unlink()
    with pytest.raises(ApigenError, match="exists") as caught:
        list(scaffold.init(project, "shop", "example.com/shop"))
    assert caught.value.exit_code == 1
    assert [p.name for p in project.iterdir()] == ["apigen.yaml"]
    assert (project / "apigen.yaml").read_text() == "mine"


def test_init_keeps_a_gitignore_and_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("bin\n")
    first, _ = scaffold.init(tmp_path, "shop", "example.com/shop")
    assert first == f"kept {tmp_path}/.gitignore, which should also have: /.apigen/ *.edited*"
    assert (tmp_path / ".gitignore").read_text() == "bin\n"
    (tmp_path / "apigen.yaml").unlink()
    (tmp_path / ".gitignore").write_text("bin/\n.apigen\n*.edited*\n")
    assert list(scaffold.init(tmp_path, "shop", "example.com/shop")) == [f"created {tmp_path}/apigen.yaml"]


def test_init_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("mine")
    with pytest.raises(ApigenError, match="no folder"):
        list(scaffold.init(tmp_path / "shop", "shop", "example.com/shop"))


def test_init_does_not_write_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "apigen.yaml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ApigenError, match="in the way"):
        list(scaffold.init(tmp_path, "shop", "example.com/shop"))
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("module", ["shop", "example.com/", "example.com/a b", "example.com/internal/x", ""])
def test_init_refuses_a_module(tmp_path: Path, module: str) -> None:
    with pytest.raises(UsageError, match="no Go module path"):
        list(scaffold.init(tmp_path / "shop", "shop", module))
    assert not (tmp_path / "shop").exists()


def test_init_refuses_a_minor(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'"1\.20"') as caught:
        list(scaffold.init(tmp_path / "shop", "shop", "example.com/shop", "1.20"))
    assert "1.37" in caught.value.hint


@pytest.mark.parametrize("name", ["a/b", "../x", "", "Shop", "/x", "a.b", "..", "-x"])
def test_names_that_no_server_has(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        scaffold.server_name(tmp_path, name)


def test_the_name_of_this_folder(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "My Shop").mkdir()
    assert scaffold.server_name(tmp_path / "shop", ".") == "shop"
    with pytest.raises(UsageError, match='the folder is called "My Shop"'):
        scaffold.server_name(tmp_path / "My Shop", ".")


def test_gitignore_hides_what_is_made_here_and_no_source(project: Path) -> None:
    subprocess.run(["git", "init", "--quiet", project], check=True)

    def ignored(path: str) -> bool:
        return subprocess.run(["git", "-C", project, "check-ignore", "--quiet", path]).returncode == 0

    hidden = ["bin/shop", ".apigen/data/x", "api/shop/v1/types.go.edited", "a.go.edited.2"]
    assert [path for path in hidden if not ignored(path)] == []
    shown = ["apigen.yaml", "apigen.sum", "api/bin/v1/types.go", "internal/registry/shop/bin/storage.go"]
    assert [path for path in shown if ignored(path)] == []


def test_add_resource(project: Path) -> None:
    path = add(project)
    assert path == project / "resources" / "widget.yaml"
    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=../schemas/resource.json\n")
    document = parse(text.encode(), "widget.yaml").document
    assert (document["group"], document["kind"], document["scope"]) == (
        "shop.example.com",
        "Widget",
        "Namespaced",
    )
    version = document["versions"][0]
    assert version["name"] == "v1" and version["storage"] is True
    assert set(version["fields"]["status"]["fields"]) == {"observedGeneration", "conditions"}
    fields = version["fields"]["spec"]["fields"]
    assert any("enum" in f and "default" in f for f in fields.values())
    assert any("minimum" in f and "maximum" in f for f in fields.values())


@pytest.mark.parametrize("cluster", [False, True])
@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1", "v2"])
@pytest.mark.parametrize("kind", ["Widget", "URL", "Policy", "Test", "On", "A1"])
def test_what_it_writes_generates_at_once(project: Path, kind: str, version: str, cluster: bool) -> None:
    path = scaffold.add_resource(project, kind, "shop.example.com", version, cluster_scoped=cluster)
    assert read(path, path.name).document["scope"] == ("Cluster" if cluster else "Namespaced")
    paths = {file.path for file in pipeline.rendered(project)}
    assert f"api/shop/{version}/types.go" in paths


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
@pytest.mark.parametrize("second_version", [True, False])
def test_its_examples_work_when_they_are_made_live(project: Path, version: str, second_version: bool) -> None:
    path = add(project, version=version)
    text = path.read_text()
    live = examples(text, second_version)
    assert live != text
    path.write_text(live)
    pipeline.rendered(project)
    document = parse(live.encode(), "widget.yaml").document
    assert len(document["versions"]) == 1 + second_version
    assert ("conversions" in document) == second_version
    assert ("hooks" in document) == (not second_version)


def test_group_that_yaml_takes_for_a_number(project: Path) -> None:
    path = add(project, group="1.5")
    assert read(path, path.name).document["group"] == "1.5"


def test_all_its_examples_are_found_by_this_test(project: Path) -> None:
    text = add(project).read_text()
    live = examples(examples(text, False), True)
    left = [line for line in live.splitlines() if re.match(r"^ *#([^ ]|  )", line)]
    assert left == []


def test_same_kind_in_another_group(project: Path) -> None:
    first = add(project)
    before = first.read_bytes()
    assert add(project, group="other.example.com") == project / "resources" / "widget.other.yaml"
    assert first.read_bytes() == before
    pipeline.rendered(project)
    with pytest.raises(UsageError, match=r"widget\.other\.yaml exists too"):
        add(project, group="other.example.org")


@pytest.mark.parametrize("name", ["widget.yaml", "some-name.yml"])
def test_kind_that_is_there_already(project: Path, name: str) -> None:
    add(project).rename(project / "resources" / name)
    before = (project / "resources" / name).read_bytes()
    with pytest.raises(UsageError, match=f"Widget of shop.example.com is there already: .*{re.escape(name)}"):
        add(project)
    assert [p.name for p in (project / "resources").iterdir()] == [name]
    assert (project / "resources" / name).read_bytes() == before


def test_add_resource_beside_a_broken_file(project: Path) -> None:
    (project / "resources").mkdir()
    (project / "resources" / "broken.yaml").write_text("{")
    assert add(project).exists()


@pytest.mark.parametrize(
    "kind, group, version",
    [
        ("widget", "shop.example.com", "v1"),
        ("Wid get", "shop.example.com", "v1"),
        ("Status", "shop.example.com", "v1"),
        ("../X", "shop.example.com", "v1"),
        ("Widget", "shop", "v1"),
        ("Widget", "Shop.example.com", "v1"),
        ("Widget", "shop.example.com", "1"),
        ("Widget", "shop.example.com", "v1\nx: y"),
    ],
)
def test_names_that_cannot_be(project: Path, kind: str, group: str, version: str) -> None:
    with pytest.raises(UsageError) as caught:
        add(project, kind, group, version)
    assert caught.value.hint
    assert not (project / "resources").exists()


def test_add_resource_needs_a_project(tmp_path: Path) -> None:
    with pytest.raises(ApigenError, match=r"no apigen\.yaml"):
        add(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_templates_say_what_they_are_given() -> None:
    for name in ("project", "resource"):
        source = environment().loader.get_source(environment(), f"spec/{name}.yaml.j2")[0]  # type: ignore[union-attr]
        assert re.match(r"\{# given: \w+; makes: .* -?#\}\n", source)


@pytest.mark.parametrize("name", ["con", "nul", "com1"])
def test_a_server_is_not_called_as_a_device_is(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a server"):
        scaffold.server_name(tmp_path, name)
