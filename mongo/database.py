"""The one door to MongoDB: picks the driver, hides where the two differ, checks the server."""

import inspect
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import parse_qsl

import pymongo
from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure
from pymongo.results import ClientBulkWriteResult
from pymongo.uri_parser import parse_uri

from mongo import fitness, inserting
from mongo.driver import Collection, Document, Driver, Pipeline, Session
from mongo.operations import Request

# Motor runs every call in a thread, by default five a core. Writers that wait for a document held
# by a transaction would take them all, and the transaction could not commit. Motor reads this once.
os.environ.setdefault("MOTOR_MAX_WORKERS", "64")
from motor.motor_asyncio import AsyncIOMotorClient

_DEFAULTS: Final = {
    "serverselectiontimeoutms": ("serverSelectionTimeoutMS", 5_000),
    "connecttimeoutms": ("connectTimeoutMS", 5_000),
    "timeoutms": ("timeoutMS", 30_000),
    "appname": ("appname", "rapport"),
}
_GOODBYE: Final = 5.0
_ALWAYS: Final = {
    "w": "majority",
    "journal": True,
    "tz_aware": True,
    "uuidRepresentation": "standard",
}


@dataclass(frozen=True, slots=True)
class Database:
    """A connected, checked database; both drivers look alike through it.

    ``client`` and ``db`` are the driver's own, for what this class does not cover: use only what
    both drivers spell alike.
    """

    client: Any
    db: Any
    driver: Driver
    where: str

    @property
    def name(self) -> str:
        return cast("str", self.db.name)

    def __getitem__(self, collection: str) -> Collection:
        return cast("Collection", self.db[collection])

    async def aggregate(self, collection: str, pipeline: Pipeline) -> list[Document]:
        """All documents that the pipeline gives."""
        cursor = await _settled(self.db[collection].aggregate(pipeline))
        return cast("list[Document]", await cursor.to_list(None))

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[Session]:
        """A session for transactions; what is still open at the end is rolled back."""
        # Causal consistency would send readConcern with a bulkWrite, which SecantusDB refuses;
        # a session that only writes has no use for it.
        async with await _settled(self.client.start_session(causal_consistency=False)) as session:
            yield _Session(session)

    async def bulk_write(
        self, requests: Sequence[Request], session: Session | None
    ) -> ClientBulkWriteResult:
        """Sends writes to any number of collections as one command, in order, until one fails."""
        return cast(
            "ClientBulkWriteResult",
            await self.client.bulk_write(
                requests,
                session=session.inner if session else None,
                ordered=True,
                verbose_results=True,
            ),
        )

    async def insert(
        self, collection: str, documents: Sequence[Document], session: Session
    ) -> None:
        """Makes new documents of one collection, each with its ``_id``, in order, until one fails.

        In a transaction alone, whose commit is what makes them durable. Raises BulkWriteError, as
        the driver's ``insert_many`` does. That one looks at every document three times before it
        sends it; of many that is most of its price.
        """
        done = 0
        for portion in inserting.portions(documents, self.db.codec_options):
            answer = await self.command(
                "insert", collection, documents=portion, ordered=True, session=session.inner
            )
            if "writeErrors" in answer:
                raise inserting.refused(answer, done)
            done += len(portion)

    async def command(self, *command: Any, **options: Any) -> Document:
        """The answer of a database command."""
        return cast("Document", await self.db.command(*command, **options))

    async def collection_names(self) -> Sequence[str]:
        return cast("list[str]", await self.db.list_collection_names())

    async def create_collection(self, collection: str) -> None:
        await self.db.create_collection(collection)

    async def drop(self) -> None:
        """Deletes the whole database: for tests and for the demo."""
        await self.client.drop_database(self.name)

    async def close(self) -> None:
        """Says goodbye to the server, which may be gone: not for ever."""
        with pymongo.timeout(_GOODBYE):
            await _settled(self.client.close())


@dataclass(frozen=True, slots=True)
class _Session:
    """The driver's session, whose start Motor does not let us await."""

    inner: Any

    async def start_transaction(self) -> None:
        await _settled(self.inner.start_transaction())

    async def commit_transaction(self) -> None:
        await self.inner.commit_transaction()

    async def abort_transaction(self) -> None:
        await self.inner.abort_transaction()


async def connect(
    url: str, *, driver: Driver = "motor", name: str | None = None, patience: float = 5.0
) -> Database:
    """A database that answers within ``patience`` seconds and is fit; else DatabaseUnfit.

    ``name`` is the database, by default the one in the URL's path, else "rapport". Majority writes
    with journal are not negotiable; timeouts and the application's name can be set in the URL.
    """
    database = open_database(url, driver=driver, name=name)
    try:
        with pymongo.timeout(patience):
            await check(database)
    except BaseException:
        await database.close()
        raise
    return database


def open_database(url: str, *, driver: Driver, name: str | None = None) -> Database:
    """The same without asking the server anything."""
    if not url.startswith(("mongodb://", "mongodb+srv://")):
        raise fitness.unreadable()
    given = {key.lower() for key, _ in parse_qsl(url.partition("?")[2])}
    options = dict(value for key, value in _DEFAULTS.items() if key not in given)
    build: Any = AsyncIOMotorClient if driver == "motor" else AsyncMongoClient
    try:
        where = _where(url)
        client = build(url, **_ALWAYS, **options)
        db = client[name] if name else client.get_default_database("rapport")
    except (ConfigurationError, ValueError):
        # The driver's own message may quote the address, and with it the password.
        raise fitness.unreadable() from None
    return Database(client, db, driver, where)


async def check(database: Database) -> None:
    """Raises DatabaseUnfit unless the server is reachable, new enough and takes what we write."""
    admin = database.client.admin
    try:
        hello = await admin.command("hello")
        build = await admin.command("buildInfo")
        await database.command("listCollections", nameOnly=True)
        fitness.judge(database.where, hello, build)
        await admin.command(_deleting_nothing(database.name))
    except ConnectionFailure:
        raise fitness.unreachable(database.where, _seen(database.client)) from None
    except OperationFailure as error:
        raise fitness.refused(database.where, error.code) from None
    except ConfigurationError as error:
        raise fitness.unusable(database.where, str(error)) from None


def _deleting_nothing(name: str) -> Document:
    """The command that every change goes through, which a server may have and yet not allow."""
    nothing = {"delete": 0, "filter": {"_id": ""}, "multi": False}
    return {"bulkWrite": 1, "ops": [nothing], "nsInfo": [{"ns": f"{name}.migrations"}]}


def _seen(client: Any) -> list[fitness.Seen]:
    servers = client.topology_description.server_descriptions().values()
    return [
        fitness.Seen(
            _host(*server.address),
            server.server_type_name,
            # a set of another name at a direct connection counts as none that was seen
            "" if server.error is None else str(server.error),
        )
        for server in servers
        if not isinstance(server.error, ConfigurationError)
    ]


def _where(url: str) -> str:
    """The hosts of the address as the driver reads them; nothing else of it may be shown.

    Raises what the driver raises. The options stay out: some are for ``mongodb+srv`` alone.
    """
    hosts = url.partition("://")[2].partition("?")[0]
    nodes = parse_uri(f"mongodb://{hosts}")["nodelist"]
    if url.startswith("mongodb+srv://"):
        return ",".join(host for host, _ in nodes)
    return ",".join(_host(*node) for node in nodes)


def _host(name: str, port: int | None) -> str:
    return name if port is None else f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


async def _settled(value: Any) -> Any:
    """The value, awaited where only one of the drivers wants that."""
    return await value if inspect.isawaitable(value) else value
