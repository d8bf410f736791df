"""What the database remembers of itself: whose secret its keys were hashed with, what was done."""

from typing import Final

from pymongo.errors import DuplicateKeyError

from domain.secret import Secret
from mongo.database import Database
from mongo.fitness import DatabaseUnfit
from mongo.indexes import Index

META: Final = "meta"
COLLECTIONS: Final = (META,)
INDEXES: Final[tuple[Index, ...]] = ()


async def require_secret(database: Database, secret: Secret) -> None:
    """Raises DatabaseUnfit where the database belongs to another secret.

    With a wrong one every key would be refused and every identity could be claimed twice.
    """
    mark = secret.digest("database", database.name)
    try:
        await database[META].insert_one({"_id": "secret", "mark": mark})
    except DuplicateKeyError:
        known = await database[META].find_one({"_id": "secret"})
        if known is None or known["mark"] != mark:
            raise DatabaseUnfit(
                "This database was made with another secret: set RAPPORT_SECRET (or the file "
                "`secret` in the data directory) to the one it was made with."
            ) from None


async def claim(database: Database, what: str) -> bool:
    """Whether this is the first to claim it, ever, of all processes on the database."""
    try:
        await database[META].insert_one({"_id": what})
    except DuplicateKeyError:
        return False
    return True
