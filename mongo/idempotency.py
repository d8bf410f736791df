"""Answers remembered under idempotency keys."""

from collections.abc import Sequence
from typing import Final

from domain.idempotency import Remembered
from mongo.database import Database
from mongo.indexes import Index
from mongo.operations import Op, Writes, replace

ANSWERS: Final = "idempotency"
COLLECTIONS: Final = (ANSWERS,)
# the server removes them late and when it likes; reading checks the time itself
INDEXES: Final = (Index(ANSWERS, "expiry", [("expires_at", 1)], expire_seconds=0),)


class MongoAnswers:
    """See domain.idempotency.Answers."""

    def __init__(self, database: Database) -> None:
        self._answers = database.db[ANSWERS]

    async def find(self, key: str) -> Remembered | None:
        found = await self._answers.find_one({"_id": key})
        if found is None:
            return None
        return Remembered(
            id=found["_id"],
            input_hash=found["input_hash"],
            first_seen_at=found["first_seen_at"],
            expires_at=found["expires_at"],
            answer=found["answer"],
        )


def _remember(change: Remembered) -> Sequence[Op]:
    # a live answer does not match, so the upsert runs into its _id: the key is taken
    expired = {"_id": change.id, "expires_at": {"$lte": change.first_seen_at}}
    document = {
        "input_hash": change.input_hash,
        "first_seen_at": change.first_seen_at,
        "expires_at": change.expires_at,
        "answer": dict(change.answer),
    }
    return [replace(ANSWERS, expired, document, guarded=True, upsert=True)]


WRITES: Final[Writes] = {Remembered: _remember}
