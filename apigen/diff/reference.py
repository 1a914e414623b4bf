"""Prints docs/diff.md: what is written in reference.md beside this, then every change from the table.

python -m apigen.diff.reference > docs/diff.md
"""

from importlib import resources

from apigen.diffcodes import CODES, Code

_HEAD = (
    "<!-- Printed by `python -m apigen.diff.reference` from apigen/diff/reference.md and apigen/diffcodes.py:"
    " edit those. -->\n\n"
)
_TABLE = "| change | means | breaks | rule | way out |\n| --- | --- | --- | --- | --- |\n"


def page() -> str:
    """Return the text of docs/diff.md."""
    head = resources.files("apigen").joinpath("diff/reference.md").read_text(encoding="utf-8")
    return _HEAD + head + "\n" + _TABLE + "".join(map(_row, CODES))


def _row(code: Code) -> str:
    breaks = ", ".join(verdict.removeprefix("breaks ") for verdict in code.breaks)
    return f"| `{code.name}` | {code.about} | {breaks or '-'} | {code.rule or '-'} | {code.way or '-'} |\n"


if __name__ == "__main__":
    print(page(), end="")
