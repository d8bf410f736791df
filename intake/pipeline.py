"""Batches on their way in, all at once: one is read, one is judged, one waits, one is committed.

The database works on a commit while the next rows are judged; whichever takes longer sets the pace.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from intake.rows import Drafted, Refused
from intake.taking import Judgement, Known, Taking, next_batch

_Read = tuple[Sequence[Known], int]
_Line = asyncio.Queue[tuple[Judgement, int] | None]


@dataclass(slots=True)
class Pipeline:
    """Takes in ``rows`` in batches of ``size``.

    ``done`` says how far the reading has come, and ``seen`` hears what it said of the batch that
    has just been taken in.
    """

    taking: Taking
    rows: Iterator[Drafted | Refused]
    size: int
    done: Callable[[], int]
    seen: Callable[[int], None]
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
        before: tuple[Judgement, ...] = ()
        reading = group.create_task(self._read())
        while (read := await reading)[0]:
            reading = group.create_task(self._read())
            batch, done = read
            if self._upset or self._rehearses:
                # what was judged on a wrong assumption is judged again when its turn comes: more
                # of that kind would be work for nothing
                await self._line.join()
                self._upset = False
            # a dry run writes nothing, so the batch before it has to be assumed even when it is in
            assumed = before if self._rehearses else tuple(self._under_way)
            ready = await self.taking.judged(batch, assuming=assumed)
            before = (ready,)
            self._under_way.append(ready)
            await self._line.put((ready, done))
        await self._line.put(None)

    async def _take(self) -> None:
        while each := await self._line.get():
            ready, done = each
            await self.taking.take(ready)
            self._under_way.remove(ready)
            self._upset |= not ready.written
            self._line.task_done()
            self.seen(done)

    async def _read(self) -> _Read:
        return await asyncio.to_thread(lambda: (next_batch(self.rows, self.size), self.done()))

    @property
    def _rehearses(self) -> bool:
        return not self.taking.terms.write
