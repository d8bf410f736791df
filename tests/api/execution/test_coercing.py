"""Variables are coerced to what graphql-core makes of them, or handed to graphql-core."""

import pytest
from graphql import build_schema, parse
from graphql.execution.values import get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from api.execution.coercing import Coercers, Variables

SCHEMA = build_schema("""
  type Query { a(in: In, one: One, list: [[Int!]]!, text: String = "x"): Int }
  input In {
    id: ID!, n: Int = 3, nested: In, many: [In!], size: Size, flag: Boolean! = true, s: String
  }
  input One @oneOf { a: Int, b: [String!] }
  enum Size { SMALL LARGE }
""")
QUERY = """query ($in: In, $one: One, $list: [[Int!]]!, $text: String = "x") {
  a(in: $in, one: $one, list: $list, text: $text) }"""
DEFINITIONS = parse(QUERY).definitions[0].variable_definitions
VARIABLES = Variables(SCHEMA, DEFINITIONS, Coercers())

leaf = st.sampled_from([None, 1, 2**40, -1, 1.5, "a", "", "SMALL", True, [], {}])
value = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "n", "nested", "many", "size", "flag", "s", "a", "b", "zz"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)
likely = st.fixed_dictionaries(
    {"id": st.sampled_from(["x", 7])},
    optional={
        "n": st.sampled_from([None, 1, 2**40]),
        "size": st.sampled_from(["SMALL", "small"]),
        "flag": st.sampled_from([True, None, False]),
        "s": st.sampled_from(["", None, 5]),
        "nested": st.fixed_dictionaries({"id": st.just("y")}),
        "many": st.lists(st.fixed_dictionaries({"id": st.just("z")}), max_size=2),
    },
)
one = st.one_of(
    st.fixed_dictionaries({"a": st.sampled_from([1, None])}),
    st.fixed_dictionaries({"b": st.lists(st.text(max_size=1), max_size=2)}),
)
numbers = st.lists(st.one_of(st.none(), st.lists(st.integers(-3, 3), max_size=2)), max_size=3)
variables = st.fixed_dictionaries(
    {"list": st.one_of(numbers, numbers, value)},
    optional={
        "in": st.one_of(likely, likely, value),
        "one": st.one_of(one, one, value),
        "text": st.sampled_from(["t", None, 3]),
        "zz": leaf,
    },
)


def coerced(given_):
    try:
        return VARIABLES.coerced(given_)
    except Exception:  # noqa: BLE001 - whatever is raised hands over
        return None


def told(values):
    """The values in their order, and what each was made from."""
    sources = {
        name: (source.signature.name, str(source.signature.type), source.value)
        for name, source in values.sources.items()
    }
    return list(values.coerced.items()), sources


@given(variables)
def test_what_is_coerced_is_what_graphql_core_coerces(given_):
    ours = coerced(given_)
    if ours is not None:
        reference = get_variable_values(SCHEMA, DEFINITIONS, given_)
        assert not isinstance(reference, list)
        assert told(ours) == told(reference)


@pytest.mark.parametrize(
    "usual",
    [
        {"list": [[1], None], "text": "t"},
        {"list": [], "text": None, "in": {"id": "x"}, "one": {"a": 1}},
        {"list": [], "text": "", "in": {"id": 7, "nested": {"id": "y"}, "many": [{"id": "z"}]}},
        {"list": [], "text": "", "in": {"id": "x", "size": "LARGE", "flag": False, "n": None}},
    ],
)
def test_the_usual_is_coerced_here(usual):
    assert told(coerced(usual)) == told(get_variable_values(SCHEMA, DEFINITIONS, usual))


@pytest.mark.parametrize(
    "unusual",
    [
        {},
        {"list": 1},
        {"list": []},
        {"list": [], "text": "t", "in": {}},
        {"list": [], "text": "t", "in": {"id": "x", "unknown": 1}},
        {"list": [], "text": "t", "one": {"a": None}},
        {"list": [], "text": "t", "one": {"a": 1, "b": []}},
        {"list": [[2**40]], "text": "t"},
    ],
)
def test_the_unusual_is_left_to_graphql_core(unusual):
    assert coerced(unusual) is None
