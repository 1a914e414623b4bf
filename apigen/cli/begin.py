"""Commands that make what a person then edits: a project, and the specs of its resources."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from apigen.cli.app import INTERRUPTED, Format, app, examples, show
from apigen.problems import CheckFailed, UsageError


@app.command(
    epilog=examples(
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
            show(error)
        except typer.Abort:
            raise typer.Exit(INTERRUPTED) from None


@app.command(
    epilog=examples(
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
    epilog=examples(
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
