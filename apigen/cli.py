"""The commands. Each parses, calls one function, prints, and returns a code.

What is slow to import is imported inside of the commands, so that help and completion answer at once.
"""

import os
import shlex
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from apigen import __version__
from apigen.problems import ApigenError, CheckFailed, EditedError, UsageError

app = typer.Typer(
    no_args_is_help=True,
    # One look on every terminal and in every log; and help without rich takes half the time.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_INTERRUPTED = 130


class Format(StrEnum):
    """How tables are printed."""

    TEXT = "text"
    JSON = "json"


class Drawing(StrEnum):
    """How graphs are drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


class Which(StrEnum):
    """The kinds of file that have a schema."""

    PROJECT = "project"
    RESOURCE = "resource"


def _examples(*lines: str) -> str:
    """An epilog that keeps its lines: \b stops the help from filling the paragraph."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"apigen {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line, that of the process unless another is given, and exit with its code."""
    try:
        app(arguments, prog_name="apigen")
    except ApigenError as error:
        code = _show(error)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        code = _show(ApigenError(f"{where}{error.strerror or error}"))
    except Exception as error:
        if os.environ.get("APIGEN_TRACEBACK"):
            raise
        message = " ".join(f"unexpected {type(error).__name__}: {error}".split())
        code = _show(ApigenError(message, "this is a bug in apigen; APIGEN_TRACEBACK=1 shows where"))
    finally:
        _flush()
    sys.exit(code)


def _show(error: ApigenError) -> int:
    from apigen.console import show_error

    show_error(error)
    return error.exit_code


def _flush() -> None:
    """Write what is left, here, where it does no harm that nobody reads it any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.callback(
    epilog=_examples(
        "apigen init shop --module example.com/shop && cd shop",
        "apigen add-resource Widget --group shop.example.com",
        "apigen generate",
        "apigen run",
    )
)
def apigen(
    context: typer.Context,
    directory: Annotated[
        Path,
        typer.Option(
            "-C", "--directory", exists=True, file_okay=False, help="The folder to work in.", metavar="FOLDER"
        ),
    ] = Path(),
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Generate a complete Kubernetes API server, in plain Go, from a YAML spec of its resources.

    Exit codes: 0 fine, 1 input or output, 2 usage, 3 the spec, 4 a file edited by hand, 5 a check failed,
    130 interrupted.
    """
    context.obj = directory


@app.command(
    epilog=_examples(
        "apigen init shop --module example.com/shop",
        "apigen init . --module example.com/shop     # fill this folder",
    )
)
def init(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The server's name and that of its folder; `.` fills this one."),
    ],
    module: Annotated[
        str, typer.Option(metavar="PATH", help="The path of the Go module. Asked for on a terminal.")
    ] = "",
    kubernetes: Annotated[
        str, typer.Option(help="The Kubernetes minor to generate for.  [default: the newest]", metavar="1.37")
    ] = "",
) -> None:
    """Make a project: apigen.yaml and .gitignore. Nothing is overwritten."""
    from apigen import scaffold

    folder: Path = context.obj / name
    server = scaffold.server_name(context.obj, name)
    module = module or _ask_module(server)
    for line in scaffold.init(folder, server, module, kubernetes):
        typer.echo(line)
    go_there = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    typer.echo(f"next: {go_there}apigen add-resource KIND --group GROUP")


def _ask_module(name: str) -> str:
    """Ask a person for the path of the module; without one there to ask, the flag is missing."""
    from apigen.scaffold import check_module

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        hint = f"say which Go module it is: apigen init NAME --module example.com/{name}"
        raise UsageError("--module is missing", hint)
    while True:
        try:
            return check_module(
                typer.prompt("Path of the Go module", default=f"example.com/{name}", err=True)
            )
        except UsageError as error:
            _show(error)
        except typer.Abort:
            raise typer.Exit(_INTERRUPTED) from None


@app.command(
    epilog=_examples(
        "apigen add-resource Widget --group shop.example.com",
        "apigen add-resource Shelf --group shop.example.com --version v1alpha1",
        "apigen add-resource Tenant --group shop.example.com --cluster-scoped",
    )
)
def add_resource(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The kind, in CamelCase.")],
    group: Annotated[
        str, typer.Option(metavar="GROUP", help="The API group: a DNS name with a dot that you own.")
    ],
    version: Annotated[str, typer.Option(metavar="VERSION", help="Its first version.")] = "v1",
    cluster_scoped: Annotated[
        bool, typer.Option("--cluster-scoped", help="Objects live in the cluster, not in a namespace.")
    ] = False,
) -> None:
    """Write a new resource file, with examples, into resources/. No other file is touched."""
    from apigen import scaffold

    path = scaffold.add_resource(context.obj, kind, group, version, cluster_scoped=cluster_scoped)
    typer.echo(f"created {path}")
    typer.echo("next: edit it, then: apigen generate")


@app.command(
    "import",
    epilog=_examples(
        "apigen import widgets.yaml",
        "apigen import crds/*.yaml --strict     # exits 5 if anything is not carried",
        "apigen import - --stdout < crd.yaml    # prints the resource file",
    ),
)
def import_(
    context: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="YAML or JSON; `-` is the standard input.")
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where resource files go.  [default: resources]")
    ] = None,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Print the resource files; write nothing.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing and exit 5 if anything is not carried.")
    ] = False,
    how: Annotated[Format, typer.Option("--format", help="For people or for programs.")] = Format.TEXT,
) -> None:
    """Make resource files of CustomResourceDefinitions.

    What the spec language cannot say is listed, with its place and the reason. For versions that differ, conversions
    are proposed; nothing is lost by them, but look at each. Outside of a project the files are printed.
    """
    from apigen import console, importing
    from apigen.crd.account import as_json

    if stdout and (output or how is Format.JSON):
        raise UsageError("--stdout excludes --output and --format json", "choose one")
    target = None if stdout else output or importing.default_output(context.obj)
    found = importing.import_files(context.obj, files, target, strict=strict)
    if how is Format.JSON:
        typer.echo(as_json(found.accounts, found.skipped), nl=False)
    else:
        typer.echo(
            "\n---\n".join(text.rstrip("\n") for text in found.texts) if target is None else found.created
        )
        console.show_import(found.accounts, found.skipped)
        if target is None and not stdout:
            console.show_hint(
                "nothing was written: make a project with `apigen init NAME`, or say --output FOLDER"
            )
    if strict and any(one.not_carried for one in found.accounts):
        raise typer.Exit(CheckFailed.exit_code)


@app.command(
    epilog=_examples(
        "apigen generate",
        "apigen generate --diff      # what would change; writes nothing",
        "apigen generate --check     # for CI: exits 5 if anything would change",
        "apigen generate --force     # also what was edited by hand; copies are kept",
    )
)
def generate(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 5 if anything would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that were edited by hand; each is saved beside.")
    ] = False,
) -> None:
    """Write the whole project from its spec. Files of yours are never touched."""
    if check + diff + force > 1:
        raise UsageError("--check, --diff and --force exclude each other", "choose one")
    if check or diff:
        _compare(context.obj, check=check)
    else:
        _generate(context.obj, force=force)


def _compare(root: Path, *, check: bool) -> None:
    """Show how the tree differs from what the spec asks for. For a check a difference is an error."""
    from apigen import console, pipeline

    found = pipeline.changes(root)
    if check and any(change.complaint for change in found):
        console.show_check(found)
        raise typer.Exit(CheckFailed.exit_code)
    console.show_diff(found)
    console.show_changes(found, "diff")


def _generate(root: Path, *, force: bool) -> None:
    from apigen import console, pipeline

    try:
        found, saved = pipeline.generate(root, force=force)
    except EditedError:
        edited = [change for change in pipeline.changes(root, force=force) if change.refused]
        console.show_diff(edited, sys.stderr)
        raise
    console.show_changes(found, "force" if force else "generate")
    for copy in saved:
        typer.echo(f"saved {console.visible(copy.path)} as {console.visible(copy.copy)}", err=True)


@app.command(
    epilog=_examples(
        "apigen run",
        "apigen run --fresh                   # forget all objects of earlier runs",
        "apigen run -- --secure-port 8443     # flags of the server follow --",
        "apigen run -- --help                 # what flags there are",
    )
)
def run(
    context: typer.Context,
    flags: Annotated[
        list[str] | None, typer.Argument(metavar="-- FLAGS", help="Flags for the server.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove the data of earlier runs first.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the server's log, which is in .apigen/server.log.")
    ] = False,
) -> None:
    """Build the server and run it, without a cluster.

    It brings an etcd of its own and runs until Ctrl-C. Building takes Go. Data stays in .apigen/data from run to run.
    """
    from apigen.run import run

    raise typer.Exit(run(context.obj, flags or [], fresh=fresh, verbose=verbose))


_KIND = typer.Argument(metavar="[KIND]", help="One kind, KIND or KIND.GROUP; all if left out.")


@app.command(
    epilog=_examples(
        "apigen conversions",
        "apigen conversions Upstream --from v1alpha1 --to v1",
        "apigen conversions --format json",
    )
)
def conversions(
    context: typer.Context,
    kind: Annotated[str, _KIND] = "",
    source: Annotated[str, typer.Option("--from", metavar="VERSION", help="The version whose fields.")] = "",
    target: Annotated[str, typer.Option("--to", metavar="VERSION", help="The version they go to.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Also the fields that are the same in both.")
    ] = False,
    how: Annotated[Format, typer.Option("--format", help="For people or for programs.")] = Format.TEXT,
) -> None:
    """Show what becomes of fields between versions.

    A field is exact, carried (what the other version's word does not tell is kept), kept or dropped.
    """
    from apigen import pipeline, tables

    found = tables.tables(pipeline.resolved(context.obj), kind, source, target)
    if how is Format.JSON:
        typer.echo(tables.as_json(found), nl=False)
    else:
        for line in tables.as_text(found, everything=everything):
            typer.echo(line)


@app.command(epilog=_examples("apigen graph", "apigen graph Upstream --format svg > upstream.svg"))
def graph(
    context: typer.Context,
    kind: Annotated[str, _KIND] = "",
    how: Annotated[Drawing, typer.Option("--format", help="Mermaid is for Markdown.")] = Drawing.MERMAID,
) -> None:
    """Draw the versions and what conversions keep."""
    from apigen import graph, pipeline, tables

    found = tables.kinds(pipeline.resolved(context.obj), kind)
    typer.echo(graph.svg(found) if how is Drawing.SVG else graph.mermaid(found), nl=False)


@app.command(
    epilog=_examples("apigen schema > resource.schema.json", "apigen schema project > project.schema.json")
)
def schema(
    which: Annotated[
        Which, typer.Argument(metavar="[project|resource]", help="Of which files; resource if left out.")
    ] = Which.RESOURCE,
) -> None:
    """Print the JSON Schema of spec files, for editors.

    Every generated project has both in schemas/, and each file names its own in its first line.
    """
    from apigen.schema import schema

    typer.echo(schema(which), nl=False)
