"""The ASGI application over open services, and what a server does beside answering."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api import elsewhere, front_door, health
from api.execution.documents import Documents
from api.execution.schema import Schema
from api.http import GraphQLEndpoint
from api.request_log import RequestLog
from api.services import Services
from domain.key_ring import KeyRing
from domain.ports import Ids
from enrichment import worker

_GRAPHQL: Final = "/graphql"

Beside = Callable[[Coroutine[Any, Any, None]], AbstractAsyncContextManager[object]]
"""Runs work beside a block and ends it with the block, without waiting for ever."""


def application(
    services: Services,
    keys: KeyRing,
    schema: Schema,
    documents: Documents,
    *,
    ping: Callable[[], Awaitable[None]],
    ids: Ids,
) -> ASGIApp:
    """The API at ``/graphql``, its health, one log line a request; ``ping`` asks the database.

    ``schema`` has its access log, ``documents`` find it what is asked for by an id.
    """
    endpoint = GraphQLEndpoint(schema, services, keys, documents)
    checks = health.routes({"database": ping})
    # with _straight before it this one answers nothing, but sends /graphql/ to where the API is
    routes = [Route(_GRAPHQL, endpoint), front_door.route(), *checks]
    return RequestLog(
        _straight(endpoint, Starlette(routes=routes, exception_handlers=elsewhere.HANDLERS)),
        paths=(_GRAPHQL, front_door.PATH, *health.PATHS),
        new_id=lambda: ids("req"),
        seconds=time.monotonic,
    )


def _straight(endpoint: ASGIApp, others: ASGIApp) -> ASGIApp:
    """What is asked of the API goes to it at once: a router and its layers know nothing to add."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["path"] == _GRAPHQL
        await (endpoint if is_asked else others)(scope, receive, send)

    return application


@asynccontextmanager
async def working(services: Services, beside: Beside) -> AsyncGenerator[None]:
    """Carries enrichment runs that wait, as long as the block lasts.

    At the end the run under way gives its lease back. Raises Misconfigured where a source cannot
    be asked.
    """
    await services.enrichment.sources.check()
    stop = asyncio.Event()
    async with beside(worker.work(services.sweeping, stop=stop)):
        try:
            yield
        finally:
            stop.set()
