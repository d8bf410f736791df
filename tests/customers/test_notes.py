"""Notes on the real server: added, edited, deleted, listed for many customers at once."""

from dataclasses import replace

import pytest

from customers import notes as customers_notes
from customers.drafts import CustomerRef
from customers.notes import AddNote, NoteService
from domain.customer import CreateCustomer
from domain.errors import Invalid, InvalidState, LimitExceeded, NotFound
from domain.ids import NOTE, NoteId
from domain.work import Stale, settle
from mongo import customers as mongo_customers
from mongo import notes
from mongo.customers import MongoCustomers
from mongo.notes import MongoNotes
from mongo.unit_of_work import MongoUnitOfWork
from tests.shop import CLERK, SECRET, Clock, customer, customer_id, new_id


class Desk:
    def __init__(self, database):
        self.clock = Clock()
        self.notes = MongoNotes(database)
        self.work = MongoUnitOfWork(database, {**mongo_customers.writes(SECRET), **notes.WRITES})
        customers = MongoCustomers(database, SECRET)
        self.service = NoteService(self.notes, customers, self.clock, new_id)

    async def customer(self):
        person = customer()
        await self.work.commit([CreateCustomer(person)])
        return person.id

    async def add(self, about, text="Called; wants a call back."):
        self.clock.pass_by(seconds=1)
        return await settle(self.work, lambda: self.service.add(CustomerRef(id=about), text, CLERK))

    async def texts(self, *about, first=10, after=None):
        pages = await self.notes.pages(about, first, after)
        return {each: [row.item.text for row in page.rows] for each, page in pages.items()}


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.fixture
async def anna(desk):
    return await desk.customer()


async def test_a_note_comes_back_as_it_was_written(desk, anna):
    note = await desk.add(anna, "  First line.\nSecond line.  ")
    assert await desk.notes.get_many([note.id]) == {note.id: note}
    assert (note.text, note.author, note.version) == ("First line.\nSecond line.", CLERK, 1)


async def test_an_edit_keeps_author_and_date(desk, anna):
    note = await desk.add(anna)
    desk.clock.pass_by(hours=1)
    after = await settle(
        desk.work, lambda: desk.service.edit(note.id, "Reached.", expected_version=1)
    )
    assert after == replace(note, text="Reached.", version=2, updated_at=desk.clock.now)
    assert (await desk.service.edit(note.id, " Reached. ")).changes == ()


async def test_an_edit_of_what_somebody_else_changed_is_refused(desk, anna):
    note = await desk.add(anna)
    await settle(desk.work, lambda: desk.service.edit(note.id, "Reached."))
    with pytest.raises(InvalidState) as refused:
        await desk.service.edit(note.id, "Not reached.", expected_version=1)
    assert refused.value.state == "version 2"


async def test_a_deleted_note_is_gone(desk, anna):
    note = await desk.add(anna)
    late = await desk.service.edit(note.id, "Too late.")
    await settle(desk.work, lambda: desk.service.delete(note.id))
    assert await desk.texts(anna) == {anna: []}
    with pytest.raises(NotFound):
        await desk.service.delete(note.id)
    with pytest.raises(Stale):
        await desk.work.commit(late.changes)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5_001, "\x00"])
async def test_a_note_says_something(desk, anna, text):
    with pytest.raises(Invalid) as refused:
        await desk.add(anna, text)
    assert refused.value.issues[0].path == ("text",)


async def test_nobody_can_be_noted_who_is_not_there(desk):
    with pytest.raises(NotFound):
        await desk.add(customer_id())
    with pytest.raises(NotFound):
        await desk.service.edit(NoteId(new_id(NOTE)), "x")


async def test_notes_about_one_customer_are_not_endless(desk, anna, monkeypatch):
    monkeypatch.setattr(customers_notes, "MOST_NOTES", 1)
    await desk.add(anna)
    with pytest.raises(LimitExceeded):
        await desk.add(anna)


async def test_the_latest_notes_of_many_customers_come_in_one_read(desk, anna):
    bea, cleo = await desk.customer(), await desk.customer()
    for number in range(3):
        await desk.add(anna, f"Anna {number}")
    await desk.add(bea, "Bea")
    found = {anna: ["Anna 2", "Anna 1"], bea: ["Bea"], cleo: []}
    assert await desk.texts(anna, bea, cleo, first=2) == found
    assert await desk.texts() == {}


async def test_pages_of_notes_meet_without_a_gap(desk, anna):
    # two of one instant: the id decides
    for number in range(5):
        note = await desk.add(anna, str(number))
    twin = replace(note, id=NoteId(new_id(NOTE)), text="twin")
    await desk.work.commit([AddNote(twin)])
    seen, after = [], None
    for _ in range(3):
        page = (await desk.notes.pages([anna], 2, after))[anna]
        seen += [row.item.text for row in page.rows]
        after = page.rows[-1].cursor
    assert seen == ["twin", "4", "3", "2", "1", "0"]
    assert (page.has_next, page.has_previous) == (False, True)
