"""Customers, and what each of them claims for themselves alone."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from domain import sorting
from domain.claims import claims
from domain.customer import CreateCustomer, Customer, SaveCustomer
from domain.errors import IdentityKind
from domain.ids import CustomerId
from domain.query import (
    CustomerQuery,
    Facet,
    FacetField,
    Field,
    Page,
    Where,
)
from domain.secret import Secret
from loyalty.tiers import FIRST_TIERS
from mongo import facets
from mongo.customer_pages import CustomerPages
from mongo.database import Database
from mongo.fields import Document, customer_of, profile_document
from mongo.filters import PATHS, query_of
from mongo.indexes import Index
from mongo.lookups import Lookups
from mongo.operations import Op, Writes, delete, insert, update

CUSTOMERS: Final = "customers"
IDENTITIES: Final = "identities"
COLLECTIONS: Final = (CUSTOMERS, IDENTITIES)

_NEWEST: Final = "sort.created"

INDEXES: Final = (
    Index(CUSTOMERS, "newest", [(_NEWEST, 1)]),
    Index(CUSTOMERS, "changed", [("sort.updated", 1)]),
    Index(CUSTOMERS, "by_name", [("sort.name", 1)]),
    Index(CUSTOMERS, "by_points", [("loyalty.sort", 1)]),
    Index(CUSTOMERS, "by_tag", [("tags.id", 1), (_NEWEST, 1)]),
    Index(CUSTOMERS, "by_tier", [("loyalty.tier", 1), (_NEWEST, 1)]),
    Index(CUSTOMERS, "by_country", [("country", 1), (_NEWEST, 1)]),
    Index(CUSTOMERS, "by_email", [("emails.norm", 1)]),
    Index(CUSTOMERS, "by_phone", [("phones.e164", 1)]),
    Index(CUSTOMERS, "by_external_id", [("external_ids.key", 1)]),
    Index(CUSTOMERS, "by_family", [("family", 1)]),
    Index(CUSTOMERS, "by_search", [("search", 1)]),
    Index(CUSTOMERS, "by_birthday", [("birthday.day", 1)]),
    Index(CUSTOMERS, "by_attribute", [("attributes.k", 1), ("attributes.v", 1)]),
    Index(CUSTOMERS, "by_enriched", [("enriched.k", 1), ("enriched.v", 1)]),
    Index(IDENTITIES, "of_customer", [("customer_id", 1)]),
)

IdentityHash = Callable[[str, str], str]
"""The key of a claim: its kind and a keyed hash, so that no value of a person sits in a key."""


def identity_hash(secret: Secret) -> IdentityHash:
    """HMAC-SHA-256 under the instance's secret, over kind and normal form."""

    def key(kind: str, norm: str) -> str:
        return f"{kind.lower()}:{secret.digest(f'identity:{kind}', norm)}"

    return key


def writes(key: IdentityHash) -> Writes:
    """How the changes of a profile are written; what it claims is claimed in the same commit."""

    def claim(customer: Customer, kind: str, norm: str) -> Op:
        document = {"_id": key(kind, norm), "customer_id": customer.id, "kind": str(kind)}
        return insert(IDENTITIES, document)

    def create(change: CreateCustomer) -> Sequence[Op]:
        customer = change.customer
        claimed = [claim(customer, *each) for each in sorted(claims(customer))]
        return [insert(CUSTOMERS, new_document(customer)), *claimed]

    def save(change: SaveCustomer) -> Sequence[Op]:
        before, after = change.before, change.after
        old, new = profile_document(before), profile_document(after)
        changed = {field: value for field, value in new.items() if old[field] != value}
        guard = {"_id": before.id, "version": before.version}
        held, wanted = claims(before), claims(after)
        return [
            update(CUSTOMERS, guard, {"$set": changed}, guarded=True),
            *(delete(IDENTITIES, {"_id": key(*i)}, guarded=True) for i in sorted(held - wanted)),
            *(claim(after, *each) for each in sorted(wanted - held)),
        ]

    return {CreateCustomer: create, SaveCustomer: save}


