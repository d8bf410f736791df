"""What a program cannot decide by itself: what time it is, and chance."""

import os
import time
from datetime import UTC, datetime

from domain import ids


def now() -> datetime:
    """The time, as BSON keeps it: UTC, whole milliseconds."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def new_id(prefix: str) -> str:
    """A TypeID of this millisecond."""
    # as good as secrets.randbits(74), which asks the system for the same bytes, at half the price
    randomness = int.from_bytes(os.urandom(10)) >> 6
    value = ids.uuid7(milliseconds=time.time_ns() // 1_000_000, randomness=randomness)
    return ids.typed(prefix, value)
