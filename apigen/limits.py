"""The simple bounds of a value."""

from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel


@dataclass(frozen=True)
class Limits:
    """The simple bounds of a value; None where there is none."""

    minimum: int | float | None = None
    maximum: int | float | None = None
    exclusive_minimum: int | float | None = None
    exclusive_maximum: int | float | None = None
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    min_properties: int | None = None
    max_properties: int | None = None

    def given(self) -> dict[str, Any]:
        """The bounds that there are, by their keys in the spec."""
        if self == NO_LIMITS:  # as most are
            return {}
        return {key: v for name, key in _LIMITS if (v := getattr(self, name)) is not None}


NO_LIMITS = Limits()
_LIMITS = tuple((name, to_camel(name)) for name in Limits.__dataclass_fields__)
