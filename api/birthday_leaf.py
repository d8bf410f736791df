"""Birthdays as a filter: a day of the year, or the days that are celebrated soon."""

from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from api.customer_filters import BirthdayFilter
from api.where_leaves import Known, Path
from domain.errors import invalid
from domain.query import All, AnyOf, Between, Field, Where

_A_YEAR: Final = 365
_DAYS: Final = tuple(
    (date(2000, 1, 1) + timedelta(days=n)).month * 100 + (date(2000, 1, 1) + timedelta(days=n)).day
    for n in range(366)
)
"""Every day that a birthday can be on, as month * 100 + day, in their order."""


def birthday(known: Known, given: BirthdayFilter, path: Path) -> Where:
    parts: list[Where] = []
    if given.within_next_days is not None:
        parts.append(_celebrated(known.now.date(), given.within_next_days, path))
    if given.day is not None and given.month is None:
        raise invalid((*path, "day"), "FILTER_INVALID", "A day needs a month.")
    if given.month is not None:
        parts.append(_on(given.month, given.day, path))
    return All(tuple(parts))


def _on(month: int, day: int | None, path: Path) -> Where:
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        raise invalid((*path, "month"), "FILTER_INVALID", "Give a month from 1 to 12.")
    if day is None:
        return Between(Field.BIRTHDAY, month * 100, month * 100 + 100)
    if month * 100 + day not in _DAYS:
        raise invalid((*path, "day"), "FILTER_INVALID", "There is no such day in this month.")
    return Between(Field.BIRTHDAY, month * 100 + day, month * 100 + day + 1)


def _celebrated(today: date, days: int, path: Path) -> Where:
    if not 0 <= days <= _A_YEAR:
        message = f"Give 0 to {_A_YEAR} days."
        raise invalid((*path, "withinNextDays"), "FILTER_INVALID", message)
    wanted = {code for n in range(days + 1) for code in _on_the_day(today + timedelta(days=n))}
    return AnyOf(tuple(Between(Field.BIRTHDAY, low, high) for low, high in _runs(wanted)))


def _on_the_day(day: date) -> Iterator[int]:
    """Which birthdays are celebrated: 29 February moves to 28 in common years."""
    yield day.month * 100 + day.day
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        yield 229


def _runs(wanted: set[int]) -> Iterator[tuple[int, int]]:
    """Ranges, their ends excluded, of days that follow each other: as few as there can be."""
    start: int | None = None
    last = 0
    for code in _DAYS:
        if code in wanted:
            start, last = start or code, code
        elif start is not None:
            yield start, last + 1
            start = None
    if start is not None:
        yield start, last + 1
