"""A filter finds whom it describes and nobody else, and ``Not`` finds exactly the others."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.records import ConsentStatus, LawfulBasis
from domain import query
from domain.query import CustomerQuery, Field, Where
from domain.secret import Secret
from mongo.customers import MongoCustomers, identity_hash
from tests.mongo.people import ADDRESSES, CHANNELS, NUMBERS, PURPOSES, TAGS, anybody, fits, found
from tests.shop import NOON

MOMENTS = st.integers(-1, 8).map(lambda seconds: NOON + timedelta(seconds=seconds))
SCALARS = st.sampled_from([0, 1, 2, 2.5, True, False, "a", "ab", "b"])
TEXTS = st.sampled_from(["ada", "ad", "bo", "anne-marie", "олена", "a", "marie", "example.com"])
VALUES = {
    Field.STATUS: st.sampled_from(["ACTIVE", "RESTRICTED", "ERASED"]),
    Field.EMAIL: st.builds(lambda n, a: f"{n}{a}", st.integers(0, 30), st.sampled_from(ADDRESSES)),
    Field.PHONE: st.sampled_from(NUMBERS),
    Field.EXTERNAL_ID: st.sampled_from(["shop\x1f1", "shop\x1f12", "erp\x1f1"]),
    Field.FAMILY_NAME: TEXTS,
    Field.COUNTRY: st.sampled_from(["DE", "GB", "US"]),
    Field.TIER: st.sampled_from(["bronze", "gold", "silver"]),
    Field.POINTS: st.integers(-3, 3),
    Field.SEARCH: TEXTS,
}
LISTS = st.sampled_from([Field.EMAIL, Field.PHONE, Field.EXTERNAL_ID, Field.FAMILY_NAME])
BEGINNINGS = {
    Field.EMAIL: st.sampled_from(["1", "1ada", "2bo@", "z"]),
    Field.PHONE: st.sampled_from(["+1", "+4930", "+9"]),
    Field.FAMILY_NAME: TEXTS,
    Field.SEARCH: TEXTS,
}
NUMERIC = {
    Field.POINTS: st.integers(-3, 3),
    Field.BIRTHDAY: st.sampled_from([100, 101, 102, 228, 229, 230, 1231, 1232]),
    Field.CREATED_AT: MOMENTS,
    Field.UPDATED_AT: MOMENTS,
}


def over(strategies, build):
    """A leaf over any of these fields, with values of that field."""
    return st.sampled_from(list(strategies)).flatmap(lambda field: build(field, strategies[field]))


def maybe(values):
    return st.one_of(st.none(), values)


def some(values, **more):
    return st.lists(values, max_size=3, **more).map(tuple)


LEAVES = st.one_of(
    over(VALUES, lambda field, values: st.builds(query.In, st.just(field), some(values))),
    over(BEGINNINGS, lambda field, texts: st.builds(query.StartsWith, st.just(field), texts)),
    st.builds(query.Exists, LISTS),
    over(
        NUMERIC,
        lambda field, values: st.builds(
            query.Between, st.just(field), maybe(values), maybe(values)
        ),
    ),
    st.builds(
        query.HasAttribute,
        st.sampled_from(["x", "y", "z"]),
        st.booleans(),
        values=maybe(some(SCALARS)),
        low=maybe(SCALARS),
        high=maybe(SCALARS),
    ),
    st.builds(query.HasTag, some(st.sampled_from(TAGS), min_size=1), MOMENTS),
    st.builds(
        query.HasConsent,
        st.sampled_from(PURPOSES),
        st.sampled_from([channel and channel.value for channel in CHANNELS]),
        st.frozensets(st.sampled_from([status.value for status in ConsentStatus])),
        MOMENTS,
    ),
    st.builds(
        query.HasGrant,
        st.sampled_from(PURPOSES),
        st.sampled_from([channel and channel.value for channel in CHANNELS]),
        st.frozensets(st.sampled_from([basis.value for basis in LawfulBasis])),
        begun=MOMENTS,
        at=MOMENTS,
        confirmed=st.booleans(),
    ),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(query.All, some(inner)),
        st.builds(query.AnyOf, some(inner)),
        st.builds(query.Not, inner),
    ),
    max_leaves=5,
)


@pytest.fixture
def driver():
    """What a filter means is the server's business, not the driver's."""
    return "motor"


@pytest.fixture
async def shop(database):
    random = Random(7)  # noqa: S311 - the same people every time
    people = [anybody(random, number) for number in range(30)]
    await database["customers"].insert_many([person.document for person in people])
    return people


@given(where=FILTERS)
@settings(
    max_examples=3 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_a_filter_means_what_it_says_and_not_is_its_exact_complement(
    database, shop, where: Where
):
    expected = {person.customer.id for person in shop if fits(person, where)}
    everybody = {person.customer.id for person in shop}
    assert await found(database, where) == expected
    assert await found(database, query.Not(where)) == everybody - expected


async def test_a_page_and_a_count_agree_with_the_filter(database, shop):
    store = MongoCustomers(database, identity_hash(Secret(bytes(32))))
    where = query.Not(query.In(Field.COUNTRY, ("DE",)))
    expected = {person.customer.id for person in shop if fits(person, where)}
    page = await store.page(CustomerQuery(where, limit=100))
    assert {row.item.id for row in page.rows} == expected
    assert await store.count(CustomerQuery(where), 100) == len(expected)


@pytest.mark.parametrize("at", [NOON - timedelta(seconds=1), NOON, NOON + timedelta(days=2)])
@pytest.mark.parametrize("tags", [TAGS[:1], TAGS])
async def test_whose_tag_has_ended_is_on_no_page_of_it(database, shop, tags, at):
    store = MongoCustomers(database, identity_hash(Secret(bytes(32))))
    for where in (query.HasTag(tuple(tags), at), query.All((query.HasTag(tuple(tags), at),))):
        expected = {person.customer.id for person in shop if fits(person, where)}
        for size in (1, 4, 100):
            seen, after = [], None
            while True:
                page = await store.page(CustomerQuery(where, limit=size, after=after))
                seen += [row.item.id for row in page.rows]
                if not page.has_next:
                    break
                after = page.rows[-1].cursor
            assert (len(seen), set(seen)) == (len(expected), expected)
