"""Commands that say whose a generated file is."""

from typing import Annotated

import typer

from apigen.cli.app import app, examples

_PATHS = typer.Argument(metavar="PATH...", help="Generated files, from the project's folder on.")


@app.command(
    epilog=examples(
        "apigen eject internal/registry/rest.go",
        "apigen eject internal/server/server.go internal/server/version.go",
    )
)
def eject(context: typer.Context, paths: Annotated[list[str], _PATHS]) -> None:
    """Hand generated files over to you for good.

    They stay as they are, and apigen never writes them again. When what it would write changes, `apigen generate
    --check` says so; `eject` once more settles that.
    """
    from apigen import console, ownership

    for path, fresh in ownership.eject(context.obj, paths).items():
        word = "is yours now" if fresh else "is yours, up to what apigen would write today"
        console.show_line(f"{path} {word}")


@app.command(epilog=examples("apigen adopt internal/registry/rest.go"))
def adopt(context: typer.Context, paths: Annotated[list[str], _PATHS]) -> None:
    """Give ejected files back to apigen: it writes them again. What they were is saved beside them."""
    from apigen import console, ownership

    for path, copy in ownership.adopt(context.obj, paths).items():
        kept = f"; what it was is in {copy}" if copy else ""
        console.show_line(f"{path} is generated again{kept}")
