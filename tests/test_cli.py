"""The commands as a person meets them: words, streams, exit codes, and what they write and do not write."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from apigen import __version__, cli, pipeline

COMMANDS = (
    "init",
    "add-resource",
    "import",
    "generate",
    "upgrade",
    "run",
    "eject",
    "adopt",
    "lint",
    "diff",
    "doctor",
    "conversions",
    "graph",
    "schema",
)
EDITED = Path("internal/registry/rest.go")


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def apigen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line, in an empty folder that is the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("APIGEN_TRACEBACK", raising=False)

    def run(*arguments: str) -> Done:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        out, err = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0 if code is None else 1, out, err)

    return run


@pytest.fixture
def shop(apigen: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same, in a generated project."""
    assert apigen("init", "shop", "--module", "example.com/shop").code == 0
    monkeypatch.chdir("shop")
    assert apigen("add-resource", "Widget", "--group", "shop.example.com").code == 0
    assert apigen("generate").code == 0
    return apigen


def tree(folder: Path = Path()) -> dict[str, tuple[bytes, int]]:
    """Every file with its bytes and the time of its last change."""
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def change_spec(old: str = "Large]", new: str = "Large, Huge]") -> None:
    path = Path("resources/widget.yaml")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def edit() -> None:
    with EDITED.open("a") as file:
        file.write("// mine\n")


