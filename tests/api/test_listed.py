"""A list tells of those on it what it was asked by: its filter, its order, its counts."""

import pytest

from api.figures import FEW
from domain.access import SCOPES
from domain.personal import PiiClass
from tests.api.known import known

LIST = """query ($where: CustomerWhere, $search: String, $orderBy: CustomerOrder) {
  customers(where: $where, search: $search, orderBy: $orderBy, first: %s) { %s } }"""
EMAIL = {"email": {"eq": "ada@example.com"}}
CREATE = "mutation { customerCreate(input: {tags: [%s]}) { __typename } }"
BEHAVIOUR = {PiiClass.BEHAVIOUR}


@pytest.fixture
async def ada(ask):
    return (await known(ask))["cus"]


@pytest.fixture
def told(send, ada):
    """Asks for a list; the categories of what was told of the known customer, and of no other."""

    async def sent(selected="nodes { id }", scopes=frozenset(SCOPES), first=25, **asked):
        _, context = await send(LIST % (first, selected), scopes, **asked)
        assert set().union(*context.disclosures.values()) <= {ada}
        return {category for category, whom in context.disclosures.items() if whom}

    return sent


@pytest.mark.parametrize(
    ("where", "categories"),
    [
        ({"tags": {"anyOf": ["vip"]}}, BEHAVIOUR),
        ({"not": {"tier": ["gold"]}}, BEHAVIOUR),
        ({"or": [{"tier": ["silver"]}, {"points": {"gte": 600}}]}, BEHAVIOUR),
        ({"consent": {"purpose": "enrichment", "status": ["GRANTED"]}}, BEHAVIOUR),
        ({"country": ["GB"]}, {PiiClass.LOCATION}),
        ({"familyName": {"startsWith": "L"}}, {PiiClass.IDENTITY}),
        ({"birthday": {"month": 12}}, {PiiClass.DEMOGRAPHIC}),
        ({"email": {"startsWith": "a"}}, {PiiClass.CONTACT}),
        ({"phone": {"exists": True}}, {PiiClass.CONTACT}),
        ({"attribute": {"key": "size", "eq": 38}}, {PiiClass.DEMOGRAPHIC}),
        ({"enriched": {"key": "phone_country", "eq": "US"}}, {PiiClass.LOCATION, *BEHAVIOUR}),
        ({"status": ["ACTIVE"], "createdAt": {"withinLast": "P30D"}}, set()),
        (EMAIL, set()),
    ],
)
async def test_who_fits_a_filter_is_told_to_fit_it(told, where, categories):
    assert await told(where=where) == categories
    assert await told("edges { cursor }", where=where) == categories


async def test_who_is_found_by_words_is_told_to_be_called_so(told):
    assert await told(search="lovel") == {PiiClass.IDENTITY, PiiClass.CONTACT}


@pytest.mark.parametrize(
    ("field", "categories"),
    [
        ("LOYALTY_POINTS", BEHAVIOUR),
        ("DISPLAY_NAME", {PiiClass.IDENTITY}),
        ("CREATED_AT", set()),
    ],
)
async def test_a_place_in_an_order_tells_what_it_is_ordered_by(told, field, categories):
    order = {"field": field}
    assert await told("pageInfo { endCursor }", orderBy=order) == categories
    assert await told("totalCount { value }", orderBy=order) == set()


async def test_a_list_that_shows_nobody_tells_of_nobody(told):
    assert await told("__typename", where={"tags": {"anyOf": ["vip"]}}) == set()


@pytest.mark.parametrize("by", ["TAG", "TIER", "CONSENT"])
async def test_counts_of_one_person_are_about_that_person(told, by):
    assert await told(f"facets(by: [{by}]) {{ buckets {{ key }} }}", where=EMAIL) == BEHAVIOUR
    status = f"facets(by: [STATUS, {by}, COUNTRY]) {{ buckets {{ key }} }}"
    assert await told(status, where=EMAIL) == {*BEHAVIOUR, PiiClass.LOCATION}


async def test_how_many_fit_tells_it_of_a_single_one(told):
    where = {**EMAIL, "tags": {"anyOf": ["vip"]}}
    assert await told("totalCount { value }", where=where) == BEHAVIOUR
    assert await told("totalCount { value }", where=EMAIL) == set()


async def test_counts_of_one_person_are_that_also_behind_their_own_cursor(send, ada):
    query = """query ($where: CustomerWhere, $after: String) {
      customers(where: $where, after: $after, first: 1) { %s } }"""
    page, _ = await send(query % "pageInfo { endCursor }", where=EMAIL)
    after = page["customers"]["pageInfo"]["endCursor"]
    counted = query % "nodes { id } facets(by: [TAG]) { buckets { key } }"
    shown, context = await send(counted, where=EMAIL, after=after)
    assert shown["customers"]["nodes"] == []
    assert context.disclosures == {PiiClass.BEHAVIOUR: {ada}}


async def test_counts_of_many_are_about_nobody(ask, told, ada):
    for _ in range(FEW):
        await ask(CREATE % '"vip"')
    facets = "facets(by: [TAG]) { buckets { key count } }"
    assert await told(facets) == set()
    assert await told(facets, first=1, where={"tags": {"anyOf": ["vip"]}}) == set()


BRITISH = {"country": ["GB"]}


@pytest.mark.parametrize(
    "selected", ["totalCount { value }", "facets(by: [TIER]) { buckets { key } }"]
)
@pytest.mark.parametrize("crowd", ["id", "email"])
async def test_a_known_crowd_does_not_hide_whom_a_count_is_about(ask, send, ada, crowd, selected):
    addresses = [f"crowd{number}@example.com" for number in range(FEW + 1)]
    create = "mutation ($e: String!) { customerCreate(input: {emails: [$e]}) { %s } }"
    created = create % "... on CustomerPayload { customer { id } }"
    made = [(await ask(created, e=e))["customerCreate"]["customer"]["id"] for e in addresses]
    known_ones = [{"id": made}] if crowd == "id" else [{"email": {"in": addresses}}]
    padded = {"or": [*known_ones, {"id": [ada], **BRITISH}]}
    for where in (padded, {"not": padded}):
        _, context = await send(LIST % (1, selected), where=where)
        assert context.disclosures[PiiClass.LOCATION] == {ada, *made}


async def test_ids_of_nobody_are_told_of_nobody(told):
    nobody = "cus_00000000000000000000000000"
    where = {"id": [nobody], **BRITISH}
    assert await told("totalCount { value }", where=where) == set()
