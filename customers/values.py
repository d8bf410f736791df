"""Typed custom values: how JSON becomes what is stored, and how the stored is shown.

Dates are kept as ``YYYY-MM-DD``, instants as UTC to the millisecond, both of fixed width so that
text order is time order; JSON is kept as canonical text.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, cast

from domain.customer import AttributeValue
from domain.errors import Invalid, invalid
from domain.wording import paragraph

_LONGEST: Final = 2_000
_MOST_ITEMS: Final = 100
_LONGEST_ITEM: Final = 200
_LONGEST_JSON: Final = 10_000
_INT64: Final = range(-(1 << 63), 1 << 63)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class AttributeType(StrEnum):
    """What values of an attribute are."""

    STRING = "STRING"
    INT = "INT"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    DATETIME = "DATETIME"
    ENUM = "ENUM"
    STRING_LIST = "STRING_LIST"
    JSON = "JSON"


NEVER_UNIQUE: Final = frozenset({AttributeType.STRING_LIST, AttributeType.JSON})
"""Types whose values are not one thing that a customer could have alone."""


def read(kind: AttributeType, options: Sequence[str], value: object, *path: str) -> AttributeValue:
    """The stored form of a JSON value; raises Invalid at ``path`` where it is of another type."""
    if kind is AttributeType.ENUM:
        return _enum(value, options, path)
    return _READERS[kind](value, path)


def shown(kind: AttributeType, stored: AttributeValue) -> object:
    """The JSON value of what ``read`` gave."""
    if kind is AttributeType.JSON:
        return cast("object", json.loads(str(stored)))
    return list(stored) if isinstance(stored, tuple) else stored


def spoken(kind: AttributeType, stored: AttributeValue, locale: str | None) -> str:
    """The value as a person reads it; yes and no in the language of ``locale``, else English."""
    if kind is AttributeType.BOOLEAN:
        language = (locale or "").partition("-")[0].lower()
        return _YES_NO.get(language, _YES_NO["en"])[bool(stored)]
    return ", ".join(stored) if isinstance(stored, tuple) else str(stored)


Path = tuple[str, ...]


def _refused(path: Path, what: str) -> Invalid:
    return invalid(path, "ATTRIBUTE_TYPE", f"This attribute takes {what}.")


def _string(value: object, path: Path) -> str:
    if not isinstance(value, str):
        raise _refused(path, "text in quotes")
    return paragraph(value, _LONGEST, *path)


def _int(value: object, path: Path) -> int:
    # bool is an int to Python, not to anybody else
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INT64:
        raise _refused(path, "a whole number of at most 64 bits")
    return value


def _float(value: object, path: Path) -> float:
    if not isinstance(value, bool) and isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise _refused(path, "a finite number")


def _boolean(value: object, path: Path) -> bool:
    if not isinstance(value, bool):
        raise _refused(path, "true or false")
    return value


def _date(value: object, path: Path) -> str:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise _refused(path, "a date like 2026-03-31")


def _datetime(value: object, path: Path) -> str:
    try:
        at = datetime.fromisoformat(cast("str", value))
        utc = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    except (TypeError, ValueError, OverflowError):
        at, utc = None, ""
    # without an offset it would be a different instant in every time zone
    if at is None or at.tzinfo is None:
        raise _refused(path, "an instant with its offset, like 2026-03-31T09:30:00Z")
    return f"{utc}Z"


def _enum(value: object, options: Sequence[str], path: Path) -> str:
    if not isinstance(value, str) or value not in options:
        raise _refused(path, f"one of: {', '.join(options)}")
    return value


def _string_list(value: object, path: Path) -> tuple[str, ...]:
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    if len(items) > _MOST_ITEMS or not all(isinstance(item, str) for item in items):
        raise _refused(path, f"a list of at most {_MOST_ITEMS} texts")
    return tuple(
        paragraph(str(item), _LONGEST_ITEM, *path, str(place)) for place, item in enumerate(items)
    )


def _json(value: object, path: Path) -> str:
    try:
        _require_plain(value)
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        text.encode()
    except (TypeError, ValueError, RecursionError):
        raise _refused(
            path, "JSON: finite numbers of at most 64 bits, text, lists, objects"
        ) from None
    if len(text) > _LONGEST_JSON:
        raise _refused(path, f"JSON of at most {_LONGEST_JSON} characters")
    return text


def _require_plain(value: object) -> None:
    """Raises ValueError where an answer could not carry the value back."""
    if isinstance(value, dict):
        for inner in cast("dict[str, object]", value).values():
            _require_plain(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            _require_plain(inner)
    elif isinstance(value, int) and value not in _INT64:
        raise ValueError


_READERS: Final[Mapping[AttributeType, Callable[[object, Path], AttributeValue]]] = {
    AttributeType.STRING: _string,
    AttributeType.INT: _int,
    AttributeType.FLOAT: _float,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.DATE: _date,
    AttributeType.DATETIME: _datetime,
    AttributeType.STRING_LIST: _string_list,
    AttributeType.JSON: _json,
}
_YES_NO: Final[Mapping[str, tuple[str, str]]] = {
    "de": ("Nein", "Ja"),
    "en": ("No", "Yes"),
    "es": ("No", "Sí"),
    "fr": ("Non", "Oui"),
    "pl": ("Nie", "Tak"),
    "uk": ("Ні", "Так"),  # noqa: RUF001 - Ukrainian is written in Cyrillic letters
}
