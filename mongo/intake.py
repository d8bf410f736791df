"""How far imports have come, the look-up of many identities, and what an import works on."""

from collections.abc import Sequence
from typing import Final

from pymongo.errors import PyMongoError

from domain.customer import Claim
from domain.ids import CustomerId
from domain.ports import Clock, Ids
from intake.importing import Importing
from intake.progress import Counts, ImportProgress, SaveImport
from intake.shelf import Stock
from mongo.attributes import MongoAttributeDefinitions
from mongo.consent import MongoConsentRecords, MongoPurposes
from mongo.customers import IDENTITIES, IdentityHash, MongoCustomers
from mongo.database import Database
from mongo.driver import Document
from mongo.fields import actor_document, actor_of
from mongo.lookups import Unread
from mongo.operations import Op, Writes, insert, update
from mongo.tags import MongoTags
from mongo.together import DatabaseBusy
from mongo.unit_of_work import MongoUnitOfWork

IMPORTS: Final = "imports"
COLLECTIONS: Final = (IMPORTS,)
INDEXES: Final = ()
# a transaction that a killed import left open is rolled back by the server after a minute
_PATIENCE: Final = 90.0
INTERRUPTIONS: Final = (PyMongoError, DatabaseBusy, Unread)
"""What ends a run that only has to be started again."""
_PLAIN: Final = ("version", "started_at", "updated_at", "finished_at", "line")
_COUNTS: Final = ("created", "updated", "unchanged", "refused")


class MongoImports:
    """See intake.progress.Imports."""

    def __init__(self, database: Database) -> None:
        self._imports = database[IMPORTS]

    async def get(self, import_id: str) -> ImportProgress | None:
        found = await self._imports.find_one({"_id": import_id})
        return _progress(found) if found else None


class MongoHolders:
    """See intake.shelf.Holders."""

    def __init__(self, database: Database, key: IdentityHash) -> None:
        self._identities = database[IDENTITIES]
        self._key = key

    async def holders(self, wanted: Sequence[Claim]) -> dict[Claim, CustomerId]:
        by_key = {self._key(*claim): claim for claim in wanted}
        where = {"_id": {"$in": list(by_key)}}
        found = await self._identities.find(where, {"customer_id": 1}).to_list(None)
        return {by_key[each["_id"]]: CustomerId(each["customer_id"]) for each in found}


def _save(change: SaveImport) -> Sequence[Op]:
    before, after = change.before, change.after
    if not before.version:
        return [insert(IMPORTS, {"_id": after.id, **_document(after)})]
    guard = {"_id": before.id, "version": before.version}
    return [update(IMPORTS, guard, {"$set": _document(after)}, guarded=True)]


def _document(progress: ImportProgress) -> Document:
    return {
        **{name: getattr(progress, name) for name in _PLAIN},
        "by": actor_document(progress.by),
        "counts": {name: getattr(progress.counts, name) for name in _COUNTS},
    }


def _progress(document: Document) -> ImportProgress:
    return ImportProgress(
        id=document["_id"],
        by=actor_of(document["by"]),
        counts=Counts(**document["counts"]),
        **{name: document[name] for name in _PLAIN},
    )


WRITES: Final[Writes] = {SaveImport: _save}


def importing(
    database: Database, key: IdentityHash, writes: Writes, clock: Clock, ids: Ids
) -> Importing:
    """Imports into this database; ``writes`` is the whole table of writes."""
    stock = Stock(
        MongoCustomers(database, key),
        MongoHolders(database, key),
        MongoTags(database),
        MongoAttributeDefinitions(database),
        MongoConsentRecords(database),
        MongoPurposes(database),
    )
    work = MongoUnitOfWork(database, writes, patience=_PATIENCE)
    return Importing(stock, work, MongoImports(database), clock, ids)
