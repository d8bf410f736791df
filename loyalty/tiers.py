"""Tiers: the steps of the programme, as data, and which of them points lead to.

A tier follows from what a customer has earned: the sum of all entries of the kinds EARN and ADJUST.
A negative ADJUST corrects an earning and lowers it; spending points does not.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Protocol

from domain import ids
from domain.ids import TierId
from domain.personal import NotPersonal
from domain.wording import Localised, Translation
from domain.work import Change, Decision


@dataclass(frozen=True, slots=True)
class Tier:
    """One step: everybody who earned ``threshold_points``, and less than the next one asks for.

    ``rank`` counts from 0, upwards with the threshold.
    """

    id: Annotated[TierId, NotPersonal]
    version: Annotated[int, NotPersonal]
    created_at: Annotated[datetime, NotPersonal]
    updated_at: Annotated[datetime, NotPersonal]
    key: Annotated[str, NotPersonal]
    name: Localised
    rank: Annotated[int, NotPersonal]
    threshold_points: Annotated[int, NotPersonal]
    benefits: Annotated[tuple[str, ...], NotPersonal] = ()


@dataclass(frozen=True, slots=True)
class SeedTiers(Change):
    """Adds those that are not there yet, by id; the others stay as the shop has made them."""

    tiers: tuple[Tier, ...]


class Tiers(Protocol):
    """Every tier; a handful."""

    async def all(self) -> Sequence[Tier]:
        """All of them, lowest first; one query."""
        ...


def tier_for(earned: int, tiers: Sequence[Tier]) -> Tier:
    """The highest tier whose threshold is reached, else the lowest one; ``tiers`` lowest first."""
    reached = bisect_right([tier.threshold_points for tier in tiers], earned)
    return tiers[max(reached, 1) - 1]


def next_tier(earned: int, tiers: Sequence[Tier]) -> Tier | None:
    """The lowest tier whose threshold is not reached; None at the top."""
    return next((tier for tier in tiers if tier.threshold_points > earned), None)


def points_to_next(earned: int, tiers: Sequence[Tier]) -> int | None:
    """How many points are missing to the next tier; None at the top."""
    following = next_tier(earned, tiers)
    return following.threshold_points - earned if following else None


def seeding() -> Decision[tuple[Tier, ...]]:
    """What a start of the programme commits; doing it again changes nothing."""
    return Decision(FIRST_TIERS, (SeedTiers(FIRST_TIERS),))


_SEEDED: Final = datetime(2026, 1, 1, tzinfo=UTC)


def _first(rank: int, key: str, names: tuple[str, str], threshold: int, *benefits: str) -> Tier:
    english, german = names
    return Tier(
        # fixed ids, so that two processes starting at once seed the same tiers
        TierId(
            ids.typed(ids.TIER, ids.uuid7(milliseconds=int(_SEEDED.timestamp()), randomness=rank))
        ),
        version=1,
        created_at=_SEEDED,
        updated_at=_SEEDED,
        key=key,
        name=Localised(english, (Translation("de", german),)),
        rank=rank,
        threshold_points=threshold,
        benefits=benefits,
    )


FIRST_TIERS: Final = (
    _first(0, "bronze", ("Bronze", "Bronze"), 0, "Points on every order"),
    _first(1, "silver", ("Silver", "Silber"), 500, "Free standard delivery"),
    _first(2, "gold", ("Gold", "Gold"), 2_000, "Free express delivery", "Early access to sales"),
    _first(3, "platinum", ("Platinum", "Platin"), 10_000, "Free returns", "Personal adviser"),
)
"""The tiers that every new programme starts with."""
