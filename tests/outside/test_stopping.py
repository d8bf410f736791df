"""The process stops by finishing what it has begun."""

import asyncio
import json
import signal
import sys
from urllib.parse import urlsplit

import pytest

from tests.outside.people import CREATE, email
from tests.outside.process import ROOT, environment, serving


@pytest.fixture
def own(settings, tmp_path):
    """A server that a test may stop."""
    with serving(settings, tmp_path / "server.log") as served:
        yield served


async def test_a_request_in_flight_is_answered_after_sigterm(own, admin_key):
    body = json.dumps({"query": CREATE, "variables": {"input": {"emails": [email()]}}}).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: rapport\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {admin_key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    address = urlsplit(own.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    # a body that comes in two halves is a request as slow as the test wants it
    writer.write(head.encode() + body[:10])
    await writer.drain()
    await asyncio.sleep(0.5)
    own.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    assert own.process.poll() is None
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(address.hostname, address.port)
    writer.write(body[10:])
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"__typename":"CustomerPayload"' in answer
    assert await asyncio.to_thread(own.process.wait, 20) == 0


async def test_ctrl_c_stops_it_too_and_it_leaves_without_a_word(own, tmp_path):
    own.process.send_signal(signal.SIGINT)
    assert await asyncio.to_thread(own.process.wait, 20) == 0
    # it had loaded a partner's file: DuckDB's binding complains at the end of what it still holds
    assert (tmp_path / "server.log").read_text() == ""


LOADING = """
import os, signal, sys

class Finder:
    @staticmethod
    def find_spec(name, *_):
        if name == "api.app":
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Finder)
sys.argv = ["rapport", "serve"]
from api.__main__ import run
run()
"""


async def test_sigterm_while_it_loads_is_told_of_a_start_that_never_was(tmp_path):
    process = await begun("-c", LOADING, env=environment(data=str(tmp_path / "data")))
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, err) == (143, b"Stopped before it was ready.\n")
    assert not (tmp_path / "data").exists()


async def test_sigterm_while_it_opens_its_database_is_told_of_a_start_that_never_was():
    async def silent(reader, writer):
        asked.set()
        await reader.read()
        writer.close()

    asked = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as database:
        port = database.sockets[0].getsockname()[1]
        env = environment(mongodb_url=f"mongodb://127.0.0.1:{port}/", secret="0f" * 32)
        process = await begun("-m", "api", "serve", "--port", "0", env=env)
        await asyncio.wait_for(asked.wait(), 20)
        process.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, out) == (143, b"")
    assert err.splitlines()[-1] == b"Stopped before it was ready."
    assert b"Traceback" not in err


async def begun(*words, env):
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, env=env, cwd=ROOT, stdout=pipe, stderr=pipe
    )
