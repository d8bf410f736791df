"""Work that runs beside a block and ends with it."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

from mongo.undivided import undivided

_AGAIN: Final = 5.0
_TIMES: Final = 4


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, Any]) -> AsyncGenerator[list[asyncio.Task[Any]]]:
    """Runs ``work`` beside the block; what has not ended at its end is cancelled.

    Whoever leaves the block waits for the end of the work, twenty seconds at most: what does not
    end by then is told to the event loop's exception handler and left alone. So is at once that
    work failed: the block goes on without it.
    """
    tasks = [asyncio.create_task(one, name=getattr(one, "__qualname__", None)) for one in work]
    for task in tasks:
        task.add_done_callback(_told)
    try:
        yield tasks
    finally:
        # a second cancellation must not leave the work behind without anybody who waits for it
        await undivided(_ended(set(tasks)))


async def _ended(running: set[asyncio.Task[Any]]) -> None:
    """Cancels again only after a while: until then the work may be closing what it has opened."""
    for _ in range(_TIMES):
        for task in running:
            task.cancel()
        if running := {task for task in running if not task.done()}:
            _, running = await asyncio.wait(running, timeout=_AGAIN)
    for task in running:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "work beside a block does not end with it", "task": task}
        )


def _told(task: asyncio.Task[Any]) -> None:
    """Tells of a failure by its kind alone: a driver's message, the task's too, repeats values."""
    if not task.cancelled() and (failure := task.exception()):
        what = f"{task.get_name()} failed beside a block ({type(failure).__name__})"
        task.get_loop().call_exception_handler({"message": what})
