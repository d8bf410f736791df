"""Only the least revealing form leaves, and nothing that many people share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact import email
from enrichment.keys import AcceptedKey, KeyKind, is_shared_mailbox, match_keys
from enrichment.recipes import RECIPES
from tests.enrichment.people import person

PLAIN = AcceptedKey(KeyKind.EMAIL)
PHONE = AcceptedKey(KeyKind.PHONE)
HASH = AcceptedKey(KeyKind.EMAIL_HASH, "lower_trim.v1")
ADA = person(emails=["Ada.Lovelace@example.com"], phones=["+12025550123"])


def test_a_hash_goes_before_the_plain_address():
    keys = match_keys(ADA, [PLAIN, HASH], plain=True)
    (key,) = keys.usable
    assert key.kind is KeyKind.EMAIL_HASH
    assert key.value == RECIPES["lower_trim.v1"].hash_email("ada.lovelace@example.com")


def test_plain_values_leave_only_where_the_source_is_permitted_them():
    assert [k.kind for k in match_keys(ADA, [PLAIN, PHONE], plain=True).usable] == [
        KeyKind.EMAIL,
        KeyKind.PHONE,
    ]
    refused = match_keys(ADA, [PLAIN, PHONE], plain=False)
    assert refused.usable == ()
    assert refused.withheld == (
        "EMAIL: the source is not permitted plain values",
        "PHONE: the source is not permitted plain values",
    )


def test_where_hashing_is_refused_the_reason_is_given():
    someone = person(emails=["user@bücher.de"])
    keys = match_keys(someone, [HASH], plain=False)
    assert keys.usable == ()
    assert "outside ASCII" in keys.withheld[0]


def test_a_line_of_many_people_is_withheld_with_a_reason():
    toll_free = person(phones=["+18005550100"])
    keys = match_keys(toll_free, [PHONE], plain=True)
    assert keys.usable == ()
    assert keys.withheld == ("PHONE: shared by many people",)


def test_a_role_mailbox_is_withheld_but_its_domain_may_be_asked_about():
    office = person(emails=["Info+sales@example.com"])
    assert match_keys(office, [HASH], plain=True).withheld == ("EMAIL: shared by many people",)
    keys = match_keys(office, [AcceptedKey(KeyKind.EMAIL_DOMAIN)], plain=False)
    assert [key.value for key in keys.usable] == ["example.com"]


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("no-reply@example.com", True),
        ("0000@example.com", True),
        ("-@example.com", True),
        ("test@example.com", True),
        ("ada@example.com", False),
        ("x@example.com", False),
        ("1815@example.com", False),
    ],
)
def test_placeholders_and_roles_are_nobody(address, shared):
    assert is_shared_mailbox(email(address)) is shared


def test_a_key_does_not_show_its_value():
    (key,) = match_keys(ADA, [PLAIN], plain=True).usable
    assert "ada" not in repr(key).lower()


@given(st.permutations([PLAIN, PHONE, HASH, AcceptedKey(KeyKind.PHONE_HASH, "e164.v1")]))
def test_the_order_in_which_forms_are_listed_does_not_matter(accepted):
    expected = [KeyKind.EMAIL_HASH, KeyKind.PHONE_HASH]
    assert [key.kind for key in match_keys(ADA, accepted, plain=True).usable] == expected
