"""The whole application over a database of a test."""

from starlette.types import ASGIApp

from api import asgi, outside
from api.execution.auditing import Auditor
from api.execution.documents import Documents
from api.schema import SCHEMA
from api.services import Services
from domain.key_ring import KeyRing
from mongo.access_log import MongoAccessLog
from mongo.database import Database


def application(database: Database, services: Services, keys: KeyRing) -> ASGIApp:
    """What a server answers with."""
    auditor = Auditor(MongoAccessLog(database), services.clock, outside.new_id)

    async def ping() -> None:
        await database.command("ping")

    schema = SCHEMA.audited_by(auditor)
    return asgi.application(services, keys, schema, Documents(), ping=ping, ids=outside.new_id)
