"""What may be booked, and that the entries alone say where a customer stands."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.ids import CustomerId, PointsEntryId
from loyalty.ledger import (
    LARGEST_DELTA,
    Booking,
    PointsKind,
    Standing,
    after,
    book,
    opening,
    replayed,
)
from loyalty.tiers import FIRST_TIERS, tier_for
from tests.shop import CLERK, NOON

ANNA = CustomerId("cus_anna")
BOOKINGS = st.builds(
    Booking,
    delta=st.integers(-3_000, 3_000) | st.integers(-LARGEST_DELTA - 1, LARGEST_DELTA + 1),
    reason=st.just("order"),
    kind=st.sampled_from(PointsKind),
)


def booked(standing, booking):
    return book(standing, booking, FIRST_TIERS, entry_id=PointsEntryId("pts_1"), at=NOON, by=CLERK)


def history(bookings):
    """The entries of those bookings that were accepted, and the standing they led to."""
    standing, entries = opening(ANNA, FIRST_TIERS), []
    for booking in bookings:
        try:
            entry, standing = booked(standing, booking)
        except Invalid:
            continue
        entries.append(entry)
    return entries, standing


@given(st.lists(BOOKINGS, max_size=30), st.randoms())
def test_the_sum_of_the_entries_is_the_balance_and_a_replay_gives_the_same_standing(
    bookings, order
):
    entries, standing = history(bookings)
    assert sum(entry.delta for entry in entries) == standing.points
    assert all(entry.balance >= 0 for entry in entries)
    order.shuffle(entries)
    assert replayed(ANNA, entries, FIRST_TIERS) == standing


@given(st.lists(BOOKINGS, max_size=30))
def test_the_last_entry_alone_says_where_the_customer_stands(bookings):
    entries, standing = history(bookings)
    if entries:
        assert after(entries[-1]) == standing
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))


@given(st.lists(BOOKINGS, max_size=30))
def test_a_tier_changes_exactly_where_an_entry_says_so(bookings):
    entries, _ = history(bookings)
    tiers = ["bronze", *(entry.tier for entry in entries)]
    assert [e.tier_changed for e in entries] == [a != b for a, b in itertools.pairwise(tiers)]


@pytest.mark.parametrize(
    ("delta", "code"),
    [
        (0, "DELTA_ZERO"),
        (LARGEST_DELTA + 1, "DELTA_TOO_LARGE"),
        (-LARGEST_DELTA - 1, "DELTA_TOO_LARGE"),
        (-101, "POINTS_INSUFFICIENT"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(delta, code):
    with pytest.raises(Invalid) as refused:
        booked(Standing(ANNA, 1, 100, 100, "bronze"), Booking(delta, "order"))
    assert [(issue.path, issue.code) for issue in refused.value.issues] == [(("delta",), code)]


def test_a_balance_has_an_upper_end():
    rich = Standing(ANNA, 1, 2_000_000_000, 2_000_000_000, "platinum")
    with pytest.raises(Invalid) as refused:
        booked(rich, Booking(1, "order"))
    assert refused.value.issues[0].code == "BALANCE_TOO_LARGE"
    assert refused.value.customer_id == ANNA


def test_a_refusal_does_not_tell_the_balance():
    with pytest.raises(Invalid, match="fewer points to take") as refused:
        booked(Standing(ANNA, 1, 1_200, 1_200, "silver"), Booking(-5_000, "gift"))
    assert "200" not in str(refused.value)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "two\nlines"])
def test_every_booking_says_why(reason):
    with pytest.raises(Invalid) as refused:
        booked(Standing(ANNA), Booking(1, reason))
    assert refused.value.issues[0].path == ("reason",)


def test_a_correction_lowers_what_was_earned_and_with_it_the_tier():
    entries, standing = history([Booking(600, "order"), Booking(-200, "returned")])
    assert [entry.tier for entry in entries] == ["silver", "bronze"]
    assert standing.tier == tier_for(400, FIRST_TIERS).key


@pytest.mark.parametrize("change", [{"seq": 3}, {"customer_id": CustomerId("cus_bea")}])
def test_a_damaged_ledger_is_noticed(change):
    (one, two), _ = history([Booking(1, "order"), Booking(1, "order")])
    with pytest.raises(ValueError, match="gap or a stranger"):
        replayed(ANNA, [one, replace(two, **change)], FIRST_TIERS)
