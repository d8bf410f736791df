"""Everything the API calls, composed once per process and handed to every request."""

from dataclasses import dataclass

from domain.customer import Customers
from domain.events import Facts
from domain.idempotency import Once
from domain.ports import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """One controller's services over one database."""

    clock: Clock
    once: Once
    facts: Facts
    customers: Customers
