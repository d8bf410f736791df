"""Ids are TypeIDs: the base32 of a UUID behind a prefix."""

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import CUSTOMER, prefix_of, suffix_of, typed, uuid7

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
UUIDS = st.integers(0, (1 << 128) - 1)


@given(UUIDS)
def test_every_digit_of_an_id_stands_for_five_bits(value):
    number = 0
    for digit in suffix_of(typed(CUSTOMER, value)):
        number = number * 32 + _ALPHABET.index(digit)
    assert number == value


@given(UUIDS)
def test_every_id_is_well_formed(value):
    assert prefix_of(typed(CUSTOMER, value)) == CUSTOMER


@given(UUIDS, UUIDS)
def test_ids_sort_as_their_values(one, other):
    assert (typed(CUSTOMER, one) < typed(CUSTOMER, other)) is (one < other)


def test_an_id_is_encoded_as_the_specification_says():
    # an example of TypeID 0.3: 01890a5d-ac96-774b-bcce-b302099a8057
    value = 0x01890A5DAC96774BBCCEB302099A8057
    assert typed("prefix", value) == "prefix_01h455vb4pex5vsknk084sn02q"


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 74) - 1))
def test_a_later_millisecond_makes_a_greater_id(milliseconds, randomness):
    assert uuid7(milliseconds=milliseconds, randomness=0) >> 80 == milliseconds
    assert uuid7(milliseconds=milliseconds, randomness=randomness) >> 80 == milliseconds
