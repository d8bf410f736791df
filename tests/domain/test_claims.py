"""What a customer has alone: identities and unique values, told apart as a filter tells them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.claims import claims, unique_value
from domain.customer import Attribute, ExternalId
from tests.shop import customer

KEYS = st.sampled_from(["card", "card.old", "seat"])
# a definition fixes the type of its key, so that values of two types never meet
VALUES = st.one_of(
    *(
        st.tuples(kind, kind)
        for kind in (
            st.text(max_size=3),
            st.integers(-2, 2),
            st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0]),
            st.booleans(),
        )
    )
)


@given(KEYS, KEYS, VALUES)
def test_two_claims_are_one_where_key_and_value_are_equal(first, second, values):
    one, other = values
    same = unique_value(Attribute(first, one)) == unique_value(Attribute(second, other))
    assert same == ((first, one) == (second, other))


def test_minus_zero_is_no_other_number():
    assert unique_value(Attribute("seat", -0.0)) == unique_value(Attribute("seat", 0.0))


def test_only_unique_values_are_claimed_beside_the_identities():
    card, size = Attribute("card", "1", unique=True), Attribute("size", 42)
    one = replace(customer(), external_ids=(ExternalId("shop", "1"),), attributes=(card, size))
    assert claims(one) == one.identities() | {unique_value(card)}
