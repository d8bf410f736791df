"""The table of indexes becomes true, and says so where it cannot."""

import asyncio
from datetime import UTC, datetime

import pytest

from mongo.fitness import DatabaseUnfit
from mongo.indexes import Index, ensure

pytestmark = pytest.mark.wheel
BY_NAME = Index("things", "name", [("shop", 1), ("name", 1)], unique=True)
OPEN = Index("things", "open_at", [("at", -1)], partial={"state": "open"})
EXPIRING = Index("replies", "at_ttl", [("at", 1)], expire_seconds=60)


async def test_every_collection_and_index_of_the_table_is_made(database):
    await ensure(database, ["things", "replies"], [BY_NAME, OPEN, EXPIRING])
    things = await database["things"].index_information()
    assert things["name"]["unique"]
    assert list(things["name"]["key"]) == [("shop", 1), ("name", 1)]
    assert things["open_at"]["partialFilterExpression"] == {"state": "open"}
    assert (await database["replies"].index_information())["at_ttl"]["expireAfterSeconds"] == 60


async def test_workers_that_start_together_make_it_once(database):
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(ensure(database, ["things"], [BY_NAME, OPEN]))
    assert set(await database["things"].index_information()) == {"_id_", "name", "open_at"}


@pytest.mark.parametrize(
    "other",
    [
        Index("things", "name", [("name", 1)]),
        Index("things", "name", [("shop", 1), ("name", 1)]),
        Index("things", "other", [("shop", 1), ("name", 1)], unique=True),
    ],
)
async def test_another_index_in_the_way_is_named(database, other):
    await ensure(database, ["things"], [BY_NAME])
    with pytest.raises(DatabaseUnfit, match=f"things has an index .* {other.name}"):
        await ensure(database, ["things"], [other])


async def test_a_unique_index_over_doubles_fails(database):
    await database["things"].insert_many([{"shop": 1, "at": datetime.now(UTC)} for _ in range(2)])
    with pytest.raises(DatabaseUnfit, match="things holds documents that share"):
        await ensure(database, ["things"], [BY_NAME])
