"""The ring of API keys, over keys in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import ids
from domain.errors import Invalid, InvalidState, NotFound
from domain.ids import KeyId
from domain.key_ring import STALENESS, KeyRing, Refused
from domain.keys import ApiKey
from domain.secret import Secret

START = datetime(2026, 1, 1, tzinfo=UTC)
SCOPES = frozenset({"customers:read", "pii:read"})


class Shelf:
    """Keys in memory, counting how often they are read."""

    def __init__(self) -> None:
        self.keys: dict[KeyId, ApiKey] = {}
        self.reads = 0
        self.uses: list[datetime] = []

    async def add(self, key: ApiKey) -> None:
        self.keys[key.id] = key

    async def get(self, key_id: KeyId) -> ApiKey | None:
        self.reads += 1
        return self.keys.get(key_id)

    async def every(self) -> Sequence[ApiKey]:
        return list(self.keys.values())

    async def revoke(self, key_id: KeyId, at: datetime) -> None:
        self.keys[key_id] = replace(self.keys[key_id], revoked_at=at)

    async def used(self, key_id: KeyId, at: datetime) -> None:
        self.uses.append(at)
        self.keys[key_id] = replace(self.keys[key_id], last_used_at=at)


class World:
    """A clock that stands until it is told to go on, and ids and bytes that count."""

    def __init__(self) -> None:
        self.now = START
        self.count = 0

    def clock(self) -> datetime:
        return self.now

    def ids(self, prefix: str) -> str:
        self.count += 1
        return ids.typed(prefix, self.count)

    def randomness(self, length: int) -> bytes:
        self.count += 1
        return self.count.to_bytes(length, "big")


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def world():
    return World()


def ring_over(shelf, world, secret=b"s" * 32, **more):
    return KeyRing(
        shelf,
        secret=Secret(secret),
        clock=world.clock,
        ids=world.ids,
        randomness=world.randomness,
        **more,
    )


@pytest.fixture
def ring(shelf, world):
    return ring_over(shelf, world)


async def test_the_token_tells_who_calls_and_what_they_may(ring):
    issued = await ring.create("web shop", SCOPES)
    caller = await ring.caller(issued.token)
    assert (caller.key_id, caller.label, caller.scopes) == (issued.key.id, "web shop", SCOPES)


async def test_the_token_has_the_published_shape(ring):
    issued = await ring.create("web shop", SCOPES)
    head, suffix, tail = issued.token.split("_", 2)
    assert (head, suffix, len(tail)) == ("rap", ids.suffix_of(issued.key.id), 43)


async def test_nothing_kept_holds_the_token_or_its_secret_part(ring, shelf):
    issued = await ring.create("web shop", SCOPES)
    await ring.caller(issued.token)
    kept = repr(shelf.keys) + repr(ring._read)
    assert issued.token not in kept
    assert issued.token.split("_", 2)[2] not in kept


async def test_a_digest_is_worth_nothing_without_the_instance_secret(ring, shelf, world):
    issued = await ring.create("web shop", SCOPES)
    with pytest.raises(Refused, match="unknown"):
        await ring_over(shelf, world, secret=b"t" * 32).caller(issued.token)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token + "x",
        lambda token: token.replace("rap_", "rep_"),
        lambda token: f"rap_{'7' * 26}_{token.split('_', 2)[2]}",
        lambda token: "",
        lambda token: "\x00é" * 40,
    ],
)
async def test_any_other_token_opens_nothing_and_all_hear_the_same(ring, spoil):
    issued = await ring.create("web shop", SCOPES)
    with pytest.raises(Refused, match="unknown: check that the whole token was sent"):
        await ring.caller(spoil(issued.token))


async def test_an_expired_key_says_that_it_expired(ring, world):
    issued = await ring.create("campaign", SCOPES, START + timedelta(days=1))
    world.now += timedelta(days=1)
    with pytest.raises(Refused, match="expired"):
        await ring.caller(issued.token)


async def test_a_key_expires_also_while_it_is_remembered(ring, world):
    issued = await ring.create("campaign", SCOPES, START + timedelta(seconds=2))
    await ring.caller(issued.token)
    await ring.caller(issued.token)
    world.now += timedelta(seconds=2)
    with pytest.raises(Refused, match="expired"):
        await ring.caller(issued.token)


async def test_a_revocation_bites_at_once_where_it_was_made(ring):
    issued = await ring.create("web shop", SCOPES)
    await ring.caller(issued.token)
    await ring.revoke(issued.key.id)
    with pytest.raises(Refused, match="revoked"):
        await ring.caller(issued.token)


async def test_a_revocation_bites_elsewhere_within_five_seconds(ring, shelf, world):
    elsewhere = ring_over(shelf, world)
    issued = await ring.create("web shop", SCOPES)
    for _ in range(2):
        await elsewhere.caller(issued.token)
    await ring.revoke(issued.key.id)
    world.now += STALENESS
    assert timedelta(seconds=5) == STALENESS
    with pytest.raises(Refused, match="revoked"):
        await elsewhere.caller(issued.token)


async def test_a_clock_put_back_does_not_lengthen_a_revoked_key(ring, shelf, world):
    elsewhere = ring_over(shelf, world)
    issued = await ring.create("web shop", SCOPES)
    for _ in range(2):
        await elsewhere.caller(issued.token)
    await ring.revoke(issued.key.id)
    world.now -= timedelta(hours=1)
    with pytest.raises(Refused, match="revoked"):
        await elsewhere.caller(issued.token)


async def test_a_busy_key_is_read_once_in_five_seconds(ring, shelf):
    issued = await ring.create("web shop", SCOPES)
    await ring.caller(issued.token)
    await ring.caller(issued.token)
    before = shelf.reads
    for _ in range(100):
        await ring.caller(issued.token)
    assert shelf.reads == before


async def test_a_wrong_token_for_a_remembered_key_is_still_wrong(ring):
    issued = await ring.create("web shop", SCOPES)
    for _ in range(2):
        await ring.caller(issued.token)
    with pytest.raises(Refused):
        await ring.caller(issued.token[:-2] + "zz")


async def test_only_so_many_keys_are_remembered(shelf, world):
    ring = ring_over(shelf, world, remembered=2)
    tokens = [(await ring.create(f"shop {n}", SCOPES)).token for n in range(3)]
    for token in [*tokens, *tokens]:
        await ring.caller(token)
    assert len(ring._read) == 2


async def test_use_is_noted_once_an_hour_not_at_every_request(ring, shelf, world):
    issued = await ring.create("web shop", SCOPES)
    for _ in range(5):
        await ring.caller(issued.token)
    world.now += timedelta(hours=1)
    await ring.caller(issued.token)
    assert shelf.uses == [START, START + timedelta(hours=1)]


async def test_an_unknown_key_cannot_be_revoked(ring):
    with pytest.raises(NotFound, match="API key"):
        await ring.revoke(KeyId("key_nobody"))


async def test_a_key_is_revoked_once(ring):
    issued = await ring.create("web shop", SCOPES)
    await ring.revoke(issued.key.id)
    with pytest.raises(InvalidState, match="revoked before"):
        await ring.revoke(issued.key.id)


@pytest.mark.parametrize("label", ["", "  ", "x" * 81, "a\x07b"])
async def test_a_key_needs_a_readable_name(ring, label):
    with pytest.raises(Invalid, match="name of 1 to 80 characters"):
        await ring.create(label, SCOPES)


async def test_a_key_is_not_born_expired(ring):
    with pytest.raises(Invalid, match="expired already"):
        await ring.create("late", SCOPES, START)


async def test_a_key_with_an_unknown_scope_is_not_made(ring, shelf):
    with pytest.raises(Invalid):
        await ring.create("web shop", frozenset({"everything"}))
    assert not shelf.keys


async def test_every_key_is_listed(ring):
    first = await ring.create("one", SCOPES)
    assert list(await ring.every()) == [first.key]


def test_the_secret_prints_nothing_of_itself():
    assert "hush" not in repr(Secret(b"hush" * 8))


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Secret(b"short")


def test_digests_for_two_purposes_have_nothing_in_common():
    secret = Secret(b"s" * 32)
    assert secret.digest("api-key", "x") != secret.digest("identity", "x")
