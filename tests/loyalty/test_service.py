"""What a booking decides on, read by read."""

from domain.ids import CustomerId
from loyalty.ledger import Booking, Standing, after
from loyalty.service import BookPoints, Loyalty
from loyalty.tiers import FIRST_TIERS
from tests.shop import CLERK, Clock, new_id

ANNA = CustomerId("cus_anna")
ORDER = Booking(120, "order 7", idempotency_key="order-7")


class Tiers:
    async def all(self):
        return FIRST_TIERS


class Interrupted:
    """A ledger in which somebody else books the same order right after the first read."""

    def __init__(self):
        self.standing, self.entry, self.rival = Standing(ANNA), None, None

    async def standings(self, wanted):
        found = {ANNA: self.standing}
        await self._interrupt()
        return found

    async def booked(self, customer_id, key):
        found = self.entry
        await self._interrupt()
        return found

    async def _interrupt(self):
        rival, self.rival = self.rival, None
        if rival is not None:
            booked = (await rival()).changes[0]
            self.standing, self.entry = booked.after, booked.entry


async def test_a_twin_that_books_between_two_reads_is_found_or_makes_the_standing_stale():
    ledger = Interrupted()
    loyalty = Loyalty(ledger, Tiers(), Clock(), new_id)
    ledger.rival = lambda: loyalty.adjust(ANNA, ORDER, CLERK)
    decision = await loyalty.adjust(ANNA, ORDER, CLERK)
    booked = [change for change in decision.changes if isinstance(change, BookPoints)]
    assert all(change.before != ledger.standing for change in booked)
    assert decision.value.standing == after(ledger.entry)
