"""The embedded database: started, kept, found again, stopped."""

import asyncio
import os
import signal
import stat
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mongo import database as opening
from mongo.database import connect
from mongo.driver import Driver
from mongo.fitness import DatabaseUnfit
from mongo.server import leash, process
from mongo.server.address import attach
from mongo.server.embedded import embedded, reached
from tests.mongo.server.conftest import lives, server_pid

pytestmark = [pytest.mark.wheel, pytest.mark.usefixtures("kind")]
DRIVERS: tuple[Driver, ...] = ("motor", "pymongo")
ROOT = Path(__file__).parents[3]

# A shell without job control has what runs in the background ignore the interrupt, and children
# inherit that: where the suite runs so, without the first line nobody would hear the interrupt.
HOLDER = """
import signal; signal.signal(signal.SIGINT, signal.default_int_handler)
import asyncio, sys
from pathlib import Path
import structlog
from mongo.server.embedded import embedded

async def main():
    async with embedded(Path(sys.argv[1]), log=structlog.get_logger()):
        print("up", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
def driver():
    """The server does not care."""
    return "pymongo"


async def until(condition, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)


@asynccontextmanager
async def holder(data: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Another process that runs an embedded server on this directory."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, str(data)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"up\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def end(process: asyncio.subprocess.Process, how: signal.Signals) -> None:
    process.send_signal(how)
    async with asyncio.timeout(60):
        await process.wait()


async def test_what_was_written_is_there_after_a_clean_stop(data, log, kind):
    async with embedded(data, log=log) as running:
        assert running.kind == kind
        database = await connect(running.url)
        await database["things"].insert_one({"_id": "kept"})
        await database.close()
        pid = server_pid(data, kind)
    assert not lives(pid)
    async with embedded(data, log=log) as running:
        database = await connect(running.url)
        assert await database["things"].find_one({"_id": "kept"})
        await database.close()
    assert log.events == []


async def test_only_who_has_the_password_gets_in_and_only_the_user_can_read_it(data, log):
    async with embedded(data, log=log) as running:
        with pytest.raises(DatabaseUnfit, match="roles readWrite"):
            await connect("mongodb://" + running.url.rpartition("@")[2].partition("?")[0])
        private = [data / "server.json", *(data / "database").rglob("password")]
        assert len(private) == 2
        assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
        assert stat.S_IMODE(data.stat().st_mode) == 0o700


async def test_other_commands_attach_to_the_running_server(data, log):
    assert attach(data) is None
    async with embedded(data, log=log) as running:
        assert attach(data) == running
        async with reached(data, log=log) as reachable:
            assert reachable == running
    assert attach(data) is None


async def test_a_command_without_a_running_server_starts_its_own(data, log):
    async with reached(data, log=log):
        assert attach(data) is None
    assert attach(data) is None


async def test_a_second_instance_on_the_directory_is_refused_with_what_to_do(data, log):
    async with embedded(data, log=log):
        with pytest.raises(DatabaseUnfit, match=f"another Rapport .process {os.getpid()}"):
            async with embedded(data, log=log):
                pass


async def test_a_server_that_is_killed_comes_back_with_every_acknowledged_write(data, log, kind):
    async with embedded(data, log=log) as running:
        database = await connect(running.url)
        for number in range(50):
            await database["things"].insert_one({"_id": number})
        os.kill(server_pid(data, kind), signal.SIGKILL)
        await until(lambda: "the database is back" in log.events, 60)
        assert await database["things"].count_documents({}) == 50
        await database.close()
    assert log.lines[0] == (
        "the database died and is started again",
        {"reason": "killed by signal 9"},
    )


async def test_a_server_whose_leash_is_killed_is_not_left_behind(data, log, kind):
    async with embedded(data, log=log):
        pid = server_pid(data, kind)
        os.kill(_parent(pid), signal.SIGKILL)
        await until(lambda: "the database is back" in log.events, 60)
        assert not lives(pid)
    assert log.lines[0][1] == {"reason": "its leash was killed"}


async def test_a_killed_rapport_takes_its_server_along(data, log, kind):
    async with holder(data) as rapport:
        pid = server_pid(data, kind)
        assert lives(pid)
        started = time.monotonic()
        await end(rapport, signal.SIGKILL)
        await until(lambda: not lives(pid))
        assert time.monotonic() - started < 20


async def test_after_a_kill_the_next_instance_waits_for_the_old_server(data, log):
    async with holder(data) as rapport:
        await end(rapport, signal.SIGKILL)
        async with embedded(data, log=log) as running:
            await (await connect(running.url)).close()


async def test_the_database_outlives_the_interrupt_of_the_terminal(data, kind):
    async with holder(data) as rapport:
        pid = server_pid(data, kind)
        assert os.getpgid(pid) != os.getpgid(rapport.pid)
        await end(rapport, signal.SIGINT)
        assert not lives(pid)


async def test_a_server_that_does_not_stop_when_asked_is_killed_and_that_is_said(
    data, log, kind, monkeypatch
):
    async with embedded(data, log=log):
        monkeypatch.setattr(leash, "PATIENCE", 0.5)
        monkeypatch.setattr(process, "_AFTER_THE_LEASH", 0.5)
        pid = server_pid(data, kind)
        os.kill(pid, signal.SIGSTOP)  # frozen, it hears nothing but a kill
        started = time.monotonic()
    assert time.monotonic() - started < 10
    await until(lambda: not lives(pid))
    assert log.events == ["the database did not stop when asked and was killed"]


async def test_a_server_whose_address_cannot_be_withdrawn_is_stopped_all_the_same(data, log, kind):
    pids: list[int] = []

    async def run() -> None:
        async with embedded(data, log=log):
            pids.append(server_pid(data, kind))
            (data / "server.json").unlink()
            (data / "server.json").mkdir()

    with pytest.raises(DatabaseUnfit, match=r"cannot be used \(.*server\.json"):
        await run()
    assert not lives(pids[0])


async def test_a_frozen_server_is_left_without_a_goodbye(data, log, kind, monkeypatch):
    monkeypatch.setattr(opening, "_GOODBYE", 0.5)
    async with embedded(data, log=log) as running:
        databases = [await connect(running.url, driver=driver) for driver in DRIVERS]
        os.kill(server_pid(data, kind), signal.SIGSTOP)
        started = time.monotonic()
        for database in databases:
            await database.close()
        took = time.monotonic() - started
        os.kill(server_pid(data, kind), signal.SIGCONT)
    assert took < 5


async def test_a_stop_while_a_dead_server_is_launched_again_stops_the_new_one(
    data, log, kind, monkeypatch
):
    launch = process.launch
    launched: list[process.Child] = []

    async def slow(*command, **files):
        launched.append(await launch(*command, **files))
        await asyncio.sleep(0.5)
        return launched[-1]

    async with embedded(data, log=log):
        monkeypatch.setattr(process, "launch", slow)
        os.kill(server_pid(data, kind), signal.SIGKILL)
        await until(lambda: launched)
    assert not lives(launched[0].pid)


async def test_a_server_that_does_not_start_says_where_it_says_why(data, log, kind):
    store = data / "database" / kind / "store"
    store.mkdir(parents=True)
    (store / "WiredTiger").write_text("nonsense")
    (store / "WiredTiger.turtle").write_text("nonsense")
    with pytest.raises(DatabaseUnfit, match=r"did not start: .*server\.log"):
        async with embedded(data, log=log):
            pass


async def test_a_taken_port_is_left_to_its_owner(data, log, kind):
    async with embedded(data, log=log) as running:
        first = running.url
    port = int(first.rpartition(":")[2].partition("/")[0])
    squatter = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with squatter, embedded(data, log=log) as running:
        assert running.url != first
        await (await connect(running.url)).close()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
