"""Pages of customers in one of their orders, by filter, from a cursor on, in either direction."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from domain import sorting
from domain.customer import Customer
from domain.errors import invalid
from domain.query import CustomerQuery, Order, OrderField, Page, Row
from mongo.driver import Document
from mongo.fields import customer_of
from mongo.filters import by_index, query_of
from mongo.windows import Fetch, Range, Windows, fitting

_SORTS: Final[Mapping[OrderField, str]] = {
    OrderField.CREATED_AT: "sort.created",
    OrderField.UPDATED_AT: "sort.updated",
    OrderField.DISPLAY_NAME: "sort.name",
    OrderField.LOYALTY_POINTS: "loyalty.sort",
}
_PROFILE_AND_KEYS: Final = {"search": 0, "family": 0, "consent": 0, "enriched": 0}


class CustomerPages:
    """See domain.query.CustomerQuery for order and limits; names keep their keys to themselves."""

    def __init__(self, customers: Any) -> None:
        self._customers = customers
        self._windows = Windows()

    async def read(self, query: CustomerQuery) -> Page[Customer]:
        path = _SORTS[query.order.field]
        after, before = await self._ends(query, path)
        whole, descending = _range(query.order, after, before, backward=query.backward)
        where, fits = by_index(query.where)
        key_of = _reader(path)

        def reading(wanted: Document) -> Fetch:
            return partial(self._fetched, wanted, path, -1 if descending else 1)

        fetch = reading(where)
        if fits is not None:
            fetch = fitting(
                fetch, fits, key_of, reading(query_of(query.where)), descending=descending
            )
        shape = f"{path}:{json.dumps(where, sort_keys=True, default=_kind)}"
        found = await self._windows.read(shape, whole, query.limit + 1, key_of, fetch)
        return _page(found, query, key_of)

    async def _fetched(
        self, where: Document, path: str, direction: int, low: str, high: str, limit: int
    ) -> list[Document]:
        window = {path: {"$gt": low, "$lt": high}}
        wanted = {"$and": [where, window]} if where else window
        cursor = self._customers.find(wanted, _PROFILE_AND_KEYS)
        found: list[Document] = await cursor.sort(path, direction).limit(limit).to_list(None)
        return found

    async def _ends(self, query: CustomerQuery, path: str) -> tuple[str | None, str | None]:
        if query.order.field is not OrderField.DISPLAY_NAME:
            return query.after, query.before
        # a name is personal: its cursor holds the id alone, the key is read back from the customer
        ids = [end for end in (query.after, query.before) if end is not None]
        if not ids:
            return None, None
        found = await self._customers.find({"_id": {"$in": ids}}, {path: 1}).to_list(None)
        keys = {document["_id"]: _reader(path)(document) for document in found}
        return _end(keys, query.after, "after"), _end(keys, query.before, "before")


def _kind(value: object) -> str:
    """What stands for a moment in a shape: it differs from one request to the next."""
    return type(value).__name__


def _reader(path: str) -> Callable[[Document], str]:
    outer, inner = path.split(".")
    return lambda document: str(document[outer][inner])


def _end(keys: Mapping[str, str], cursor: str | None, argument: str) -> str | None:
    if cursor is None:
        return None
    if cursor not in keys:
        message = "The customer behind this cursor is gone: start again without it."
        raise invalid((argument,), "CURSOR_INVALID", message)
    return keys[cursor]


def _range(
    order: Order, after: str | None, before: str | None, *, backward: bool
) -> tuple[Range, bool]:
    start, end = (before, after) if order.descending else (after, before)
    descending = order.descending is not backward
    low, high = start or sorting.LOWEST, end or sorting.HIGHEST
    return Range(low, high, descending=descending), descending


def _page(
    found: list[Document], query: CustomerQuery, key_of: Callable[[Document], str]
) -> Page[Customer]:
    more = len(found) > query.limit
    documents = found[: query.limit]
    if query.backward:
        documents.reverse()
    by_id = query.order.field is OrderField.DISPLAY_NAME
    rows = [Row(customer_of(d), d["_id"] if by_id else key_of(d)) for d in documents]
    has_next = query.before is not None if query.backward else more
    has_previous = more if query.backward else query.after is not None
    return Page(rows, has_next=has_next, has_previous=has_previous)
