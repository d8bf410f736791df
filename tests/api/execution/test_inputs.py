"""The input of a request is nested only so deep, and holds only so much."""

import pytest

from api.execution.inputs import heavier_than, nested_beyond


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


@pytest.mark.parametrize(
    ("value", "weight"), [(1, 1), ("text", 1), ([], 1), ([1, [2]], 4), ({}, 10), ({"a": [{}]}, 21)]
)
def test_every_value_counts_and_an_object_ten_times(value, weight):
    assert heavier_than(value, weight - 1)
    assert not heavier_than(value, weight)
