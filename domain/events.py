"""Facts: what happened, written to the outbox in the same transaction as the change itself."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from domain.actor import Actor
from domain.ids import CustomerId, FactId
from domain.personal import NotPersonal, Observed
from domain.work import Change


class Topic(StrEnum):
    """What a fact is about; the names partners will subscribe to."""

    CUSTOMER_CREATED = "CUSTOMER_CREATED"
    CUSTOMER_UPDATED = "CUSTOMER_UPDATED"
    TAGS_CHANGED = "TAGS_CHANGED"
    CONSENT_CHANGED = "CONSENT_CHANGED"
    LOYALTY_POINTS_CHANGED = "LOYALTY_POINTS_CHANGED"
    LOYALTY_TIER_CHANGED = "LOYALTY_TIER_CHANGED"
    ENRICHMENT_FINISHED = "ENRICHMENT_FINISHED"


@dataclass(frozen=True, slots=True)
class Fact(Change):
    """One thing that happened to one customer: ids and field names, never a personal value.

    ``version`` is the customer's version after the change, so that "what changed since version n"
    can be answered; None where the change does not touch the profile's version.
    """

    id: Annotated[FactId, NotPersonal]
    topic: Annotated[Topic, NotPersonal]
    customer_id: Annotated[CustomerId, Observed]
    at: Annotated[datetime, NotPersonal]
    by: Actor
    changed_fields: Annotated[tuple[str, ...], NotPersonal] = field(default=())
    version: Annotated[int | None, NotPersonal] = None


class Facts(Protocol):
    """What happened, in the order of each customer's versions."""

    async def changed_since(self, customer_id: CustomerId, version: int) -> tuple[str, ...]:
        """Names of the fields that writes after this version changed, each once."""
        ...
