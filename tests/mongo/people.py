"""Random customers with everything a filter looks at, and what each filter means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

from consent import policy
from consent.records import Channel, ConsentStanding, ConsentState, ConsentStatus, LawfulBasis
from domain import query, sorting
from domain.contact import email, phone
from domain.customer import (
    Address,
    Attribute,
    Birthday,
    Customer,
    CustomerStatus,
    EmailIdentity,
    ExternalId,
    PersonName,
    PhoneIdentity,
    Tagging,
    external_key,
)
from domain.ids import ConsentRecordId, TagId
from domain.query import Field, Where
from domain.text import folded, search_tokens
from mongo.consent import standing_document
from mongo.customers import new_document
from mongo.database import Database
from mongo.driver import Document
from mongo.filters import query_of
from tests.shop import CLERK, NOON, customer_id

NAMES = ["Ada", "Bo", "Anne-Marie", "Олена", "ada b"]
ADDRESSES = ["ada@example.com", "adam@example.net", "bo@example.org"]
NUMBERS = ["+12025550101", "+4930231250" + "01"]
TAGS = [TagId("tag_a"), TagId("tag_b")]
VALUES = [1, 2, 2.5, True, False, "a", "ab", ("a", "b"), ("b",)]
PURPOSES = ["marketing", "marketing.newsletter"]
CHANNELS = [None, Channel.EMAIL, Channel.SMS]
RECORDED = [s for s in ConsentStatus if s not in {ConsentStatus.NEVER_ASKED, ConsentStatus.EXPIRED}]


@dataclass(frozen=True, slots=True)
class Person:
    """A customer and what other subjects keep in their document."""

    customer: Customer
    states: tuple[ConsentState, ...]
    points: int
    tier: str
    enriched: tuple[Attribute, ...]

    @property
    def document(self) -> Document:
        standing = standing_document(ConsentStanding(self.customer.id, 0, self.states))
        loyalty = {"seq": 0, "points": self.points, "earned": 0, "tier": self.tier}
        sort = sorting.points_key(self.points, self.customer.id)
        return {
            **new_document(self.customer),
            "consent": standing,
            "loyalty": {**loyalty, "sort": sort},
            "enriched": [{"k": a.key, "v": listed(a.value)} for a in self.enriched],
        }


def listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def anybody(random: Random, number: int) -> Person:
    """Some of everything, none of anything now and then; ``number`` keeps contacts apart."""

    def some(of: list[Any], most: int = 2) -> list[Any]:
        return random.sample(of, random.randint(0, min(most, len(of))))

    at = NOON + timedelta(seconds=random.randint(0, 5))
    one = Customer(
        customer_id(),
        1,
        at,
        at + timedelta(seconds=random.randint(0, 5)),
        status=random.choice([CustomerStatus.ACTIVE, CustomerStatus.RESTRICTED]),
        name=PersonName(random.choice([*NAMES, None]), random.choice([*NAMES, None])),
        emails=tuple(EmailIdentity(email(f"{number}{each}")) for each in some(ADDRESSES, 3)),
        phones=tuple(PhoneIdentity(phone(each, None)) for each in some(NUMBERS)),
        external_ids=tuple(ExternalId("shop", each) for each in some(["1", "2", "12"])),
        birthday=random.choice([None, Birthday(2, 29), Birthday(1, 1), Birthday(12, 31, 1990)]),
        addresses=tuple(Address(f"adr_{n}", ("1",), c) for n, c in enumerate(some(["DE", "GB"]))),
        attributes=tuple(Attribute(each, random.choice(VALUES)) for each in some(["x", "y"])),
        tags=tuple(
            Tagging(each, NOON, CLERK, random.choice([None, NOON, NOON + timedelta(days=1)]))
            for each in some(TAGS)
        ),
    )
    states = tuple(
        ConsentState(
            purpose=purpose,
            channel=channel,
            status=random.choice(RECORDED),
            basis=random.choice([LawfulBasis.CONSENT, LawfulBasis.EXPLICIT_CONSENT]),
            since=NOON + timedelta(seconds=random.randint(0, 5)),
            record_id=ConsentRecordId("con"),
            recorded_at=NOON,
            expires_at=random.choice([None, NOON, NOON + timedelta(days=1)]),
            double_opt_in_at=random.choice([None, NOON]),
        )
        for purpose, channel in some(list(product(PURPOSES, CHANNELS)), 3)
    )
    enriched = tuple(Attribute(each, random.choice(VALUES)) for each in some(["x", "y"]))
    return Person(one, states, random.randint(-2, 2), random.choice(["bronze", "gold"]), enriched)


async def found(database: Database, where: Where) -> set[str]:
    """The ids of those whom the database finds."""
    rows = await database["customers"].find(query_of(where), {"_id": 1}).to_list(None)
    return {row["_id"] for row in rows}


def fits(person: Person, where: Where) -> bool:
    """Whether the filter describes the person."""
    return _MEANING[type(where)](person, where)


def values_of(person: Person, field: Field) -> list[Any]:
    """All values a leaf over this field looks at."""
    one = person.customer
    found: Mapping[Field, list[Any]] = {
        Field.ID: [one.id],
        Field.STATUS: [one.status.value],
        Field.EMAIL: [e.email.norm for e in one.emails],
        Field.PHONE: [p.phone.e164 for p in one.phones],
        Field.EXTERNAL_ID: [external_key(x) for x in one.external_ids],
        Field.FAMILY_NAME: [folded(one.name.family or "")],
        Field.COUNTRY: [one.country] if one.country else [],
        Field.TIER: [person.tier],
        Field.POINTS: [person.points],
        Field.BIRTHDAY: [one.birthday.month * 100 + one.birthday.day] if one.birthday else [],
        Field.CREATED_AT: [one.created_at],
        Field.UPDATED_AT: [one.updated_at],
        Field.SEARCH: search_tokens(one),
    }
    return found[field]


def _between(person: Person, where: query.Between) -> bool:
    if where.low is None and where.high is None:
        return True
    return any(
        (where.low is None or where.low <= value) and (where.high is None or value < where.high)
        for value in values_of(person, where.field)
    )


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else "text"


def _attribute(person: Person, where: query.HasAttribute) -> bool:
    held = person.enriched if where.enriched else person.customer.attributes
    return any(a.key == where.key and _valued(a.value, where) for a in held)


def _valued(stored: Any, where: query.HasAttribute) -> bool:
    values = stored if isinstance(stored, tuple) else (stored,)
    if where.values is not None:
        return any(
            _kind(value) == _kind(wanted) and value == wanted
            for value, wanted in product(values, where.values)
        )
    bounds = [(where.low, True), (where.high, False)]
    wanted = [(bound, low) for bound, low in bounds if bound is not None]
    return all(
        any(
            _kind(value) == _kind(bound) and (bound <= value if low else value <= bound)
            for value in values
        )
        for bound, low in wanted
    )


def _tagged(person: Person, where: query.HasTag) -> bool:
    return any(t.tag_id in where.tag_ids and t.active(where.at) for t in person.customer.tags)


def _consented(person: Person, where: query.HasConsent) -> bool:
    own = {(s.purpose, s.channel and s.channel.value): s for s in person.states}
    state = own.get((where.purpose, where.channel)) or own.get((where.purpose, None))
    status = policy.status_at(state, where.at) if state else ConsentStatus.NEVER_ASKED
    return status.value in where.statuses


def _granted(person: Person, where: query.HasGrant) -> bool:
    own = {(s.purpose, s.channel and s.channel.value): s for s in person.states}
    state = own.get((where.purpose, where.channel)) or own.get((where.purpose, None))
    return (
        state is not None
        and policy.status_at(state, where.at) is ConsentStatus.GRANTED
        and state.basis in where.bases
        and state.since <= where.begun
        and (state.double_opt_in_at is not None or not where.confirmed)
    )


def _exists(person: Person, where: query.Exists) -> bool:
    return any(value != "" for value in values_of(person, where.field))


_MEANING: Mapping[type, Callable[[Person, Any], bool]] = {
    query.All: lambda person, where: all(fits(person, part) for part in where.of),
    query.AnyOf: lambda person, where: any(fits(person, part) for part in where.of),
    query.Not: lambda person, where: not fits(person, where.of),
    query.In: lambda person, where: any(v in where.values for v in values_of(person, where.field)),
    query.StartsWith: lambda person, where: any(
        value.startswith(where.prefix) for value in values_of(person, where.field)
    ),
    query.Exists: _exists,
    query.Between: _between,
    query.HasAttribute: _attribute,
    query.HasTag: _tagged,
    query.HasConsent: _consented,
    query.HasGrant: _granted,
}
