"""Types that contain themselves without an end: a required field that leads back to its own type."""

from collections.abc import Iterator

from apigen.checks import Problems
from apigen.model import Field
from apigen.package import Package


def report_endless(package: Package, problems: Problems) -> None:
    """Report every circle of fields that must be there: no object could ever be valid."""
    needs = {go: sorted(set(_needed(package, go))) for go in sorted(package.structs)}
    done: set[str] = set()
    for go in needs:
        if circle := _circle(needs, go, done):
            source, path = package.taken[circle[0]]
            way = " needs ".join([*circle, circle[0]])
            hint = "make one of the fields optional, or a list or a map that may be empty"
            problems.add(source, path, f"{way}: no object can be valid", hint, key=True)


def _needed(package: Package, go: str) -> Iterator[str]:
    """The structs of which every value of a struct holds at least one."""
    for field in package.structs[go].fields:
        schema = field.schema
        while schema.kind == "list" and schema.limits.min_items:
            schema = schema.element
        if schema.kind == "object" and _there(field) and schema.name in package.structs:
            yield schema.name


def _there(field: Field) -> bool:
    return field.required and not field.has_default


def _circle(needs: dict[str, list[str]], start: str, done: set[str]) -> list[str]:
    """Return a circle that can be reached from `start` and was not visited yet, if there is one."""
    way: list[str] = []
    left = [(start, iter(needs[start]))] if start not in done else []
    while left:
        go, rest = left[-1]
        if not way or way[-1] != go:
            way.append(go)
            done.add(go)
        after = next(rest, None)
        if after is None:
            left.pop()
            way.pop()
        elif after in way:
            return way[way.index(after) :]
        elif after not in done:
            left.append((after, iter(needs[after])))
    return []
