"""What the records allow, and why not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import policy
from consent.policy import Reason
from consent.purposes import START, PurposeTree
from consent.records import Channel, ConsentStanding, ConsentStatus, LawfulBasis
from consent.reducing import SKEW
from domain.customer import CustomerStatus
from domain.errors import ConsentRequired
from tests.consent import replay
from tests.consent.acts import ADA, NOON, TREE, histories, hour, record, standing

DENIED, GRANTED = ConsentStatus.DENIED, ConsentStatus.GRANTED
PENDING, WITHDRAWN = ConsentStatus.PENDING, ConsentStatus.WITHDRAWN
LATER = hour(6)


def decide(
    *records,
    purpose="marketing",
    channel=Channel.EMAIL,
    at=LATER,
    tree=TREE,
    status=CustomerStatus.ACTIVE,
):
    return policy.decide(standing(*records), tree, purpose, channel, at, status=status)


def reason(*records, **asked):
    return decide(*records, **asked).reason


def with_purpose(key, **changes):
    return PurposeTree(tuple(replace(p, **changes) if p.key == key else p for p in START))


purposes = st.sampled_from(["marketing", "marketing.newsletter"])


@given(histories(), purposes, st.sampled_from([Channel.EMAIL, Channel.SMS]), st.integers(5, 9))
def test_a_decision_is_what_a_naive_replay_of_the_history_says(history, purpose, channel, at):
    said = reason(*history, purpose=purpose, channel=channel, at=hour(at))
    assert said == replay.answer(history, purpose, channel, hour(at))


@given(histories(), purposes, st.integers(5, 9))
def test_asking_for_no_channel_asks_for_every_channel(history, purpose, at):
    channels = TREE.find(purpose).channels
    said = decide(*history, purpose=purpose, channel=None, at=hour(at))
    assert said.allowed == replay.allows_all(history, purpose, channels, hour(at))


@given(histories(), purposes, st.integers(0, 9), st.sampled_from([None, *Channel]))
def test_only_a_grant_in_force_allows(history, purpose, at, channel):
    said = decide(*history, purpose=purpose, channel=channel, at=hour(at))
    if said.allowed:
        (evidence,) = [r for r in history if r.id == said.record_id]
        assert evidence.status is GRANTED
        assert evidence.expires_at is None or evidence.expires_at > hour(at)
        assert said.valid_until == evidence.expires_at
        assert said.basis is LawfulBasis.CONSENT


@given(histories(), purposes, st.sampled_from([None, *Channel]))
def test_an_import_never_turns_a_refusal_into_a_permission(history, purpose, channel):
    refused = {"DENIED", "WITHDRAWN", "PARENT_DENIED", "PARENT_WITHDRAWN"}
    imported = record(GRANTED, 5, purpose=purpose, channel=channel, imported=True, number=99)
    asked = {"purpose": purpose, "channel": channel}
    if reason(*history, **asked) in refused:
        assert not decide(*history, imported, **asked).allowed


def test_no_record_means_no():
    assert decide() == policy.ConsentDecision(
        allowed=False, purpose="marketing", channel=Channel.EMAIL, reason="NO_RECORD"
    )


def test_a_grant_allows_until_its_end_and_names_the_evidence():
    said = decide(record(GRANTED, 1, until=9))
    assert (said.allowed, said.reason, said.valid_until) == (True, "GRANTED", hour(9))
    assert said.record_id == record(GRANTED, 1).id


def test_a_grant_ends_at_its_end_though_nothing_ran():
    assert reason(record(GRANTED, 1, until=9), at=hour(9)) == "EXPIRED"
    assert decide(record(GRANTED, 1, until=9), at=hour(9) - timedelta(milliseconds=1)).allowed


def test_a_grant_does_not_reach_back_before_it_was_given():
    assert reason(record(GRANTED, 3), at=hour(2)) == "NOT_YET_GRANTED"
    assert decide(record(GRANTED, 3), at=hour(3) - SKEW).allowed


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (CustomerStatus.ERASED, Reason.ERASED),
        (CustomerStatus.MERGED, Reason.MERGED),
        (CustomerStatus.RESTRICTED, Reason.RESTRICTED),
    ],
)
@pytest.mark.parametrize("purpose", ["marketing", "service", "unheard-of"])
def test_the_state_of_the_customer_comes_first(status, expected, purpose):
    assert reason(record(GRANTED, 1), purpose=purpose, status=status) == expected


def test_an_unknown_purpose_is_refused_and_not_an_error():
    assert reason(purpose="telepathy") == "UNKNOWN_PURPOSE"


def test_a_purpose_out_of_use_allows_nothing():
    out_of_use = with_purpose("marketing", active=False)
    assert reason(record(GRANTED, 1), tree=out_of_use) == "PURPOSE_INACTIVE"


def test_a_channel_the_purpose_does_not_have_is_refused():
    asked = {"purpose": "marketing.newsletter", "channel": Channel.POST}
    assert reason(**asked) == "CHANNEL_NOT_OF_PURPOSE"


@pytest.mark.parametrize(
    ("refusal", "expected"), [(DENIED, "PARENT_DENIED"), (WITHDRAWN, "PARENT_WITHDRAWN")]
)
def test_a_refusal_covers_the_purposes_below(refusal, expected):
    said = record(refusal, 1), record(GRANTED, 2, purpose="marketing.newsletter", number=2)
    assert reason(*said, purpose="marketing.newsletter") == expected


def test_a_grant_does_not_cover_the_purposes_below():
    assert reason(record(GRANTED, 1), purpose="marketing.newsletter") == "NO_RECORD"


def test_a_refusal_below_does_not_reach_up():
    said = record(GRANTED, 1), record(WITHDRAWN, 2, purpose="marketing.newsletter", number=2)
    assert decide(*said).allowed


def test_a_basis_the_purpose_may_no_longer_rest_on_is_refused():
    stricter = with_purpose("marketing", allowed_bases=frozenset({LawfulBasis.EXPLICIT_CONSENT}))
    assert reason(record(GRANTED, 1), tree=stricter) == "BASIS_NOT_ALLOWED"


def test_a_confirmation_that_is_awaited_allows_nothing():
    assert reason(record(PENDING, 1)) == "PENDING"


def test_a_purpose_that_demands_a_confirmation_waits_for_it():
    confirmed = with_purpose("marketing", double_opt_in=True)
    said = record(GRANTED, 1)
    assert reason(said, tree=confirmed) == "PENDING"
    assert decide(replace(said, double_opt_in_at=hour(2)), tree=confirmed).allowed


def test_a_contract_needs_no_record():
    said = decide(purpose="service")
    assert (said.allowed, said.reason, said.basis) == (True, "CONTRACT", LawfulBasis.CONTRACT)


def test_a_refusal_is_kept_to_even_under_a_contract():
    assert reason(record(WITHDRAWN, 1, purpose="service"), purpose="service") == "WITHDRAWN"


def test_a_legal_obligation_needs_no_record_and_says_so():
    obliged = with_purpose("service", allowed_bases=frozenset({LawfulBasis.LEGAL_OBLIGATION}))
    assert reason(purpose="service", tree=obliged) == "LEGAL_OBLIGATION"


def test_a_purpose_that_may_rest_on_contract_or_consent_needs_a_record():
    either = with_purpose(
        "service", allowed_bases=frozenset({LawfulBasis.CONTRACT, LawfulBasis.CONSENT})
    )
    assert reason(purpose="service", tree=either) == "NO_RECORD"


def test_every_channel_at_once_is_valid_until_the_first_grant_ends():
    said = record(GRANTED, 1, channel=None), record(GRANTED, 2, until=8, number=2)
    assert decide(*said, channel=None).valid_until == hour(8)


def test_grants_of_single_channels_are_no_grant_of_all():
    assert reason(record(GRANTED, 1), channel=None) == "NO_RECORD"


def test_requiring_gives_the_evidence_or_raises_what_is_missing():
    ada = standing(record(GRANTED, 1))
    active = {"status": CustomerStatus.ACTIVE}
    assert policy.require(ada, TREE, "marketing", Channel.EMAIL, LATER, **active).allowed
    with pytest.raises(ConsentRequired) as refusal:
        policy.require(ada, TREE, "enrichment", None, LATER, **active)
    (missing,) = refusal.value.missing
    assert missing.reason == "NO_RECORD"


def test_a_standing_without_records_allows_nothing_but_the_contract():
    empty = ConsentStanding(ADA)
    allowed = {
        purpose.key
        for purpose in TREE
        if policy.decide(empty, TREE, purpose.key, None, NOON, status=CustomerStatus.ACTIVE).allowed
    }
    assert allowed == {"service"}
