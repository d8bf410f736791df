"""Sort keys: for each order one string per customer, unique, comparable byte by byte.

The first twelve characters are hexadecimal digits, so that a range can be cut into windows by
arithmetic; the id at the end makes the order total.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.ids import CustomerId
from domain.text import folded

DIGITS: Final = 12
LOWEST: Final = ""
HIGHEST: Final = "~"
_OFFSET: Final = 1 << 40  # keeps negative balances in order
_NAME_BYTES: Final = 48
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_KEY: Final = re.compile(rf"[0-9a-f]{{{DIGITS},{2 * _NAME_BYTES}}}\.[a-z0-9_]{{1,64}}")


def instant_key(at: datetime, row_id: str) -> str:
    """By time, to the millisecond."""
    return f"{(at - _EPOCH) // _MILLISECOND:012x}.{row_id}"


def points_key(points: int, customer_id: CustomerId) -> str:
    """By balance; negative ones first."""
    return f"{points + _OFFSET:012x}.{customer_id}"


def name_key(name: str, customer_id: CustomerId) -> str:
    """By folded name, code point by code point, as far as the first 48 bytes tell names apart."""
    encoded = folded(name).encode()[:_NAME_BYTES].hex()
    return f"{encoded.ljust(DIGITS, '0')}.{customer_id}"


def is_key(text: str) -> bool:
    """Whether it has the shape of the keys made here; others come from nobody's page."""
    return _KEY.fullmatch(text) is not None


def position(key: str) -> int:
    """Where a key stands on the line of all keys, for window arithmetic."""
    if key >= HIGHEST:
        return 1 << 48
    return int(key[:DIGITS].ljust(DIGITS, "0"), 16) if key else 0


def bound(at: int) -> str:
    """The smallest key at a position; the ends of the line beyond it."""
    if at <= 0:
        return LOWEST
    return HIGHEST if at >= 1 << 48 else f"{at:012x}"
