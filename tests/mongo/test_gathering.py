"""Gathered writes: few, together, and each waiter hears about its own."""

import asyncio

import pytest

from mongo.gathering import Gatherer, Unwritten


class Sink:
    """Writes what it is given when it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.refuses: set[int] = set()

    async def write(self, items):
        self.batches.append(list(items))
        await self.gate.wait()
        if self.refuses & set(items):
            raise OSError("disk full")


@pytest.fixture
def sink():
    return Sink()


async def started(gatherer, *items):
    tasks = []
    for item in items:
        tasks.append(asyncio.create_task(gatherer.put(item)))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_arrives_during_a_write_goes_into_the_next_together(sink):
    gatherer = Gatherer(sink.write)
    tasks = await started(gatherer, 1, 2, 3, 4)
    sink.gate.set()
    await asyncio.wait(tasks)
    assert sink.batches == [[1], [2, 3, 4]]


async def test_nobody_is_told_before_their_own_write_is_done(sink):
    gatherer = Gatherer(sink.write)
    tasks = await started(gatherer, 1, 2)
    assert not any(task.done() for task in tasks)
    sink.gate.set()
    await asyncio.wait(tasks)


async def test_a_batch_has_an_end(sink):
    gatherer = Gatherer(sink.write, most=2)
    tasks = await started(gatherer, 1, 2, 3, 4, 5, 6)
    sink.gate.set()
    await asyncio.wait(tasks)
    assert sink.batches == [[1], [2, 3], [4, 5], [6]]


async def test_an_error_reaches_each_of_its_batch_and_nobody_else(sink):
    gatherer = Gatherer(sink.write)
    sink.refuses = {3}
    tasks = await started(gatherer, 1, 2, 3)
    sink.gate.set()
    await asyncio.wait(tasks)
    assert tasks[0].exception() is None
    errors = [task.exception() for task in tasks[1:]]
    assert all(isinstance(error, Unwritten) for error in errors)
    assert errors[0] is not errors[1]
    assert isinstance(errors[0].__cause__, OSError)


async def test_after_an_error_the_next_write_goes_through(sink):
    gatherer = Gatherer(sink.write)
    sink.refuses = {1}
    sink.gate.set()
    with pytest.raises(Unwritten):
        await gatherer.put(1)
    await gatherer.put(2)
    assert sink.batches == [[1], [2]]


@pytest.mark.parametrize("who", [0, 1])
async def test_a_cancelled_waiter_takes_nobody_with_it(sink, who):
    gatherer = Gatherer(sink.write)
    tasks = await started(gatherer, 1, 2, 3)
    tasks[who].cancel()
    sink.gate.set()
    await asyncio.wait(tasks)
    assert [task.cancelled() for task in tasks] == [n == who for n in range(3)]
    assert sink.batches == [[1], [2, 3]]


async def test_closing_waits_for_what_is_under_way(sink):
    gatherer = Gatherer(sink.write)
    tasks = await started(gatherer, 1, 2)
    closing = asyncio.create_task(gatherer.close())
    await asyncio.sleep(0)
    assert not closing.done()
    sink.gate.set()
    await closing
    assert all(task.done() for task in tasks) or not await asyncio.wait(tasks, timeout=1)[1]
    assert sink.batches == [[1], [2]]


async def test_a_writer_that_is_stopped_refuses_everybody(sink):
    gatherer = Gatherer(sink.write)
    tasks = await started(gatherer, 1, 2)
    gatherer._writer.cancel()
    await asyncio.wait(tasks)
    assert [type(task.exception()) for task in tasks] == [Unwritten, Unwritten]


async def test_a_writer_stopped_before_it_began_refuses_everybody_too(sink):
    gatherer = Gatherer(sink.write)
    task = asyncio.create_task(gatherer.put(1))
    await asyncio.sleep(0)
    gatherer._writer.cancel()
    with pytest.raises(Unwritten):
        await asyncio.wait_for(task, 1)
    sink.gate.set()
    await gatherer.put(2)
