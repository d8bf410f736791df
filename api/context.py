"""What a resolver reaches: the services, the caller, and the list of what was disclosed to them."""

from collections import defaultdict
from dataclasses import dataclass, field

import strawberry

from api.services import Services
from domain.access import Caller
from domain.ids import CustomerId
from domain.personal import PiiClass


@dataclass
class Context:
    """One request's own; nothing in it outlives the answer."""

    services: Services
    caller: Caller
    request_id: str
    operation: str | None = None
    disclosures: dict[PiiClass, set[CustomerId]] = field(
        default_factory=lambda: defaultdict[PiiClass, set[CustomerId]](set)
    )

    def disclose(self, customer_id: CustomerId, category: PiiClass) -> bool:
        """Whether the caller may see this; a yes is written to the access log with the answer."""
        if not self.caller.may("pii:read"):
            return False
        self.disclosures[category].add(customer_id)
        return True


Info = strawberry.Info[Context, None]
