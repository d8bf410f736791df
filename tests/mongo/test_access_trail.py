"""The access log as it is read back: newest first, by customer, key and time."""

from datetime import UTC, datetime, timedelta

import pytest

from domain import ids
from domain.access_log import AccessEntry
from domain.access_trail import Sought, first_at, milliseconds_of, walked
from domain.actor import Actor, ActorKind
from domain.ids import CustomerId, KeyId
from domain.personal import PiiClass
from mongo.access_log import MongoAccessLog
from mongo.access_trail import MongoAccessTrail

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANNA, BORIS = CustomerId("cus_1"), CustomerId("cus_2")
DESK, SHOP = KeyId("key_1"), KeyId("key_2")


def entry(minute: int, key: KeyId = DESK, *seen: CustomerId) -> AccessEntry:
    at = START + timedelta(minutes=minute)
    milliseconds = int(at.timestamp() * 1000)
    return AccessEntry(
        id=ids.typed(ids.ACCESS, ids.uuid7(milliseconds=milliseconds, randomness=minute)),
        at=at,
        actor=Actor(ActorKind.API_KEY, key, "desk"),
        operation="query: customer",
        request_id=f"req-{minute}",
        customer_ids=seen or (ANNA,),
        categories=(PiiClass.CONTACT,),
        count=len(seen or (ANNA,)),
    )


ENTRIES = [
    entry(0),
    entry(1, DESK, ANNA, BORIS),
    entry(2, SHOP),
    entry(3, SHOP, BORIS),
    entry(60 * 24 * 40, SHOP, ANNA, BORIS),
]


@pytest.fixture
async def trail(database):
    log = MongoAccessLog(database)
    for each in ENTRIES:
        await log.append(each)
    await log.close()
    return MongoAccessTrail(database)


def minutes(found):
    return [int(each.request_id.removeprefix("req-")) for each in found]


async def test_an_entry_comes_back_as_it_was_written(trail):
    assert await trail.page(Sought(), 10) == ENTRIES[::-1]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(ANNA), [57600, 2, 1, 0]),
        (Sought(BORIS, SHOP), [57600, 3]),
        (Sought(key=DESK), [1, 0]),
        (Sought(since=ENTRIES[1].at, until=ENTRIES[3].at), [2, 1]),
        (Sought(since=ENTRIES[3].at, until=ENTRIES[1].at), []),
        (Sought(before=ENTRIES[2].id), [1, 0]),
        (Sought(ANNA, until=ENTRIES[3].at, before=ENTRIES[4].id), [2, 1, 0]),
        (Sought(until=START), []),
        (Sought(until=datetime(1, 1, 1, tzinfo=UTC)), []),
        (Sought(CustomerId("cus_nobody")), []),
    ],
)
async def test_what_is_sought_is_found_newest_first(trail, sought, found):
    assert minutes(await trail.page(sought, 10)) == found


@pytest.mark.parametrize("size", [1, 2, 5, 6])
async def test_walking_page_by_page_sees_every_entry_once(trail, size):
    walk = [each async for each in walked(trail, Sought(), None, size=size)]
    assert walk == ENTRIES[::-1]
    some = [each async for each in walked(trail, Sought(), 3, size=size)]
    assert some == walk[:3]


def test_an_id_knows_its_millisecond():
    for milliseconds in (0, 1, 1_767_268_800_123, (1 << 48) - 1):
        made = ids.typed(ids.ACCESS, ids.uuid7(milliseconds=milliseconds, randomness=7))
        assert milliseconds_of(made) == milliseconds
        assert first_at(milliseconds) < made < first_at(milliseconds + 1)
