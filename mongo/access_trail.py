"""The access log as it is read, in windows over its ids, which begin with their millisecond."""

from collections.abc import Sequence

from domain import access_trail, sorting
from domain.access_log import AccessEntry
from domain.access_trail import Sought
from domain.ids import CustomerId
from domain.personal import PiiClass
from mongo.access_log import ACCESS_LOG
from mongo.database import Database
from mongo.driver import Document
from mongo.fields import actor_of
from mongo.windows import Range, Windows


class MongoAccessTrail:
    """See domain.access_trail.AccessTrail."""

    def __init__(self, database: Database) -> None:
        self._log = database[ACCESS_LOG]
        self._windows = Windows()

    async def page(self, sought: Sought, limit: int) -> Sequence[AccessEntry]:
        about = _about(sought)

        async def fetch(low: str, high: str, limit: int) -> Sequence[Document]:
            wanted = {**about, "_id": {"$gt": _id_at(low), "$lt": _id_at(high)}}
            return await self._log.find(wanted).sort("_id", -1).limit(limit).to_list(None)

        whole = Range(sorting.bound(sought.low), _high(sought), descending=True)
        if whole.low >= whole.high:
            return ()
        rows = await self._windows.read(str(about), whole, limit, _position, fetch)
        return [_entry(row) for row in rows]


def _about(sought: Sought) -> Document:
    customer = {"customer_ids": sought.customer} if sought.customer else {}
    return {**customer, **({"actor.id": sought.key} if sought.key else {})}


def _high(sought: Sought) -> str:
    until = sorting.HIGHEST if sought.high is None else sorting.bound(sought.high)
    return min(until, _key(sought.before)) if sought.before else until


def _key(entry_id: str) -> str:
    return f"{sorting.bound(access_trail.milliseconds_of(entry_id))}.{entry_id}"


def _position(row: Document) -> str:
    return _key(row["_id"])


def _id_at(key: str) -> str:
    """The id at a place of the line: that of an entry, or one that no entry of before can have."""
    milliseconds, _, entry_id = key.partition(".")
    if entry_id:
        return entry_id
    return access_trail.first_at(sorting.position(milliseconds))


def _entry(document: Document) -> AccessEntry:
    return AccessEntry(
        id=document["_id"],
        at=document["at"],
        actor=actor_of(document["actor"]),
        operation=document["operation"],
        request_id=document["request_id"],
        customer_ids=tuple(map(CustomerId, document["customer_ids"])),
        categories=tuple(map(PiiClass, document["categories"])),
        count=document["count"],
    )
