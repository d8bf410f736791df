"""A real server for every test that touches storage, and one clean database a worker."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from pymongo import MongoClient

from api.execution.schema import Schema
from api.schema import SCHEMA
from mongo import database as opening
from mongo import indexes, schema
from mongo.database import Database
from mongo.driver import Driver
from tests import servers
from tests.servers import Served, serve

# how long an example takes says more about the machine of the moment than about the rule
settings.register_profile(
    "rapport",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    # the wheel is several times slower: there a property is a smoke test
    max_examples=10 if servers.kind() == "wheel" else 100,
)
settings.load_profile("rapport")

# most tests ask once: plans from the first time on, or none at all to see that it is the same
SCHEMA.compiler.patience = 0
Schema.engine = os.environ.get("RAPPORT_TEST_ENGINE") != "off"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The MongoDB under test: found or started once a worker, stopped at its end."""
    with serve(tmp_path_factory.mktemp("database")) as served:
        yield served


@pytest.fixture(scope="session")
def database_name(server: Served) -> Iterator[str]:
    """Unique for this worker of this run, also on a server that others use; dropped at the end."""
    name = f"rapport_test_{uuid.uuid4().hex[:12]}"
    yield name
    with MongoClient(server.url) as client:
        client.drop_database(name)


@pytest.fixture
def driver() -> Driver:
    """The default driver; tests/mongo runs on both."""
    return "motor"


@pytest.fixture
async def database(server: Served, database_name: str, driver: Driver) -> AsyncIterator[Database]:
    """A connected database with every collection and index of the table, and nothing in them."""
    connected = opening.open_database(server.url, driver=driver, name=database_name)
    try:
        await _emptied(connected)
        yield connected
    finally:
        await connected.close()


async def _emptied(database: Database) -> None:
    """Making all indexes anew for every test would take longer than the tests."""
    present = set(await database.collection_names())
    for name in present - set(schema.COLLECTIONS):
        await database[name].drop()
    if present >= set(schema.COLLECTIONS):
        for name in schema.COLLECTIONS:
            await database[name].delete_many({})
    else:
        await indexes.ensure(database, schema.COLLECTIONS, schema.INDEXES)
