"""Sort keys: for each order one string per customer, unique, comparable byte by byte.

The first twelve characters are hexadecimal digits, so that a range can be cut into windows by
arithmetic; the id at the end makes the order total.
"""

from datetime import datetime
from typing import Final

from domain.ids import CustomerId

DIGITS: Final = 12
LOWEST: Final = ""
HIGHEST: Final = "~"
_OFFSET: Final = 1 << 40  # keeps negative balances in order
_NAME_BYTES: Final = 48


def instant_key(at: datetime, row_id: str) -> str:
    """By time, to the millisecond."""
    return f"{int(at.timestamp() * 1000):012x}.{row_id}"


def points_key(points: int, customer_id: CustomerId) -> str:
    """By balance; negative ones first."""
    return f"{points + _OFFSET:012x}.{customer_id}"


def name_key(name: str, customer_id: CustomerId) -> str:
    """By case-folded name, code point by code point; hexadecimal keeps the order of UTF-8."""
    encoded = name.casefold().encode()[:_NAME_BYTES].hex()
    return f"{encoded.ljust(DIGITS, '0')}.{customer_id}"


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
