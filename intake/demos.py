"""The two demos as stories: customers planted, a partner's file beside them, an enrichment run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from domain.actor import Actor, ActorKind
from domain.query import CustomerQuery, HasTag
from domain.work import Decision, Stale, Taken, settle
from enrichment import configuration
from enrichment.records import EnrichmentMode, EnrichmentRun, Terms
from enrichment.service import Enrichment
from enrichment.stores import AddRun
from enrichment.sweeping import Sweeping
from intake import demo_partner, demo_shop, journey, seeds
from intake.importing import Summary
from intake.journey import Journey
from intake.planting import Planting
from intake.progress import Counts, ImportProgress, SaveImport
from intake.taking import ImportRunning

GARDENER = Actor(ActorKind.IMPORT, None, "demo")
"""Who loads a demo, as records remember it."""

_OPENING: Final = "demo-shop:opening"
"""The shop that fills an empty database, as an import of all of it, points included."""

Seen = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ShopLoaded:
    """What loading the demo shop came to.

    ``wrote`` and ``enlisted`` tell whether the partner's file and its entry in ``sources.toml``
    were put there.
    """

    summary: Summary
    wrote: bool
    enlisted: bool


class AnotherShop(Exception):
    """The database has a demo shop of another seed, whose customers have the same external ids."""


def _unseen(_: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Demos:
    """Loads demos into one database; who is there already is left as they are.

    ``folder`` is where partners' files and ``sources.toml`` lie.
    """

    planting: Planting
    sweeping: Sweeping
    folder: Path

    async def empty(self) -> bool:
        """Whether there is no customer yet."""
        return not await self.planting.importing.stock.customers.count(CustomerQuery(), 0)

    async def opened(self) -> bool:
        """Whether this, and nobody beside it, filled an empty database with the whole shop.

        Goes on where an earlier one was stopped: half a shop is not one that somebody wanted.
        """
        begun = await self.planting.importing.imports.get(_OPENING)
        wanted = await self.empty() if begun is None else begun.finished_at is None
        if not wanted:
            return False
        try:
            await self._open(begun)
        except (Stale, Taken, ImportRunning):  # another start is at it
            return False
        except AnotherShop:  # somebody loaded theirs before this one had anybody
            return False
        return True

    async def _open(self, begun: ImportProgress | None) -> None:
        clock, work = self.planting.importing.clock, self.planting.importing.work
        if begun is None:
            unborn = ImportProgress(_OPENING, 0, clock(), clock(), GARDENER)
            begun = unborn.further(0, Counts(), clock())
            await work.commit([SaveImport(unborn, begun)])
        await self.shop()
        await work.commit([SaveImport(begun, begun.finished(clock()))])

    async def shop(self, *, seed: int = seeds.SHOP, seen: Seen = _unseen) -> ShopLoaded:
        """The demo shop, and what a partner knows of its customers.

        A partner's file that lies there is replaced only by a shop that is new; its entry is
        added wherever it is missing. Raises AnotherShop, having changed nothing, where the one
        that is there has another seed.
        """
        nursery = demo_shop.nursery(self.planting.importing.clock(), seed=seed)
        new = not await self.planting.planted(nursery)
        if not new and await self.planting.importing.imports.get(nursery.key) is None:
            raise AnotherShop
        partner = demo_partner.partner(nursery.seedlings, seed=seed)
        wrote = new or not partner.lies_in(self.folder)
        # before the file, which would name it too
        enlisted = partner.enlist(self.folder)
        if wrote:
            partner.write(self.folder)
        return ShopLoaded(await self.planting.plant(nursery, GARDENER, seen), wrote, enlisted)

    async def journey(self, data: Journey, *, seen: Seen = _unseen) -> Summary:
        """The households, and their demographics as a partner's file."""
        nursery = journey.nursery(data, self.planting.importing.clock())
        journey.partner(data).write(self.folder)
        return await self.planting.plant(nursery, GARDENER, seen)

    async def enrich_journey(self, seen: Seen = _unseen) -> EnrichmentRun:
        """A run over every household, asking for the demographics; ``seen`` hears of each batch.

        Raises Misconfigured where ``sources.toml`` holds a mistake.
        """
        sources = configuration.load(self.folder / "sources.toml")
        try:
            await sources.check()
            deciding = replace(self.sweeping.deciding, sources=sources)
            return await self._enriched(replace(self.sweeping, deciding=deciding), seen)
        finally:
            await sources.aclose()

    async def _enriched(self, sweeping: Sweeping, seen: Seen) -> EnrichmentRun:
        importing = self.planting.importing
        tag = (await importing.stock.tags.by_keys([journey.TAG]))[journey.TAG]
        terms = Terms(mode=EnrichmentMode.EXECUTE, sources=(journey.SOURCE,))
        asking = Enrichment(sweeping.deciding, sweeping.runs)
        start = asking.start(HasTag((tag.id,), importing.clock()), terms, GARDENER)

        async def leased() -> Decision[EnrichmentRun]:
            # a server on this database may not know the source: its worker must not come first
            run = sweeping.leased((await start()).value.run)
            return Decision(run, (AddRun(run),))

        begun = await settle(sweeping.work, leased)
        return await sweeping.carry(begun, lambda run: seen(run.counts.total))
