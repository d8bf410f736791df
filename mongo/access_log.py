"""The access log: one document an answer, inserted together with those that finish meanwhile."""

from collections.abc import Sequence
from typing import Final

from domain.access_log import AccessEntry
from mongo.database import Database
from mongo.driver import Document
from mongo.fields import actor_document
from mongo.gathering import Gatherer
from mongo.indexes import Index
from mongo.operations import Writes

ACCESS_LOG: Final = "access_log"
COLLECTIONS: Final = (ACCESS_LOG,)
# ids are ordered by time: behind a customer or a key they make a page of the newest one bounded
# read. A page of 100 customers costs a hundred entries of the first, some 1.3 ms of the database:
# without it, whoever asks who saw them waits for all that anybody ever saw
INDEXES: Final = (
    Index(ACCESS_LOG, "access_of_customer", [("customer_ids", 1), ("_id", 1)]),
    Index(ACCESS_LOG, "access_by_key", [("actor.id", 1), ("_id", 1)]),
)
WRITES: Final[Writes] = {}


def _document(entry: AccessEntry) -> Document:
    return {
        "_id": entry.id,
        "at": entry.at,
        "actor": actor_document(entry.actor),
        "operation": entry.operation,
        "request_id": entry.request_id,
        "customer_ids": list(entry.customer_ids),
        "categories": [category.value for category in entry.categories],
        "count": entry.count,
    }


class MongoAccessLog:
    """See domain.access_log.AccessLog. Raises mongo.gathering.Unwritten."""

    def __init__(self, database: Database) -> None:
        self._log = database[ACCESS_LOG]
        self._gatherer = Gatherer(self._insert)

    async def append(self, entry: AccessEntry) -> None:
        await self._gatherer.put(entry)

    async def close(self) -> None:
        """Returns when everything appended before is durable or refused; call it before the end."""
        await self._gatherer.close()

    async def _insert(self, entries: Sequence[AccessEntry]) -> None:
        await self._log.insert_many([_document(entry) for entry in entries], ordered=False)
