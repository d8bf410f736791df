"""Notes about customers, read newest first."""

from collections.abc import Sequence
from typing import Final

from customers.notes import AddNote, DeleteNote, Note, SaveNote
from domain import sorting
from domain.ids import CustomerId, NoteId
from domain.query import Page, Row
from mongo.database import Database
from mongo.driver import Document
from mongo.fields import actor_document, actor_of
from mongo.indexes import Index
from mongo.operations import Op, Writes, delete, insert, replace
from mongo.unions import united

NOTES: Final = "customer_notes"
COLLECTIONS: Final = (NOTES,)
INDEXES: Final = (Index(NOTES, "notes_of_customer", [("customer_id", 1), ("sort", 1)]),)
_PLAIN: Final = ("version", "created_at", "updated_at", "text")


def _document(note: Note) -> Document:
    return {
        "_id": note.id,
        "customer_id": note.customer_id,
        "author": actor_document(note.author),
        **{name: getattr(note, name) for name in _PLAIN},
        "sort": sorting.instant_key(note.created_at, note.id),
    }


def _note(document: Document) -> Note:
    return Note(
        id=NoteId(document["_id"]),
        customer_id=CustomerId(document["customer_id"]),
        author=actor_of(document["author"]),
        **{name: document[name] for name in _PLAIN},
    )


def _save(change: SaveNote) -> Sequence[Op]:
    guard = {"_id": change.before.id, "version": change.before.version}
    return [replace(NOTES, guard, _document(change.after), guarded=True)]


def _delete(change: DeleteNote) -> Sequence[Op]:
    guard = {"_id": change.note.id, "version": change.note.version}
    return [delete(NOTES, guard, guarded=True)]


WRITES: Final[Writes] = {
    AddNote: lambda change: [insert(NOTES, _document(change.note))],
    SaveNote: _save,
    DeleteNote: _delete,
}


class MongoNotes:
    """Reads of the notes; see customers.notes.Notes for what each promises."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = database[NOTES]

    async def get_many(self, wanted: Sequence[NoteId]) -> dict[NoteId, Note]:
        found = await self._notes.find({"_id": {"$in": list(wanted)}}).to_list(None)
        return {note.id: note for note in map(_note, found)}

    async def pages(
        self, customer_ids: Sequence[CustomerId], first: int, after: str | None = None
    ) -> dict[CustomerId, Page[Note]]:
        if not customer_ids:
            return {}
        latest = [_latest(each, first + 1, after) for each in customer_ids]
        rows: dict[CustomerId, list[Row[Note]]] = {each: [] for each in customer_ids}
        for document in await self._database.aggregate(NOTES, united(NOTES, latest)):
            note = _note(document)
            rows[note.customer_id].append(Row(note, document["sort"]))
        return {
            each: Page(own[:first], has_next=len(own) > first, has_previous=after is not None)
            for each, own in rows.items()
        }

    async def count(self, customer_id: CustomerId, limit: int) -> int:
        return await self._notes.count_documents({"customer_id": customer_id}, limit=limit)


def _latest(customer_id: CustomerId, limit: int, after: str | None) -> list[Document]:
    bounds = {"$gt": sorting.LOWEST, "$lt": after or sorting.HIGHEST}
    return [
        {"$match": {"customer_id": customer_id, "sort": bounds}},
        {"$sort": {"sort": -1}},
        {"$limit": limit},
    ]
