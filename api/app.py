"""The composition root: settings become a database, and services over it.

What answers over them, `api.asgi`, stays out: only who serves waits for the schema to be made.
"""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Final

import structlog

from api import data_directory
from api.data_directory import DirectoryUnfit
from api.execution.auditing import Auditor
from api.outside import new_id, now
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
from domain.access_trail import AccessTrail
from domain.idempotency import Once
from domain.key_ring import KeyRing
from domain.ports import Clock, Ids
from domain.secret import Secret
from domain.work import UnitOfWork
from enrichment import configuration
from enrichment.deciding import Deciding
from enrichment.judging import Judging
from enrichment.registry import Sources
from enrichment.service import Enrichment
from enrichment.sources import Misconfigured
from enrichment.sweeping import Sweeping
from intake.demos import Demos
from intake.importing import Importing
from intake.planting import Planting
from loyalty import tiers
from loyalty.service import Loyalty
from mongo import database as opening
from mongo import intake, meta, writes
from mongo.access_log import MongoAccessLog
from mongo.access_trail import MongoAccessTrail
from mongo.attributes import MongoAttributeDefinitions
from mongo.beside import beside
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
from mongo.outbox import MongoFacts
from mongo.preparation import prepare
from mongo.server.embedded import embedded, reached
from mongo.tags import MongoTags
from mongo.unit_of_work import MongoUnitOfWork

_LOG: Final = structlog.get_logger("rapport.database")


@dataclass(frozen=True, slots=True)
class Running:
    """What an open Rapport consists of."""

    services: Services
    keys: KeyRing
    trail: AccessTrail
    auditor: Auditor
    importing: Importing
    demos: Demos
    ping: Callable[[], Awaitable[None]]
    migrations: tuple[int, ...] = ()
    planted: bool = False
    """Whether this opening, and no other one beside it, filled an empty database with the demo."""


def composed(
    database: Database,
    secret: Secret,
    clock: Clock = now,
    ids: Ids = new_id,
    sources: Sources | None = None,
    work: UnitOfWork | None = None,
) -> Services:
    """Every service over one prepared database; ``sources`` are the built-in ones if left out."""
    work = work or _unit_of_work(database, secret)
    people = MongoCustomers(database, identity_hash(secret))
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


LOST: Final = intake.INTERRUPTIONS
"""What a command meets whose database goes away, or is too busy, while it is at work."""

alongside: Final = beside
"""Runs work beside a block of a command, and ends it with the block."""


class CannotStart(Exception):
    """Something outside is not as it must be; the message says what to do."""


@asynccontextmanager
async def opened(
    settings: Settings, *, serving: bool = False, demo: bool = False, begin: bool = True
) -> AsyncGenerator[Running]:
    """Everything over the database that the settings name; closed, the database last, at the end.

    Without a URL the database of the data directory is started; whoever is not ``serving`` uses
    the one of the server that runs there, if one does. ``demo`` fills an empty database with the
    demo shop first, whose partner's file is a source then. Unless ``begin``, a database of our own
    has to be there. Raises CannotStart.
    """
    try:
        if demo or settings.mongodb_url is None:
            data_directory.prepare(settings.data, begin=begin)
        secret = instance_secret(settings, secrets.token_bytes)
        async with _database(settings, serving=serving) as database, AsyncExitStack() as last:
            work = _unit_of_work(database, secret)
            last.push_async_callback(work.close)
            await meta.require_secret(database, secret)
            migrations = await prepare(database, now)
            await seeded(first := composed(database, secret, work=work))
            shop = _demos(database, secret, first, settings)
            planted = demo and await shop.opened() and await meta.claim(database, "demo")
            sources = configuration.load(settings.sources_file, required=bool(settings.sources))
            log = MongoAccessLog(database)
            last.push_async_callback(sources.aclose)
            last.push_async_callback(log.close)
            services = composed(database, secret, sources=sources, work=work)
            running = _running(database, secret, services, settings, log)
            yield replace(running, migrations=tuple(migrations), planted=planted)
    except (DirectoryUnfit, SecretMissing, DatabaseUnfit, Misconfigured) as problem:
        raise CannotStart(str(problem)) from problem


@asynccontextmanager
async def _database(settings: Settings, *, serving: bool) -> AsyncGenerator[Database]:
    if settings.mongodb_url is not None:
        async with _connected(settings.mongodb_url.get_secret_value(), settings) as database:
            yield database
        return
    start = embedded if serving else reached
    async with start(settings.data, log=_LOG) as server:
        if serving:
            _LOG.info("database", server=server.kind, notice=server.notice)
        async with _connected(server.url, settings) as database:
            yield database


@asynccontextmanager
async def _connected(url: str, settings: Settings) -> AsyncGenerator[Database]:
    database = await opening.connect(url, driver=settings.driver, name=settings.database)
    try:
        yield database
    finally:
        await database.close()


def _unit_of_work(database: Database, secret: Secret) -> MongoUnitOfWork:
    return MongoUnitOfWork(database, writes.table(identity_hash(secret)))


def _running(
    database: Database,
    secret: Secret,
    services: Services,
    settings: Settings,
    log: MongoAccessLog,
) -> Running:
    keys = KeyRing(
        MongoKeys(database), secret=secret, clock=now, ids=new_id, randomness=secrets.token_bytes
    )
    auditor = Auditor(log, services.clock, new_id)
    demos = _demos(database, secret, services, settings)
    ping = partial(_ping, database)
    trail = MongoAccessTrail(database)
    return Running(services, keys, trail, auditor, demos.planting.importing, demos, ping)


def _demos(database: Database, secret: Secret, services: Services, settings: Settings) -> Demos:
    # an import looks for the holder of every identity before it claims it
    key = lru_cache(maxsize=4096)(identity_hash(secret))
    importing = intake.importing(database, key, writes.table(key), now, new_id)
    return Demos(Planting(importing, services.loyalty), services.sweeping, settings.data)


async def _ping(database: Database) -> None:
    await database.command("ping")
