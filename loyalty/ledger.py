"""The ledger of points: entries that are never changed, and the standing that follows from them.

The sum of a customer's entries is their balance, after every entry and from every starting point.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from domain.actor import Actor
from domain.errors import invalid
from domain.ids import CustomerId, PointsEntryId
from domain.personal import Behaviour, NotPersonal, Observed
from domain.wording import line
from loyalty.tiers import Tier, tier_for

LARGEST_DELTA: Final = 10_000_000
_LARGEST_BALANCE: Final = 2_000_000_000  # a GraphQL Int has 32 bits
_LONGEST_REASON: Final = 200


class PointsKind(StrEnum):
    """Why points were booked."""

    EARN = "EARN"
    ADJUST = "ADJUST"


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """One booking. ``seq`` counts the customer's entries from 1 without a gap.

    ``balance``, ``earned`` and ``tier`` are what holds after it, so that the last entry alone says
    where the customer stands.
    """

    id: Annotated[PointsEntryId, NotPersonal]
    customer_id: Annotated[CustomerId, Observed]
    seq: Annotated[int, NotPersonal]
    kind: Annotated[PointsKind, NotPersonal]
    delta: Annotated[int, Behaviour]
    balance: Annotated[int, Behaviour]
    earned: Annotated[int, Behaviour]
    tier: Annotated[str, Behaviour]
    tier_changed: Annotated[bool, Behaviour]
    reason: Annotated[str, Observed]
    at: Annotated[datetime, Behaviour]
    by: Actor
    idempotency_key: Annotated[str | None, NotPersonal] = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands after entry number ``seq``; a projection, rebuilt at will."""

    customer_id: Annotated[CustomerId, Observed]
    seq: Annotated[int, NotPersonal] = 0
    points: Annotated[int, Behaviour] = 0
    earned: Annotated[int, Behaviour] = 0
    tier: Annotated[str, Behaviour] = ""
    """The key of the tier; the lowest one's before anything was booked, see ``opening``."""


@dataclass(frozen=True, slots=True)
class Booking:
    """What is to be booked, not yet checked: for instance 120 points for an order."""

    delta: int
    reason: str
    kind: PointsKind = PointsKind.ADJUST
    idempotency_key: str | None = None


def book(
    standing: Standing,
    booking: Booking,
    tiers: Sequence[Tier],
    *,
    entry_id: PointsEntryId,
    at: datetime,
    by: Actor,
) -> tuple[PointsEntry, Standing]:
    """The next entry and the standing after it.

    Raises Invalid where the booking moves no points, too many, or more than there are to take.
    """
    _check(standing, booking)
    earned = standing.earned + booking.delta
    tier = tier_for(earned, tiers).key
    entry = PointsEntry(
        id=entry_id,
        customer_id=standing.customer_id,
        seq=standing.seq + 1,
        kind=booking.kind,
        delta=booking.delta,
        balance=standing.points + booking.delta,
        earned=earned,
        tier=tier,
        tier_changed=tier != tier_for(standing.earned, tiers).key,
        reason=line(booking.reason, _LONGEST_REASON, "reason"),
        at=at,
        by=by,
        idempotency_key=booking.idempotency_key,
    )
    return entry, after(entry)


def opening(customer_id: CustomerId, tiers: Sequence[Tier]) -> Standing:
    """Where a new customer stands."""
    return Standing(customer_id, tier=tier_for(0, tiers).key)


def after(entry: PointsEntry) -> Standing:
    """The standing that the entry left."""
    return Standing(entry.customer_id, entry.seq, entry.balance, entry.earned, entry.tier)


def replayed(
    customer_id: CustomerId, entries: Iterable[PointsEntry], tiers: Sequence[Tier]
) -> Standing:
    """The standing that the entries amount to, from their deltas alone; they come in any order.

    Raises ValueError where one is missing or does not belong here: the ledger is damaged.
    """
    standing = opening(customer_id, tiers)
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if entry.customer_id != customer_id or entry.seq != standing.seq + 1:
            raise ValueError("the ledger has a gap or a stranger's entry")
        earned = standing.earned + entry.delta
        tier = tier_for(earned, tiers).key
        points = standing.points + entry.delta
        standing = Standing(customer_id, entry.seq, points, earned, tier)
    return standing


def _check(standing: Standing, booking: Booking) -> None:
    if booking.delta == 0:
        raise invalid(("delta",), "DELTA_ZERO", "Book at least one point, up or down.")
    if abs(booking.delta) > LARGEST_DELTA:
        message = f"Book at most {LARGEST_DELTA:,} points at once."
        raise invalid(("delta",), "DELTA_TOO_LARGE", message)
    if standing.points + booking.delta < 0:
        message = "There are fewer points to take: read the balance, and take at most that."
        raise invalid(("delta",), "POINTS_INSUFFICIENT", message, customer_id=standing.customer_id)
    if standing.points + booking.delta > _LARGEST_BALANCE:
        message = f"A balance holds at most {_LARGEST_BALANCE:,} points."
        raise invalid(("delta",), "BALANCE_TOO_LARGE", message, customer_id=standing.customer_id)
