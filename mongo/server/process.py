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
_AFTER_A_KILL: Final = 5.0
_LAUNCH: Final = 20.0
_INSISTED: Final = f"killed by signal {signal.SIGKILL}"


@dataclass(slots=True)
class Child:
    """A running server. Whatever becomes of us, its leash stops it when we are gone."""

    holder: asyncio.subprocess.Process
    pid: int
    _last: bytes = b""
    _end: str | None = None

    async def ended(self) -> str:
        """Waits for the end of the server and says how it came."""
        if not self._last:
            # a line: a cancellation loses what had come of it where everything is read
            self._last = await _output(self.holder).readline()
        await self.holder.wait()
        if self._end is None:
            if not self._last:  # it was the leash that was killed, and it reaped nobody
                self._kill()
            self._end = _how(self._last.decode().strip())
        return self._end

    async def stop(self) -> bool:
        """Asks the server to end, waits with patience, then insists; whether it went when asked."""
        if self.holder.stdin:
            self.holder.stdin.close()
        if self._end is not None:
            return True
        try:
            async with asyncio.timeout(leash.PATIENCE + _AFTER_THE_LEASH):
                return await self.ended() != _INSISTED
        except TimeoutError:
            self._kill()
            await _away(self.holder)
            return False

    def _kill(self) -> None:
        # only where the leash cannot have reaped it: its number might be another's by now
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
    try:
        return Child(holder, await _number(holder, command[0]))
    except OSError:
        await _away(holder)
        raise


async def _number(holder: asyncio.subprocess.Process, program: str) -> int:
    async with asyncio.timeout(_LAUNCH):
        first = await _output(holder).readline()
    if not first.strip():
        raise FileNotFoundError(program)
    return int(first)


async def _away(holder: asyncio.subprocess.Process) -> None:
    """Kills the leash, and goes on where even that takes too long."""
    with suppress(ProcessLookupError):
        holder.kill()
    with suppress(TimeoutError):
        async with asyncio.timeout(_AFTER_A_KILL):
            await holder.wait()


def _output(holder: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if holder.stdout is None:
        raise RuntimeError("launched without a pipe")
    return holder.stdout


def _how(code: str) -> str:
    if not code:
        return "its leash was killed"
    number = int(code)
    return f"killed by signal {-number}" if number < 0 else f"ended with code {number}"
