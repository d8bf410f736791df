"""The run of an import, from where the last one stopped to the end of the file."""

import asyncio
import gc
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Final, Protocol

from customers.defining import DefinitionDraft
from customers.drafts import CustomerDraft
from domain.actor import Actor
from domain.ports import Clock, Ids
from domain.work import UnitOfWork, settle
from intake.definitions import Planned, planned
from intake.judging import Terms
from intake.noes import Noes
from intake.pipeline import Pipeline
from intake.progress import Counts, ImportProgress, Imports
from intake.report import Report
from intake.rows import Drafted, Refused
from intake.shelf import Stock
from intake.taking import BATCH, Desk, Taking

_HEARD_AT_ONCE: Final = 2_000
_GARBAGE: Final = 50_000
"""So many more containers made than dropped before the collector looks."""
_TURN: Final = 0.000_2
"""Seconds that a thread may go on computing while another one wants to."""


class Rows(Protocol):
    """A file being read."""

    @property
    def rows(self) -> Iterator[Drafted | Refused]:
        """Every row, in the order of the file."""
        ...

    @property
    def answers(self) -> Iterator[CustomerDraft]:
        """Of every row that can be read whom it is about and what of consent it says, no more."""
        ...

    @property
    def unread(self) -> tuple[str, ...]:
        """Columns that nothing is taken from."""
        ...

    def done(self) -> int:
        """How far the reading has come, in bytes of a file."""
        ...


class ImportFile(Protocol):
    """A file and the way to read it.

    ``key`` is the same for the same bytes read the same way; ``definitions`` are the custom
    attributes that its rows use and that are made where the shop has none of that key.
    """

    @property
    def key(self) -> str: ...
    @property
    def definitions(self) -> tuple[DefinitionDraft, ...]: ...
    def opened(self) -> AbstractContextManager[Rows]: ...


@dataclass(frozen=True, slots=True)
class Run:
    """How to run: without ``write`` everything is tried and nothing is written.

    ``keep`` leaves customers who are there already as they are. ``refusals`` keeps a no of people
    who never said yes. ``imported`` marks consents as taken from elsewhere. ``restart`` begins at
    the first row whatever is in already. ``seen`` is called with how far the reading has come,
    ``heard`` how far the search for refusals before it.
    """

    by: Actor
    write: bool = False
    refusals: bool = False
    imported: bool = True
    restart: bool = False
    keep: bool = False
    seen: Callable[[int], None] = lambda _: None
    heard: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to, together with the interrupted run it went on from, if any.

    ``resumed_at`` is the line that one had reached, else 0, and ``earlier`` what it had come to.
    ``remarks`` are of this run alone.
    """

    counts: Counts
    remarks: int
    unread: tuple[str, ...]
    resumed_at: int
    earlier: Counts


@dataclass(frozen=True, slots=True)
class Importing:
    """Imports files into one database. Safe to stop at any moment and to run again."""

    stock: Stock
    work: UnitOfWork
    imports: Imports
    clock: Clock
    ids: Ids
    batch: int = BATCH

    async def begun(self, file: ImportFile, run: Run) -> ImportProgress:
        """Where a run starts: behind the last row of an interrupted one, else at the first."""
        now = self.clock()
        stored = await self.imports.get(file.key) if run.write else None
        if stored is None:
            return ImportProgress(file.key, 0, now, now, run.by)
        if stored.finished_at or run.restart:
            return stored.anew(now, run.by)
        return stored

    async def run(
        self, file: ImportFile, run: Run, begun: ImportProgress, report: Report
    ) -> Summary:
        """Takes in every row behind ``begun``.

        Raises ImportRunning where another process imports the same file, UnreadableFile where it
        cannot be read at all. A row that cannot be taken in is in the report, the rest goes on.
        """
        stock = replace(self.stock, definitions=await self._defined(file, run))
        desk = Desk(stock, self.work, self.imports, self.clock, self.ids)
        with _at_full_speed(), closing(Noes()) as noes:
            if run.imported:
                await _hear(file, run, noes)
            terms = Terms(run.write, run.refusals, run.imported, begun.started_at, run.keep)
            taking = Taking(desk, report, begun, terms, noes)
            with file.opened() as rows:
                left = (row for row in rows.rows if row.line > begun.line)
                await Pipeline(taking, left, self.batch, rows.done, run.seen).run()
                await taking.finish()
                counts, earlier = taking.progress.counts, begun.counts
                return Summary(counts, taking.remarks, rows.unread, begun.line, earlier)

    async def _defined(self, file: ImportFile, run: Run) -> Planned:
        definitions = self.stock.definitions
        decide = partial(planned, definitions, file.definitions, self.clock, self.ids)
        # where another import defines the same meanwhile, its definitions are the ones
        return await settle(self.work, decide) if run.write else (await decide()).value


@contextmanager
def _at_full_speed() -> Generator[None]:
    """Looks for garbage in cycles less often, and lets threads take turns more often.

    A row is hundreds of objects, none in a cycle, and lives for five batches: the collector would
    go through those batches again and again, for a fifth of the time of the import. The driver's
    threads have an answer to hand on and are done: at Python's 5 ms a turn the database would wait.
    """
    before, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(max(_GARBAGE, before[0]), *before[1:])
    sys.setswitchinterval(min(_TURN, turn))
    try:
        yield
    finally:
        gc.set_threshold(*before)
        sys.setswitchinterval(turn)


async def _hear(file: ImportFile, run: Run, noes: Noes) -> None:
    """Reads the file once for the refusals in it, in steps that are short enough to be stopped."""
    with file.opened() as rows:
        answers = rows.answers
        while batch := await asyncio.to_thread(lambda: list(islice(answers, _HEARD_AT_ONCE))):
            noes.hear(batch)
            run.heard(rows.done())
