"""Pages and counts, the same shape for every list."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import strawberry

from api.enums import publish
from domain.errors import invalid

LARGEST_PAGE: Final = 100
MOST_COUNTED: Final = 10_000


class CountPrecision(StrEnum):
    EXACT = "EXACT"
    AT_LEAST = "AT_LEAST"


publish(
    CountPrecision,
    "Whether a count is exact.",
    EXACT="Exactly this many.",
    AT_LEAST="This many or more: counting stopped at the limit.",
)


@strawberry.type(description="How many there are, as far as was counted.")
class Count:
    value: int = strawberry.field(description="The number counted.")
    precision: CountPrecision = strawberry.field(description="Whether it is exact.")

    @classmethod
    def of(cls, counted: int, limit: int) -> "Count":
        """From a count that stopped at ``limit + 1``."""
        if counted > limit:
            return cls(value=limit, precision=CountPrecision.AT_LEAST)
        return cls(value=counted, precision=CountPrecision.EXACT)


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow after this page.")
    has_previous_page: bool = strawberry.field(description="Whether rows come before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first row.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last row.")

    @classmethod
    def of(cls, cursors: Sequence[str], *, has_next: bool, has_previous: bool) -> "PageInfo":
        start, end = (cursors[0], cursors[-1]) if cursors else (None, None)
        return cls(
            has_next_page=has_next,
            has_previous_page=has_previous,
            start_cursor=start,
            end_cursor=end,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page: ``limit`` rows after or before a cursor."""

    limit: int
    after: str | None
    before: str | None
    backward: bool


def wanted(
    first: int | None, after: str | None, last: int | None = None, before: str | None = None
) -> Wanted:
    """Relay's four arguments made one; raises Invalid where they contradict or exceed the limit."""
    if first is not None and last is not None:
        raise invalid(("last",), "PAGE_INVALID", "Ask for the first rows or the last, not both.")
    name, size = ("last", last) if last is not None else ("first", 25 if first is None else first)
    size = size or 0
    if not 1 <= size <= LARGEST_PAGE:
        message = f"A page has 1 to {LARGEST_PAGE} rows: ask for fewer and follow endCursor."
        raise invalid((name,), "PAGE_INVALID", message)
    return Wanted(size, after, before, backward=last is not None)
