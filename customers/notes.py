"""Notes: what colleagues write about a customer for each other, never for the customer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final, Protocol

from customers.drafts import CustomerRef
from customers.resolving import resolve
from domain import ids
from domain.actor import Actor
from domain.customer import Customers
from domain.errors import InvalidState, LimitExceeded, NotFound
from domain.ids import CustomerId, NoteId
from domain.personal import NotPersonal, Observed
from domain.ports import Clock, Ids
from domain.query import Page
from domain.wording import paragraph
from domain.work import Change, Decision

MOST_NOTES: Final = 1_000
_LONGEST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Note:
    """One note. ``author`` is who wrote it first; ``updated_at`` tells a later edit."""

    id: Annotated[NoteId, NotPersonal]
    customer_id: Annotated[CustomerId, Observed]
    version: Annotated[int, NotPersonal]
    created_at: Annotated[datetime, NotPersonal]
    updated_at: Annotated[datetime, NotPersonal]
    author: Actor
    text: Annotated[str, Observed]


@dataclass(frozen=True, slots=True)
class AddNote(Change):
    """Adds the note."""

    note: Note


@dataclass(frozen=True, slots=True)
class SaveNote(Change):
    """Replaces ``before`` by ``after``; Stale where the stored version is not ``before``'s."""

    before: Note
    after: Note


@dataclass(frozen=True, slots=True)
class DeleteNote(Change):
    """Removes the note; Stale where the stored version is another."""

    note: Note


class Notes(Protocol):
    """Every note."""

    async def get_many(self, wanted: Sequence[NoteId]) -> dict[NoteId, Note]:
        """Those that exist, by id; one query."""
        ...

    async def pages(
        self, customer_ids: Sequence[CustomerId], first: int, after: str | None = None
    ) -> dict[CustomerId, Page[Note]]:
        """The latest notes about each customer, newest first; one command for all of them."""
        ...

    async def count(self, customer_id: CustomerId, limit: int) -> int:
        """How many there are about the customer, counted up to ``limit``."""
        ...


@dataclass(frozen=True, slots=True)
class NoteService:
    """What may be done with notes. Everybody with the scope may edit everybody's notes."""

    notes: Notes
    customers: Customers
    clock: Clock
    ids: Ids

    async def add(self, ref: CustomerRef, text: str, by: Actor) -> Decision[Note]:
        """A new note. Raises Invalid, NotFound, LimitExceeded beyond MOST_NOTES."""
        written = paragraph(text, _LONGEST, "text")
        customer = await resolve(self.customers, ref, "customer")
        if await self.notes.count(customer.id, MOST_NOTES) >= MOST_NOTES:
            message = f"There are {MOST_NOTES:,} notes about this customer: delete some first."
            raise LimitExceeded(message, limit=MOST_NOTES)
        now = self.clock()
        note = Note(NoteId(self.ids(ids.NOTE)), customer.id, 1, now, now, by, written)
        return Decision(note, (AddNote(note),))

    async def edit(
        self, note_id: NoteId, text: str, *, expected_version: int | None = None
    ) -> Decision[Note]:
        """The note with another text.

        Raises Invalid, NotFound, InvalidState where somebody edited it since ``expected_version``.
        """
        written = paragraph(text, _LONGEST, "text")
        before = await self._present(note_id)
        if expected_version is not None and before.version != expected_version:
            raise InvalidState(
                "The note was changed since you read it: read it again and send your change anew.",
                state=f"version {before.version}",
                allowed=[f"version {expected_version}"],
            )
        if written == before.text:
            return Decision(before)
        now, version = self.clock(), before.version + 1
        after = replace(before, version=version, updated_at=now, text=written)
        return Decision(after, (SaveNote(before, after),))

    async def delete(self, note_id: NoteId) -> Decision[Note]:
        """Takes the note away for good; raises NotFound."""
        note = await self._present(note_id)
        return Decision(note, (DeleteNote(note),))

    async def _present(self, note_id: NoteId) -> Note:
        found = (await self.notes.get_many([note_id])).get(note_id)
        if found is None:
            raise NotFound("note", ("id",))
        return found
