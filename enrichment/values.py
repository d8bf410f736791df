"""Types of enriched values: what a source declares, and what it may then answer with."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, cast

from domain.customer import AttributeValue
from domain.personal import NotPersonal, PiiClass


class ValueType(StrEnum):
    STRING = "STRING"
    INT = "INT"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    STRING_LIST = "STRING_LIST"


@dataclass(frozen=True, slots=True)
class EnrichedField:
    """An attribute that a source can fill: its key, type, name for people and category."""

    key: Annotated[str, NotPersonal]
    type: Annotated[ValueType, NotPersonal]
    label: Annotated[str, NotPersonal]
    pii: Annotated[PiiClass, NotPersonal] = PiiClass.DEMOGRAPHIC


_MAX_TEXT: Final = 1_000
_TRUE: Final = frozenset({"true", "yes", "y", "1", "t"})
_FALSE: Final = frozenset({"false", "no", "n", "0", "f"})


def fits(value: object, kind: ValueType) -> bool:
    """Whether an answered value is of the declared type, finite and of a sane size."""
    match kind:
        case ValueType.STRING:
            return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT
        case ValueType.BOOLEAN:
            return isinstance(value, bool)
        case ValueType.INT:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
        case ValueType.FLOAT:
            return isinstance(value, float) and math.isfinite(value)
        case ValueType.DATE:
            return isinstance(value, str) and _is_date(value)
        case ValueType.STRING_LIST:
            return isinstance(value, tuple) and _are_texts(cast("tuple[object, ...]", value))


def read(text: str, kind: ValueType, *, separator: str = "|") -> AttributeValue | None:
    """A value from its text in a file; None where the cell is empty.

    Dates are ISO 8601 days, decimals use a point, lists are split at ``separator``. Raises
    ValueError, without the text, where it is not of the type.
    """
    trimmed = text.strip()
    if not trimmed:
        return None
    found = _parse(trimmed, kind, separator)
    if found == () or not fits(found, kind):
        raise ValueError(f"not a value of type {kind}")
    return found


def _parse(text: str, kind: ValueType, separator: str) -> AttributeValue:
    try:
        match kind:
            case ValueType.INT:
                return int(text)
            case ValueType.FLOAT:
                return float(text)
            case ValueType.BOOLEAN:
                return _boolean(text.casefold())
            case ValueType.STRING_LIST:
                return tuple(part.strip() for part in text.split(separator) if part.strip())
            case ValueType.STRING | ValueType.DATE:
                return text
    except ValueError:
        # the original message repeats the text
        raise ValueError(f"not a value of type {kind}") from None


def _boolean(text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _are_texts(values: tuple[object, ...]) -> bool:
    return bool(values) and all(isinstance(v, str) and 0 < len(v) <= _MAX_TEXT for v in values)
