"""How a customer becomes a document and back; names read as in the model."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar

from domain import sorting
from domain.actor import Actor, ActorKind
from domain.contact import Email, Phone
from domain.customer import (
    Address,
    Attribute,
    AttributeValue,
    Birthday,
    Customer,
    CustomerStatus,
    Deliverability,
    EmailIdentity,
    ExternalId,
    PersonName,
    PhoneIdentity,
    Tagging,
    external_key,
)
from domain.ids import CustomerId, TagId
from domain.text import folded, search_tokens

E = TypeVar("E", bound=Enum)
Document = dict[str, Any]
StoredValue = str | int | float | bool | list[str]


def members(kind: type[E]) -> Mapping[str, E]:
    """Its members by their values: the enum itself takes ten times as long to find one."""
    return {each.value: each for each in kind}


_ACTORS: Final = members(ActorKind)
_STATUSES: Final = members(CustomerStatus)
_DELIVERABILITIES: Final = members(Deliverability)


def actor_document(actor: Actor) -> Document:
    return {"kind": actor.kind.value, "id": actor.id, "label": actor.label}


def actor_of(document: Document) -> Actor:
    return Actor(_ACTORS[document["kind"]], document["id"], document["label"])


def profile_document(customer: Customer) -> Document:
    """Every field of the profile, and the derived ones that filters and orders read."""
    return {
        "version": customer.version,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "status": customer.status.value,
        "name": _present(
            given=customer.name.given, family=customer.name.family, middle=customer.name.middle
        ),
        "emails": [
            _present(
                address=e.email.address,
                norm=e.email.norm,
                verified_at=e.verified_at,
                deliverability=e.deliverability.value,
            )
            for e in customer.emails
        ],
        "phones": [
            _present(e164=p.phone.e164, region=p.phone.region, verified_at=p.verified_at)
            for p in customer.phones
        ],
        "external_ids": [
            {"source": x.source, "value": x.value, "key": external_key(x)}
            for x in customer.external_ids
        ],
        "locale": customer.locale,
        "time_zone": customer.time_zone,
        "birthday": _birthday_document(customer.birthday),
        "addresses": [_address_document(address) for address in customer.addresses],
        "attributes": [_attribute_document(a) for a in customer.attributes],
        "tags": [
            {
                "id": t.tag_id,
                "at": t.added_at,
                "by": actor_document(t.added_by),
                "until": t.expires_at,
            }
            for t in customer.tags
        ],
        **derived(customer),
    }


def derived(customer: Customer) -> Document:
    """What is stored only to be found by: never read back into the model."""
    return {
        "country": customer.country,
        "family": folded(customer.name.family or ""),
        "search": search_tokens(customer),
        "sort": {
            "created": sorting.instant_key(customer.created_at, customer.id),
            "updated": sorting.instant_key(customer.updated_at, customer.id),
            "name": sorting.name_key(customer.display_name, customer.id),
        },
    }


def customer_of(document: Document) -> Customer:
    name = document["name"]
    return Customer(
        id=CustomerId(document["_id"]),
        version=document["version"],
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        status=_STATUSES[document["status"]],
        name=PersonName(name.get("given"), name.get("family"), name.get("middle")),
        emails=tuple(_email_of(e) for e in document["emails"]),
        phones=tuple(
            PhoneIdentity(Phone(p["e164"], p.get("region")), p.get("verified_at"))
            for p in document["phones"]
        ),
        external_ids=tuple(ExternalId(x["source"], x["value"]) for x in document["external_ids"]),
        locale=document["locale"],
        time_zone=document["time_zone"],
        birthday=_birthday_of(document["birthday"]),
        addresses=tuple(_address_of(a) for a in document["addresses"]),
        attributes=tuple(_attribute_of(a) for a in document["attributes"]),
        tags=tuple(_tagging_of(t) for t in document["tags"]),
    )


def _present(**values: Any) -> Document:
    return {key: value for key, value in values.items() if value is not None}


def _attribute_document(attribute: Attribute) -> Document:
    unique = attribute.unique or None
    return _present(k=attribute.key, v=_listed(attribute.value), unique=unique)


def _attribute_of(document: Document) -> Attribute:
    return Attribute(document["k"], _tupled(document["v"]), document.get("unique", False))


def _listed(value: AttributeValue) -> StoredValue:
    return list(value) if isinstance(value, tuple) else value


def _tupled(value: StoredValue) -> AttributeValue:
    return tuple(value) if isinstance(value, list) else value


def _email_of(document: Document) -> EmailIdentity:
    return EmailIdentity(
        Email(document["address"], document["norm"]),
        document.get("verified_at"),
        _DELIVERABILITIES[document["deliverability"]],
    )


def _birthday_document(birthday: Birthday | None) -> Document | None:
    if birthday is None:
        return None
    day_of_year = birthday.month * 100 + birthday.day
    return {"day": day_of_year, "year": birthday.year}


def _birthday_of(document: Document | None) -> Birthday | None:
    if document is None:
        return None
    month, day = divmod(document["day"], 100)
    return Birthday(month, day, document["year"])


def _address_document(address: Address) -> Document:
    return _present(
        id=address.id,
        lines=list(address.lines),
        country=address.country,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        kind=address.kind,
        is_default=address.is_default,
    )


def _address_of(document: Document) -> Address:
    fields: Document = {**document, "lines": tuple(document["lines"])}
    return Address(**fields)


def _tagging_of(document: Document) -> Tagging:
    until: datetime | None = document["until"]
    return Tagging(TagId(document["id"]), document["at"], actor_of(document["by"]), until)
