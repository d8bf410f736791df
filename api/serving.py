"""Runs the application: says when it is ready, stops by finishing what is in flight."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Generator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

_GARBAGE: Final = 20_000
"""So many more containers made than dropped before the collector looks at the young ones."""


class Server(uvicorn.Server):
    """Calls ``ready`` once the port is open, and leaves by returning.

    uvicorn's own way raises the signal again after it has stopped, which would cut short whatever
    has to be closed after the server, the database last.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(each)

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # uvicorn says list[socket]
        await super().startup(sockets)  # type: ignore[arg-type]  # the same
        if self.started:
            settle()
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://{host}:{port}")


def settle() -> None:
    """Takes what start-up made out of the garbage collector's rounds, which then are far between.

    The schema and its executor are some hundred thousand objects that never become garbage, and a
    request makes thousands that hardly ever form a cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE, 10, 10)


async def serve(app: ASGIApp, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM; requests in flight get ten seconds to finish."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        lifespan="off",
    )
    await Server(config, ready).serve()
