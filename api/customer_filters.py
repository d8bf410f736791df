"""What a caller may filter customers by, and what each filter means."""

from typing import Annotated, Final

import strawberry

from api.consent_inputs import PurposeKey
from api.customer_refs import ExternalIdInput
from api.scalars import JSON, CountryCode, Instant
from consent.records import Channel, ConsentStatus
from domain.customer import CustomerStatus

DEEPEST: Final = 5
MOST_LEAVES: Final = 50
MOST_PARTS: Final = 200
MOST_VALUES: Final = 100


@strawberry.input(description="Compares text in its normal form; all that is given must hold.")
class StringFilter:
    eq: str | None = strawberry.field(default=None, description="Equals this.")
    in_: list[str] | None = strawberry.field(
        default=None, name="in", description="Equals one of these, at most 100."
    )
    starts_with: str | None = strawberry.field(
        default=None, description="Begins with this; needs pii:read."
    )
    exists: bool | None = strawberry.field(default=None, description="There is a value, or none.")


@strawberry.input(description="Bounds of a whole number; all that is given must hold.")
class IntFilter:
    eq: int | None = strawberry.field(default=None, description="Equals this.")
    gte: int | None = strawberry.field(default=None, description="At least this.")
    lte: int | None = strawberry.field(default=None, description="At most this.")


@strawberry.input(description="Bounds of an instant; all that is given must hold.")
class DateTimeFilter:
    gte: Instant | None = strawberry.field(default=None, description="At or after this.")
    lt: Instant | None = strawberry.field(default=None, description="Before this.")
    within_last: str | None = strawberry.field(
        default=None, description="Within this long before now: ISO 8601, like P30D or PT12H."
    )


@strawberry.input(
    description="Tags by key; all that is given must hold. A key of no tag that you may see is an "
    "error."
)
class TagFilter:
    any_of: list[str] | None = strawberry.field(
        default=None, description="At least one of these, at most 100."
    )
    all_of: list[str] | None = strawberry.field(
        default=None, description="Every one of these, at most 100."
    )
    none_of: list[str] | None = strawberry.field(
        default=None, description="None of these, at most 100."
    )


@strawberry.input(
    description="What a customer allowed; all that is given must hold, at least one of `allowed` "
    "and `status`."
)
class ConsentFilter:
    purpose: PurposeKey = strawberry.field(description="The purpose's key, like marketing.")
    channel: Channel | None = strawberry.field(
        default=None, description="A channel of the purpose; left out, all of its channels at once."
    )
    allowed: bool | None = strawberry.field(
        default=None,
        description="Whether it may be done now: exactly what `consent` answers for each of them, "
        "with refusals of the purposes above, ends, bases and confirmations in mind. "
        "Ask this before writing to somebody.",
    )
    status: list[ConsentStatus] | None = strawberry.field(
        default=None,
        description="One of these states, as recorded for this purpose and channel alone. "
        "A grant may still not allow anything: see `allowed`.",
    )


@strawberry.input(
    description="An attribute; all that is given must hold, with the key alone that it has a value."
)
class AttributeFilter:
    key: str = strawberry.field(description="The attribute's key.")
    eq: JSON | None = strawberry.field(default=None, description="Equals this.")
    in_: list[JSON] | None = strawberry.field(
        default=None, name="in", description="Equals one of these, at most 100."
    )
    gte: JSON | None = strawberry.field(
        default=None, description="At least this: for numbers, text, dates and instants."
    )
    lte: JSON | None = strawberry.field(
        default=None, description="At most this: for numbers, text, dates and instants."
    )
    exists: bool | None = strawberry.field(default=None, description="There is a value, or none.")


@strawberry.input(description="Birthdays; all that is given must hold.")
class BirthdayFilter:
    within_next_days: int | None = strawberry.field(
        default=None, description="Celebrated within so many days, today included: 0 to 365."
    )
    month: int | None = strawberry.field(default=None, description="In this month, 1 to 12.")
    day: int | None = strawberry.field(
        default=None, description="On this day, 1 to 31; needs a month."
    )


@strawberry.input(
    description="Which customers. All that is given must hold, so that everybody fits an empty "
    "filter; at most 5 levels deep, 50 filters, 200 "
    "of these objects in all."
)
class CustomerWhere:
    and_: list["CustomerWhere"] | None = strawberry.field(
        default=None, name="and", description="Every one of these."
    )
    or_: list["CustomerWhere"] | None = strawberry.field(
        default=None, name="or", description="At least one of these; nobody fits an empty list."
    )
    not_: Annotated["CustomerWhere", strawberry.lazy("api.customer_filters")] | None = (
        strawberry.field(default=None, name="not", description="The exact complement of this.")
    )
    id: list[strawberry.ID] | None = strawberry.field(
        default=None, description="One of these ids; what is no customer's id is an error."
    )
    status: list[CustomerStatus] | None = strawberry.field(
        default=None, description="One of these; left out, every status."
    )
    email: StringFilter | None = strawberry.field(default=None, description="Any e-mail address.")
    phone: StringFilter | None = strawberry.field(
        default=None, description="Any phone number, in E.164; a prefix starts with +."
    )
    external_id: ExternalIdInput | None = strawberry.field(
        default=None, description="The id in another system."
    )
    family_name: StringFilter | None = strawberry.field(
        default=None, description="The last name, whatever its case; needs pii:read."
    )
    country: list[CountryCode] | None = strawberry.field(
        default=None, description="One of these countries."
    )
    tags: TagFilter | None = strawberry.field(default=None, description="Tags they carry.")
    tier: list[str] | None = strawberry.field(
        default=None, description="One of these loyalty tiers, by key; an unknown one is an error."
    )
    points: IntFilter | None = strawberry.field(default=None, description="Their balance.")
    consent: ConsentFilter | None = strawberry.field(default=None, description="What they allowed.")
    attribute: AttributeFilter | None = strawberry.field(
        default=None,
        description="A custom attribute whose definition is filterable; needs the scopes that "
        "reading it needs.",
    )
    enriched: AttributeFilter | None = strawberry.field(
        default=None,
        description="An attribute that an outside source added; needs enrichment:read and "
        "pii:read.",
    )
    birthday: BirthdayFilter | None = strawberry.field(
        default=None, description="Their birthday; needs pii:read."
    )
    created_at: DateTimeFilter | None = strawberry.field(
        default=None, description="When the record was made."
    )
    updated_at: DateTimeFilter | None = strawberry.field(
        default=None, description="When the profile was last changed."
    )
