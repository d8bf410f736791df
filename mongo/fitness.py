"""What a server must be able to do before Rapport trusts it with data, and what to say if not."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

OLDEST: Final = (8, 0)

_AUTHENTICATION_FAILED: Final = 18
_UNAUTHORIZED: Final = 13


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; the message says what is wrong and how to mend it."""


def judge(where: str, hello: Mapping[str, Any], build: Mapping[str, Any]) -> None:
    """Raises DatabaseUnfit where the server is too old or has no transactions.

    ``where`` is the host and port, never the address with its password.
    """
    version = tuple(int(part) for part in build.get("versionArray", ())[:2])
    if version < OLDEST:
        raise DatabaseUnfit(
            f"{where} runs MongoDB {build.get('version', 'of unknown version')}; Rapport needs 8.0 "
            "or newer, because it commits a change to several collections in one command. "
            "Upgrade the server, or name another one in RAPPORT_MONGODB_URL."
        )
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnfit(
            f"{where} runs alone, not as a replica set, so it has no transactions. Start it with "
            "--replSet rs0 (in mongod.conf: replication.replSetName: rs0), then once in mongosh: "
            "rs.initiate(). One node is enough."
        )


def unreachable(where: str, roles: Iterable[str]) -> DatabaseUnfit:
    """The sentence for a server that did not become usable in time; ``roles`` is what it said."""
    if "RSGhost" in set(roles):
        return DatabaseUnfit(
            f"{where} was started for a replica set that nobody has initiated: run rs.initiate() "
            "once in mongosh. One node is enough."
        )
    if {"RSSecondary", "RSOther", "RSArbiter"} & set(roles):
        return DatabaseUnfit(
            f"{where} answers, but its replica set has no primary, so nothing can be written: look "
            "at rs.status() in mongosh and bring a majority of the members back."
        )
    return DatabaseUnfit(
        f"No MongoDB answers at {where}. Start it, or correct RAPPORT_MONGODB_URL; without that "
        "setting, `rapport serve` starts a database of its own."
    )


def refused(where: str, code: int | None) -> DatabaseUnfit:
    """The sentence for a server that answers but does not let us in; ``code`` is MongoDB's."""
    if code == _AUTHENTICATION_FAILED:
        return DatabaseUnfit(
            f"{where} refused the user name or password in RAPPORT_MONGODB_URL. If the user was "
            "created in another database, add authSource=THAT_DATABASE to the address."
        )
    if code == _UNAUTHORIZED:
        return DatabaseUnfit(
            f"{where} wants a user that may read and write this database: put one with the roles "
            "readWrite and dbAdmin into RAPPORT_MONGODB_URL as mongodb://USER:PASSWORD@HOST/."
        )
    return DatabaseUnfit(f"{where} refused the start-up questions with MongoDB's code {code}.")


def unreadable() -> DatabaseUnfit:
    """The sentence for an address that is none."""
    return DatabaseUnfit(
        "RAPPORT_MONGODB_URL is not a MongoDB address. It looks like "
        "mongodb://USER:PASSWORD@HOST:27017/?replicaSet=rs0, with every special character of the "
        "password percent-encoded."
    )
