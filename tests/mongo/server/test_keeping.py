"""The pulse of an embedded server, and the word that it is outgrown."""

import asyncio
import socket

import pytest

from mongo.server.keeping import keep, warn
from mongo.server.kinds import BY_KIND

pytestmark = pytest.mark.wheel


@pytest.fixture
def driver():
    return "pymongo"


@pytest.mark.parametrize(("customers", "said"), [(20_000, 0), (20_001, 1)])
def test_the_wheel_is_outgrown_beyond_twenty_thousand_customers(log, customers, said):
    warn(BY_KIND["wheel"], customers, log)
    assert log.events == ["the embedded database is outgrown"] * said
    assert all("RAPPORT_MONGODB_URL" in fields["instead"] for _, fields in log.lines)


def test_mongod_is_never_outgrown(log):
    warn(BY_KIND["mongod"], 10**9, log)
    assert log.events == []


async def test_a_transaction_begins_with_every_pulse(server, database, log):
    """On the wheel this is what frees the documents of a killed client's transaction."""
    keeping = asyncio.create_task(
        keep(BY_KIND["wheel"], server.url, name=database.name, log=log, pulse=0.01)
    )
    await asyncio.sleep(0.3)
    assert not keeping.done()
    keeping.cancel()
    await asyncio.wait([keeping])
    assert log.events == []


async def test_a_server_that_is_slow_is_waited_for(log):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"mongodb://127.0.0.1:{mute.getsockname()[1]}/"
        keeping = asyncio.create_task(
            keep(BY_KIND["rust"], url, name="x", log=log, pulse=0.01, patience=0.05)
        )
        async with asyncio.timeout(20):
            while len(log.events) < 2 and not keeping.done():  # noqa: ASYNC110 - a log has no events
                await asyncio.sleep(0.01)
        keeping.cancel()
        await asyncio.wait([keeping])
    assert set(log.events) == {"the database is slow to answer"}


async def test_a_cancellation_is_heard_the_first_time_whenever_it_comes(server, log):
    """PyMongo's asyncio client loses some of these, and whoever stops it then waits."""
    for ticks in range(400):
        keeping = asyncio.create_task(keep(BY_KIND["wheel"], server.url, name="x", log=log))
        for _ in range(ticks):
            await asyncio.sleep(0)
        keeping.cancel()
        done, _ = await asyncio.wait([keeping], timeout=10)
        assert done, ticks
