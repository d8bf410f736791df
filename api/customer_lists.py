"""Lists of customers: a page, and what is said about the whole."""

from enum import StrEnum
from typing import Annotated

import strawberry

from api.context import Info
from api.customer_type import Customer, rows
from api.enums import publish
from api.facets import Facet, facets
from api.fields import field
from api.pages import MOST_COUNTED, Count, PageInfo, wanted
from domain import query
from domain.cursors import read_cursor, written_cursor
from domain.errors import invalid
from domain.query import CustomerQuery, FacetField, OrderField, Where


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
    cursor: str = strawberry.field(description="Continue from here with `after` or `before`.")
    node: Customer = strawberry.field(description="The customer.")


@strawberry.type(description="A page of customers, and what can be said of the whole list.")
class CustomerConnection:
    where: strawberry.Private[Where]
    edges: list[CustomerEdge] = strawberry.field(description="The rows with their cursors.")
    nodes: list[Customer] = strawberry.field(description="The rows alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

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
        counted = await info.context.services.customers.count(CustomerQuery(self.where), limit)
        return Count.of(counted, limit)

    @field("Counts by value, to narrow the list with.", cost=10, list_size=5)
    async def facets(
        self,
        info: Info,
        by: Annotated[list[FacetField], strawberry.argument(description="What to count.")],
    ) -> list[Facet]:
        return await facets(info, self.where, by)


async def listed(
    info: Info,
    where: Where,
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
            where=where,
            order=by,
            limit=asked.limit,
            after=read_cursor(asked.after, by, "after"),
            before=read_cursor(asked.before, by, "before"),
            backward=asked.backward,
        )
    )
    nodes = await rows(info, [row.item for row in found.rows])
    cursors = [written_cursor(row.cursor, by) for row in found.rows]
    return CustomerConnection(
        where=where,
        nodes=nodes,
        edges=[CustomerEdge(cursor=c, node=n) for c, n in zip(cursors, nodes, strict=True)],
        page_info=PageInfo.of(cursors, has_next=found.has_next, has_previous=found.has_previous),
    )
