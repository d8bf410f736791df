"""A small schema with one of everything that the execution looks at."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api import fields
from api.execution.auditing import Auditor
from api.execution.schema import Schema
from domain import ids
from domain.access import Caller
from domain.access_log import AccessEntry
from domain.errors import NotFound, invalid
from domain.ids import CustomerId, KeyId
from domain.personal import PiiClass

SECRET = "value-of-a-person"


@strawberry.type(description="Where a page stands.")
class PageInfo:
    has_next_page: bool = fields.attribute("Whether more follows.")


@strawberry.type(description="A tag.")
class Tag:
    key: str = fields.attribute("Its key.")


@strawberry.type(description="Somebody.")
class Person:
    id: strawberry.ID = fields.attribute("Id.")

    @fields.field("Their name.", pii=PiiClass.IDENTITY)
    def name(self, info: strawberry.Info) -> str | None:
        info.context.disclosures[PiiClass.IDENTITY].add(CustomerId(self.id))
        return SECRET

    @fields.field("Their tags.")
    def tags(self, first: int = 5) -> list[Tag]:
        return [Tag(key="vip")][:first]

    @fields.field("Their best tag.", list_size=1, cost=0)
    def best(self, first: int = 5) -> Tag:
        return Tag(key="vip")

    @fields.field("Who is like them.", cost=20)
    def duplicates(self) -> list["Person"]:
        return [self]

    @fields.field("Fails.")
    def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @fields.field("Gives what it must not.")
    def wrong(self) -> int | None:
        return SECRET  # a resolver may be wrong at run time

    @fields.field("Fails as expected.")
    def gone(self) -> str | None:
        raise NotFound("tag")

    @fields.field("Fails for what was sent.")
    def refused(self) -> str | None:
        raise invalid(("where", "or"), "FILTER_TOO_DEEP", "This filter is too deep.")


@strawberry.type(description="A person in a list.")
class PersonEdge:
    cursor: str = fields.attribute("Cursor.")
    node: Person = fields.attribute("The person.")


@strawberry.type(description="A page of people.")
class PersonConnection:
    nodes: list[Person] = fields.attribute("The people.")
    edges: list[PersonEdge] = fields.attribute("The people with cursors.")
    page_info: PageInfo = fields.attribute("Where it stands.")
    best: Tag = fields.attribute("The tag most of them have.")


def _people(count: int) -> PersonConnection:
    people = [Person(id=strawberry.ID(f"cus_{n}")) for n in range(min(count, 3))]
    return PersonConnection(
        nodes=people,
        edges=[PersonEdge(cursor=each.id, node=each) for each in people],
        page_info=PageInfo(has_next_page=False),
        best=Tag(key="vip"),
    )


@strawberry.input(description="A filter.")
class Filter:
    all_of: list["Filter"] | None = strawberry.field(default=None, description="Every one.")
    name: str | None = strawberry.field(default=None, description="A name.")


@strawberry.type(description="Reads.")
class Query:
    @fields.field("People.")
    async def people(
        self, first: int = 25, last: int | None = None, where: Filter | None = None
    ) -> PersonConnection:
        return _people(first)

    @fields.field("People, if nobody says how many.")
    def crowd(self, first: int | None = None) -> PersonConnection:
        return _people(first or 1)

    @fields.field("One person.")
    def person(self) -> Person:
        return Person(id=strawberry.ID("cus_0"))

    @fields.field("On a day.")
    def on(self, day: datetime) -> str:
        return str(day)

    @fields.field("Only with a scope.", scope="audit:read")
    def audit(self) -> str | None:
        return "all"


@strawberry.interface(description="What went wrong.")
class Problem:
    message: str = fields.attribute("In words.")


@strawberry.type(description="Somebody has it.")
class Taken(Problem):
    message: str = fields.attribute("In words.", scope="audit:read")
    holder: Person = fields.attribute("Who has it.", scope="customers:read")


@strawberry.type(description="It is booked.")
class Booked:
    number: int = fields.attribute("How many there are.")
    person: Person = fields.attribute("For whom.", scope="customers:read")
    entry: str = fields.attribute("As it stands.", scope=("loyalty:read", "audit:read"))


BOOKINGS: list[str] = []


@strawberry.type(description="Writes.")
class Mutation:
    @fields.mutation("Does something.")
    async def act(self) -> Person:
        return Person(id=strawberry.ID("cus_9"))

    @fields.mutation("Books something.", scope="loyalty:write")
    async def book(
        self, thing: str = "a table"
    ) -> Annotated[Booked | Taken, strawberry.union("Booking", description="How it went.")]:
        BOOKINGS.append(thing)
        person = Person(id=strawberry.ID("cus_9"))
        return Booked(number=len(BOOKINGS), person=person, entry=thing)

    @fields.mutation("Ends the day.", scope="customers:write")
    async def shut(self) -> bool | None:
        return True


class Diary:
    """An access log in memory, which can be told to fail."""

    def __init__(self) -> None:
        self.entries: list[AccessEntry] = []
        self.broken = False

    async def append(self, entry: AccessEntry) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise ConnectionError(SECRET)
        self.entries.append(entry)


CALLER = Caller(KeyId("key_1"), "desk", frozenset({"customers:read"}))


@dataclass
class Context:
    caller: Caller = CALLER
    request_id: str = "req-1"
    operation: str | None = None
    disclosures: dict[PiiClass, set[CustomerId]] = field(default_factory=lambda: defaultdict(set))


DIARY = Diary()
SCHEMA = Schema(Query, Mutation).audited_by(
    Auditor(
        DIARY,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        ids=lambda prefix: ids.typed(prefix, 1),
    )
)


async def ask(query: str, variables: dict | None = None, name: str | None = None, **context):
    return await SCHEMA.execute(query, variables, Context(**context), operation_name=name)


def codes(answer) -> list[str]:
    return [error.extensions["code"] for error in answer.errors or []]
