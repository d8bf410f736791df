"""What is said beside a command whose database does not answer: once an outage, and at its end."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

PATIENCE: Final = 5.0
"""Seconds without an answer before anything is said."""
GONE: Final = "The database does not answer: trying on."
BACK: Final = "The database answers again."
_EVERY: Final = 1.0

Ping = Callable[[], Awaitable[None]]
"""Asks the database for an answer."""


async def watch(
    ping: Ping,
    failures: tuple[type[Exception], ...],
    say: Callable[[str], None],
    patience: float = PATIENCE,
) -> None:
    """Says, until it is cancelled, when the database is away and when it is back.

    ``failures`` are what ``ping`` raises while it is away.
    """
    gone = False
    while True:
        if (answers := await _answers(ping, failures, patience)) is gone:
            say(BACK if answers else GONE)
            gone = not answers
        await asyncio.sleep(_EVERY)


async def _answers(ping: Ping, failures: tuple[type[Exception], ...], patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            while True:
                with contextlib.suppress(*failures):
                    await ping()
                    return True
                await asyncio.sleep(_EVERY / 4)
    except TimeoutError:
        return False
