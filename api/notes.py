"""Notes about customers over GraphQL: free text of colleagues, behind a scope of its own."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, cast

import strawberry

from api.actors import Actor
from api.context import Context, Info
from api.customer_refs import Key, Ref
from api.deletions import DeletedPayload, DeleteResult
from api.errors import (
    IdempotencyMismatchError,
    InvalidStateError,
    LimitExceededError,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.level import Loader, Node, Row
from api.pages import PageInfo, wanted
from api.requests import REQUEST, applied, request
from api.scalars import Instant
from api.versions import Versioned
from customers import notes
from domain import cursors, sorting
from domain.errors import NotFound
from domain.idempotency import Answer, Memory
from domain.ids import CustomerId, NoteId
from domain.personal import PiiClass
from domain.query import Page

_LIST: Final = "notes"

Id = Annotated[strawberry.ID, strawberry.argument(description="Which note.")]
Text = Annotated[str, strawberry.argument(description="The text: 1 to 5,000 characters.")]


@strawberry.type(description="What a colleague wrote about a customer.")
class CustomerNote(Node, Versioned):
    text: str = attribute("The text.", pii=PiiClass.BEHAVIOUR)
    author: Actor = attribute("Who wrote it first.", unmarked="the caller then")

    @classmethod
    def of(cls, context: Context, record: notes.Note) -> "CustomerNote":
        context.show(record.customer_id, PiiClass.BEHAVIOUR)
        return cls(
            id=strawberry.ID(record.id),
            version=record.version,
            created_at=Instant(record.created_at),
            updated_at=Instant(record.updated_at),
            text=record.text,
            author=Actor.of(record.author),
        )


@strawberry.type(description="A page of notes, newest first.")
class CustomerNoteConnection:
    nodes: list[CustomerNote] = attribute("The notes.")
    page_info: PageInfo = attribute("Where the page stands in the list.")


@strawberry.type(description="The note after the write.")
class NotePayload:
    written: strawberry.Private[notes.Note]
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the key.", unmarked=REQUEST
    )

    @field("The note as it is now.", scope=("customers:read", "notes:read"))
    def note(self, info: Info) -> CustomerNote:
        return CustomerNote.of(info.context, self.written)


NoteResult = Annotated[
    NotePayload
    | ValidationFailedError
    | NotFoundError
    | InvalidStateError
    | LimitExceededError
    | IdempotencyMismatchError,
    strawberry.union("NoteResult", description="The note, or why it was not written."),
]


@strawberry.type
class CustomerNotes(Row):
    @field("What colleagues wrote about them, newest first.", scope="notes:read")
    def notes(
        self,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 10,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> CustomerNoteConnection:
        found = self.level.value("notes", self.customer_id, first=first, after=after)
        page = cast("Page[notes.Note]", found)
        ends = [cursors.sealed(row.cursor, _LIST) for row in page.rows]
        return CustomerNoteConnection(
            nodes=[CustomerNote.of(self.level.context, row.item) for row in page.rows],
            page_info=PageInfo.of(ends, has_next=page.has_next, has_previous=page.has_previous),
        )


@strawberry.type
class NoteMutations:
    @mutation("Writes a note about a customer.", scope="notes:write")
    async def customer_note_add(
        self, info: Info, customer: Ref, text: Text, idempotency_key: Key = None
    ) -> NoteResult:
        ref, by = customer.read(), info.context.caller.actor
        service = info.context.services.notes
        memory = Memory(_saved, lambda answer: _loaded(info, answer))
        asked = request(info, idempotency_key)
        note, replayed = await info.context.services.once.run(
            lambda: service.add(ref, text, by), asked, memory
        )
        return NotePayload(written=note, replayed=replayed)

    @mutation("Changes the text of a note.", scope="notes:write")
    async def customer_note_edit(
        self,
        info: Info,
        id: Id,
        text: Text,
        expected_version: Annotated[
            int | None,
            strawberry.argument(description="Fails where the note has another version by now."),
        ] = None,
    ) -> NoteResult:
        note_id, service = NoteId(id), info.context.services.notes
        note = await applied(
            info, lambda: service.edit(note_id, text, expected_version=expected_version)
        )
        return NotePayload(written=note, replayed=False)

    @mutation("Takes a note away for good.", scope="notes:write")
    async def customer_note_delete(self, info: Info, id: Id) -> DeleteResult:
        note_id, service = NoteId(id), info.context.services.notes
        await applied(info, lambda: service.delete(note_id))
        return DeletedPayload(id=id)


def _saved(note: notes.Note) -> Answer:
    return {"note": note.id}


async def _loaded(info: Info, answer: Answer) -> notes.Note:
    note_id = NoteId(answer["note"])
    found = (await info.context.services.notes.notes.get_many([note_id])).get(note_id)
    if found is None:
        raise NotFound("note")
    return found


async def _load(
    context: Context, ids: Sequence[CustomerId], arguments: Mapping[str, Any]
) -> Mapping[CustomerId, Page[notes.Note]]:
    if not context.caller.may("notes:read"):
        return {}
    limit = wanted(arguments["first"], None).limit
    after = cursors.opened_as(sorting.is_key, arguments.get("after"), _LIST, "after")
    return await context.services.notes.notes.pages(ids, limit, after)


LOADERS: Final[Mapping[str, Loader]] = {"notes": _load}


async def notes_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, CustomerNote]:
    """Notes by id, for ``node``; none without notes:read."""
    if not info.context.caller.may("notes:read"):
        return {}
    found = await info.context.services.notes.notes.get_many([NoteId(each) for each in ids])
    return {str(key): CustomerNote.of(info.context, note) for key, note in found.items()}
