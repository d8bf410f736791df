"""The process stops by finishing what it has begun."""

import asyncio
import json
import signal
from urllib.parse import urlsplit

import pytest

from tests.outside.people import CREATE, email
from tests.outside.process import serving


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
