"""The parts of a customer: name, contacts, birthday, addresses; each masks what is personal."""

from datetime import date
from enum import StrEnum

import strawberry

from api.enums import publish
from api.fields import attribute, field
from api.level import Level, Node
from api.pages import Count, PageInfo
from api.scalars import CountryCode, Instant
from domain import customer
from domain.customer import Deliverability
from domain.errors import IdentityKind
from domain.ids import CustomerId
from domain.personal import PiiClass


class PiiAccess(StrEnum):
    GRANTED = "GRANTED"
    MASKED_NO_SCOPE = "MASKED_NO_SCOPE"
    MASKED_NO_CONSENT = "MASKED_NO_CONSENT"
    ERASED = "ERASED"


publish(
    PiiAccess,
    "Why a personal value is shown or not.",
    GRANTED="The value is shown, and the access log says so.",
    MASKED_NO_SCOPE="The caller's key lacks the scope.",
    MASKED_NO_CONSENT="The person did not allow this use.",
    ERASED="The value was erased.",
)
publish(
    Deliverability,
    "What is known of an address from messages sent to it.",
    UNKNOWN="Nothing yet.",
    OK="Messages arrive.",
    BOUNCED="Messages came back.",
    COMPLAINED="A message was reported as spam.",
)


def access(level: Level) -> PiiAccess:
    """What the caller's scopes make of a personal value."""
    may = level.context.caller.may("pii:read")
    return PiiAccess.GRANTED if may else PiiAccess.MASKED_NO_SCOPE


@strawberry.type(description="What a person is called.")
class PersonName:
    given: str | None = attribute("First name.", pii=PiiClass.IDENTITY)
    family: str | None = attribute("Last name.", pii=PiiClass.IDENTITY)
    middle: str | None = attribute("Middle name or patronymic.", pii=PiiClass.IDENTITY)
    formatted: str = attribute("The whole name; empty where none is known.", pii=PiiClass.IDENTITY)


@strawberry.type(description="A day of the year, with the year where the person told it.")
class Birthday:
    year: int | None = attribute("The year, where it is known.", pii=PiiClass.DEMOGRAPHIC)
    month: int = attribute("1 to 12.", pii=PiiClass.DEMOGRAPHIC)
    day: int = attribute("1 to 31.", pii=PiiClass.DEMOGRAPHIC)
    next_occurrence: date = attribute(
        "The next time it is celebrated, today included; 29 February moves to 28.",
        pii=PiiClass.DEMOGRAPHIC,
    )


@strawberry.interface(description="What a customer can be recognised by; unique among customers.")
class Identity:
    kind: IdentityKind = attribute("Which kind of identity it is.", unmarked="the kind alone")
    verified_at: Instant | None = attribute(
        "When the person proved that it is theirs.", unmarked="about the value, without it"
    )
    is_primary: bool = attribute(
        "Whether it is the first choice of its kind.", unmarked="a place in a list"
    )


@strawberry.type(description="An e-mail address.")
class EmailIdentity(Identity):
    level: strawberry.Private[Level]
    holder: strawberry.Private[CustomerId]
    record: strawberry.Private[customer.EmailIdentity]
    deliverability: Deliverability = strawberry.field(
        description="What is known of it from messages sent."
    )

    @field("Whether the address is shown, and why not.", unmarked="about the caller")
    def access(self) -> PiiAccess:
        return access(self.level)

    @field("The address as the person wrote it; null without pii:read.", pii=PiiClass.CONTACT)
    def address(self) -> str | None:
        shown = self.level.disclose(self.holder, PiiClass.CONTACT)
        return self.record.email.address if shown else None

    @field("Always safe to show: the first letter and the top-level domain.", unmarked="masked")
    def masked(self) -> str:
        return self.record.email.masked


@strawberry.type(description="A phone number.")
class PhoneIdentity(Identity):
    level: strawberry.Private[Level]
    holder: strawberry.Private[CustomerId]
    record: strawberry.Private[customer.PhoneIdentity]

    @field("Whether the number is shown, and why not.", unmarked="about the caller")
    def access(self) -> PiiAccess:
        return access(self.level)

    @field("The number in E.164; null without pii:read.", pii=PiiClass.CONTACT)
    def e164(self) -> str | None:
        shown = self.level.disclose(self.holder, PiiClass.CONTACT)
        return self.record.phone.e164 if shown else None

    @field("Always safe to show: the country code and the last two digits.", unmarked="masked")
    def masked(self) -> str:
        return self.record.phone.masked

    @field("As people in its country write it; null without pii:read.", pii=PiiClass.CONTACT)
    def national(self) -> str | None:
        shown = self.level.disclose(self.holder, PiiClass.CONTACT)
        return self.record.phone.national if shown else None

    @field("The country the number belongs to, where it belongs to one.", unmarked="as `masked`")
    def country(self) -> CountryCode | None:
        region = self.record.phone.region
        return CountryCode(region) if region else None


@strawberry.type(description="The id of the person in another system.")
class ExternalIdentity(Identity):
    level: strawberry.Private[Level]
    holder: strawberry.Private[CustomerId]
    record: strawberry.Private[customer.ExternalId]
    source: str = strawberry.field(description="The system, like shopify.")

    @field("The id there; only its last two characters without pii:read.", pii=PiiClass.CONTACT)
    def value(self) -> str:
        shown = self.level.disclose(self.holder, PiiClass.CONTACT)
        return self.record.value if shown else f"•••{self.record.value[-2:]}"


@strawberry.type(description="A postal address.")
class Address(Node):
    level: strawberry.Private[Level]
    holder: strawberry.Private[CustomerId]
    record: strawberry.Private[customer.Address]
    kind: str | None = strawberry.field(description="What it is for, like billing.")
    is_default: bool = strawberry.field(description="Whether it is the default address.")

    @field("The country; shown without pii:read too.", pii=PiiClass.LOCATION)
    def country(self) -> CountryCode:
        self.level.context.show(self.holder, PiiClass.LOCATION)
        return CountryCode(self.record.country)

    @field("Street and house, line by line; empty without pii:read.", pii=PiiClass.LOCATION)
    def lines(self) -> list[str]:
        return list(self.record.lines) if self._shown() else []

    @field("The city; null without pii:read.", pii=PiiClass.LOCATION)
    def city(self) -> str | None:
        return self.record.city if self._shown() else None

    @field("The state or province; null without pii:read.", pii=PiiClass.LOCATION)
    def region(self) -> str | None:
        return self.record.region if self._shown() else None

    @field("The postal code; null without pii:read.", pii=PiiClass.LOCATION)
    def postal_code(self) -> str | None:
        return self.record.postal_code if self._shown() else None

    def _shown(self) -> bool:
        return self.level.disclose(self.holder, PiiClass.LOCATION)


@strawberry.type(description="A page of addresses.")
class AddressConnection:
    nodes: list[Address] = strawberry.field(description="The addresses, the default one first.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: Count = strawberry.field(description="How many addresses there are.")
