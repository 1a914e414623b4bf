"""What a person may write about `apigen diff`: which breaking changes are meant, and why."""

from pydantic import Field

from apigen.lintspec import Reason
from apigen.strict import Strict


class AllowSpec(Strict):
    """A change of the API that breaks something and is meant."""

    change: str = Field(examples=["field-removed"])
    """The code of the change, as `apigen diff` prints it."""
    kind: str = Field("", examples=["Widget"])
    """The kind, KIND or KIND.GROUP; any if left out."""
    version: str = Field("", examples=["v1beta1"])
    """The version; any if left out."""
    path: str = Field("", examples=["spec.color"])
    """The path in that version; any if left out."""
    reason: Reason = Field(examples=["nobody has set it since it was added by mistake"])
    """Why it may break what it breaks."""


class DiffSpec(Strict):
    """What `apigen diff` lets pass."""

    allow: list[AllowSpec] = Field(
        [],
        examples=[[{"change": "field-removed", "kind": "Widget", "path": "spec.color", "reason": "unused"}]],
    )
    """Breaking changes that are meant, each with the reason."""
