"""The whole application over HTTP, for pages whose examples are sent to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import app, outside
from domain.access import ROLES, granted
from domain.key_ring import KeyRing
from mongo.database import Database
from mongo.keys import MongoKeys
from tests.answering import application
from tests.intake.stocked import stocked
from tests.shop import SECRET, Clock

Send = Callable[..., Awaitable[dict[str, Any]]]


class Ticking:
    """A clock that moves a second whenever it is read, from noon on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
async def send(database: Database) -> AsyncIterator[Send]:
    """Sends an operation with a key of a role, or of scopes, to an empty shop; the whole answer."""
    clock = Ticking()
    services = app.composed(database, SECRET, clock)
    await app.seeded(services)
    ring = KeyRing(
        MongoKeys(database), secret=SECRET, clock=clock, ids=outside.new_id, randomness=bytes
    )
    tokens: dict[str, str] = {}

    async def token(may: str) -> str:
        if may not in tokens:
            held = ROLES[may] if may in ROLES else granted(names=may.split(","))
            tokens[may] = (await ring.create(may, held)).token
        return tokens[may]

    transport = httpx.ASGITransport(application(database, services, ring))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as http:

        async def sent(
            query: str, variables: dict[str, Any] | None = None, may: str = "admin"
        ) -> dict[str, Any]:
            answer = await http.post(
                "/graphql",
                json={"query": query, "variables": variables or {}},
                headers={"Authorization": f"Bearer {await token(may)}"},
            )
            return answer.json()

        yield sent


@pytest.fixture
async def stock(database: Database, tmp_path: Path) -> None:
    """The shop that the pages speak of: the one that `make run` fills."""
    importing = await stocked(database, Clock())
    await importing.demos(tmp_path).shop()
