"""Commands that find fault: with specs that are right otherwise, with this machine. They write no file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apigen.cli.app import Report, app, examples
from apigen.problems import CheckFailed

if TYPE_CHECKING:
    from apigen.lint.finding import Finding


@app.command(
    epilog=examples(
        "apigen lint",
        "apigen lint --rules              # every rule, with its reason",
        "apigen lint --format github      # marks lines of a pull request",
    )
)
def lint(
    context: typer.Context,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules and their reasons instead.")] = False,
    how: Annotated[
        Report, typer.Option("--format", help="For people, for programs or for GitHub.")
    ] = Report.TEXT,
) -> None:
    """Hold the specs to Kubernetes' API conventions.

    It exits 5 if it finds anything. `lint` in apigen.yaml and in resource files says where a rule does not hold, and
    why. What is deprecated is not looked at.
    """
    from apigen import pipeline
    from apigen.lint.output import rules_as_json, rules_as_text

    if rules:
        typer.echo(rules_as_json() if how is Report.JSON else rules_as_text(), nl=False)
        return
    found = pipeline.findings(context.obj)
    _report(found, how, context.obj)
    if found:
        raise typer.Exit(CheckFailed.exit_code)


def _report(found: tuple["Finding", ...], how: Report, root: Path) -> None:
    from apigen import console
    from apigen.lint.output import as_json, marks

    if how is Report.JSON:
        typer.echo(as_json(found), nl=False)
    elif how is Report.GITHUB:
        console.show_marks(marks(found), root)
    else:
        console.show_findings(found)


@app.command(
    epilog=examples(
        "apigen diff                       # the working tree against HEAD",
        "apigen diff v1.2.0 --exit-code    # for CI: exits 5 if anything breaks",
        "apigen diff main feature",
        "apigen diff ../old .",
    )
)
def diff(
    context: typer.Context,
    old: Annotated[
        str, typer.Argument(metavar="[OLD]", help="A revision of git, a folder or a resource file; HEAD.")
    ] = "HEAD",
    new: Annotated[str, typer.Argument(metavar="[NEW]", help="The same; the working tree if left out.")] = "",
    fail: Annotated[
        bool, typer.Option("--exit-code", help="Exit 5 if a change breaks something and is not allowed.")
    ] = False,
    how: Annotated[
        Report, typer.Option("--format", help="For people, for programs or for GitHub.")
    ] = Report.TEXT,
) -> None:
    """Show what changed in the API, and what that breaks.

    Each change comes with what it breaks, the rule of Kubernetes behind it, and the way out. `diff` in apigen.yaml says
    which are meant.
    """
    from apigen import console
    from apigen.diff import diff, show

    found = diff(context.obj, old, new)
    if how is Report.JSON:
        typer.echo(show.as_json(found.changes), nl=False)
    elif how is Report.GITHUB:
        console.show_marks(show.marks(found.changes), context.obj)
    else:
        for line in show.as_text(found):
            console.show_line(line, sys.stdout)
    if fail and any(change.breaking for change in found.changes):
        raise typer.Exit(CheckFailed.exit_code)


@app.command(epilog=examples("apigen doctor"))
def doctor(context: typer.Context) -> None:
    """Say what this machine lacks for a server.

    What is there, what is not, and how to get it. It exits 5 if anything is missing without which there is no server.
    """
    from apigen import console
    from apigen.doctor import doctor

    looks = doctor(context.obj)
    console.show_looks(looks)
    if any(look.state == "missing" for look in looks):
        raise typer.Exit(CheckFailed.exit_code)
