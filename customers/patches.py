"""A change as a caller describes it: absent keeps, None clears, lists add and remove."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from customers.drafts import AddressDraft, AttributeDraft
from domain.customer import Birthday, ExternalId, PersonName


class _Kept(Enum):
    KEEP = "keep"


Keep = Literal[_Kept.KEEP]
KEEP: Final = _Kept.KEEP
"""Stands where the caller said nothing."""


@dataclass(frozen=True, slots=True)
class CustomerPatch:
    """What to change. ``name`` replaces the whole name; removing what is not there is fine."""

    name: PersonName | Keep | None = KEEP
    add_emails: tuple[str, ...] = ()
    remove_emails: tuple[str, ...] = ()
    add_phones: tuple[str, ...] = ()
    remove_phones: tuple[str, ...] = ()
    default_phone_region: str | None = None
    primary_email: str | None = None
    primary_phone: str | None = None
    add_external_ids: tuple[ExternalId, ...] = ()
    locale: str | Keep | None = KEEP
    time_zone: str | Keep | None = KEEP
    birthday: Birthday | Keep | None = KEEP
    put_addresses: tuple[AddressDraft, ...] = ()
    remove_addresses: tuple[str, ...] = ()
    attributes: tuple[AttributeDraft, ...] = ()
