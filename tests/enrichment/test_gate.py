"""Consent decides before any key is computed; every refusal says why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent.purposes import START, PurposeTree
from consent.records import ConsentStanding, ConsentState, ConsentStatus, LawfulBasis
from domain.customer import CustomerStatus
from domain.personal import classification
from enrichment import gate
from enrichment.planning import plan
from enrichment.records import CustomerOutcome, EnrichedAttribute, EnrichedStanding, EnrichmentRun
from tests.enrichment.people import NOON, person
from tests.enrichment.rig import capability

TREE = PurposeTree(START)
ADA = person(emails=["ada@example.com"])


def standing(status=ConsentStatus.GRANTED, until=None):
    state = ConsentState(
        purpose="enrichment",
        channel=None,
        status=status,
        basis=LawfulBasis.CONSENT,
        since=NOON,
        record_id="con_00000000000000000000000001",
        recorded_at=NOON,
        expires_at=until,
    )
    return ConsentStanding(ADA.id, 1, (state,))


def test_no_record_means_no():
    permission = gate.decide(capability(), ADA, ConsentStanding(ADA.id), TREE, NOON)
    assert (permission.allowed, permission.reason) == (False, "NO_RECORD")


def test_a_grant_allows_and_names_its_record_and_end():
    until = NOON + timedelta(days=1)
    permission = gate.decide(capability(), ADA, standing(until=until), TREE, NOON)
    assert permission.allowed
    assert (permission.basis, permission.valid_until) == (LawfulBasis.CONSENT, until)
    assert permission.record_id == "con_00000000000000000000000001"
    assert gate.permission(gate.decision(permission)) == permission


@pytest.mark.parametrize("status", ["RESTRICTED", "MERGED", "ERASED"])
def test_a_closed_customer_is_refused_whatever_they_allowed(status):
    closed = replace(ADA, status=CustomerStatus(status))
    assert gate.decide(capability(), closed, standing(), TREE, NOON).reason == status


def test_a_source_with_a_purpose_of_its_own_is_judged_by_that():
    other = capability(purpose="profiling")
    assert gate.decide(other, ADA, standing(), TREE, NOON).reason == "NO_RECORD"


def test_where_consent_refuses_not_even_a_hash_is_computed():
    refused, allowed = (
        plan(ADA, s, TREE, [capability()], None, NOON)
        for s in (standing(ConsentStatus.DENIED), standing())
    )
    assert [step.request for step in refused] == [None]
    assert allowed[0].request is not None


def test_a_source_that_offers_nothing_wanted_is_left_out():
    assert plan(ADA, standing(), TREE, [capability()], ["city"], NOON) == ()


@pytest.mark.parametrize(
    "model", [EnrichedAttribute, EnrichedStanding, CustomerOutcome, EnrichmentRun]
)
def test_every_stored_field_says_whether_it_is_personal(model):
    assert [found.field for found in classification(model) if found.mark is None] == []
