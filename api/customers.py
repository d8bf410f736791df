"""Customers over GraphQL: look-ups, lists, and the verbs that change them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

import strawberry

from api import customer_where
from api.context import Info
from api.customer_attributes import require_unique_readable
from api.customer_filters import CustomerWhere
from api.customer_inputs import CustomerCreateInput, CustomerUpdateInput
from api.customer_lists import CustomerConnection, CustomerOrder, listed
from api.customer_refs import CustomerRefInput, Key, Ref
from api.customer_type import Customer, rows
from api.errors import (
    ErasedError,
    Error,
    Handler,
    IdempotencyMismatchError,
    IdentityConflictError,
    InputIssue,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.requests import REQUEST, request
from api.scalars import Instant
from api.tag_type import sees_sensitive
from customers.resolving import sought
from customers.service import Written
from domain.errors import NotFound, VersionConflict
from domain.idempotency import Answer, Memory
from domain.ids import CustomerId
from domain.work import Decision


@strawberry.type(description="Somebody changed the customer since you read it.")
class VersionConflictError(Error):
    expected: int = attribute("The version you sent.", unmarked="the caller's own")
    current: Customer = attribute("The customer as it is now.", scope="customers:read")
    changed_fields: list[str] = attribute(
        "What was changed since your version.", unmarked="names of fields, no values"
    )


@strawberry.type(description="The customer after the write.")
class CustomerPayload:
    customer: Customer = attribute("The customer as it is now.", scope="customers:read")
    changed_fields: list[str] = attribute(
        "Names of the fields that this write changed; empty where it changed nothing.",
        unmarked="names of fields, no values",
    )
    warnings: list[InputIssue] = strawberry.field(
        description="What was accepted but deserves a look."
    )
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the same key.", unmarked=REQUEST
    )


CustomerCreateResult = Annotated[
    CustomerPayload | ValidationFailedError | IdentityConflictError | IdempotencyMismatchError,
    strawberry.union("CustomerCreateResult", description="A new customer, or why there is none."),
]
CustomerUpdateResult = Annotated[
    CustomerPayload
    | ValidationFailedError
    | NotFoundError
    | VersionConflictError
    | IdentityConflictError
    | ErasedError
    | IdempotencyMismatchError,
    strawberry.union("CustomerUpdateResult", description="The changed customer, or why not."),
]


@strawberry.type
class CustomerQueries:
    @field("One customer, or null where there is none.", scope="customers:read")
    async def customer(
        self, info: Info, by: Annotated[CustomerRefInput, strawberry.argument(description="Whom.")]
    ) -> Customer | None:
        found = await sought(info.context.services.customers, by.read(), "by")
        return (await rows(info, [found]))[0] if found else None

    @field("Customers that fit, newest first unless ordered otherwise.", scope="customers:read")
    async def customers(
        self,
        info: Info,
        where: Annotated[
            CustomerWhere | None, strawberry.argument(description="Which ones; all if left out.")
        ] = None,
        search: Annotated[
            str | None,
            strawberry.argument(
                description="Words, each the beginning of a name, an external id, a phone number "
                "or a part of an e-mail address; needs pii:read."
            ),
        ] = None,
        order_by: Annotated[
            CustomerOrder | None,
            strawberry.argument(description="In which order; newest first if left out."),
        ] = None,
        first: Annotated[
            int | None, strawberry.argument(description="How many, 1 to 100; 25 if left out.")
        ] = None,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
        last: Annotated[
            int | None, strawberry.argument(description="The last so many instead, 1 to 100.")
        ] = None,
        before: Annotated[
            str | None, strawberry.argument(description="End before this cursor.")
        ] = None,
    ) -> CustomerConnection:
        whom = await customer_where.asked(info.context, where, search)
        return await listed(info, whom, order_by, (first, after, last, before))


@strawberry.type
class CustomerMutations:
    @mutation("Creates a customer, with tags and consents in one step.", scope="customers:write")
    async def customer_create(
        self,
        info: Info,
        input: Annotated[CustomerCreateInput, strawberry.argument(description="The customer.")],
        idempotency_key: Key = None,
    ) -> CustomerCreateResult:
        draft, by = input.read(), info.context.caller.actor
        await require_unique_readable(info.context, draft.attributes)
        service = info.context.services.customer
        sees = sees_sensitive(info.context)
        return await _written(
            info, lambda: service.create(draft, by, sees_sensitive=sees), idempotency_key
        )

    @mutation("Changes a customer.", scope="customers:write")
    async def customer_update(
        self,
        info: Info,
        input: Annotated[CustomerUpdateInput, strawberry.argument(description="The change.")],
        idempotency_key: Key = None,
    ) -> CustomerUpdateResult:
        ref, patch, by = input.ref.read(), input.read(), info.context.caller.actor
        await require_unique_readable(info.context, patch.attributes)
        service, expected = info.context.services.customer, input.expected_version
        return await _written(
            info,
            lambda: service.update(ref, patch, by, expected_version=expected),
            idempotency_key,
        )

    @mutation("Creates the customer, or adds to the one who is there.", scope="customers:write")
    async def customer_upsert(
        self,
        info: Info,
        by: Ref,
        input: Annotated[
            CustomerCreateInput,
            strawberry.argument(description="What is known; what is left out stays."),
        ],
        idempotency_key: Key = None,
    ) -> CustomerUpdateResult:
        ref, draft, actor = by.read(), input.read(), info.context.caller.actor
        await require_unique_readable(info.context, draft.attributes)
        service = info.context.services.customer
        sees = sees_sensitive(info.context)
        return await _written(
            info, lambda: service.upsert(ref, draft, actor, sees_sensitive=sees), idempotency_key
        )

    @mutation("Puts tags on a customer and takes tags off.", scope="customers:write")
    async def customer_tags_update(
        self,
        info: Info,
        customer: Ref,
        add: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Keys to put on; an unknown one becomes a tag, a sensitive one needs "
                "pii:read."
            ),
        ] = None,
        remove: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Keys to take off; sensitive ones stay on without pii:read."
            ),
        ] = None,
        expires_at: Annotated[
            Instant | None, strawberry.argument(description="When what is put on ends.")
        ] = None,
    ) -> CustomerUpdateResult:
        ref, by = customer.read(), info.context.caller.actor
        service = info.context.services.customer
        added, removed = add or (), remove or ()
        return await _written(
            info,
            lambda: service.tag(
                ref,
                by,
                add=added,
                remove=removed,
                expires_at=expires_at,
                sees_sensitive=sees_sensitive(info.context),
            ),
            None,
        )


async def _written(
    info: Info, decide: Callable[[], Awaitable[Decision[Written]]], key: str | None
) -> CustomerPayload:
    memory = Memory(_saved, lambda answer: _loaded(info, answer))
    once = info.context.services.once
    written, replayed = await once.run(decide, request(info, key), memory)
    return CustomerPayload(
        customer=(await rows(info, [written.customer]))[0],
        changed_fields=list(written.changed_fields),
        warnings=[],
        replayed=replayed,
    )


def _saved(written: Written) -> Answer:
    return {"customer": written.customer.id, "changed": list(written.changed_fields)}


async def _loaded(info: Info, answer: Answer) -> Written:
    customer_id = CustomerId(answer["customer"])
    found = await info.context.services.customers.get_many([customer_id])
    if customer_id not in found:
        raise NotFound("customer")
    return Written(found[customer_id], tuple(answer["changed"]))


async def _current(problem: VersionConflict, info: Info) -> Mapping[str, Any]:
    services, customer_id = info.context.services, CustomerId(problem.customer_id)
    found = await services.customers.get_many([customer_id])
    changed = await services.facts.changed_since(customer_id, problem.expected)
    return {
        "expected": problem.expected,
        "current": (await rows(info, [found[customer_id]]))[0],
        "changed_fields": list(changed),
    }


HANDLERS: Final = (Handler(VersionConflict, VersionConflictError, _current),)
