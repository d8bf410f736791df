"""How a change becomes writes, which the unit of work sends together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pymongo import DeleteMany, DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne

from domain.work import Change
from mongo.driver import Document, Where

Request = (
    InsertOne[Document] | ReplaceOne[Document] | UpdateOne | UpdateMany | DeleteOne | DeleteMany
)


class Op(NamedTuple):
    """One write to one collection.

    ``guarded``: it must find its document, otherwise the whole commit fails with Stale.
    ``upsert``: it may create the document instead; name the document by ``_id`` alone, or guard it.
    """

    collection: str
    model: Callable[..., Request]
    arguments: Mapping[str, Any]
    guarded: bool = False

    @property
    def upsert(self) -> bool:
        return bool(self.arguments.get("upsert"))

    @property
    def is_new_document(self) -> bool:
        """Whether it makes a document, in place of nothing or of one of its own."""
        return self.model is InsertOne or (self.model is ReplaceOne and self.upsert)

    @property
    def is_one_document(self) -> bool:
        return self.model not in {UpdateMany, DeleteMany}

    def request(self, database: str) -> Request:
        """What the driver sends."""
        return self.model(**self.arguments, namespace=f"{database}.{self.collection}")


Part = tuple[Change, Op]
"""A write, and the change that asks for it."""

Writes = Mapping[type[Change], Callable[[Any], Sequence[Op]]]
"""For each kind of change, the writes that make it true. Every subject exports its own."""


def insert(collection: str, document: Document) -> Op:
    """A new document; Taken if its ``_id`` or another unique key exists."""
    return Op(collection, InsertOne, {"document": document})


def update(
    collection: str,
    where: Where,
    change: Mapping[str, Any],
    *,
    guarded: bool,
    upsert: bool = False,
    array_filters: Sequence[Mapping[str, Any]] | None = None,
) -> Op:
    """A change to the one document that matches. Guard it by naming its version in ``where``."""
    arguments = {
        "filter": where,
        "update": change,
        "upsert": upsert,
        "array_filters": array_filters,
    }
    return Op(collection, UpdateOne, arguments, guarded)


def update_many(collection: str, where: Where, change: Mapping[str, Any]) -> Op:
    """The same change to every document that matches; keep that number small."""
    return Op(collection, UpdateMany, {"filter": where, "update": change})


def replace(
    collection: str, where: Where, document: Document, *, guarded: bool, upsert: bool = False
) -> Op:
    """Another document in place of the one that matches."""
    arguments = {"filter": where, "replacement": document, "upsert": upsert}
    return Op(collection, ReplaceOne, arguments, guarded)


def delete(collection: str, where: Where, *, guarded: bool) -> Op:
    """No more of the one document that matches."""
    return Op(collection, DeleteOne, {"filter": where}, guarded)


def delete_many(collection: str, where: Where) -> Op:
    """No more of every document that matches; keep that number small."""
    return Op(collection, DeleteMany, {"filter": where})
