"""A filter is bounded before anything is looked up for it."""

import pytest

from domain.access import SCOPES

QUERY = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
ALL = frozenset(SCOPES)


@pytest.mark.parametrize("part", [{"not": {}}, {}, {"and": []}])
async def test_parts_without_a_condition_count_too(refused, part):
    [issue] = (await refused(QUERY, ALL, where={"or": [part] * 201}))["issues"]
    assert (issue["code"], issue["path"]) == ("FILTER_TOO_WIDE", ("where",))


async def test_two_hundred_parts_pass(ask):
    assert await ask(QUERY, where={"or": [{}] * 199}) == {"customers": {"nodes": []}}


async def test_a_flood_of_empty_parts_is_refused_before_it_is_read(refused):
    answer = await refused(QUERY, ALL, where={"or": [{"not": {}}] * 10_000})
    assert answer == {"code": "INPUT_TOO_LARGE", "limit": 10_000}


@pytest.mark.parametrize("name", ["anyOf", "allOf", "noneOf"])
async def test_a_list_of_tags_is_bounded_before_they_are_looked_up(refused, name):
    where = {"and": [{"tags": {name: ["vip"] * 101}}]}
    [issue] = (await refused(QUERY, ALL, where=where))["issues"]
    assert (issue["code"], issue["path"]) == ("TOO_MANY", ("where", "and", "0", "tags", name))
