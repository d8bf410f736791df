"""Bookings on the real server: exact under concurrency, once for a key, read in one query."""

import asyncio

import pytest

from domain.customer import CreateCustomer
from domain.errors import IdempotencyMismatch, Invalid, NotFound
from domain.events import Topic
from domain.ids import CustomerId
from domain.work import settle
from loyalty.ledger import Booking, Standing, replayed
from loyalty.service import Loyalty
from loyalty.tiers import FIRST_TIERS, seeding
from mongo import customers as mongo_customers
from mongo import loyalty, outbox
from mongo.database import open_database
from mongo.loyalty import MongoLedger, MongoTiers
from mongo.unit_of_work import MongoUnitOfWork
from tests.shop import CLERK, NOON, SECRET, Clock, customer, new_id

WRITES = {**mongo_customers.writes(SECRET), **loyalty.WRITES, **outbox.WRITES}
ORDER = Booking(120, "order 7", idempotency_key="order-7")


class Programme:
    """One process of the shop: its own connections, one programme."""

    def __init__(self, database):
        self.database = database
        self.work = MongoUnitOfWork(database, WRITES)
        self.ledger = MongoLedger(database)
        self.loyalty = Loyalty(self.ledger, MongoTiers(database), Clock(), new_id)

    async def adjust(self, customer_id, booking, by=CLERK):
        return await settle(self.work, lambda: self.loyalty.adjust(customer_id, booking, by))

    async def standing(self, customer_id):
        return (await self.loyalty.standings([customer_id]))[customer_id]


@pytest.fixture
async def programme(database):
    made = Programme(database)
    await made.work.commit(seeding().changes)
    return made


@pytest.fixture
async def anna(programme):
    return await joined(programme)


async def joined(programme):
    person = customer()
    await programme.work.commit([CreateCustomer(person)])
    return person.id


async def test_tiers_are_seeded_once_and_the_shops_own_changes_stay(database, programme):
    await database["loyalty_tiers"].update_one({"key": "gold"}, {"$set": {"threshold_points": 3}})
    await programme.work.commit(seeding().changes)
    stored = await MongoTiers(database).all()
    assert [tier.key for tier in stored] == [tier.key for tier in FIRST_TIERS]
    assert (stored[0], stored[2].threshold_points) == (FIRST_TIERS[0], 3)


async def test_a_booking_is_an_entry_a_standing_and_facts(database, programme, anna):
    adjusted = await programme.adjust(anna, Booking(700, " welcome "))
    assert await programme.standing(anna) == adjusted.standing
    assert adjusted.standing == Standing(anna, 1, 700, 700, "silver")
    assert adjusted.tier_changed
    entries = await programme.ledger.get_many([adjusted.entry.id])
    assert entries == {adjusted.entry.id: adjusted.entry}
    assert adjusted.entry.reason == "welcome"
    facts = await database["outbox"].find({}).to_list(None)
    topics = {Topic.LOYALTY_POINTS_CHANGED.value, Topic.LOYALTY_TIER_CHANGED.value}
    assert {fact["topic"] for fact in facts} == topics


async def test_a_new_customer_stands_where_a_replay_of_nothing_puts_them(programme, anna):
    assert await programme.standing(anna) == replayed(anna, [], FIRST_TIERS)


async def test_the_order_by_points_follows_the_balance(database, programme, anna):
    await programme.adjust(anna, Booking(16, "welcome"))
    document = await database["customers"].find_one({"_id": anna})
    assert document["loyalty"]["sort"] == f"{2**40 + 16:012x}.{anna}"


async def test_nobody_gets_points_who_is_not_a_customer(programme):
    with pytest.raises(NotFound):
        await programme.adjust(CustomerId("cus_nobody"), Booking(1, "welcome"))


async def test_a_key_books_once_for_ever_and_gives_the_same_answer(programme, anna):
    first = await programme.adjust(anna, ORDER)
    await programme.adjust(anna, Booking(5, "review"))
    assert await programme.adjust(anna, ORDER) == first
    assert (await programme.standing(anna)).points == 125


