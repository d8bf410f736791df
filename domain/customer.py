"""The customer: one person as the shop knows them, and the collection they live in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Protocol

from domain.actor import Actor
from domain.contact import Email, Phone
from domain.errors import IdentityKind
from domain.ids import CustomerId, TagId
from domain.personal import Contact, Demographic, Identity, Location, NotPersonal, Observed
from domain.query import CustomerQuery, Facet, FacetField, Page, Where
from domain.work import Change

AttributeValue = str | int | float | bool | tuple[str, ...]
"""A typed custom value; dates and instants are ISO 8601 strings, JSON is canonical text."""
Claim = tuple[str, str]
"""A kind and a normal form that belong to one customer at a time; see domain/claims.py."""


class CustomerStatus(StrEnum):
    """Where the customer stands; RESTRICTED is GDPR Art. 18: stored, not used."""

    ACTIVE = "ACTIVE"
    RESTRICTED = "RESTRICTED"
    ARCHIVED = "ARCHIVED"
    MERGED = "MERGED"
    ERASED = "ERASED"


class Deliverability(StrEnum):
    UNKNOWN = "UNKNOWN"
    OK = "OK"
    BOUNCED = "BOUNCED"
    COMPLAINED = "COMPLAINED"


@dataclass(frozen=True, slots=True)
class PersonName:
    given: Annotated[str | None, Identity] = None
    family: Annotated[str | None, Identity] = None
    middle: Annotated[str | None, Identity] = None

    @property
    def formatted(self) -> str:
        """Given, middle, family, as far as they are known; empty where none is."""
        return " ".join(part for part in (self.given, self.middle, self.family) if part)


@dataclass(frozen=True, slots=True)
class EmailIdentity:
    email: Email
    verified_at: Annotated[datetime | None, NotPersonal] = None
    deliverability: Annotated[Deliverability, NotPersonal] = Deliverability.UNKNOWN


@dataclass(frozen=True, slots=True)
class PhoneIdentity:
    phone: Phone
    verified_at: Annotated[datetime | None, NotPersonal] = None


@dataclass(frozen=True, slots=True)
class ExternalId:
    """The id of this person in another system; ``source`` names the system."""

    source: Annotated[str, NotPersonal]
    value: Annotated[str, Contact]


@dataclass(frozen=True, slots=True)
class Birthday:
    """A day of the year, with the year only where the person told it."""

    month: Annotated[int, Demographic]
    day: Annotated[int, Demographic]
    year: Annotated[int | None, Demographic] = None


@dataclass(frozen=True, slots=True)
class Address:
    id: Annotated[str, NotPersonal]
    lines: Annotated[tuple[str, ...], Location]
    country: Annotated[str, Location]
    city: Annotated[str | None, Location] = None
    region: Annotated[str | None, Location] = None
    postal_code: Annotated[str | None, Location] = None
    kind: Annotated[str | None, NotPersonal] = None
    is_default: Annotated[bool, NotPersonal] = False


@dataclass(frozen=True, slots=True)
class Tagging:
    """A tag on a customer: since when, by whom, until when."""

    tag_id: Annotated[TagId, Observed]
    added_at: Annotated[datetime, NotPersonal]
    added_by: Actor
    expires_at: Annotated[datetime | None, NotPersonal] = None

    def active(self, now: datetime) -> bool:
        """Whether the tag still counts; an expired one does not, even before it is cleaned up."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Attribute:
    """A custom value; its definition says its type and whether it is personal and ``unique``."""

    key: Annotated[str, NotPersonal]
    value: Annotated[AttributeValue, Demographic]
    unique: Annotated[bool, NotPersonal] = False


