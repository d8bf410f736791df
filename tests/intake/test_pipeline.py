"""Batches come in one behind the other, and no one waits for what it need not wait for."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.drafts import CustomerDraft
from domain.work import Stale, UnitOfWork
from tests.intake.memory import Memory, Sheet
from tests.intake.sheets import TANGLED, row
from tests.intake.test_rows import lines

MANY = Sheet(tuple(CustomerDraft(emails=(f"p{n}@example.com",)) for n in range(40)))


class Looking(Memory):
    """Counts how many batches were looked up, and holds its first commit until ``ahead`` were."""

    def __init__(self, ahead=0):
        super().__init__()
        self.looked_up, self.ahead, self.reached = 0, ahead, asyncio.Event()

    async def holders(self, wanted):
        self.looked_up += 1
        if self.looked_up >= self.ahead:
            self.reached.set()
        return await super().holders(wanted)

    async def commit(self, changes):
        await asyncio.wait_for(self.reached.wait(), 10)
        await super().commit(changes)


class Beaten(UnitOfWork):
    """Somebody is faster at these commits, if they change more than the import's own progress."""

    def __init__(self, work, at):
        self.work, self.at, self.commits = work, at, 0

    async def commit(self, changes):
        self.commits += 1
        if self.commits in self.at and len(changes) > 1:
            raise Stale
        await self.work.commit(changes)


async def test_rows_are_judged_while_those_before_them_are_committed():
    summary, _ = await Looking(ahead=3).take(MANY, batch=1)
    assert summary.counts.created == 40


async def test_no_more_is_judged_ahead_than_is_promised():
    class Idle(Looking):
        async def commit(self, changes):
            if not self.people():
                await asyncio.sleep(0.3)
                looked_up.append(self.looked_up)
            await super().commit(changes)

    looked_up = []
    await Idle().take(MANY, batch=1)
    assert looked_up == [3]


@given(TANGLED, st.integers(1, 2), st.sets(st.integers(1, 9), max_size=3))
async def test_who_is_beaten_now_and_then_comes_to_the_same(sheet, size, at):
    alone, beaten = Memory(), Memory()
    _, report = await alone.take(sheet, batch=size)
    _, told = await beaten.take(sheet, batch=size, work=Beaten(beaten, at))
    assert beaten.told() == alone.told()
    assert lines(told) == lines(report)


async def test_a_conflict_costs_the_batches_on_their_way_a_second_look_and_no_others():
    memory = Looking()
    await memory.take(MANY, batch=1, work=Beaten(memory, {5}))
    # itself twice, and twice each of the three that were judged before it was known
    assert memory.looked_up <= 40 + 4


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_a_dry_run_tells_of_a_conflict_with_the_row_before(size):
    sheet = Sheet(tuple(row(n + 1, f"p{n // 2}") for n in range(20)))
    dry, _ = await Memory().take(sheet, batch=size, write=False)
    wet, _ = await Memory().take(sheet, batch=size)
    assert dry.counts == wet.counts
    assert (wet.counts.created, wet.counts.refused) == (10, 10)
