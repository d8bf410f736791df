"""Lists of customers: every filter, search, order, both directions, counts and facets."""

from itertools import cycle

import pytest

from tests.outside.people import created, email, granted, phone, word

LIST = """
query ($where: CustomerWhere, $search: String, $orderBy: CustomerOrder,
       $first: Int, $after: String, $last: Int, $before: String) {
  customers(where: $where, search: $search, orderBy: $orderBy,
            first: $first, after: $after, last: $last, before: $before) {
    nodes { id } edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount { value precision }
  }
}
"""
SCREEN = """
query ($first: Int!) {
  customers(first: $first) {
    nodes {
      id displayName
      primaryEmail { access masked } primaryPhone { masked }
      tags { nodes { key label color } }
      loyalty { points tier { name } }
      consent(purpose: "marketing", channel: EMAIL) { allowed reason }
    }
    pageInfo { hasNextPage endCursor }
    totalCount { value precision }
    facets(by: [TAG, TIER, STATUS, COUNTRY, CONSENT]) {
      by precision buckets { key label count } }
  }
}
"""
DEFINE = """
mutation ($input: AttributeDefinitionInput!) {
  attributeDefinitionSave(input: $input) { __typename } }
"""
BOOK = """
mutation ($id: ID!, $points: Int!, $key: String!) {
  loyaltyPointsAdjust(customer: {id: $id}, delta: $points, reason: "order", idempotencyKey: $key) {
    __typename } }
"""


async def found(ask, **asked):
    """Who is listed, as positions of ``asked['among']``; counting must agree with listing."""
    among = asked.pop("among")
    page = (await ask(LIST, **asked))["customers"]
    ids = [node["id"] for node in page["nodes"]]
    assert [edge["node"]["id"] for edge in page["edges"]] == ids
    assert page["totalCount"] == {"value": len(ids), "precision": "EXACT"}
    return [among.index(each) for each in ids]


async def people(ask):
    """Three customers under one tag: one with everything, one with the opposite, one bare."""
    tag, family, size, number = word("t"), word("f"), word("size"), phone()
    await ask(DEFINE, input={"key": size, "type": "INT", "label": "Size", "filterable": True})
    full = await created(
        ask,
        name={"given": "Ada", "family": family},
        emails=[email(family)],
        phones=[number],
        externalIds=[{"source": "shop", "value": family}],
        birthday={"month": 2, "day": 29},
        addresses=[{"lines": ["1"], "country": "CH"}],
        attributes=[{"key": size, "value": 7}],
        tags=[tag, f"{tag}-a"],
        consents=[granted("marketing", "EMAIL")],
    )
    other = await created(
        ask,
        name={"given": "Bo", "family": word("g")},
        attributes=[{"key": size, "value": 3}],
        birthday={"month": 7, "day": 1},
        tags=[tag, f"{tag}-b"],
        consents=[granted("marketing", "EMAIL", status="DENIED")],
    )
    bare = await created(ask, tags=[tag])
    await ask(BOOK, id=full, points=6000, key=word("key"))
    return tag, family, size, number, [full, other, bare]


