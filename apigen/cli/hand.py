"""Commands that say whose a generated file is."""

from typing import Annotated

import typer

from apigen.cli.app import app, examples

_PATHS = typer.Argument(metavar="PATH...", help="Generated files, from the project's folder on.")


@app.command(
    epilog=examples("apigen eject Makefile", "apigen eject internal/registry/rest.go deploy/service.yaml")
)
def eject(context: typer.Context, paths: Annotated[list[str], _PATHS]) -> None:
    """Hand generated files over to you for good.

    They stay as they are, and apigen never writes them again. When what it would write changes, `apigen generate
    --check` says so; `eject` once more settles that.
    """
    from apigen import console, ownership

    fresh = ownership.eject(context.obj, paths)
    for path in dict.fromkeys(p.removeprefix("./") for p in paths):
        word = "is yours now" if path in fresh else "is yours, up to what apigen would write today"
        console.show_line(f"{path} {word}")


@app.command(epilog=examples("apigen adopt Makefile"))
def adopt(context: typer.Context, paths: Annotated[list[str], _PATHS]) -> None:
    """Give ejected files back to apigen: it writes them again. What they were is saved beside them."""
    from apigen import console, ownership

    saved = {copy.path: copy.copy for copy in ownership.adopt(context.obj, paths)}
    for path in dict.fromkeys(p.removeprefix("./") for p in paths):
        kept = f"; what it was is in {saved[path]}" if path in saved else ""
        console.show_line(f"{path} is generated again{kept}")