def test_from_nothing_to_a_project(apigen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done = apigen("init", "shop", "--module", "example.com/shop")
    assert done == Done(
        0,
        "created shop/.gitignore\ncreated shop/apigen.yaml\n"
        "next: cd shop && apigen add-resource KIND --group GROUP\n",
        "",
    )
    monkeypatch.chdir("shop")
    done = apigen("add-resource", "Widget", "--group", "shop.example.com")
    assert done == Done(0, "created resources/widget.yaml\nnext: edit it, then: apigen generate\n", "")
    done = apigen("generate")
    assert (done.code, done.out) == (0, "")
    assert "create  api/shop/v1/types.go\n" in done.err
    assert done.err.endswith(" files change\n")
    assert Path("go.mod").exists() and Path("cmd/shop/main.go").exists()


def test_init_fills_this_folder(apigen: Run) -> None:
    here = Path("filled")
    here.mkdir()
    done = apigen("-C", "filled", "init", ".", "--module", "example.com/x")
    assert done.code == 0
    assert "name: filled\n" in (here / "apigen.yaml").read_text()


def test_init_a_second_time(apigen: Run) -> None:
    apigen("init", "shop", "--module", "example.com/shop")
    before = tree()
    done = apigen("init", "shop", "--module", "example.com/other")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: shop/apigen.yaml exists\nhint: ")
    assert tree() == before


def test_init_without_a_module_and_nobody_to_ask(apigen: Run) -> None:
    done = apigen("init", "shop")
    assert done.code == 2
    assert done.err == (
        "error: --module is missing\n"
        "hint: say which Go module it is: apigen init NAME --module example.com/shop\n"
    )
    assert not Path("shop").exists()


def test_refusal_of_the_system(apigen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "shop")

    monkeypatch.setattr(Path, "mkdir", refuse)
    done = apigen("init", "shop", "--module", "example.com/shop")
    assert (done.code, done.err) == (1, "error: shop: Permission denied\n")


def test_generate_twice(shop: Run) -> None:
    before = tree()
    done = shop("generate")
    assert done.code == 0 and done.out == ""
    assert done.err == f"{len(before) - 3} files, all current\n"
    assert tree() == before


def test_generate_says_what_changed(shop: Run) -> None:
    change_spec()
    done = shop("generate")
    assert done.code == 0
    *lines, total = done.err.splitlines()
    assert "update  api/shop/v1/types.go" in lines
    assert {line.split()[0] for line in lines} == {"update"}
    assert total.startswith(f"{len(lines)} of ") and total.endswith(" files change")
    assert shop("generate", "--check").code == 0


def test_generate_says_where_versions_differ_in_what_they_accept(shop: Run) -> None:
    Path("resources/order.yaml").write_text(ORDER)
    said = shop("generate").err
    assert (
        "note: Order v1beta1 demands what v1 does not: the whole object\n"
        "note: Order v1 demands what v1beta1 does not: spec.size, spec.a, spec.b and 1 more\n"
        "see docs/conversions.md\n"
    ) in said
    assert "note" not in shop("generate").err


ORDER = """\
apigen: 1
group: shop.example.com
kind: Order
versions:
  - name: v1
    storage: true
    fields:
      spec:
        fields:
          size: {type: int32, maximum: 3}
          a: {type: string, required: true}
          b: {type: string, maxLength: 9}
          c: {type: string, minLength: 2}
  - name: v1beta1
    validations: [{rule: "has(self.spec)"}]
    fields: {spec: {fields: {size: int32, a: string, b: string, c: string}}}
conversions: [{from: v1beta1, to: v1}]
"""


def test_check_of_a_current_tree(shop: Run) -> None:
    before = tree()
    done = shop("generate", "--check")
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("files, all current; nothing was written\n")
    assert tree() == before


def spec_has_changed() -> None:
    change_spec()


def generated_file_is_gone() -> None:
    Path("api/shop/v1/types.go").unlink()


def resource_is_gone() -> None:
    widget = Path("resources/widget.yaml")
    widget.rename("resources/other.yaml")
    other = Path("resources/other.yaml")
    other.write_text(other.read_text().replace("group: shop.example.com", "group: other.example.com"))


def record_is_gone() -> None:
    Path("apigen.sum").unlink()


def record_is_of_another_version() -> None:
    record = Path("apigen.sum")
    record.write_text(record.read_text().replace(f"# apigen {__version__}", "# apigen 0.0.1"))


def record_lacks_a_scaffold() -> None:
    record = Path("apigen.sum")
    record.write_text(record.read_text().replace("# scaffold Makefile\n", ""))


@pytest.mark.parametrize(
    "spoil, says",
    [
        (spec_has_changed, "stale: api/shop/v1/types.go\n"),
        (generated_file_is_gone, "missing: api/shop/v1/types.go\n"),
        (resource_is_gone, "orphan: api/shop/v1/types.go\n"),
        (edit, f"edited: {EDITED}\n"),
        (record_is_gone, "missing: apigen.sum\n"),
        (record_is_of_another_version, "stale: apigen.sum\n"),
        (record_lacks_a_scaffold, "stale: apigen.sum\n"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_check_fails_on_any_difference(shop: Run, spoil: Callable[[], None], says: str) -> None:
    spoil()
    before = tree()
    done = shop("generate", "--check")
    assert (done.code, done.out) == (5, "")
    assert says in done.err
    remedy = "run: apigen generate\n" if spoil is not edit else "kept: apigen generate --force\n"
    assert done.err.endswith(remedy)
    assert tree() == before
    shop("generate", "--force")
    assert shop("generate", "--check").code == 0


def test_diff(shop: Run) -> None:
    change_spec()
    edit()
    before = tree()
    done = shop("generate", "--diff")
    assert done.code == 0
    assert '+\tWidgetSpecSizeHuge   WidgetSpecSize = "Huge"\n' in done.out
    assert "-// mine\n" in done.out
    assert done.err.endswith("files change; nothing was written\n")
    assert tree() == before


def test_edited_file(shop: Run) -> None:
    change_spec()
    edit()
    before = tree()
    done = shop("generate")
    assert (done.code, done.out) == (4, "")
    assert f"--- a/{EDITED}\n" in done.err and "-// mine\n" in done.err
    assert "Huge" not in done.err, "only what was edited is shown"
    assert done.err.count("error: ") == 1 and "--force" in done.err
    assert tree() == before


def test_force(shop: Run) -> None:
    edit()
    mine = EDITED.read_bytes()
    done = shop("generate", "--force")
    assert done.code == 0
    assert f"replace {EDITED}\n" in done.err
    assert done.err.endswith(f"saved {EDITED} as {EDITED}.edited\n")
    assert Path(f"{EDITED}.edited").read_bytes() == mine
    assert EDITED.read_bytes() != mine


def test_scaffold_that_was_edited_is_nobodys_business(shop: Run) -> None:
    Path("Makefile").write_text("mine\n")
    assert shop("generate", "--check").code == 0
    assert shop("generate", "--force").code == 0
    assert Path("Makefile").read_text() == "mine\n"


def test_hook_that_would_no_longer_run(shop: Run) -> None:
    widget = Path("resources/widget.yaml")
    widget.write_text(widget.read_text().replace("\nscope:", "\nhooks: [validate]\nscope:", 1))
    assert shop("generate").code == 0
    old = Path("internal/registry/shop/widget/validate.go")
    old.write_text(old.read_text() + "// mine\n")
    assert shop("add-resource", "Other", "--group", "shop.acme.io").code == 0
    before = tree()
    done = shop("generate")
    assert (done.code, done.out) == (4, "")
    assert f"your hook {old} would no longer run; move it to internal/registry/shop" in done.err
    assert tree() == before
    done = shop("generate", "--check")
    assert done.code == 5 and done.err.startswith(f"released: {old}: your hook {old} would no longer run")
    assert done.err.endswith("move your hooks as said above\nrun: apigen generate\n")
    new = Path(done.err.split("move it to ")[1].split(" (")[0])
    assert new.parts[-2:] == ("widget", "validate.go")
    new.parent.mkdir(parents=True)
    old.rename(new)
    assert shop("generate").code == 0
    assert new.read_text().endswith("// mine\n") and not old.exists()
    assert shop("generate", "--check").code == 0


@pytest.mark.parametrize("flags", [("--check", "--diff"), ("--check", "--force"), ("--diff", "--force")])
def test_flags_that_exclude_each_other(shop: Run, flags: tuple[str, str]) -> None:
    done = shop("generate", *flags)
    assert done.code == 2
    assert done.err.startswith("error: --check, --diff and --force exclude each other\n")


@pytest.mark.parametrize("flags", [(), ("--check",), ("--diff",), ("--force",)])
def test_wrong_spec(shop: Run, flags: tuple[str, ...]) -> None:
    change_spec("type: int32", "type: intt")
    before = tree()
    done = shop("generate", *flags)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("resources/widget.yaml:")
    assert tree() == before


@pytest.mark.parametrize(
    "arguments", [("generate",), ("add-resource", "X", "--group", "a.example.com"), ("run",)]
)
def test_outside_of_a_project(apigen: Run, arguments: tuple[str, ...]) -> None:
    done = apigen(*arguments)
    assert done.code == 1
    assert done.err.startswith("error: there is no apigen.yaml in .\nhint: ")
    assert "`apigen init NAME`" in done.err
    assert tree() == {}


def test_run_before_there_is_a_server(apigen: Run) -> None:
    apigen("init", "shop", "--module", "example.com/shop")
    done = apigen("-C", "shop", "run")
    assert done.code == 3
    assert "error: the project has no resource file in resources/\n" in done.err
    assert done.err.endswith("hint: make one with `apigen add-resource KIND --group GROUP`\n")
    apigen("-C", "shop", "add-resource", "Widget", "--group", "shop.example.com")
    done = apigen("-C", "shop", "run")
    assert done.code == 1
    assert done.err == "error: there is no server in shop yet\nhint: run `apigen generate` first\n"


def test_run_keeps_its_data_where_it_is(shop: Run) -> None:
    assert shop("run", "--", "--data-dir=elsewhere").code == 2


def test_directory(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("..")
    assert shop("-C", "shop", "generate", "--check").code == 0
    assert shop("--directory", "shop", "add-resource", "Other", "--group", "shop.example.com").code == 0
    assert Path("shop/resources/other.yaml").exists()
    assert shop("-C", "nowhere", "generate").code == 2


@pytest.mark.parametrize(
    "arguments",
    [("generat",), ("generate", "--chek"), ("init",), ("add-resource", "Widget"), ("schema", "everything")],
)
def test_wrong_usage(apigen: Run, arguments: tuple[str, ...]) -> None:
    done = apigen(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage: apigen" in done.err and "Traceback" not in done.err


def test_schema_is_data(apigen: Run) -> None:
    resource, project = apigen("schema"), apigen("schema", "project")
    assert resource == apigen("schema", "resource")
    assert (resource.code, resource.err) == (0, "")
    docs = Path(__file__).parent.parent / "docs"
    assert resource.out == (docs / "resource.schema.json").read_text()
    assert project.out == (docs / "project.schema.json").read_text()


def test_version(apigen: Run) -> None:
    assert apigen("--version") == Done(0, f"apigen {__version__}\n", "")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_examples(apigen: Run, command: str) -> None:
    done = apigen(*filter(None, [command]), "--help")
    assert (done.code, done.err) == (0, "")
    examples = done.out.split("  Examples:\n")[1].rstrip("\n").splitlines()
    assert examples and all(line.startswith(f"    apigen {command}") for line in examples)
    assert all(len(line) < 80 for line in done.out.splitlines())


def test_help_names_all_commands(apigen: Run) -> None:
    listed = apigen("--help").out.split("Commands:\n")[1].split("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == list(COMMANDS)
    assert "..." not in listed


def test_unexpected_error(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(pipeline, "generate", fail)
    done = shop("generate")
    assert done == Done(
        1,
        "",
        "error: unexpected RuntimeError: two lines\n"
        "hint: this is a bug in apigen; APIGEN_TRACEBACK=1 shows where\n",
    )
    monkeypatch.setenv("APIGEN_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        cli.main(["generate"])


def test_interrupt(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "generate", interrupt)
    done = shop("generate")
    assert done.code == 130 and "Traceback" not in done.err


def process(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "apigen", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


def test_python_m() -> None:
    done = process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"apigen {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_slow(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom apigen.cli import main\n"
        f"try: main({arguments})\nexcept SystemExit: pass\n"
        "slow = {'pydantic', 'ruamel', 'jinja2', 'rich', 're2', 'apigen.spec', 'apigen.console'}\n"
        "sys.exit(repr(sorted(slow & sys.modules.keys())))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("arguments", [["schema"], ["generate", "--diff"]], ids=["much", "little"])
def test_nobody_reads_the_output(shop: Run, arguments: list[str]) -> None:
    change_spec()
    command = [sys.executable, "-m", "apigen", *arguments]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    popen = subprocess.Popen(command, env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert popen.stdout and popen.stderr
    popen.stdout.close()
    err = popen.stderr.read()
    popen.stderr.close()
    assert popen.wait(60) in (0, 1)
    assert b"Broken" not in err and b"Traceback" not in err


def test_completion() -> None:
    words = {"_APIGEN_COMPLETE": "complete_bash", "COMP_WORDS": "apigen gen", "COMP_CWORD": "1"}
    done = process(env={**os.environ, **words})
    assert (done.returncode, done.stdout.strip()) == (0, "generate")


# What a new session has to do before a key can interrupt it, then what `python -m apigen` does.
ON_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from apigen.cli import main
main(sys.argv[1:])
"""


class Terminal:
    """A command on a terminal, which somebody types into."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.shown = ""
        self._fd, other = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", ON_TERMINAL, *arguments],
            cwd=folder, stdin=other, stdout=other, stderr=other, start_new_session=True,
            env={**os.environ, "NO_COLOR": "1", "TERM": "dumb"},
        )  # fmt: skip
        os.close(other)

    def _read(self) -> bool:
        assert select.select([self._fd], [], [], 20)[0], f"nothing more is said after:\n{self.shown}"
        with suppress(OSError):  # the other side is closed
            text = os.read(self._fd, 1000).decode()
            self.shown += text.replace("\r\n", "\n")
            return bool(text)
        return False

    def type(self, text: str, after: str) -> None:
        while not self.shown.endswith(after) and self._read():
            pass
        assert self.shown.endswith(after)
        os.write(self._fd, text.encode())

    def wait(self) -> int:
        while self._read():
            pass
        return self.process.wait(20)

    def close(self) -> None:
        os.close(self._fd)
        self.process.kill()
        self.process.wait()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, "init", "shop")
    yield opened
    opened.close()


QUESTION = "Path of the Go module [example.com/shop]: "


def test_init_asks_on_a_terminal(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("nonsense\n", QUESTION)
    terminal.type("example.com/mine\n", QUESTION)
    assert terminal.wait() == 0
    assert 'error: "nonsense" is no Go module path\n' in terminal.shown
    assert "module: example.com/mine\n" in (tmp_path / "shop" / "apigen.yaml").read_text()


def test_init_takes_what_it_proposes(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("\n", QUESTION)
    assert terminal.wait() == 0
    assert "module: example.com/shop\n" in (tmp_path / "shop" / "apigen.yaml").read_text()


@pytest.mark.parametrize("by", ["key", "signal"])
def test_interrupt_at_the_question(terminal: Terminal, tmp_path: Path, by: str) -> None:
    terminal.type("", QUESTION)
    time.sleep(0.3)  # it has to wait for an answer
    if by == "key":
        terminal.type("\x03", QUESTION)
    if by == "signal":
        terminal.process.send_signal(signal.SIGINT)
    assert terminal.wait() == 130
    assert "Traceback" not in terminal.shown
    assert list(tmp_path.iterdir()) == []


def test_help_is_quick() -> None:
    best = min(_seconds("--help") for _ in range(5))
    assert best < 0.25


def _seconds(*arguments: str) -> float:
    start = time.monotonic()
    assert process(*arguments).returncode == 0
    return time.monotonic() - start
