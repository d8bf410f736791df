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

_WIDEN: Final = 16
_MOST_WINDOWS: Final = 3
_MARGIN: Final = 2.0
_REMEMBERED: Final = 2048
_END: Final = 1 << 48


@dataclass(frozen=True, slots=True)
class Range:
    """The part of the line still to be read, exclusive at both ends, and from which end."""

    low: str
    high: str
    descending: bool

    def first(self, span: int) -> tuple["Range", "Range | None"]:
        """The nearest window of ``span`` positions, and what is left behind it."""
        if self.descending:
            cut = sorting.bound(min(sorting.position(self.high), _END) - span)
            if cut <= self.low:
                return self, None
            # keys never equal a bare bound: nothing lies on the cut itself
            return Range(cut, self.high, descending=True), Range(self.low, cut, descending=True)
        cut = sorting.bound(sorting.position(self.low) + 1 + span)
        if cut >= self.high:
            return self, None
        return Range(self.low, cut, descending=False), Range(cut, self.high, descending=False)


class Windows:
    """Remembers how densely each order and filter is populated; a bounded memory, a mere hint."""

    def __init__(self) -> None:
        self._spans: OrderedDict[str, float] = OrderedDict()

    async def read(
        self, shape: str, whole: Range, limit: int, key_of: Callable[[Document], str], fetch: Fetch
    ) -> list[Document]:
        """The first ``limit`` rows of the range, in its direction.

        ``shape`` names order and filter; the first page of a shape is read without a window.
        """
        rows: list[Document] = []
        rest: Range | None = whole
        span = self._guess(shape, limit)
        tries = 0
        while rest is not None and len(rows) < limit:
            # after a few windows the guess was wrong: one slow read beats many quick ones
            bounded = span and tries < _MOST_WINDOWS
            window, rest = rest.first(span) if bounded else (rest, None)
            rows += await fetch(window.low, window.high, limit - len(rows))
            span, tries = span * _WIDEN, tries + 1
        self._learn(shape, [sorting.position(key_of(row)) for row in rows])
        return rows

    def _guess(self, shape: str, limit: int) -> int:
        per_row = self._spans.get(shape)
        return int(per_row * limit * _MARGIN) + 1 if per_row is not None else 0

    def _learn(self, shape: str, positions: list[int]) -> None:
        if len(positions) > 1:
            self._spans[shape] = abs(positions[-1] - positions[0]) / len(positions)
            self._spans.move_to_end(shape)
            if len(self._spans) > _REMEMBERED:
                self._spans.popitem(last=False)
