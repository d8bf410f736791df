"""Deleting a tag: whom it is taken off, and what a crash in the middle leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customers.tag_removal import TagRemoval, moved
from customers.tags import TagDraft, TagService
from domain.customer import CreateCustomer
from domain.errors import Invalid, InvalidState, NotFound
from domain.events import Topic
from domain.ids import TagId
from domain.query import CustomerQuery
from domain.work import settle
from mongo import customers as mongo_customers
from mongo import outbox, tags
from mongo.customers import MongoCustomers
from mongo.tags import MongoTags
from mongo.unit_of_work import MongoUnitOfWork
from tests.shop import CLERK, NOON, SECRET, Clock, customer, new_id, tagging

OLD, NEW, OTHER = TagId("tag_old"), TagId("tag_new"), TagId("tag_other")


def test_a_moved_tag_keeps_its_place_date_and_end():
    before = (tagging(OTHER), tagging(OLD, added=-3, days=2))
    assert moved(before, OLD, NEW) == (tagging(OTHER), tagging(NEW, added=-3, days=2))


def test_a_removed_tag_leaves_the_others():
    assert moved((tagging(OLD), tagging(OTHER)), OLD, None) == (tagging(OTHER),)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ({"added": -3}, {"added": -1}, {"added": -3}),
        ({"added": -1, "days": 5}, {"added": -3, "days": 2}, {"added": -3, "days": 5}),
        ({"added": -3, "days": 5}, {"added": -1}, {"added": -3}),
    ],
)
def test_who_has_both_keeps_one_from_the_first_day_to_the_last(old, new, kept):
    after = moved((tagging(OLD, **old), tagging(NEW, **new)), OLD, NEW)
    assert after == (tagging(NEW, **kept),)


def test_who_does_not_carry_it_is_left_alone():
    assert moved((tagging(OTHER),), OLD, NEW) == (tagging(OTHER),)


class Crashed(Exception):
    pass


class Failing:
    """A unit of work that crashes after so many commits."""

    def __init__(self, work, commits):
        self.work, self.left = work, commits

    async def commit(self, changes):
        if self.left == 0:
            raise Crashed
        self.left -= 1
        await self.work.commit(changes)


@pytest.fixture
def customers(database):
    return MongoCustomers(database, SECRET)


@pytest.fixture
def work(database):
    writes = {**mongo_customers.writes(SECRET), **tags.WRITES, **outbox.WRITES}
    return MongoUnitOfWork(database, writes)


@pytest.fixture
async def made(database, work):
    """Two tags, and five customers with the one, some with both."""
    service = TagService(MongoTags(database), Clock(), new_id)
    drafts = (TagDraft("old", "Old"), TagDraft("new", "New"))
    old, new = [
        await settle(work, lambda d=draft: service.save(None, d, CLERK)) for draft in drafts
    ]
    expired = tagging(old.id, added=-9, days=-1)
    held = [(tagging(old.id),), (tagging(old.id), tagging(new.id)), (tagging(new.id),), (expired,)]
    for tags_held in [*held, (tagging(old.id),), (tagging(old.id),)]:
        await work.commit([CreateCustomer(customer(*tags_held))])
    return old, new


def removal(database, customers, work, batch=2):
    clock = Clock(NOON + timedelta(days=1))
    return TagRemoval(MongoTags(database), customers, work, clock, new_id, batch)


async def carried(customers):
    page = await customers.page(CustomerQuery(limit=100))
    return [tuple(t.tag_id for t in row.item.tags) for row in page.rows]


async def test_deleting_with_a_target_moves_every_customer_once(database, customers, work, made):
    old, new = made
    await removal(database, customers, work).delete(old.id, new.id, CLERK)
    assert await carried(customers) == [(new.id,)] * 6
    assert await MongoTags(database).get_many([old.id]) == {}


async def test_deleting_without_a_target_takes_it_off_and_says_so(database, customers, work, made):
    old, new = made
    await removal(database, customers, work).delete(old.id, None, CLERK)
    assert sorted(await carried(customers)) == [(), (), (), (), (new.id,), (new.id,)]
    facts = await database["outbox"].find({}).to_list(None)
    assert [fact["topic"] for fact in facts] == [Topic.TAGS_CHANGED.value] * 5


@pytest.mark.parametrize("commits", range(5))
async def test_a_crash_at_any_point_is_finished_by_asking_again(
    database, customers, work, made, commits
):
    old, new = made
    with pytest.raises(Crashed):
        await removal(database, customers, Failing(work, commits)).delete(old.id, new.id, CLERK)
    if await MongoTags(database).get_many([old.id]):
        await removal(database, customers, work).delete(old.id, new.id, CLERK)
    assert await carried(customers) == [(new.id,)] * 6
    assert await MongoTags(database).get_many([old.id]) == {}


async def test_a_tag_cannot_move_to_itself_to_nothing_or_to_one_that_goes(
    database, customers, work, made
):
    old, new = made
    delete = removal(database, customers, work).delete
    with pytest.raises(Invalid):
        await delete(old.id, old.id, CLERK)
    with pytest.raises(NotFound):
        await delete(old.id, TagId("tag_none"), CLERK)
    with pytest.raises(Crashed):
        await removal(database, customers, Failing(work, 1)).delete(new.id, None, CLERK)
    with pytest.raises(InvalidState):
        await delete(old.id, new.id, CLERK)
    assert (await MongoTags(database).get_many([old.id]))[old.id] == replace(old, deleting=False)
