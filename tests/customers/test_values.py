"""Typed values: what is stored, what comes back, what is refused."""

import json
import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.values import AttributeType, read, shown, spoken
from domain.errors import Invalid

OPTIONS = ("S", "M", "L")
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=50
)
INT64 = st.integers(-(2**63), 2**63 - 1)
PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | INT64 | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
VALUES = {
    AttributeType.STRING: TEXT,
    AttributeType.INT: INT64,
    AttributeType.FLOAT: st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**53), 2**53),
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.DATE: st.dates().map(str),
    AttributeType.ENUM: st.sampled_from(OPTIONS),
    AttributeType.STRING_LIST: st.lists(TEXT, max_size=100),
    AttributeType.JSON: PLAIN_JSON,
}


@given(st.sampled_from(list(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind])))
def test_what_was_given_comes_back_and_an_answer_can_carry_it(given_value):
    kind, value = given_value
    back = shown(kind, read(kind, OPTIONS, value))
    assert back == value
    assert orjson.loads(orjson.dumps(back)) == value


@given(
    st.sampled_from(list(AttributeType)),
    PLAIN_JSON | st.just(math.nan) | st.just(math.inf) | st.integers() | st.text(),
)
def test_any_json_is_either_stored_or_refused_and_reading_it_again_changes_nothing(kind, value):
    try:
        stored = read(kind, OPTIONS, value)
    except Invalid:
        return
    assert read(kind, OPTIONS, shown(kind, stored)) == stored
    assert isinstance(spoken(kind, stored, "de-AT"), str)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (AttributeType.STRING, 5),
        (AttributeType.STRING, " "),
        (AttributeType.STRING, "x" * 2001),
        (AttributeType.STRING, "half a pair \ud800"),
        (AttributeType.INT, True),
        (AttributeType.INT, 5.0),
        (AttributeType.INT, 2**63),
        (AttributeType.FLOAT, False),
        (AttributeType.FLOAT, math.nan),
        (AttributeType.FLOAT, math.inf),
        (AttributeType.FLOAT, 10**400),
        (AttributeType.BOOLEAN, 1),
        (AttributeType.DATE, "2026-02-29"),
        (AttributeType.DATE, "20260228"),
        (AttributeType.DATE, "2026-02-28T00:00"),
        (AttributeType.DATETIME, "2026-02-28T10:00:00"),
        (AttributeType.DATETIME, "0001-01-01T00:00:00+05:00"),
        (AttributeType.DATETIME, 1_700_000_000),
        (AttributeType.ENUM, "XL"),
        (AttributeType.STRING_LIST, "S"),
        (AttributeType.STRING_LIST, ["a", 1]),
        (AttributeType.STRING_LIST, ["a"] * 101),
        (AttributeType.JSON, {"a": math.nan}),
        (AttributeType.JSON, {"a": 2**64}),
        (AttributeType.JSON, "x" * 10_001),
        (AttributeType.JSON, "\ud800"),
    ],
)
def test_a_value_of_another_type_is_refused_where_it_stands(kind, value):
    with pytest.raises(Invalid) as refused:
        read(kind, OPTIONS, value, "attributes", "0", "value")
    assert refused.value.issues[0].path[:3] == ("attributes", "0", "value")


def test_json_nested_beyond_any_use_is_refused_not_a_crash():
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Invalid):
        read(AttributeType.JSON, (), deep)


def test_one_instant_has_one_spelling_and_text_order_is_time_order():
    kyiv = read(AttributeType.DATETIME, (), "2026-03-31T12:30:00+03:00")
    utc = read(AttributeType.DATETIME, (), "2026-03-31T09:30:00Z")
    later = read(AttributeType.DATETIME, (), "2026-03-31T09:30:00.001Z")
    assert kyiv == utc == "2026-03-31T09:30:00.000Z"
    assert utc < later


def test_two_spellings_of_one_json_value_are_stored_alike():
    one, other = json.loads('{"b": 1, "a": [1, 2]}'), json.loads('{"a":[1,2],"b":1}')
    assert read(AttributeType.JSON, (), one) == read(AttributeType.JSON, (), other)


@pytest.mark.parametrize(("locale", "yes"), [("de-CH", "Ja"), ("uk", "Так"), (None, "Yes")])
def test_yes_is_said_in_the_readers_language(locale, yes):
    assert spoken(AttributeType.BOOLEAN, True, locale) == yes
    assert spoken(AttributeType.STRING_LIST, ("a", "b"), locale) == "a, b"
