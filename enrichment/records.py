"""Enrichment as it is kept: values with where they came from, runs, and the outcome of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from consent.records import LawfulBasis
from domain.actor import Actor
from domain.customer import AttributeValue
from domain.ids import ConsentRecordId, CustomerId, EnrichedId, RunId
from domain.personal import Behaviour, Contact, Demographic, NotPersonal, Observed, PiiClass
from domain.query import Where
from enrichment.sources import MatchedOn, Trust


class EnrichmentMode(StrEnum):
    """PLAN sends nothing; PROPOSE asks and writes nothing on the profile; EXECUTE writes."""

    PLAN = "PLAN"
    PROPOSE = "PROPOSE"
    EXECUTE = "EXECUTE"


class JobStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    BLOCKED_NO_CONSENT = "BLOCKED_NO_CONSENT"


class AttributeStatus(StrEnum):
    """ACCEPTED is the value in use; SUPERSEDED ones are kept as candidates behind it."""

    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"
    EXPIRED = "EXPIRED"
    ERASED = "ERASED"


class Verdict(StrEnum):
    """How a run ended for one customer; exactly one of the four, so that counts add up."""

    MATCHED = "MATCHED"
    MISSED = "MISSED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Permission:
    """The consent decision a source was asked under, with the record that decided it."""

    allowed: Annotated[bool, Observed]
    purpose: Annotated[str, NotPersonal]
    reason: Annotated[str, Behaviour]
    basis: Annotated[LawfulBasis | None, NotPersonal] = None
    record_id: Annotated[ConsentRecordId | None, NotPersonal] = None
    valid_until: Annotated[datetime | None, NotPersonal] = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from and by what right: enough to explain it and to take it back."""

    source: Annotated[str, NotPersonal]
    licence: Annotated[str, NotPersonal]
    trust: Annotated[Trust, NotPersonal]
    record: Annotated[str, Contact]
    matched_on: tuple[MatchedOn, ...]
    confidence: Annotated[float, NotPersonal]
    fetched_at: Annotated[datetime, NotPersonal]
    observed_at: Annotated[datetime | None, NotPersonal]
    expires_at: Annotated[datetime | None, NotPersonal]
    permission: Permission
    run_id: Annotated[RunId, NotPersonal]

    @property
    def known_since(self) -> datetime:
        """When the source learned it, as far as it says; else when we did."""
        return self.observed_at or self.fetched_at


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on one value of one source; it outlives the value and its return."""

    value: Annotated[AttributeValue, Demographic]
    status: Annotated[AttributeStatus, NotPersonal]
    by: Actor
    at: Annotated[datetime, NotPersonal]


@dataclass(frozen=True, slots=True)
class EnrichedAttribute:
    """What one source says about one attribute of one customer, the latest it said."""

    id: Annotated[EnrichedId, NotPersonal]
    customer_id: Annotated[CustomerId, Observed]
    key: Annotated[str, Observed]
    value: Annotated[AttributeValue, Demographic] = field(repr=False)
    pii: Annotated[PiiClass, NotPersonal]
    status: Annotated[AttributeStatus, Observed]
    provenance: Provenance
    judgements: tuple[Judgement, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrichedStanding:
    """Every enriched value of one customer; ``seq`` counts the writes of them from 0."""

    customer_id: Annotated[CustomerId, Observed]
    seq: Annotated[int, NotPersonal] = 0
    values: tuple[EnrichedAttribute, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What came of one source for one customer.

    ``outcome`` is the source's own, or WOULD_ASK (mode PLAN), REFUSED (consent) or NO_KEY.
    """

    source: Annotated[str, Observed]
    permission: Permission
    outcome: Annotated[str, Observed]
    matched_on: tuple[MatchedOn, ...] = ()
    confidence: Annotated[float, NotPersonal] = 0.0
    explanation: Annotated[tuple[str, ...], NotPersonal] = ()


@dataclass(frozen=True, slots=True)
class CustomerOutcome:
    """What a run did for one customer. ``proposed`` holds values that were not written.

    ``position`` orders the outcomes of a run: they come in the order of their customers.
    """

    run_id: Annotated[RunId, NotPersonal]
    customer_id: Annotated[CustomerId, Observed]
    position: Annotated[str, NotPersonal]
    verdict: Annotated[Verdict, Observed]
    at: Annotated[datetime, NotPersonal]
    answers: tuple[SourceAnswer, ...] = ()
    proposed: tuple[EnrichedAttribute, ...] = ()
    written: Annotated[tuple[EnrichedId, ...], NotPersonal] = ()

    @property
    def asked(self) -> bool:
        """Whether a key went to a source, or in a plan would."""
        return any(answer.outcome not in {"REFUSED", "NO_KEY"} for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Counts:
    """Customers decided so far: ``total`` is always the sum of the four verdicts."""

    matched: Annotated[int, NotPersonal] = 0
    missed: Annotated[int, NotPersonal] = 0
    refused: Annotated[int, NotPersonal] = 0
    failed: Annotated[int, NotPersonal] = 0
    asked: Annotated[int, NotPersonal] = 0

    @property
    def total(self) -> int:
        return self.matched + self.missed + self.refused + self.failed

    def plus(self, outcomes: Sequence[CustomerOutcome]) -> "Counts":
        def of(verdict: Verdict) -> int:
            return sum(outcome.verdict is verdict for outcome in outcomes)

        return Counts(
            matched=self.matched + of(Verdict.MATCHED),
            missed=self.missed + of(Verdict.MISSED),
            refused=self.refused + of(Verdict.REFUSED),
            failed=self.failed + of(Verdict.FAILED),
            asked=self.asked + sum(outcome.asked for outcome in outcomes),
        )

    def status(self) -> JobStatus:
        """How a run with these counts ended."""
        if self.failed:
            return JobStatus.FAILED if self.failed == self.total else JobStatus.PARTIAL
        blocked = self.refused and self.refused == self.total
        return JobStatus.BLOCKED_NO_CONSENT if blocked else JobStatus.SUCCEEDED


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for: of which sources (None: all), which attributes (None: all they offer)."""

    mode: Annotated[EnrichmentMode, NotPersonal] = EnrichmentMode.PLAN
    attributes: Annotated[tuple[str, ...] | None, NotPersonal] = None
    sources: Annotated[tuple[str, ...] | None, NotPersonal] = None
    min_confidence: Annotated[float, NotPersonal] = 0.0


@dataclass(frozen=True, slots=True)
class EnrichmentRun:
    """One question to sources about one customer, or about all that ``where`` describes.

    ``tells`` is what it tells of a customer to be one of them. ``expected`` is how many customers a
    run over many set out for. ``revision`` counts its
    checkpoints, ``cursor`` is where the last one stands; whoever holds the lease continues there.
    """

    id: Annotated[RunId, NotPersonal]
    terms: Terms
    status: Annotated[JobStatus, NotPersonal]
    requested_by: Actor
    created_at: Annotated[datetime, NotPersonal]
    counts: Counts = field(default=Counts())
    customer_id: Annotated[CustomerId | None, Observed] = None
    where: Annotated[Where | None, Contact] = field(default=None, repr=False)
    tells: Annotated[tuple[PiiClass, ...], NotPersonal] = ()
    expected: Annotated[int | None, NotPersonal] = None
    started_at: Annotated[datetime | None, NotPersonal] = None
    finished_at: Annotated[datetime | None, NotPersonal] = None
    revision: Annotated[int, NotPersonal] = 0
    cursor: Annotated[str | None, NotPersonal] = None
    lease_by: Annotated[str | None, NotPersonal] = None
    lease_until: Annotated[datetime | None, NotPersonal] = None
