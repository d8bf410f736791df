"""The ledger of points and the tiers. The entries are the truth, the customer holds a projection.

An entry's ``_id`` is its customer and number: the number is taken once whatever else happens, and
the latest entries of many customers are read by key in one query.
"""

from collections.abc import Sequence
from typing import Final

from domain import sorting
from domain.ids import CustomerId, PointsEntryId, TierId
from loyalty.ledger import PointsEntry, PointsKind, Standing
from loyalty.service import BookPoints
from loyalty.tiers import SeedTiers, Tier
from mongo.customers import CUSTOMERS
from mongo.database import Database
from mongo.driver import Document
from mongo.fields import actor_document, actor_of
from mongo.indexes import Index
from mongo.operations import Op, Writes, insert, update
from mongo.wording import localised_document, localised_of

ENTRIES: Final = "points_entries"
TIERS: Final = "loyalty_tiers"
COLLECTIONS: Final = (ENTRIES, TIERS)
INDEXES: Final = (
    Index(ENTRIES, "entry_id", [("id", 1)], unique=True),
    Index(ENTRIES, "entry_key", [("customer_id", 1), ("idempotency_key", 1)]),
    Index(TIERS, "tier_rank", [("rank", 1)]),
    Index(TIERS, "tier_key", [("key", 1)], unique=True),
)
_HIGHEST_RANK: Final = 1_000
_PLAIN: Final = ("seq", "delta", "balance", "earned", "tier", "tier_changed", "reason", "at")
_TIER: Final = ("key", "version", "created_at", "updated_at", "rank", "threshold_points")


def _place(customer_id: CustomerId, seq: int) -> str:
    return f"{customer_id}:{seq}"


def _entry_document(entry: PointsEntry) -> Document:
    return {
        "_id": _place(entry.customer_id, entry.seq),
        "id": entry.id,
        "customer_id": entry.customer_id,
        "kind": entry.kind.value,
        **{name: getattr(entry, name) for name in _PLAIN},
        "by": actor_document(entry.by),
        "idempotency_key": entry.idempotency_key,
    }


def _entry(document: Document) -> PointsEntry:
    return PointsEntry(
        id=PointsEntryId(document["id"]),
        customer_id=CustomerId(document["customer_id"]),
        kind=PointsKind(document["kind"]),
        by=actor_of(document["by"]),
        idempotency_key=document["idempotency_key"],
        **{name: document[name] for name in _PLAIN},
    )


def standing_document(standing: Standing) -> Document:
    """The projection in the customer's document, with the key of the order by points."""
    return {
        "seq": standing.seq,
        "points": standing.points,
        "earned": standing.earned,
        "tier": standing.tier,
        "sort": sorting.points_key(standing.points, standing.customer_id),
    }


def _book(change: BookPoints) -> Sequence[Op]:
    before = change.before
    guard = {"_id": before.customer_id, "loyalty.seq": before.seq}
    projection = {"$set": {"loyalty": standing_document(change.after)}}
    return [
        update(CUSTOMERS, guard, projection, guarded=True),
        insert(ENTRIES, _entry_document(change.entry)),
    ]


def _seed(change: SeedTiers) -> Sequence[Op]:
    return [
        update(TIERS, {"_id": t.id}, {"$setOnInsert": _tier_fields(t)}, guarded=False, upsert=True)
        for t in change.tiers
    ]


def _tier_fields(tier: Tier) -> Document:
    return {
        **{name: getattr(tier, name) for name in _TIER},
        "name": localised_document(tier.name),
        "benefits": list(tier.benefits),
    }


def _tier(document: Document) -> Tier:
    return Tier(
        id=TierId(document["_id"]),
        name=localised_of(document["name"]),
        benefits=tuple(document["benefits"]),
        **{name: document[name] for name in _TIER},
    )


WRITES: Final[Writes] = {BookPoints: _book, SeedTiers: _seed}


class MongoTiers:
    """Reads of the tiers; see loyalty.tiers.Tiers."""

    def __init__(self, database: Database) -> None:
        self._tiers = database[TIERS]

    async def all(self) -> Sequence[Tier]:
        bounded = {"rank": {"$gte": 0, "$lt": _HIGHEST_RANK}}
        return [_tier(each) for each in await self._tiers.find(bounded).sort("rank", 1).to_list()]


class MongoLedger:
    """Reads of the ledger; see loyalty.service.Ledger for what each promises."""

    def __init__(self, database: Database) -> None:
        self._entries = database[ENTRIES]
        self._customers = database[CUSTOMERS]

    async def standings(self, wanted: Sequence[CustomerId]) -> dict[CustomerId, Standing]:
        where, fields = {"_id": {"$in": list(wanted)}}, {"loyalty": 1}
        found = await self._customers.find(where, fields).to_list(None)
        return {CustomerId(d["_id"]): _standing(d["_id"], d["loyalty"]) for d in found}

    async def entries(self, places: Sequence[tuple[CustomerId, int]]) -> Sequence[PointsEntry]:
        where = {"_id": {"$in": [_place(*place) for place in places]}}
        found = await self._entries.find(where).to_list(None) if places else []
        return [_entry(document) for document in found]

    async def get_many(self, wanted: Sequence[PointsEntryId]) -> dict[PointsEntryId, PointsEntry]:
        found = await self._entries.find({"id": {"$in": list(wanted)}}).to_list(None)
        return {entry.id: entry for entry in map(_entry, found)}

    async def booked(self, customer_id: CustomerId, key: str) -> PointsEntry | None:
        where = {"customer_id": customer_id, "idempotency_key": key}
        found = map(_entry, await self._entries.find(where).to_list(None))
        # under older versions each caller had keys of its own: the first booking counts
        return min(found, key=lambda entry: entry.seq, default=None)

    async def history(self, customer_id: CustomerId) -> Sequence[PointsEntry]:
        """Every entry of one customer, in any order: for the check of the ledger and for export."""
        found = await self._entries.find({"customer_id": customer_id}).to_list(None)
        return [_entry(document) for document in found]


def _standing(customer_id: str, loyalty: Document) -> Standing:
    fields = {name: loyalty[name] for name in ("seq", "points", "earned", "tier")}
    return Standing(CustomerId(customer_id), **fields)
