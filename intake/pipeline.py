"""Batches on their way in, all at once: one is read, one is judged, one waits, one is committed.

The database works on a commit while the next rows are judged; whichever takes longer sets the pace.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from intake.rows import Drafted, Refused
from intake.taking import Judgement, Known, Taking, next_batch

_Line = asyncio.Queue[Judgement | None]


@dataclass(slots=True)
class Pipeline:
    """Takes in ``rows`` in batches of ``size``; ``seen`` hears when one of them is in."""

    taking: Taking
    rows: Iterator[Drafted | Refused]
    size: int
    seen: Callable[[], None]
    _line: _Line = field(default_factory=lambda: _Line(maxsize=1))
    _under_way: list[Judgement] = field(default_factory=list[Judgement])
    _upset: bool = False

    async def run(self) -> None:
        """Returns when all rows are in. Raises what reading, judging or taking raises."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._judge(group))
                group.create_task(self._take())
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _judge(self, group: asyncio.TaskGroup) -> None:
        reading = group.create_task(self._read())
        while batch := await reading:
            reading = group.create_task(self._read())
            if self._upset:
                # what was judged on a wrong assumption is judged again when its turn comes: more
                # of that kind would be work for nothing
                await self._line.join()
                self._upset = False
            ready = await self.taking.judged(batch, assuming=tuple(self._under_way))
            self._under_way.append(ready)
            await self._line.put(ready)
        await self._line.put(None)

    async def _take(self) -> None:
        while ready := await self._line.get():
            await self.taking.take(ready)
            self._under_way.remove(ready)
            self._upset |= not ready.written
            self._line.task_done()
            self.seen()

    async def _read(self) -> list[Known]:
        return await asyncio.to_thread(next_batch, self.rows, self.size)
