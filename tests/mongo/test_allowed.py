"""Filtering by what is allowed finds exactly those for whom the decision says yes."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent import finding, policy
from consent.purposes import START, PurposeTree
from consent.records import Channel, ConsentStanding, LawfulBasis
from domain import query
from tests.mongo.people import PURPOSES, anybody, found
from tests.shop import NOON

BASES = st.frozensets(st.sampled_from([*LawfulBasis]), max_size=3) | st.just(
    frozenset({LawfulBasis.CONSENT, LawfulBasis.EXPLICIT_CONSENT})
)


def purpose(start):
    """A purpose of the start as a privacy officer may have changed it."""
    return st.builds(
        replace,
        st.just(start),
        allowed_bases=BASES,
        channels=st.frozensets(st.sampled_from([Channel.EMAIL, Channel.SMS, Channel.POST])),
        double_opt_in=st.booleans(),
        active=st.sampled_from([True, True, True, False]),
    )


pytestmark = pytest.mark.wheel
TREES = st.tuples(*map(purpose, START)).map(PurposeTree)


@pytest.fixture
def driver():
    """What a filter means is the server's business, not the driver's."""
    return "motor"


@pytest.fixture
async def shop(database):
    random = Random(11)  # noqa: S311 - the same people every time
    people = [anybody(random, number) for number in range(80)]
    await database["customers"].insert_many([person.document for person in people])
    return people


@given(
    tree=TREES,
    key=st.sampled_from([*PURPOSES, "telepathy"]),
    channel=st.sampled_from([None, Channel.EMAIL, Channel.SMS, Channel.PUSH]),
    after=st.sampled_from([timedelta(minutes=-5), timedelta(0), timedelta(hours=1)]),
)
@settings(
    max_examples=2 * settings.default.max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_it_finds_exactly_whom_the_decision_allows(database, shop, tree, key, channel, after):
    at = NOON + after
    expected = {p.customer.id for p in shop if _decided(p, tree, key, channel, at)}
    where = finding.allowed(tree, key, channel, at)
    assert await found(database, where) == expected
    everybody = {person.customer.id for person in shop}
    assert await found(database, query.Not(where)) == everybody - expected


def _decided(person, tree, key, channel, at):
    standing = ConsentStanding(person.customer.id, 0, person.states)
    status = person.customer.status
    return policy.decide(standing, tree, key, channel, at, status=status).allowed
