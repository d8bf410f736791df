"""A keyed digest is HMAC-SHA-256, whatever the key and the text."""

import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.secret import Keyed, Secret


@given(st.binary(max_size=200), st.binary(max_size=300))
@example(b"k" * 63, b"")
@example(b"k" * 64, b"")
@example(b"k" * 65, b"")
def test_a_keyed_digest_is_that_of_the_standard_library(key, message):
    assert Keyed(key).digest(message) == hmac.digest(key, message, "sha256").hex()


@given(st.binary(min_size=32, max_size=200), st.text("abc\0é", max_size=9), st.text(max_size=9))
def test_a_secret_digests_the_purpose_and_the_text_apart_from_each_other(value, purpose, text):
    message = purpose.encode() + b"\0" + text.encode()
    assert Secret(value).digest(purpose, text) == hmac.digest(value, message, "sha256").hex()


# RFC 4231, test cases 1 (4.2) and 6 (4.7): a key shorter than a block, and one longer
@pytest.mark.parametrize(
    ("key", "message", "digest"),
    [
        (
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ],
)
def test_a_digest_is_what_the_standards_test_vectors_say(key, message, digest):
    assert Keyed(key).digest(message) == digest


def test_a_digest_leaves_nothing_behind_for_the_next():
    secret = Secret(b"s" * 32)
    first = secret.digest("identity", "x")
    secret.digest("identity", "y")
    assert secret.digest("identity", "x") == first


def test_two_secrets_of_one_value_are_equal():
    assert Secret(b"s" * 32) == Secret(b"s" * 32)
    assert hash(Secret(b"s" * 32)) == hash(Secret(b"s" * 32))
    assert Secret(b"s" * 32) != Secret(b"t" * 32)
