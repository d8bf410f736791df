"""The floor: the same answers by hand, Starlette and orjson over the same database and driver.

No GraphQL, no keys, no limits, no access log, no validation: what the machine allows at best.
"""

import secrets
import time
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import uvloop
from pymongo import InsertOne
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import serving
from api.settings import Settings
from bench import floor_documents
from bench.floor_documents import Document
from domain.secret import Secret
from mongo import database as opening
from mongo.database import Database
from mongo.driver import Where
from mongo.windows import Range, Windows

_PROFILE: Final = dict.fromkeys(
    (
        *("version", "status", "name", "locale", "country", "created_at", "updated_at"),
        *("emails", "phones"),
    ),
    1,
)
_ROW: Final = {
    **{field: 1 for field in _PROFILE if field not in {"locale", "phones"}},
    "tags.id": 1,
    "loyalty": 1,
    "consent": 1,
    "sort.created": 1,
}
_LIMIT: Final = 100


class Floor:
    """Four answers, written by hand."""

    def __init__(self, database: Database, secret: Secret) -> None:
        self._database = database
        self._secret = secret
        self._customers = database.db["customers"]
        self._tags = database.db["tags"]
        self._windows = Windows()
        self._tiers: dict[str, str] = {}
        self._tag_ids: dict[str, str] = {}

    async def open(self) -> None:
        """Reads what hardly ever changes, once."""
        async for tier in self._database.db["loyalty_tiers"].find({}):
            self._tiers[tier["key"]] = tier["name"]["text"]
        async for tag in self._tags.find({}):
            self._tag_ids[tag["key"]] = tag["_id"]

    async def by_id(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        return _one(await self._customers.find_one({"_id": asked["id"]}, _PROFILE))

    async def by_email(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        return _one(
            await self._customers.find_one({"emails.norm": asked["email"].casefold()}, _PROFILE)
        )

    async def page(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        tag = await self._tags.find_one({"key": asked["tag"]}, {"_id": 1})
        rows = await self._newest(tag["_id"])
        shown = rows[:_LIMIT]
        wanted = {"_id": {"$in": list({t["id"] for row in shown for t in row["tags"]})}}
        fields = {"key": 1, "label": 1}
        tags = {t["_id"]: t for t in await self._tags.find(wanted, fields).to_list(None)}
        now = datetime.now(UTC)
        nodes = [floor_documents.row(row, tags, self._tiers, now) for row in shown]
        page = {"hasNextPage": len(rows) > _LIMIT, "endCursor": shown[-1]["sort"]["created"]}
        return _answered({"customers": {"nodes": nodes, "pageInfo": page}})

    async def create(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        now = datetime.now(UTC)
        milliseconds, randomness = time.time_ns() // 1_000_000, secrets.randbits(62)
        new = floor_documents.Creation(asked, now, milliseconds, randomness)
        documents = new.documents(self._tag_ids, self._secret)
        name = self._database.name
        inserts = [InsertOne(each, namespace=f"{name}.{where}") for where, each in documents]
        async with self._database.session() as session:
            await session.start_transaction()
            await self._database.bulk_write(inserts, session)
            await session.commit_transaction()
        return _one(documents[0][1])

    async def _newest(self, tag_id: str) -> list[Document]:
        async def fetch(low: str, high: str, limit: int) -> list[Document]:
            where: Where = {"tags.id": tag_id, "sort.created": {"$gt": low, "$lt": high}}
            cursor = self._customers.find(where, _ROW).sort("sort.created", -1).limit(limit)
            found: list[Document] = await cursor.to_list(None)
            return found

        whole = Range("", "~", descending=True)
        return await self._windows.read(tag_id, whole, _LIMIT + 1, _created, fetch)


def _created(document: Document) -> str:
    key: str = document["sort"]["created"]
    return key


def _one(document: Document | None) -> Response:
    return _answered({"customer": floor_documents.customer(document) if document else None})


def _answered(answer: Any) -> Response:
    body = orjson.dumps({"data": answer}, option=orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


async def main() -> None:
    """Serves until it is stopped, with the settings of the Rapport it is the floor of."""
    settings = Settings()
    assert settings.mongodb_url is not None  # noqa: S101 - whoever starts us sets both
    assert settings.secret is not None  # noqa: S101 - the same
    url = settings.mongodb_url.get_secret_value()
    database = opening.open_database(url, driver=settings.driver, name=settings.database)
    floor = Floor(database, Secret(bytes.fromhex(settings.secret.get_secret_value())))
    await floor.open()
    routes = [
        Route("/by-id", floor.by_id, methods=["POST"]),
        Route("/by-email", floor.by_email, methods=["POST"]),
        Route("/page", floor.page, methods=["POST"]),
        Route("/create", floor.create, methods=["POST"]),
    ]

    async def ready(where: str) -> None:
        print(f"ready: {where}", flush=True)

    with serving.listening(settings.host, settings.port) as port:
        await serving.serve(Starlette(routes=routes), on=port, ready=ready)
    await database.close()


if __name__ == "__main__":
    uvloop.run(main())
