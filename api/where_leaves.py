"""The single conditions of a filter, each from its input to what the domain knows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from api.customer_filters import (
    MOST_VALUES,
    AttributeFilter,
    BirthdayFilter,
    ConsentFilter,
    DateTimeFilter,
    IntFilter,
    StringFilter,
)
from api.customer_refs import ExternalIdInput
from domain.customer import external_key
from domain.durations import duration
from domain.errors import invalid
from domain.query import (
    All,
    AnyOf,
    Between,
    Exists,
    Field,
    HasAttribute,
    HasConsent,
    In,
    Not,
    Scalar,
    StartsWith,
    Where,
)
from domain.text import folded

Path = tuple[str, ...]
Leaf = Callable[[datetime, Any, Path], Where]
"""Reads one condition as of an instant; raises Invalid at its path."""

_INT64: Final = 1 << 63


def text(field: Field, normal: Callable[[str, Path], str]) -> Leaf:
    def read(now: datetime, given: StringFilter, path: Path) -> Where:
        parts: list[Where] = []
        if given.eq is not None:
            parts.append(In(field, (normal(given.eq, (*path, "eq")),)))
        if given.in_ is not None:
            few(given.in_, (*path, "in"))
            normals = (normal(v, (*path, "in", str(i))) for i, v in enumerate(given.in_))
            parts.append(In(field, tuple(normals)))
        if given.starts_with is not None:
            parts.append(StartsWith(field, _prefix(given.starts_with, (*path, "startsWith"))))
        if given.exists is not None:
            parts.append(Exists(field) if given.exists else Not(Exists(field)))
        return All(tuple(parts))

    return read


def _prefix(text: str, path: Path) -> str:
    prefix = folded(text)
    if not prefix:
        raise invalid(path, "FILTER_INVALID", "A prefix needs at least one character.")
    return prefix


def points(now: datetime, given: IntFilter, path: Path) -> Where:
    parts: list[Where] = []
    if given.eq is not None:
        parts.append(In(Field.POINTS, (given.eq,)))
    high = given.lte + 1 if given.lte is not None else None
    parts.append(Between(Field.POINTS, given.gte, high))
    return All(tuple(parts))


def attribute(*, enriched: bool) -> Leaf:
    def read(now: datetime, given: AttributeFilter, path: Path) -> Where:
        has = HasAttribute(given.key, enriched=enriched)
        parts: list[Where] = []
        if given.eq is not None:
            value = _scalar(given.eq, (*path, "eq"))
            parts.append(HasAttribute(given.key, enriched=enriched, values=(value,)))
        if given.in_ is not None:
            few(given.in_, (*path, "in"))
            values = tuple(_scalar(v, (*path, "in")) for v in given.in_)
            parts.append(HasAttribute(given.key, enriched=enriched, values=values))
        if given.gte is not None or given.lte is not None:
            low, high = _optional(given.gte, (*path, "gte")), _optional(given.lte, (*path, "lte"))
            parts.append(HasAttribute(given.key, enriched=enriched, low=low, high=high))
        if given.exists is not None:
            parts.append(has if given.exists else Not(has))
        return All(tuple(parts)) if parts else has

    return read


def _scalar(value: object, path: Path) -> Scalar:
    if isinstance(value, str | bool | int | float) and not (
        isinstance(value, int) and abs(value) >= _INT64
    ):
        return value
    message = "Compare attributes with text, a number or true and false."
    raise invalid(path, "FILTER_INVALID", message)


def _optional(value: object, path: Path) -> Scalar | None:
    return None if value is None else _scalar(value, path)


def _celebrated(today: date, days: int, path: Path) -> Where:
    if not 0 <= days <= 365:  # noqa: PLR2004 - days of a year
        raise invalid((*path, "withinNextDays"), "FILTER_INVALID", "Give 0 to 365 days.")
    dates = [today + timedelta(days=n) for n in range(days + 1)]
    wanted = {day.month * 100 + day.day for day in dates}
    if 228 in wanted and not any((d.month, d.day) == (2, 29) for d in dates):  # noqa: PLR2004 - 28 February, which 29 moves to
        wanted.add(229)
    runs = [(day, day + 1) for day in sorted(wanted)]
    return AnyOf(tuple(Between(Field.BIRTHDAY, low, high) for low, high in _joined(runs)))


def _joined(runs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges that touch become one; there are no days between one month's end and the next."""
    start, end = runs[0]
    for low, high in runs[1:]:
        if low > end and not (low % 100 == 1 and end % 100 > 28):  # noqa: PLR2004 - a month's last days
            yield start, end
            start = low
        end = high
    yield start, end


def birthday(now: datetime, given: BirthdayFilter, path: Path) -> Where:
    parts: list[Where] = []
    if given.within_next_days is not None:
        parts.append(_celebrated(now.date(), given.within_next_days, path))
    if given.day is not None and given.month is None:
        raise invalid((*path, "day"), "FILTER_INVALID", "A day needs a month.")
    if given.month is not None:
        low = given.month * 100 + (given.day or 0)
        parts.append(Between(Field.BIRTHDAY, low, low + 1 if given.day else low + 100))
    return All(tuple(parts))


def instants(field: Field) -> Leaf:
    def read(now: datetime, given: DateTimeFilter, path: Path) -> Where:
        bounds = [Between(field, given.gte, given.lt)]
        if given.within_last is not None:
            length = duration(given.within_last, *path, "withinLast")
            bounds.append(Between(field, now - length, None))
        return All(tuple(bounds))

    return read


def among(field: Field) -> Leaf:
    """Equals one of the values, which may be members of an enum."""

    def read(now: datetime, given: Sequence[Any], path: Path) -> Where:
        few(given, path)
        return In(field, tuple(str(getattr(value, "value", value)) for value in given))

    return read


def external(now: datetime, given: ExternalIdInput, path: Path) -> Where:
    return In(Field.EXTERNAL_ID, (external_key(given.read()),))


def consent(now: datetime, given: ConsentFilter, path: Path) -> Where:
    statuses = frozenset(status.value for status in given.status)
    channel = given.channel.value if given.channel else None
    return HasConsent(given.purpose, channel, statuses, now)


def few(values: Sequence[object], path: Path) -> None:
    if len(values) > MOST_VALUES:
        raise invalid(path, "TOO_MANY", f"Give at most {MOST_VALUES} values.")
