"""The enriched values of one customer as they stand now, and which of them may be shown."""

from dataclasses import dataclass
from datetime import datetime

from consent import policy
from consent.purposes import PurposeTree
from consent.records import ConsentStanding
from domain.customer import CustomerStatus
from enrichment.records import EnrichedAttribute


@dataclass(frozen=True, slots=True)
class Held:
    """``values`` have the status of the moment ``at``, the better ones first."""

    values: tuple[EnrichedAttribute, ...]
    consent: ConsentStanding
    tree: PurposeTree
    status: CustomerStatus
    at: datetime

    def shows(self, value: EnrichedAttribute) -> bool:
        """Whether the purpose it was fetched for is allowed now; else nobody may see the value."""
        purpose = value.provenance.permission.purpose
        return policy.decide(
            self.consent, self.tree, purpose, None, self.at, status=self.status
        ).allowed
