"""Gathered look-ups: few queries, fresh answers, and each caller hears about its own."""

import asyncio

import pytest

from mongo.lookups import FEW, Lookups, Unread


class Shelf:
    """Squares of the numbers it has, given out when it is told to."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.gate = asyncio.Event()
        self.broken = False

    async def fetch(self, keys):
        self.asked.append(list(keys))
        await self.gate.wait()
        if self.broken:
            raise OSError("cable cut")
        return {key: key * key for key in keys if key > 0}


@pytest.fixture
def shelf():
    return Shelf()


async def started(lookups, *many):
    tasks = []
    for keys in many:
        tasks.append(asyncio.create_task(lookups.get_many(keys)))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_is_asked_during_a_query_goes_into_the_next_each_key_once(shelf):
    tasks = await started(Lookups(shelf.fetch), [1], [2, 3], [3], [4])
    shelf.gate.set()
    answers = [await task for task in tasks]
    assert answers == [{1: 1}, {2: 4, 3: 9}, {3: 9}, {4: 16}]
    assert shelf.asked == [[1], [2, 3, 4]]


async def test_a_query_under_way_is_not_joined_so_that_no_answer_is_older_than_its_question(shelf):
    tasks = await started(Lookups(shelf.fetch), [1], [1])
    shelf.gate.set()
    assert [await task for task in tasks] == [{1: 1}, {1: 1}]
    assert shelf.asked == [[1], [1]]


async def test_what_does_not_exist_is_left_out(shelf):
    shelf.gate.set()
    assert await Lookups(shelf.fetch).get_many([-1, 2]) == {2: 4}


async def test_many_at_once_are_a_query_of_their_own(shelf):
    tasks = await started(Lookups(shelf.fetch), [1], list(range(1, FEW + 2)))
    shelf.gate.set()
    await asyncio.wait(tasks)
    assert [len(keys) for keys in shelf.asked] == [1, FEW + 1]


async def test_an_error_reaches_everybody_as_their_own(shelf):
    shelf.broken = True
    tasks = await started(Lookups(shelf.fetch), [1], [2], [3])
    shelf.gate.set()
    await asyncio.wait(tasks)
    errors = [task.exception() for task in tasks]
    assert all(isinstance(error, Unread) for error in errors)
    assert errors[1] is not errors[2]
    assert isinstance(errors[1].__cause__, OSError)


async def test_a_cancelled_caller_takes_nobody_with_it(shelf):
    tasks = await started(Lookups(shelf.fetch), [1], [2], [3])
    tasks[0].cancel()
    tasks[1].cancel()
    shelf.gate.set()
    assert await tasks[2] == {3: 9}
