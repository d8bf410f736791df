"""API keys: digests and what they open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.ids import KeyId
from domain.keys import ApiKey
from mongo.database import Database
from mongo.driver import Document
from mongo.indexes import Index
from mongo.operations import Writes

KEYS: Final = "api_keys"
COLLECTIONS: Final = (KEYS,)
INDEXES: Final[tuple[Index, ...]] = ()
WRITES: Final[Writes] = {}
_PLAIN: Final = ("digest", "label", "created_at", "expires_at", "revoked_at", "last_used_at")


def _document(key: ApiKey) -> Document:
    plain = {name: getattr(key, name) for name in _PLAIN}
    return {"_id": key.id, "scopes": sorted(key.scopes), **plain}


def _key(document: Document) -> ApiKey:
    plain = {name: document[name] for name in _PLAIN}
    return ApiKey(id=KeyId(document["_id"]), scopes=frozenset(document["scopes"]), **plain)


class MongoKeys:
    """See domain.keys.Keys."""

    def __init__(self, database: Database) -> None:
        self._keys = database[KEYS]

    async def add(self, key: ApiKey) -> None:
        await self._keys.insert_one(_document(key))

    async def get(self, key_id: KeyId) -> ApiKey | None:
        found = await self._keys.find_one({"_id": key_id})
        return None if found is None else _key(found)

    async def every(self) -> Sequence[ApiKey]:
        # a handful of documents, made by hand: read whole, sorted here
        found = [_key(each) for each in await self._keys.find({}).to_list(None)]
        return sorted(found, key=lambda key: (key.created_at, key.id), reverse=True)

    async def revoke(self, key_id: KeyId, at: datetime) -> None:
        await self._keys.update_one({"_id": key_id}, {"$set": {"revoked_at": at}})

    async def used(self, key_id: KeyId, at: datetime) -> None:
        await self._keys.update_one({"_id": key_id}, {"$set": {"last_used_at": at}})
