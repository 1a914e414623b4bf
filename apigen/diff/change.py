"""One change of an API."""

from dataclasses import dataclass

from apigen.diffcodes import BY_NAME, Code, Verdict
from apigen.problems import Position


@dataclass(frozen=True)
class ApiChange:
    """A change: its code, of which kind, in which version and where, and what was and is there.

    `place` is in the new spec; in the old one for what is gone, as `old` says, and `near` is then where it was in the
    new one. `spared` are whom this change does not break though others of its code do; `alpha` says that alpha versions
    alone are concerned. `reason` is why it is allowed.
    """

    code: str
    kind: str
    version: str = ""
    path: str = ""
    text: str = ""
    place: Position | None = None
    old: bool = False
    near: Position | None = None
    spared: tuple[Verdict, ...] = ()
    alpha: bool = False
    reason: str = ""

    @property
    def of(self) -> Code:
        """The entry of the table."""
        return BY_NAME[self.code]

    @property
    def breaks(self) -> tuple[Verdict, ...]:
        """What it breaks; nothing if it is compatible."""
        return tuple(v for v in self.of.breaks if v not in self.spared)

    @property
    def breaking(self) -> bool:
        """Whether it fails a check: it breaks something and is not allowed. In an alpha version data alone count."""
        counted = [v for v in self.breaks if v is Verdict.STORED or not self.alpha]
        return bool(counted) and not self.reason
