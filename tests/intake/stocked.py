"""An importing over a real database, wired as the composition root wires it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consent import purposes
from consent.service import Consents
from domain.actor import Actor, ActorKind
from domain.errors import IdentityKind
from domain.work import Change
from enrichment.deciding import Deciding
from enrichment.registry import Sources
from enrichment.sweeping import Sweeping
from intake import report
from intake.demos import Demos
from intake.files import CustomerFile
from intake.formats import FileFormat
from intake.importing import Importing, Run, Summary
from intake.planting import Planting
from loyalty import tiers
from loyalty.service import Loyalty
from mongo import attributes, consent, customers, enrichment, intake, loyalty, outbox, tags
from mongo.customers import identity_hash
from mongo.database import Database
from mongo.enrichment import MongoEnrichedValues
from mongo.enrichment_runs import MongoRuns
from mongo.loyalty import MongoLedger, MongoTiers
from tests.intake.exports import COLLECTED
from tests.shop import SECRET, Clock, new_id

BATCH = 20
"""Rows in a batch where what is tested is what happens between several."""

IMPORTER = Actor(ActorKind.IMPORT, None, "import")
KEY = identity_hash(SECRET)

WRITES: Mapping[type[Change], Any] = {
    **attributes.WRITES,
    **consent.WRITES,
    **customers.writes(KEY),
    **enrichment.WRITES,
    **intake.WRITES,
    **loyalty.WRITES,
    **outbox.WRITES,
    **tags.WRITES,
}


@dataclass(frozen=True, slots=True)
class Stocked:
    """One database and the importing over it."""

    database: Database
    importing: Importing
    clock: Clock

    def in_small_batches(self) -> "Stocked":
        """The same, with ``BATCH`` rows in each."""
        return replace(self, importing=replace(self.importing, batch=BATCH))

    async def take(self, path: Path, *, write: bool = True, **options: Any) -> Summary:
        """Imports the file; its report lies beside it."""
        wanted = {"format": FileFormat.SHOPIFY, "collected_at": COLLECTED, **options}
        if wanted["format"] is FileFormat.SHOPIFY:
            wanted = {"policy_version": "2026-01", "wording": "Write to me.", **wanted}
        run = Run(IMPORTER, write=write, refusals=wanted.pop("refusals", False))
        file = CustomerFile(path, **wanted)
        begun = await self.importing.begun(file, run)
        with report.opened(self.report(path), after=begun.line) as written:
            return await self.importing.run(file, run, begun, written)

    def report(self, path: Path) -> Path:
        return path.with_suffix(".report.csv")

    def demos(self, folder: Path) -> Demos:
        """The demos over the same database, with their files in ``folder``."""
        at, database = self.importing, self.database
        programme = Loyalty(MongoLedger(database), MongoTiers(database), at.clock, at.ids)
        consents = Consents(at.stock.consents, at.stock.purposes, at.clock, at.ids)
        values, runs = MongoEnrichedValues(database), MongoRuns(database)
        nobody = Sources([])
        deciding = Deciding(nobody, at.stock.customers, consents, values, at.clock, at.ids)
        sweeping = Sweeping(deciding, runs, at.work, worker="test")
        return Demos(Planting(at, programme), sweeping, folder)

    async def by_email(self, norm: str) -> Any:
        return await self.importing.stock.customers.find(IdentityKind.EMAIL, norm)

    async def everything(self) -> dict[str, list[Any]]:
        """Every document but those that say how far imports have come."""
        names = [n for n in await self.database.collection_names() if n != intake.IMPORTS]
        return {
            name: sorted(await self.database[name].find({}).to_list(None), key=lambda d: d["_id"])
            for name in names
        }

    async def count(self, collection: str) -> int:
        return await self.database[collection].count_documents({})


async def stocked(database: Database, clock: Clock) -> Stocked:
    """The importing, with the purposes every new database starts with."""
    importing = intake.importing(database, KEY, WRITES, clock, new_id)
    await importing.work.commit((*purposes.seeding().changes, *tiers.seeding().changes))
    return Stocked(database, importing, clock)
