"""Runs of enrichment and what they did for each customer, as they are read and taken over."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pymongo import ReturnDocument

from domain import sorting
from domain.ids import CustomerId, EnrichedId, RunId
from enrichment.records import CustomerOutcome, EnrichmentRun
from mongo.database import Database
from mongo.driver import Document
from mongo.enrichment import OUTCOMES, RUNS, outcome_id, outcome_of, run_of
from mongo.windows import Range, Windows

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class MongoRuns:
    """See enrichment.stores.Runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._runs = database[RUNS]
        self._outcomes = database[OUTCOMES]
        self._windows = Windows()

    async def get_many(self, ids: Sequence[RunId]) -> Mapping[RunId, EnrichmentRun]:
        found = await self._runs.find({"_id": {"$in": list(ids)}}).to_list(None)
        return {document["_id"]: run_of(document) for document in found}

    async def claim(
        self, worker: str, now: datetime, until: datetime, run_id: RunId | None = None
    ) -> EnrichmentRun | None:
        free: Document = {"open": True, "lease_until": {"$lte": now}}
        if run_id is not None:
            free["_id"] = run_id
        taken = {"status": "RUNNING", "lease_by": worker, "lease_until": until}
        document = await self._runs.find_one_and_update(
            free,
            {"$set": taken, "$inc": {"revision": 1}},
            sort=[("lease_until", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return run_of(document) if document else None

    async def release(self, run_id: RunId, worker: str) -> None:
        held = {"_id": run_id, "open": True, "lease_by": worker}
        await self._runs.update_one(held, {"$set": {"lease_by": None, "lease_until": _LONG_AGO}})

    async def outcomes(
        self, run_id: RunId, first: int, after: str | None = None
    ) -> Sequence[CustomerOutcome]:
        async def fetch(low: str, high: str, limit: int) -> Sequence[Document]:
            wanted = {"run_id": run_id, "position": {"$gt": low, "$lt": high}}
            return await self._outcomes.find(wanted).sort("position", 1).limit(limit).to_list(None)

        whole = Range(after or sorting.LOWEST, sorting.HIGHEST, descending=False)
        rows = await self._windows.read(run_id, whole, first, _position, fetch)
        return [outcome_of(document) for document in rows]

    async def outcomes_of(
        self, run_id: RunId, customers: Sequence[CustomerId]
    ) -> Mapping[CustomerId, CustomerOutcome]:
        found = await self.outcomes_at([run_id], customers)
        return {customer_id: outcome for (_, customer_id), outcome in found.items()}

    async def outcomes_at(
        self, runs: Sequence[RunId], customers: Sequence[CustomerId]
    ) -> Mapping[tuple[RunId, CustomerId], CustomerOutcome]:
        wanted = [outcome_id(run, customer) for run in runs for customer in customers]
        documents = await self._outcomes.find({"_id": {"$in": wanted}}).to_list(None)
        found = map(outcome_of, documents)
        return {(outcome.run_id, outcome.customer_id): outcome for outcome in found}

    async def members(self, runs: Sequence[RunId]) -> Mapping[RunId, Sequence[CustomerId]]:
        wanted, ids = {"run_id": {"$in": list(runs)}}, {"run_id": 1, "customer_id": 1}
        found = await self._outcomes.find(wanted, ids).to_list(None)
        members: dict[RunId, list[CustomerId]] = {run: [] for run in runs}
        for document in found:
            members[document["run_id"]].append(document["customer_id"])
        return members

    async def of_customers(
        self, ids: Sequence[CustomerId], first: int, after: RunId | None = None
    ) -> Mapping[CustomerId, Sequence[RunId]]:
        wanted: Document = {"customer_id": {"$in": list(ids)}}
        if after is not None:
            wanted["run_id"] = {"$lt": after}
        newest = {"sortBy": {"run_id": -1}, "output": "$run_id", "n": first}
        group: Mapping[str, Any] = {"_id": "$customer_id", "runs": {"$topN": newest}}
        found = await self._database.aggregate(OUTCOMES, [{"$match": wanted}, {"$group": group}])
        return {document["_id"]: document["runs"] for document in found}

    async def proposal(self, enriched_id: EnrichedId) -> CustomerOutcome | None:
        found = await self._outcomes.find_one({"proposed.id": enriched_id})
        return outcome_of(found) if found else None


def _position(document: Document) -> str:
    position: str = document["position"]
    return position
