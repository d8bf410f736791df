"""Which of several values is in use: one winner an attribute, the others kept behind it.

The customer's own value comes first, then one that a person accepted, then declared, partner and
inferred ones; among equals the more confident, then the more recently observed. The outcome does
not depend on the order of arrival, and resolving again changes nothing.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.customer import AttributeValue
from enrichment.records import AttributeStatus, EnrichedAttribute, Judgement
from enrichment.sources import Trust

_TRUST: Final = {trust: rank for rank, trust in enumerate(Trust)}


def merged(
    current: Iterable[EnrichedAttribute], incoming: Iterable[EnrichedAttribute]
) -> tuple[EnrichedAttribute, ...]:
    """One value for each attribute and source, the latest; the first id and all judgements stay."""
    groups: defaultdict[tuple[str, str], list[EnrichedAttribute]] = defaultdict(list)
    for value in (*current, *incoming):
        groups[value.key, value.provenance.source].append(value)
    return tuple(_latest(groups[name]) for name in sorted(groups))


def _latest(values: list[EnrichedAttribute]) -> EnrichedAttribute:
    return replace(
        max(values, key=_recency),
        id=values[0].id,
        judgements=_judgements(j for value in values for j in value.judgements),
    )


def _recency(value: EnrichedAttribute) -> tuple[object, ...]:
    origin = value.provenance
    lasts = (origin.expires_at is None, origin.expires_at or origin.fetched_at)
    # said when it was fetched, or said of that very moment: the tie must fall the same way always
    told = origin.observed_at is not None
    known = (origin.known_since, told)
    return origin.fetched_at, known, origin.confidence, canonical(value.value), lasts


def _judgements(all_of_them: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The last word on each value."""
    last: dict[str, Judgement] = {}
    for judgement in sorted(all_of_them, key=lambda j: (j.at, j.status)):
        last[canonical(judgement.value)] = judgement
    return tuple(last[name] for name in sorted(last))


def resolved(
    values: Iterable[EnrichedAttribute], own: Collection[str], at: datetime
) -> tuple[EnrichedAttribute, ...]:
    """The same values with the status each has now; ``own`` are attributes the customer gave."""
    groups: defaultdict[str, list[EnrichedAttribute]] = defaultdict(list)
    for value in values:
        groups[value.key].append(value)
    return tuple(
        replace(value, status=status)
        for key in sorted(groups)
        for value, status in _ranked(groups[key], at, taken=key in own)
    )


def _ranked(
    values: list[EnrichedAttribute], at: datetime, *, taken: bool
) -> Iterable[tuple[EnrichedAttribute, AttributeStatus]]:
    for value in sorted(values, key=_precedence):
        status = _standing(value, at)
        if status is AttributeStatus.ACCEPTED and taken:
            status = AttributeStatus.SUPERSEDED
        taken = taken or status is AttributeStatus.ACCEPTED
        yield value, status


def _precedence(value: EnrichedAttribute) -> tuple[object, ...]:
    origin = value.provenance
    judgement = judgement_of(value)
    accepted = judgement is not None and judgement.status is AttributeStatus.ACCEPTED
    return (
        not accepted,
        _TRUST[origin.trust],
        -origin.confidence,
        -origin.known_since.timestamp(),
        -origin.fetched_at.timestamp(),
        origin.source,
    )


def _standing(value: EnrichedAttribute, at: datetime) -> AttributeStatus:
    """What the value could be by itself: REJECTED, EXPIRED, or ACCEPTED if nothing beats it."""
    judgement = judgement_of(value)
    if judgement is not None and judgement.status is AttributeStatus.REJECTED:
        return AttributeStatus.REJECTED
    expires = value.provenance.expires_at
    if expires is not None and expires <= at:
        return AttributeStatus.EXPIRED
    return AttributeStatus.ACCEPTED


def judgement_of(value: EnrichedAttribute) -> Judgement | None:
    """What a person said about the value as it is now."""
    name = canonical(value.value)
    return next((j for j in value.judgements if canonical(j.value) == name), None)


def judged(value: EnrichedAttribute, judgement: Judgement) -> EnrichedAttribute:
    """The value with one more word on it, which replaces an earlier one on the same value."""
    return replace(value, judgements=_judgements((*value.judgements, judgement)))


def canonical(value: AttributeValue) -> str:
    """Equal exactly for equal values of one type: 1, 1.0 and true are three values."""
    return json.dumps([type(value).__name__, value], ensure_ascii=False)


def winners(values: Iterable[EnrichedAttribute]) -> tuple[tuple[str, AttributeValue], ...]:
    """The attributes in use, by key: what filters look at."""
    accepted = {v.key: v.value for v in values if v.status is AttributeStatus.ACCEPTED}
    return tuple(sorted(accepted.items()))
