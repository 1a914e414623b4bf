"""Prints docs/lint.md: what a person wrote about lint (reference.md beside this), then every rule from the table.

python -m apigen.lint.reference > docs/lint.md
"""

from importlib import resources

from apigen.lint.rules import RULES, Rule

_HEAD = (
    "<!-- Printed by `python -m apigen.lint.reference` from apigen/lint/reference.md and apigen/lint/rules.py:"
    " edit those. -->\n\n"
)
_CONVENTIONS = "https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md"
# Where the reasons are from that are no section of the conventions.
ELSEWHERE = {
    "kube-api-linter": "https://github.com/kubernetes-sigs/kube-api-linter/blob/main/docs/linters.md",
    "server-side apply": "https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy",
    "kubectl explain": "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_explain/",
    "API versioning": "https://kubernetes.io/docs/reference/using-api/#api-versioning",
    "rules in CEL": "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/"
    "custom-resource-definitions/#validation-rules",
}


def page() -> str:
    """Return the text of docs/lint.md."""
    head = resources.files("apigen.lint").joinpath("reference.md").read_text(encoding="utf-8")
    on = "".join(_row(rule) for rule in RULES if rule.default)
    off = "".join(_row(rule) for rule in RULES if not rule.default)
    table = "| rule | finds | why | from |\n| --- | --- | --- | --- |\n"
    return f"{_HEAD}{head}\n## Rules\n\n{table}{on}\n## Rules that are off unless enabled\n\n{table}{off}"


def _row(rule: Rule) -> str:
    return f"| `{rule.name}` | {rule.finds} | {rule.why} | [{rule.source}]({link(rule.source)}) |\n"


def link(source: str) -> str:
    """Return the address of a source: a page, or the section of the conventions that has this heading."""
    if source in ELSEWHERE:
        return ELSEWHERE[source]
    anchor = "".join(c for c in source.lower() if c.isalnum() or c in " -").replace(" ", "-")
    return f"{_CONVENTIONS}#{anchor}"


if __name__ == "__main__":
    print(page(), end="")
