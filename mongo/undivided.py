"""Awaiting what must not be abandoned halfway."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def undivided(work: Awaitable[T]) -> T:
    """The result of ``work``; a cancellation is delivered after it ended, not in its middle.

    Motor's calls go on in their thread when the task that awaits them is cancelled. Rolling back
    while the write is still on its way would let the write through on its own.
    """
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            try:
                await asyncio.wait([running])
            except asyncio.CancelledError:
                continue
        if not running.cancelled():
            running.exception()
        raise
