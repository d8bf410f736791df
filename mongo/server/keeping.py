"""What an embedded server needs while it runs: a pulse, and a warning when it is outgrown."""

import asyncio
from itertools import count
from typing import Any, Final, Protocol

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from mongo.server.asking import client_of
from mongo.server.kinds import Server

PULSE: Final = 15.0
_COUNT_EVERY: Final = 240  # pulses: an hour


class Log(Protocol):
    """The part of a structured logger that is used here."""

    def info(self, event: str, **fields: Any) -> Any: ...
    def warning(self, event: str, **fields: Any) -> Any: ...
    def error(self, event: str, **fields: Any) -> Any: ...


async def keep(
    server: Server,
    url: str,
    *,
    name: str,
    log: Log,
    pulse: float = PULSE,
    patience: float = 30.0,
) -> None:
    """Runs until cancelled. ``name`` is the database whose customers are counted.

    The wheel ends the transaction of a killed client only when another one begins: until then
    whoever wants the same document waits. So one begins every ``pulse`` seconds.
    """
    with client_of(url, timeoutMS=int(1_000 * patience)) as client:
        for beat in count():
            try:
                if server.abandons:
                    await asyncio.to_thread(_beat, client, name)
                if beat % _COUNT_EVERY == 0:
                    customers = client[name]["customers"]
                    warn(server, await asyncio.to_thread(customers.estimated_document_count), log)
            except PyMongoError as error:
                log.info("the database is slow to answer", reason=type(error).__name__)
            await asyncio.sleep(pulse)


def warn(server: Server, customers: int, log: Log) -> None:
    """Says it when there are more customers than this kind of server carries."""
    if server.ceiling is not None and customers > server.ceiling:
        log.warning(
            "the embedded database is outgrown",
            server=server.program,
            customers=customers,
            carries=server.ceiling,
            instead="set RAPPORT_MONGODB_URL to a MongoDB 8 replica set",
        )


def _beat(client: MongoClient[dict[str, Any]], name: str) -> None:
    with client.start_session(causal_consistency=False) as session, session.start_transaction():
        client[name]["customers"].find_one({"_id": ""}, session=session)
