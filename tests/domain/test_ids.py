"""Ids are TypeIDs: the base32 of a UUID behind a prefix."""

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import (
    CUSTOMER,
    UUID7_TAIL,
    prefix_of,
    suffix_of,
    typed,
    uuid7,
    uuid7_head,
    uuid7_tails,
)

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


@given(
    st.integers(0, (1 << 48) - 1),
    st.lists(st.binary(min_size=UUID7_TAIL, max_size=UUID7_TAIL), max_size=3),
)
def test_an_id_in_two_halves_is_the_uuid7_of_the_same_chance(milliseconds, drawn):
    tails = uuid7_tails(b"".join(drawn))
    made = [f"{CUSTOMER}_{uuid7_head(milliseconds)}{tail}" for tail in tails]
    assert made == [
        typed(CUSTOMER, uuid7(milliseconds=milliseconds, randomness=_randomness(each)))
        for each in drawn
    ]


def _randomness(drawn: bytes) -> int:
    """Five bits of each byte, without those in whose place version and variant stand."""
    bits = "".join(f"{byte & 31:05b}" for byte in drawn)
    return int(bits[4:16] + bits[18:], 2)