CASES = {
    "id": lambda p: ({"id": [p.ids[0]]}, [0]),
    "status": lambda p: ({"status": ["ACTIVE"]}, [2, 1, 0]),
    "no status": lambda p: ({"status": []}, []),
    "email eq": lambda p: ({"email": {"eq": p.email.upper()}}, [0]),
    "email in": lambda p: ({"email": {"in": [p.email, "nobody@example.com"]}}, [0]),
    "email startsWith": lambda p: ({"email": {"startsWith": p.family.upper()}}, [0]),
    "email exists": lambda p: ({"email": {"exists": True}}, [0]),
    "email does not exist": lambda p: ({"email": {"exists": False}}, [2, 1]),
    "phone eq": lambda p: ({"phone": {"eq": p.dialled}}, [0]),
    "phone startsWith": lambda p: (
        {"phone": {"startsWith": p.dialled}},
        [0],
    ),
    "phone exists": lambda p: ({"phone": {"exists": False}}, [2, 1]),
    "externalId": lambda p: ({"externalId": {"source": "shop", "value": p.family}}, [0]),
    "familyName eq": lambda p: ({"familyName": {"eq": f" {p.family.upper()} "}}, [0]),
    "familyName in": lambda p: ({"familyName": {"in": [p.family]}}, [0]),
    "familyName startsWith": lambda p: ({"familyName": {"startsWith": p.family[:-1]}}, [0]),
    "familyName exists": lambda p: ({"familyName": {"exists": False}}, [2]),
    "country": lambda p: ({"country": ["ch", "DE"]}, [0]),
    "not in country": lambda p: ({"not": {"country": ["CH"]}}, [2, 1]),
    "tags anyOf": lambda p: ({"tags": {"anyOf": [f"{p.tag}-a", f"{p.tag}-b"]}}, [1, 0]),
    "tags allOf": lambda p: ({"tags": {"allOf": [p.tag, f"{p.tag}-a"]}}, [0]),
    "tags noneOf": lambda p: ({"tags": {"noneOf": [f"{p.tag}-a"]}}, [2, 1]),
    "tags empty": lambda p: ({"tags": {}}, [2, 1, 0]),
    "tier": lambda p: ({"tier": ["bronze"]}, [2, 1]),
    "points eq": lambda p: ({"points": {"eq": 6000}}, [0]),
    "points gte": lambda p: ({"points": {"gte": 1}}, [0]),
    "points lte": lambda p: ({"points": {"lte": 0}}, [2, 1]),
    "points both": lambda p: ({"points": {"gte": 0, "lte": 5999}}, [2, 1]),
    "points empty": lambda p: ({"points": {}}, [2, 1, 0]),
    "consent": lambda p: ({"consent": p.consent("GRANTED")}, [0]),
    "consent denied": lambda p: ({"consent": p.consent("DENIED", "GRANTED")}, [1, 0]),
    "consent never asked": lambda p: ({"consent": p.consent("NEVER_ASKED")}, [2]),
    "attribute key": lambda p: ({"attribute": {"key": p.size}}, [1, 0]),
    "attribute eq": lambda p: ({"attribute": {"key": p.size, "eq": 7}}, [0]),
    "attribute in": lambda p: ({"attribute": {"key": p.size, "in": [3, 4]}}, [1]),
    "attribute gte lte": lambda p: ({"attribute": {"key": p.size, "gte": 4, "lte": 7}}, [0]),
    "attribute exists": lambda p: ({"attribute": {"key": p.size, "exists": False}}, [2]),
    "enriched": lambda p: ({"enriched": {"key": "household_size", "exists": True}}, []),
    "enriched eq": lambda p: ({"enriched": {"key": "household_size", "eq": 1}}, []),
    "enriched in": lambda p: ({"enriched": {"key": "household_size", "in": [1]}}, []),
    "enriched gte lte": lambda p: ({"enriched": {"key": "household_size", "gte": 1, "lte": 2}}, []),
    "birthday month": lambda p: ({"birthday": {"month": 2}}, [0]),
    "birthday day": lambda p: ({"birthday": {"month": 7, "day": 1}}, [1]),
    "birthday withinNextDays": lambda p: ({"birthday": {"withinNextDays": 365}}, [1, 0]),
    "createdAt gte": lambda p: ({"createdAt": {"gte": "2020-01-01T00:00:00Z"}}, [2, 1, 0]),
    "createdAt lt": lambda p: ({"createdAt": {"lt": "2020-01-01T00:00:00Z"}}, []),
    "createdAt withinLast": lambda p: ({"createdAt": {"withinLast": "P1D"}}, [2, 1, 0]),
    "createdAt empty": lambda p: ({"createdAt": {}}, [2, 1, 0]),
    "updatedAt withinLast": lambda p: ({"updatedAt": {"withinLast": "PT12H"}}, [2, 1, 0]),
    "updatedAt gte lt": lambda p: (
        {"updatedAt": {"gte": "2020-01-01T00:00:00Z", "lt": "2021-01-01T00:00:00Z"}},
        [],
    ),
    "and": lambda p: ({"and": [{"tier": ["bronze"]}, {"email": {"exists": False}}]}, [2, 1]),
    "or": lambda p: ({"or": [{"id": [p.ids[2]]}, {"email": {"eq": p.email}}]}, [2, 0]),
    "or nothing": lambda p: ({"or": []}, []),
    "not": lambda p: ({"not": {"or": [{"tier": ["bronze"]}]}}, [0]),
    "not everybody": lambda p: ({"not": {}}, []),
}


ORDERS = cycle(["CREATED_AT", "UPDATED_AT", "DISPLAY_NAME", "LOYALTY_POINTS"])


class People:
    """What the cases speak of."""

    def __init__(self, tag, family, size, number, ids, address):
        self.tag, self.family, self.size, self.ids = tag, family, size, ids
        self.dialled, self.email = f"{number[:3]} {number[3:8]} {number[8:]}", address

    @staticmethod
    def consent(*status):
        return {"purpose": "marketing", "channel": "EMAIL", "status": list(status)}


async def test_every_filter_finds_exactly_whom_it_describes_in_every_order(ask):
    tag, family, size, number, ids = await people(ask)
    by = "query ($by: CustomerRef!) { customer(by: $by) { primaryEmail { address } } }"
    address = (await ask(by, by={"id": ids[0]}))["customer"]["primaryEmail"]["address"]
    known = People(tag, family, size, number, ids, address)
    for name, case in CASES.items():
        where, expected = case(known)
        whole = {"and": [{"tags": {"anyOf": [tag]}}, where]}
        assert await found(ask, among=ids, where=whole) == expected, name
        order = {"field": next(ORDERS)}
        there = await found(ask, among=ids, where=whole, orderBy=order)
        assert sorted(there) == sorted(expected), (name, order)


