"""A process that imports one file, to be killed: URL, database, file."""

import asyncio
import sys
from pathlib import Path

from mongo.database import open_database
from tests.intake.stocked import stocked
from tests.shop import Clock


async def main(url: str, name: str, file: str) -> None:
    # impatient, since its server is going to be killed
    impatient = f"{url}&serverSelectionTimeoutMS=1000&timeoutMS=5000"
    database = open_database(impatient, driver="motor", name=name)
    shop = await stocked(database, Clock())
    await shop.take(Path(file))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
