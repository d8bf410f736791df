"""What a server does beside answering ends when it does."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from api import asgi
from enrichment.registry import Sources
from mongo import beside


class Deaf:
    """A run that loses cancellations, as PyMongo's client does now and then."""

    def __init__(self, *, hears: int = 2) -> None:
        self.begun, self.lost, self.hears = asyncio.Event(), 0, hears

    async def run_next(self):
        self.begun.set()
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.lost += 1
                if self.lost >= self.hears:
                    raise


async def test_a_run_that_lost_its_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(beside, "_AGAIN", 0.05)
    run = Deaf()
    services = SimpleNamespace(enrichment=SimpleNamespace(sources=Sources(())), sweeping=run)
    async with asyncio.timeout(10):
        async with asgi.working(services, beside.beside):
            await run.begun.wait()
    assert run.lost == 2


async def test_a_run_that_hears_no_cancellation_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(beside, "_AGAIN", 0.05)
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    said: list[dict[str, Any]] = []
    run = Deaf(hears=6)
    services = SimpleNamespace(enrichment=SimpleNamespace(sources=Sources(())), sweeping=run)
    async with asyncio.timeout(10):
        async with asgi.working(services, beside.beside):
            await run.begun.wait()
    [left] = [context["task"] for context in said]
    while not left.done():
        left.cancel()
        await asyncio.wait([left], timeout=0.05)
