"""The composition root: settings become a database, services, and the ASGI application."""

import asyncio
import secrets
import time
from collections import ChainMap
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from api import health
from api.execution.auditing import Auditor
from api.http import GraphQLEndpoint
from api.request_log import RequestLog
from api.schema import SCHEMA
from api.secrets import SecretMissing, instance_secret
from api.services import Services
from api.settings import Settings
from consent import purposes
from consent.service import Consents
from customers.defining import AttributeService
from customers.notes import NoteService
from customers.service import CustomerService
from customers.tag_removal import TagRemoval
from customers.tags import TagService
from domain import ids as kinds
from domain.idempotency import Once
from domain.key_ring import KeyRing
from domain.ports import Clock, Ids
from domain.secret import Secret
from enrichment import configuration, worker
from enrichment.deciding import Deciding
from enrichment.judging import Judging
from enrichment.registry import Sources
from enrichment.service import Enrichment
from enrichment.sources import Misconfigured
from enrichment.sweeping import Sweeping
from loyalty import tiers
from loyalty.service import Loyalty
from mongo import (
    attributes,
    consent,
    customers,
    enrichment,
    idempotency,
    loyalty,
    meta,
    notes,
    outbox,
    tags,
)
from mongo import database as opening
from mongo.access_log import MongoAccessLog
from mongo.attributes import MongoAttributeDefinitions
from mongo.consent import MongoConsentRecords, MongoPurposes
from mongo.customers import MongoCustomers, identity_hash
from mongo.database import Database
from mongo.enrichment import MongoEnrichedValues
from mongo.enrichment_runs import MongoRuns
from mongo.fitness import DatabaseUnfit
from mongo.idempotency import MongoAnswers
from mongo.keys import MongoKeys
from mongo.loyalty import MongoLedger, MongoTiers
from mongo.notes import MongoNotes
from mongo.operations import Writes
from mongo.outbox import MongoFacts
from mongo.preparation import prepare
from mongo.tags import MongoTags
from mongo.unit_of_work import MongoUnitOfWork

WRITES: Final[Writes] = dict(
    ChainMap(
        dict(attributes.WRITES),
        dict(consent.WRITES),
        dict(enrichment.WRITES),
        dict(idempotency.WRITES),
        dict(loyalty.WRITES),
        dict(notes.WRITES),
        dict(outbox.WRITES),
        dict(tags.WRITES),
    )
)


@dataclass(frozen=True, slots=True)
class Running:
    """What an open Rapport consists of."""

    services: Services
    keys: KeyRing
    app: ASGIApp
    migrations: tuple[int, ...]


def now() -> datetime:
    """The time, as BSON keeps it: UTC, whole milliseconds."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def new_id(prefix: str) -> str:
    """A TypeID of this millisecond."""
    value = kinds.uuid7(milliseconds=time.time_ns() // 1_000_000, randomness=secrets.randbits(74))
    return kinds.typed(prefix, value)


def composed(
    database: Database,
    secret: Secret,
    clock: Clock = now,
    ids: Ids = new_id,
    sources: Sources | None = None,
) -> Services:
    """Every service over one prepared database; ``sources`` are the built-in ones if left out."""
    key = identity_hash(secret)
    work = MongoUnitOfWork(database, {**WRITES, **customers.writes(key)})
    people = MongoCustomers(database, key)
    known_tags, definitions = MongoTags(database), MongoAttributeDefinitions(database)
    tag_service = TagService(known_tags, clock, ids)
    consents = Consents(MongoConsentRecords(database), MongoPurposes(database), clock, ids)
    values, runs = MongoEnrichedValues(database), MongoRuns(database)
    deciding = Deciding(sources or configuration.load(None), people, consents, values, clock, ids)
    return Services(
        clock=clock,
        work=work,
        once=Once(work, MongoAnswers(database), secret, clock),
        facts=MongoFacts(database),
        customers=people,
        customer=CustomerService(people, tag_service, definitions, consents, clock, ids),
        tags=tag_service,
        tag_removal=TagRemoval(known_tags, people, work, clock, ids),
        tag_definitions=known_tags,
        attributes=AttributeService(definitions, clock, ids),
        attribute_definitions=definitions,
        notes=NoteService(MongoNotes(database), people, clock, ids),
        consents=consents,
        loyalty=Loyalty(MongoLedger(database), MongoTiers(database), clock, ids),
        enrichment=Enrichment(deciding, runs),
        judging=Judging(deciding, runs),
        sweeping=Sweeping(deciding, runs, work, worker=ids("wrk")),
    )


async def seeded(services: Services) -> None:
    """What every new database starts with; doing it again changes nothing."""
    await services.work.commit((*purposes.seeding().changes, *tiers.seeding().changes))


class CannotStart(Exception):
    """Something outside is not as it must be; the message says what to do."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Running]:
    """Everything over the database that the settings name; closed, the database last, at the end.

    Raises CannotStart.
    """
    try:
        secret = instance_secret(settings, secrets.token_bytes)
        async with _database(settings) as database, aclosing(_sources(settings)) as sources:
            yield await _running(database, secret, sources)
    except (SecretMissing, DatabaseUnfit, Misconfigured) as problem:
        raise CannotStart(str(problem)) from problem


@asynccontextmanager
async def _database(settings: Settings) -> AsyncGenerator[Database]:
    if settings.mongodb_url is None:
        raise CannotStart("Set RAPPORT_MONGODB_URL.")
    url = settings.mongodb_url.get_secret_value()
    database = await opening.connect(url, driver=settings.driver, name=settings.database)
    try:
        yield database
    finally:
        await database.close()


def _sources(settings: Settings) -> Sources:
    """Of the file that is named, else of the one in the data directory where there is one."""
    path = settings.sources or settings.data / "sources.toml"
    return configuration.load(path, required=settings.sources is not None)


@asynccontextmanager
async def working(services: Services) -> AsyncGenerator[None]:
    """What a server does beside answering: carries enrichment runs that wait.

    At the end the run under way gives its lease back. Raises CannotStart where a source cannot
    be asked.
    """
    try:
        await services.enrichment.sources.check()
    except Misconfigured as problem:
        raise CannotStart(str(problem)) from problem
    async with asyncio.TaskGroup() as group:
        carrying = group.create_task(worker.work(services.sweeping, stop=asyncio.Event()))
        try:
            yield
        finally:
            carrying.cancel()


async def _running(database: Database, secret: Secret, sources: Sources) -> Running:
    migrations = await prepare(database, now)
    await meta.require_secret(database, secret)
    services = composed(database, secret, sources=sources)
    await seeded(services)
    keys = KeyRing(
        MongoKeys(database),
        secret=secret,
        clock=now,
        ids=new_id,
        randomness=secrets.token_bytes,
    )
    return Running(services, keys, application(database, services, keys), tuple(migrations))


async def first_start(running: Running, settings: Settings) -> tuple[str, ...]:
    """Loads the demo shop into an empty database; lines to show once, none where it is not new."""
    return ()


def application(database: Database, services: Services, keys: KeyRing) -> ASGIApp:
    """The ASGI application over open services."""
    auditor = Auditor(MongoAccessLog(database), services.clock, new_id)
    endpoint = GraphQLEndpoint(SCHEMA.audited_by(auditor), services, keys)

    async def ping() -> None:
        await database.command("ping")

    routes = [Route("/graphql", endpoint), *health.routes({"database": ping})]
    return RequestLog(
        Starlette(routes=routes),
        paths=("/graphql", *health.PATHS),
        new_id=lambda: new_id("req"),
        seconds=time.monotonic,
    )
