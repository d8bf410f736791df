"""Invented customers put into a database through the same doors as real ones, points included."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from itertools import islice

from customers.defining import DefinitionDraft
from customers.drafts import CustomerDraft
from domain.actor import Actor
from domain.customer import external_key
from domain.errors import IdentityKind
from domain.ids import CustomerId, PointsEntryId
from domain.work import Change, Decision, settle
from intake.importing import Importing, Run, Summary
from intake.report import Report
from intake.rows import Drafted, Refused
from loyalty.ledger import Booking, PointsEntry, PointsKind, Standing
from loyalty.service import Loyalty
from loyalty.tiers import Tier

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Seedling:
    """A customer to be. The first external id names them; ``labels`` are their tags as written."""

    draft: CustomerDraft
    points: int = 0
    labels: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Nursery:
    """Customers to be, as a file that can be imported; ``key`` names it and what it was made of."""

    key: str
    definitions: tuple[DefinitionDraft, ...]
    seedlings: Sequence[Seedling]

    @contextmanager
    def opened(self) -> Generator["_Rows"]:
        """See intake.importing.ImportFile."""
        yield _Rows(self.seedlings)


@dataclass(slots=True)
class _Rows:
    seedlings: Sequence[Seedling]
    unread: tuple[str, ...] = ()
    _line: int = 0

    @property
    def rows(self) -> Iterator[Drafted | Refused]:
        for seedling in self.seedlings:
            self._line += 1
            yield Drafted(self._line, seedling.draft, labels=seedling.labels)

    @property
    def answers(self) -> Iterator[CustomerDraft]:
        return (seedling.draft for seedling in self.seedlings)

    def done(self) -> int:
        return self._line


@dataclass(frozen=True, slots=True)
class Planting:
    """Plants nurseries; who is there already is left as they are, whatever they became since."""

    importing: Importing
    loyalty: Loyalty

    async def plant(
        self, nursery: Nursery, by: Actor, seen: Callable[[int], None] = lambda _: None
    ) -> Summary:
        """Creates the customers, then books their points once; ``seen`` hears of both in rows."""
        run = Run(by, write=True, refusals=True, imported=False, keep=True, seen=seen)
        begun = await self.importing.begun(nursery, run)
        summary = await self.importing.run(nursery, run, begun, Report(StringIO()))
        due = iter([each for each in nursery.seedlings if each.points])
        while batch := list(islice(due, _BATCH)):
            await settle(self.importing.work, partial(self._booked, batch, by))
        return summary

    async def planted(self, nursery: Nursery) -> bool:
        """Whether any of its customers is there, or somebody who has the id of one."""
        names = [(IdentityKind.EXTERNAL_ID, _name(each)) for each in nursery.seedlings]
        return bool(await self.importing.stock.holders.holders(names))

    async def _booked(self, batch: Sequence[Seedling], by: Actor) -> Decision[None]:
        """Points for those who never had any: nobody is paid twice by a second planting."""
        points = {_name(each): each.points for each in batch}
        wanted = [(IdentityKind.EXTERNAL_ID, name) for name in points]
        holders = await self.importing.stock.holders.holders(wanted)
        standings = await self.loyalty.ledger.standings(list(holders.values()))
        tiers = _Known(await self.loyalty.tiers.all())
        blank = Loyalty(_Blank(standings), tiers, self.loyalty.clock, self.loyalty.ids)
        changes: list[Change] = []
        for (_, name), customer_id in holders.items():
            if standings[customer_id].seq == 0:
                booking = Booking(points[name], "Demo purchases", PointsKind.EARN)
                changes += (await blank.adjust(customer_id, booking, by)).changes
        return Decision(None, tuple(changes))


@dataclass(frozen=True, slots=True)
class _Blank:
    """The ledger of people without any entry, whose standings are known: one query for all."""

    known: Mapping[CustomerId, Standing]

    async def standings(self, wanted: Sequence[CustomerId]) -> dict[CustomerId, Standing]:
        return {id_: self.known[id_] for id_ in wanted if id_ in self.known}

    async def entries(self, places: Sequence[tuple[CustomerId, int]]) -> Sequence[PointsEntry]:
        return ()

    async def get_many(self, wanted: Sequence[PointsEntryId]) -> dict[PointsEntryId, PointsEntry]:
        return {}

    async def booked(self, customer_id: CustomerId, key: str) -> PointsEntry | None:
        return None


@dataclass(frozen=True, slots=True)
class _Known:
    known: Sequence[Tier]

    async def all(self) -> Sequence[Tier]:
        return self.known


def _name(seedling: Seedling) -> str:
    return external_key(seedling.draft.external_ids[0])
