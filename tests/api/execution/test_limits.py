"""Queries beyond the limits are refused with the figure and the limit."""

import pytest
from graphql import get_introspection_query

from api.execution.limits import Limits
from tests.api.execution.corner import SCHEMA, ask, codes


async def cost(query, variables=None, name=None):
    answer = await ask(query, variables, name)
    return answer.extensions["cost"]["requested"]


async def test_ten_levels_pass_and_eleven_do_not():
    def nested(levels):
        inner = "id"
        for _ in range(levels - 2):
            inner = f"duplicates {{ {inner} }}"
        return f"{{ person {{ {inner} }} }}"

    assert (await ask(nested(10))).errors is None
    answer = await ask(nested(11))
    assert codes(answer) == ["QUERY_TOO_DEEP"]
    assert "is 11 fields deep; the limit is 10" in answer.errors[0].message
    assert answer.errors[0].extensions["requested"] == 11


async def test_depth_is_not_hidden_in_fragments():
    chain = "".join(
        f"fragment F{n} on Person {{ duplicates {{ ...F{n + 1} }} }}" for n in range(10)
    )
    answer = await ask(
        f"{{ person {{ ...F0 }} }} {chain} fragment F10 on Person {{ ... on Person {{ id }} }}"
    )
    assert codes(answer) == ["QUERY_TOO_DEEP"]


async def test_fifteen_aliases_pass_and_sixteen_do_not():
    def aliased(count):
        return "{ " + " ".join(f"a{n}: person {{ id }}" for n in range(count)) + " }"

    assert (await ask(aliased(15))).errors is None
    answer = await ask(aliased(16))
    assert codes(answer) == ["TOO_MANY_ALIASES"]
    assert "16 aliases and repeated fields; the limit is 15" in answer.errors[0].message


async def test_aliases_in_a_fragment_count_as_often_as_it_is_used():
    spread = "a: person { ...F } b: person { ...F } c: person { ...F }"
    four = "fragment F on Person { w: id x: id y: id z: id }"
    assert codes(await ask(f"{{ {spread} }} {four}")) == []
    assert codes(await ask(f"{{ d: person {{ ...F }} {spread} }} {four}")) == ["TOO_MANY_ALIASES"]


async def test_a_field_named_again_and_again_counts_as_aliases_do():
    assert codes(await ask("{ " + "person { id } " * 16 + "}")) == []
    assert codes(await ask("{ " + "person { id } " * 17 + "}")) == ["TOO_MANY_ALIASES"]


async def test_two_thousand_tokens_pass_the_counter_and_more_do_not():
    def long(fields):
        return "{ person { " + "id " * fields + "} }"

    assert codes(await ask(long(1_995))) == ["TOO_MANY_ALIASES"]
    answer = await ask(long(1_996))
    assert codes(answer) == ["QUERY_TOO_LONG"]
    assert "more than 2000 tokens" in answer.errors[0].message


@pytest.mark.parametrize(
    "query",
    [
        "{ person " + "{ duplicates " * 400 + "{ id }" + "}" * 400 + "}",
        "{ people(where: " + "{allOf: [" * 300 + "]}" * 300 + ") { nodes { id } } }",
        "query ($a: " + "[" * 600 + "Int" + "]" * 600 + ") { person { id } }",
    ],
)
async def test_what_is_nested_beyond_reason_is_refused_not_crashed(query):
    assert codes(await ask(query)) == ["QUERY_TOO_DEEP"]


async def test_variables_may_be_nested_only_so_deep():
    where = {"name": "x"}
    for _ in range(18):
        where = {"allOf": [where]}
    query = "query ($w: Filter) { people(where: $w) { nodes { id } } }"
    assert codes(await ask(query, {"w": where})) == []
    for _ in range(500):
        where = {"allOf": [where]}
    assert codes(await ask(query, {"w": where})) == ["INPUT_TOO_DEEP"]


