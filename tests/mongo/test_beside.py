"""Work beside a block ends with it."""

import asyncio

from mongo.beside import beside


async def test_it_ends_with_the_block():
    async with beside(asyncio.sleep(60)) as [task]:
        pass
    assert task.cancelled()


async def test_it_ends_also_where_a_cancellation_was_lost():
    async def deaf_once() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async with asyncio.timeout(10), beside(deaf_once()) as [task]:
        await asyncio.sleep(0)
    assert task.cancelled()
