"""The verbs of the loyalty programme: book points, say who stands where and how they got there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain import ids
from domain.actor import Actor
from domain.errors import IdempotencyMismatch, NotFound
from domain.events import Fact, Topic
from domain.ids import CustomerId, FactId, PointsEntryId
from domain.ports import Clock, Ids
from domain.query import Page, Row
from domain.work import Change, Decision
from loyalty.ledger import Booking, PointsEntry, Standing, after, book
from loyalty.tiers import Tiers


@dataclass(frozen=True, slots=True)
class BookPoints(Change):
    """Appends the entry and moves the standing on; Stale where ``before`` no longer stands."""

    entry: PointsEntry
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The entry that was booked and the standing it left."""

    entry: PointsEntry
    standing: Standing

    @property
    def tier_changed(self) -> bool:
        """Whether the customer moved to another tier with this entry."""
        return self.entry.tier_changed


class Ledger(Protocol):
    """Every entry, and where every customer stands."""

    async def standings(self, wanted: Sequence[CustomerId]) -> dict[CustomerId, Standing]:
        """Of those customers who exist, by id; one query."""
        ...

    async def entries(self, places: Sequence[tuple[CustomerId, int]]) -> Sequence[PointsEntry]:
        """Those with these numbers of these customers, in any order; one query."""
        ...

    async def get_many(self, wanted: Sequence[PointsEntryId]) -> dict[PointsEntryId, PointsEntry]:
        """Those that exist, by id; one query."""
        ...

    async def booked(self, customer_id: CustomerId, key: str) -> PointsEntry | None:
        """What was booked for the customer under this idempotency key, by whomever."""
        ...


@dataclass(frozen=True, slots=True)
class Loyalty:
    """The programme. Balances are exact under any number of concurrent bookings."""

    ledger: Ledger
    tiers: Tiers
    clock: Clock
    ids: Ids

    async def adjust(
        self, customer_id: CustomerId, booking: Booking, by: Actor
    ) -> Decision[Adjusted]:
        """Books points, once for each customer and idempotency key, for ever, whoever books.

        Raises NotFound, Invalid (see ``ledger.book``), IdempotencyMismatch where the key was used
        for another booking.
        """
        before = (await self.ledger.standings([customer_id])).get(customer_id)
        if before is None:
            raise NotFound("customer", ("customer",))
        # after the standing, never before it: what is booked in between makes the standing stale
        known = await self._known(customer_id, booking)
        if known is not None:
            return Decision(Adjusted(known, after(known)))
        entry_id = PointsEntryId(self.ids(ids.POINTS_ENTRY))
        tiers = await self.tiers.all()
        entry, standing = book(before, booking, tiers, entry_id=entry_id, at=self.clock(), by=by)
        facts = self._facts(entry)
        return Decision(Adjusted(entry, standing), (BookPoints(entry, before, standing), *facts))

    async def standings(self, wanted: Sequence[CustomerId]) -> dict[CustomerId, Standing]:
        """Where those customers stand who exist, by id; one query."""
        return await self.ledger.standings(wanted)

    async def transactions(
        self, wanted: Sequence[CustomerId], first: int, after: int | None = None
    ) -> dict[CustomerId, Page[PointsEntry]]:
        """The latest entries of each customer, or those below number ``after``; two queries."""
        return await self.transactions_of(await self.ledger.standings(wanted), first, after)

    async def transactions_of(
        self, standings: Mapping[CustomerId, Standing], first: int, after: int | None = None
    ) -> dict[CustomerId, Page[PointsEntry]]:
        """The same where the standings are known; one query.

        Entries are numbered without a gap, so that a standing says which numbers to ask for. The
        cursor of a row is its number.
        """
        tops = {each: min(s.seq + 1, after or s.seq + 1) for each, s in standings.items()}
        places = [
            (each, seq) for each, top in tops.items() for seq in range(max(top - first, 1), top)
        ]
        found = {(e.customer_id, e.seq): e for e in await self.ledger.entries(places)}
        return {
            each: Page(
                [
                    Row(found[each, seq], str(seq))
                    for seq in range(top - 1, max(top - first, 1) - 1, -1)
                    if (each, seq) in found
                ],
                has_next=top - first > 1,
                has_previous=top <= standings[each].seq,
            )
            for each, top in tops.items()
        }

    async def _known(self, customer_id: CustomerId, booking: Booking) -> PointsEntry | None:
        if booking.idempotency_key is None:
            return None
        known = await self.ledger.booked(customer_id, booking.idempotency_key)
        if known is None:
            return None
        asked = (booking.delta, booking.reason.strip(), booking.kind)
        if (known.delta, known.reason, known.kind) != asked:
            raise IdempotencyMismatch(known.at)
        return known

    def _facts(self, entry: PointsEntry) -> tuple[Fact, ...]:
        topics = [Topic.LOYALTY_POINTS_CHANGED]
        if entry.tier_changed:
            topics.append(Topic.LOYALTY_TIER_CHANGED)
        return tuple(
            Fact(
                FactId(self.ids(ids.FACT)),
                topic,
                entry.customer_id,
                entry.at,
                entry.by,
                ("loyalty",),
            )
            for topic in topics
        )
