"""Types that contain themselves without an end: a required field that leads back to its own type."""

from apigen.checks import Problems
from apigen.declare import Package


def report_endless(package: Package, problems: Problems) -> None:
    """Report every required object field through which a type contains itself; no object could ever be valid."""
    for go in sorted(package.structs):
        if cycle := _cycle(package, go, (go,)):
            file, path = package.taken[go]
            problems.add(package.sources[file], path, f"{' needs '.join(cycle)}: no object can be valid",
                "make one of the fields optional, or a list or a map", key=True)  # fmt: skip


def _cycle(package: Package, go: str, way: tuple[str, ...]) -> tuple[str, ...]:
    for field in package.structs[go].fields:
        schema = field.schema
        if (
            schema.kind != "object"
            or not field.required
            or field.has_default
            or schema.name not in package.structs
        ):
            continue
        if schema.name == way[0]:
            return (*way, schema.name)
        if schema.name not in way and (found := _cycle(package, schema.name, (*way, schema.name))):
            return found
    return ()
