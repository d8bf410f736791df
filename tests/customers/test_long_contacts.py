"""Texts longer than any contact are refused, and nothing of them is kept."""

import pytest

from domain import contact
from domain.errors import Invalid


def test_a_text_longer_than_any_address_is_refused_and_not_kept():
    kept = contact._checked.cache_info().currsize
    with pytest.raises(Invalid):
        contact.email(f"a@{'a' * 321}.com")
    assert contact._checked.cache_info().currsize == kept


def test_a_text_longer_than_any_number_is_refused_and_not_kept():
    kept = contact._phone.cache_info().currsize
    with pytest.raises(Invalid):
        contact.phone("+" + "1" * 64, None)
    assert contact._phone.cache_info().currsize == kept
