"""The API over a real database, driven as a caller drives it, without the network."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import app, outside
from api.context import Context
from api.execution.auditing import Auditor
from api.schema import SCHEMA
from api.services import Services
from domain.access import SCOPES, Caller
from domain.ids import KeyId
from domain.secret import Secret
from mongo.access_log import MongoAccessLog
from mongo.database import Database

Ask = Callable[..., Awaitable[dict[str, Any]]]
Refused = Callable[..., Awaitable[dict[str, Any]]]
Send = Callable[..., Awaitable[tuple[dict[str, Any], Context]]]


class Ticking:
    """A clock that moves a second whenever it is read, from noon on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
async def services(database: Database, clock: Ticking) -> Services:
    composed = app.composed(database, Secret(bytes(32)), clock)
    await app.seeded(composed)
    return composed


@pytest.fixture
def send(services: Services, database: Database) -> Send:
    """Sends an operation with every scope (or ``scopes``); the data, and the request's context.

    Fails on top-level errors.
    """
    log = MongoAccessLog(database)
    schema = SCHEMA.audited_by(Auditor(log, services.clock, outside.new_id))

    async def sent(
        query: str, scopes: frozenset[str] = frozenset(SCOPES), **variables: object
    ) -> tuple[dict[str, Any], Context]:
        context = Context(services, Caller(KeyId("key_test"), "tests", scopes), "request")
        result = await schema.execute(query, variables, context_value=context)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data, context

    return sent


@pytest.fixture
def refused(services: Services, database: Database) -> Refused:
    """Sends an operation with these scopes; the extensions of its only top-level error."""
    log = MongoAccessLog(database)
    schema = SCHEMA.audited_by(Auditor(log, services.clock, outside.new_id))

    async def sent(query: str, scopes: frozenset[str], **variables: object) -> dict[str, Any]:
        context = Context(services, Caller(KeyId("key_test"), "tests", scopes), "request")
        result = await schema.execute(query, variables, context_value=context)
        [error] = result.errors or ()
        return dict(error.extensions or {})

    return sent


@pytest.fixture
def ask(send: Send) -> Ask:
    """The same, for the data alone."""

    async def asked(*arguments: Any, **variables: object) -> dict[str, Any]:
        return (await send(*arguments, **variables))[0]

    return asked
