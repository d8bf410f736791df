"""What a caller may say about a customer, before it is checked."""

from dataclasses import dataclass, field

from consent.records import ConsentAct
from domain.customer import Birthday, ExternalId, PersonName
from domain.ids import CustomerId


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address to put: a new one, or the one with ``id`` replaced whole."""

    lines: tuple[str, ...]
    country: str
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    kind: str | None = None
    is_default: bool = False
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AttributeDraft:
    """A custom value as it came from JSON; None clears it."""

    key: str
    value: object


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer as a caller describes one. Contacts are as people write them.

    National phone numbers are read in ``default_phone_region``, else in the country of the first
    address; ``tags`` are tag keys.
    """

    name: PersonName | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    default_phone_region: str | None = None
    external_ids: tuple[ExternalId, ...] = ()
    locale: str | None = None
    time_zone: str | None = None
    birthday: Birthday | None = None
    addresses: tuple[AddressDraft, ...] = ()
    attributes: tuple[AttributeDraft, ...] = ()
    tags: tuple[str, ...] = ()
    consents: tuple[ConsentAct, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """Names one customer in exactly one way. ``phone`` must be international (E.164)."""

    id: CustomerId | None = None
    external_id: ExternalId | None = None
    email: str | None = None
    phone: str | None = None
