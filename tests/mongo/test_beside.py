"""Work beside a block ends with it."""

import asyncio

import pytest

from mongo import beside as module
from mongo.beside import beside


async def test_it_ends_with_the_block():
    async with beside(asyncio.sleep(60)) as [task]:
        pass
    assert task.cancelled()


class Deaf:
    """Work that hears a cancellation only after it has lost some."""

    def __init__(self, lost: int) -> None:
        self.left = lost

    async def work(self) -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.left -= 1
                if self.left < 0:
                    raise


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(module, "_AGAIN", 0.05)


async def test_it_ends_also_where_a_cancellation_was_lost():
    async with asyncio.timeout(10), beside(Deaf(1).work()) as [task]:
        await asyncio.sleep(0)
    assert task.cancelled()


async def test_work_that_never_ends_is_not_waited_for_for_ever():
    said: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    async with asyncio.timeout(10):
        async with beside(Deaf(4).work()) as [task]:
            await asyncio.sleep(0)
        assert not task.done()
        assert [context["task"] for context in said] == [task]
        task.cancel()
        await asyncio.wait([task])


async def test_work_that_fails_is_told_at_once_without_what_it_says():
    said: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))

    async def failing() -> None:
        raise ValueError("ada@example.com")

    async with beside(failing()) as [task]:
        await asyncio.wait([task])
        [context] = said
    assert str(context["message"]).endswith("failing failed beside a block (ValueError)")
    assert "ada" not in str(said)


async def test_who_is_cancelled_while_the_work_ends_still_waits_for_it():
    works: list[asyncio.Task[object]] = []

    async def outer() -> None:
        async with beside(Deaf(2).work()) as tasks:
            works.extend(tasks)
            await asyncio.sleep(60)

    leaving = asyncio.create_task(outer())
    await asyncio.sleep(0.01)
    for _ in range(2):
        leaving.cancel()
        await asyncio.sleep(0.01)
    assert not leaving.done()
    await asyncio.wait([leaving], timeout=10)
    assert leaving.cancelled()
    assert works[0].cancelled()
