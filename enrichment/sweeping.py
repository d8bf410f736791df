"""A run over many customers: batch after batch from the last checkpoint, in constant memory.

A batch and its checkpoint are one commit. Where a customer of the batch changed meanwhile, each
is decided alone and the checkpoint follows; a crash in between loses nothing, since whoever has
an outcome is not asked about again. Counts come from the outcomes, never from memory.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from domain.customer import Customer
from domain.errors import NotFound
from domain.ids import CustomerId, RunId
from domain.query import All, Between, CustomerQuery, Field, Order, OrderField, Row, Where
from domain.work import Change, Decision, Stale, Taken, UnitOfWork, settle
from enrichment.asking import Answers
from enrichment.concluding import position
from enrichment.deciding import Deciding
from enrichment.records import CustomerOutcome, EnrichmentRun, JobStatus, Verdict
from enrichment.stores import AddOutcome, AdvanceRun, Runs

BATCH: Final = 100
LEASE: Final = timedelta(minutes=2)
# what the schema can say: a number of 32 bits
_MOST_COUNTED: Final = (1 << 31) - 1
_OLDEST_FIRST: Final = Order(OrderField.CREATED_AT, descending=False)

Progress = Callable[[EnrichmentRun], None]


class LeaseLost(Exception):
    """Another worker continues the run; nothing of this batch was written twice."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Carries queued runs through, one at a time; ``worker`` names who holds the lease."""

    deciding: Deciding
    runs: Runs
    work: UnitOfWork
    worker: str
    batch: int = BATCH

    async def run_now(self, run_id: RunId, progress: Progress | None = None) -> EnrichmentRun:
        """Carries this run to its end and answers with it; ``progress`` hears of each checkpoint.

        Raises NotFound, and LeaseLost where another worker has it.
        """
        run = await self._claim(run_id)
        if run is not None:
            return await self._carry(run, progress)
        there = (await self.runs.get_many([run_id])).get(run_id)
        if there is None:
            raise NotFound("enrichment run")
        if there.finished_at is None:
            raise LeaseLost
        return there

    def leased(self, run: EnrichmentRun) -> EnrichmentRun:
        """The run as this worker's own from the moment it is stored: no other claims it first."""
        until = self.deciding.clock() + LEASE
        return replace(run, status=JobStatus.RUNNING, lease_by=self.worker, lease_until=until)

    async def carry(self, run: EnrichmentRun, progress: Progress | None = None) -> EnrichmentRun:
        """Carries a run that was stored ``leased`` to its end; raises LeaseLost."""
        return await self._carry(run, progress)

    async def run_next(self) -> EnrichmentRun | None:
        """Carries one waiting run to its end; None where none waits."""
        run = await self._claim()
        return None if run is None else await self._carry(run, None)

    async def _claim(self, run_id: RunId | None = None) -> EnrichmentRun | None:
        now = self.deciding.clock()
        return await self.runs.claim(self.worker, now, now + LEASE, run_id)

    async def _carry(self, run: EnrichmentRun, progress: Progress | None) -> EnrichmentRun:
        try:
            run = await self._counted(run)
            while run.finished_at is None:
                run = await self._step(run)
                if progress is not None:
                    progress(run)
        except asyncio.CancelledError:
            # any other failure lets the lease lapse: trying again at once would fail at once
            await self.runs.release(run.id, self.worker)
            raise
        return run

    async def _counted(self, run: EnrichmentRun) -> EnrichmentRun:
        if run.expected is not None:
            return run
        expected = await self.deciding.customers.count(
            CustomerQuery(where=_scope(run)), _MOST_COUNTED - 1
        )
        after = replace(run, expected=expected, started_at=self.deciding.clock())
        await self._advance(run, after)
        return replace(after, revision=run.revision + 1)

    async def _step(self, run: EnrichmentRun) -> EnrichmentRun:
        page = await self.deciding.customers.page(
            CustomerQuery(
                where=_scope(run), order=_OLDEST_FIRST, limit=self.batch, after=run.cursor
            )
        )
        ids = [row.item.id for row in page.rows]
        done: Mapping[CustomerId, CustomerOutcome] = {}
        if ids:
            done = await self.runs.outcomes_of(run.id, ids)
        fresh = [id_ for id_ in ids if id_ not in done]
        answers = Answers(self.deciding.sources)
        found = await self.deciding.conclude(fresh, run, answers) if fresh else []
        outcomes = [*done.values(), *(one.outcome for one in found)]
        after = self._after(run, page.rows, outcomes, has_next=page.has_next)
        changes = [change for one in found for change in one.changes]
        try:
            await self.work.commit([*changes, AdvanceRun(run, after)])
        except (Stale, Taken):
            await self._still_mine(run)
            after = await self._one_by_one(run, fresh, answers, page.rows, has_next=page.has_next)
        return replace(after, revision=run.revision + 1)

    async def _one_by_one(
        self,
        run: EnrichmentRun,
        fresh: Sequence[CustomerId],
        answers: Answers,
        rows: Sequence[Row[Customer]],
        *,
        has_next: bool,
    ) -> EnrichmentRun:
        for row in rows:
            if row.item.id in fresh:
                await self._alone(run, row.item, answers)
        outcomes = await self.runs.outcomes_of(run.id, [row.item.id for row in rows])
        after = self._after(run, rows, list(outcomes.values()), has_next=has_next)
        await self._advance(run, after)
        return after

    async def _alone(self, run: EnrichmentRun, customer: Customer, answers: Answers) -> None:
        async def decide() -> Decision[None]:
            if await self.runs.outcomes_of(run.id, [customer.id]):
                return Decision(None)
            found = await self.deciding.conclude([customer.id], run, answers)
            return Decision(None, tuple(change for one in found for change in one.changes))

        try:
            await settle(self.work, decide)
        except Stale:
            # changed a dozen times in a row: somebody else's customer for now
            await self.work.commit([self._failure(run, customer)])

    def _failure(self, run: EnrichmentRun, customer: Customer) -> Change:
        at, place = self.deciding.clock(), position(customer)
        return AddOutcome(CustomerOutcome(run.id, customer.id, place, Verdict.FAILED, at))

    def _after(
        self,
        run: EnrichmentRun,
        rows: Sequence[Row[Customer]],
        outcomes: Sequence[CustomerOutcome],
        *,
        has_next: bool,
    ) -> EnrichmentRun:
        """The checkpoint behind these rows; the last one ends the run and gives the lease back."""
        now = self.deciding.clock()
        counts = run.counts.plus(outcomes)
        cursor = rows[-1].cursor if rows else run.cursor
        after = replace(run, counts=counts, cursor=cursor, lease_until=now + LEASE)
        if has_next:
            return after
        return replace(
            after, status=counts.status(), finished_at=now, lease_by=None, lease_until=None
        )

    async def _advance(self, before: EnrichmentRun, after: EnrichmentRun) -> None:
        try:
            await self.work.commit([AdvanceRun(before, after)])
        except Stale:
            raise LeaseLost from None

    async def _still_mine(self, run: EnrichmentRun) -> None:
        now = (await self.runs.get_many([run.id])).get(run.id)
        if now is None or now.revision != run.revision:
            raise LeaseLost


def _scope(run: EnrichmentRun) -> Where:
    """Whom the run is about: not those who came after it was asked for."""
    asked = Between(Field.CREATED_AT, high=run.created_at + timedelta(milliseconds=1))
    return asked if run.where is None else All((run.where, asked))
