"""The server's process, from this side of the leash."""

import os
import sys

import pytest

from mongo.server import leash, process
from mongo.server.process import launch


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
