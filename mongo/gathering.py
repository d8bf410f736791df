"""Writes that wait while one is under way go into the next, together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

T = TypeVar("T")
Waiter = tuple[T, asyncio.Future[None]]


class Unwritten(Exception):
    """The batch that held the item was not written, or nobody knows whether it was."""


class Gatherer(Generic[T]):
    """Turns many small writes into few: one in flight, the rest collected into the next.

    ``write`` is called with at least one and at most ``most`` items and writes all of them or
    raises. Nothing is delayed: with nothing in flight an item is written at once.
    """

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]], *, most: int = 500) -> None:
        self._write = write
        self._most = most
        self._waiting: list[Waiter[T]] = []
        self._in_flight: list[Waiter[T]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: T) -> None:
        """Returns once the item is written. Raises Unwritten, caused by what ``write`` raised.

        Whoever is cancelled while waiting stops waiting; the item and the others' are written.
        """
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        if self._writer is None:
            # a task of its own: a cancelled caller must not take the others' writes with it, nor
            # lend them its deadline or the name of its request
            self._writer = asyncio.create_task(
                self._write_all(), name="gathered", context=Context()
            )
            self._writer.add_done_callback(self._ended)
        await written

    async def close(self) -> None:
        """Returns when everything put before is written or refused."""
        while self._writer is not None:
            await asyncio.wait([self._writer])

    async def _write_all(self) -> None:
        while self._waiting:
            self._in_flight = self._waiting[: self._most]
            del self._waiting[: self._most]
            await self._write_one(self._in_flight)
        # here, not in the callback: whoever comes between the two starts the next writer
        self._in_flight, self._writer = [], None

    def _ended(self, writer: asyncio.Task[None]) -> None:
        """A writer that was stopped, perhaps before it began, leaves everybody waiting."""
        if self._writer is not writer:
            return
        self._writer = None
        _refuse([*self._in_flight, *self._waiting], None)
        self._in_flight, self._waiting = [], []

    async def _write_one(self, batch: Sequence[Waiter[T]]) -> None:
        try:
            await self._write([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - handed to everybody who waits for it
            _refuse(batch, error)
        else:
            for _, written in batch:
                if not written.done():
                    written.set_result(None)


def _refuse(batch: Sequence[Waiter[T]], error: Exception | None) -> None:
    for _, written in batch:
        if not written.done():
            # an exception of its own for each: raised twice, one would grow a traceback of both
            refusal = Unwritten("the write failed")
            refusal.__cause__ = error
            written.set_exception(refusal)
