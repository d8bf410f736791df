"""What a database needs before the first request: collections, migrations, indexes."""

from domain.ports import Clock
from mongo import indexes, migrations, schema
from mongo.database import Database


async def prepare(database: Database, clock: Clock) -> list[int]:
    """Makes the tables true and answers with the migrations that ran; safe beside other workers.

    Raises DatabaseUnfit with what to do where the database is newer or an index is in the way.
    """
    await indexes.ensure(database, schema.COLLECTIONS, ())
    ran = await migrations.migrate(database, migrations.MIGRATIONS, clock)
    await indexes.ensure(database, schema.COLLECTIONS, schema.INDEXES)
    return ran
