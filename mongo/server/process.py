"""The server's process, on its leash."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from mongo.server import leash

_AFTER_THE_LEASH: Final = 5.0


@dataclass(frozen=True, slots=True)
class Child:
    """A running server. Whatever becomes of us, its leash stops it when we are gone."""

    holder: asyncio.subprocess.Process
    pid: int

    async def ended(self) -> str:
        """Waits for the end of the server and says how it came."""
        last = await _output(self.holder).read()
        await self.holder.wait()
        self._kill()  # if it was the leash that was killed
        return _how(last.decode().strip())

    async def stop(self) -> None:
        """Asks the server to end, waits with patience, then insists."""
        if self.holder.stdin:
            self.holder.stdin.close()
        try:
            async with asyncio.timeout(leash.PATIENCE + _AFTER_THE_LEASH):
                await self.holder.wait()
        except TimeoutError:
            self.holder.kill()
            await self.holder.wait()
        self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


async def launch(command: Sequence[str], *, log: IO[bytes], lock: int) -> Child:
    """Starts the server; what it prints goes to ``log``, and it keeps ``lock`` open."""
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(Path(leash.__file__)), *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for us alone: the database stops last
        pass_fds=(lock,),
    )
    first = await _output(holder).readline()
    if not first.strip():
        await holder.wait()
        raise FileNotFoundError(command[0])
    return Child(holder, int(first))


def _output(holder: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if holder.stdout is None:
        raise RuntimeError("launched without a pipe")
    return holder.stdout


def _how(code: str) -> str:
    if not code:
        return "its leash was killed"
    number = int(code)
    return f"killed by signal {-number}" if number < 0 else f"ended with code {number}"
