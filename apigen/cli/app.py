"""What all commands share: the application, its exit codes and how errors are shown."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from apigen import __version__
from apigen.problems import ApigenError

app = typer.Typer(
    no_args_is_help=True,
    # One look on every terminal and in every log; and help without rich takes half the time.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


INTERRUPTED = 130


class Format(StrEnum):
    """How tables are printed."""

    TEXT = "text"
    JSON = "json"


class Report(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class Drawing(StrEnum):
    """How graphs are drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


class Which(StrEnum):
    """The kinds of file that have a schema."""

    PROJECT = "project"
    RESOURCE = "resource"


def examples(*lines: str) -> str:
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
        code = show(error)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        code = show(ApigenError(f"{where}{error.strerror or error}"))
    except Exception as error:
        if os.environ.get("APIGEN_TRACEBACK"):
            raise
        message = " ".join(f"unexpected {type(error).__name__}: {error}".split())
        code = show(ApigenError(message, "this is a bug in apigen; APIGEN_TRACEBACK=1 shows where"))
    finally:
        _flush()
    sys.exit(code)


def show(error: ApigenError) -> int:
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
    epilog=examples(
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
