"""The access log on the real server."""

import asyncio
from datetime import UTC, datetime

import pytest

from domain import ids
from domain.access_log import AccessEntry
from domain.actor import Actor, ActorKind
from domain.ids import CustomerId
from domain.personal import PiiClass
from mongo.access_log import ACCESS_LOG, MongoAccessLog
from mongo.gathering import Unwritten

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def entry(number: int) -> AccessEntry:
    return AccessEntry(
        id=ids.typed(ids.ACCESS, number),
        at=AT,
        actor=Actor(ActorKind.API_KEY, "key_1", "desk"),
        operation="query: customer",
        request_id=f"req-{number}",
        customer_ids=(CustomerId("cus_1"), CustomerId("cus_2")),
        categories=(PiiClass.CONTACT, PiiClass.IDENTITY),
        count=2,
    )


async def test_an_entry_is_there_when_append_returns(database):
    await MongoAccessLog(database).append(entry(1))
    assert await database[ACCESS_LOG].find_one({}) == {
        "_id": entry(1).id,
        "at": AT,
        "actor": {"kind": "API_KEY", "id": "key_1", "label": "desk"},
        "operation": "query: customer",
        "request_id": "req-1",
        "customer_ids": ["cus_1", "cus_2"],
        "categories": ["contact", "identity"],
        "count": 2,
    }


async def test_entries_of_many_requests_are_all_there(database):
    log = MongoAccessLog(database)
    async with asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(log.append(entry(number)))
    assert await database[ACCESS_LOG].count_documents({}) == 200


async def test_an_entry_that_cannot_be_written_is_an_error(database):
    log = MongoAccessLog(database)
    await log.append(entry(1))
    with pytest.raises(Unwritten):
        await log.append(entry(1))
    await log.append(entry(2))


async def test_closing_leaves_nothing_unwritten(database):
    log = MongoAccessLog(database)
    tasks = [asyncio.create_task(log.append(entry(number))) for number in range(20)]
    await asyncio.sleep(0)
    await log.close()
    assert await database[ACCESS_LOG].count_documents({}) == 20
    await asyncio.wait(tasks)
