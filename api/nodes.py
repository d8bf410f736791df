"""Any thing by its id: the prefix says which kind, each kind is read once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from api import enrichment, loyalty
from api.attribute_definitions import definitions_by_id
from api.consent import records_by_id
from api.context import Info
from api.customer_type import rows
from api.level import Node
from api.notes import notes_by_id
from api.pages import LARGEST_PAGE
from api.purposes import purposes_by_id
from api.tags import tags_by_id
from domain import ids as kinds
from domain.errors import invalid
from domain.ids import CustomerId, prefix_of

Finder = Callable[[Info, Sequence[str]], Awaitable[Mapping[str, Any]]]
"""Reads many things of one kind by their ids; those that are not there are left out."""


async def _customers(info: Info, ids: Sequence[str]) -> Mapping[str, Any]:
    found = await info.context.services.customers.get_many([CustomerId(each) for each in ids])
    return {str(row.id): row for row in await rows(info, list(found.values()))}


FINDERS: Final[Mapping[str, Finder]] = {
    kinds.ATTRIBUTE_DEFINITION: definitions_by_id,
    kinds.CONSENT_RECORD: records_by_id,
    kinds.CUSTOMER: _customers,
    kinds.ENRICHED: enrichment.values_by_id,
    kinds.LOYALTY_ACCOUNT: loyalty.accounts_by_id,
    kinds.NOTE: notes_by_id,
    kinds.POINTS_ENTRY: loyalty.transactions_by_id,
    kinds.PURPOSE: purposes_by_id,
    kinds.RUN: enrichment.runs_by_id,
    kinds.SOURCE: enrichment.sources_by_id,
    kinds.TAG: tags_by_id,
    kinds.TIER: loyalty.tiers_by_id,
}
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
