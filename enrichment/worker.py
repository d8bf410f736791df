"""The server's background task: takes waiting runs one after another until it is told to stop."""

import asyncio
from typing import Final

import structlog

from enrichment.sweeping import LeaseLost, Sweeping

_log = structlog.get_logger(__name__)
_PAUSE: Final = 2.0


async def work(sweeping: Sweeping, *, stop: asyncio.Event, pause: float = _PAUSE) -> None:
    """Runs until ``stop`` is set; looks for work every ``pause`` seconds while there is none.

    A run that fails keeps its last checkpoint and is tried again after a pause. A cancellation
    gives the lease back, so that another process continues at once.
    """
    while not stop.is_set():
        if not await _one(sweeping):
            await _pause(stop, pause)


async def _one(sweeping: Sweeping) -> bool:
    """Whether there was work, and it went well."""
    try:
        run = await sweeping.run_next()
    except LeaseLost:
        return True
    except Exception as problem:  # noqa: BLE001 - the loop outlives any failure; the run waits
        # a message of a driver or source may repeat a value: only the kind is told
        _log.error("enrichment.run_failed", failure=type(problem).__name__)
        return False
    if run is not None:
        _log.info("enrichment.run_finished", run=run.id, status=run.status, total=run.counts.total)
    return run is not None


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
