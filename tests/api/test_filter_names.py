"""A name in a filter that stands for nothing is told with its place, not passed over in silence."""

import pytest

from domain.access import SCOPES
from tests.commands import RECORDER, counted

QUERY = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
TAG = "mutation ($key: String!) { tagSave(key: $key, label: $key) { __typename } }"
START = """mutation ($where: CustomerWhere!) {
  enrichmentStart(input: {target: {where: $where}}) {
    ... on ValidationFailedError { issues { path code } }
  }
}"""
ALL = frozenset(SCOPES)
NOBODYS = "cus_01jd5x3q0zfwbs5m2w8k3n7t4c"


async def issues(refused, where, scopes=ALL):
    answer = await refused(QUERY, scopes, where=where)
    assert answer["code"] == "VALIDATION_FAILED"
    return answer["issues"]


async def test_an_unknown_tier_is_told_with_those_there_are(refused):
    [issue] = await issues(refused, {"or": [{"tier": ["gold", "goldd"]}]})
    assert issue == {
        "path": ("where", "or", "0", "tier", "1"),
        "code": "TIER_UNKNOWN",
        "message": "There is no such tier: the tiers are bronze, silver, gold, platinum.",
    }


@pytest.mark.parametrize("name", ["anyOf", "allOf", "noneOf"])
async def test_an_unknown_tag_is_told_at_its_place(ask, refused, name):
    await ask(TAG, key="vip")
    [issue] = await issues(refused, {"not": {"tags": {name: ["vip", "vpi"]}}})
    assert issue["path"] == ("where", "not", "tags", name, "1")
    assert issue["code"] == "TAG_UNKNOWN"
    assert "vip" not in issue["message"]


async def test_every_unknown_tag_of_a_filter_is_told_at_once(refused):
    where = {"tags": {"anyOf": ["a"], "noneOf": ["b", "c"]}}
    found = [issue["path"][2:] for issue in await issues(refused, where)]
    assert found == [("anyOf", "0"), ("noneOf", "0"), ("noneOf", "1")]


@pytest.mark.parametrize("wrong", ["", "1", "tag_01jd5x3q0zfwbs5m2w8k3n7t4c", "cus_1"])
async def test_what_is_no_customers_id_is_told_at_its_place(refused, wrong):
    [issue] = await issues(refused, {"id": [NOBODYS, wrong]})
    assert (issue["path"], issue["code"]) == (("where", "id", "1"), "ID_INVALID")


async def test_an_id_of_nobody_is_no_mistake(ask):
    assert await ask(QUERY, where={"id": [NOBODYS]}) == {"customers": {"nodes": []}}


async def test_what_is_no_country_is_told(refused):
    assert (await refused(QUERY, ALL, where={"country": ["DE", "XX"]}))["code"] == "QUERY_INVALID"


@pytest.mark.parametrize("where", [{"tags": {"anyOf": []}}, {"tier": []}, {"id": []}])
async def test_nobody_is_one_of_none(ask, where):
    assert await ask(QUERY, where=where) == {"customers": {"nodes": []}}


async def test_a_mutation_tells_it_in_its_union(ask):
    answer = await ask(START, where={"tags": {"anyOf": ["nobody"]}})
    path = ["input", "target", "where", "tags", "anyOf", "0"]
    assert answer["enrichmentStart"]["issues"] == [{"path": path, "code": "TAG_UNKNOWN"}]


async def test_tiers_are_looked_up_once_and_only_where_they_are_named(ask):
    await ask("{ purposes { key } }")
    for where, more in (
        ({"country": ["DE"]}, {}),
        ({"or": [{"tier": ["gold"]}, {"tier": ["silver"]}]}, {"find loyalty_tiers": 1}),
    ):
        with RECORDER.recording() as commands:
            await ask(QUERY, where=where)
        assert dict(counted(commands)) == {"find customers": 1, **more}
