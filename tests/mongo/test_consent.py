"""Consent on the real server: nothing lost, nothing doubled, the projection always true."""

import asyncio
import random
from itertools import count

import pytest

from consent import policy
from consent.purposes import START, PurposeTree, seeding
from consent.records import Channel, ConsentStanding, ConsentStatus
from consent.reducing import reduce
from consent.service import Consents
from domain.actor import SYSTEM
from domain.customer import CreateCustomer, Customer
from domain.ids import CUSTOMER, CustomerId, typed
from domain.query import HasConsent
from domain.secret import Secret
from domain.work import Stale, settle
from mongo import consent, customers, outbox
from mongo.consent import MongoConsentRecords, MongoPurposes
from mongo.customers import identity_hash
from mongo.filters import query_of
from mongo.unit_of_work import MongoUnitOfWork
from tests.consent.acts import ADA, NOON, RECORDED, TREE, act, hour
from tests.consent.acts import record as a_record

pytestmark = pytest.mark.wheel
GRANTED, WITHDRAWN = ConsentStatus.GRANTED, ConsentStatus.WITHDRAWN
BOB = CustomerId(typed(CUSTOMER, 2))
WRITES = {**customers.writes(identity_hash(Secret(bytes(32)))), **outbox.WRITES, **consent.WRITES}


@pytest.fixture
def work(database):
    return MongoUnitOfWork(database, WRITES)


@pytest.fixture
async def consents(database, work):
    for id_ in (ADA, BOB):
        await work.commit([CreateCustomer(Customer(id_, 1, NOON, NOON))])
    await work.commit(seeding().changes)
    numbers = count(1)
    return Consents(
        MongoConsentRecords(database),
        MongoPurposes(database),
        lambda: hour(9),
        lambda prefix: typed(prefix, next(numbers)),
    )


@pytest.fixture
def record(work, consents):
    async def record(customer_id, *acts, imported=False):
        return await settle(
            work,
            lambda: consents.record(customer_id, acts, SYSTEM, imported=imported),
            attempts=200,
        )

    return record


async def everything(consents, customer_id):
    history = (await consents.history([customer_id], 1_000))[customer_id]
    assert not history.has_more
    return tuple(reversed(history.records))


async def test_what_is_recorded_comes_back_whole(consents, record):
    told = await record(ADA, act(locale="de", expires_at=hour(99)), act(WITHDRAWN, channel=None))
    assert await everything(consents, ADA) == told.records
    by_id = await consents.records([told.records[1].id])
    assert by_id == {told.records[1].id: told.records[1]}
    standings = await consents.standings([ADA, BOB])
    assert standings[ADA] == ConsentStanding(ADA, 2, told.states)
    assert standings[BOB] == ConsentStanding(BOB)


async def test_twenty_recording_at_once_lose_and_double_nothing(database, consents, record):
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            status = (GRANTED, WITHDRAWN)[number % 2]
            channel = (Channel.EMAIL, Channel.SMS, None)[number % 3]
            group.create_task(
                record(ADA, act(status, at=number % 5, channel=channel, source=f"s{number}"))
            )
    records = await everything(consents, ADA)
    assert [one.seq for one in records] == list(range(1, 21))
    assert {one.source for one in records} == {f"s{number}" for number in range(20)}
    standing = (await consents.standings([ADA]))[ADA]
    assert (standing.seq, standing.states) == (20, reduce(records))
    assert await database["outbox"].count_documents({"topic": "CONSENT_CHANGED"}) == 20


async def test_the_same_act_reported_at_once_by_many_is_one_record(consents, record):
    async with asyncio.TaskGroup() as group:
        told = [group.create_task(record(ADA, act(), imported=True)) for _ in range(8)]
    (one,) = await everything(consents, ADA)
    assert {task.result().records for task in told} == {(one,)}


async def test_a_new_customer_brings_their_consents_in_the_same_commit(work, consents):
    id_ = CustomerId(typed(CUSTOMER, 3))
    first = await consents.first(id_, [act(), act(WITHDRAWN, at=1)], SYSTEM, imported=True)
    await work.commit([CreateCustomer(Customer(id_, 1, NOON, NOON)), *first])
    records = await everything(consents, id_)
    assert [one.seq for one in records] == [1, 2]
    assert (await consents.standings([id_]))[id_].states == reduce(records)


