"""The whole flow for one definition: check -> draft -> settle -> conversions -> text."""

from dataclasses import dataclass

from apigen.crd.check import check
from apigen.crd.conversions import Proposal, conversions
from apigen.crd.document import document
from apigen.crd.node import Definition, NotCarried
from apigen.crd.render import Renderer
from apigen.crd.settle import settle, settle_whole
from apigen.crd.text import text_of
from apigen.crd.versions import draft
from apigen.problems import SpecError


@dataclass(frozen=True)
class Imported:
    """A resource file that was made of a definition, and what there is to say of it."""

    definition: Definition
    text: str
    not_carried: tuple[NotCarried, ...]
    proposals: tuple[Proposal, ...]


def convert(definition: Definition) -> Imported:
    """Return the resource file for a definition. Raises SpecError for what is no definition, or cannot be a kind."""
    if problems := check(definition):
        raise SpecError(problems)
    made = draft(definition)
    settle(made)
    rules, proposals = conversions(made)
    settle_whole(made, rules)
    text = text_of(document(made, Renderer(), rules))
    lost = sorted(set(made.lost), key=lambda n: (tuple(map(str, n.path)), n.what, n.reason))
    return Imported(definition, text, tuple(lost), tuple(proposals))
