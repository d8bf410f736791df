"""API keys on the real server."""

from datetime import UTC, datetime, timedelta

from domain import ids
from domain.ids import KeyId
from domain.keys import ApiKey
from mongo.keys import MongoKeys

START = datetime(2026, 1, 1, tzinfo=UTC)


def key(number: int, **more) -> ApiKey:
    return ApiKey(
        id=KeyId(ids.typed(ids.KEY, number)),
        digest="d" * 64,
        label=f"shop {number}",
        scopes=frozenset({"customers:read", "pii:read"}),
        created_at=START + timedelta(seconds=number),
        **more,
    )


async def test_a_key_comes_back_as_it_was_kept(database):
    keys = MongoKeys(database)
    kept = key(1, expires_at=START + timedelta(days=1))
    await keys.add(kept)
    assert await keys.get(kept.id) == kept


async def test_there_is_no_key_that_was_never_made(database):
    assert await MongoKeys(database).get(KeyId("key_none")) is None


async def test_revocation_and_use_are_kept(database):
    keys = MongoKeys(database)
    await keys.add(key(1))
    await keys.revoke(key(1).id, START)
    await keys.used(key(1).id, START)
    assert await keys.get(key(1).id) == key(1, revoked_at=START, last_used_at=START)


async def test_the_newest_key_is_listed_first(database):
    keys = MongoKeys(database)
    for number in (1, 3, 2):
        await keys.add(key(number))
    assert [each.label for each in await keys.every()] == ["shop 3", "shop 2", "shop 1"]
