"""Each migration runs once, whoever starts first."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from pymongo.errors import AutoReconnect

from mongo import migrations, preparation
from mongo.database import Database
from mongo.fitness import DatabaseUnfit
from mongo.migrations import Migration, migrate

pytestmark = pytest.mark.wheel
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def noting(number: int, notes: list[int]) -> Migration:
    async def run(database: Database) -> None:
        await asyncio.sleep(0.05)
        notes.append(number)

    return Migration(number, "note it", run)


async def test_what_has_not_run_runs_in_order_once(database):
    notes: list[int] = []
    assert await migrate(database, [noting(2, notes), noting(1, notes)], clock) == [1, 2]
    assert await migrate(database, [noting(1, notes), noting(2, notes)], clock) == []
    assert await migrate(database, [noting(n, notes) for n in (1, 2, 3)], clock) == [3]
    assert notes == [1, 2, 3]


async def test_two_workers_that_start_together_run_each_once(database):
    notes: list[int] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            both = [noting(1, notes), noting(2, notes)]
            group.create_task(migrate(database, both, clock, poll=0.01))
    assert notes == [1, 2]


async def test_a_database_that_is_newer_is_refused_with_what_to_do(database):
    await migrate(database, [noting(7, [])], clock)
    with pytest.raises(DatabaseUnfit, match=r"newer version of Rapport .migration 0007"):
        await migrate(database, [noting(1, [])], clock)


async def test_the_lock_of_a_worker_that_died_runs_out(database):
    lock = {"_id": "lock", "holder": "dead", "until": NOW - timedelta(seconds=1)}
    await database[migrations.COLLECTION].insert_one(lock)
    assert await migrate(database, [noting(1, [])], clock) == [1]


async def test_a_long_migration_keeps_its_lock(database, monkeypatch):
    monkeypatch.setattr(migrations, "_LEASE", timedelta(milliseconds=60))
    times = iter(NOW + timedelta(milliseconds=20 * step) for step in range(10_000))
    notes: list[int] = []
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            one = [noting(1, notes)]
            group.create_task(migrate(database, one, lambda: next(times), poll=0.03))
    assert notes == [1]


async def test_a_renewal_that_fails_is_tried_again(database, monkeypatch):
    take, calls, renewed = migrations._take, count(1), asyncio.Event()

    async def unsteady(*given):
        if (call := next(calls)) == 2:
            raise AutoReconnect
        if call > 2:
            renewed.set()
        return await take(*given)

    async def until_renewed(_: Database) -> None:
        async with asyncio.timeout(10):
            await renewed.wait()

    monkeypatch.setattr(migrations, "_LEASE", timedelta(milliseconds=60))
    monkeypatch.setattr(migrations, "_take", unsteady)
    assert await migrate(database, [Migration(1, "wait", until_renewed)], clock) == [1]


async def test_a_migration_that_lost_its_lock_is_not_recorded(database, monkeypatch):
    monkeypatch.setattr(migrations, "_LEASE", timedelta(milliseconds=60))
    lock = {"_id": "lock"}
    others = {"$set": {"holder": "other", "until": NOW + timedelta(days=1)}}

    async def lose(database: Database) -> None:
        await database[migrations.COLLECTION].update_one(lock, others)
        await asyncio.sleep(0.5)

    with pytest.raises(DatabaseUnfit, match="Another worker took over"):
        await migrate(database, [Migration(1, "lose", lose)], clock)
    kept = await database[migrations.COLLECTION].find({}).to_list()
    assert [(each["_id"], each["holder"]) for each in kept] == [("lock", "other")]


async def test_a_failed_migration_is_not_recorded_and_frees_the_lock(database):
    async def fail(_: Database) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await migrate(database, [Migration(1, "fail", fail)], clock)
    assert await migrate(database, [noting(1, [])], clock) == [1]


async def test_a_prepared_database_is_prepared_again_without_a_trace(database):
    assert await preparation.prepare(database, clock) == []
    assert await preparation.prepare(database, clock) == []
