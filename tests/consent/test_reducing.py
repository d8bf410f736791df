"""What stands after any number of acts, in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.records import Channel, ConsentStatus
from consent.reducing import REFUSALS, extend, reduce
from tests.consent.acts import histories, moments, record

DENIED, GRANTED = ConsentStatus.DENIED, ConsentStatus.GRANTED
PENDING, WITHDRAWN = ConsentStatus.PENDING, ConsentStatus.WITHDRAWN
refusals = st.sampled_from(sorted(REFUSALS))


def status(*records, channel=Channel.EMAIL):
    states = {state.channel: state.status for state in reduce(records)}
    return states.get(channel, states.get(None))


@given(histories(), st.data())
def test_the_order_of_arrival_does_not_matter(history, data):
    assert reduce(data.draw(st.permutations(history))) == reduce(history)


@given(histories(), st.integers(0, 7))
def test_states_carried_on_are_the_states_of_all_records(history, cut):
    assert extend(reduce(history[:cut]), history[cut:]) == reduce(history)


@given(histories())
def test_one_by_one_is_all_at_once(history):
    states = ()
    for one in history:
        states = extend(states, [one])
    assert states == reduce(history)


@given(histories())
def test_saying_it_twice_is_saying_it_once(history):
    assert reduce(history + history) == reduce(history)


@given(refusals, moments, st.booleans())
def test_a_refusal_at_the_same_instant_wins(refusal, at, refusal_first):
    numbers = (1, 2) if refusal_first else (2, 1)
    said = record(refusal, at, number=numbers[0]), record(GRANTED, at, number=numbers[1])
    assert status(*said) is refusal


@given(refusals, moments, moments, moments, moments)
def test_a_grant_lifts_a_refusal_only_if_it_was_collected_later(refusal, refused, granted, r1, r2):
    said = record(refusal, refused, recorded=r1), record(GRANTED, granted, recorded=r2, number=2)
    given_at = min(granted, r2)
    assert status(*said) is (GRANTED if given_at > refused else refusal)


@given(refusals, st.integers(0, 5), st.integers(-30, 30), st.booleans())
def test_a_clock_that_is_ahead_keeps_no_grant_alive(refusal, ahead, minutes, refusal_first):
    numbers = (1, 2) if refusal_first else (2, 1)
    told = record(GRANTED, ahead / 60, recorded=0, number=numbers[0])
    refused = record(refusal, minutes / 60, number=numbers[1])
    assert status(told, refused) is (GRANTED if minutes < -5 else refusal)


@given(histories(), st.integers(0, 9), st.sampled_from([None, Channel.EMAIL]))
def test_an_imported_grant_lifts_no_refusal_however_new_it_is(history, at, channel):
    refused = {
        (state.purpose, state.channel) for state in reduce(history) if state.status in REFUSALS
    }
    imported = record(GRANTED, at, channel=channel, imported=True, number=99)
    after = {(s.purpose, s.channel): s.status for s in extend(reduce(history), [imported])}
    assert all(after[lane] in REFUSALS for lane in refused)


@given(histories(purposes=("marketing",)), histories(purposes=("marketing",)))
def test_two_histories_put_together_allow_nothing_that_imports_alone_would_lift(one, other):
    refused = {s.channel for s in reduce(one) if s.status in REFUSALS}
    imports = [r for r in other if r.imported]
    assert refused <= {s.channel for s in reduce([*one, *imports]) if s.status in REFUSALS}


@pytest.mark.parametrize("before", [GRANTED, DENIED, WITHDRAWN])
def test_asking_for_a_confirmation_changes_nothing_that_was_said(before):
    assert status(record(before, 1), record(PENDING, 2, number=2)) is before


def test_an_imported_grant_counts_where_nothing_else_was_said():
    assert status(record(PENDING, 3), record(GRANTED, 1, imported=True, number=2)) is GRANTED


def test_an_imported_refusal_counts_like_any_other():
    assert status(record(GRANTED, 1), record(DENIED, 2, imported=True, number=2)) is DENIED


def test_a_later_correction_of_the_same_instant_wins_among_grants():
    late = record(GRANTED, 1, recorded=3, until=5)
    (state,) = reduce([late, record(GRANTED, 1, recorded=2, number=2)])
    assert state.record_id == late.id


def test_a_withdrawal_of_everything_covers_every_channel():
    said = record(GRANTED, 1), record(WITHDRAWN, 2, channel=None, number=2)
    assert status(*said) is status(*said, channel=Channel.SMS) is WITHDRAWN


def test_a_withdrawal_of_one_channel_leaves_the_others():
    said = record(GRANTED, 1, channel=None), record(WITHDRAWN, 2, number=2)
    assert status(*said) is WITHDRAWN
    assert status(*said, channel=Channel.SMS) is GRANTED


def test_a_grant_of_everything_leaves_a_later_refusal_of_one_channel():
    said = record(WITHDRAWN, 2), record(GRANTED, 1, channel=None, recorded=3, number=2)
    assert status(*said) is WITHDRAWN
    assert status(*said, channel=Channel.POST) is GRANTED


def test_a_grant_of_everything_lifts_an_earlier_refusal_of_one_channel():
    assert status(record(WITHDRAWN, 1), record(GRANTED, 2, channel=None, number=2)) is GRANTED
