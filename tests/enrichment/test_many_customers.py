"""A run over many: counts that add up, checkpoints that survive a crash, nothing done twice."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from consent.records import ConsentStatus
from domain.errors import NotFound
from domain.query import All, Field, HasConsent, In, Not, StartsWith
from domain.work import Stale
from enrichment.asking import Answers
from enrichment.records import EnrichmentMode, JobStatus, Terms, Verdict
from enrichment.registry import Sources
from enrichment.sources import MatchResult, Outcome
from enrichment.stores import AddRun
from enrichment.sweeping import LEASE, LeaseLost
from enrichment.worker import work
from mongo.where_documents import where_document, where_of
from tests.enrichment.rig import EVERYBODY, STAFF, Forbidden, Rig, Scripted, match
from tests.shop import NOON


async def rig(database, *sources):
    return await Rig(database, list(sources)).opened()


async def people(shop, number, *, refused=()):
    return [await shop.customer(n, granted=n not in refused) for n in range(number)]


def known_by_parity():
    """Every second question is a miss."""
    turn = iter(range(1000))
    return lambda _: match() if next(turn) % 2 == 0 else MatchResult(Outcome.MISS)


async def test_matched_missed_and_refused_add_up_to_everybody(database):
    shop = await rig(database, Scripted(known_by_parity()))
    everyone = await people(shop, 10, refused={2, 5, 9})
    queued = (await shop.start(EVERYBODY)).run
    assert queued.status is JobStatus.QUEUED
    heard = []
    run = await shop.sweeping(batch=4).run_now(queued.id, heard.append)
    counts = run.counts
    assert (counts.matched, counts.missed, counts.refused, counts.failed) == (4, 3, 3, 0)
    assert (counts.total, run.expected, run.status) == (10, 10, JobStatus.SUCCEEDED)
    assert [checkpoint.counts.total for checkpoint in heard] == [4, 8, 10]
    outcomes = await shop.runs.outcomes(run.id, 100)
    assert [outcome.customer_id for outcome in outcomes] == everyone
    assert Counter(o.verdict for o in outcomes)[Verdict.REFUSED] == 3
    reasons = {a.permission.reason for o in outcomes for a in o.answers if not a.permission.allowed}
    assert reasons == {"NO_RECORD"}
    assert await shop.stored("enriched_attributes") == 4
    assert await shop.sweeping().run_now(run.id) == run


async def test_a_source_that_the_worker_does_not_have_fails_the_run(database):
    shop = await rig(database, Scripted())
    await people(shop, 3, refused={1})
    queued = (await shop.start(EVERYBODY, sources=("acme",))).run
    other = replace(shop.deciding, sources=Sources([]))
    run = await replace(shop.sweeping(), deciding=other).run_now(queued.id)
    assert (run.status, run.counts.failed, run.counts.total) == (JobStatus.FAILED, 3, 3)
    outcomes = await shop.runs.outcomes(run.id, 10)
    assert {a.outcome for o in outcomes for a in o.answers} == {Outcome.UNAVAILABLE}


class Crowd:
    """The customers there are, said to be very many."""

    def __init__(self, customers) -> None:
        self._customers = customers

    def __getattr__(self, name):
        return getattr(self._customers, name)

    async def count(self, query, limit):
        return min(250_000, limit + 1)


async def test_what_a_run_sets_out_for_is_counted_to_the_end(database):
    shop = await rig(database, Scripted())
    queued = (await shop.start(EVERYBODY)).run
    crowd = replace(shop.deciding, customers=Crowd(shop.customers))
    run = await replace(shop.sweeping(), deciding=crowd).run_now(queued.id)
    assert run.expected == 250_000


async def test_a_run_stored_as_leased_is_claimed_by_nobody_else(database):
    shop = await rig(database, Scripted())
    await people(shop, 1)
    mine = shop.sweeping("mine")
    terms = Terms(mode=EnrichmentMode.EXECUTE)
    report = (await shop.enrichment.start(EVERYBODY, terms, STAFF)()).value
    run = mine.leased(report.run)
    await shop.work.commit([AddRun(run)])
    assert await shop.sweeping("other").run_next() is None
    assert (await mine.carry(run)).counts.matched == 1


async def test_outcomes_are_read_page_by_page(database):
    shop = await rig(database, Scripted())
    everyone = await people(shop, 7)
    run = await shop.sweeping().run_now((await shop.start(EVERYBODY)).run.id)
    seen, after = [], None
    while page := await shop.runs.outcomes(run.id, 3, after):
        seen += [outcome.customer_id for outcome in page]
        after = page[-1].position
    assert seen == everyone


async def test_a_plan_over_many_sends_nothing(database):
    source = Forbidden()
    shop = await rig(database, source)
    await people(shop, 5, refused={1})
    run = await shop.sweeping().run_now((await shop.start(EVERYBODY, EnrichmentMode.PLAN)).run.id)
    assert source.questions == []
    assert (run.counts.matched, run.counts.asked, run.counts.refused) == (0, 4, 1)
    assert run.counts.total == 5


async def test_only_those_described_are_asked_about(database):
    source = Scripted()
    shop = await rig(database, source)
    await people(shop, 5)
    where = All((StartsWith(Field.EMAIL, "ada"), Not(In(Field.EMAIL, ("ada3@example.com",)))))
    run = await shop.sweeping().run_now((await shop.start(where)).run.id)
    assert (run.counts.total, len(source.questions)) == (4, 4)
    assert run.where == where


def test_a_stored_filter_comes_back_as_it_was():
    statuses = frozenset({"GRANTED", "EXPIRED"})
    where = All(
        (HasConsent("enrichment", None, statuses, NOON), Not(In(Field.STATUS, ("a", 1, True))))
    )
    assert where_of(where_document(where)) == where


async def test_a_run_in_which_everybody_refuses_is_blocked(database):
    shop = await rig(database, Forbidden())
    await people(shop, 2, refused={0, 1})
    run = await shop.sweeping().run_now((await shop.start(EVERYBODY)).run.id)
    assert run.status is JobStatus.BLOCKED_NO_CONSENT


async def test_a_source_that_fails_is_counted_and_stops_nobody(database):
    shop = await rig(database, Scripted(lambda _: MatchResult(Outcome.UNAVAILABLE)))
    await people(shop, 3, refused={0})
    run = await shop.sweeping().run_now((await shop.start(EVERYBODY)).run.id)
    assert (run.counts.failed, run.counts.refused, run.status) == (2, 1, JobStatus.PARTIAL)


async def test_a_withdrawal_within_a_batch_refuses_that_customer_alone(database):
    source = Scripted()
    shop = await rig(database, source)
    everyone = await people(shop, 4)

    async def withdraw_once(_):
        source.answer = None
        await shop.consent(everyone[2], ConsentStatus.WITHDRAWN)
        return match()

    source.answer = withdraw_once
    run = await shop.sweeping().run_now((await shop.start(EVERYBODY)).run.id)
    assert (run.counts.matched, run.counts.refused, run.counts.total) == (3, 1, 4)
    assert await shop.enriched(everyone[2]) == {}
    assert len(source.questions) == 4


class Crash(BaseException):
    """The process dies: nothing after it runs."""


async def test_after_a_crash_another_worker_continues_at_the_checkpoint(database):
    source = Scripted()
    shop = await rig(database, source)
    await people(shop, 6)
    queued = (await shop.start(EVERYBODY)).run

    def crash_at_the_second_batch(checkpoint):
        if checkpoint.counts.total == 4:
            raise Crash

    with pytest.raises(Crash):
        await shop.sweeping("one", batch=2).run_now(queued.id, crash_at_the_second_batch)
    with pytest.raises(LeaseLost):
        await shop.sweeping("two").run_now(queued.id)
    shop.clock.pass_by(seconds=LEASE.total_seconds())
    run = await shop.sweeping("two", batch=2).run_now(queued.id)
    assert (run.counts.matched, run.counts.total) == (6, 6)
    assert len(source.questions) == 6
    assert await shop.stored("enriched_attributes") == 6


async def test_a_crash_between_outcomes_and_checkpoint_counts_nobody_twice(database):
    source = Scripted()
    shop = await rig(database, source)
    everyone = await people(shop, 4)
    queued = (await shop.start(EVERYBODY)).run
    run = await shop.runs.claim("one", shop.clock.now, shop.clock.now, queued.id)
    found = await shop.deciding.conclude(everyone[:2], run, Answers(shop.deciding.sources))
    await shop.work.commit([change for one in found for change in one.changes])
    run = await shop.sweeping("two").run_now(queued.id)
    assert (run.counts.matched, run.counts.total) == (4, 4)
    assert len(source.questions) == 4


async def test_whoever_lost_the_lease_writes_no_checkpoint(database):
    source = Scripted()
    shop = await rig(database, source)
    await people(shop, 2)
    queued = (await shop.start(EVERYBODY)).run

    async def take_over(_):
        source.answer = None
        shop.clock.pass_by(seconds=LEASE.total_seconds())
        await shop.sweeping("two").run_now(queued.id)
        return match()

    source.answer = take_over
    with pytest.raises(LeaseLost):
        await shop.sweeping("one").run_now(queued.id)
    run = (await shop.runs.get_many([queued.id]))[queued.id]
    assert (run.counts.matched, run.counts.total) == (2, 2)
    assert await shop.stored("enrichment_outcomes") == 2
    assert await shop.stored("enriched_attributes") == 2


async def test_the_worker_takes_what_waits_and_stops_when_told(database):
    source = Scripted()
    shop = await rig(database, source)
    await people(shop, 3)
    runs = [(await shop.start(EVERYBODY)).run.id for _ in range(2)]
    stop = asyncio.Event()

    def answer(_):
        if len(source.questions) == 6:
            stop.set()
        return match()

    source.answer = answer
    async with asyncio.timeout(20):
        await work(shop.sweeping(), stop=stop, pause=0.02)
    assert [r.counts.total for r in (await shop.runs.get_many(runs)).values()] == [3, 3]


async def test_a_cancelled_worker_gives_the_lease_back(database):
    source = Scripted()
    shop = await rig(database, source)
    await people(shop, 1)
    queued = (await shop.start(EVERYBODY)).run
    asked = asyncio.Event()

    async def hang(_):
        asked.set()
        await asyncio.sleep(60)

    source.answer = hang
    working = asyncio.create_task(work(shop.sweeping("one"), stop=asyncio.Event()))
    await asked.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    source.answer = None
    assert (await shop.sweeping("two").run_now(queued.id)).counts.matched == 1


async def test_the_worker_outlives_a_run_that_fails(database):
    shop = await rig(database, Scripted())
    await people(shop, 1)
    queued = (await shop.start(EVERYBODY)).run
    stop = asyncio.Event()

    class Broken:
        def __getattr__(self, name):
            stop.set()
            raise RuntimeError

    sweeping = shop.sweeping()
    broken = type(sweeping)(Broken(), sweeping.runs, sweeping.work, "one")
    await work(broken, stop=stop, pause=0.01)
    assert (await shop.sweeping().run_now(queued.id)).counts.matched == 1


async def test_a_run_that_does_not_exist_is_not_found(database):
    shop = await rig(database)
    with pytest.raises(NotFound):
        await shop.sweeping().run_now("run_00000000000000000000000000")


async def test_a_customer_who_never_stands_still_is_a_failure_of_that_customer_alone(database):
    shop = await rig(database, Scripted())
    everyone = await people(shop, 3)
    queued = (await shop.start(EVERYBODY)).run
    sweeping = shop.sweeping()

    class Unlucky:
        """Somebody else is always faster where the second customer is concerned."""

        async def commit(self, changes):
            touched = {getattr(change, "before", None) for change in changes}
            if any(getattr(before, "customer_id", None) == everyone[1] for before in touched):
                raise Stale
            await shop.work.commit(changes)

    run = await replace(sweeping, work=Unlucky()).run_now(queued.id)
    assert (run.counts.matched, run.counts.failed, run.status) == (2, 1, JobStatus.PARTIAL)
    outcome = (await shop.runs.outcomes_of(run.id, [everyone[1]]))[everyone[1]]
    assert outcome.verdict is Verdict.FAILED
    assert await shop.enriched(everyone[1]) == {}
