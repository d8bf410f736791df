"""What the server is asked before it is announced: is it ready, does it know our user."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from mongo.server.kinds import REPLICA_SET

USER: Final = "rapport"
_POLL: Final = 0.05
_NOT_YET_INITIALIZED: Final = 94
_USER_EXISTS: Final = 51003


class Admin(Protocol):
    """The admin database."""

    def command(self, command: MutableMapping[str, Any], /) -> Awaitable[Mapping[str, Any]]: ...


async def until_open(port: int) -> None:
    """Waits until somebody listens there."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(_POLL)
            continue
        writer.close()
        await writer.wait_closed()
        return


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
    try:
        answer = await admin.command({"replSetGetConfig": 1})
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        first = {"_id": REPLICA_SET, "members": [member]}
        await admin.command({"replSetInitiate": first})
        return
    config = answer["config"]
    if config["members"][0]["host"] != member["host"]:
        moved = {**config, "version": config["version"] + 1, "members": [member]}
        await admin.command({"replSetReconfig": moved, "force": True})


async def let_in(admin: Admin, password: str) -> None:
    """Makes our user, or gives it this password."""
    try:
        await admin.command({"createUser": USER, "pwd": password, "roles": ["root"]})
    except OperationFailure as error:
        if error.code != _USER_EXISTS:
            raise
        await admin.command({"updateUser": USER, "pwd": password})


@asynccontextmanager
async def admin_of(port: int) -> AsyncGenerator[Admin]:
    """The admin database of the server on this port, without user."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=5_000
    )
    async with client:
        yield client.admin
