"""The tags of a customer."""

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

import strawberry

from api import tag_type
from api.actors import Actor
from api.context import Context
from api.fields import attribute, field
from api.level import Loader, Row
from api.pages import PageInfo, wanted
from api.scalars import Instant
from api.tag_type import Tag
from domain import cursors, sorting
from domain.customer import Customer, Tagging
from domain.ids import CustomerId, TagId
from domain.personal import PiiClass

_LIST: Final = "customer-tags"


@strawberry.type(description="A tag on a customer.")
class CustomerTagEdge:
    cursor: str = attribute("Continue from here with `after`.", pii=PiiClass.BEHAVIOUR)
    node: Tag = attribute("The tag.", pii=PiiClass.BEHAVIOUR)
    added_at: Instant = attribute("When it was put on.")
    added_by: Actor = attribute("Who put it on.", unmarked="the caller then")
    expires_at: Instant | None = attribute("When it ends by itself; null where it does not.")


@dataclass(frozen=True, slots=True)
class _Page:
    """The tags of one customer: each with its place in the list. What is not asked is not made."""

    rows: Sequence[tuple[str, Tagging]]
    shown: Mapping[TagId, Tag]
    has_next: bool
    has_previous: bool


@strawberry.type(description="A page of a customer's tags, in the order they were put on.")
class CustomerTagConnection:
    page: strawberry.Private[_Page]

    @field("The tags, with when and by whom.")
    def edges(self) -> list[CustomerTagEdge]:
        shown = self.page.shown
        return [_edge(key, tagging, shown[tagging.tag_id]) for key, tagging in self.page.rows]

    @field("The tags alone.", pii=PiiClass.BEHAVIOUR)
    def nodes(self) -> list[Tag]:
        return [self.page.shown[tagging.tag_id] for _, tagging in self.page.rows]

    @field("Where the page stands in the list.", pii=PiiClass.BEHAVIOUR)
    def page_info(self) -> PageInfo:
        page = self.page
        ends = [_cursor(key) for key, _ in (*page.rows[:1], *page.rows[-1:])]
        return PageInfo.of(ends, has_next=page.has_next, has_previous=page.has_previous)


@strawberry.type
class CustomerTags(Row):
    # they stand in the customer's own document: a page of them costs what most customers have
    @field("Their tags, those that have ended left out; sensitive ones need pii:read.", list_size=3)
    def tags(
        self,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 50,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> CustomerTagConnection:
        found = self.level.value("tags", self.customer_id, first=first, after=after)
        return cast("CustomerTagConnection", found)


async def _load(
    context: Context, ids: Sequence[CustomerId], arguments: Mapping[str, Any]
) -> Mapping[CustomerId, CustomerTagConnection]:
    limit = wanted(arguments["first"], None).limit
    after = cursors.opened_as(sorting.is_key, arguments.get("after"), _LIST, "after")
    customers = await context.customers(ids)
    shown = await _visible(context, customers)
    for customer_id, customer in customers.items():
        if any(tagging.tag_id in shown for tagging in customer.tags):
            context.show(customer_id, PiiClass.BEHAVIOUR)
    now = context.services.clock()
    return {
        customer_id: _page(
            [t for t in customer.tags if t.active(now) and t.tag_id in shown], shown, after, limit
        )
        for customer_id, customer in customers.items()
    }


async def _visible(
    context: Context, customers: Mapping[CustomerId, Customer]
) -> Mapping[TagId, Tag]:
    """Definitions of all tags of these customers; none of those that the caller may not see."""
    wanted_ids = sorted({t.tag_id for customer in customers.values() for t in customer.tags})
    found = await context.services.tag_definitions.get_many(wanted_ids) if wanted_ids else {}
    records = [record for record in found.values() if tag_type.visible(context, record)]
    return {tag.record.id: tag for tag in tag_type.shown(context, records)}


def _page(
    taggings: Sequence[Tagging], shown: Mapping[TagId, Tag], after: str | None, limit: int
) -> CustomerTagConnection:
    later = [(key, t) for key, t in _keyed(taggings) if after is None or key > after]
    ordered = sorted(later, key=operator.itemgetter(0))
    more = len(ordered) > limit
    page = _Page(ordered[:limit], shown, has_next=more, has_previous=after is not None)
    return CustomerTagConnection(page=page)


def _keyed(taggings: Sequence[Tagging]) -> Iterator[tuple[str, Tagging]]:
    return ((sorting.instant_key(t.added_at, t.tag_id), t) for t in taggings)


def _edge(key: str, tagging: Tagging, tag: Tag) -> CustomerTagEdge:
    return CustomerTagEdge(
        cursor=_cursor(key),
        node=tag,
        added_at=Instant(tagging.added_at),
        added_by=Actor.of(tagging.added_by),
        expires_at=Instant(tagging.expires_at) if tagging.expires_at else None,
    )


def _cursor(key: str) -> str:
    return cursors.sealed(key, _LIST)


LOADERS: Final[Mapping[str, Loader]] = {"tags": _load}
