"""What a server does beside answering ends when it does."""

import asyncio
from types import SimpleNamespace

import pytest

from api import asgi
from enrichment.registry import Sources


class Deaf:
    """A run that loses the first cancellation, as PyMongo's client does now and then."""

    def __init__(self) -> None:
        self.begun, self.lost = asyncio.Event(), 0

    async def run_next(self):
        self.begun.set()
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.lost += 1
                if self.lost > 1:
                    raise


async def test_a_run_that_lost_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(asgi, "_AGAIN", 0.05)
    run = Deaf()
    services = SimpleNamespace(enrichment=SimpleNamespace(sources=Sources(())), sweeping=run)
    async with asyncio.timeout(10):
        async with asgi.working(services):
            await run.begun.wait()
    assert run.lost == 2
