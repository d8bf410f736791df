"""Lists of customers: a page, and what is said about the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import strawberry

from api import figures
from api.context import Info
from api.customer_type import Customer, rows
from api.customer_where import Asked
from api.enums import publish
from api.facets import Facet, facets
from api.fields import attribute, field
from api.pages import MOST_COUNTED, Count, PageInfo, wanted
from domain import customer, query, telling
from domain.cursors import read_cursor, written_cursor
from domain.errors import invalid
from domain.personal import PiiClass
from domain.query import CustomerQuery, FacetField, OrderField, Page


class SortDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


publish(
    SortDirection, "Which end comes first.", ASC="The smallest first.", DESC="The largest first."
)
publish(
    OrderField,
    "What a list of customers is ordered by; ties by id.",
    called="CustomerOrderField",
    CREATED_AT="When the record was made.",
    UPDATED_AT="When the profile was last changed.",
    DISPLAY_NAME="The name, whatever its case; needs pii:read.",
    LOYALTY_POINTS="The balance of points.",
)


@strawberry.input(description="The order of a list.")
class CustomerOrder:
    field: OrderField = strawberry.field(description="What to order by.")
    direction: SortDirection | None = strawberry.field(
        default=None,
        description="Which end comes first; left out, names from A on, everything else from the "
        "newest or largest down.",
    )

    def read(self) -> query.Order:
        """The order, made total by id."""
        names = self.field is OrderField.DISPLAY_NAME
        usual = SortDirection.ASC if names else SortDirection.DESC
        return query.Order(self.field, descending=(self.direction or usual) is SortDirection.DESC)


@strawberry.type(description="A customer's place in a list.")
class CustomerEdge:
    cursor: str = attribute(
        "Continue from here with `after` or `before`.",
        unmarked="the list logs what its order tells",
    )
    node: Customer = strawberry.field(description="The customer.")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list; ``is_whole`` where the page is all of it."""

    asked: Asked
    order: query.Order
    page: Page[customer.Customer]
    nodes: Sequence[Customer]
    is_whole: bool

    def shown(self, info: Info) -> "Listing":
        """The same; that its rows are on it tells what they were filtered and ordered by."""
        ordered = telling.BY_ORDER.get(self.order.field)
        tells = self.asked.tells if ordered is None else self.asked.tells | {ordered}
        info.context.show_many([row.item.id for row in self.page.rows], tells)
        return self

    def cursors(self) -> list[str]:
        return [written_cursor(row.cursor, self.order) for row in self.page.rows]

    async def counted(self, info: Info, *by: PiiClass) -> None:
        """A figure about the whole list was asked for."""
        rows = [row.item.id for row in self.page.rows]
        # more than few on one page are more than few in all
        known = self.is_whole or len(rows) > figures.FEW
        await figures.told(info.context, self.asked, *by, whole=rows if known else None)


@strawberry.type(description="A page of customers, and what can be said of the whole list.")
class CustomerConnection:
    listing: strawberry.Private[Listing]

    @field("The rows with their cursors.")
    def edges(self, info: Info) -> list[CustomerEdge]:
        listing = self.listing.shown(info)
        pairs = zip(listing.cursors(), listing.nodes, strict=True)
        return [CustomerEdge(cursor=cursor, node=node) for cursor, node in pairs]

    @field("The rows alone.")
    def nodes(self, info: Info) -> list[Customer]:
        return list(self.listing.shown(info).nodes)

    @field("Where the page stands in the list.")
    def page_info(self, info: Info) -> PageInfo:
        cursors, page = self.listing.shown(info).cursors(), self.listing.page
        return PageInfo.of(cursors, has_next=page.has_next, has_previous=page.has_previous)

    @field("How many customers fit in all, counted up to `limit`.", cost=5)
    async def total_count(
        self,
        info: Info,
        limit: Annotated[
            int, strawberry.argument(description="Where counting stops: 1 to 10,000.")
        ] = MOST_COUNTED,
    ) -> Count:
        if not 1 <= limit <= MOST_COUNTED:
            raise invalid(("limit",), "LIMIT_INVALID", f"Count up to 1 to {MOST_COUNTED}.")
        await self.listing.counted(info)
        where = CustomerQuery(self.listing.asked.where)
        return Count.of(await info.context.services.customers.count(where, limit), limit)

    @field("Counts by value, to narrow the list with.", cost=10, list_size=5)
    async def facets(
        self,
        info: Info,
        by: Annotated[list[FacetField], strawberry.argument(description="What to count.")],
    ) -> list[Facet]:
        await self.listing.counted(
            info, *(telling.BY_FACET[each] for each in by if each in telling.BY_FACET)
        )
        return await facets(info, self.listing.asked.where, by)


async def listed(
    info: Info,
    whom: Asked,
    order: CustomerOrder | None,
    page: tuple[int | None, str | None, int | None, str | None],
) -> CustomerConnection:
    """The page asked for; raises Invalid for a cursor of another order."""
    asked = wanted(page[0], page[1], page[2], page[3])
    by = order.read() if order is not None else query.Order()
    if by.field is OrderField.DISPLAY_NAME:
        # the order of names that are shown masked tells them, cursor by cursor
        info.context.require("pii:read")
    found = await info.context.services.customers.page(
        CustomerQuery(
            where=whom.where,
            order=by,
            limit=asked.limit,
            after=read_cursor(asked.after, by, "after"),
            before=read_cursor(asked.before, by, "before"),
            backward=asked.backward,
        )
    )
    nodes = await rows(info, [row.item for row in found.rows])
    cut = found.has_next or found.has_previous or bool(asked.after or asked.before)
    return CustomerConnection(listing=Listing(whom, by, found, nodes, is_whole=not cut))
