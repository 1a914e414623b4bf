"""What rules say: a fault, in words. Where it is known to whoever asked the rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from apigen.model import Path


@dataclass(frozen=True)
class Fault:
    """What is wrong with a kind, a version or a value, and what to do about it.

    `at` is the path of the key that is to blame, from the subject on; nothing for the subject itself.
    """

    message: str
    hint: str
    at: Path = ()


Faults = Iterator[Fault]
