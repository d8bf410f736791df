"""Any thing by its id: the prefix says which kind, each kind is read once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from api.context import Info
from api.customer_type import rows
from api.level import Node
from api.pages import LARGEST_PAGE
from domain import ids as kinds
from domain.errors import invalid
from domain.ids import CustomerId, prefix_of

Finder = Callable[[Info, Sequence[str]], Awaitable[Mapping[str, Any]]]
"""Reads many things of one kind by their ids; those that are not there are left out."""


async def _customers(info: Info, ids: Sequence[str]) -> Mapping[str, Any]:
    found = await info.context.services.customers.get_many([CustomerId(each) for each in ids])
    return {str(row.id): row for row in await rows(info, list(found.values()))}


FINDERS: Final[Mapping[str, Finder]] = {kinds.CUSTOMER: _customers}
"""Which kinds of things have ids that ``node`` knows, by prefix."""


async def nodes_by_id(info: Info, wanted: Sequence[str]) -> list[Node | None]:
    """In the order asked for; None for ids of nothing. Raises Invalid for more than 100."""
    if len(wanted) > LARGEST_PAGE:
        raise invalid(("ids",), "TOO_MANY", f"Ask for at most {LARGEST_PAGE} ids at once.")
    found: dict[str, Any] = {}
    for prefix, finder in FINDERS.items():
        mine = [each for each in wanted if prefix_of(each) == prefix]
        if mine:
            found |= await finder(info, mine)
    return [found.get(each) for each in wanted]
