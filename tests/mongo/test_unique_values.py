"""A unique value belongs to one customer at a time, whoever writes at the same moment."""

import asyncio
from dataclasses import replace

import pytest

from domain.claims import unique_value
from domain.customer import Attribute, CreateCustomer, SaveCustomer
from domain.work import Stale, Taken
from mongo import customers, outbox
from mongo.customers import IDENTITIES, MongoCustomers, identity_hash
from mongo.unit_of_work import MongoUnitOfWork
from tests.shop import NOON, SECRET, customer

pytestmark = pytest.mark.wheel

KEY = identity_hash(SECRET)
CARD = Attribute("card", "canary-4711", unique=True)


@pytest.fixture
def work(database):
    return MongoUnitOfWork(database, {**customers.writes(KEY), **outbox.WRITES})


@pytest.fixture
def store(database):
    return MongoCustomers(database, KEY)


def with_values(*attributes):
    return replace(customer(), attributes=attributes)


def given(before, *attributes):
    return SaveCustomer(before, replace(before, attributes=attributes).saved(at=NOON))


async def created(work, *attributes):
    one = with_values(*attributes)
    await work.commit([CreateCustomer(one)])
    return one


async def winners(work, changes):
    """How many of so many writers at once went through."""

    async def tried(change):
        try:
            await work.commit([change])
        except Taken:
            return False
        return True

    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(tried(change)) for change in changes]
    return sum(each.result() for each in tries)


async def test_of_twenty_new_customers_with_one_value_exactly_one_is_made(work, store):
    rivals = [with_values(CARD) for _ in range(20)]
    assert await winners(work, map(CreateCustomer, rivals)) == 1
    [stored] = await store.get_many([one.id for one in rivals])
    assert stored == await store.holder(*unique_value(CARD))


async def test_of_twenty_customers_who_are_given_one_value_exactly_one_gets_it(work, store):
    rivals = [await created(work) for _ in range(20)]
    assert await winners(work, [given(one, CARD) for one in rivals]) == 1
    stored = (await store.get_many([one.id for one in rivals])).values()
    [winner] = [one.id for one in stored if one.attributes]
    assert winner == await store.holder(*unique_value(CARD))


async def test_what_is_saved_comes_back(work, store):
    one = await created(work, CARD, Attribute("size", 42))
    assert await store.get_many([one.id]) == {one.id: one}


@pytest.mark.parametrize("instead", [(), (Attribute("card", "another", unique=True),)])
async def test_a_value_that_was_cleared_or_changed_is_free_at_once(work, store, instead):
    first, second = await created(work, CARD), await created(work)
    await work.commit([given(first, *instead), given(second, CARD)])
    assert await store.holder(*unique_value(CARD)) == second.id


async def test_a_refused_write_frees_nothing(work, store):
    other = Attribute("card", "another", unique=True)
    first, second = await created(work, CARD), await created(work, other)
    with pytest.raises(Taken):
        await work.commit([given(second, CARD)])
    assert await store.holder(*unique_value(other)) == second.id
    assert (await store.get_many([second.id]))[second.id] == second
    assert await store.holder(*unique_value(CARD)) == first.id


async def test_a_save_over_a_newer_version_claims_nothing(work, store):
    one = await created(work)
    await work.commit([given(one)])
    with pytest.raises(Stale):
        await work.commit([given(one, CARD)])
    assert await store.holder(*unique_value(CARD)) is None


async def test_one_value_of_two_attributes_is_two_values(work):
    await created(work, CARD)
    await created(work, replace(CARD, key="badge"))


async def test_the_guard_holds_no_value(work, database):
    await created(work, CARD)
    [document] = await database[IDENTITIES].find({}).to_list(None)
    assert document["kind"] == "ATTRIBUTE"
    assert "canary" not in str(document)
