"""Work that runs beside a block and ends with it."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

_AGAIN: Final = 0.5


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, Any]) -> AsyncGenerator[list[asyncio.Task[Any]]]:
    """Runs ``work`` beside the block; what has not ended at its end is cancelled.

    More than once if need be: PyMongo's client loses a cancellation that comes just as an answer
    does, and whoever waited for the end of that work would wait for ever.
    """
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield tasks
    finally:
        running = set(tasks)
        while running:
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=_AGAIN)
