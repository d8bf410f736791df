"""What enrichment reads and writes, as the storage promises it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from consent.purposes import PurposeTree
from consent.records import ConsentStanding
from domain.customer import AttributeValue
from domain.ids import CustomerId, EnrichedId, RunId
from domain.work import Change
from enrichment.records import (
    AttributeStatus,
    CustomerOutcome,
    EnrichedAttribute,
    EnrichedStanding,
    EnrichmentRun,
)


@dataclass(frozen=True, slots=True)
class HoldConsent(Change):
    """Writes nothing; Stale where consent or profile are no longer what was decided on."""

    customer_id: CustomerId
    consent_seq: int
    version: int


@dataclass(frozen=True, slots=True)
class WriteEnrichment(Change):
    """Puts values and the winners among them on the profile.

    Stale where consent, profile or enriched values changed since they were read: a withdrawal
    between the question and this write makes the write fail, and nothing of it lands.
    """

    before: EnrichedStanding
    consent_seq: int
    version: int
    values: tuple[EnrichedAttribute, ...]
    winners: tuple[tuple[str, AttributeValue], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddRun(Change):
    run: EnrichmentRun


@dataclass(frozen=True, slots=True)
class AdvanceRun(Change):
    """A checkpoint; Stale where somebody else took the run over."""

    before: EnrichmentRun
    after: EnrichmentRun


@dataclass(frozen=True, slots=True)
class AddOutcome(Change):
    """Taken where the run has decided about this customer before."""

    outcome: CustomerOutcome


@dataclass(frozen=True, slots=True)
class SettleProposal(Change):
    """A proposed value was accepted or rejected; Stale where somebody else did so first."""

    outcome: CustomerOutcome
    enriched_id: EnrichedId
    status: AttributeStatus


class Permissions(Protocol):
    """What customers allowed; ``consent.service.Consents`` is one."""

    async def standings(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, ConsentStanding]:
        """Every standing asked for."""
        ...

    async def tree(self) -> PurposeTree: ...


class EnrichedValues(Protocol):
    """Every enriched value."""

    async def of(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, EnrichedStanding]:
        """The standing of each, an empty one where nothing was written yet.

        ``seq`` is never newer than the values: a write in between makes the guard fail.
        """
        ...

    async def get_many(
        self, ids: Sequence[EnrichedId]
    ) -> Mapping[EnrichedId, EnrichedAttribute]: ...


class Runs(Protocol):
    """Every run and what it did for each customer."""

    async def get_many(self, ids: Sequence[RunId]) -> Mapping[RunId, EnrichmentRun]: ...

    async def claim(
        self, worker: str, now: datetime, until: datetime, run_id: RunId | None = None
    ) -> EnrichmentRun | None:
        """Takes an unfinished run nobody works on (that one, if named); one revision on."""
        ...

    async def release(self, run_id: RunId, worker: str) -> None:
        """Lets another worker continue at once."""
        ...

    async def outcomes(
        self, run_id: RunId, first: int, after: str | None = None
    ) -> Sequence[CustomerOutcome]:
        """Up to ``first`` outcomes of the run behind that position, in order."""
        ...

    async def outcomes_of(
        self, run_id: RunId, customers: Sequence[CustomerId]
    ) -> Mapping[CustomerId, CustomerOutcome]:
        """What the run did for these customers, where it came to them."""
        ...

    async def outcomes_at(
        self, runs: Sequence[RunId], customers: Sequence[CustomerId]
    ) -> Mapping[tuple[RunId, CustomerId], CustomerOutcome]:
        """What each of the runs did for each of the customers, where it came to them."""
        ...

    async def members(self, runs: Sequence[RunId]) -> Mapping[RunId, Sequence[CustomerId]]:
        """Everybody whom each of the runs came to, of runs over few; one query."""
        ...

    async def of_customers(
        self, ids: Sequence[CustomerId], first: int, after: RunId | None = None
    ) -> Mapping[CustomerId, Sequence[RunId]]:
        """Up to ``first`` runs that came to each customer, newest first, older than ``after``."""
        ...

    async def proposal(self, enriched_id: EnrichedId) -> CustomerOutcome | None:
        """The outcome that holds this proposed value."""
        ...
