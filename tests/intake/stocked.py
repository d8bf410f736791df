"""An importing over a real database, wired as the composition root wires it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent import purposes
from domain.actor import Actor, ActorKind
from domain.errors import IdentityKind
from domain.work import Change
from intake import report
from intake.files import CustomerFile, FileFormat
from intake.importing import Importing, Run, Summary
from intake.shelf import Stock
from mongo import attributes, consent, customers, intake, loyalty, outbox, tags
from mongo.attributes import MongoAttributeDefinitions
from mongo.consent import MongoConsentRecords, MongoPurposes
from mongo.customers import MongoCustomers, identity_hash
from mongo.database import Database
from mongo.intake import MongoHolders, MongoImports
from mongo.tags import MongoTags
from mongo.unit_of_work import MongoUnitOfWork
from tests.intake.exports import COLLECTED
from tests.shop import SECRET, Clock, new_id

IMPORTER = Actor(ActorKind.IMPORT, None, "import")
KEY = identity_hash(SECRET)
WRITES: Mapping[type[Change], Any] = {
    **attributes.WRITES,
    **consent.WRITES,
    **customers.writes(KEY),
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

    async def take(self, path: Path, *, write: bool = True, **options: Any) -> Summary:
        """Imports the file; its report lies beside it."""
        wanted = {"format": FileFormat.SHOPIFY, "collected_at": COLLECTED, **options}
        run = Run(IMPORTER, write=write, refusals=wanted.pop("refusals", False))
        file = CustomerFile(path, **wanted)
        begun = await self.importing.begun(file, run)
        with report.opened(self.report(path), after=begun.line) as written:
            return await self.importing.run(file, run, begun, written)

    def report(self, path: Path) -> Path:
        return path.with_suffix(".report.csv")

    async def by_email(self, norm: str) -> Any:
        return await self.importing.stock.customers.find(IdentityKind.EMAIL, norm)

    async def count(self, collection: str) -> int:
        return await self.database[collection].count_documents({})


async def stocked(database: Database, clock: Clock) -> Stocked:
    """The importing, with the purposes every new database starts with."""
    work = MongoUnitOfWork(database, WRITES)
    await work.commit(purposes.seeding().changes)
    stock = Stock(
        MongoCustomers(database, KEY),
        MongoHolders(database, KEY),
        MongoTags(database),
        MongoAttributeDefinitions(database),
        MongoConsentRecords(database),
        MongoPurposes(database),
    )
    importing = Importing(stock, work, MongoImports(database), clock, new_id)
    return Stocked(database, importing, clock)
