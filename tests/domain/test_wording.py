"""Texts that people write: what is a line, and what is text at all."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.wording import line, paragraph

ANY = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12)


def refusal(read, text):
    try:
        read(text, 20)
    except Invalid as refused:
        return refused.issues[0].code
    return None


@given(ANY)
@example("a\ud800b")
@example("a\udfffb")
@example("a\x00b")
def test_a_text_holds_neither_half_a_surrogate_pair_nor_a_nul(text):
    stored = f"a{text}b"
    broken = "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text)
    assert (refusal(paragraph, stored) == "TEXT_INVALID") is broken


@given(ANY)
@example("\u2028")
def test_every_character_of_a_line_can_be_printed(text):
    assert (refusal(line, f"a{text}b") is None) is all(c.isprintable() for c in text)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_text_is_none(text):
    assert refusal(line, text) == "TEXT_REQUIRED"
