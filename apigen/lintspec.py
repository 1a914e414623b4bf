"""What a person may write about `apigen lint`: which rules hold, where one does not, and why.

The rules themselves are in apigen/lint; those of kube-api-linter keep the names that they have there.
"""

from typing import Annotated, Literal

from pydantic import Field

from apigen.strict import Strict

RuleName = Literal[
    "abbreviations",
    "arrayofstruct",
    "celbounds",
    "celimmutable",
    "celmessages",
    "commentstart",
    "conditions",
    "defaultorrequired",
    "descriptions",
    "enumvalues",
    "integers",
    "isprefix",
    "jsontags",
    "kindnames",
    "maxlength",
    "minlength",
    "nobools",
    "nodurations",
    "nofloats",
    "nomaps",
    "nonullable",
    "nophase",
    "noreferences",
    "notimestamp",
    "numericbounds",
    "plurals",
    "refnames",
    "rootfields",
    "specstatus",
    "ssatags",
    "statusoptional",
    "statussubresource",
    "units",
    "versionnames",
]

# Why a rule of lint does not hold: something has to be said.
Reason = Annotated[str, Field(pattern=r"\S")]


class LintSpec(Strict):
    """Which rules of `apigen lint` hold for the project."""

    enable: list[RuleName] = Field([], examples=[["nobools", "maxlength"]])
    """Rules that hold here besides those that hold by themselves."""
    disable: dict[RuleName, Reason] = Field({}, examples=[{"nophase": "a dashboard reads the phase"}])
    """Rules that do not hold here, each with the reason. A rule that finds nothing need not be disabled."""


class SilenceSpec(Strict):
    """A rule of `apigen lint` that does not hold at a place of this file."""

    rule: RuleName = Field(examples=["nobools"])
    """The rule."""
    path: str | list[str] | None = Field(None, examples=["spec.suspend"])
    """The path of the field, or several; `*` stands for what a list or map holds. Without it the rule does not hold
    in the whole file, or in that version or type."""
    version: str | None = Field(None, examples=["v1"])
    """The version; every version if left out."""
    type: str | None = Field(None, examples=["Server"])
    """The type under `types` that declares the field: paths begin at it."""
    reason: Reason = Field(examples=["there will never be a third state"])
    """Why the rule does not hold there."""
