"""Whatever is killed in the middle of an import, a second run loses and doubles nothing."""

import asyncio
import csv
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench import processes
from mongo import indexes, schema
from mongo.database import open_database
from tests.intake.exports import ANNA, written
from tests.intake.stocked import stocked
from tests.servers import executable
from tests.shop import Clock

ROOT = Path(__file__).parents[2]
PEOPLE = 1_500
NAME = "killed"

pytestmark = pytest.mark.skipif(
    executable("rust") is None, reason="needs a server that keeps what it acknowledged"
)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    rows = [
        {**ANNA, "Customer ID": f"'{i}", "Email": f"p{i}@example.com", "Phone": ""}
        for i in range(PEOPLE)
    ]
    rows[3]["Email"] = rows[-1]["Email"] = "no address"
    return written(tmp_path / "people.csv", *rows)


@asynccontextmanager
async def opened(url: str):
    database = open_database(url, driver="motor", name=NAME)
    try:
        yield database
    finally:
        await database.close()


async def started(url: str, people: Path) -> asyncio.subprocess.Process:
    """An import in a process of its own that has put some rows in, and has more to come."""
    async with opened(url) as database:
        await indexes.ensure(database, schema.COLLECTIONS, schema.INDEXES)
        importer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.intake.importer", url, NAME, str(people), cwd=ROOT
        )
        async with asyncio.timeout(60):
            while await database["customers"].count_documents({}) < 300:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
    return importer


async def require_whole(url: str, people: Path) -> None:
    """A second run completes: everybody is there once, and so is every line of the report."""
    async with opened(url) as database:
        shop = await stocked(database, Clock())
        left = await database["customers"].count_documents({})
        assert left < PEOPLE - 2
        summary = await shop.take(people)
        assert summary.resumed_at > 1
        assert (summary.counts.created, summary.counts.refused) == (PEOPLE - 2, 2)
        assert summary.counts.rows == PEOPLE
        for collection in ("customers", "consent_records"):
            assert await database[collection].count_documents({}) == PEOPLE - 2
        assert await database["identities"].count_documents({}) == 2 * (PEOPLE - 2)
        assert await database["outbox"].count_documents({}) == 2 * (PEOPLE - 2)
        with shop.report(people).open(encoding="utf-8", newline="") as file:
            assert [row["line"] for row in csv.DictReader(file)] == ["5", str(PEOPLE + 1)]


async def test_a_killed_import_goes_on(tmp_path, people):
    with processes.database(tmp_path, None) as server:
        importer = await started(server.url, people)
        importer.send_signal(signal.SIGKILL)
        await importer.wait()
        await require_whole(server.url, people)


async def test_an_import_goes_on_after_its_server_was_killed(tmp_path, people):
    with processes.database(tmp_path, None) as server:
        importer = await started(server.url, people)
        os.kill(server.pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            assert await importer.wait() != 0
    with processes.database(tmp_path, None) as server:
        await require_whole(server.url, people)
