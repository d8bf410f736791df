"""Facts on their way out: written with the change itself, delivered from here later."""

from collections.abc import Sequence
from typing import Final

from domain.events import Fact
from domain.ids import CustomerId
from mongo.database import Database
from mongo.fields import actor_document
from mongo.indexes import Index
from mongo.operations import Op, Writes, insert

OUTBOX: Final = "outbox"
COLLECTIONS: Final = (OUTBOX,)
INDEXES: Final = (
    Index(OUTBOX, "of_customer", [("customer_id", 1), ("version", 1)]),
    Index(OUTBOX, "due", [("status", 1), ("next_at", 1)]),
)


class MongoFacts:
    """See domain.events.Facts."""

    def __init__(self, database: Database) -> None:
        self._outbox = database[OUTBOX]

    async def changed_since(self, customer_id: CustomerId, version: int) -> tuple[str, ...]:
        wanted = {"customer_id": customer_id, "version": {"$gt": version}}
        found = await self._outbox.find(wanted, {"changed_fields": 1}).to_list(None)
        return tuple(dict.fromkeys(name for fact in found for name in fact["changed_fields"]))


def _publish(fact: Fact) -> Sequence[Op]:
    document = {
        "_id": fact.id,
        "topic": fact.topic.value,
        "customer_id": fact.customer_id,
        "at": fact.at,
        "by": actor_document(fact.by),
        "changed_fields": list(fact.changed_fields),
        "version": fact.version,
        "status": "pending",
        "next_at": fact.at,
    }
    return [insert(OUTBOX, document)]


WRITES: Final[Writes] = {Fact: _publish}
