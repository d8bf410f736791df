"""The one URL of the API without anything behind it: for what is told before services are asked."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import httpx

from api.execution.auditing import Auditor
from api.execution.documents import Documents
from api.execution.schema import Schema
from api.http import GraphQLEndpoint
from api.request_log import RequestLog
from api.services import Services
from domain import ids
from domain.access_log import AccessEntry
from domain.key_ring import KeyRing
from domain.secret import Secret
from tests.access.test_key_ring import Shelf


def new_id(prefix: str) -> str:
    return ids.typed(prefix, 7)


def now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


class Empty:
    async def append(self, entry: AccessEntry) -> None:
        raise AssertionError("nothing personal was asked for")


def new_ring() -> KeyRing:
    return KeyRing(
        Shelf(),
        secret=Secret(b"s" * 32),
        clock=now,
        ids=new_id,
        randomness=lambda length: b"r" * length,
    )


@asynccontextmanager
async def asking(
    schema: Schema, documents: Documents, ring: KeyRing
) -> AsyncGenerator[httpx.AsyncClient]:
    audited = schema.audited_by(Auditor(Empty(), now, new_id))
    endpoint = GraphQLEndpoint(audited, cast("Services", None), ring, documents)
    logged = RequestLog(endpoint, paths=("/graphql",), new_id=lambda: "req_7", seconds=lambda: 0.0)
    issued = await ring.create("desk", frozenset({"customers:read"}))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(logged),
        base_url="http://shop.example/graphql",
        headers={"Authorization": f"Bearer {issued.token}"},
    ) as client:
        yield client
