"""What an index is here, and how the table of them becomes true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pymongo.errors import CollectionInvalid, OperationFailure

from mongo.database import Database
from mongo.driver import Keys
from mongo.fitness import DatabaseUnfit

_NAMESPACE_EXISTS: Final = 48
_DUPLICATE_KEY: Final = 11000
_CONFLICTS: Final = frozenset({85, 86})  # same name or same keys, but other options


@dataclass(frozen=True, slots=True)
class Index:
    """One index of the table. ``partial`` is the filter of the documents that are in it.

    ``expire_seconds`` lets the server delete documents that long after the date in the key, some
    time later: never rely on the moment.
    """

    collection: str
    name: str
    keys: Keys
    unique: bool = False
    partial: Mapping[str, Any] | None = None
    expire_seconds: int | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What the server is told beside the keys."""
        options: dict[str, Any] = {"name": self.name}
        if self.unique:
            options["unique"] = True
        if self.partial is not None:
            options["partialFilterExpression"] = dict(self.partial)
        if self.expire_seconds is not None:
            options["expireAfterSeconds"] = self.expire_seconds
        return options


async def ensure(database: Database, collections: Iterable[str], indexes: Iterable[Index]) -> None:
    """Makes every collection and index that is not there yet; running it again changes nothing.

    Raises DatabaseUnfit where an index of that name or with those keys exists and is another, or
    where the documents are not as unique as the index.
    """
    present = set(await database.collection_names())
    for collection in sorted(set(collections) - present):
        await _create(database, collection)
    for index in indexes:
        await _ensure(database, index)


async def _create(database: Database, collection: str) -> None:
    try:
        await database.create_collection(collection)
    except CollectionInvalid:  # another worker was faster
        return
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise


async def _ensure(database: Database, index: Index) -> None:
    try:
        await database[index.collection].create_index(index.keys, **index.options)
    except OperationFailure as error:
        if error.code == _DUPLICATE_KEY:
            raise _doubles(index) from None
        if error.code not in _CONFLICTS:
            raise
        raise DatabaseUnfit(
            f"The collection {index.collection} has an index that stands in the way of "
            f"{index.name}: same name or keys, other options. Drop it in mongosh, "
            f'db.{index.collection}.dropIndex("{index.name}"), and start again; it will be rebuilt.'
        ) from None


def _doubles(index: Index) -> DatabaseUnfit:
    fields = ", ".join(field for field, _ in index.keys)
    return DatabaseUnfit(
        f"{index.collection} holds documents that share what {index.name} wants to be unique "
        f"({fields}). Find them with an aggregation that groups by these fields, change or delete "
        "all but one of each, and start again."
    )
