"""All changes of a decision, or none: one transaction, as a rule of two round trips."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Final

from pymongo.errors import BulkWriteError, ClientBulkWriteException, PyMongoError

from domain.work import Change
from mongo.batch import Batch, Prepared, Transient, is_transient
from mongo.commands import Command, commands
from mongo.database import Database
from mongo.driver import Session
from mongo.operations import Writes
from mongo.together import DatabaseBusy, Together
from mongo.undivided import undivided

_UNKNOWN: Final = "UnknownTransactionCommitResult"
_FIRST_PAUSE: Final = 0.002
_LONGEST_PAUSE: Final = 0.25


class MongoUnitOfWork:
    """Commits changes to MongoDB.

    ``writes`` says for each kind of change which writes make it true. ``patience`` is the number
    of seconds after which an attempt that failed for a passing reason is not repeated. At most
    ``at_once`` commits run together, so that those waiting for a document held by a transaction
    never take the last connection or thread that this transaction needs to finish.
    """

    def __init__(
        self,
        database: Database,
        writes: Writes,
        *,
        patience: float = 10.0,
        at_once: int = 32,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._writes = writes
        self._patience = patience
        self._jitter = jitter
        self._gate = asyncio.Semaphore(at_once)
        self._together = Together(self._attempt_once)

    def prepared(self, changes: Sequence[Change]) -> Sequence[Change]:
        """See UnitOfWork. What is prepared at once is merged at once, and with nothing else."""
        return (Prepared(Batch.merged(changes, self._writes)),) if changes else ()

    async def commit(self, changes: Sequence[Change]) -> None:
        """Makes all changes visible and durable together.

        Raises Stale when a guarded write did not find its document, Taken when a unique key has
        another owner, DatabaseBusy when contention or an outage outlasted the patience. After any
        of the first two, and after a cancellation, either all or nothing is written.
        """
        batch = Batch.of(changes, self._writes)
        if not batch.parts or await self._together.committed(batch):
            return
        async with self._gate:
            await self._persist(batch)

    async def close(self) -> None:
        """Returns when what cancelled requests left under way is over; call it before the end."""
        await self._together.close()

    async def _attempt_once(self, batch: Batch) -> None:
        await self._attempt(batch, asyncio.get_running_loop().time() + self._patience)

    async def _persist(self, batch: Batch) -> None:
        now = asyncio.get_running_loop().time
        deadline = now() + self._patience
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._attempt(batch, deadline)
            except Transient:
                if now() + pause > deadline:
                    raise DatabaseBusy("contention outlasted the patience") from None
            await asyncio.sleep(pause * (0.5 + self._jitter()))
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _attempt(self, batch: Batch, deadline: float) -> None:
        if batch.is_one_document:
            await self._send(batch, None)
            return
        async with self._database.session() as session:
            await session.start_transaction()
            try:
                await self._send(batch, session)
            except BaseException:
                await undivided(session.abort_transaction())
                raise
            await self._conclude(session, deadline)

    async def _send(self, batch: Batch, session: Session | None) -> None:
        for command in commands(batch):
            try:
                await self._write(command, session)
            except ClientBulkWriteException as error:
                command.batch.refuse(error)
            except BulkWriteError as error:
                command.batch.refuse_inserts(error)
            except PyMongoError as error:
                if is_transient(error):
                    raise Transient from None
                raise

    async def _write(self, command: Command, session: Session | None) -> None:
        database, batch = self._database, command.batch
        if command.collection is not None and session is not None:
            await undivided(database.insert(command.collection, batch.documents, session))
        else:
            requests = batch.requests(database.name)
            batch.verify(await undivided(database.bulk_write(requests, session)))

    async def _conclude(self, session: Session, deadline: float) -> None:
        now = asyncio.get_running_loop().time
        while True:
            try:
                return await undivided(session.commit_transaction())
            except PyMongoError as error:
                if is_transient(error):
                    raise Transient from None
                if not error.has_error_label(_UNKNOWN):
                    raise
                if now() > deadline:
                    raise DatabaseBusy("the outcome of the commit is unknown") from error
            await asyncio.sleep(_FIRST_PAUSE)
