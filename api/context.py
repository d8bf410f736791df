"""What a resolver reaches: the services, the caller, and the list of what was disclosed to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry

from api.refusals import forbidden
from api.services import Services
from domain.access import Caller
from domain.customer import Customer
from domain.ids import CustomerId
from domain.personal import PiiClass


@dataclass
class Context:
    """One request's own; nothing in it outlives the answer, but for what ``memory`` says."""

    services: Services
    caller: Caller
    request_id: str
    operation: str | None = None
    disclosures: dict[PiiClass, set[CustomerId]] = field(
        default_factory=lambda: defaultdict[PiiClass, set[CustomerId]](set)
    )

    records: dict[CustomerId, Customer] = field(default_factory=dict[CustomerId, Customer])
    """Customers being shown, put here by the list that shows them, for what is nested below."""

    memory: dict[object, Any] = field(default_factory=dict[object, Any])
    """What was worked out of the operation alone: all requests that ask the same share it."""

    def require(self, *scopes: str) -> None:
        """Raises a Refusal with the code FORBIDDEN unless the caller holds all of them."""
        missing = [scope for scope in scopes if not self.caller.may(scope)]
        if missing:
            raise forbidden(missing)

    def disclose(self, customer_id: CustomerId, category: PiiClass) -> bool:
        """Whether the caller may see this; a yes is written to the access log with the answer."""
        if not self.caller.may("pii:read"):
            return False
        self.show(customer_id, category)
        return True

    def show(self, customer_id: CustomerId, category: PiiClass) -> None:
        """Writes to the access log with the answer that this was shown, whatever allowed it."""
        self.disclosures[category].add(customer_id)

    def show_many(self, customer_ids: Iterable[CustomerId], categories: Iterable[PiiClass]) -> None:
        """The same for all of these."""
        whom = frozenset(customer_ids)
        for category in categories:
            self.disclosures[category] |= whom

    async def customers(self, ids: Sequence[CustomerId]) -> dict[CustomerId, Customer]:
        """Those who exist, by id; no query for customers who are being shown already."""
        missing = [each for each in ids if each not in self.records]
        found = await self.services.customers.get_many(missing) if missing else {}
        return found | {each: self.records[each] for each in ids if each in self.records}


Info = strawberry.Info[Context, None]
