"""A server that is started with a user of its own, started again when it dies, and stopped."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from pymongo.errors import PyMongoError

from mongo.beside import beside
from mongo.fitness import DatabaseUnfit
from mongo.server import asking, process
from mongo.server.address import write_private
from mongo.server.discover import Found
from mongo.server.keeping import Log
from mongo.server.kinds import REPLICA_SET, Home, command
from mongo.server.process import Child
from mongo.undivided import undivided

_START: Final = 60.0  # opening a store after a crash replays its log
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_LONGEST_LOG: Final = 10_000_000


class Supervised:
    """One server for one data directory. ``lock`` stays open until the server is gone."""

    def __init__(self, found: Found, directory: Path, lock: int, log: Log) -> None:
        self._found = found
        self._home = Home.of(directory, found.server.kind)
        self._log_file = directory / "server.log"
        self._lock = lock
        self._log = log
        self._child: Child | None = None
        self._port = 0

    async def start(self, token: Callable[[], str]) -> str:
        """Starts it and answers with its URL, password included. ``token`` makes secrets."""
        self._home.store.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home.settings.touch()
        self._port = _port_like_before(self._home.port)
        if not self._home.password.exists() or self._has_moved():
            await self._prepare(token)
        await self._up(locked=True)
        return self._url()

    async def watch(self) -> None:
        """Starts it again, with growing pauses, whenever it ends; runs until cancelled."""
        pause = _FIRST_PAUSE
        while self._child:
            reason = await self._child.ended()
            self._log.error("the database died and is started again", reason=reason)
            await asyncio.sleep(pause)
            try:
                await self._up(locked=True)
            except DatabaseUnfit as error:
                self._log.error("the database does not start", reason=str(error))
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._log.info("the database is back")
                pause = _FIRST_PAUSE

    async def stop(self) -> None:
        """Asks it to end and waits, not for ever; does nothing where it is not running."""
        if self._child and not await self._stopped(self._child):
            self._log.error(
                "the database did not stop when asked and was killed",
                server=self._found.server.program,
                says_why=str(self._log_file),
            )

    async def _stopped(self, child: Child) -> bool:
        if not self._found.server.dozes:
            return await child.stop()
        async with beside(asking.knock(self._port)):
            return await child.stop()

    async def _prepare(self, token: Callable[[], str]) -> None:
        """Makes the user, in a first run without locks, before anybody learns the port."""
        password = self._password() or token()
        if self._found.server.kind == "mongod":  # wants a key, in base64, where it wants users
            write_private(self._home.key_file, token().replace("-", "+").replace("_", "/"))
        await self._up(locked=False)
        try:
            async with asyncio.timeout(_START):
                await self._introduce(password)
        except (TimeoutError, PyMongoError) as problem:
            raise self._unfit(f"it took no user ({type(problem).__name__})") from None
        await self.stop()
        write_private(self._home.password, password)
        write_private(self._home.port, str(self._port))

    async def _introduce(self, password: str) -> None:
        async with asking.admin_of(self._port) as admin:
            if self._found.server.kind == "mongod":
                await asking.initiate(admin, self._port)
                await asking.until_writable(admin)
            await asking.let_in(admin, password)

    async def _up(self, *, locked: bool) -> None:
        try:
            # undivided: launched and not yet known to us, nobody would stop it
            child = await undivided(self._launched(locked=locked))
        except OSError as problem:
            raise self._unfit(problem.strerror or type(problem).__name__) from None
        await self._ready(child, primary=locked)

    async def _launched(self, *, locked: bool) -> Child:
        found = self._found
        words = command(
            found.server.kind, found.program, self._home, port=self._port, locked=locked
        )
        with self._opened_log() as log:
            child = self._child = await process.launch(words, log=log, lock=self._lock)
        write_private(self._home.pid, str(child.pid))
        return child

    async def _ready(self, child: Child, *, primary: bool) -> None:
        reason = f"not ready after {_START:.0f} seconds"
        async with beside(self._refusal(primary=primary), child.ended()) as (refusal, ended):
            await asyncio.wait({refusal, ended}, timeout=_START, return_when="FIRST_COMPLETED")
            if refusal.done() and (reason := refusal.result()) is None:
                return
            if ended.done():
                reason = str(ended.result())
        await self._stopped(child)
        raise self._unfit(reason)

    def _unfit(self, reason: str) -> DatabaseUnfit:
        return DatabaseUnfit(
            f"{self._found.server.program} did not start: {reason}. "
            f"It says why in {self._log_file}."
        )

    async def _refusal(self, *, primary: bool) -> str | None:
        """Why it cannot be asked; None once it has answered."""
        try:
            await self._answers(primary=primary)
        except (OSError, PyMongoError) as problem:
            return f"it cannot be asked ({type(problem).__name__})"
        return None

    async def _answers(self, *, primary: bool) -> None:
        await asking.until_open(self._port)
        if primary:
            async with asking.admin_of(self._port) as admin:
                await asking.until_writable(admin)

    def _has_moved(self) -> bool:
        """Whether mongod must be told its new port; the others do not remember it."""
        known = self._home.port.read_text() if self._home.port.exists() else ""
        return self._found.server.kind == "mongod" and known != str(self._port)

    def _password(self) -> str:
        return self._home.password.read_text() if self._home.password.exists() else ""

    def _url(self) -> str:
        whom = f"{asking.USER}:{quote(self._password(), safe='')}"
        members = f"&replicaSet={REPLICA_SET}" if self._found.server.kind == "mongod" else ""
        return f"mongodb://{whom}@127.0.0.1:{self._port}/?authSource=admin{members}"

    def _opened_log(self) -> IO[bytes]:
        if self._log_file.exists() and self._log_file.stat().st_size > _LONGEST_LOG:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        return os.fdopen(os.open(self._log_file, flags, 0o600), "ab")


def _port_like_before(remembered: Path) -> int:
    """The port of last time if it is free, else any free one."""
    wanted = int(remembered.read_text()) if remembered.exists() else 0
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DatabaseUnfit("This machine has no free port on 127.0.0.1.")
