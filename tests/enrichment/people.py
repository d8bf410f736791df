"""Customers for these tests; every contact is reserved for examples."""

from datetime import UTC, datetime, timedelta

from domain import ids
from domain.contact import email, phone
from domain.customer import Customer, EmailIdentity, PhoneIdentity
from domain.ids import CustomerId

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def person(number: int = 1, *, emails=(), phones=(), **fields) -> Customer:
    at = NOON + timedelta(minutes=number)
    milliseconds = int(at.timestamp() * 1000)
    value = ids.typed(ids.CUSTOMER, ids.uuid7(milliseconds=milliseconds, randomness=number))
    return Customer(
        CustomerId(value),
        1,
        at,
        at,
        emails=tuple(EmailIdentity(email(address)) for address in emails),
        phones=tuple(PhoneIdentity(phone(number, None)) for number in phones),
        **fields,
    )