def new_document(customer: Customer) -> Document:
    """A customer nobody has asked for consent yet, and who has no points."""
    loyalty = {"seq": 0, "points": 0, "earned": 0, "tier": FIRST_TIERS[0].key}
    return {
        "_id": customer.id,
        **profile_document(customer),
        "consent": {"seq": 0, "states": []},
        "loyalty": {**loyalty, "sort": sorting.points_key(0, customer.id)},
        "enriched": [],
    }


class MongoCustomers:
    """Reads of the customers collection; see domain.customer.Customers for what each promises."""

    def __init__(self, database: Database, key: IdentityHash) -> None:
        self._database = database
        self._customers = database.db[CUSTOMERS]
        self._identities = database.db[IDENTITIES]
        self._key = key
        self._pages = CustomerPages(self._customers)
        self._by_id = Lookups(self._having)
        self._by_identity = {kind: Lookups(partial(self._known_by, kind)) for kind in IdentityKind}

    async def get_many(self, ids: Sequence[CustomerId]) -> dict[CustomerId, Customer]:
        return await self._by_id.get_many(ids)

    async def get(self, customer_id: CustomerId) -> Customer | None:
        return (await self.get_many([customer_id])).get(customer_id)

    async def find(self, kind: IdentityKind, norm: str) -> Customer | None:
        return (await self._by_identity[kind].get_many([norm])).get(norm)

    async def holder(self, kind: str, norm: str) -> CustomerId | None:
        document = await self._identities.find_one({"_id": self._key(kind, norm)})
        return CustomerId(document["customer_id"]) if document else None

    async def ids(self, where: Where, limit: int) -> Sequence[CustomerId]:
        found = self._customers.find(_through_an_index(where), {"_id": 1}).limit(limit)
        return [CustomerId(document["_id"]) for document in await found.to_list(None)]

    async def facets(
        self, where: Where, fields: Sequence[FacetField], limit: int, at: datetime
    ) -> list[Facet]:
        async with asyncio.TaskGroup() as group:
            matching = group.create_task(self.count(CustomerQuery(where), limit))
            pipelines = (facets.pipeline(where, field, limit, at) for field in fields)
            counting = [
                group.create_task(self._database.aggregate(CUSTOMERS, each)) for each in pipelines
            ]
        complete = matching.result() <= limit
        return [
            facets.facet_of(field, counted.result(), complete=complete)
            for field, counted in zip(fields, counting, strict=True)
        ]

    async def count(self, query: CustomerQuery, limit: int) -> int:
        wanted = _through_an_index(query.where)
        return int(await self._customers.count_documents(wanted, limit=limit + 1))

    async def page(self, query: CustomerQuery) -> Page[Customer]:
        return await self._pages.read(query)

    async def _having(self, ids: Sequence[CustomerId]) -> dict[CustomerId, Customer]:
        found = await self._customers.find({"_id": {"$in": list(ids)}}, _PROFILE).to_list(None)
        return {document["_id"]: customer_of(document) for document in found}

    async def _known_by(self, kind: IdentityKind, norms: Sequence[str]) -> dict[str, Customer]:
        wanted = {_IDENTITY_PATHS[kind]: {"$in": list(norms)}}
        found = await self._customers.find(wanted, _PROFILE).to_list(None)
        holders = map(customer_of, found)
        return {norm: each for each in holders for of, norm in each.identities() if of is kind}


def _through_an_index(where: Where) -> Document:
    """Everybody has a place among the newest, so that any filter is served by an index."""
    return {"$and": [{_NEWEST: {"$gt": sorting.LOWEST}}, query_of(where)]}


_PROFILE: Final = {"sort": 0, "search": 0, "family": 0, "consent": 0, "loyalty": 0, "enriched": 0}
_IDENTITY_PATHS: Final = {
    IdentityKind.EMAIL: PATHS[Field.EMAIL],
    IdentityKind.PHONE: PATHS[Field.PHONE],
    IdentityKind.EXTERNAL_ID: PATHS[Field.EXTERNAL_ID],
}
