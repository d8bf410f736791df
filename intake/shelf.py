"""What one batch of rows needs to know, fetched in a few queries and kept current as it decides.

The services decide on it as they decide on the database, so every rule of a single write holds for
a file too, and the second row about a person sees what the first one did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from consent.ledger import AppendConsents, ConsentRecords
from consent.purposes import Purposes
from consent.records import ConsentStanding, Purpose
from customers.attributes import AttributeDefinition, AttributeDefinitions
from customers.tags import CreateTag, Tag, Tags
from domain.customer import CreateCustomer, Customer, Customers, SaveCustomer
from domain.ids import CustomerId
from domain.work import Change
from intake.matching import Identity


class Holders(Protocol):
    """Whose identities these are, as the uniqueness guard knows it."""

    async def holders(self, wanted: Sequence[Identity]) -> dict[Identity, CustomerId]:
        """Those that somebody holds, given in their normal form; one query."""
        ...


@dataclass(frozen=True, slots=True)
class Stock:
    """The collections that an import reads."""

    customers: Customers
    holders: Holders
    tags: Tags
    definitions: AttributeDefinitions
    consents: ConsentRecords
    purposes: Purposes


@dataclass(slots=True)
class Shelf:
    """The part of the stock that a batch is about. ``apply`` makes decided changes visible."""

    holders: dict[Identity, CustomerId]
    customers: dict[CustomerId, Customer]
    standings: dict[CustomerId, ConsentStanding]
    tags: dict[str, Tag]
    definitions: Mapping[str, AttributeDefinition]
    purposes: Sequence[Purpose]

    def standing(self, customer_id: CustomerId) -> ConsentStanding:
        """Where the customer's consents stand; empty for somebody new."""
        return self.standings.get(customer_id) or ConsentStanding(customer_id)

    def apply(self, changes: Sequence[Change]) -> None:
        """What has been decided for one row, for the rows behind it."""
        for change in changes:
            if isinstance(change, CreateCustomer):
                self._keep(change.customer)
                self.standings[change.customer.id] = ConsentStanding(change.customer.id)
            elif isinstance(change, SaveCustomer):
                self._keep(change.after)
            elif isinstance(change, AppendConsents):
                self.standings[change.after.customer_id] = change.after
            elif isinstance(change, CreateTag):
                self.tags[change.tag.key] = change.tag

    def _keep(self, customer: Customer) -> None:
        self.customers[customer.id] = customer
        self.holders.update(dict.fromkeys(customer.identities(), customer.id))


async def fetched(stock: Stock, identities: Sequence[Identity], tags: Sequence[str]) -> Shelf:
    """A shelf for rows that name these; six queries, whatever their number."""
    holders = await stock.holders.holders(identities) if identities else {}
    ids = list(dict.fromkeys(holders.values()))
    return Shelf(
        holders=holders,
        customers=await stock.customers.get_many(ids) if ids else {},
        standings=dict(await stock.consents.standings(ids)) if ids else {},
        tags=await stock.tags.by_keys(tags) if tags else {},
        definitions={d.key: d for d in await stock.definitions.all()},
        purposes=await stock.purposes.all(),
    )
