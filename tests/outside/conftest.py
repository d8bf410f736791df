"""One server for a worker's whole visit, and the clients that partners use."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gql import Client, GraphQLRequest
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import build_schema
from pymongo import MongoClient

from domain.access import SCOPES
from tests.outside.people import Ask
from tests.outside.process import ROOT, Rapport, environment, serving
from tests.servers import Served

SOURCES = """
[[source]]
kind = "table_file"
key = "acme"
name = "Acme Households"
licence = "contract 2026-17"
file = "acme.csv"

[source.match]
email_hash = { column = "email_sha256", recipe = "lower_trim.v1", confidence = 0.95 }

[source.attributes]
household_size = { column = "household_size", type = "INT", label = "Household size" }
"""
SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
KNOWN_TO_ACME = [f"household{number}@example.com" for number in range(10)]


def partner_file(folder: Path) -> Path:
    """Writes a partner's file about ten households and the configuration that names it."""
    rows = [
        f"{hashlib.sha256(address.encode()).hexdigest()},{number + 1}"
        for number, address in enumerate(KNOWN_TO_ACME)
    ]
    (folder / "acme.csv").write_text("\n".join(["email_sha256,household_size", *rows, ""]))
    configuration = folder / "sources.toml"
    configuration.write_text(SOURCES)
    return configuration


@pytest.fixture(scope="session")
def settings(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a server over a database of its own, dropped at the end."""
    name = f"rapport_outside_{uuid.uuid4().hex[:12]}"
    folder = tmp_path_factory.mktemp("partner")
    yield environment(
        mongodb_url=server.url,
        database=name,
        secret="0f" * 32,
        sources=str(partner_file(folder)),
        data=str(folder),
    )
    with MongoClient(server.url) as client:
        client.drop_database(name)


@pytest.fixture(scope="session")
def rapport(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rapport]:
    with serving(settings, tmp_path_factory.mktemp("log") / "server.log") as served:
        yield served


@pytest.fixture(scope="session")
def admin_key(rapport: Rapport) -> str:
    return rapport.key(*SCOPES)


@pytest.fixture(scope="session")
def masked_key(rapport: Rapport) -> str:
    """May read customers, and nothing that tells who they are."""
    return rapport.key("customers:read")


def client(rapport: Rapport, key: str) -> Ask:
    """Sends operations as gql does, checked against the published schema before they leave."""

    async def asked(query: str, **variables: Any) -> dict[str, Any]:
        transport = HTTPXAsyncTransport(
            url=f"{rapport.url}/graphql", headers={"Authorization": f"Bearer {key}"}, timeout=30
        )
        request = GraphQLRequest(query, variable_values=variables)
        return await Client(schema=SCHEMA, transport=transport).execute_async(request)

    return asked


@pytest.fixture
def ask(rapport: Rapport, admin_key: str) -> Ask:
    """Asks with every scope there is; raises gql's TransportQueryError for top-level errors."""
    return client(rapport, admin_key)


@pytest.fixture
def ask_masked(rapport: Rapport, masked_key: str) -> Ask:
    return client(rapport, masked_key)


@pytest.fixture
async def http(rapport: Rapport) -> Any:
    """The bare wire, for what a GraphQL client would not send."""
    async with httpx.AsyncClient(base_url=rapport.url, timeout=30) as wire:
        yield wire
