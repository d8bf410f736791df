"""What the answers about one customer amount to: an outcome, and the changes that record it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from consent.records import ConsentStanding
from domain import sorting
from domain.customer import Customer
from domain.events import Fact, Topic
from domain.ids import ENRICHED, FACT, EnrichedId, FactId
from domain.ports import Ids
from domain.work import Change
from enrichment.planning import Step
from enrichment.records import (
    AttributeStatus,
    CustomerOutcome,
    EnrichedAttribute,
    EnrichedStanding,
    EnrichmentMode,
    EnrichmentRun,
    Provenance,
    SourceAnswer,
    Verdict,
)
from enrichment.resolving import merged, resolved, winners
from enrichment.sources import MatchResult, Outcome
from enrichment.stores import AddOutcome, HoldConsent, WriteEnrichment


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything read about a customer in one decision, and the answers to each step.

    ``gone`` is said of sources that the run names and that cannot be asked here.
    """

    customer: Customer
    consent: ConsentStanding
    enriched: EnrichedStanding
    steps: tuple[Step, ...] = ()
    results: Mapping[str, MatchResult] = field(default_factory=dict[str, MatchResult])
    gone: tuple[SourceAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclusion:
    outcome: CustomerOutcome
    changes: tuple[Change, ...]


def conclude(evidence: Evidence, run: EnrichmentRun, at: datetime, ids: Ids) -> Conclusion:
    """Decides for one customer: nothing is written unless a source matched and consent stands."""
    found = tuple(
        value for step in evidence.steps for value in _values(evidence, step, run, at, ids)
    )
    asked = [_answer(step, evidence.results, run) for step in evidence.steps]
    answers = (*asked, *evidence.gone)
    outcome = CustomerOutcome(
        run_id=run.id,
        customer_id=evidence.customer.id,
        position=position(evidence.customer),
        verdict=_verdict(answers, found=bool(found)),
        at=at,
        answers=answers,
    )
    if run.terms.mode is EnrichmentMode.EXECUTE and found:
        return _written(evidence, outcome, found, run, ids)
    if found:
        outcome = replace(outcome, proposed=found)
    hold = HoldConsent(evidence.customer.id, evidence.consent.seq, evidence.customer.version)
    return Conclusion(outcome, (*((hold,) if found else ()), AddOutcome(outcome)))


def position(customer: Customer) -> str:
    """Where the outcome of this customer stands among those of a run: oldest customers first."""
    return sorting.instant_key(customer.created_at, customer.id)


def _written(
    evidence: Evidence,
    outcome: CustomerOutcome,
    found: Sequence[EnrichedAttribute],
    run: EnrichmentRun,
    ids: Ids,
) -> Conclusion:
    own = frozenset(attribute.key for attribute in evidence.customer.attributes)
    values = resolved(merged(evidence.enriched.values, found), own, outcome.at)
    keys = {value.key for value in found}
    origins = {(value.key, value.provenance.source) for value in found}
    written = tuple(v.id for v in values if (v.key, v.provenance.source) in origins)
    outcome = replace(outcome, written=written)
    write = write_of(evidence, values)
    fact = Fact(
        id=FactId(ids(FACT)),
        topic=Topic.ENRICHMENT_FINISHED,
        customer_id=evidence.customer.id,
        at=outcome.at,
        by=run.requested_by,
        changed_fields=tuple(f"enriched.{key}" for key in sorted(keys)),
    )
    return Conclusion(outcome, (write, AddOutcome(outcome), fact))


def write_of(evidence: Evidence, values: tuple[EnrichedAttribute, ...]) -> WriteEnrichment:
    """The change that makes these the customer's values, of which only the changed are sent."""
    before = {value.id: value for value in evidence.enriched.values}
    return WriteEnrichment(
        before=evidence.enriched,
        consent_seq=evidence.consent.seq,
        version=evidence.customer.version,
        values=tuple(value for value in values if before.get(value.id) != value),
        winners=winners(values),
    )


def _values(
    evidence: Evidence, step: Step, run: EnrichmentRun, at: datetime, ids: Ids
) -> list[EnrichedAttribute]:
    """The values of a match that is confident enough; none where the source did not match."""
    result = evidence.results.get(step.capability.key)
    if result is None or result.outcome is not Outcome.MATCH or not _confident(step, result, run):
        return []
    offered = step.capability.offered()
    origin = _provenance(step, result, run, at)
    return [
        EnrichedAttribute(
            id=EnrichedId(ids(ENRICHED)),
            customer_id=evidence.customer.id,
            key=key,
            value=value,
            pii=offered[key].pii,
            status=AttributeStatus.PROPOSED,
            provenance=origin,
        )
        for key, value in sorted(result.values.items())
    ]


def _provenance(step: Step, result: MatchResult, run: EnrichmentRun, at: datetime) -> Provenance:
    capability = step.capability
    ends = [step.permission.valid_until, None if capability.ttl is None else at + capability.ttl]
    return Provenance(
        source=capability.key,
        licence=capability.licence,
        trust=capability.trust,
        record=result.record,
        matched_on=result.matched_on,
        confidence=capability.confidence(result.score),
        fetched_at=at,
        observed_at=result.observed_at,
        # a value lapses with the consent it was fetched under
        expires_at=min((end for end in ends if end is not None), default=None),
        permission=step.permission,
        run_id=run.id,
    )


def _confident(step: Step, result: MatchResult, run: EnrichmentRun) -> bool:
    return step.capability.confidence(result.score) >= run.terms.min_confidence


def _answer(step: Step, results: Mapping[str, MatchResult], run: EnrichmentRun) -> SourceAnswer:
    result = results.get(step.capability.key)
    if result is None:
        return step.unasked()
    explanation = (*result.explanation, *step.withheld)
    if result.outcome is Outcome.MATCH and not _confident(step, result, run):
        explanation = (*explanation, "the match is less confident than was asked for")
    matched = result.outcome is Outcome.MATCH
    return SourceAnswer(
        source=step.capability.key,
        permission=step.permission,
        outcome=result.outcome,
        matched_on=result.matched_on,
        confidence=step.capability.confidence(result.score) if matched else 0.0,
        explanation=explanation,
    )


def _verdict(answers: Sequence[SourceAnswer], *, found: bool) -> Verdict:
    outcomes = {answer.outcome for answer in answers}
    if found:
        return Verdict.MATCHED
    if Outcome.UNAVAILABLE in outcomes:
        return Verdict.FAILED
    return Verdict.REFUSED if outcomes == {"REFUSED"} else Verdict.MISSED
