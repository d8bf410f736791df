"""How a caller names a customer."""

from typing import Annotated, TypeVar

import strawberry

from api.enums import publish
from customers.drafts import CustomerRef
from domain.customer import CustomerStatus, ExternalId
from domain.ids import CustomerId

T = TypeVar("T")

publish(
    CustomerStatus,
    "Where the customer stands.",
    ACTIVE="An ordinary customer.",
    RESTRICTED="Stored, not used: the person asked for it (GDPR Art. 18).",
    ARCHIVED="Not in use any more; lists show them unless `status` leaves them out.",
    MERGED="Merged into another record.",
    ERASED="Erased at the person's request.",
)


@strawberry.input(description="The id of a person in another system.")
class ExternalIdInput:
    source: str = strawberry.field(description="The system, like shopify.")
    value: str = strawberry.field(description="The id there.")

    def read(self) -> ExternalId:
        return ExternalId(self.source.strip(), self.value.strip())


@strawberry.input(
    name="CustomerRef", one_of=True, description="Names one customer in exactly one way."
)
class CustomerRefInput:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The id.")
    external_id: ExternalIdInput | None = strawberry.field(
        default=strawberry.UNSET, description="The id in another system."
    )
    email: str | None = strawberry.field(
        default=strawberry.UNSET, description="Any of their e-mail addresses, in any case."
    )
    phone: str | None = strawberry.field(
        default=strawberry.UNSET, description="Any of their phone numbers, with + and country code."
    )

    def read(self) -> CustomerRef:
        external = _given(self.external_id)
        customer_id = _given(self.id)
        return CustomerRef(
            id=CustomerId(customer_id) if customer_id is not None else None,
            external_id=external.read() if external is not None else None,
            email=_given(self.email),
            phone=_given(self.phone),
        )


Ref = Annotated[CustomerRefInput, strawberry.argument(description="Which customer.")]
Key = Annotated[
    str | None,
    strawberry.argument(
        description="Makes a retry safe: within 24 hours the same key and input get the same "
        "answer, the same key with other input an IdempotencyMismatchError."
    ),
]
"""The idempotency key of a creating mutation."""


def _given(value: T | None) -> T | None:
    return None if value is strawberry.UNSET else value
