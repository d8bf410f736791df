"""What an invented partner knows about some customers of the demo shop, and about strangers."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from intake import seeds
from intake.demo_shop import INTERESTS
from intake.partner_file import PartnerFile
from intake.planting import Seedling

_STRANGERS: Final = 40
_KNOWN: Final = 0.65
_INCOMES: Final = ("under 15K", "15-34K", "35-49K", "50-74K", "75-99K", "100K+")


def partner(seedlings: Sequence[Seedling], *, seed: int = seeds.SHOP) -> PartnerFile:
    """About two in three customers who have an e-mail address, the same ones for the same seed."""
    return PartnerFile(
        key="demo_panel",
        name="Demo Household Panel",
        licence="demo data, invented",
        attributes={
            "household_members": "INT",
            "income_band": "STRING",
            "interests": "STRING_LIST",
        },
        # a demo must be the same everywhere; nothing here is a secret
        rows=list(_rows(seedlings, random.Random(seed))),  # noqa: S311
    )


def _rows(
    seedlings: Sequence[Seedling], dice: random.Random
) -> Iterator[tuple[str, Sequence[object]]]:
    known = [
        each.draft.emails[0] for each in seedlings if each.draft.emails and dice.random() < _KNOWN
    ]
    strangers = (f"stranger.{number}@example.net" for number in range(_STRANGERS))
    for email in (*known, *strangers):
        interests = "|".join(dice.sample(INTERESTS, dice.randint(1, 3)))
        yield email, (dice.randint(1, 6), dice.choice(_INCOMES), interests)
