"""A shop for tests: a clock that stands still until it is moved, and ids in a row."""

from datetime import UTC, datetime, timedelta
from itertools import count

from domain import ids
from domain.actor import Actor, ActorKind
from domain.customer import Customer, Tagging
from domain.ids import CustomerId, TagId
from domain.secret import Secret

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLERK = Actor(ActorKind.API_KEY, "key_00000000000000000000000000", "till")
SECRET = Secret(b"a secret for tests, of 32 bytes!!")
_numbers = count(1)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def new_id(prefix: str) -> str:
    """The next id of this run, later than all before."""
    return ids.typed(prefix, ids.uuid7(milliseconds=next(_numbers), randomness=0))


def tag_id() -> TagId:
    return TagId(new_id(ids.TAG))


def customer_id() -> CustomerId:
    return CustomerId(new_id(ids.CUSTOMER))


def customer(*tags: Tagging) -> Customer:
    return Customer(customer_id(), 1, NOON, NOON, tags=tags)


def tagging(on: TagId, *, added: float = 0, days: float | None = None) -> Tagging:
    """Put on ``added`` days after noon, for so many days from noon on."""
    end = None if days is None else NOON + timedelta(days=days)
    return Tagging(on, NOON + timedelta(days=added), CLERK, end)
