"""The server's process, from this side of the leash."""

import asyncio
import os
import sys

import pytest

from mongo.server import leash, process
from mongo.server.process import launch

# dies by a kill when it is asked, as one does that was asked in vain
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
open(sys.argv[1], "w").close()
time.sleep(60)
"""


@pytest.fixture
def files(tmp_path):
    with (tmp_path / "log").open("ab") as log, (tmp_path / "lock").open("w") as lock:
        yield {"log": log, "lock": lock.fileno()}


async def test_a_program_that_is_gone_is_named(files):
    with pytest.raises(FileNotFoundError, match="/nonexistent/mongod"):
        await launch(["/nonexistent/mongod"], **files)


async def test_how_it_ended_is_told(files):
    child = await launch([sys.executable, "-c", "raise SystemExit(3)"], **files)
    assert await child.ended() == "ended with code 3"


async def test_a_leash_that_hangs_is_not_waited_for_for_ever(files, monkeypatch):
    monkeypatch.setattr(leash, "PATIENCE", 0.0)
    monkeypatch.setattr(process, "_AFTER_THE_LEASH", 0.0)
    child = await launch([sys.executable, "-c", "import time; time.sleep(60)"], **files)
    await child.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(child.holder.pid, 0)


async def test_a_server_that_took_a_kill_to_stop_is_told_from_one_that_went(files, tmp_path):
    went = await launch([sys.executable, "-c", "import time; time.sleep(60)"], **files)
    assert await went.stop()
    ready = tmp_path / "ready"
    killed = await launch([sys.executable, "-c", STUBBORN, str(ready)], **files)
    async with asyncio.timeout(20):
        while not ready.exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    assert not await killed.stop()


async def test_how_it_ended_is_told_also_to_who_asks_again(files):
    child = await launch([sys.executable, "-c", "raise SystemExit(3)"], **files)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await child.ended()
    assert [await child.ended(), await child.ended()] == ["ended with code 3"] * 2
    assert await child.stop()


async def test_a_leash_that_says_nothing_is_given_up(files, monkeypatch):
    monkeypatch.setattr(process, "_LAUNCH", 0.0)
    with pytest.raises(TimeoutError):
        await launch([sys.executable, "-c", "import time; time.sleep(60)"], **files)
