"""The embedded database of a data directory: started, supervised, announced, stopped."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from mongo.beside import beside
from mongo.fitness import DatabaseUnfit
from mongo.server import address, discover, keeping, lock
from mongo.server.address import Running
from mongo.server.keeping import Log
from mongo.server.supervised import Supervised

_PATIENCE: Final = 20.0
_POLL: Final = 0.1


@asynccontextmanager
async def embedded(
    directory: Path,
    *,
    log: Log,
    name: str = "rapport",
    announced: bool = True,
    token: Callable[[], str] = secrets.token_urlsafe,
) -> AsyncGenerator[Running]:
    """Starts the best server for the data in ``directory`` and keeps it running inside the block.

    If it dies it is started again at the same address. At the end it is asked to stop, with
    patience. Other commands find it if it is ``announced``. Raises DatabaseUnfit with what to do
    where no server is found, where it does not start, or where another Rapport runs here.
    """
    async with lock.held(directory) as held:
        with _usable(directory):
            address.withdraw(directory)  # one that was killed could not
            found = await asyncio.to_thread(discover.find, directory)
        server = Supervised(found, directory, held, log)
        try:
            with _usable(directory):
                url = await server.start(token)
                running = Running(url, found.server.kind, found.notice)
                if announced:
                    address.announce(directory, running)
            async with beside(server.watch(), keeping.keep(found.server, url, name=name, log=log)):
                yield running
        finally:
            try:
                with _usable(directory):
                    address.withdraw(directory)
            finally:
                await server.stop()


@asynccontextmanager
async def reached(directory: Path, *, log: Log) -> AsyncGenerator[Running]:
    """The server of a running Rapport on this directory, or one of our own for the block.

    Waits for one that is just starting, or for a command that keeps the directory for a moment.
    """
    with _usable(directory):
        running = await _awaited(directory)
    if running:
        yield running
        return
    async with embedded(directory, log=log, announced=False) as running:
        yield running


@contextmanager
def _usable(directory: Path) -> Generator[None]:
    """What the system does not let us do becomes a sentence."""
    try:
        yield
    except OSError as problem:
        what = f"{problem.filename}: {problem.strerror}" if problem.strerror else repr(problem)
        raise DatabaseUnfit(
            f"The files of the database in {directory} cannot be used ({what}). Run Rapport as the "
            "user who owns them, make room on the disk, or name another directory with --data."
        ) from problem


async def _awaited(directory: Path) -> Running | None:
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while not (running := address.attach(directory)):
        if not lock.is_held(directory) or asyncio.get_running_loop().time() > deadline:
            return None
        await asyncio.sleep(_POLL)
    return running
