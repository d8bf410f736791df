"""What outside sources added to a customer, as fields of Customer; loaded once a level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import strawberry

from api import figures
from api.context import Context, Info
from api.enrichment_runs import EnrichmentRun, shared, standing_values
from api.enrichment_values import EnrichedAttribute, Shared
from api.fields import attribute, field
from api.level import Loader, Row
from api.pages import PageInfo, wanted
from domain import cursors
from domain.ids import RUN, CustomerId, RunId, prefix_of
from domain.personal import PiiClass
from enrichment import records
from enrichment.holding import Held
from enrichment.records import AttributeStatus, CustomerOutcome

if TYPE_CHECKING:
    from api.customer_type import Customer

_LIST: Final = "runs"
_IN_USE: Final = (AttributeStatus.ACCEPTED,)
Ids = Sequence[CustomerId]
Arguments = Mapping[str, Any]


@strawberry.type(description="A page of the runs that came to a customer, the newest first.")
class EnrichmentRunConnection:
    nodes: list[EnrichmentRun] = attribute("The runs; each shows this customer's part alone.")
    page_info: PageInfo = attribute("Where the page stands in the list.")


@dataclass(frozen=True, slots=True)
class Enriched:
    """Every enriched value of one customer, as they stand, and what values share."""

    held: Held
    shared: Shared


@dataclass(frozen=True, slots=True)
class Visits:
    """The runs that came to one customer, and what each did."""

    runs: Sequence[tuple[records.EnrichmentRun, CustomerOutcome]]
    held: Held
    shared: Shared
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class AtCustomer:
    """A run come by below one customer: their part of it, already read."""

    customer: "Customer"
    outcome: CustomerOutcome
    found: Held

    async def outcomes(self, first: int, after: str | None) -> Sequence[CustomerOutcome]:
        return () if after and after >= self.outcome.position else (self.outcome,)

    async def customers(self, info: Info, ids: Ids) -> Mapping[CustomerId, "Customer"]:
        return {self.outcome.customer_id: self.customer}

    async def values(self, ids: Ids) -> Mapping[CustomerId, Held]:
        return dict.fromkeys(ids, self.found)


@strawberry.type
class CustomerEnrichment(Row):
    @field(
        "What outside sources added, by attribute; the values in use unless asked otherwise.",
        scope="enrichment:read",
        list_size=5,
    )
    def enriched_attributes(
        self,
        status: Annotated[
            list[AttributeStatus] | None,
            strawberry.argument(
                description="Only values that stand so; null for all. Proposals are in their run."
            ),
        ] = _IN_USE,  # type: ignore[assignment]  # a list in the schema, shared between calls here
    ) -> list[EnrichedAttribute]:
        loaded = self.level.value("enrichedAttributes", self.customer_id, status=status)
        found = cast("Enriched | None", loaded)
        if found is None:
            return []
        values = found.held.values
        wanted_now = [v for v in values if status is None or v.status in status]
        return [EnrichedAttribute.of(v, found.held, found.shared) for v in wanted_now]

    @field("The runs that came to this customer, the newest first.", scope="enrichment:read")
    def enrichment_runs(
        self,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 10,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> EnrichmentRunConnection:
        loaded = self.level.value("enrichmentRuns", self.customer_id, first=first, after=after)
        visits = cast("Visits", loaded)
        me = cast("Customer", self)
        ends = [cursors.sealed(run.id, _LIST) for run, _ in visits.runs]
        if visits.runs:
            tells = {PiiClass.BEHAVIOUR}.union(*(run.tells for run, _ in visits.runs))
            self.level.context.show_many([self.customer_id], tells)
        return EnrichmentRunConnection(
            nodes=[
                EnrichmentRun.of(run, visits.shared, AtCustomer(me, outcome, visits.held))
                for run, outcome in visits.runs
            ],
            page_info=PageInfo.of(ends, has_next=visits.has_next, has_previous=visits.has_previous),
        )


async def _enriched(context: Context, ids: Ids, _: Arguments) -> Mapping[CustomerId, Enriched]:
    if not context.caller.may("enrichment:read"):
        return {}  # the field itself says no, customer by customer
    bundle = shared(context)
    found = await standing_values(context, ids)
    return {id_: Enriched(held, bundle) for id_, held in found.items()}


def _is_run(place: str) -> bool:
    return prefix_of(place) == RUN


async def _runs(context: Context, ids: Ids, asked: Arguments) -> Mapping[CustomerId, Visits]:
    if not context.caller.may("enrichment:read"):
        return {}
    limit = wanted(asked["first"], None).limit
    after = cursors.opened_as(_is_run, asked.get("after"), _LIST, "after")
    runs = context.services.enrichment.runs
    visited = await runs.of_customers(ids, limit + 1, RunId(after) if after else None)
    run_ids = sorted({run_id for each in visited.values() for run_id in each})
    known = await runs.get_many(run_ids)
    await figures.told_by_runs(context, known.values())
    outcomes = await runs.outcomes_at(run_ids, ids)
    held = await standing_values(context, ids)
    bundle = shared(context)
    return {
        id_: Visits(
            runs=[(known[r], outcomes[r, id_]) for r in list(visited.get(id_, ()))[:limit]],
            held=held[id_],
            shared=bundle,
            has_next=len(visited.get(id_, ())) > limit,
            has_previous=after is not None,
        )
        for id_ in ids
    }


LOADERS: Final[Mapping[str, Loader]] = {"enrichedAttributes": _enriched, "enrichmentRuns": _runs}
"""What is fetched once a level, by the name of the field that shows it."""
