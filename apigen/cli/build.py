"""Commands that make a server of the specs, and run it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apigen.cli.app import Report, app, examples
from apigen.problems import CheckFailed, EditedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apigen.compare import Change


@app.command(
    epilog=examples(
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
    how: Annotated[
        Report | None, typer.Option("--format", help="How --check reports.  [default: text]")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that were edited by hand; each is saved beside.")
    ] = False,
) -> None:
    """Write the whole project from its spec. Files of yours are never touched."""
    if check + diff + force > 1:
        raise UsageError("--check, --diff and --force exclude each other", "choose one")
    if how and not check:
        raise UsageError("--format is for --check", "add it")
    if check:
        _check(context.obj, how or Report.TEXT)
    elif diff:
        _diff(context.obj)
    else:
        _generate(context.obj, force=force)


def _check(root: Path, how: Report) -> None:
    """Report how the tree differs from what the spec asks for. A difference is an error."""
    from apigen import checkreport, console, pipeline

    found = pipeline.changes(root)
    failed = any(change.complaint for change in found)
    if how is not Report.TEXT:
        # Which place in the spec asks for a file is found by reading the spec again: only where there is a fault.
        faults = checkreport.faults(found, pipeline.origins(root)) if failed else ()
        remedies = checkreport.repairs(found) if failed else ()
        if how is Report.JSON:
            typer.echo(checkreport.as_json(faults, remedies), nl=False)
        else:
            console.show_marks(checkreport.marks(faults, remedies), root)
    elif failed:
        console.show_check(found)
    if failed:
        raise typer.Exit(CheckFailed.exit_code)
    _show(found)


def _diff(root: Path) -> None:
    from apigen import pipeline

    _show(pipeline.changes(root))


def _show(found: "Sequence[Change]") -> None:
    """Show what would change."""
    from apigen import console

    console.show_diff(found)
    console.show_changes(found, "diff")


def _generate(root: Path, *, force: bool) -> None:
    from apigen import acceptance, console, pipeline
    from apigen.plan import CONVERSIONS

    try:
        found, saved = pipeline.generate(root, force=force)
    except EditedError:
        edited = [change for change in pipeline.changes(root, force=force) if change.refused]
        console.show_diff(edited, sys.stderr)
        raise
    console.show_changes(found, "force" if force else "generate")
    if any(change.path == CONVERSIONS and change.writes(force=force) for change in found):
        console.show_notes(acceptance.summary(pipeline.resolved(root)), CONVERSIONS)
    console.show_behind(found)
    for copy in saved:
        typer.echo(f"saved {console.visible(copy.path)} as {console.visible(copy.copy)}", err=True)


@app.command(
    epilog=examples(
        "apigen upgrade --kubernetes 1.37",
        "apigen upgrade --dry-run    # what would change; writes nothing",
    )
)
def upgrade(
    context: typer.Context,
    kubernetes: Annotated[
        str, typer.Option(help="The minor to move to.  [default: the newest]", metavar="1.37")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show what would change.")
    ] = False,
) -> None:
    """Move the project to a newer Kubernetes, and build it.

    The generated files, the modules in go.mod and one value of apigen.yaml change; no other file does. What else may
    have to change is listed. It exits 5 if Go of yours does not build any more. Version control undoes it all.
    """
    from apigen import console
    from apigen import upgrade as steps

    plan = steps.plan(context.obj, kubernetes)
    if plan is None:
        console.show_line("the project is for that Kubernetes already; nothing to do")
        return
    if dry_run:
        steps.show_plan(context.obj, plan)
    elif steps.show_done(plan, steps.upgrade(context.obj, plan)):
        raise typer.Exit(CheckFailed.exit_code)


@app.command(
    epilog=examples(
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
