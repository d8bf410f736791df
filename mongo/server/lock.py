"""One instance a data directory: a lock that lasts until both Rapport and its database are gone."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from mongo.fitness import DatabaseUnfit

_PATIENCE: Final = 30.0
_POLL: Final = 0.1


@asynccontextmanager
async def held(directory: Path) -> AsyncGenerator[int]:
    """The lock's file descriptor, to be handed to the server, which must not outlive it.

    Waits for the database of an instance that was killed. Raises DatabaseUnfit beside a live one.
    """
    descriptor = _opened(directory)
    try:
        await _take(descriptor, directory)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(directory: Path) -> bool:
    """Whether an instance runs on this directory."""
    try:
        descriptor = os.open(_file(directory), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _opened(directory: Path) -> int:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(_file(directory), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise DatabaseUnfit(
            f"{directory} cannot be locked: {problem.strerror}. Run Rapport as the user who owns "
            "it, or name another directory with --data."
        ) from problem


def _file(directory: Path) -> Path:
    return directory / "lock"


async def _take(descriptor: int, directory: Path) -> None:
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while not _try(descriptor, fcntl.LOCK_EX):
        owner = os.pread(descriptor, 20, 0).decode()
        if _lives(owner) or asyncio.get_running_loop().time() > deadline:
            raise DatabaseUnfit(
                f"{directory} is in use by another Rapport (process {owner or 'unknown'}). "
                "Use that one, stop it first, or give another directory with --data."
            )
        await asyncio.sleep(_POLL)


def _try(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(owner: str) -> bool:
    if not owner:
        return False
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