async def test_a_key_with_another_booking_is_a_mismatch(programme, anna):
    await programme.adjust(anna, ORDER)
    with pytest.raises(IdempotencyMismatch) as refused:
        await programme.adjust(anna, Booking(121, "order 7", idempotency_key="order-7"))
    assert refused.value.first_seen_at == NOON


async def test_a_key_books_once_whoever_sends_it(programme, anna):
    other = CLERK.__class__(CLERK.kind, "key_other", "web shop")
    first = await programme.adjust(anna, ORDER)
    assert await programme.adjust(anna, ORDER, by=other) == first
    assert (await programme.standing(anna)).points == 120
    with pytest.raises(IdempotencyMismatch):
        await programme.adjust(anna, Booking(121, "order 7", idempotency_key="order-7"), by=other)


async def test_one_key_sent_many_times_at_once_books_once(programme, anna):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(programme.adjust(anna, ORDER)) for _ in range(16)]
    assert len({task.result().entry.id for task in tasks}) == 1
    assert (await programme.standing(anna)).points == 120


@pytest.fixture
async def programmes(server, database_name, programme):
    """Three processes of the shop on one database."""
    opened = [open_database(server.url, driver="motor", name=database_name) for _ in range(3)]
    yield [Programme(each) for each in opened]
    for each in opened:
        await each.close()


async def outcome(programme, customer_id, booking):
    try:
        return (await programme.adjust(customer_id, booking)).entry
    except Invalid:
        return None


async def test_concurrent_bookings_lose_nothing_and_never_go_below_zero(programmes, anna):
    await programmes[0].adjust(anna, Booking(1_000, "welcome"))
    bookings = [Booking(70, "order")] * 15 + [Booking(-300, "gift")] * 15
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(outcome(programmes[place % 3], anna, booking))
            for place, booking in enumerate(bookings)
        ]
    booked = [entry for task in tasks if (entry := task.result())]
    gifts = sum(entry.delta == -300 for entry in booked)
    standing = await programmes[1].standing(anna)
    entries = await programmes[2].ledger.history(anna)

    assert sum(entry.delta == 70 for entry in booked) == 15
    assert gifts * 300 <= 1_000 + 15 * 70
    assert standing.points == 1_000 + 15 * 70 - gifts * 300 == sum(e.delta for e in entries)
    assert sorted(entry.seq for entry in entries) == list(range(1, len(booked) + 2))
    assert min(entry.balance for entry in entries) >= 0
    assert replayed(anna, entries, FIRST_TIERS) == standing


async def test_of_many_who_take_the_last_points_as_many_win_as_there_are_points(programmes, anna):
    await programmes[0].adjust(anna, Booking(1_000, "welcome"))
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(outcome(programmes[place % 3], anna, Booking(-300, "gift")))
            for place in range(12)
        ]
    assert sum(task.result() is not None for task in tasks) == 3
    assert (await programmes[0].standing(anna)).points == 100


async def test_the_latest_entries_of_many_customers_come_newest_first(programme, anna):
    bea, cleo = await joined(programme), await joined(programme)
    for customer_id, count in ((anna, 5), (bea, 1)):
        for points in range(1, count + 1):
            await programme.adjust(customer_id, Booking(points, "order"))
    pages = await programme.loyalty.transactions([anna, bea, cleo, CustomerId("cus_no")], first=2)
    deltas = {each: [row.item.delta for row in page.rows] for each, page in pages.items()}
    assert deltas == {anna: [5, 4], bea: [1], cleo: []}
    assert [pages[each].has_next for each in (anna, bea, cleo)] == [True, False, False]


async def test_pages_of_entries_meet_without_a_gap(programme, anna):
    for points in range(1, 6):
        await programme.adjust(anna, Booking(points, "order"))
    after, seen = None, []
    for _ in range(3):
        page = (await programme.loyalty.transactions([anna], first=2, after=after))[anna]
        seen += [row.item.delta for row in page.rows]
        assert page.has_previous is (after is not None)
        after = int(page.rows[-1].cursor)
    assert seen == [5, 4, 3, 2, 1]
    assert not page.has_next
