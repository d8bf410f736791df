"""Fewer writes that say the same: what changes a document of this very commit goes into its insert.

A new customer with consents and points would be inserted and then updated twice, each time through
every index; on the embedded server that is more than half of the work of creating them.
"""

from collections.abc import Iterable
from typing import Final, cast

from pymongo import InsertOne, UpdateOne

from mongo.driver import Document
from mongo.operations import Op, Part, insert

_MISSING: Final = object()


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same writes in the same order, without updates of documents inserted before them.

    Only plain ``$set`` of whole fields is merged, and only where the guard holds in the document;
    everything else stays a write of its own.
    """
    kept: list[Part] = []
    open_inserts: dict[tuple[str, str | None], int] = {}
    for change, op in parts:
        key = (op.collection, _id(op))
        place = open_inserts.pop(key, None)
        if place is not None and _fits(op, kept[place][1]):
            first, into = kept[place]
            kept[place] = (first, insert(op.collection, {**_document(into), **_set(op)}))
            open_inserts[key] = place
            continue
        if op.model is InsertOne:
            open_inserts[key] = len(kept)
        elif key[1] is None:
            # it may touch any document: nothing behind it may move in front of it
            open_inserts.clear()
        kept.append((change, op))
    return tuple(kept)


def _id(op: Op) -> str | None:
    """What the write is about; None where it does not say so by a plain ``_id``."""
    found = _document(op) if op.model is InsertOne else op.arguments["filter"]
    value: object = found.get("_id")
    return value if isinstance(value, str) else None


def _fits(op: Op, into: Op) -> bool:
    if op.model is not UpdateOne or op.upsert or op.arguments["array_filters"]:
        return False
    change = op.arguments["update"]
    if set(change) != {"$set"} or any("." in field for field in change["$set"]):
        return False
    document = _document(into)
    return all(_at(document, path) == value for path, value in op.arguments["filter"].items())


def _set(op: Op) -> Document:
    return cast("Document", op.arguments["update"]["$set"])


def _document(op: Op) -> Document:
    return cast("Document", op.arguments["document"])


def _at(document: Document, path: str) -> object:
    first, _, rest = path.partition(".")
    value: object = document.get(first, _MISSING)
    if not rest:
        return value
    return _at(cast("Document", value), rest) if isinstance(value, dict) else _MISSING
