"""A shelf as the services see it: the same collections, but nothing is asked of the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from consent.ledger import ConsentRecords, History
from consent.records import ConsentRecord, ConsentStanding, Purpose
from customers.attributes import AttributeDefinition
from customers.tags import Tag, Tags
from domain.customer import Customer, Customers
from domain.errors import IdentityKind
from domain.ids import AttributeDefinitionId, ConsentRecordId, CustomerId, TagId
from domain.query import CustomerQuery, Facet, FacetField, Page, Where
from intake.shelf import Shelf, Stock


def shelved(shelf: Shelf, stock: Stock) -> Stock:
    """The stock with the shelf in front of it; what no import asks still goes to the stock."""
    return replace(
        stock,
        customers=_Customers(shelf, stock.customers),
        tags=_Tags(shelf, stock.tags),
        definitions=_Definitions(shelf),
        consents=_Consents(shelf, stock.consents),
        purposes=_Purposes(shelf),
    )


@dataclass(frozen=True, slots=True)
class _Customers:
    shelf: Shelf
    stored: Customers

    async def get_many(self, ids: Sequence[CustomerId]) -> dict[CustomerId, Customer]:
        return {id_: self.shelf.customers[id_] for id_ in ids if id_ in self.shelf.customers}

    async def find(self, kind: IdentityKind, norm: str) -> Customer | None:
        holder = self.shelf.holders.get((kind, norm))
        return self.shelf.customers.get(holder) if holder else None

    async def holder(self, kind: str, norm: str) -> CustomerId | None:
        return self.shelf.holders.get((kind, norm))

    async def page(self, query: CustomerQuery) -> Page[Customer]:
        return await self.stored.page(query)

    async def count(self, query: CustomerQuery, limit: int) -> int:
        return await self.stored.count(query, limit)

    async def ids(self, where: Where, limit: int) -> Sequence[CustomerId]:
        return await self.stored.ids(where, limit)

    async def facets(
        self, where: Where, fields: Sequence[FacetField], limit: int, at: datetime
    ) -> list[Facet]:
        return await self.stored.facets(where, fields, limit, at)


@dataclass(frozen=True, slots=True)
class _Tags:
    shelf: Shelf
    stored: Tags

    async def get_many(self, wanted: Sequence[TagId]) -> dict[TagId, Tag]:
        return await self.stored.get_many(wanted)

    async def by_keys(self, keys: Sequence[str]) -> dict[str, Tag]:
        return {key: self.shelf.tags[key] for key in keys if key in self.shelf.tags}

    async def page(
        self,
        *,
        search: str | None = None,
        group: str | None = None,
        sensitive: bool = True,
        first: int = 50,
        after: str | None = None,
    ) -> Page[Tag]:
        return await self.stored.page(
            search=search, group=group, sensitive=sensitive, first=first, after=after
        )

    async def count(
        self, *, search: str | None, group: str | None, sensitive: bool, limit: int
    ) -> int:
        return await self.stored.count(search=search, group=group, sensitive=sensitive, limit=limit)

    async def customer_counts(
        self, wanted: Sequence[TagId], now: datetime, limit: int
    ) -> dict[TagId, int]:
        return await self.stored.customer_counts(wanted, now, limit)


@dataclass(frozen=True, slots=True)
class _Definitions:
    shelf: Shelf

    async def all(self) -> Sequence[AttributeDefinition]:
        return list(self.shelf.definitions.values())

    async def get_many(
        self, wanted: Sequence[AttributeDefinitionId]
    ) -> dict[AttributeDefinitionId, AttributeDefinition]:
        return {d.id: d for d in self.shelf.definitions.values() if d.id in wanted}

    async def by_keys(self, keys: Sequence[str]) -> dict[str, AttributeDefinition]:
        known = self.shelf.definitions
        return {key: known[key] for key in keys if key in known}


@dataclass(frozen=True, slots=True)
class _Consents:
    shelf: Shelf
    stored: ConsentRecords

    async def standings(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, ConsentStanding]:
        known = self.shelf.standings
        return {id_: known[id_] for id_ in ids if id_ in known}

    async def history(
        self, ids: Sequence[CustomerId], first: int, after: int | None
    ) -> Mapping[CustomerId, History]:
        return await self.stored.history(ids, first, after)

    async def get_many(
        self, ids: Sequence[ConsentRecordId]
    ) -> Mapping[ConsentRecordId, ConsentRecord]:
        return await self.stored.get_many(ids)

    async def of_acts(
        self, customer_id: CustomerId, acts: Sequence[str]
    ) -> Mapping[str, ConsentRecord]:
        # who has no record yet, or gets their first ones in this batch, has not said this before
        if not self.shelf.standing(customer_id).seq:
            return {}
        return await self.stored.of_acts(customer_id, acts)


@dataclass(frozen=True, slots=True)
class _Purposes:
    shelf: Shelf

    async def all(self) -> Sequence[Purpose]:
        return self.shelf.purposes
