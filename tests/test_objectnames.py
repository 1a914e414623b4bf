"""Names of objects: the forms that generated tests fill."""

import pytest

from apigen.fits import beyond
from apigen.limits import Limits
from apigen.objectnames import LETTER, filled, form


@pytest.mark.parametrize(
    "limits",
    [
        Limits(max_length=63),
        Limits(max_length=8),
        Limits(min_length=30),
        Limits(pattern="^[a-z]+$"),
        Limits(pattern="^[0-9]+-[a-z]*$"),
        Limits(pattern="^tenant-[a-z0-9]{3,12}$", max_length=19),
        Limits(pattern=r"\.example\.com$"),
        Limits(format="k8s-short-name"),
    ],
)
def test_a_form_is_of_many_names_that_fit(limits: Limits) -> None:
    made = form(limits)
    assert made.count(LETTER) >= 6
    for letters in ("a", "zyx", "name"):
        assert not list(beyond(limits, filled(made, letters), "name"))


@pytest.mark.parametrize("pattern", ["^cluster$", "^(default|other)$", "^x[0-9]$"])
def test_without_letters_it_is_a_name(pattern: str) -> None:
    limits = Limits(pattern=pattern)
    made = form(limits)
    assert LETTER not in made and not list(beyond(limits, made, "name"))