@dataclass(frozen=True, slots=True)
class Customer:
    """The profile. Primary e-mail and phone are the first of their list.

    Consent states and the loyalty balance live beside it, with guards of their own, so that a
    booking of points never conflicts with somebody editing the name.
    """

    id: Annotated[CustomerId, NotPersonal]
    version: Annotated[int, NotPersonal]
    created_at: Annotated[datetime, NotPersonal]
    updated_at: Annotated[datetime, NotPersonal]
    status: Annotated[CustomerStatus, NotPersonal] = CustomerStatus.ACTIVE
    name: PersonName = field(default=PersonName())
    emails: tuple[EmailIdentity, ...] = ()
    phones: tuple[PhoneIdentity, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    locale: Annotated[str | None, Demographic] = None
    time_zone: Annotated[str | None, Location] = None
    birthday: Birthday | None = None
    addresses: tuple[Address, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    tags: tuple[Tagging, ...] = ()

    @property
    def country(self) -> str | None:
        """Of the default address, else of the first one, else of the primary phone."""
        chosen = next((a for a in self.addresses if a.is_default), None)
        if chosen or self.addresses:
            return (chosen or self.addresses[0]).country
        return self.phones[0].phone.region if self.phones else None

    @property
    def display_name(self) -> str:
        """What to call them on a screen that may show personal data; else see ``masked_name``."""
        return self.name.formatted or self.masked_name

    @property
    def masked_name(self) -> str:
        """Always safe to show: initials, else a masked contact, else the id's tail."""
        initials = " ".join(f"{p[0]}." for p in (self.name.given, self.name.family) if p)
        if initials:
            return initials
        if self.emails:
            return self.emails[0].email.masked
        return self.phones[0].phone.masked if self.phones else f"Customer {self.id[-6:]}"

    def identities(self) -> frozenset[tuple[IdentityKind, str]]:
        """Every value this person can be recognised by, in its normal form."""
        return frozenset(
            [(IdentityKind.EMAIL, e.email.norm) for e in self.emails]
            + [(IdentityKind.PHONE, p.phone.norm) for p in self.phones]
            + [(IdentityKind.EXTERNAL_ID, external_key(x)) for x in self.external_ids]
        )

    def saved(self, *, at: datetime) -> "Customer":
        """The same customer, one version on."""
        return replace(self, version=self.version + 1, updated_at=at)


def external_key(external: ExternalId) -> str:
    """The normal form of an external id; the separator cannot occur in a source's name."""
    return f"{external.source}\x1f{external.value}"


def next_occurrence(birthday: Birthday, today: date) -> date:
    """The next day it is celebrated, today included; 29 February moves to 28 in common years."""
    for year in (today.year, today.year + 1):
        day = 28 if (birthday.month, birthday.day) == (2, 29) and not _leap(year) else birthday.day
        candidate = date(year, birthday.month, day)
        if candidate >= today:
            return candidate
    raise AssertionError  # pragma: no cover - one of two consecutive years always fits


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@dataclass(frozen=True, slots=True)
class CreateCustomer(Change):
    """Inserts the customer with all they claim. Taken where a claim has another owner."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class SaveCustomer(Change):
    """Replaces ``before`` by ``after``, and frees and claims what differs.

    Stale where the stored version is not ``before``'s, Taken where a claim has another owner.
    """

    before: Customer
    after: Customer


class Customers(Protocol):
    """Every customer. Reads see what the last commit made durable."""

    async def get_many(self, ids: Sequence[CustomerId]) -> dict[CustomerId, Customer]:
        """Those that exist, by id; one query."""
        ...

    async def find(self, kind: IdentityKind, norm: str) -> Customer | None:
        """The customer who holds this identity, given in its normal form."""
        ...

    async def holder(self, kind: str, norm: str) -> CustomerId | None:
        """Whose claim this is, as the uniqueness guard knows it."""
        ...

    async def page(self, query: CustomerQuery) -> Page[Customer]:
        """One page; see CustomerQuery for order and limits."""
        ...

    async def ids(self, where: Where, limit: int) -> Sequence[CustomerId]:
        """Up to ``limit`` who match, in no order; one query that reads nothing else of them."""
        ...

    async def facets(
        self, where: Where, fields: Sequence[FacetField], limit: int, at: datetime
    ) -> list[Facet]:
        """Counts of each field's values over at most ``limit`` matching customers.

        What has ended by ``at`` counts as ended. One command for each field, and one more.
        """
        ...

    async def count(self, query: CustomerQuery, limit: int) -> int:
        """How many match, counted up to ``limit + 1``."""
        ...
