"""What a server must be able to do before Rapport trusts it with data, and what to say if not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

OLDEST: Final = (8, 0)

_UNAUTHORIZED: Final = 13
_AUTHENTICATION_FAILED: Final = 18
_TOO_SLOW: Final = 50
_NOT_SUPPORTED: Final = 115
_ATLAS: Final = 8000
_HUNG_UP: Final = re.compile("connection (is )?closed|reset by peer", re.IGNORECASE)
"""How the drivers say it."""
_BECOMES_A_SET: Final = (
    "not as a replica set, so it has no transactions. Start it with "
    "--replSet rs0 (in mongod.conf: replication.replSetName: rs0), then once in mongosh: "
    "rs.initiate(). One node is enough."
)


class DatabaseUnfit(Exception):
    """The database cannot be used as it is; the message says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A server as the driver saw it: host and port, its role, and what went wrong, if anything."""

    address: str
    role: str
    problem: str = ""


def judge(where: str, hello: Mapping[str, Any], build: Mapping[str, Any]) -> None:
    """Raises DatabaseUnfit where the server is too old, has no transactions or takes no writes.

    ``where`` is the host and port, never the address with its password.
    """
    version = tuple(int(part) for part in build.get("versionArray", ())[:2])
    if version < OLDEST:
        raise _too_old(where, f"MongoDB {build.get('version', 'of unknown version')}")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnfit(f"{where} runs alone, {_BECOMES_A_SET}")
    if not hello.get("isWritablePrimary"):
        raise DatabaseUnfit(
            f"{where} is a secondary of its replica set, which takes no writes. Name the primary, "
            "or leave directConnection=true out of RAPPORT_MONGODB_URL and it is found."
        )


def _too_old(where: str, what: str) -> DatabaseUnfit:
    return DatabaseUnfit(
        f"{where} runs {what}; Rapport needs 8.0 or newer, because it commits a change to several "
        "collections in one command. Upgrade the server, or name another one in "
        "RAPPORT_MONGODB_URL."
    )


def unreachable(where: str, seen: Sequence[Seen]) -> DatabaseUnfit:
    """The sentence for a server that did not become usable in time."""
    roles = {one.role for one in seen}
    if "RSGhost" in roles:
        return DatabaseUnfit(
            f"{where} was started for a replica set that nobody has initiated: run rs.initiate() "
            "once in mongosh. One node is enough."
        )
    if {"RSSecondary", "RSOther", "RSArbiter"} & roles:
        return DatabaseUnfit(
            f"{where} answers, but its replica set has no primary, so nothing can be written: look "
            "at rs.status() in mongosh and bring a majority of the members back."
        )
    return _excluded(where, seen) or _silent(where, seen)


def _excluded(where: str, seen: Sequence[Seen]) -> DatabaseUnfit | None:
    """Where an answer came, and the driver does not go on with who gave it."""
    if not seen:
        return DatabaseUnfit(
            f"{where} answers, but not as a member of the replica set that RAPPORT_MONGODB_URL "
            "names: correct replicaSet=NAME there. If it runs alone, it is "
            f"{_BECOMES_A_SET}"
        )
    members = [one.address for one in seen]
    # of an address that DNS resolves the hosts are not ours to compare
    if ":" in where and not set(members) & set(where.split(",")):
        return DatabaseUnfit(
            f"{where} answers, but the members of its replica set call themselves "
            f"{', '.join(members)}, which is not reached from here. Make these names resolve, or "
            "add directConnection=true to RAPPORT_MONGODB_URL if there is one member."
        )
    return None


def _silent(where: str, seen: Sequence[Seen]) -> DatabaseUnfit:
    problems = " ".join(one.problem for one in seen)
    if "SSL" in problems:
        return DatabaseUnfit(
            f"TLS with {where} does not come about: name the certificate of the authority that "
            "signed the server's with tlsCAFile=PATH in RAPPORT_MONGODB_URL, or leave tls=true out "
            "if the server has none."
        )
    if _HUNG_UP.search(problems):
        return DatabaseUnfit(
            f"{where} hangs up before it says who it is. If it wants TLS, add tls=true to "
            "RAPPORT_MONGODB_URL; look into its log otherwise."
        )
    return DatabaseUnfit(
        f"No MongoDB answers at {where}. Start it, or correct RAPPORT_MONGODB_URL; without that "
        "setting, `rapport serve` starts a database of its own."
    )


def refused(where: str, code: int | None) -> DatabaseUnfit:
    """The sentence for a server that answers but does not let us in; ``code`` is MongoDB's."""
    if code in {_AUTHENTICATION_FAILED, _ATLAS}:  # Atlas has one code for all its refusals
        return DatabaseUnfit(
            f"{where} refused the user name or password in RAPPORT_MONGODB_URL. If the user was "
            "created in another database, add authSource=THAT_DATABASE to the address."
        )
    if code == _UNAUTHORIZED:
        return DatabaseUnfit(
            f"{where} wants a user that may read and write this database: put one with the roles "
            "readWrite and dbAdmin into RAPPORT_MONGODB_URL as mongodb://USER:PASSWORD@HOST/."
        )
    if code == _NOT_SUPPORTED:
        return DatabaseUnfit(
            f"{where} has been upgraded to MongoDB 8, but not yet its data: once nobody wants to "
            'go back, run db.adminCommand({setFeatureCompatibilityVersion: "8.0", confirm: true}) '
            "in mongosh."
        )
    if code == _TOO_SLOW:
        return DatabaseUnfit(
            f"{where} took too long to answer the start-up questions: it is overloaded, or has "
            "only just started. Start Rapport again, or look into the server's log."
        )
    return DatabaseUnfit(f"{where} refused the start-up questions with MongoDB's code {code}.")


def unusable(where: str, problem: str) -> DatabaseUnfit:
    """The sentence for what the driver does not accept, by its own words, which are not shown."""
    if "wire version" in problem:
        return _too_old(where, "a MongoDB that this driver does not speak to any more")
    return DatabaseUnfit(
        f"{where} cannot be found: RAPPORT_MONGODB_URL starts with mongodb+srv://, and DNS has no "
        "SRV record for that host. Correct the host, or write mongodb:// and the members."
    )


def unreadable() -> DatabaseUnfit:
    """The sentence for an address that is none."""
    return DatabaseUnfit(
        "RAPPORT_MONGODB_URL is not a MongoDB address. It looks like "
        "mongodb://USER:PASSWORD@HOST:27017/?replicaSet=rs0, with every special character of the "
        "password percent-encoded."
    )
