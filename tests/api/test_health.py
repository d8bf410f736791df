"""Health is answered without a key, and says only names of checks."""

import httpx
import pytest
from starlette.applications import Starlette

from api import health


async def fine() -> None:
    return None


async def down() -> None:
    raise ConnectionError("mongodb://user:password@db.example")


async def hangs() -> None:
    await health.asyncio.sleep(60)


def client(checks):
    app = Starlette(routes=health.routes(checks))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example")


async def test_a_process_that_answers_is_live_whatever_else_is_down():
    async with client({"database": down}) as http:
        answer = await http.get(health.LIVE)
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


async def test_ready_when_every_check_passes():
    async with client({"database": fine, "disk": fine}) as http:
        answer = await http.get(health.READY)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_not_ready_names_what_fails_and_nothing_of_it():
    async with client({"database": down, "disk": fine}) as http:
        answer = await http.get(health.READY)
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "failing": ["database"]}


async def test_a_check_that_hangs_fails_in_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "_PATIENCE", 0.01)
    async with client({"database": hangs}) as http:
        assert (await http.get(health.READY)).status_code == 503
