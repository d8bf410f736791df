"""A server that dies is started again, whatever its start meets."""

import asyncio
from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect

from mongo.beside import beside
from mongo.server import supervised
from mongo.server.discover import Found
from mongo.server.kinds import SERVERS
from mongo.server.supervised import Supervised


class Child:
    """A server that lives until it is stopped or told to die."""

    def __init__(self):
        self.dead, self.stopped = asyncio.Event(), False

    async def ended(self):
        await self.dead.wait()
        return "killed by signal 9"

    async def stop(self):
        self.stopped = True
        self.dead.set()
        return True


class Rehearsed(Supervised):
    """Launches nothing; of its children those are asked in vain that have a problem."""

    def __init__(self, directory, log, problems):
        found = Found(SERVERS[-1], Path("/nowhere"), "")
        super().__init__(found, directory, 0, log)
        self.problems, self.children = problems, []

    async def _launched(self, *, locked):
        self._child = Child()
        self.children.append(self._child)
        return self._child

    async def _answers(self, *, primary):
        if problem := self.problems.pop(0):
            raise problem


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the watch has no event of its own
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("problem", [ConnectionResetError(), AutoReconnect()])
async def test_a_failed_question_does_not_end_the_watch(tmp_path, log, monkeypatch, problem):
    monkeypatch.setattr(supervised, "_FIRST_PAUSE", 0.01)
    server = Rehearsed(tmp_path, log, [None, problem, None])
    await server._up(locked=True)
    async with beside(server.watch()):
        server.children[0].dead.set()
        await until(lambda: "the database is back" in log.events)
    assert [child.stopped for child in server.children] == [False, True, False]
    [reason] = [fields["reason"] for event, fields in log.lines if event.endswith("not start")]
    assert f"cannot be asked ({type(problem).__name__})" in reason


async def test_a_server_that_dozes_is_woken_to_hear_its_stop(tmp_path, log):
    woken = asyncio.Event()

    def wake(_, writer):
        writer.close()
        woken.set()

    server = Rehearsed(tmp_path, log, [None])
    await server._up(locked=True)
    server.children[0].stop = woken.wait
    async with await asyncio.start_server(wake, "127.0.0.1", 0) as dozing, asyncio.timeout(10):
        server._port = dozing.sockets[0].getsockname()[1]
        await server.stop()
    assert log.events == []
