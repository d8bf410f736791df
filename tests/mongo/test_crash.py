"""A process that is killed leaves no half of a commit."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mongo.database import open_database
from tests.mongo import shop
from tests.servers import Served, executable, start

WRITER = """
import asyncio, sys
from domain.work import Stale
from mongo.database import open_database
from mongo.unit_of_work import MongoUnitOfWork
from tests.mongo.shop import WRITES, Counted

async def write(work, counter, by):
    version = 0
    while True:
        await work.commit([Counted(counter, version, by)])
        version += 1

async def main(url, name, driver):
    work = MongoUnitOfWork(open_database(url, driver=driver, name=name), WRITES)
    async with asyncio.TaskGroup() as group:
        for counter in "abcd":
            group.create_task(write(work, counter, "w"))

asyncio.run(main(*sys.argv[1:]))
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_server(server: Served, tmp_path: Path) -> Iterator[str]:
    """A server for this test alone: an abandoned transaction holds its documents for a minute."""
    program = executable(server.kind)
    if program is None:
        pytest.skip("needs a server that can be started")
    with start(server.kind, program, tmp_path) as url:
        yield url


@pytest.mark.wheel
async def test_a_writer_killed_in_a_stream_of_commits_leaves_both_collections_agreeing(
    own_server: str, driver
):
    database = open_database(own_server, driver=driver, name="crash")
    await shop.opened(database)
    await database["counters"].insert_many([{"_id": c, "version": 0, "value": 0} for c in "abd"])
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, own_server, database.name, driver, cwd=ROOT
    )
    async with asyncio.timeout(20):
        while await database["log"].count_documents({}) < 100:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    writer.send_signal(signal.SIGKILL)
    await writer.wait()
    await asyncio.sleep(0.3)
    counters = await database["counters"].find({}).to_list()
    assert sum(c["value"] for c in counters) == await database["log"].count_documents({})
    await database.close()
