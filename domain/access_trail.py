"""The access log as it is read: who saw whose data, newest first. It holds ids, never values."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from domain import ids
from domain.access_log import AccessEntry
from domain.ids import CustomerId, KeyId

_DIGITS: Final = str.maketrans("abcdefghjkmnpqrstvwxyz", "abcdefghijklmnopqrstuv")
"""From the letters of an id to those of Python's base 32."""
_INSTANT: Final = 10
"""Characters of an id that hold its millisecond: 48 bits behind two that are always nought."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries: those for which all that is given holds.

    ``since`` is the first moment and ``until`` the first one that is too late; ``before`` is an
    entry that all others are older than.
    """

    customer: CustomerId | None = None
    key: KeyId | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None

    @property
    def low(self) -> int:
        """The first millisecond."""
        return 0 if self.since is None else _milliseconds(self.since)

    @property
    def high(self) -> int | None:
        """The first millisecond that is too late, None where none is."""
        return None if self.until is None else _milliseconds(self.until)


class AccessTrail(Protocol):
    """The entries there are."""

    async def page(self, sought: Sought, limit: int) -> Sequence[AccessEntry]:
        """The newest of them, at most so many."""
        ...


async def walked(
    trail: AccessTrail, sought: Sought, most: int | None, *, size: int = PAGE
) -> AsyncIterator[AccessEntry]:
    """Every entry or the newest ``most`` of them, as many in memory at once as a page holds."""
    given = 0
    while most is None or given < most:
        wanted = size if most is None else min(size, most - given)
        found = await trail.page(sought, wanted)
        for entry in found:
            yield entry
        if len(found) < wanted:
            return
        given, sought = given + wanted, replace(sought, before=found[-1].id)


def first_at(milliseconds: int) -> str:
    """The least id that an entry of this millisecond can have."""
    return ids.typed(ids.ACCESS, milliseconds << 80)


def milliseconds_of(entry_id: str) -> int:
    """The millisecond in which this id was made."""
    return int(ids.suffix_of(entry_id)[:_INSTANT].translate(_DIGITS), 32)


def _milliseconds(at: datetime) -> int:
    return max(0, (at - _EPOCH) // _MILLISECOND)
