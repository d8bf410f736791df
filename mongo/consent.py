"""Consent: the append-only records, their projection in the customer, and the purposes."""

from collections.abc import Mapping, Sequence
from typing import Final

from consent.ledger import AppendConsents, History
from consent.purposes import SeedPurposes
from consent.recording import act_key
from consent.records import (
    Channel,
    ConsentRecord,
    ConsentStanding,
    ConsentState,
    ConsentStatus,
    LawfulBasis,
    Purpose,
)
from domain.customer import CustomerStatus
from domain.ids import ConsentRecordId, CustomerId
from mongo.customers import CUSTOMERS
from mongo.database import Database
from mongo.driver import Document
from mongo.fields import actor_document, actor_of, members
from mongo.indexes import Index
from mongo.operations import Op, Writes, insert, update
from mongo.wording import localised_document, localised_of

RECORDS: Final = "consent_records"
PURPOSES: Final = "purposes"
COLLECTIONS: Final = (RECORDS, PURPOSES)
INDEXES: Final = (
    Index(RECORDS, "of_customer", [("customer_id", 1), ("seq", 1)], unique=True),
    Index(RECORDS, "by_act", [("act", 1)]),
)
_STATES: Final = "consent.states"
_STATUSES: Final = members(ConsentStatus)
_BASES: Final = members(LawfulBasis)
_CHANNELS: Final = members(Channel)
_CUSTOMERS: Final = members(CustomerStatus)
_PROJECTION: Final = {"consent": 1, "status": 1}
_SAME: Final = (
    *("seq", "purpose", "collected_at", "recorded_at", "source", "policy_version"),
    *("wording_hash", "locale", "double_opt_in_at", "expires_at", "imported"),
)
_SAME_STATE: Final = (
    *("purpose", "since", "record_id", "recorded_at", "expires_at", "imported"),
    "double_opt_in_at",
)


def record_document(record: ConsentRecord) -> Document:
    """Everything of the record, and ``act``, by which a repeated report is recognised."""
    return {
        "_id": record.id,
        "customer_id": record.customer_id,
        "channel": record.channel and record.channel.value,
        "status": record.status.value,
        "basis": record.basis.value,
        "recorded_by": actor_document(record.recorded_by),
        "act": _act(record.customer_id, act_key(record)),
        **{name: getattr(record, name) for name in _SAME},
    }


def _act(customer_id: str, key: str) -> str:
    return f"{customer_id}:{key}"


def record_of(document: Document) -> ConsentRecord:
    return ConsentRecord(
        id=ConsentRecordId(document["_id"]),
        customer_id=CustomerId(document["customer_id"]),
        channel=_channel(document["channel"]),
        status=_STATUSES[document["status"]],
        basis=_BASES[document["basis"]],
        recorded_by=actor_of(document["recorded_by"]),
        **{name: document[name] for name in _SAME},
    )


def standing_document(standing: ConsentStanding) -> Document:
    """The projection in the customer's document."""
    return {"seq": standing.seq, "states": [_state_document(state) for state in standing.states]}


def _state_document(state: ConsentState) -> Document:
    return {
        "channel": state.channel and state.channel.value,
        "status": state.status.value,
        "basis": state.basis.value,
        **{name: getattr(state, name) for name in _SAME_STATE},
    }


def _state_of(document: Document) -> ConsentState:
    return ConsentState(
        channel=_channel(document["channel"]),
        status=_STATUSES[document["status"]],
        basis=_BASES[document["basis"]],
        **{name: document[name] for name in _SAME_STATE},
    )


def _channel(value: str | None) -> Channel | None:
    return _CHANNELS[value] if value else None


def _append(change: AppendConsents) -> Sequence[Op]:
    before, projection = change.before, standing_document(change.after)
    guard = {"_id": before.customer_id, "consent.seq": before.seq}
    return [
        update(CUSTOMERS, guard, {"$set": {"consent": projection}}, guarded=True),
        *(insert(RECORDS, record_document(record)) for record in change.records),
    ]


def _seed(change: SeedPurposes) -> Sequence[Op]:
    return [
        update(
            PURPOSES,
            {"_id": purpose.key},
            {"$setOnInsert": _purpose_document(purpose)},
            guarded=False,
            upsert=True,
        )
        for purpose in change.purposes
    ]


def _purpose_document(purpose: Purpose) -> Document:
    return {
        "title": localised_document(purpose.title),
        "allowed_bases": sorted(basis.value for basis in purpose.allowed_bases),
        "channels": sorted(channel.value for channel in purpose.channels),
        "parent": purpose.parent,
        "double_opt_in": purpose.double_opt_in,
        "active": purpose.active,
    }


def _purpose_of(document: Document) -> Purpose:
    return Purpose(
        key=document["_id"],
        title=localised_of(document["title"]),
        allowed_bases=frozenset(map(LawfulBasis, document["allowed_bases"])),
        channels=frozenset(map(Channel, document["channels"])),
        parent=document["parent"],
        double_opt_in=document["double_opt_in"],
        active=document["active"],
    )


WRITES: Final[Writes] = {AppendConsents: _append, SeedPurposes: _seed}


class MongoPurposes:
    """See consent.purposes.Purposes."""

    def __init__(self, database: Database) -> None:
        self._purposes = database[PURPOSES]

    async def all(self) -> Sequence[Purpose]:
        return [_purpose_of(document) for document in await self._purposes.find({}).to_list(None)]


class MongoConsentRecords:
    """See consent.ledger.ConsentRecords."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._records = database[RECORDS]
        self._customers = database[CUSTOMERS]

    async def standings(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, ConsentStanding]:
        wanted = {"_id": {"$in": list(ids)}}
        found = await self._customers.find(wanted, _PROJECTION).to_list(None)
        return {document["_id"]: _standing_of(document) for document in found}

    async def history(
        self, ids: Sequence[CustomerId], first: int, after: int | None
    ) -> Mapping[CustomerId, History]:
        stages: list[Document] = [{"$match": {"customer_id": {"$in": list(ids)}}}]
        if after is not None:
            # numbers have no gaps, so both bounds are known; a stage of its own, because the
            # embedded Python server would scan for both conditions at once
            stages.append({"$match": {"seq": {"$gte": after - first - 1, "$lt": after}}})
        newest = {"sortBy": {"seq": -1}, "output": "$$ROOT", "n": first + 1}
        stages.append({"$group": {"_id": "$customer_id", "records": {"$topN": newest}}})
        found = await self._database.aggregate(RECORDS, stages)
        return {document["_id"]: _history_of(document["records"], first) for document in found}

    async def get_many(
        self, ids: Sequence[ConsentRecordId]
    ) -> Mapping[ConsentRecordId, ConsentRecord]:
        found = await self._records.find({"_id": {"$in": list(ids)}}).to_list(None)
        return {document["_id"]: record_of(document) for document in found}

    async def of_acts(
        self, customer_id: CustomerId, acts: Sequence[str]
    ) -> Mapping[str, ConsentRecord]:
        wanted = [_act(customer_id, key) for key in acts]
        found = await self._records.find({"act": {"$in": wanted}}).to_list(None)
        return {document["act"].rpartition(":")[2]: record_of(document) for document in found}


def _standing_of(document: Document) -> ConsentStanding:
    return ConsentStanding(
        customer_id=CustomerId(document["_id"]),
        seq=document["consent"]["seq"],
        states=tuple(_state_of(state) for state in document["consent"]["states"]),
        status=_CUSTOMERS[document["status"]],
    )


def _history_of(documents: Sequence[Document], first: int) -> History:
    records = tuple(record_of(document) for document in documents[:first])
    return History(records, len(documents) > first)