async def test_circular_fragments_are_refused_as_invalid():
    answer = await ask("{ person { ...A } } fragment A on Person { duplicates { ...A } }")
    assert "QUERY_INVALID" in codes(answer)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ person { id } }", 1),
        ("{ person { id tags { key } } }", 1 + 5),
        ("{ person { id tags(first: 2) { key } } }", 1 + 2),
        ("{ people(first: 10) { nodes { id } } }", 1 + 10),
        ("{ people { nodes { id } } }", 1 + 25),
        ("{ people(last: 3) { nodes { id } } }", 1 + 3),
        ("{ crowd { nodes { id } } }", 1 + 25),
        ("{ people(first: 10) { edges { cursor node { id } } } }", 1 + 10),
        ("{ people(first: 10) { nodes { id } edges { node { id } } } }", 1 + 20),
        ("{ people(first: 10) { pageInfo { hasNextPage } } }", 1),
        ("{ people(first: 10) { best { key } } }", 2),
        ("{ people(first: 10) { nodes { tags(first: 3) { key } } } }", 1 + 10 * (1 + 3)),
        ("{ people(first: 10) { nodes { best { key } } } }", 1 + 10),
        ("{ person { duplicates { id } } }", 1 + 20),
        ("{ people(first: 4) { ...P } } fragment P on PersonConnection { nodes { id } }", 1 + 4),
        ("{ people(first: 4) { ... { nodes { ... on Person { id } } } } }", 1 + 4),
        ("{ people(first: -4) { nodes { id } } }", 1),
        ("{ __typename person { __typename } }", 1),
        ("mutation { act { id } }", 1),
    ],
)
async def test_a_query_costs_its_objects_times_the_rows_around_them(query, expected):
    assert await cost(query) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({"n": 7}, 8), ({}, 31), (None, 31), ({"n": None}, 31), ({"n": "many"}, 31), ({"n": -1}, 1)],
)
async def test_rows_may_be_variables_with_defaults(variables, expected):
    query = "query ($n: Int! = 30) { people(first: $n) { nodes { id } } }"
    assert await cost(query, variables) == expected


async def test_a_variable_without_a_default_falls_back_on_the_arguments_own():
    assert await cost("query ($n: Int) { crowd(first: $n) { nodes { id } } }") == 26


async def test_variables_multiply_through_levels_and_shared_fragments():
    query = """
      query ($n: Int!, $m: Int!) {
        a: people(first: $n) { ...P }
        b: people(first: $n, last: $m) { ...P }
      }
      fragment P on PersonConnection { nodes { tags(first: $m) { key } } }
    """
    assert await cost(query, {"n": 3, "m": 4}) == (1 + 3 * (1 + 4)) + (1 + 4 * (1 + 4))


async def test_beyond_the_cost_limit_nothing_runs_and_the_figure_is_told():
    query = "query ($n: Int!) { people(first: $n) { nodes { tags(first: 9) { key } } } }"
    assert codes(await ask(query, {"n": 99})) == []
    answer = await ask(query, {"n": 100})
    assert answer.data is None
    assert codes(answer) == ["QUERY_TOO_COSTLY"]
    assert "costs 1001; the limit is 1000" in answer.errors[0].message
    assert answer.extensions["cost"] == {"requested": 1001, "limit": 1000}


async def test_doubling_fragments_cannot_outrun_the_measurement():
    doubling = "".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ... {{ ...F{n + 1} }} }}" for n in range(60)
    )
    query = f"query ($n: Int!) {{ ...F0 }} {doubling} fragment F60 on Query"
    answer = await ask(query + " { people(first: $n) { nodes { id } } }", {"n": 1})
    assert answer.extensions["cost"]["requested"] == 2**60 * 2
    assert codes(answer) == ["QUERY_TOO_COSTLY"]


async def test_the_introspection_of_common_tools_passes():
    answer = await ask(get_introspection_query(descriptions=True, input_value_deprecation=True))
    assert answer.errors is None
    assert answer.extensions["cost"]["requested"] == 100


async def test_introspection_many_times_over_does_not():
    query = "{ " + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(11)) + " }"
    assert codes(await ask(query)) == ["QUERY_TOO_COSTLY"]
    inner = " ".join(f"a{n}: types {{ name }}" for n in range(10))
    assert codes(await ask(f"{{ __schema {{ {inner} }} }}")) == ["QUERY_TOO_COSTLY"]


async def test_only_the_operation_that_runs_is_measured():
    query = "query A { person { id } } query B { people(first: 7) { nodes { id } } }"
    assert await cost(query, name="A") == 1
    assert await cost(query, name="B") == 8


def test_the_published_limits_are_the_defaults():
    assert SCHEMA.limits == Limits(depth=10, aliases=15, tokens=2_000, cost=1_000)
