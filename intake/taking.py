"""Taking rows in: a batch and the progress in one commit, or row by row where that fails."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from customers.drafts import AttributeDraft
from domain.errors import Issue
from domain.ports import Clock, Ids
from domain.work import Change, Stale, Taken, UnitOfWork
from intake.judging import Judged, Terms, judge
from intake.matching import Identity, identities
from intake.noes import Noes
from intake.progress import ImportProgress, Imports, Outcome, SaveImport
from intake.rehearsal import Rehearsal
from intake.report import Report
from intake.rows import Drafted, Refused
from intake.shelf import Stock, fetched, gaining

BATCH: Final = 200
_ATTEMPTS: Final = 5
_CONTENTION: Final = Issue(
    (), "CONTENTION", "Others kept changing this customer meanwhile: import the file again."
)


class ImportRunning(Exception):
    """Another process is importing the same file."""


@dataclass(frozen=True, slots=True)
class Known:
    """A row and what it may be recognised by."""

    row: Drafted | Refused
    identities: tuple[Identity, ...]

    @property
    def attributes(self) -> tuple[AttributeDraft, ...]:
        """The custom values that the row sets."""
        return self.row.draft.attributes if isinstance(self.row, Drafted) else ()


def next_batch(rows: Iterator[Drafted | Refused], size: int) -> list[Known]:
    """The next rows with their contacts normalised, which is most of the work of reading."""
    return [
        Known(row, identities(row.draft) if isinstance(row, Drafted) else ())
        for row in islice(rows, size)
    ]


@dataclass(slots=True, eq=False)
class Judgement:
    """A batch, what is to become of each row of it, and all that in the words of a commit.

    It holds if everything ``assumed`` was ``written`` just so.
    """

    batch: Sequence[Known]
    rows: Sequence[Judged]
    prepared: Sequence[Change]
    assumed: Sequence["Judgement"] = ()
    written: bool = False

    @property
    def changes(self) -> Sequence[Change]:
        return [change for each in self.rows for change in each.changes]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an import works with."""

    stock: Stock
    work: UnitOfWork
    imports: Imports
    clock: Clock
    ids: Ids


@dataclass(slots=True)
class Taking:
    """One run's place in its file."""

    desk: Desk
    report: Report
    progress: ImportProgress
    terms: Terms
    noes: Noes
    remarks: int = 0
    _rehearsal: Rehearsal = field(default_factory=Rehearsal)

    async def judged(
        self, batch: Sequence[Known], *, assuming: Sequence[Judgement] = ()
    ) -> Judgement:
        """What becomes of the rows once all of ``assuming``, in that order, is written.

        It need not be yet.
        """
        desk, by = self.desk, self.progress.by
        wanted = dict.fromkeys(chain.from_iterable(known.identities for known in batch))
        drafts = (known.row.draft for known in batch if isinstance(known.row, Drafted))
        tags = dict.fromkeys(chain.from_iterable(draft.tags for draft in drafts))
        attributes = chain.from_iterable(known.attributes for known in batch)
        assumed = [change for each in assuming for change in each.changes]
        gained = gaining(wanted, assumed)
        shelf = await fetched(desk.stock, list(wanted), list(tags), list(attributes), gained)
        for claim in self._rehearsal.freed(shelf.holders):
            del shelf.holders[claim]
        shelf.apply(assumed)
        noes = self.noes.about(shelf.known_by(wanted))
        one = judge(shelf, noes, desk.stock, desk.clock, desk.ids, by, self.terms)
        rows, prepared = list[Judged](), list[Change]()
        for known in batch:
            # every command of the commit under way takes several turns of the loop: while they
            # were as long as ten rows the database waited for them as long as it worked
            await asyncio.sleep(0)
            rows.append(await one.judged(known.row, known.identities))
            if self.terms.write:
                prepared += desk.work.prepared(rows[-1].changes)
        return Judgement(batch, rows, prepared, assuming)

    async def take(self, ready: Judgement) -> None:
        """Takes the rows in, which then are ``written`` unless they became something else.

        They do where others interfered with them, or with what was assumed. Raises ImportRunning.
        """
        if not self.terms.write:
            self._try(ready)
            ready.written = True
        elif all(each.written for each in ready.assumed):
            ready.written = await self._took(ready)
        else:
            await self._took(await self.judged(ready.batch))
        # or it would hold on to all batches before it
        ready.assumed = ()

    async def _took(self, ready: Judgement) -> bool:
        try:
            await self._commit(ready.rows, ready.prepared)
        except (Stale, Taken):
            for known in ready.batch:
                await self._take_one(known)
            return False
        return True

    async def finish(self) -> None:
        """Notes that nothing of the file is left."""
        if not self.terms.write:
            return
        try:
            await self._move(self.progress.finished(self.desk.clock()))
        except (Stale, Taken):
            raise ImportRunning from None

    async def _take_one(self, known: Known) -> None:
        for _ in range(_ATTEMPTS):
            try:
                ready = await self.judged([known])
                await self._commit(ready.rows, ready.prepared)
            except (Stale, Taken):
                await self._require_alone()
            else:
                return
        await self._commit([Judged(known.row.line, Outcome.REFUSED, (_CONTENTION,))], ())

    async def _commit(self, judged: Sequence[Judged], changes: Sequence[Change]) -> None:
        # the report first: a run that is killed in between cuts it back to what is in
        mark = self._tell(judged)
        try:
            await self._move(self._after(judged), *changes)
        except (Stale, Taken):
            self.report.back_to(mark)
            raise
        self.remarks += _remarks(judged)

    async def _move(self, after: ImportProgress, *changes: Change) -> None:
        await self.desk.work.commit([*changes, SaveImport(self.progress, after)])
        self.progress = after

    def _after(self, judged: Sequence[Judged]) -> ImportProgress:
        counts = self.progress.counts.plus(Counter(each.outcome for each in judged))
        return self.progress.further(judged[-1].line, counts, self.desk.clock())

    def _tell(self, judged: Sequence[Judged]) -> int:
        mark = self.report.mark()
        for each in judged:
            refused = each.outcome is Outcome.REFUSED
            self.report.add(each.line, each.issues, refused=refused, named=each.named)
        self.report.flush()
        return mark

    def _try(self, ready: Judgement) -> None:
        rows = zip(ready.batch, ready.rows, strict=True)
        judged = [self._rehearsal.told(known.attributes, each) for known, each in rows]
        self._tell(judged)
        self.remarks += _remarks(judged)
        self.progress = self._after(judged)

    async def _require_alone(self) -> None:
        stored = await self.desk.imports.get(self.progress.id)
        if (stored.version if stored else 0) != self.progress.version:
            raise ImportRunning


def _remarks(judged: Sequence[Judged]) -> int:
    return sum(len(each.issues) for each in judged if each.outcome is not Outcome.REFUSED)
