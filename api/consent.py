"""Recording consent over GraphQL, and the answer where it is missing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import strawberry

from api.consent_inputs import ConsentInput
from api.consent_records import ConsentDecision, ConsentRecord, ConsentState, Evidence
from api.context import Info
from api.customer_refs import Key, Ref
from api.customer_type import Customer, rows
from api.errors import (
    ErasedError,
    Error,
    Handler,
    IdempotencyMismatchError,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.refusals import forbidden
from api.requests import REQUEST, request
from consent import records
from consent.records import ConsentAct
from consent.service import RecordedConsents
from customers.drafts import CustomerRef
from customers.resolving import resolve
from domain.errors import ConsentRequired, NotFound
from domain.idempotency import Answer, Memory
from domain.ids import ConsentRecordId, CustomerId
from domain.personal import PiiClass
from domain.work import Decision


@strawberry.type(description="What was asked for needs a permission that the person did not give.")
class ConsentRequiredError(Error):
    holder: strawberry.Private[CustomerId]
    refusals: strawberry.Private[Sequence[records.ConsentDecision]]

    @field("What was refused, and why.", scope="customers:read")
    def missing(self, info: Info) -> list[ConsentDecision]:
        evidence = Evidence(info.context)
        return [ConsentDecision.of(each, self.holder, evidence) for each in self.refusals]


@strawberry.type(description="What was recorded, and where consent stands after it.")
class ConsentPayload:
    recorded: strawberry.Private[RecordedConsents]
    customer: Customer = attribute("The customer.", scope="customers:read")
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the same key.", unmarked=REQUEST
    )

    @field(
        "The record of each decision sent, in that order; the earlier one where exactly the same "
        "decision was recorded before."
    )
    def records(self, info: Info) -> list[ConsentRecord]:
        return [ConsentRecord.of(info.context, record) for record in self.recorded.records]

    @field(
        "Where consent stands now, for everything the person ever decided.", scope="customers:read"
    )
    def states(self, info: Info) -> list[ConsentState]:
        holder, now = self.recorded.customer_id, info.context.services.clock()
        evidence = Evidence(info.context)
        return [ConsentState.of(state, holder, now, evidence) for state in self.recorded.states]


ConsentResult = Annotated[
    ConsentPayload | ValidationFailedError | NotFoundError | ErasedError | IdempotencyMismatchError,
    strawberry.union("ConsentResult", description="The records, or why nothing was recorded."),
]


@strawberry.type
class ConsentMutations:
    @mutation(
        "Records what a person decided. Records are only ever added: to take a yes back, record "
        "WITHDRAWN.",
        scope="consent:write",
    )
    async def consent_record(
        self,
        info: Info,
        customer: Ref,
        consents: Annotated[
            list[ConsentInput], strawberry.argument(description="What they decided, at most 50.")
        ],
        idempotency_key: Key = None,
    ) -> ConsentResult:
        ref, acts = customer.read(), [each.read() for each in consents]
        memory = Memory(_saved, lambda answer: _loaded(info, answer))
        recorded, replayed = await info.context.services.once.run(
            lambda: _recorded(info, ref, acts), request(info, idempotency_key), memory
        )
        return await _payload(info, recorded, replayed=replayed)


async def _recorded(
    info: Info, ref: CustomerRef, acts: Sequence[ConsentAct]
) -> Decision[RecordedConsents]:
    services = info.context.services
    customer = await resolve(services.customers, ref, "customer")
    return await services.consents.record(customer.id, acts, info.context.caller.actor)


async def _payload(info: Info, recorded: RecordedConsents, *, replayed: bool) -> ConsentPayload:
    found = await info.context.services.customers.get_many([recorded.customer_id])
    customer = (await rows(info, [found[recorded.customer_id]]))[0]
    return ConsentPayload(recorded=recorded, customer=customer, replayed=replayed)


def _saved(recorded: RecordedConsents) -> Answer:
    return {"records": [record.id for record in recorded.records]}


async def _loaded(info: Info, answer: Answer) -> RecordedConsents:
    consents = info.context.services.consents
    found = await consents.records([ConsentRecordId(id_) for id_ in answer["records"]])
    known = tuple(found[id_] for id_ in answer["records"] if id_ in found)
    if not known:
        raise NotFound("customer", ("customer",))
    customer_id = known[0].customer_id
    standing = (await consents.standings([customer_id]))[customer_id]
    return RecordedConsents(known, standing.states)


def _missing(problem: ConsentRequired, info: Info) -> Mapping[str, object]:
    holder = CustomerId(problem.customer_id)
    # whatever of it is selected: that the person did not allow it is told by its type already
    info.context.show(holder, PiiClass.BEHAVIOUR)
    return {"holder": holder, "refusals": problem.missing}


HANDLERS: Final = (Handler(ConsentRequired, ConsentRequiredError, _missing),)


async def records_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, Any]:
    """Records as ``node`` finds them; refused without consent:read."""
    if not info.context.caller.may("consent:read"):
        raise forbidden(["consent:read"])
    found = await info.context.services.consents.records([ConsentRecordId(id_) for id_ in ids])
    return {id_: ConsentRecord.of(info.context, record) for id_, record in found.items()}
