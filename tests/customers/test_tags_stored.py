"""Tags and definitions on the real server: found, paged, counted, kept apart by key."""

import asyncio
from dataclasses import replace

import pytest

from customers.attributes import CreateDefinition
from customers.defining import AttributeService, DefinitionDraft
from customers.tags import CreateTag, TagDraft, TagService
from customers.values import AttributeType
from domain.customer import CreateCustomer
from domain.errors import Invalid
from domain.personal import PiiClass
from domain.wording import Translation
from domain.work import Stale, Taken, settle
from mongo import attributes, tags
from mongo import customers as mongo_customers
from mongo.attributes import MongoAttributeDefinitions
from mongo.tags import MongoTags
from mongo.unit_of_work import MongoUnitOfWork
from tests.shop import CLERK, NOON, SECRET, Clock, customer, new_id, tag_id, tagging

DRAFTS = (
    TagDraft("vip", "Very Important", (Translation("de", "Stammgast"),), "#c0392b", "Long.", "a"),
    TagDraft("vegan", "Vegan", group="b"),
    TagDraft("at-risk", "May leave us", group="a", sensitive=True),
)


@pytest.fixture
def work(database):
    writes = {**mongo_customers.writes(SECRET), **tags.WRITES, **attributes.WRITES}
    return MongoUnitOfWork(database, writes)


@pytest.fixture
def service(database):
    return TagService(MongoTags(database), Clock(), new_id)


@pytest.fixture
async def saved(work, service):
    found = [await settle(work, lambda d=draft: service.save(None, d, CLERK)) for draft in DRAFTS]
    return {tag.key: tag for tag in found}


async def keys(database, **arguments):
    return [row.item.key for row in (await MongoTags(database).page(**arguments)).rows]


async def test_a_tag_comes_back_as_it_was_saved(database, saved):
    reader = MongoTags(database)
    assert await reader.by_keys(["vip", "none"]) == {"vip": saved["vip"]}
    assert await reader.get_many([saved["vegan"].id]) == {saved["vegan"].id: saved["vegan"]}


async def test_tags_are_paged_by_key(database, saved):
    reader = MongoTags(database)
    first = await reader.page(first=2)
    rest = await reader.page(first=2, after=first.rows[-1].cursor)
    assert [row.item.key for row in (*first.rows, *rest.rows)] == ["at-risk", "vegan", "vip"]
    assert (first.has_next, first.has_previous) == (True, False)
    assert (rest.has_next, rest.has_previous) == (False, True)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("V", ["vegan", "vip"]),
        ("import", ["vip"]),
        ("very imp", ["vip"]),
        ("STAMM", ["vip"]),
        ("risk", []),
        (" ", ["at-risk", "vegan", "vip"]),
    ],
)
async def test_a_search_finds_the_beginning_of_the_key_or_of_a_word(database, saved, search, found):
    assert await keys(database, search=search) == found


async def test_groups_and_sensitive_tags_can_be_told_apart(database, saved):
    assert await keys(database, group="a") == ["at-risk", "vip"]
    assert await keys(database, group="a", sensitive=False) == ["vip"]
    count = await MongoTags(database).count(search=None, group=None, sensitive=False, limit=1)
    assert count == 2


async def test_customers_are_counted_in_one_command_up_to_a_limit(database, work, saved):
    vip, vegan = saved["vip"].id, saved["vegan"].id
    for held in ([vip], [vip, vegan], [vip]):
        await work.commit([CreateCustomer(customer(*(tagging(each) for each in held)))])
    await work.commit([CreateCustomer(customer(tagging(vegan, days=-1)))])
    reader, unused = MongoTags(database), tag_id()
    counts = await reader.customer_counts([vip, vegan, unused], NOON, 10)
    assert counts == {vip: 3, vegan: 1, unused: 0}
    assert await reader.customer_counts([vip], NOON, 1) == {vip: 2}
    assert await reader.customer_counts([], NOON, 1) == {}


async def test_a_change_made_from_an_old_version_is_stale(database, work, service, saved):
    late = await service.save(saved["vip"].id, DRAFTS[0], CLERK)
    await work.commit((await service.save(saved["vip"].id, DRAFTS[0], CLERK)).changes)
    with pytest.raises(Stale):
        await work.commit(late.changes)


async def test_two_writers_of_one_key_make_one_tag(database, work, service):
    async def ensured():
        return await settle(work, lambda: service.ensure(["new", "newer"], CLERK))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ensured()) for _ in range(6)]
    assert len({frozenset(task.result().items()) for task in tasks}) == 1
    assert await keys(database) == ["new", "newer"]


async def test_a_taken_key_is_refused_by_the_database_itself(work, saved):
    twin = replace(saved["vip"], id=tag_id())
    with pytest.raises(Taken):
        await work.commit([CreateTag(twin)])


async def test_definitions_are_kept_and_found_by_key(database, work):
    reader = MongoAttributeDefinitions(database)
    service = AttributeService(reader, Clock(), new_id)
    color = DefinitionDraft(
        "color", AttributeType.ENUM, "Colour", options=("red", "blue"), pii_class=PiiClass.LOCATION
    )
    size = DefinitionDraft("shoe_size", AttributeType.FLOAT, "Size", required_scope="notes:read")
    made = [await settle(work, lambda d=draft: service.save(None, d)) for draft in (size, color)]
    assert await reader.all() == [made[1], made[0]]
    assert await reader.by_keys(["color"]) == {"color": made[1]}
    wider = replace(color, options=("red", "blue", "green"))
    after = await settle(work, lambda: service.save(made[1].id, wider))
    assert await reader.get_many([after.id]) == {after.id: after}
    with pytest.raises(Taken):
        await work.commit([CreateDefinition(replace(after, id="att_twin"))])
    with pytest.raises(Invalid):
        await settle(work, lambda: service.save(None, color))
