"""One value wins, whatever the order of arrival, and the others stay behind it."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.actor import SYSTEM
from domain.ids import CUSTOMER, ENRICHED, RUN, typed
from domain.personal import PiiClass
from enrichment.keys import KeyKind
from enrichment.records import (
    AttributeStatus,
    EnrichedAttribute,
    Judgement,
    Permission,
    Provenance,
)
from enrichment.resolving import canonical, judged, merged, resolved, winners
from enrichment.sources import MatchedOn, Trust
from tests.enrichment.people import NOON

ACCEPTED, REJECTED = AttributeStatus.ACCEPTED, AttributeStatus.REJECTED
SUPERSEDED, EXPIRED = AttributeStatus.SUPERSEDED, AttributeStatus.EXPIRED


def said(
    value="a",
    source="acme",
    *,
    key="segment",
    trust=Trust.PARTNER,
    confidence=0.9,
    fetched=0,
    observed=None,
    expires=None,
    number=1,
) -> EnrichedAttribute:
    origin = Provenance(
        source=source,
        licence="contract",
        trust=trust,
        record="row 1",
        matched_on=(MatchedOn(KeyKind.EMAIL),),
        confidence=confidence,
        fetched_at=NOON + timedelta(hours=fetched),
        observed_at=None if observed is None else NOON + timedelta(hours=observed),
        expires_at=None if expires is None else NOON + timedelta(hours=expires),
        permission=Permission(allowed=True, purpose="enrichment", reason="GRANTED"),
        run_id=typed(RUN, 1),
    )
    return EnrichedAttribute(
        id=typed(ENRICHED, number),
        customer_id=typed(CUSTOMER, 1),
        key=key,
        value=value,
        pii=PiiClass.DEMOGRAPHIC,
        status=AttributeStatus.PROPOSED,
        provenance=origin,
    )


def statuses(*values, own=(), at=0):
    found = resolved(merged([], values), own, NOON + timedelta(hours=at))
    return {value.provenance.source: value.status for value in found}


def test_the_customers_own_value_beats_every_source():
    assert statuses(said(), own={"segment"}) == {"acme": SUPERSEDED}
    assert statuses(said(), own={"city"}) == {"acme": ACCEPTED}


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ({"trust": Trust.DECLARED, "confidence": 0.1}, {"trust": Trust.PARTNER}),
        ({"trust": Trust.PARTNER, "confidence": 0.1}, {"trust": Trust.INFERRED}),
        ({"confidence": 0.8}, {"confidence": 0.7, "fetched": 9}),
        ({"observed": 2}, {"observed": 1, "fetched": 1}),
        ({"fetched": 2}, {"fetched": 1}),
        ({}, {"value": "b"}),
    ],
)
def test_trust_goes_before_confidence_before_time_before_the_name(winner, loser):
    values = [said(source="a", **winner), said(source="b", **loser)]
    assert statuses(*values) == statuses(*reversed(values)) == {"a": ACCEPTED, "b": SUPERSEDED}


def test_an_expired_winner_makes_room_for_the_next():
    best = said(source="a", confidence=1, expires=1)
    assert statuses(best, said(source="b")) == {"a": ACCEPTED, "b": SUPERSEDED}
    assert statuses(best, said(source="b"), at=1) == {"a": EXPIRED, "b": ACCEPTED}


def judgement(value, word, at=0):
    return Judgement(value, word, SYSTEM, NOON + timedelta(hours=at))


def test_a_rejected_value_never_wins_again_even_when_it_returns():
    rejected = judged(said("a"), judgement("a", REJECTED))
    assert statuses(rejected) == {"acme": REJECTED}
    (other,) = merged([rejected], [said("b", fetched=1)])
    assert statuses(other) == {"acme": ACCEPTED}
    (again,) = merged([other], [said("a", fetched=2)])
    assert statuses(again) == {"acme": REJECTED}


def test_an_accepted_value_beats_a_more_trusted_source_but_not_the_customer():
    accepted = judged(said("a", trust=Trust.INFERRED), judgement("a", ACCEPTED))
    rival = said("b", source="b", trust=Trust.DECLARED)
    assert statuses(accepted, rival) == {"acme": ACCEPTED, "b": SUPERSEDED}
    assert statuses(accepted, own={"segment"}) == {"acme": SUPERSEDED}


def test_the_last_word_on_a_value_counts():
    first = judged(said("a"), judgement("a", REJECTED, at=1))
    assert statuses(judged(first, judgement("a", ACCEPTED, at=2))) == {"acme": ACCEPTED}


def test_the_first_id_stays_with_attribute_and_source():
    (kept,) = merged([said(number=9)], [said("b", fetched=1, number=2)])
    assert (kept.id, kept.value) == (typed(ENRICHED, 9), "b")


def test_filters_see_the_winners_only():
    values = [said(source="a"), said("b", source="b", confidence=0.1), said(True, key="vip")]
    assert winners(resolved(merged([], values), (), NOON)) == (("segment", "a"), ("vip", True))


def test_equal_looking_values_of_different_types_are_different():
    assert len({canonical(value) for value in (1, 1.0, True, "1", ("1",))}) == 5


TRUST = {"acme": Trust.PARTNER, "globex": Trust.DECLARED, "initech": Trust.INFERRED}
values = st.builds(
    lambda value, source, **rest: said(value, source, trust=TRUST[source], **rest),
    st.sampled_from(["a", "b", 1, 1.0, True, ("a", "b")]),
    st.sampled_from(sorted(TRUST)),
    key=st.sampled_from(["segment", "city"]),
    confidence=st.sampled_from([0.5, 0.9]),
    fetched=st.integers(0, 2),
    observed=st.none() | st.integers(0, 2),
    expires=st.none() | st.integers(0, 2),
)
words = st.builds(judgement, st.sampled_from(["a", 1]), st.sampled_from([ACCEPTED, REJECTED]))
judged_values = st.builds(
    lambda value, said_of_it: reduce(judged, said_of_it, value), values, st.lists(words, max_size=2)
)


def anonymous(found):
    return {replace(value, id=typed(ENRICHED, 1)) for value in found}


@given(
    st.lists(judged_values, max_size=6).flatmap(lambda v: st.tuples(st.just(v), st.permutations(v)))
)
def test_the_order_of_arrival_does_not_matter(arrivals):
    one_by_one, shuffled = arrivals
    first = reduce(lambda kept, value: merged(kept, [value]), one_by_one, ())
    second = merged((), shuffled)
    own, at = {"city"}, NOON + timedelta(hours=1)
    assert anonymous(resolved(first, own, at)) == anonymous(resolved(second, own, at))


@given(st.lists(judged_values, max_size=6))
def test_resolving_again_changes_nothing_and_at_most_one_wins(found):
    once = resolved(merged((), found), (), NOON)
    assert resolved(merged((), once), (), NOON) == once
    for key in {value.key for value in once}:
        assert sum(v.key == key and v.status is ACCEPTED for v in once) <= 1


@given(st.lists(judged_values, max_size=6))
def test_nothing_that_a_source_said_last_is_lost(found):
    kept = resolved(merged((), found), (), NOON)
    names = {(value.key, value.provenance.source) for value in found}
    assert {(value.key, value.provenance.source) for value in kept} == names