async def test_every_filter_stands_alone_too(ask):
    tag, family, size, number, ids = await people(ask)
    known = People(tag, family, size, number, ids, email())
    for name, case in CASES.items():
        where, _ = case(known)
        assert "customers" in await ask(LIST, where=where, first=5), name


async def test_a_search_finds_beginnings_of_names_numbers_and_parts_of_addresses(ask):
    family, local = word("lovelace"), word("l")
    one = await created(
        ask,
        name={"given": "Ada", "family": family},
        emails=[f"ada.{local}@mail.example.com"],
        phones=["+442079460" + "958"],
        externalIds=[{"source": "shop", "value": f"AB-{family}"}],
    )
    for text in (
        *(family[:-2], f"ADA  {family}", f"ada.{local}", f"{local}@mail", f"ab-{family}"),
        *(f"{family} 02079460958", f"{family} mail.example.com"),
    ):
        assert await found(ask, among=[one], search=text) == [0], text
    assert await found(ask, among=[one], search="020 7946 0958") == [0]
    assert await found(ask, among=[one], search=f"{family} nobody") == []


@pytest.mark.parametrize("field", ["CREATED_AT", "UPDATED_AT", "DISPLAY_NAME", "LOYALTY_POINTS"])
async def test_pages_meet_without_gap_or_overlap_in_both_directions(ask, field):
    tag = word("t")
    ids = [await created(ask, name={"given": f"N{n}"}, tags=[tag]) for n in range(7)]
    asked = {"where": {"tags": {"allOf": [tag]}}, "orderBy": {"field": field}}
    forth, after = [], None
    while True:
        page = (await ask(LIST, **asked, first=3, after=after))["customers"]
        assert page["totalCount"] == {"value": 7, "precision": "EXACT"}
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        forth += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    back, before = [], None
    while True:
        page = (await ask(LIST, **asked, last=3, before=before))["customers"]
        back = [node["id"] for node in page["nodes"]] + back
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert forth == back
    assert sorted(forth) == sorted(ids)
    usual = ids if field == "DISPLAY_NAME" else ids[::-1]
    assert field == "LOYALTY_POINTS" or forth == usual
    turned = (await ask(LIST, **{**asked, "orderBy": {"field": field, "direction": "ASC"}}))[
        "customers"
    ]
    assert sorted(node["id"] for node in turned["nodes"]) == sorted(ids)


async def test_a_count_beyond_its_limit_says_that_there_are_more(ask):
    tag = word("t")
    for _ in range(3):
        await created(ask, tags=[tag])
    query = """query ($where: CustomerWhere, $limit: Int!) {
      customers(where: $where) { totalCount(limit: $limit) { value precision } } }"""
    where = {"tags": {"anyOf": [tag]}}
    counts = [
        (await ask(query, where=where, limit=limit))["customers"]["totalCount"]
        for limit in (2, 3, 4)
    ]
    assert counts == [
        {"value": 2, "precision": "AT_LEAST"},
        {"value": 3, "precision": "EXACT"},
        {"value": 3, "precision": "EXACT"},
    ]


async def test_facets_agree_with_the_filters_they_lead_to(ask):
    tag = word("t")
    for number in range(3):
        tags = [tag, f"{tag}-even"] if number % 2 == 0 else [tag]
        await created(
            ask,
            tags=tags,
            phones=[phone()],
            consents=[granted("marketing", "EMAIL")],
        )
    query = """query ($where: CustomerWhere, $by: [CustomerFacet!]!) {
      customers(where: $where, first: 1) {
        facets(by: $by) { by precision buckets { key label count } } } }"""
    facets = (
        await ask(
            query,
            where={"tags": {"anyOf": [tag]}},
            by=["TAG", "TIER", "STATUS", "COUNTRY", "CONSENT", "TAG"],
        )
    )["customers"]["facets"]
    assert [[(b["key"], b["label"], b["count"]) for b in f["buckets"]] for f in facets] == [
        [(tag, tag, 3), (f"{tag}-even", f"{tag}-even", 2)],
        [("bronze", "Bronze", 3)],
        [("ACTIVE", "ACTIVE", 3)],
        [("DE", "DE", 3)],
        [("marketing:EMAIL:GRANTED", "marketing:EMAIL:GRANTED", 3)],
    ]


async def test_the_list_screen_is_one_query_for_a_hundred_rows_too(ask):
    await created(ask, emails=[email()], tags=["vip"])
    page = (await ask(SCREEN, first=100))["customers"]
    assert page["nodes"][0]["consent"] == {"allowed": False, "reason": "NO_RECORD"}
    assert [facet["by"] for facet in page["facets"]] == [
        *("TAG", "TIER", "STATUS", "COUNTRY", "CONSENT")
    ]
