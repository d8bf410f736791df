"""Enriched values, runs and their outcomes; the winners stand in the customer for filters.

Documents have the shape of the models: each is written and read by its type, checked on the way
back. ``customers.enriched_seq`` counts the writes of a customer's values and guards them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import TypeAdapter

from domain.customer import AttributeValue
from domain.ids import CustomerId, EnrichedId, RunId
from enrichment.records import (
    CustomerOutcome,
    EnrichedAttribute,
    EnrichedStanding,
    EnrichmentRun,
)
from enrichment.stores import (
    AddOutcome,
    AddRun,
    AdvanceRun,
    HoldConsent,
    SettleProposal,
    WriteEnrichment,
)
from mongo.customers import CUSTOMERS
from mongo.database import Database
from mongo.driver import Document
from mongo.indexes import Index
from mongo.operations import Op, Writes, insert, replace, update
from mongo.where_documents import where_document, where_of

VALUES: Final = "enriched_attributes"
RUNS: Final = "enrichment_runs"
OUTCOMES: Final = "enrichment_outcomes"
COLLECTIONS: Final = (VALUES, RUNS, OUTCOMES)
INDEXES: Final = (
    Index(VALUES, "of_source", [("customer_id", 1), ("key", 1), ("source", 1)], unique=True),
    Index(RUNS, "waiting", [("open", 1), ("lease_until", 1)]),
    Index(OUTCOMES, "of_customer", [("customer_id", 1), ("run_id", 1)]),
    Index(OUTCOMES, "of_run", [("run_id", 1), ("position", 1)]),
    Index(OUTCOMES, "by_proposal", [("proposed.id", 1)]),
)

_Value: Final = TypeAdapter(EnrichedAttribute)
_Run: Final = TypeAdapter(EnrichmentRun)
_Outcome: Final = TypeAdapter(CustomerOutcome)


def _value_document(value: EnrichedAttribute) -> Document:
    document = _Value.dump_python(value)
    return {"_id": document.pop("id"), "source": value.provenance.source, **document}


def _value_of(document: Document) -> EnrichedAttribute:
    return _Value.validate_python({**document, "id": document["_id"]})


def _run_document(run: EnrichmentRun) -> Document:
    document: Document = _Run.dump_python(run, exclude={"id", "where"})
    return {
        **document,
        "where": None if run.where is None else where_document(run.where),
        "open": run.finished_at is None,
        # a run nobody holds is free since it was made: the longest waiting one goes first
        "lease_until": run.lease_until or run.created_at,
    }


def run_of(document: Document) -> EnrichmentRun:
    where = None if document["where"] is None else where_of(document["where"])
    held = document["lease_until"] if document["lease_by"] else None
    run = {**document, "id": document["_id"], "where": where, "lease_until": held}
    return _Run.validate_python(run)


def outcome_id(run_id: RunId, customer_id: CustomerId) -> str:
    """A run comes to a customer once; and one query by key finds many of them on every server."""
    return f"{run_id}:{customer_id}"


def outcome_of(document: Document) -> CustomerOutcome:
    return _Outcome.validate_python(document)


def _guard(customer_id: CustomerId, consent_seq: int, version: int) -> Document:
    return {"_id": customer_id, "consent.seq": consent_seq, "version": version}


def _hold(change: HoldConsent) -> Sequence[Op]:
    guard = _guard(change.customer_id, change.consent_seq, change.version)
    same = {"$set": {"consent.seq": change.consent_seq}}
    return [update(CUSTOMERS, guard, same, guarded=True)]


def _write(change: WriteEnrichment) -> Sequence[Op]:
    seq = change.before.seq
    guard = {
        **_guard(change.before.customer_id, change.consent_seq, change.version),
        "enriched_seq": seq or {"$exists": False},
    }
    projection = [{"k": key, "v": _listed(value)} for key, value in change.winners]
    moved = {"$set": {"enriched": projection, "enriched_seq": seq + 1}}
    return [
        update(CUSTOMERS, guard, moved, guarded=True),
        *(
            replace(VALUES, {"_id": value.id}, _value_document(value), guarded=False, upsert=True)
            for value in change.values
        ),
    ]


def _listed(value: AttributeValue) -> object:
    return list(value) if isinstance(value, tuple) else value


def _add_run(change: AddRun) -> Sequence[Op]:
    return [insert(RUNS, {"_id": change.run.id, **_run_document(change.run)})]


def _advance(change: AdvanceRun) -> Sequence[Op]:
    before = change.before
    after = {**_run_document(change.after), "revision": before.revision + 1}
    guard = {"_id": before.id, "revision": before.revision}
    return [update(RUNS, guard, {"$set": after}, guarded=True)]


def _add_outcome(change: AddOutcome) -> Sequence[Op]:
    outcome = change.outcome
    document = _Outcome.dump_python(outcome)
    return [insert(OUTCOMES, {"_id": outcome_id(outcome.run_id, outcome.customer_id), **document})]


def _settle(change: SettleProposal) -> Sequence[Op]:
    proposed = [value.id for value in change.outcome.proposed]
    place = f"proposed.{proposed.index(change.enriched_id)}"
    guard = {
        "_id": outcome_id(change.outcome.run_id, change.outcome.customer_id),
        f"{place}.id": change.enriched_id,
        f"{place}.status": "PROPOSED",
    }
    return [update(OUTCOMES, guard, {"$set": {f"{place}.status": change.status}}, guarded=True)]


WRITES: Final[Writes] = {
    HoldConsent: _hold,
    WriteEnrichment: _write,
    AddRun: _add_run,
    AdvanceRun: _advance,
    AddOutcome: _add_outcome,
    SettleProposal: _settle,
}


class MongoEnrichedValues:
    """See enrichment.stores.EnrichedValues."""

    def __init__(self, database: Database) -> None:
        self._customers = database[CUSTOMERS]
        self._values = database[VALUES]

    async def of(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, EnrichedStanding]:
        wanted = {"$in": list(ids)}
        counted = await self._customers.find({"_id": wanted}, {"enriched_seq": 1}).to_list(None)
        found = await self._values.find({"customer_id": wanted}).to_list(None)
        values = [_value_of(document) for document in found]
        seqs = {document["_id"]: document.get("enriched_seq", 0) for document in counted}
        return {
            id_: EnrichedStanding(
                id_, seqs.get(id_, 0), tuple(v for v in values if v.customer_id == id_)
            )
            for id_ in ids
        }

    async def get_many(self, ids: Sequence[EnrichedId]) -> Mapping[EnrichedId, EnrichedAttribute]:
        found = await self._values.find({"_id": {"$in": list(ids)}}).to_list(None)
        return {document["_id"]: _value_of(document) for document in found}
