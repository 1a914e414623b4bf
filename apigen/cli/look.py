"""Commands that show what is in the specs; they write no file."""

from typing import Annotated

import typer

from apigen.cli.app import Drawing, Format, Which, app, examples

_KIND = typer.Argument(metavar="[KIND]", help="One kind, KIND or KIND.GROUP; all if left out.")


@app.command(
    epilog=examples(
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


@app.command(epilog=examples("apigen graph", "apigen graph Upstream --format svg > upstream.svg"))
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
    epilog=examples("apigen schema > resource.schema.json", "apigen schema project > project.schema.json")
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
