"""The shop that is measured: seeded customers, each with three tags and two consents."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api import app
from api.services import Services
from api.settings import Settings
from consent.records import Channel, ConsentAct, ConsentStatus
from domain import contact, ids
from domain.access import SCOPES
from domain.actor import Actor, ActorKind
from domain.customer import (
    CreateCustomer,
    Customer,
    EmailIdentity,
    PersonName,
    PhoneIdentity,
    Tagging,
)
from domain.events import Fact, Topic
from domain.ids import CustomerId, FactId, TagId
from domain.secret import Secret
from domain.work import Change
from mongo import customers, writes
from mongo import database as opening
from mongo.batch import Batch
from mongo.database import Database
from mongo.driver import Document

TAGS = ("newsletter", "wholesale", "returns", "loyal", "sale", "vip", "gift", "student")
TAG = TAGS[0]
"""The tag that pages are asked for: three eighths of all customers carry it."""

GIVEN = ("Ada", "Ben", "Chloé", "Dmytro", "Elif", "Femi", "Greta", "Hugo", "Iryna", "Jürgen")
FAMILY = ("Abel", "Bondar", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haas", "Ito")
_SPREAD = timedelta(days=365)
_AT_ONCE = 1_000
_SEED = 20_260
_SAID = ((Channel.EMAIL, ConsentStatus.GRANTED), (Channel.SMS, ConsentStatus.DENIED))


@dataclass(frozen=True, slots=True)
class Shop:
    """A loaded shop: who opens it, and whom to ask for."""

    token: str
    ids: Sequence[str]
    emails: Sequence[str]


def settings_for(url: str, name: str, secret: str, driver: str = "pymongo") -> dict[str, str]:
    """The environment of a Rapport over this database."""
    return {
        "RAPPORT_MONGODB_URL": url,
        "RAPPORT_DATABASE": name,
        "RAPPORT_SECRET": secret,
        "RAPPORT_DRIVER": driver,
        "RAPPORT_PORT": "0",
    }


async def load(url: str, name: str, secret: str, number: int) -> Shop:
    """Fills the empty database through the documents that Rapport itself would write."""
    settings = Settings(mongodb_url=url, database=name, secret=secret, driver="pymongo")  # type: ignore[arg-type]  # pydantic makes them secret
    database = opening.open_database(url, driver="pymongo", name=name)
    async with app.opened(settings) as running:
        key = customers.identity_hash(Secret(bytes.fromhex(secret)))
        table = writes.table(key)
        people = _People(running.services, await _tagged(running.services), number)
        for start in range(0, number, _AT_ONCE):
            changes = [each for n in people.some(start) for each in await people.changes(n)]
            await _insert(database, Batch.of(changes, table))
        issued = await running.keys.create("bench", frozenset(SCOPES))
    await database.close()
    return Shop(issued.token, people.ids, people.emails)


async def _insert(database: Database, batch: Batch) -> None:
    documents = defaultdict[str, list[Document]](list)
    for _, op in batch.parts:
        documents[op.collection].append(op.arguments["document"])
    for collection, several in documents.items():
        await database[collection].insert_many(several, ordered=False)


_US = Actor(ActorKind.API_KEY, "key_00000000000000000000000000", "bench")


async def _tagged(services: Services) -> dict[str, TagId]:
    ensured = await services.tags.ensure(TAGS, _US)
    await services.work.commit(ensured.changes)
    return ensured.value


class _People:
    """Customers by number, spread evenly over the last year."""

    def __init__(self, services: Services, tags: dict[str, TagId], number: int) -> None:
        self._services = services
        self._tags = tags
        self._random = random.Random(_SEED)
        self._step = _SPREAD / max(number, 1)
        self._start = services.clock() - _SPREAD
        self._number = number
        self.ids: list[str] = []
        self.emails: list[str] = []

    def some(self, start: int) -> range:
        return range(start, min(start + _AT_ONCE, self._number))

    async def changes(self, number: int) -> tuple[Change, ...]:
        customer = self._customer(number)
        self.ids.append(customer.id)
        self.emails.append(customer.emails[0].email.address)
        acts = list(_acts(customer.created_at))
        consents = await self._services.consents.first(customer.id, acts, _US)
        fact = Fact(
            FactId(self._id(ids.FACT, customer.created_at)),
            *(Topic.CUSTOMER_CREATED, customer.id, customer.created_at, _US, ("name",), 1),
        )
        return (CreateCustomer(customer), *consents, fact)

    def _customer(self, number: int) -> Customer:
        at = self._start + number * self._step
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        given, family = self._random.choice(GIVEN), self._random.choice(FAMILY)
        tags = self._random.sample(TAGS, 3)
        return Customer(
            id=CustomerId(self._id(ids.CUSTOMER, at)),
            version=1,
            created_at=at,
            updated_at=at,
            name=PersonName(given, family),
            emails=(EmailIdentity(contact.email(f"person-{number}@example.com")),),
            phones=(PhoneIdentity(contact.phone(f"+38002{number:07d}", None)),),
            locale="uk",
            tags=tuple(Tagging(self._tags[key], at, _US) for key in tags),
        )

    def _id(self, prefix: str, at: datetime) -> str:
        milliseconds = int(at.timestamp() * 1000)
        return ids.typed(
            prefix, ids.uuid7(milliseconds=milliseconds, randomness=self._random.getrandbits(74))
        )


def _acts(at: datetime) -> Iterator[ConsentAct]:
    for channel, status in _SAID:
        yield ConsentAct("marketing", status, at, "checkout", "2026-01", "May we write?", channel)


async def sweep(url: str, name: str, newest: str) -> None:
    """Removes everything made after the customer ``newest``, so that every round meets one shop.

    Ids begin with their time, so that a range of ids is a range of time.
    """
    after = ids.suffix_of(newest)
    database = opening.open_database(url, driver="pymongo", name=name)
    since = {"$gt": f"{ids.CUSTOMER}_{after}"}
    for collection in ("identities", "consent_records", "outbox"):
        await database[collection].delete_many({"customer_id": since})
    await database[customers.CUSTOMERS].delete_many({"_id": since})
    await database["access_log"].delete_many({})
    await database.close()


async def drop(url: str, name: str) -> None:
    """Leaves nothing behind."""
    database = opening.open_database(url, driver="pymongo", name=name)
    await database.drop()
    await database.close()
