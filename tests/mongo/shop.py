"""A small subject of its own for the tests of the unit of work: counters, and a log of them."""

from dataclasses import dataclass

from domain.work import Change
from mongo.database import Database
from mongo.operations import Op, Writes, delete, delete_many, insert, replace, update, update_many

COLLECTIONS = ("counters", "log")


@dataclass(frozen=True, slots=True)
class Counted(Change):
    """A counter went from ``version`` to the next, and the log says by whom."""

    counter: str
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Logged(Change):
    """One line of the log."""

    id: str


@dataclass(frozen=True, slots=True)
class Ensured(Change):
    """A counter is there, whoever made it."""

    counter: str


@dataclass(frozen=True, slots=True)
class Replaced(Change):
    """A counter starts again at zero, as version 1 if it is new."""

    counter: str
    version: int


@dataclass(frozen=True, slots=True)
class Removed(Change):
    """A counter is no more."""

    counter: str


@dataclass(frozen=True, slots=True)
class Cleared(Change):
    """All lines of the log are marked, then gone."""


@dataclass(frozen=True, slots=True)
class Broken(Change):
    """A write that the server refuses: a bug."""


@dataclass(frozen=True, slots=True)
class Nothing(Change):
    """A change without writes."""


def _counted(change: Counted) -> list[Op]:
    where = {"_id": change.counter, "version": change.version}
    step = {"$inc": {"version": 1, "value": 1}}
    line = {"_id": f"{change.counter}:{change.version}:{change.by}"}
    return [update("counters", where, step, guarded=True), insert("log", line)]


def _replaced(change: Replaced) -> list[Op]:
    where = {"_id": change.counter, "version": change.version}
    new = {"version": change.version + 1, "value": 0}
    return [replace("counters", where, new, guarded=True, upsert=True)]


WRITES: Writes = {
    Counted: _counted,
    Logged: lambda change: [insert("log", {"_id": change.id})],
    Ensured: lambda change: [
        update(
            "counters",
            {"_id": change.counter},
            {"$setOnInsert": {"version": 0, "value": 0}},
            guarded=False,
            upsert=True,
        )
    ],
    Replaced: _replaced,
    Removed: lambda change: [delete("counters", {"_id": change.counter}, guarded=True)],
    Cleared: lambda _: [update_many("log", {}, {"$set": {"old": True}}), delete_many("log", {})],
    Broken: lambda _: [update("log", {}, {"$nonsense": 1}, guarded=False)],
    Nothing: lambda _: [],
}


async def opened(database: Database) -> None:
    """The two collections, with one counter at zero."""
    for name in COLLECTIONS:
        await database.create_collection(name)
    await database["counters"].insert_one({"_id": "c", "version": 0, "value": 0})
