"""New documents of several requests in one transaction: all are told after it, each fails alone."""

import asyncio

import pytest

from domain.work import Taken
from mongo.batch import Batch
from mongo.database import Database
from mongo.together import DatabaseBusy, Together
from mongo.unit_of_work import MongoUnitOfWork
from tests.mongo import shop
from tests.mongo.shop import WRITES, Counted, Logged


def pair(number: int) -> list[Logged]:
    return [Logged(f"{number}a"), Logged(f"{number}b")]


class Attempts:
    """What was tried at once, and how each try ends."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.fault: Exception | None = None

    async def __call__(self, batch: Batch) -> None:
        self.sizes.append(len(batch.parts))
        await self.gate.wait()
        if self.fault:
            raise self.fault


@pytest.fixture
def attempts():
    return Attempts()


async def offered(together, *many):
    tasks = []
    for changes in many:
        tasks.append(asyncio.create_task(together.committed(Batch.of(changes, WRITES))))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_during_a_commit_goes_into_the_next_together(attempts):
    tasks = await offered(Together(attempts), pair(1), pair(2), pair(3))
    assert not any(task.done() for task in tasks)
    attempts.gate.set()
    assert [await task for task in tasks] == [True, True, True]
    assert attempts.sizes == [2, 4]


@pytest.mark.parametrize(
    "changes", [[Logged("one")], [Counted("c", 0, "a")], [Logged(str(n)) for n in range(21)]]
)
async def test_single_documents_changes_and_crowds_go_alone(attempts, changes):
    (task,) = await offered(Together(attempts), changes)
    assert await task is False
    assert attempts.sizes == []


async def test_what_is_refused_together_may_go_alone(attempts):
    attempts.fault = Taken(Logged("1a"), "_id")
    _, *together = await offered(Together(attempts), pair(1), pair(2), pair(3))
    attempts.gate.set()
    assert [await task for task in together] == [False, False]


async def test_what_was_refused_alone_is_not_tried_again(attempts):
    attempts.fault = Taken(Logged("1a"), "_id")
    attempts.gate.set()
    (task,) = await offered(Together(attempts), pair(1))
    with pytest.raises(Taken):
        await task
    assert attempts.sizes == [2]


async def test_an_unknown_outcome_is_told_to_everybody_and_tried_by_nobody(attempts):
    attempts.fault = DatabaseBusy("gone")
    tasks = await offered(Together(attempts), pair(1), pair(2), pair(3))
    attempts.gate.set()
    await asyncio.wait(tasks)
    assert [type(task.exception()) for task in tasks] == [DatabaseBusy] * 3
    assert attempts.sizes == [2, 4]


@pytest.mark.wheel
async def test_of_many_commits_at_once_only_those_in_conflict_fail(database: Database):
    await shop.opened(database)
    work = MongoUnitOfWork(database, WRITES)
    await work.commit(pair(5))

    async def outcome(number: int) -> str:
        try:
            await work.commit([Logged(f"new{number}"), *pair(number)])
        except Taken as taken:
            return str(taken.change)
        return "written"

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(outcome(number)) for number in range(12)]
    outcomes = [task.result() for task in tasks]
    assert outcomes == ["written"] * 5 + [str(Logged("5a"))] + ["written"] * 6
    lines = {line["_id"] for line in await database["log"].find({}).to_list(None)}
    assert "new5" not in lines
    assert len(lines) == 11 * 3 + 2
