"""Nothing that a partner can ask reads a whole collection.

The commands are those that the stories of tests/outside cause, so that whatever is published and
therefore tried there (tests/outside/test_everything.py sees to that) is explained here.
"""

import inspect
import secrets
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from api import app, outside
from api.context import Context
from api.execution.auditing import Auditor
from api.schema import SCHEMA
from domain import access_trail
from domain.access import SCOPES, Caller
from domain.access_trail import Sought
from domain.ids import CustomerId, KeyId
from domain.key_ring import KeyRing
from domain.query import HasAttribute
from domain.secret import Secret
from enrichment import configuration
from mongo import schema
from mongo.access_log import MongoAccessLog
from mongo.access_trail import MongoAccessTrail
from mongo.filters import query_of
from mongo.keys import MongoKeys
from tests.commands import RECORDER, Command, looking, shape, stages
from tests.outside import test_customers, test_lists, test_subjects
from tests.outside.conftest import partner_file

READ_WHOLE = {
    "purposes": "a handful, read whole at most once a minute",
    "api_keys": "a handful, listed by an operator",
}
LOOKED_INTO = frozenset(schema.COLLECTIONS) - {
    *("meta", "migrations"),  # written, or read by key when the server starts
    *("imports",),  # of files, not of the API
}
SECRET = Secret(bytes(32))
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def driver() -> str:
    """Both drivers send the same."""
    return "motor"


def stories() -> Iterator[Any]:
    for module in (test_customers, test_lists, test_subjects):
        for name, story in vars(module).items():
            if name.startswith("test_"):
                yield from _asked(story)


def _asked(story: Any) -> Iterator[Any]:
    fields = [list(mark.args[1]) for mark in getattr(story, "pytestmark", ())]
    assert set(inspect.signature(story).parameters) <= {"ask", "field"}, story
    yield from (lambda ask, f=f: story(ask, field=f) for f in fields[0]) if fields else [story]


@pytest.fixture
async def ask(database, tmp_path):
    sources = configuration.load(partner_file(tmp_path), required=True)
    services = app.composed(database, SECRET, sources=sources)
    await app.seeded(services)
    log = MongoAccessLog(database)
    published = SCHEMA.audited_by(Auditor(log, services.clock, outside.new_id))
    caller = Caller(KeyId("key_test"), "tests", frozenset(SCOPES))

    async def asked(query: str, **variables: object) -> dict[str, Any]:
        context = Context(services, caller, "request")
        result = await published.execute(query, variables, context_value=context)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    async with aclosing(sources):
        yield asked
        await log.close()


async def keys_are_used(database) -> None:
    ring = KeyRing(
        MongoKeys(database),
        secret=SECRET,
        clock=outside.now,
        ids=outside.new_id,
        randomness=secrets.token_bytes,
    )
    issued = await ring.create("a partner", frozenset({"customers:read"}), None)
    await ring.caller(issued.token)
    await ring.every()
    await ring.revoke(issued.key.id)


async def access_is_read(database) -> None:
    trail, customer, key = MongoAccessTrail(database), CustomerId("cus_1"), KeyId("key_test")
    for sought in (Sought(), Sought(customer), Sought(key=key), Sought(customer, key)):
        [newest] = await trail.page(sought, 1) or [None]
        before = newest.id if newest else access_trail.first_at(1)
        await trail.page(replace(sought, since=START, until=outside.now(), before=before), 1)


async def test_no_look_up_reads_a_whole_collection(server, database, ask):
    if server.kind == "wheel":
        pytest.skip("the wheel reads everything where a second field joins a key")
    with RECORDER.recording() as commands:
        for story in stories():
            await story(ask)
        await keys_are_used(database)
        await access_is_read(database)
    distinct: dict[object, Command] = {}
    for command in commands:
        for part in looking(command):
            distinct.setdefault(shape(part), part)
    assert len(distinct) > 200
    assert {next(iter(part.values())) for part in distinct.values()} >= LOOKED_INTO
    scans = [part for part in distinct.values() if await _scans(database, part)]
    assert {next(iter(part.values())) for part in scans} <= set(READ_WHOLE), scans


async def _scans(database, part: Command) -> bool:
    explained = await database.command("explain", part, verbosity="queryPlanner")
    found = set(stages(explained))
    assert found, explained
    return "COLLSCAN" in found


@pytest.mark.parametrize("bounds", [{}, {"values": (7,)}, {"low": 4, "high": 7}], ids=str)
async def test_customers_are_found_by_an_attribute_through_its_index(server, database, bounds):
    if server.kind == "wheel" or (bounds and server.kind == "rust"):
        pytest.skip("no index for several conditions on one element: see test_differences.py")
    find = {"find": "customers", "filter": query_of(HasAttribute("size", **bounds))}
    explained = await database.command("explain", find, verbosity="queryPlanner")
    assert "'indexName': 'by_attribute'" in str(explained["queryPlanner"]["winningPlan"])


async def test_a_scan_is_seen_wherever_it_hides(database):
    bare = {"$match": {"locale": "en"}}
    for command in (
        {"find": "customers", "filter": {"locale": "en"}},
        {"aggregate": "customers", "pipeline": [{"$match": {"_id": "a"}}, _union(bare)]},
        {
            "bulkWrite": 1,
            "nsInfo": [{"ns": "any.customers"}],
            "ops": [{"update": 0, "filter": {"locale": "en"}, "updateMods": {"$set": {"n": 1}}}],
        },
    ):
        assert any([await _scans(database, part) for part in looking(command)]), command


def _union(stage: Command) -> Command:
    return {"$unionWith": {"coll": "customers", "pipeline": [stage]}}
