"""Changes to stored data, numbered; each runs once, whoever starts first."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError, PyMongoError

from domain.ports import Clock
from mongo.beside import beside
from mongo.database import Database
from mongo.fitness import DatabaseUnfit
from mongo.indexes import Index
from mongo.undivided import undivided

COLLECTION: Final = "migrations"
COLLECTIONS: Final = (COLLECTION,)
INDEXES: Final[tuple[Index, ...]] = ()
_LOCK: Final = "lock"
_LEASE: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered change to stored data.

    ``run`` must be idempotent: after a crash in its middle it runs again from the start.
    """

    number: int
    what: str
    run: Callable[[Database], Awaitable[None]]

    @property
    def key(self) -> str:
        return f"{self.number:04}"


MIGRATIONS: Final[tuple[Migration, ...]] = ()


async def migrate(
    database: Database, migrations: Sequence[Migration], clock: Clock, *, poll: float = 0.2
) -> list[int]:
    """Runs what has not run yet, in order, and answers with the numbers.

    Waits while another worker migrates. Raises DatabaseUnfit where the data was already changed by
    a newer version than this one, and where another worker took over.
    """
    done = await _done(database)
    _refuse_newer(done, migrations)
    if not _missing(migrations, done):
        return []
    async with _alone(database, clock, poll) as renewal:
        missing = _missing(migrations, await _done(database))
        for migration in missing:
            await migration.run(database)
            _require_lease(renewal)
            record = {"_id": migration.key, "what": migration.what, "at": clock()}
            await database[COLLECTION].insert_one(record)
        return [migration.number for migration in missing]


async def _done(database: Database) -> set[str]:
    return {
        record["_id"]
        for record in await database[COLLECTION].find({"_id": {"$ne": _LOCK}}).to_list()
    }


def _missing(migrations: Sequence[Migration], done: set[str]) -> list[Migration]:
    missing = (migration for migration in migrations if migration.key not in done)
    return sorted(missing, key=lambda migration: migration.number)


def _refuse_newer(done: set[str], migrations: Sequence[Migration]) -> None:
    if unknown := done - {migration.key for migration in migrations}:
        raise DatabaseUnfit(
            f"This database was changed by a newer version of Rapport (migration {max(unknown)}, "
            "which this version does not know). Install that version or a later one, or restore a "
            "backup from before the change."
        )


def _require_lease(renewal: asyncio.Task[None]) -> None:
    if renewal.done():
        raise DatabaseUnfit(
            "Another worker took over the changes to this database, because this one could not "
            "reach it for too long. Start again: what is done by then is not done twice."
        )


@asynccontextmanager
async def _alone(
    database: Database, clock: Clock, poll: float
) -> AsyncGenerator[asyncio.Task[None]]:
    """The lock of the whole database, kept by renewing a lease; a dead holder's lease runs out.

    Gives the renewal, which ends when another has the lock.
    """
    holder = str(ObjectId())
    while not await _take(database, clock, holder):  # noqa: ASYNC110 - others are processes
        await asyncio.sleep(poll)
    try:
        async with beside(_renew(database, clock, holder)) as (renewal,):
            yield renewal
    finally:
        await database[COLLECTION].delete_one({"_id": _LOCK, "holder": holder})


async def _take(database: Database, clock: Clock, holder: str) -> bool:
    free = {"_id": _LOCK, "$or": [{"until": {"$lt": clock()}}, {"holder": holder}]}
    lease = {"$set": {"holder": holder, "until": clock() + _LEASE}}
    try:
        await database[COLLECTION].update_one(free, lease, upsert=True)
    except DuplicateKeyError:  # held by another
        return False
    return True


async def _renew(database: Database, clock: Clock, holder: str) -> None:
    held = True
    while held:
        await asyncio.sleep(_LEASE.total_seconds() / 3)
        # one failure does not lose the lease: there is time for another try
        with suppress(PyMongoError):
            # cancelled in its middle, PyMongo's client may lose the cancellation
            held = await undivided(_take(database, clock, holder))
