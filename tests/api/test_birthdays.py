"""The filter by birthday finds exactly those who celebrate."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.birthday_leaf import birthday
from api.customer_filters import BirthdayFilter
from api.where_leaves import Known
from consent.purposes import PurposeTree
from domain.customer import Birthday, next_occurrence
from domain.errors import Invalid
from enrichment.registry import Sources

DAYS = [datetime(2000, 1, 1, tzinfo=UTC).date() + timedelta(days=number) for number in range(366)]
NOW = st.datetimes(datetime(2023, 1, 1), datetime(2033, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def read(now, **given):
    known = Known(now, lambda _: True, {}, (), {}, PurposeTree(()), Sources(()))
    return birthday(known, BirthdayFilter(**given), ("birthday",))


def fits(where, month, day):
    """The filter over one birthday, in plain words."""
    parts = getattr(where, "of", None)
    if parts is None:
        return where.low <= month * 100 + day < where.high
    every = type(where).__name__ == "All"
    return (all if every else any)(fits(part, month, day) for part in parts)


@given(NOW, st.integers(0, 365))
def test_within_days_finds_whose_next_birthday_is_within_them(now, days):
    where = read(now, within_next_days=days)
    for each in DAYS:
        soon = next_occurrence(Birthday(each.month, each.day), now.date())
        expected = (soon - now.date()).days <= days
        assert fits(where, each.month, each.day) is expected, (each.month, each.day)


@pytest.mark.parametrize(
    ("today", "days", "celebrates"),
    [
        ("2027-02-28", 0, True),  # a common year: 29 February is kept on the 28th
        ("2028-02-28", 0, False),
        ("2028-02-29", 0, True),
        ("2027-03-01", 363, False),
        ("2027-03-01", 364, False),
        ("2027-03-01", 365, True),
    ],
)
def test_the_twenty_ninth_of_february_comes_every_year(today, days, celebrates):
    now = datetime.fromisoformat(f"{today}T12:00:00Z")
    assert fits(read(now, within_next_days=days), 2, 29) is celebrates


@given(NOW, st.integers(-2, 14), st.one_of(st.none(), st.integers(-2, 33)))
def test_a_day_that_is_none_is_refused(now, month, day):
    real = {(each.month, each.day) for each in DAYS} | {(n, None) for n in range(1, 13)}
    try:
        where = read(now, month=month, day=day)
    except Invalid:
        assert (month, day) not in real
    else:
        found = {(e.month, e.day) for e in DAYS if fits(where, e.month, e.day)}
        assert found == {
            (e.month, e.day) for e in DAYS if e.month == month and day in (None, e.day)
        }
