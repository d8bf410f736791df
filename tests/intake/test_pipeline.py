"""Batches come in one behind the other, and no one waits for what it need not wait for."""

import asyncio

from customers.drafts import CustomerDraft
from tests.intake.memory import Memory, Sheet

BATCHES = 6
SHEET = Sheet(tuple(CustomerDraft(emails=(f"p{n}@example.com",)) for n in range(BATCHES)))


class Slow(Memory):
    """A database whose first commit lasts until the third batch has been looked up."""

    def __init__(self):
        super().__init__()
        self.looked_up, self.ahead = 0, asyncio.Event()
        self.committed: list[int] = []

    async def holders(self, wanted):
        self.looked_up += 1
        if self.looked_up > 2:
            self.ahead.set()
        return await super().holders(wanted)

    async def commit(self, changes):
        await asyncio.wait_for(self.ahead.wait(), 10)
        self.committed.append(len(self.people()))
        await super().commit(changes)


async def test_rows_are_judged_while_those_before_them_are_committed():
    memory = Slow()
    summary, _ = await memory.take(SHEET, batch=1)
    assert summary.counts.created == BATCHES
    assert memory.committed[:BATCHES] == list(range(BATCHES))


async def test_no_more_is_judged_ahead_than_fits_into_memory():
    memory = Slow()
    behind: list[int] = []

    def seen(_):
        behind.append(memory.looked_up - len(memory.people()))

    await memory.take(SHEET, batch=1, seen=seen)
    assert max(behind) <= 3
