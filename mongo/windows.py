"""Pages as windows: a range bounded on both sides, widened until the page is full.

An unbounded sorted range reads every match on servers that do not push the limit below the sort
(milliseconds become hundreds); a bounded one costs the same at any size, on MongoDB too.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain import sorting

Document = dict[str, Any]
Fetch = Callable[[str, str, int], Awaitable[Sequence[Document]]]
"""Rows with low < key < high in the order of the page, at most so many."""

MOST_FETCHES: Final = 4
_WIDEN: Final = 16
_MARGIN: Final = 2.0
_REMEMBERED: Final = 2048
_END: Final = 1 << 48


@dataclass(frozen=True, slots=True)
class Range:
    """The part of the line still to be read, exclusive at both ends, and from which end."""

    low: str
    high: str
    descending: bool

    @property
    def is_open(self) -> bool:
        """Whether it begins where the whole list does."""
        return self.high == sorting.HIGHEST if self.descending else self.low == sorting.LOWEST

    def first(self, span: int, edge: int) -> tuple["Range", "Range | None"]:
        """The nearest window, ``span`` positions beyond ``edge``, and what is left behind it.

        Nothing is supposed to lie between this end of the range and ``edge``; what does is in the
        window all the same.
        """
        if self.descending:
            cut = sorting.bound(min(sorting.position(self.high), edge) - span)
            if cut <= self.low:
                return self, None
            # keys never equal a bare bound: nothing lies on the cut itself
            return Range(cut, self.high, descending=True), Range(self.low, cut, descending=True)
        cut = sorting.bound(max(sorting.position(self.low), edge) + 1 + span)
        if cut >= self.high:
            return self, None
        return Range(self.low, cut, descending=False), Range(cut, self.high, descending=False)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How far apart rows stood, and where the first one did."""

    per_row: float
    edge: int


def fitting(
    loosely: Fetch,
    fits: Callable[[Document], bool],
    key_of: Callable[[Document], str],
    exactly: Fetch,
    *,
    descending: bool,
) -> Fetch:
    """Fetches what ``loosely`` finds and ``fits``; where some does not, the rest ``exactly``.

    Both read the same rows, but for those that do not fit, in the same order.
    """

    async def fetch(low: str, high: str, limit: int) -> Sequence[Document]:
        found = await loosely(low, high, limit)
        rows = [row for row in found if fits(row)]
        if len(rows) == len(found) or len(found) < limit:
            return rows
        last = key_of(found[-1])
        low, high = (low, last) if descending else (last, high)
        # who was changed in between may have moved from the first read into the second: left out
        # there, and so many more are read, for too few rows would mean that there are no others
        known = {row["_id"] for row in found}
        rest = await exactly(low, high, limit - len(rows) + len(found))
        return [*rows, *(row for row in rest if row["_id"] not in known)][:limit]

    return fetch


class Windows:
    """Remembers how densely each order and filter is populated; a bounded memory, a mere hint."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, bool], _Seen] = OrderedDict()

    async def read(
        self, shape: str, whole: Range, limit: int, key_of: Callable[[Document], str], fetch: Fetch
    ) -> list[Document]:
        """The first ``limit`` rows of the range, in its direction, in at most MOST_FETCHES reads.

        ``shape`` names order and filter; the first page of a shape is read without a window.
        """
        rows: list[Document] = []
        rest: Range | None = whole
        seen = self._seen.get((shape, whole.descending))
        span = int(seen.per_row * limit * _MARGIN) + 1 if seen else 0
        fetches = 0
        while rest is not None and len(rows) < limit:
            # after a few windows the guess was wrong: one slow read beats many quick ones
            last = fetches == MOST_FETCHES - 1
            window, rest = rest.first(span, seen.edge) if seen and not last else (rest, None)
            rows += await fetch(window.low, window.high, limit - len(rows))
            span, fetches = span * _WIDEN, fetches + 1
        self._learn(shape, whole, [sorting.position(key_of(row)) for row in rows])
        return rows

    def _learn(self, shape: str, whole: Range, positions: list[int]) -> None:
        if not positions:
            return
        key = (shape, whole.descending)
        seen = self._seen.get(key) or _Seen(0.0, _END if whole.descending else 0)
        apart = abs(positions[-1] - positions[0]) / len(positions)
        per_row = apart if len(positions) > 1 else seen.per_row
        self._seen[key] = _Seen(per_row, positions[0] if whole.is_open else seen.edge)
        self._seen.move_to_end(key)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
