"""Lines of text as people send them: what is kept, what becomes a blank, what is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import shaping
from domain.errors import Invalid

LINES = st.text(max_size=40)


@given(LINES)
def test_a_line_is_kept_as_it_is_written_but_for_its_ends_and_breaks(text):
    try:
        kept = shaping.text(text, longest=40)
    except Invalid:
        assert any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text)
        return
    letters = (kept or "").replace(" ", "")
    assert letters == "".join(text.split()) or not text.isprintable()
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in letters)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Ada  Lovelace ", "Ada  Lovelace"),
        ("Ada\r\nLovelace", "Ada Lovelace"),
        ("Ada\u2028Lovelace\t", "Ada Lovelace"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("Ada\u00a0Lovelace", "Ada\u00a0Lovelace"),
        ("\u00a0 \n", None),
        ("", None),
        (None, None),
    ],
)
def test_breaks_become_blanks_and_joiners_stay(text, kept):
    assert shaping.text(text) == kept


@pytest.mark.parametrize("text", ["A\0da", "A\x1bda", "A\x9fda", "A\ud800da"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(Invalid) as refused:
        shaping.text(text, "name")
    assert [issue.code for issue in refused.value.issues] == ["CHARACTER_INVALID"]


def test_a_line_is_as_long_as_it_is_without_its_ends():
    assert shaping.text(f"  {'a' * 20}  ", longest=20) == "a" * 20
    with pytest.raises(Invalid):
        shaping.text("a" * 21, longest=20)
