"""What a caller may say about a customer, and the drafts it becomes."""

from typing import Any

import strawberry

from api.consent_inputs import ConsentInput
from api.customer_refs import CustomerRefInput, ExternalIdInput
from api.scalars import JSON, CountryCode, LocaleTag
from customers.drafts import AddressDraft, AttributeDraft, CustomerDraft
from customers.patches import KEEP, CustomerPatch
from domain import customer


@strawberry.input(description="What a person is called. An update replaces the whole name.")
class PersonNameInput:
    given: str | None = strawberry.field(default=None, description="First name.")
    family: str | None = strawberry.field(default=None, description="Last name.")
    middle: str | None = strawberry.field(default=None, description="Middle name or patronymic.")

    def read(self) -> customer.PersonName:
        return customer.PersonName(self.given, self.family, self.middle)


@strawberry.input(description="A day of the year, with the year only where the person told it.")
class BirthdayInput:
    year: int | None = strawberry.field(default=None, description="The year, where it is known.")
    month: int = strawberry.field(description="1 to 12.")
    day: int = strawberry.field(description="1 to 31.")

    def read(self) -> customer.Birthday:
        return customer.Birthday(self.month, self.day, self.year)


@strawberry.input(description="An address: a new one, or with `id` one to replace whole.")
class AddressInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Which one to replace.")
    kind: str | None = strawberry.field(
        default=None, description="What it is for, like billing or shipping."
    )
    is_default: bool | None = strawberry.field(
        default=None, description="Makes it the default address, in place of another."
    )
    lines: list[str] = strawberry.field(description="Street and house, line by line; at most 10.")
    city: str | None = strawberry.field(default=None, description="The city.")
    region: str | None = strawberry.field(default=None, description="The state or province.")
    postal_code: str | None = strawberry.field(default=None, description="The postal code.")
    country: CountryCode = strawberry.field(description="The country.")

    def read(self) -> AddressDraft:
        return AddressDraft(
            lines=tuple(self.lines),
            country=self.country,
            city=self.city,
            region=self.region,
            postal_code=self.postal_code,
            kind=self.kind,
            is_default=bool(self.is_default),
            id=self.id,
        )


@strawberry.input(description="A custom attribute to set.")
class AttributeInput:
    key: str = strawberry.field(description="The key of its definition.")
    value: JSON | None = strawberry.field(
        default=None,
        description="The value, of the definition's type; null clears it. One of a unique "
        "attribute that another customer has is refused with the issue NOT_UNIQUE.",
    )

    def read(self) -> AttributeDraft:
        return AttributeDraft(self.key, self.value)


@strawberry.input(description="What to add to a list and what to take out; the rest stays.")
class ListPatch:
    add: list[str] | None = strawberry.field(default=None, description="What to add.")
    remove: list[str] | None = strawberry.field(default=None, description="What to take out.")


