"""Filters are held to a depth and a width, however they are written."""

from datetime import UTC, datetime

import pytest

from api.execution.filters import require_modest
from api.execution.inputs import nested_beyond
from api.execution.limits import Limits
from api.refusals import Refusal
from domain.query import All, AnyOf, Exists, Field, HasTag, In, Not

LIMITS = Limits()
LEAF = Exists(Field.EMAIL)


def nested(levels):
    where = LEAF
    for level in range(levels):
        where = (AnyOf if level % 2 else All)((where, LEAF))
    return where


def test_a_filter_at_the_limits_passes():
    require_modest(nested(5), LIMITS)
    require_modest(All((LEAF,) * 50), LIMITS)
    require_modest(All(()), LIMITS)


def test_a_deeper_one_is_refused_with_both_figures():
    with pytest.raises(Refusal, match="has 7 levels; the limit is 5") as refusal:
        require_modest(nested(6), LIMITS)
    assert refusal.value.extensions["code"] == "FILTER_TOO_DEEP"


def test_not_is_a_level():
    where = LEAF
    for _ in range(5):
        where = Not(where)
    with pytest.raises(Refusal, match="6 levels"):
        require_modest(where, LIMITS)


def test_groups_of_one_and_and_in_and_are_no_levels():
    where = All((LEAF, LEAF))
    for _ in range(20):
        where = All((AnyOf((where,)), LEAF))
    require_modest(where, LIMITS)


def test_a_wider_one_is_refused_with_both_figures():
    with pytest.raises(Refusal, match="has 51 conditions; the limit is 50") as refusal:
        require_modest(All((LEAF,) * 51), LIMITS)
    assert refusal.value.extensions["code"] == "FILTER_TOO_WIDE"


@pytest.mark.parametrize(
    "leaf",
    [
        In(Field.ID, tuple(f"cus_{n}" for n in range(501))),
        HasTag(tuple(f"tag_{n}" for n in range(501)), datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_list_of_values_has_an_end(leaf):
    with pytest.raises(Refusal, match="501 values in one list; the limit is 500"):
        require_modest(leaf, LIMITS)


def test_a_filter_beyond_the_stack_is_counted_without_it():
    where = LEAF
    for _ in range(5_000):
        where = Not(where)
    with pytest.raises(Refusal, match="5001 levels"):
        require_modest(where, LIMITS)


@pytest.mark.parametrize(
    ("value", "levels", "beyond"),
    [
        (1, 0, False),
        ({}, 0, False),
        ({"a": 1}, 0, True),
        ({"a": 1}, 1, False),
        ({"a": [1]}, 1, True),
        ({"a": [1], "b": "text"}, 2, False),
        ([[[[]]]], 3, False),
        ([[[[1]]]], 3, True),
    ],
)
def test_nesting_is_counted_in_lists_and_objects(value, levels, beyond):
    assert nested_beyond(value, levels) is beyond
