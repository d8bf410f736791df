"""Values are of the type their source declared, or they are not taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.values import ValueType, fits, read


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (" 42 ", ValueType.INT, 42),
        ("4.5", ValueType.FLOAT, 4.5),
        ("Yes", ValueType.BOOLEAN, True),
        ("f", ValueType.BOOLEAN, False),
        ("2026-02-28", ValueType.DATE, "2026-02-28"),
        ("a| b |", ValueType.STRING_LIST, ("a", "b")),
        ("  ", ValueType.INT, None),
        ("Київ", ValueType.STRING, "Київ"),
    ],
)
def test_a_cell_is_read_by_its_type(text, kind, value):
    assert read(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("secret", ValueType.INT),
        ("nan", ValueType.FLOAT),
        ("maybe", ValueType.BOOLEAN),
        ("28.02.2026", ValueType.DATE),
        ("20260228", ValueType.DATE),
        ("|", ValueType.STRING_LIST),
        ("x" * 1001, ValueType.STRING),
        ("9" * 20, ValueType.INT),
    ],
)
def test_a_cell_of_another_type_is_refused_without_being_repeated(text, kind):
    with pytest.raises(ValueError, match=f"type {kind}") as refusal:
        read(text, kind)
    assert text not in str(refusal.value)


@given(st.text(), st.sampled_from(list(ValueType)))
def test_whatever_is_read_fits_its_type(text, kind):
    try:
        value = read(text, kind)
    except ValueError:
        return
    assert value is None or fits(value, kind)


def test_a_truth_value_is_no_number():
    assert not fits(True, ValueType.INT)
    assert not fits(["a"], ValueType.STRING_LIST)
