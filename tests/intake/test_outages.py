"""An import whose database goes away says so while it tries on, and what to do in the end."""

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager

import pytest

from api import outages
from bench import processes
from mongo.database import open_database
from tests.intake.exports import ANNA, written
from tests.outside.process import ROOT, environment
from tests.servers import executable

PEOPLE = 2_000
NAME = "outages"


@pytest.fixture
def people(tmp_path):
    rows = [
        {**ANNA, "Customer ID": f"'{i}", "Email": f"p{i}@example.com", "Phone": ""}
        for i in range(PEOPLE)
    ]
    return written(tmp_path / "people.csv", *rows)


async def started(url, people, patience=10):
    """The command as a process of its own."""
    # impatient, since its server is going to be away; yet not before it has said so
    url = f"{url}&timeoutMS={patience * 1_000}"
    settings = environment(mongodb_url=url, database=NAME, secret="0f" * 32, data=str(ROOT))
    line = [sys.executable, "-m", "api", "import", "customers", str(people), "--write"]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *line, env=settings, cwd=ROOT, stdout=pipe, stderr=pipe
    )


@asynccontextmanager
async def importing(url, people, patience=10):
    """The same when it has put some rows in, and has more to come."""
    database = open_database(url, driver="motor", name=NAME)
    command = await started(url, people, patience)
    try:
        async with asyncio.timeout(60):
            while await database["customers"].count_documents({}) < 300:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
    finally:
        # before the server goes: a goodbye to nobody takes its time
        await database.close()
    yield command


async def said(command, sentence):
    async with asyncio.timeout(20):
        while line := (await command.stderr.readline()).decode():
            if line.startswith(sentence):
                return line
    raise AssertionError(f"it never said {sentence}")


needs_a_process = pytest.mark.skipif(
    executable("rust") is None, reason="needs a server that is a process of its own"
)


@needs_a_process
async def test_a_database_that_is_away_for_a_while_is_told_once_and_so_is_its_return(
    tmp_path, people
):
    with processes.database(tmp_path, None) as server:
        async with importing(server.url, people) as command:
            os.kill(server.pid, signal.SIGSTOP)
            try:
                await said(command, outages.GONE)
            finally:
                os.kill(server.pid, signal.SIGCONT)
            await said(command, outages.BACK)
            out, err = await asyncio.wait_for(command.communicate(), 60)
    assert (command.returncode, out.decode().split()[-1]) == (0, f"{PEOPLE:,}")
    assert outages.GONE not in err.decode()


@needs_a_process
async def test_a_database_that_stays_away_ends_the_import_with_what_to_do(tmp_path, people):
    with processes.database(tmp_path, None) as server:
        async with importing(server.url, people, patience=8) as command:
            os.kill(server.pid, signal.SIGKILL)
            await said(command, outages.GONE)
            _, err = await asyncio.wait_for(command.communicate(), 100)
    assert command.returncode == 2
    assert err.decode().startswith("Not finished: the database went away")
    assert "run the same command again, it goes on where it was" in err.decode()
    with processes.database(tmp_path, None) as server:
        command = await started(server.url, people)
        out, err = (each.decode() for each in await command.communicate())
    created, *_, rows = out.splitlines()[-1].split()
    assert (created, rows) == (f"{PEOPLE:,}", f"{PEOPLE:,}")
    [earlier] = re.findall(
        r"^Of these, (\S+) rows were done by an earlier run .*: (.*)\.$", err, re.MULTILINE
    )
    assert earlier[1] == f"{earlier[0]} created"
    assert 300 <= int(earlier[0].replace(",", "")) < PEOPLE


async def test_an_answer_that_comes_late_is_no_outage():
    sentences = []
    failing = iter([True, False, True])

    async def ping():
        if next(failing, False):
            raise ConnectionError

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.9):
            await outages.watch(ping, (ConnectionError,), sentences.append, patience=0.6)
    assert sentences == []


class Over(Exception):
    """Nobody asks any more."""


async def test_an_outage_is_told_once_and_so_is_its_end(monkeypatch):
    sentences = []
    answering = iter([True, False, False, True, True, False, False])

    async def ping():
        if (answers := next(answering, None)) is None:
            raise Over
        if not answers:
            raise ConnectionError

    # who asks again only after the patience is over asks once a round
    monkeypatch.setattr(outages, "_EVERY", 0.1)
    with pytest.raises(Over):
        await outages.watch(ping, (ConnectionError,), sentences.append, patience=0.01)
    assert sentences == [outages.GONE, outages.BACK, outages.GONE]
