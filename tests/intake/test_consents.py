"""What a file may say about consent: a no is never a yes, and nothing is revived."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.policy import status_at
from consent.records import (
    Channel,
    ConsentAct,
    ConsentStanding,
    ConsentState,
    ConsentStatus,
    LawfulBasis,
)
from domain.ids import ConsentRecordId, CustomerId
from intake.consents import first_told, taken
from tests.intake.exports import COLLECTED
from tests.shop import NOON

YES = ConsentAct(
    purpose="marketing",
    status=ConsentStatus.GRANTED,
    collected_at=COLLECTED,
    source="shopify-import",
    policy_version="unknown",
    wording="Not known",
    channel=Channel.EMAIL,
)
NO = replace(YES, status=ConsentStatus.DENIED)
GONE = replace(YES, status=ConsentStatus.WITHDRAWN)
NOBODY = ConsentStanding(CustomerId("cus_x"))


def stands(status, *, since=COLLECTED, channel=Channel.EMAIL, expires_at=None, imported=False):
    state = ConsentState(
        *("marketing", channel, status, LawfulBasis.CONSENT, since),
        *(ConsentRecordId("con_x"), since, expires_at, imported),
    )
    return replace(NOBODY, seq=1, states=(state,))


def news(act, standing, *, refusals=False):
    found = taken([act], standing, NOON, refusals=refusals)
    return [a.status for a in found.acts], [remark.code for remark in found.remarks]


def test_a_first_yes_is_kept():
    assert news(YES, NOBODY) == ([ConsentStatus.GRANTED], [])


def test_a_shop_tells_its_own_history_whole_and_once():
    story = (YES, replace(GONE, collected_at=COLLECTED + timedelta(days=1)))
    assert first_told(story, NOBODY).acts == story
    assert first_told(story, stands(ConsentStatus.WITHDRAWN)).acts == ()


def test_a_yes_without_evidence_is_told_and_becomes_a_grant_once_a_file_gives_it():
    unproved = replace(YES, status=ConsentStatus.PENDING)
    assert news(unproved, NOBODY) == ([ConsentStatus.PENDING], ["CONSENT_UNPROVED"])
    waiting = stands(ConsentStatus.PENDING, imported=True)
    assert news(unproved, waiting) == ([], ["CONSENT_UNPROVED"])
    assert news(unproved, stands(ConsentStatus.PENDING)) == ([], [])
    assert news(unproved, stands(ConsentStatus.GRANTED)) == ([], [])
    assert news(YES, waiting) == ([ConsentStatus.GRANTED], [])


def test_a_first_no_says_little_and_is_kept_only_on_request():
    assert news(NO, NOBODY) == ([], [])
    assert news(NO, NOBODY, refusals=True) == ([ConsentStatus.DENIED], [])


def test_a_withdrawal_is_always_kept():
    assert news(GONE, NOBODY) == ([ConsentStatus.WITHDRAWN], [])


@pytest.mark.parametrize("act", [NO, GONE])
def test_a_no_ends_what_was_granted_before_it(act):
    assert news(act, stands(ConsentStatus.GRANTED)) == ([ConsentStatus.WITHDRAWN], [])


def test_a_no_older_than_the_grant_changes_nothing_and_is_told():
    later = stands(ConsentStatus.GRANTED, since=COLLECTED + timedelta(days=1))
    assert news(NO, later) == ([], ["CONSENT_NEWER"])


LATE_IMPORT = stands(ConsentStatus.GRANTED, since=COLLECTED + timedelta(days=1), imported=True)


@pytest.mark.parametrize("act", [NO, GONE])
def test_the_invented_date_of_an_imported_yes_saves_it_from_no_refusal(act):
    assert news(act, LATE_IMPORT) == ([ConsentStatus.WITHDRAWN], [])


def test_a_withdrawal_is_kept_under_its_own_date_though_the_person_agreed_later():
    later = stands(ConsentStatus.GRANTED, since=COLLECTED + timedelta(days=1))
    assert taken([GONE], later, NOON, refusals=False).acts == (GONE,)


def test_a_no_about_everything_ends_the_grant_of_one_channel():
    everything = replace(NO, channel=None)
    assert news(everything, stands(ConsentStatus.GRANTED)) == ([ConsentStatus.WITHDRAWN], [])


@pytest.mark.parametrize("row", [[YES, NO], [NO, YES], [replace(NO, channel=None), YES]])
def test_a_row_that_says_yes_and_no_says_no(row):
    found = taken(row, NOBODY, NOON, refusals=True)
    assert [act.status for act in found.acts] == [ConsentStatus.DENIED]
    assert [remark.code for remark in found.remarks] == ["CONSENT_REFUSED"]


@pytest.mark.parametrize("refusal", [ConsentStatus.DENIED, ConsentStatus.WITHDRAWN])
def test_a_yes_below_a_refused_purpose_is_only_remarked(refusal):
    below = replace(YES, purpose="marketing.newsletter")
    kept = taken([below], stands(refusal), NOON, refusals=False)
    assert (kept.acts, len(kept.remarks)) == ((), 1)
    assert taken([NO, below], NOBODY, NOON, refusals=False).acts == ()


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (stands(ConsentStatus.DENIED), "CONSENT_REFUSED"),
        (stands(ConsentStatus.WITHDRAWN), "CONSENT_WITHDRAWN"),
        (stands(ConsentStatus.WITHDRAWN, channel=None), "CONSENT_WITHDRAWN"),
        (stands(ConsentStatus.PENDING), "CONSENT_PENDING"),
        (stands(ConsentStatus.GRANTED, expires_at=NOON), "CONSENT_EXPIRED"),
    ],
)
def test_a_yes_lifts_renews_and_confirms_nothing(standing, code):
    assert news(YES, standing) == ([], [code])


def test_the_same_answer_again_is_no_news():
    assert news(YES, stands(ConsentStatus.GRANTED)) == ([], [])
    assert news(NO, stands(ConsentStatus.DENIED), refusals=True) == ([], [])
    assert news(GONE, stands(ConsentStatus.WITHDRAWN)) == ([], [])


ACTS = st.builds(
    lambda status, days: replace(YES, status=status, collected_at=COLLECTED + timedelta(days)),
    *(st.sampled_from([ConsentStatus.GRANTED, ConsentStatus.DENIED, ConsentStatus.WITHDRAWN]),),
    st.integers(-3, 3),
)
KNOWN = st.sampled_from([s for s in ConsentStatus if s is not ConsentStatus.NEVER_ASKED])


@given(ACTS, st.one_of(st.just(NOBODY), st.builds(stands, KNOWN)), st.booleans())
def test_a_grant_comes_only_from_a_yes_about_somebody_who_said_nothing(act, standing, refusals):
    kept = taken([act], standing, NOON, refusals=refusals).acts
    if any(k.status is ConsentStatus.GRANTED for k in kept):
        assert act.status is ConsentStatus.GRANTED
        assert standing is NOBODY


@given(ACTS, st.builds(stands, KNOWN), st.booleans())
def test_taking_twice_is_taking_once(act, standing, refusals):
    kept = taken([act], standing, NOON, refusals=refusals).acts
    if not kept:
        return
    state = replace(standing.states[0], status=kept[0].status, since=kept[0].collected_at)
    assert status_at(state, NOON) is kept[0].status
    assert not taken([act], replace(standing, states=(state,)), NOON, refusals=refusals).acts
