"""What the server is asked before it is announced: is it ready, does it know our user."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Generator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import pymongo
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from mongo.server.kinds import REPLICA_SET

USER: Final = "rapport"
_POLL: Final = 0.05
_SELECTION_MS: Final = 5_000
_ANSWER_MS: Final = 20_000
_GOODBYE: Final = 2.0
_ALREADY_INITIALIZED: Final = 23
_NOT_YET_INITIALIZED: Final = 94
_USER_EXISTS: Final = 51003


class Admin(Protocol):
    """The admin database."""

    def command(self, command: MutableMapping[str, Any], /) -> Awaitable[Mapping[str, Any]]: ...


async def until_open(port: int) -> None:
    """Waits until somebody listens there."""
    while True:
        if await _listens(port):
            return
        await asyncio.sleep(_POLL)


async def knock(port: int) -> None:
    """Connects again and again until it is cancelled, whether anybody listens there or not."""
    while True:
        await asyncio.sleep(_POLL)
        await _listens(port)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        # uvloop tells here that the connection was reset: whoever accepted it has died
        await writer.wait_closed()
    except OSError:
        return False
    return True


async def until_writable(admin: Admin) -> None:
    """Waits until the server has made itself primary."""
    while True:
        try:
            hello = await admin.command({"hello": 1})
            if hello.get("isWritablePrimary"):
                return
        except PyMongoError:
            pass
        await asyncio.sleep(_POLL)


async def initiate(admin: Admin, port: int) -> None:
    """Makes mongod a replica set of one, or tells it that it has another port now."""
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    config = await _config(admin)
    if config is None:
        try:
            first = {"_id": REPLICA_SET, "members": [member]}
            await admin.command({"replSetInitiate": first})
        except OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise
            # it listens before it has read its configuration, and then says that it has none
            config = await _config(admin)
    if config is not None and config["members"][0]["host"] != member["host"]:
        moved = {**config, "version": config["version"] + 1, "members": [member]}
        await admin.command({"replSetReconfig": moved, "force": True})


async def _config(admin: Admin) -> dict[str, Any] | None:
    """The replica set as mongod has it, None where nobody has initiated it."""
    try:
        answer = await admin.command({"replSetGetConfig": 1})
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        return None
    return dict(answer["config"])


async def let_in(admin: Admin, password: str) -> None:
    """Makes our user, or gives it this password."""
    try:
        await admin.command({"createUser": USER, "pwd": password, "roles": ["root"]})
    except OperationFailure as error:
        if error.code != _USER_EXISTS:
            raise
        await admin.command({"updateUser": USER, "pwd": password})


@contextmanager
def client_of(url: str, **options: Any) -> Generator[MongoClient[dict[str, Any]]]:
    """A client whose calls block: make them in threads.

    PyMongo's asyncio client would lose a cancellation that comes just as an answer does, and one
    that comes while it cleans up leaves its locks taken and its monitors running.
    """
    client: MongoClient[dict[str, Any]] = MongoClient(url, **options)
    try:
        yield client
    finally:
        with pymongo.timeout(_GOODBYE):  # it says goodbye to the server, which may be gone
            client.close()


@dataclass(frozen=True, slots=True)
class _Asked:
    client: MongoClient[dict[str, Any]]

    async def command(self, command: MutableMapping[str, Any], /) -> Mapping[str, Any]:
        return await asyncio.to_thread(self.client.admin.command, command)


@asynccontextmanager
async def admin_of(port: int) -> AsyncGenerator[Admin]:
    """The admin database of the server on this port, without user; no answer takes for ever."""
    url = f"mongodb://127.0.0.1:{port}/?directConnection=true"
    with client_of(
        url, serverSelectionTimeoutMS=_SELECTION_MS, socketTimeoutMS=_ANSWER_MS
    ) as client:
        yield _Asked(client)
