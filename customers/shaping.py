"""Drafts become values: every field checked, every problem reported with the field's path."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from customers.drafts import AddressDraft
from domain import contact, places
from domain.customer import (
    Address,
    Birthday,
    EmailIdentity,
    ExternalId,
    PersonName,
    PhoneIdentity,
)
from domain.errors import invalid
from domain.issues import Issues

T = TypeVar("T")
S = TypeVar("S")

LONGEST_TEXT: Final = 200
MOST_CONTACTS: Final = 20
MOST_ADDRESSES: Final = 50
MOST_LINES: Final = 10
_OLDEST: Final = 1900
_BREAKS: Final = re.compile(r"[\t-\r\x85\u2028\u2029]+")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def text(value: str | None, *path: str, longest: int = LONGEST_TEXT) -> str | None:
    """One trimmed line; None where nothing is left. Raises Invalid where it is too long."""
    if not value:
        return None
    # what is printable holds neither breaks nor controls
    if value.isprintable() and len(value) <= longest:
        return value.strip() or None
    trimmed = _BREAKS.sub(" ", value).strip()
    if len(trimmed) > longest:
        raise invalid(path, "TOO_LONG", f"This is longer than {longest} characters: shorten it.")
    if _CONTROLS.search(trimmed):
        message = "This holds characters that are not text: remove them."
        raise invalid(path, "CHARACTER_INVALID", message)
    return trimmed or None


def person_name(name: PersonName, *path: str) -> PersonName:
    return PersonName(
        given=text(name.given, *path, "given"),
        family=text(name.family, *path, "family"),
        middle=text(name.middle, *path, "middle"),
    )


def birthday(value: Birthday, today: date, *path: str) -> Birthday:
    """A real day, not in the future; without a year 29 February is one."""
    if value.year is not None and not _OLDEST <= value.year <= today.year:
        message = f"The year must lie between {_OLDEST} and this year."
        raise invalid((*path, "year"), "BIRTHDAY_INVALID", message)
    try:
        day = date(value.year or 2000, value.month, value.day)
    except ValueError:
        message = "There is no such day: check month and day."
        raise invalid(path, "BIRTHDAY_INVALID", message) from None
    if value.year is not None and day > today:
        raise invalid(path, "BIRTHDAY_INVALID", "A birthday cannot lie in the future.")
    return value


def emails(texts: Sequence[str], issues: Issues, *path: str) -> tuple[EmailIdentity, ...]:
    """In the order given, the first spelling of each address kept."""
    found = _each(texts, issues, path, contact.email)
    first: dict[str, contact.Email] = {}
    for address in found:
        first.setdefault(address.norm, address)
    return tuple(EmailIdentity(address) for address in first.values())


def phones(
    texts: Sequence[str], region: str | None, issues: Issues, *path: str
) -> tuple[PhoneIdentity, ...]:
    """In the order given, each number once; national ones are read in ``region``."""

    def read(value: str, *at: str) -> contact.Phone:
        return contact.phone(value, region, *at)

    found = _each(texts, issues, path, read)
    return tuple(PhoneIdentity(number) for number in dict.fromkeys(found))


def external_ids(given: Sequence[ExternalId], issues: Issues, *path: str) -> tuple[ExternalId, ...]:
    return tuple(dict.fromkeys(_each(given, issues, path, _external_id)))


def addresses(
    drafts: Sequence[AddressDraft], new_id: Callable[[], str], issues: Issues, *path: str
) -> tuple[Address, ...]:
    def read(draft: AddressDraft, *at: str) -> Address:
        return _address(draft, new_id, *at)

    return tuple(_each(drafts, issues, path, read))


def new_addresses(
    drafts: Sequence[AddressDraft], new_id: Callable[[], str], issues: Issues, *path: str
) -> tuple[Address, ...]:
    """The same for a new customer, who has none to replace."""
    for position, draft in enumerate(drafts):
        if draft.id is not None:
            message = "A new customer has no address yet: leave the id out, one is made."
            issues.add((*path, str(position), "id"), "NOT_OF_CUSTOMER", message)
    return addresses(drafts, new_id, issues, *path)


def later_than(at: datetime | None, now: datetime, *path: str) -> datetime | None:
    """An end that lies ahead, or none."""
    if at is not None and at <= now:
        raise invalid(path, "IN_THE_PAST", "This must lie in the future.")
    return at


def _each(
    values: Sequence[S], issues: Issues, path: tuple[str, ...], read: Callable[..., T]
) -> list[T]:
    limit = MOST_ADDRESSES if path[-1] in {"addresses", "putAddresses"} else MOST_CONTACTS
    if len(values) > limit:
        issues.add(path, "TOO_MANY", f"A customer has at most {limit} of these.")
        return []
    found: list[T] = []
    for position, value in enumerate(values):
        with issues.collect():
            found.append(read(value, *path, str(position)))
    return found


def _external_id(external: ExternalId, *path: str) -> ExternalId:
    source, value = text(external.source, *path, "source"), text(external.value, *path, "value")
    if source is None or value is None:
        message = "An external id needs a source and a value."
        raise invalid(path, "EXTERNAL_ID_INVALID", message)
    if not source.isprintable():
        message = "A source is a plain name, like shopify."
        raise invalid((*path, "source"), "EXTERNAL_ID_INVALID", message)
    return ExternalId(source, value)


def _address(draft: AddressDraft, new_id: Callable[[], str], *path: str) -> Address:
    if len(draft.lines) > MOST_LINES:
        message = f"An address has at most {MOST_LINES} lines."
        raise invalid((*path, "lines"), "TOO_MANY", message)
    lines = [text(line, *path, "lines", str(n)) for n, line in enumerate(draft.lines)]
    return Address(
        id=draft.id or new_id(),
        lines=tuple(line for line in lines if line),
        country=places.country(draft.country, *path, "country"),
        city=text(draft.city, *path, "city"),
        region=text(draft.region, *path, "region"),
        postal_code=text(draft.postal_code, *path, "postalCode"),
        kind=text(draft.kind, *path, "kind"),
        is_default=draft.is_default,
    )
