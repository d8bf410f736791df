"""Runs the application: says when it is ready, stops by finishing what is in flight."""

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Generator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from api.app import CannotStart

Ready = Callable[[str], Awaitable[None]]
"""Told the URL without a path, once the port answers."""

_GARBAGE: Final = 100_000
"""So many more containers made than dropped before the collector looks at the young ones."""
_BACKLOG: Final = 2048


class Server(uvicorn.Server):
    """Calls ``ready`` once the port is open, and leaves by returning.

    uvicorn's own way raises the signal again after it has stopped, which would cut short whatever
    has to be closed after the server, the database last.
    """

    def __init__(self, config: uvicorn.Config, ready: Ready) -> None:
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
            await self._ready(f"http://{host}:{port}")


def settle() -> None:
    """Takes what start-up made out of the garbage collector's rounds, which then are far between.

    The schema and its executor are some hundred thousand objects that never become garbage, and a
    request makes thousands that form no cycle. With the default the requests in flight alone would
    be gone through again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE, 10, 10)


def give_up_on_sigterm() -> None:
    """Cancels this task at SIGTERM, until a server hears it; at a second one the process ends."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def give_up() -> None:
        loop.remove_signal_handler(signal.SIGTERM)
        if task is not None:
            task.cancel()

    loop.add_signal_handler(signal.SIGTERM, give_up)


@contextlib.contextmanager
def listening(host: str, port: int) -> Generator[socket.socket]:
    """The port, ours from now on: who connects before we serve waits. Raises CannotStart."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as found:
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind((host, port))
            # at once: until somebody listens, a second process may bind the same port
            found.listen(_BACKLOG)
        except OSError as problem:
            raise _unheard(host, port, problem) from None
        yield found


def _unheard(host: str, port: int, problem: OSError) -> CannotStart:
    if problem.errno == errno.EADDRINUSE:
        return CannotStart(
            f"Port {port} on {host} is taken: stop what listens there or choose another with "
            "--port (make run PORT=8080)."
        )
    return CannotStart(
        "Rapport cannot listen where --host and --port say, "
        f"port {port} on {host}: {problem.strerror}."
    )


async def serve(app: ASGIApp, *, on: socket.socket, ready: Ready) -> None:
    """Serves until SIGINT or SIGTERM; requests in flight get ten seconds to finish."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        lifespan="off",
    )
    try:
        await Server(config, ready).serve(sockets=[on])
    finally:
        # what is frozen is not taken apart at the end of the process, and DuckDB says so at length
        gc.unfreeze()