async def test_without_the_customer_nothing_is_kept(database, work, consents):
    first = await consents.first(CustomerId(typed(CUSTOMER, 4)), [act()], SYSTEM)
    with pytest.raises(Stale):
        await work.commit(first)
    assert await database["consent_records"].count_documents({}) == 0


async def test_history_is_paged_from_the_newest_for_any_number_of_customers(consents, record):
    await record(ADA, *(act(at=number) for number in range(5)))
    await record(BOB, act(), act(WITHDRAWN))

    async def page(after=None):
        found = await consents.history([ADA, BOB, CustomerId("cus_none")], 2, after)
        return {
            id_: ([one.seq for one in history.records], history.has_more)
            for id_, history in found.items()
        }

    assert await page() == {ADA: ([5, 4], True), BOB: ([2, 1], False), "cus_none": ([], False)}
    assert (await page(4))[ADA] == ([3, 2], True)
    assert (await page(2))[ADA] == ([1], False)
    assert (await page(1))[ADA] == ([], False)


async def test_the_purposes_of_the_start_are_there_once_and_keep_what_was_changed(
    database, work, consents
):
    assert await consents.tree() == TREE
    await database["purposes"].update_one({"_id": "marketing"}, {"$set": {"title.text": "Ads"}})
    await work.commit(seeding().changes)
    again = PurposeTree(tuple(await MongoPurposes(database).all()))
    assert again.find("marketing").title.text == "Ads"
    assert len(again.purposes) == len(START)


async def test_decisions_for_many_read_what_was_recorded(consents, record):
    await record(ADA, act(purpose="enrichment", channel=None, expires_at=hour(10)))
    decide = consents.decide_many
    assert {d.reason for d in (await decide([ADA], "enrichment", None, hour(9))).values()} == {
        "GRANTED"
    }
    later = await decide([ADA, BOB], "enrichment", None, hour(10))
    assert {id_: d.reason for id_, d in later.items()} == {ADA: "EXPIRED", BOB: "NO_RECORD"}


def some_history(chance):
    return [
        a_record(
            chance.choice(RECORDED),
            chance.randrange(5),
            channel=chance.choice([None, Channel.EMAIL, Channel.SMS]),
            number=number,
            until=chance.choice([None, 6, 8]),
        )
        for number in range(chance.randrange(4))
    ]


def status_of(states, channel, at):
    said = {state.channel: policy.status_at(state, at) for state in states}
    return said.get(channel) or said.get(None) or ConsentStatus.NEVER_ASKED


@pytest.mark.parametrize("channel", [None, Channel.EMAIL, Channel.POST])
async def test_a_filter_finds_exactly_those_in_the_state(database, channel):
    chance = random.Random(7)  # noqa: S311 - the same examples every time
    standings = {
        f"{number}": ConsentStanding(ADA, 0, reduce(some_history(chance))) for number in range(200)
    }
    for id_, standing in standings.items():
        document = {"_id": id_, "consent": consent.standing_document(standing)}
        await database["customers"].insert_one(document)
    for at in (hour(7), hour(9)):
        now = {id_: status_of(s.states, channel, at) for id_, s in standings.items()}
        assert len(set(now.values())) == 6
        for wanted in (*({status} for status in ConsentStatus), {"GRANTED", "NEVER_ASKED"}, set()):
            leaf = HasConsent("marketing", channel, frozenset(wanted), at)
            found = database["customers"].find(query_of(leaf), {"_id": 1})
            ids = {document["_id"] for document in await found.to_list(None)}
            assert ids == {id_ for id_, status in now.items() if status in wanted}


async def test_every_read_goes_through_an_index(database, consents, record):
    await record(ADA, act())
    for where in (
        {"customer_id": {"$in": [ADA]}},
        {"act": {"$in": ["x"]}},
    ):
        plan = str(await database["consent_records"].find(where).explain())
        assert "COLLSCAN" not in plan
