"""Keys stand in the order of what they are made of, and no two customers share one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ids, sorting
from domain.cursors import read_cursor, sealed, written_cursor
from domain.errors import Invalid
from domain.ids import CustomerId
from domain.query import Order, OrderField
from domain.text import folded

IDS = st.integers(0, (1 << 128) - 1).map(lambda value: CustomerId(ids.typed("cus", value)))
MILLISECONDS = st.integers(0, 4_000_000_000_000)
INSTANTS = MILLISECONDS.map(lambda n: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=n))
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(INSTANTS, INSTANTS, IDS, IDS)
def test_instants_keep_their_order_to_the_millisecond(one, other, first, second):
    keys = sorting.instant_key(one, first), sorting.instant_key(other, second)
    assert (keys[0] < keys[1]) == ((one, first) < (other, second))


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), IDS, IDS)
def test_balances_keep_their_order_below_nothing_too(one, other, first, second):
    keys = sorting.points_key(one, first), sorting.points_key(other, second)
    assert (keys[0] < keys[1]) == ((one, first) < (other, second))


@given(NAMES, NAMES, IDS, IDS)
def test_names_keep_their_folded_order(one, other, first, second):
    keys = sorting.name_key(one, first), sorting.name_key(other, second)
    folds = folded(one).encode(), folded(other).encode()
    assert (keys[0] < keys[1]) == ((folds[0][:48], first) < (folds[1][:48], second))


@given(NAMES, MILLISECONDS, st.integers(-(10**12), 10**12), IDS)
def test_every_key_lies_between_the_ends_beside_its_position(name, moment, points, one):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)
    for key in (
        sorting.name_key(name, one),
        sorting.instant_key(at, one),
        sorting.points_key(points, one),
    ):
        assert sorting.is_key(key)
        assert sorting.LOWEST < key < sorting.HIGHEST
        place = sorting.position(key)
        assert sorting.bound(place) < key < sorting.bound(place + 1)


@given(st.text(max_size=20), st.sampled_from(OrderField), st.booleans())
def test_a_cursor_of_nobodys_page_is_refused_and_never_a_fault(text, field, descending):
    order = Order(field, descending)
    for cursor in (text, sealed(text or "x", f"{field.value}{'-' if descending else '+'}")):
        try:
            found = read_cursor(cursor, order, "after")
        except Invalid:
            continue
        assert sorting.is_key(found) or ids.prefix_of(found) == ids.CUSTOMER


@given(IDS, st.sampled_from(OrderField), st.booleans())
def test_a_cursor_comes_back_in_its_own_order_only(one, field, descending):
    order, other = Order(field, descending), Order(field, not descending)
    key = one if field is OrderField.DISPLAY_NAME else sorting.points_key(5, one)
    cursor = written_cursor(key, order)
    assert read_cursor(cursor, order, "after") == key
    with pytest.raises(Invalid, match="not of this list"):
        read_cursor(cursor, other, "after")
