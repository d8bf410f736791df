"""Enrichment over GraphQL: sources, runs, and the decisions about what they found."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

import strawberry

from api import customer_where, figures
from api.consent import ConsentRequiredError
from api.context import Info
from api.customer_filters import CustomerWhere
from api.customer_refs import CustomerRefInput, Key
from api.customer_type import Customer, rows
from api.customer_where import Asked
from api.enrichment_runs import AtRoot, EnrichmentRun, shared, standing_values
from api.enrichment_sources import EnrichmentSource
from api.enrichment_values import EnrichedAttribute
from api.errors import (
    ErasedError,
    IdempotencyMismatchError,
    InvalidStateError,
    LimitExceededError,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.requests import REQUEST, applied, request
from customers.resolving import resolve
from domain.idempotency import Memory
from domain.ids import CustomerId, EnrichedId, RunId
from domain.work import Decision
from enrichment import records
from enrichment.holding import Held
from enrichment.records import AttributeStatus, EnrichmentMode, Terms
from enrichment.service import Report

Id = Annotated[strawberry.ID, strawberry.argument(description="Which one.")]


@strawberry.input(one_of=True, description="Whom a run is about: one customer, or all that fit.")
class EnrichmentTarget:
    customer: CustomerRefInput | None = strawberry.field(
        default=strawberry.UNSET, description="One customer: the run is finished with the answer."
    )
    where: CustomerWhere | None = strawberry.field(
        default=strawberry.UNSET,
        description="All customers that fit now: the run is queued; ask `enrichmentRun` for it.",
    )


@strawberry.input(description="What to ask outside sources.")
class EnrichmentStartInput:
    target: EnrichmentTarget = strawberry.field(description="About whom.")
    mode: EnrichmentMode = strawberry.field(
        default=EnrichmentMode.PLAN, description="How far to go."
    )
    attributes: list[str] | None = strawberry.field(
        default=None, description="Which attributes, by key; all the sources offer if left out."
    )
    sources: list[str] | None = strawberry.field(
        default=None, description="Which sources, by key; all if left out."
    )
    min_confidence: float | None = strawberry.field(
        default=None, description="Take only matches at least this sure, from 0 to 1."
    )

    def terms(self) -> Terms:
        return Terms(
            mode=self.mode,
            attributes=None if self.attributes is None else tuple(self.attributes),
            sources=None if self.sources is None else tuple(self.sources),
            min_confidence=self.min_confidence or 0.0,
        )


@strawberry.type(description="The run that was started.")
class EnrichmentPayload:
    report: strawberry.Private[Report]
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the key.", unmarked=REQUEST
    )

    @field("The run: finished for one customer, queued for many.")
    def run(self, info: Info) -> EnrichmentRun:
        started, context = self.report.run, info.context
        return EnrichmentRun.of(started, shared(context), AtRoot(context, started.id))


EnrichmentResult = Annotated[
    EnrichmentPayload
    | ConsentRequiredError
    | ValidationFailedError
    | NotFoundError
    | ErasedError
    | LimitExceededError
    | IdempotencyMismatchError,
    strawberry.union("EnrichmentResult", description="The run, or why nobody was asked."),
]


@strawberry.type(description="The value after the decision.")
class AttributeDecisionPayload:
    value: strawberry.Private[records.EnrichedAttribute]
    held: strawberry.Private[Held]
    # before ``attribute``, which is the name of a field here
    customer: Customer = attribute("Whose value it is.", scope="customers:read")

    @field("The value as it stands now.", scope="enrichment:read")
    def attribute(self, info: Info) -> EnrichedAttribute:
        return EnrichedAttribute.of(self.value, self.held, shared(info.context))


AttributeDecisionResult = Annotated[
    AttributeDecisionPayload | NotFoundError | InvalidStateError | ConsentRequiredError,
    strawberry.union("AttributeDecisionResult", description="The value, or why it stays."),
]


@strawberry.type
class EnrichmentQueries:
    @field("The sources that can be asked.", scope="enrichment:read", list_size=10)
    def enrichment_sources(self, info: Info) -> list[EnrichmentSource]:
        sources = info.context.services.enrichment.sources
        return [EnrichmentSource.of(source.capability) for source in sources]

    @field("One run, or null where there is none.", scope="enrichment:read")
    async def enrichment_run(self, info: Info, id: Id) -> EnrichmentRun | None:
        return (await runs_by_id(info, [str(id)])).get(str(id))


@strawberry.type
class EnrichmentMutations:
    @mutation(
        "Asks outside sources about customers, where their consent allows it.",
        scope="enrichment:run",
    )
    async def enrichment_start(
        self,
        info: Info,
        input: Annotated[
            EnrichmentStartInput, strawberry.argument(description="What to ask about whom.")
        ],
        idempotency_key: Key = None,
    ) -> EnrichmentResult:
        service = info.context.services.enrichment
        memory = Memory(
            lambda report: {"run": report.run.id},
            lambda answer: service.report(RunId(answer["run"])),
        )
        report, replayed = await info.context.services.once.run(
            _starting(info, input), request(info, idempotency_key), memory
        )
        await figures.told_by_runs(info.context, [report.run])
        return EnrichmentPayload(report=report, replayed=replayed)

    @mutation(
        "Accepts a value, so that it is used, or rejects it, so that it never is.",
        scope="enrichment:write",
    )
    async def enriched_attribute_decide(
        self,
        info: Info,
        id: Id,
        status: Annotated[
            AttributeStatus, strawberry.argument(description="ACCEPTED or REJECTED.")
        ],
    ) -> AttributeDecisionResult:
        by, judging = info.context.caller.actor, info.context.services.judging
        value = await applied(info, lambda: judging.decide(EnrichedId(str(id)), status, by))
        found = await info.context.customers([value.customer_id])
        held = await standing_values(info.context, [value.customer_id])
        return AttributeDecisionPayload(
            value=value,
            held=held[value.customer_id],
            customer=(await rows(info, list(found.values())))[0],
        )


def _starting(info: Info, given: EnrichmentStartInput) -> Callable[[], Awaitable[Decision[Report]]]:
    """The decision; however often it is made again, sources are asked once."""
    started: list[Callable[[], Awaitable[Decision[Report]]]] = []

    async def decide() -> Decision[Report]:
        if not started:
            target = await _target(info, given.target)
            started.append(await _start(info, target, given.terms()))
        return await started[0]()

    return decide


async def _start(
    info: Info, target: CustomerId | Asked, terms: Terms
) -> Callable[[], Awaitable[Decision[Report]]]:
    service, by = info.context.services.enrichment, info.context.caller.actor
    if not isinstance(target, Asked):
        return service.start(target, terms, by)
    decide = service.start(target.where, terms, by, tells=target.tells)
    # the run will tell how many it came to, to whoever knows what was asked for
    await figures.told(info.context, target)
    return decide


async def _target(info: Info, given: EnrichmentTarget) -> CustomerId | Asked:
    path = ("input", "target")
    if given.customer:
        customers, ref = info.context.services.customers, given.customer.read()
        return (await resolve(customers, ref, *path, "customer")).id
    where = given.where or CustomerWhere()
    return await customer_where.read(info.context, where, *path, "where")


async def runs_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, EnrichmentRun]:
    """Runs by id; none without enrichment:read."""
    if not info.context.caller.may("enrichment:read"):
        return {}
    bundle = shared(info.context)
    found = await info.context.services.enrichment.runs.get_many([RunId(each) for each in ids])
    await figures.told_by_runs(info.context, found.values())
    return {
        str(key): EnrichmentRun.of(run, bundle, AtRoot(info.context, key))
        for key, run in found.items()
    }


async def values_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, EnrichedAttribute]:
    """Values of profiles by id, for ``node``; none without enrichment:read."""
    if not info.context.caller.may("enrichment:read"):
        return {}
    bundle = shared(info.context)
    wanted = [EnrichedId(each) for each in ids]
    kept = await info.context.services.judging.deciding.values.get_many(wanted)
    holders = list({value.customer_id for value in kept.values()})
    standing = await standing_values(info.context, holders)
    return {
        str(value.id): EnrichedAttribute.of(value, held, bundle)
        for held in standing.values()
        for value in held.values
        if value.id in kept
    }


async def sources_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, Any]:
    """Sources by id, for ``node``; none without enrichment:read."""
    if not info.context.caller.may("enrichment:read"):
        return {}
    sources = (s.capability for s in info.context.services.enrichment.sources)
    return {found.id: EnrichmentSource.of(found) for found in sources if found.id in ids}
