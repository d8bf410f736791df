"""What one batch of rows needs to know, fetched in a few queries and kept current as it decides.

The services decide on it as they decide on the database, so every rule of a single write holds for
a file too, and the second row about a person sees what the first one did.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from consent.ledger import AppendConsents, ConsentRecords
from consent.purposes import Purposes
from consent.records import ConsentStanding, Purpose
from customers.attributes import AttributeDefinition, AttributeDefinitions, held
from customers.drafts import AttributeDraft
from customers.tags import CreateTag, Tag, Tags
from domain.claims import claims, unique_value
from domain.customer import Claim, CreateCustomer, Customer, Customers, SaveCustomer
from domain.errors import Invalid
from domain.ids import CustomerId
from domain.work import Change
from intake.matching import Identity


class Holders(Protocol):
    """Whose claims these are, as the uniqueness guard knows it."""

    async def holders(self, wanted: Sequence[Claim]) -> dict[Claim, CustomerId]:
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

    holders: dict[Claim, CustomerId]
    customers: dict[CustomerId, Customer]
    standings: dict[CustomerId, ConsentStanding]
    tags: dict[str, Tag]
    definitions: Mapping[str, AttributeDefinition]
    purposes: Sequence[Purpose]

    def standing(self, customer_id: CustomerId) -> ConsentStanding:
        """Where the customer's consents stand; empty for somebody new."""
        return self.standings.get(customer_id) or ConsentStanding(customer_id)

    def known_by(self, wanted: Collection[Identity]) -> set[Identity]:
        """These, and what else those who hold them are recognised by."""
        ids = {self.holders[each] for each in wanted if each in self.holders}
        people = (self.customers[each] for each in ids if each in self.customers)
        return set(wanted).union(*(each.identities() for each in people))

    def apply(self, changes: Sequence[Change]) -> None:
        """What has been decided for one row, for the rows behind it."""
        for change in changes:
            if isinstance(change, CreateCustomer):
                self._keep(change.customer)
                self.standings[change.customer.id] = ConsentStanding(change.customer.id)
            elif isinstance(change, SaveCustomer):
                self._free(change.before, change.after)
                self._keep(change.after)
                # only a dry run saves somebody who is not stored: it created them in vain
                self.standings.setdefault(change.after.id, ConsentStanding(change.after.id))
            elif isinstance(change, AppendConsents):
                self.standings[change.after.customer_id] = change.after
            elif isinstance(change, CreateTag):
                self.tags[change.tag.key] = change.tag

    def _free(self, before: Customer, after: Customer) -> None:
        for claim in claims(before) - claims(after):
            # a shelf that was fetched after the commit knows who has it since
            if self.holders.get(claim) == before.id:
                del self.holders[claim]

    def _keep(self, customer: Customer) -> None:
        self.customers[customer.id] = customer
        self.holders.update(dict.fromkeys(claims(customer), customer.id))


async def fetched(
    stock: Stock,
    identities: Sequence[Identity],
    tags: Sequence[str],
    attributes: Sequence[AttributeDraft],
    more: Iterable[CustomerId],
) -> Shelf:
    """A shelf for rows that name these, and for ``more``; six queries, whatever their number."""
    definitions = {d.key: d for d in await stock.definitions.all()}
    wanted = [*identities, *dict.fromkeys(_claimed(attributes, definitions))]
    holders = await stock.holders.holders(wanted) if wanted else {}
    # who has a unique value is not whom the row is about: their id alone is needed
    known = (holders[each] for each in identities if each in holders)
    ids = list(dict.fromkeys([*known, *more]))
    return Shelf(
        holders=holders,
        customers=await stock.customers.get_many(ids) if ids else {},
        standings=dict(await stock.consents.standings(ids)) if ids else {},
        tags=await stock.tags.by_keys(tags) if tags else {},
        definitions=definitions,
        purposes=await stock.purposes.all(),
    )


def gaining(identities: Collection[Identity], changes: Iterable[Change]) -> Iterator[CustomerId]:
    """Who is about to have one of these, although nobody who looks for it finds them yet."""
    saved = (change.after for change in changes if isinstance(change, SaveCustomer))
    return (each.id for each in saved if not each.identities().isdisjoint(identities))


def _claimed(
    drafts: Sequence[AttributeDraft], definitions: Mapping[str, AttributeDefinition]
) -> Iterator[Claim]:
    """What the attributes would claim; values that are no values will be refused anyway."""
    for draft in drafts:
        definition = definitions.get(draft.key)
        if definition and definition.unique and draft.value is not None:
            with suppress(Invalid):
                yield unique_value(held(definition, draft.value))