@strawberry.input(description="A new customer. Everything may be left out.")
class CustomerCreateInput:
    name: PersonNameInput | None = strawberry.field(default=None, description="The name.")
    emails: list[str] | None = strawberry.field(
        default=None, description="E-mail addresses, the primary one first."
    )
    phones: list[str] | None = strawberry.field(
        default=None, description="Phone numbers, the primary one first."
    )
    default_phone_region: CountryCode | None = strawberry.field(
        default=None,
        description="The country that numbers without + are read in; else that of the first "
        "address. Without either such a number is refused: it is never guessed.",
    )
    external_ids: list[ExternalIdInput] | None = strawberry.field(
        default=None, description="Their ids in other systems."
    )
    locale: LocaleTag | None = strawberry.field(default=None, description="The language they read.")
    time_zone: str | None = strawberry.field(
        default=None, description="Their IANA time zone, like Europe/Kyiv."
    )
    birthday: BirthdayInput | None = strawberry.field(default=None, description="Their birthday.")
    addresses: list[AddressInput] | None = strawberry.field(
        default=None, description="Their addresses."
    )
    attributes: list[AttributeInput] | None = strawberry.field(
        default=None, description="Custom attributes."
    )
    tags: list[str] | None = strawberry.field(
        default=None, description="Tags by key; a key that no tag has yet becomes one."
    )
    consents: list[ConsentInput] | None = strawberry.field(
        default=None, description="What they allowed or refused when they signed up."
    )

    def read(self) -> CustomerDraft:
        return CustomerDraft(
            name=self.name.read() if self.name else None,
            emails=tuple(self.emails or ()),
            phones=tuple(self.phones or ()),
            default_phone_region=self.default_phone_region,
            external_ids=tuple(each.read() for each in self.external_ids or ()),
            locale=self.locale,
            time_zone=self.time_zone,
            birthday=self.birthday.read() if self.birthday else None,
            addresses=tuple(each.read() for each in self.addresses or ()),
            attributes=tuple(each.read() for each in self.attributes or ()),
            tags=tuple(self.tags or ()),
            consents=tuple(each.read() for each in self.consents or ()),
        )


@strawberry.input(description="A change. What is left out stays, null clears, lists are patches.")
class CustomerUpdateInput:
    ref: CustomerRefInput = strawberry.field(description="Which customer.")
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version you read: a change since then is a VersionConflictError. Left "
        "out, the last writer of a field wins.",
    )
    name: strawberry.Maybe[PersonNameInput | None] = strawberry.field(
        description="The whole name; null clears it."
    )
    emails: ListPatch | None = strawberry.field(default=None, description="E-mail addresses.")
    phones: ListPatch | None = strawberry.field(default=None, description="Phone numbers.")
    default_phone_region: CountryCode | None = strawberry.field(
        default=None, description="The country that numbers without + are read in."
    )
    primary_email: str | None = strawberry.field(
        default=None, description="The address that shall come first."
    )
    primary_phone: str | None = strawberry.field(
        default=None, description="The number that shall come first."
    )
    add_external_ids: list[ExternalIdInput] | None = strawberry.field(
        default=None, description="Ids in other systems to add."
    )
    locale: strawberry.Maybe[LocaleTag | None] = strawberry.field(
        description="The language they read; null clears it."
    )
    time_zone: strawberry.Maybe[str | None] = strawberry.field(
        description="Their IANA time zone; null clears it."
    )
    birthday: strawberry.Maybe[BirthdayInput | None] = strawberry.field(
        description="Their birthday; null clears it."
    )
    put_addresses: list[AddressInput] | None = strawberry.field(
        default=None, description="Addresses to add, or with an id to replace."
    )
    remove_addresses: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of addresses to take out."
    )
    attributes: list[AttributeInput] | None = strawberry.field(
        default=None, description="Custom attributes to set; null clears one."
    )

    def read(self) -> CustomerPatch:
        emails, phones = self.emails or ListPatch(), self.phones or ListPatch()
        return CustomerPatch(
            name=_read(self.name),
            add_emails=tuple(emails.add or ()),
            remove_emails=tuple(emails.remove or ()),
            add_phones=tuple(phones.add or ()),
            remove_phones=tuple(phones.remove or ()),
            default_phone_region=self.default_phone_region,
            primary_email=self.primary_email,
            primary_phone=self.primary_phone,
            add_external_ids=tuple(each.read() for each in self.add_external_ids or ()),
            locale=_kept(self.locale),
            time_zone=_kept(self.time_zone),
            birthday=_read(self.birthday),
            put_addresses=tuple(each.read() for each in self.put_addresses or ()),
            remove_addresses=tuple(map(str, self.remove_addresses or ())),
            attributes=tuple(each.read() for each in self.attributes or ()),
        )


def _kept(value: Any) -> Any:
    return KEEP if value is None else value.value


def _read(value: Any) -> Any:
    given = _kept(value)
    return given if given is KEEP or given is None else given.read()
