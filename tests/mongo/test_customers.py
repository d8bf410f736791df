"""Customers on the real server: what is saved comes back, identities are unique, pages exact."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import ids
from domain.contact import email, phone
from domain.customer import (
    Birthday,
    CreateCustomer,
    Customer,
    EmailIdentity,
    ExternalId,
    PersonName,
    PhoneIdentity,
    SaveCustomer,
)
from domain.errors import IdentityKind
from domain.ids import CustomerId
from domain.query import (
    All,
    AnyOf,
    Between,
    CustomerQuery,
    Exists,
    Field,
    In,
    Not,
    Order,
    OrderField,
    StartsWith,
)
from domain.secret import Secret
from domain.work import Stale, Taken
from mongo import customers, outbox
from mongo.customers import MongoCustomers, identity_hash
from mongo.unit_of_work import MongoUnitOfWork

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEY = identity_hash(Secret(bytes(32)))


def customer(number: int, **fields) -> Customer:
    at = NOON + timedelta(minutes=number)
    milliseconds = int(at.timestamp() * 1000)
    value = ids.typed("cus", ids.uuid7(milliseconds=milliseconds, randomness=number))
    return Customer(CustomerId(value), 1, at, at, **fields)


def reachable(number: int, **fields) -> Customer:
    return customer(
        number,
        name=PersonName("Ada", f"Family{number:03}"),
        emails=(EmailIdentity(email(f"ada{number}@example.com")),),
        phones=(PhoneIdentity(phone(f"+1202555{100 + number:04}", None)),),
        external_ids=(ExternalId("shop", str(number)),),
        **fields,
    )


@pytest.fixture
def work(database):
    return MongoUnitOfWork(database, {**customers.writes(KEY), **outbox.WRITES})


@pytest.fixture
def store(database):
    return MongoCustomers(database, KEY)


async def create(work, *many):
    for one in many:
        await work.commit([CreateCustomer(one)])


async def test_what_is_saved_comes_back(work, store):
    one = reachable(1, birthday=Birthday(2, 29), locale="uk", time_zone="Europe/Kyiv")
    await create(work, one)
    assert await store.get_many([one.id]) == {one.id: one}
    assert await store.find(IdentityKind.EMAIL, "ada1@example.com") == one
    assert await store.find(IdentityKind.PHONE, one.phones[0].phone.norm) == one
    assert await store.find(IdentityKind.EXTERNAL_ID, "shop\x1f1") == one


async def test_of_concurrent_claims_of_one_address_exactly_one_wins(work, store):
    rivals = [customer(n, emails=(EmailIdentity(email("one@example.com")),)) for n in range(20)]
    taken = 0

    async def claim(one):
        nonlocal taken
        try:
            await work.commit([CreateCustomer(one)])
        except Taken:
            taken += 1

    async with asyncio.TaskGroup() as group:
        for one in rivals:
            group.create_task(claim(one))
    assert taken == 19
    stored = await store.get_many([one.id for one in rivals])
    assert list(stored) == [await store.holder(IdentityKind.EMAIL, "one@example.com")]


async def test_an_identity_given_up_can_be_claimed_by_another(work, store):
    first, second = reachable(1), customer(2)
    await create(work, first, second)
    without = replace(first, emails=()).saved(at=NOON)
    await work.commit([SaveCustomer(first, without)])
    taking = replace(second, emails=first.emails).saved(at=NOON)
    await work.commit([SaveCustomer(second, taking)])
    assert await store.holder(IdentityKind.EMAIL, "ada1@example.com") == second.id


async def test_a_save_over_a_newer_version_is_stale(work):
    one = reachable(1)
    await create(work, one)
    await work.commit([SaveCustomer(one, replace(one, locale="de").saved(at=NOON))])
    with pytest.raises(Stale):
        await work.commit([SaveCustomer(one, replace(one, locale="fr").saved(at=NOON))])


@pytest.mark.parametrize("field", list(OrderField))
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("backward", [True, False])
async def test_walking_page_by_page_sees_every_customer_once(
    work, store, field, descending, backward
):
    everyone = [reachable(n) for n in range(23)]
    await create(work, *everyone)
    order = Order(field, descending)
    seen, cursor = [], None
    while True:
        ends = {"before": cursor} if backward else {"after": cursor}
        query = CustomerQuery(order=order, limit=5, backward=backward, **ends)
        page = await store.page(query)
        rows = [row.item.id for row in page.rows]
        seen = rows + seen if backward else seen + rows
        more = page.has_previous if backward else page.has_next
        if not more:
            break
        cursor = page.rows[0].cursor if backward else page.rows[-1].cursor
    expected = [one.id for one in everyone]
    assert seen == (expected[::-1] if descending else expected)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (In(Field.EMAIL, ("ada3@example.com",)), {3}),
        (StartsWith(Field.EMAIL, "ada1"), {1}),
        (StartsWith(Field.SEARCH, "family00"), {0, 1, 2, 3, 4, 5}),
        (StartsWith(Field.SEARCH, "1202555010"), {0, 1, 2, 3, 4, 5}),
        (StartsWith(Field.FAMILY_NAME, "family002"), {2}),
        (In(Field.EXTERNAL_ID, ("shop\x1f4",)), {4}),
        (Not(In(Field.EXTERNAL_ID, ("shop\x1f4",))), {0, 1, 2, 3, 5}),
        (
            AnyOf((In(Field.FAMILY_NAME, ("family001",)), In(Field.FAMILY_NAME, ("family002",)))),
            {1, 2},
        ),
        (AnyOf(()), set()),
        (All((StartsWith(Field.SEARCH, "ada"), StartsWith(Field.SEARCH, "family005"))), {5}),
        (
            Between(Field.CREATED_AT, NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)),
            {2, 3},
        ),
        (Exists(Field.EMAIL), {0, 1, 2, 3, 4, 5}),
        (Not(Exists(Field.EMAIL)), set()),
    ],
)
async def test_a_filter_finds_whom_it_describes(work, store, where, expected):
    everyone = [reachable(n) for n in range(6)]
    await create(work, *everyone)
    page = await store.page(CustomerQuery(where=where))
    assert {row.item.id for row in page.rows} == {everyone[n].id for n in expected}
    assert await store.count(CustomerQuery(where=where), 100) == len(expected)
