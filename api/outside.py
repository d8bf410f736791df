"""What a program cannot decide by itself: what time it is, and chance."""

import os
import time
from datetime import UTC, datetime
from typing import Final

from domain import ids

_AT_ONCE: Final = 256
_tails: Final[list[str]] = []
"""Chance drawn for the next ids. The system lets other threads run whenever it is asked for some,
and with a driver's threads the answer waits for them: dearer than everything else about an id."""


def instant() -> datetime:
    """The time in UTC, as exactly as the system tells it."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time, as BSON keeps it: UTC, whole milliseconds."""
    return datetime.fromtimestamp(time.time_ns() // 1_000_000 / 1000, UTC)


def new_id(prefix: str) -> str:
    """A TypeID of this millisecond."""
    head = ids.uuid7_head(time.time_ns() // 1_000_000)
    try:
        # out of the list in one step: no two threads get the same
        tail = _tails.pop()
    except IndexError:
        tail, *more = ids.uuid7_tails(os.urandom(_AT_ONCE * ids.UUID7_TAIL))
        _tails.extend(more)
    return f"{prefix}_{head}{tail}"


# parent and child would make the same ids of what was drawn before they parted
os.register_at_fork(after_in_child=_tails.clear)
