"""Enrichment runs in the schema: what was asked, how it ended, and for whom with what reason."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Protocol

import strawberry
from strawberry.dataloader import DataLoader

from api import figures
from api.actors import Actor
from api.consent_records import ConsentDecision, Evidence
from api.context import Context, Info
from api.enrichment_sources import EnrichmentSource, source
from api.enrichment_values import EnrichedAttribute, Shared, identity_kinds
from api.enums import publish
from api.fields import attribute, field
from api.level import Node
from api.pages import wanted
from api.scalars import Instant
from domain import cursors, sorting
from domain.errors import IdentityKind, NotFound
from domain.ids import CustomerId, RunId
from domain.personal import PiiClass
from enrichment import gate, records
from enrichment.holding import Held
from enrichment.records import CustomerOutcome, EnrichmentMode, JobStatus

if TYPE_CHECKING:
    from api.customer_type import Customer

publish(
    JobStatus,
    "How far a job is, or how it ended.",
    QUEUED="Waiting for its turn.",
    RUNNING="Under way.",
    SUCCEEDED="Done.",
    PARTIAL="Done, but some of it failed.",
    FAILED="All of it failed.",
    CANCELLED="Stopped before its end.",
    BLOCKED_NO_CONSENT="Nobody it was about had allowed it.",
)
publish(
    EnrichmentMode,
    "How far a run goes.",
    PLAN="Sends nothing; says who would be asked by what, and who refused.",
    PROPOSE="Asks, and shows the values without putting them on the profile.",
    EXECUTE="Asks, and writes what consent allows.",
)
_LIST: Final = "outcomes"
First = Annotated[int, strawberry.argument(description="Of how many customers, 1 to 100.")]
After = Annotated[
    str | None, strawberry.argument(description="Continue behind the match with this cursor.")
]


@strawberry.type(description="What came of one source for one customer.")
class EnrichmentMatch:
    cursor: str = attribute("Continue behind this customer with `after`.", pii=PiiClass.BEHAVIOUR)
    customer: Annotated["Customer", strawberry.lazy("api.customer_type")] = attribute(
        "Whom.", scope="customers:read"
    )
    consent: ConsentDecision = attribute("The decision under which the source was asked, or not.")
    source: EnrichmentSource = attribute("Which source.", pii=PiiClass.BEHAVIOUR)
    matched_on: list[IdentityKind] = attribute(
        "What the person was recognised by.", pii=PiiClass.BEHAVIOUR
    )
    confidence: float = attribute(
        "How sure the match is, from 0 to 1; 0 without a match.", pii=PiiClass.BEHAVIOUR
    )
    outcome: str = attribute(
        "MATCH, MISS, AMBIGUOUS (several records, none taken), REJECTED (no usable value), "
        "UNAVAILABLE, REFUSED (no consent), NO_KEY (no key it accepts) or WOULD_ASK (plan).",
        pii=PiiClass.BEHAVIOUR,
    )
    explanation: list[str] = attribute(
        "Why, for people; names kinds and columns, never values.", pii=PiiClass.BEHAVIOUR
    )


class Reach(Protocol):
    """Where a run was come by: at the root, or below one customer, whose part alone it shows."""

    async def outcomes(self, first: int, after: str | None) -> Sequence[CustomerOutcome]: ...

    async def customers(
        self, info: Info, ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, "Customer"]: ...

    async def values(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, Held]: ...


@strawberry.type(description="One question to outside sources, about one customer or many.")
class EnrichmentRun(Node):
    shared: strawberry.Private[Shared]
    tells: strawberry.Private[Sequence[PiiClass]]
    reach: strawberry.Private[Reach]
    status: JobStatus = attribute("How far it is, or how it ended.")
    mode: EnrichmentMode = attribute("How far it goes.")
    expected: int | None = attribute("How many customers it set out for; null until it begins.")
    total: int = attribute(
        "Customers decided so far: matched + missed + refused + failed.", unmarked="a figure"
    )
    matched: int = attribute("Customers a source knew.")
    missed: int = attribute("Customers no source knew; in a plan, everybody who did not refuse.")
    refused: int = attribute("Customers who did not allow it.")
    failed: int = attribute("Customers whose sources could not answer.")
    asked: int = attribute("Customers a source was asked about; in a plan, would be.")
    requested_by: Actor = attribute("Who asked for it.", unmarked="the caller then")
    created_at: Instant = attribute("When it was asked for.")
    started_at: Instant | None = attribute("When it began.")
    finished_at: Instant | None = attribute("When it ended; null while it is under way.")
    sources: list[EnrichmentSource] = attribute("Which sources it asks.")

    @field(
        "What came of it, source by source, the oldest customers first.", scope="enrichment:read"
    )
    async def matches(
        self, info: Info, first: First = 20, after: After = None
    ) -> list[EnrichmentMatch]:
        outcomes = await self._outcomes(first, after)
        customers = await self.reach.customers(info, [each.customer_id for each in outcomes])
        return [
            self._match(outcome, answer, customers[outcome.customer_id])
            for outcome in outcomes
            if outcome.customer_id in customers
            for answer in outcome.answers
        ]

    @field(
        "The values it found, of the same customers: proposed ones, or as they stand now.",
        scope="enrichment:read",
    )
    async def attributes(self, first: First = 20, after: After = None) -> list[EnrichedAttribute]:
        outcomes = await self._outcomes(first, after)
        values = await self.reach.values([each.customer_id for each in outcomes])
        return [
            EnrichedAttribute.of(value, values[outcome.customer_id], self.shared)
            for outcome in outcomes
            for value in (
                *outcome.proposed,
                *(v for v in values[outcome.customer_id].values if v.id in outcome.written),
            )
        ]

    async def _outcomes(self, first: int, after: str | None) -> Sequence[CustomerOutcome]:
        place = cursors.opened_as(sorting.is_key, after, _LIST, "after")
        outcomes = await self.reach.outcomes(wanted(first, None).limit, place)
        tells = (PiiClass.BEHAVIOUR, *self.tells)
        self.shared.context.show_many([each.customer_id for each in outcomes], tells)
        return outcomes

    def _match(
        self, outcome: CustomerOutcome, answer: records.SourceAnswer, customer: "Customer"
    ) -> EnrichmentMatch:
        decision = gate.decision(answer.permission)
        return EnrichmentMatch(
            cursor=cursors.sealed(outcome.position, _LIST),
            customer=customer,
            consent=ConsentDecision.of(decision, outcome.customer_id, self.shared.evidence),
            source=source(self.shared.context, answer.source),
            matched_on=identity_kinds(answer.matched_on),
            confidence=answer.confidence,
            outcome=answer.outcome,
            explanation=list(answer.explanation),
        )

    @classmethod
    def of(cls, run: records.EnrichmentRun, shared: Shared, reach: Reach) -> "EnrichmentRun":
        context, counts = shared.context, run.counts
        if run.customer_id is not None:
            # the figures of a run about one person are about that person
            context.show(run.customer_id, PiiClass.BEHAVIOUR)
        chosen = run.terms.sources
        names = chosen if chosen is not None else context.services.enrichment.sources.keys
        return cls(
            id=strawberry.ID(run.id),
            shared=shared,
            tells=run.tells,
            reach=reach,
            status=run.status,
            mode=run.terms.mode,
            expected=run.expected,
            total=counts.total,
            matched=counts.matched,
            missed=counts.missed,
            refused=counts.refused,
            failed=counts.failed,
            asked=counts.asked,
            requested_by=Actor.of(run.requested_by),
            created_at=Instant(run.created_at),
            started_at=Instant(run.started_at) if run.started_at else None,
            finished_at=Instant(run.finished_at) if run.finished_at else None,
            sources=[source(context, name) for name in names],
        )


class AtRoot:
    """A run by its id: everybody it came to, page by page."""

    def __init__(self, context: Context, run_id: RunId) -> None:
        self._context = context
        self._run_id = run_id

    async def outcomes(self, first: int, after: str | None) -> Sequence[CustomerOutcome]:
        return await self._context.services.enrichment.runs.outcomes(self._run_id, first, after)

    async def customers(
        self, info: Info, ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, "Customer"]:
        from api.customer_type import rows  # noqa: PLC0415 - Customer shows runs, runs customers

        found = await self._context.customers(ids)
        shown = await rows(info, list(found.values()))
        return dict(zip(found, shown, strict=True))

    async def values(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, Held]:
        return await standing_values(self._context, ids)


async def standing_values(context: Context, ids: Sequence[CustomerId]) -> Mapping[CustomerId, Held]:
    """Every enriched value of each, with the status it has now, and which of them may be shown."""
    customers = await context.customers(ids)
    return await context.services.enrichment.standing(list(customers.values()))


def shared(context: Context) -> Shared:
    """For one answer, or one level of it."""

    async def load(ids: list[RunId]) -> list[EnrichmentRun | BaseException]:
        found = await context.services.enrichment.runs.get_many(ids)
        await figures.told_by_runs(context, found.values())
        return [
            EnrichmentRun.of(found[each], bundle, AtRoot(context, each))
            if each in found
            else NotFound("enrichment run")
            for each in ids
        ]

    bundle = Shared(context, Evidence(context), DataLoader(load_fn=load))
    return bundle
