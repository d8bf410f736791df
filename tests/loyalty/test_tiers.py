"""Which tier points lead to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.tiers import FIRST_TIERS, next_tier, points_to_next, tier_for

POINTS = st.integers(0, 20_000)


@st.composite
def programmes(draw):
    thresholds = sorted(draw(st.sets(st.integers(0, 20_000), min_size=1, max_size=6)))
    return [
        replace(FIRST_TIERS[0], key=str(rank), rank=rank, threshold_points=threshold)
        for rank, threshold in enumerate(thresholds)
    ]


@given(programmes(), POINTS, POINTS)
def test_more_points_never_mean_a_lower_tier(tiers, one, other):
    fewer, more = sorted((one, other))
    assert tier_for(fewer, tiers).rank <= tier_for(more, tiers).rank


@given(programmes(), POINTS)
def test_who_gets_what_is_missing_reaches_the_next_tier_and_one_less_does_not(tiers, earned):
    following, missing = next_tier(earned, tiers), points_to_next(earned, tiers)
    if following is None:
        assert missing is None
        assert tier_for(earned, tiers) == tiers[-1]
    else:
        assert tier_for(earned + missing, tiers) == following
        assert tier_for(earned + missing - 1, tiers).rank <= max(following.rank - 1, 0)


@pytest.mark.parametrize(
    ("earned", "key", "missing"),
    [
        (0, "bronze", 500),
        (499, "bronze", 1),
        (500, "silver", 1_500),
        (2_000, "gold", 8_000),
        (9_999, "gold", 1),
        (10_000, "platinum", None),
    ],
)
def test_a_new_programme_has_four_tiers(earned, key, missing):
    assert tier_for(earned, FIRST_TIERS).key == key
    assert points_to_next(earned, FIRST_TIERS) == missing
