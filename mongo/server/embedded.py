"""The embedded database of a data directory: started, supervised, announced, stopped."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from mongo.server import address, discover, keeping, lock
from mongo.server.address import Running
from mongo.server.beside import beside
from mongo.server.keeping import Log
from mongo.server.supervised import Supervised


@asynccontextmanager
async def embedded(
    directory: Path,
    *,
    log: Log,
    name: str = "rapport",
    token: Callable[[], str] = secrets.token_urlsafe,
) -> AsyncGenerator[Running]:
    """Starts the best server for the data in ``directory`` and keeps it running inside the block.

    If it dies it is started again at the same address. At the end it is asked to stop, with
    patience. Raises DatabaseUnfit with what to do where no server is found, where it does not
    start, or where another Rapport runs on this directory.
    """
    async with lock.held(directory) as held:
        found = await asyncio.to_thread(discover.find, directory)
        server = Supervised(found, directory, held, log)
        try:
            url = await server.start(token)
            running = Running(url, found.server.kind, found.notice)
            address.announce(directory, running)
            async with beside(server.watch(), keeping.keep(found.server, url, name=name, log=log)):
                yield running
        finally:
            address.withdraw(directory)
            await server.stop()


@asynccontextmanager
async def reached(directory: Path, *, log: Log) -> AsyncGenerator[Running]:
    """The server of a running Rapport on this directory, or one of our own for the block."""
    if running := address.attach(directory):
        yield running
        return
    async with embedded(directory, log=log) as running:
        yield running
