"""Whether the process lives, and whether it can answer: asked without an API key."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

LIVE: Final = "/health/live"
READY: Final = "/health/ready"
PATHS: Final = (LIVE, READY)
_PATIENCE: Final = 2.0

Check = Callable[[], Awaitable[None]]
"""Returns where all is well, raises otherwise."""


def routes(checks: Mapping[str, Check]) -> list[Route]:
    """The two routes.

    ``/health/live`` answers 200 as long as the process answers at all. ``/health/ready`` answers
    200 when every check passes within two seconds, else 503 with the names of those that do not.
    A process that stops takes no connection any more, so there is nothing to say then.
    """

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> JSONResponse:
        failing = await _failing(checks)
        if failing:
            return JSONResponse({"status": "not ready", "failing": failing}, 503)
        return JSONResponse({"status": "ready"})

    return [Route(LIVE, live), Route(READY, ready)]


async def _failing(checks: Mapping[str, Check]) -> list[str]:
    failing: list[str] = []

    async def run(name: str, check: Check) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await check()
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not ready
            failing.append(name)

    async with asyncio.TaskGroup() as group:
        for name, check in checks.items():
            group.create_task(run(name, check))
    return sorted(failing)
