"""Cells of a file as values: what people write for yes, for nothing, for a day."""

from datetime import UTC, date, datetime, tzinfo
from typing import Final

from domain.customer import Birthday
from domain.errors import invalid

YES: Final = frozenset({"yes", "y", "true", "1"})
NO: Final = frozenset({"no", "n", "false", "0"})
_FLAGS: Final = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
_YEARLESS: Final = ("--%m-%d", "%m-%d")


def text(value: object, *_path: str) -> str | None:
    """The cell trimmed; None where nothing is written. Numbers are written out."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    written = str(value).strip()
    return written or None


def unguarded(value: object) -> str | None:
    """The cell without the apostrophe that keeps a spreadsheet from reading it as a number."""
    written = text(value)
    return text(written.removeprefix("'")) if written else None


def flag(value: object, *path: str) -> bool | None:
    """Yes or no; None where the cell is empty. Raises Invalid at ``path`` for anything else."""
    written = text(value)
    if written is None:
        return None
    found = _FLAGS.get(written.casefold())
    if found is None:
        raise invalid(path, "FLAG_INVALID", "This is neither yes nor no.")
    return found


def integer(value: object, *path: str) -> int | None:
    """A whole number; None where the cell is empty. Raises Invalid at ``path``."""
    # digits first: a float holds no more than the first sixteen of them
    try:
        return int(text(value) or "")
    except ValueError:
        number = decimal(value, *path)
    if number is None:
        return None
    if not number.is_integer():
        raise invalid(path, "NUMBER_INVALID", "This is not a whole number.")
    return int(number)


def decimal(value: object, *path: str) -> float | None:
    """A number with a decimal point; None where the cell is empty. Raises Invalid at ``path``."""
    written = text(value)
    if written is None:
        return None
    try:
        number = float(written)
    except ValueError:
        number = float("nan")
    if number - number != 0:
        message = "This is not a number: write it like 1234.56, without thousands separators."
        raise invalid(path, "NUMBER_INVALID", message)
    return number


def birthday(value: object, pattern: str | None, *path: str) -> Birthday | None:
    """A day, with its year where ``pattern`` has one; without a pattern ISO 8601, --MM-DD too."""
    written = text(value)
    if written is None:
        return None
    patterns = (pattern,) if pattern else ("%Y-%m-%d", *_YEARLESS)
    for known in patterns:
        day = _day(written, known)
        if day is not None:
            return Birthday(day.month, day.day, day.year if "%Y" in known else None)
    like = date(1990, 12, 24).strftime(patterns[0])
    message = f"There is no such day, or it is not written like {like}."
    raise invalid(path, "DATE_INVALID", message)


def moment(value: object, pattern: str | None, zone: tzinfo, *path: str) -> datetime | None:
    """An instant in UTC; what has no offset is read in ``zone``. Without a pattern ISO 8601."""
    written = text(value)
    if written is None:
        return None
    try:
        found = (
            datetime.strptime(written, pattern)  # noqa: DTZ007 - the zone follows below
            if pattern
            else datetime.fromisoformat(written)
        )
    except ValueError:
        message = "This is not a date and time in the form that was announced."
        raise invalid(path, "DATE_INVALID", message) from None
    aware = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        utc = aware.astimezone(UTC)
    except OverflowError:
        message = "This is not a date and time that can be: look at its year."
        raise invalid(path, "DATE_INVALID", message) from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _day(written: str, pattern: str) -> date | None:
    # without a year 29 February would be refused: read it in a leap year
    whole = (written, pattern) if "%Y" in pattern else (f"{written} 2000", f"{pattern} %Y")
    try:
        return datetime.strptime(*whole).date()  # noqa: DTZ007 - a birthday has no zone
    except ValueError:
        return None
