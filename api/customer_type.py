"""The customer in the schema: the profile's own fields, joined by what each subject adds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

import strawberry

from api import (
    customer_attributes,
    customer_consents,
    customer_enrichment,
    customer_tags,
    loyalty,
    notes,
)
from api.context import Info
from api.customer_attributes import CustomerAttributes
from api.customer_consents import CustomerConsents
from api.customer_enrichment import CustomerEnrichment
from api.customer_parts import (
    Address,
    AddressConnection,
    Birthday,
    EmailIdentity,
    ExternalIdentity,
    Identity,
    PersonName,
    PhoneIdentity,
)
from api.customer_tags import CustomerTags
from api.fields import field
from api.level import Level, Loader, Row, raw
from api.loyalty import CustomerLoyalty
from api.notes import CustomerNotes
from api.pages import Count, PageInfo, wanted
from api.scalars import CountryCode, Instant, LocaleTag
from api.versions import Versioned
from domain import customer
from domain.customer import CustomerStatus, next_occurrence
from domain.errors import IdentityKind, invalid
from domain.personal import PiiClass

LOADERS: Final[Mapping[str, Loader]] = {
    **customer_attributes.LOADERS,
    **customer_consents.LOADERS,
    **customer_enrichment.LOADERS,
    **customer_tags.LOADERS,
    **loyalty.LOADERS,
    **notes.LOADERS,
}
"""What is fetched once a level, by the name of the field that shows it."""


@strawberry.type(description="One person as the shop knows them.")
class Customer(
    CustomerConsents,
    CustomerTags,
    CustomerLoyalty,
    CustomerAttributes,
    CustomerNotes,
    CustomerEnrichment,
    Row,
    Versioned,
):
    record: strawberry.Private[customer.Customer]
    status: CustomerStatus = strawberry.field(description="Where the customer stands.")

    @field(
        "Always fit to show: the name, or without pii:read its initials or a masked contact.",
        pii=PiiClass.IDENTITY,
    )
    def display_name(self) -> str:
        if self.record.name.formatted and self._shown(PiiClass.IDENTITY):
            return self.record.display_name
        return self.record.masked_name

    # what stands in the customer's own document and is one of its kind costs nothing more
    @field("The name; null without pii:read.", pii=PiiClass.IDENTITY, cost=0)
    def name(self) -> PersonName | None:
        if not self._shown(PiiClass.IDENTITY):
            return None
        name = self.record.name
        return PersonName(
            given=name.given, family=name.family, middle=name.middle, formatted=name.formatted
        )

    @field("The first choice among the e-mail addresses.", cost=0)
    def primary_email(self) -> EmailIdentity | None:
        return self._emails()[0] if self.record.emails else None

    @field("The first choice among the phone numbers.", cost=0)
    def primary_phone(self) -> PhoneIdentity | None:
        return self._phones()[0] if self.record.phones else None

    @field("Everything the customer can be recognised by.", cost=1, list_size=3)
    def identities(self) -> list[Identity]:
        external = [
            ExternalIdentity(
                kind=IdentityKind.EXTERNAL_ID,
                verified_at=None,
                is_primary=position == 0,
                source=record.source,
                record=record,
                level=self.level,
                holder=self.record.id,
            )
            for position, record in enumerate(self.record.external_ids)
        ]
        return [*self._emails(), *self._phones(), *external]

    @field("The language they read; null without pii:read.", pii=PiiClass.DEMOGRAPHIC)
    def locale(self) -> LocaleTag | None:
        locale = self.record.locale
        return LocaleTag(locale) if locale and self._shown(PiiClass.DEMOGRAPHIC) else None

    @field("Their IANA time zone; null without pii:read.", pii=PiiClass.LOCATION)
    def time_zone(self) -> str | None:
        zone = self.record.time_zone
        return zone if zone and self._shown(PiiClass.LOCATION) else None

    @field(
        "Their country, shown without pii:read too: of the default address, else of the primary "
        "phone.",
        pii=PiiClass.LOCATION,
    )
    def country(self) -> CountryCode | None:
        country = self.record.country
        if country is None:
            return None
        self.level.context.show(self.record.id, PiiClass.LOCATION)
        return CountryCode(country)

    @field("Their birthday; null without pii:read.", pii=PiiClass.DEMOGRAPHIC, cost=0)
    def birthday(self) -> Birthday | None:
        day = self.record.birthday
        if day is None or not self._shown(PiiClass.DEMOGRAPHIC):
            return None
        today = self.level.context.services.clock().date()
        following = next_occurrence(day, today)
        return Birthday(year=day.year, month=day.month, day=day.day, next_occurrence=following)

    # they stand in the customer's own document: a page of them costs what most customers have
    @field("Their addresses, the default one first.", list_size=3)
    def addresses(
        self,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 10,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> AddressConnection:
        ordered = sorted(self.record.addresses, key=lambda address: not address.is_default)
        start = _position([address.id for address in ordered], after)
        limit = wanted(first, after).limit
        page = [self._address(address) for address in ordered[start : start + limit]]
        cursors = [str(address.id) for address in page]
        more = start + limit < len(ordered)
        return AddressConnection(
            nodes=page,
            page_info=PageInfo.of(cursors, has_next=more, has_previous=start > 0),
            total_count=Count.of(len(ordered), len(ordered)),
        )

    def _shown(self, category: PiiClass) -> bool:
        return self.level.disclose(self.record.id, category)

    def _emails(self) -> list[EmailIdentity]:
        return [
            EmailIdentity(
                kind=IdentityKind.EMAIL,
                verified_at=_instant(record.verified_at),
                is_primary=position == 0,
                deliverability=record.deliverability,
                record=record,
                level=self.level,
                holder=self.record.id,
            )
            for position, record in enumerate(self.record.emails)
        ]

    def _phones(self) -> list[PhoneIdentity]:
        return [
            PhoneIdentity(
                kind=IdentityKind.PHONE,
                verified_at=_instant(record.verified_at),
                is_primary=position == 0,
                record=record,
                level=self.level,
                holder=self.record.id,
            )
            for position, record in enumerate(self.record.phones)
        ]

    def _address(self, record: customer.Address) -> Address:
        return Address(
            id=strawberry.ID(record.id),
            kind=record.kind,
            is_default=record.is_default,
            record=record,
            level=self.level,
            holder=self.record.id,
        )


async def rows(info: Info, records: Sequence[customer.Customer]) -> list[Customer]:
    """Customers ready to be resolved: all that is selected below them is loaded, once a level."""
    info.context.records |= {record.id: record for record in records}
    level = Level(info.context)
    await level.load(raw(info), LOADERS, [record.id for record in records])
    return [
        Customer(
            id=strawberry.ID(record.id),
            version=record.version,
            created_at=Instant(record.created_at),
            updated_at=Instant(record.updated_at),
            status=record.status,
            record=record,
            level=level,
        )
        for record in records
    ]


def _instant(at: datetime | None) -> Instant | None:
    return Instant(at) if at is not None else None


def _position(ids: Sequence[str], after: str | None) -> int:
    if after is None:
        return 0
    if after not in ids:
        message = "The address behind this cursor is gone: start again without it."
        raise invalid(("after",), "CURSOR_INVALID", message)
    return ids.index(after) + 1
