"""Spellings of one name compare equal, and a search finds what it begins."""

from hypothesis import given
from hypothesis import strategies as st

from domain.contact import email, phone
from domain.customer import Customer, EmailIdentity, ExternalId, PersonName, PhoneIdentity
from domain.text import LONGEST_TOKEN, MOST_TOKENS, beyond, folded, search_tokens, search_words
from tests.shop import NOON, customer_id

WRITTEN = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöüßéїж", min_size=1, max_size=10)


@given(WRITTEN)
def test_folding_twice_is_once(text):
    assert folded(folded(text)) == folded(text)


@given(WRITTEN)
def test_case_and_blanks_make_no_difference(text):
    assert folded(f"  {text}\t") == folded(text)
    assert folded(text.casefold()) == folded(text)


@given(WRITTEN, WRITTEN)
def test_beyond_a_beginning_lies_nothing_that_begins_so(prefix, more):
    assert prefix <= prefix + more < beyond(prefix) or more.startswith("\U0010ffff")


def found(one, text):
    tokens = search_tokens(one)
    return all(
        any(token.startswith(form) for token in tokens for form in forms)
        for forms in search_words(text)
    )


@given(WORDS, WORDS, st.integers(1, 10))
def test_any_beginning_of_any_word_finds_the_customer(given_name, family, length):
    one = Customer(customer_id(), 1, NOON, NOON, name=PersonName(given_name, family))
    for text in (given_name[:length], family[:length].upper(), f"{family} {given_name[:length]}"):
        assert found(one, text)


def test_contacts_are_found_by_their_parts_and_every_way_of_dialling():
    one = Customer(
        customer_id(),
        1,
        NOON,
        NOON,
        name=PersonName("Anne-Marie", "Brooks"),
        emails=(EmailIdentity(email("ada.lovelace+shop@mail.example.com")),),
        phones=(PhoneIdentity(phone("+12025550143", None)),),
        external_ids=(ExternalId("shop", "AB 12-345"),),
    )
    for text in (
        *("anne-m", "marie", "ada.love", "lovelace+shop@mail", "shop@", "mail.example", "example."),
        *("+1 202 555", "1202555", "(202) 555-0143", "202 555 01", "ab 12-3", "12-345"),
    ):
        assert found(one, text), text
    for text in ("rie", "com", "0143", "555 0143", "x 12"):
        assert not found(one, text), text


NAMES = st.text("aB- ", max_size=9)
PEOPLE = st.builds(
    Customer,
    id=st.just(customer_id()),
    version=st.just(1),
    created_at=st.just(NOON),
    updated_at=st.just(NOON),
    name=st.builds(PersonName, NAMES, NAMES),
    emails=st.lists(
        st.sampled_from(["a.b+c@example.com", "ab@example.com", "A_b@b-c.example.org"]).map(
            lambda text: EmailIdentity(email(text))
        ),
        max_size=2,
    ).map(tuple),
    phones=st.lists(
        st.sampled_from(["+12025550143", "+442079460123", "+390669820000"]).map(
            lambda text: PhoneIdentity(phone(text, None))
        ),
        max_size=2,
    ).map(tuple),
    external_ids=st.lists(NAMES.map(lambda text: ExternalId("shop", text)), max_size=40).map(tuple),
)


@given(PEOPLE)
def test_tokens_are_each_once_the_name_first_the_parts_of_addresses_last(one):
    whole = [each.email.norm for each in one.emails]
    expected = [
        *(part for word in folded(one.name.formatted).split() for part in with_joined(word)),
        *whole,
        *(form for each in one.phones for form in ways_of_dialling(each.phone)),
        *(form for each in one.external_ids for form in with_later(folded(each.value))),
        *(address[n:] for address in whole for n in range(1, len(address)) if begins(address, n)),
    ]
    assert search_tokens(one) == list(dict.fromkeys(filter(None, expected)))[:MOST_TOKENS]


def with_joined(word):
    return word, *word.split("-")[1:]


def with_later(text):
    return text, *text.split()[1:]


def ways_of_dialling(number):
    return number.e164, number.e164[1:], "".join(c for c in number.national if c in "0123456789")


def begins(address, n):
    """Whether a part begins here: behind a sign, before the last dot, no sign itself."""
    signs = ".@_+-"
    return address[n - 1] in signs and address[n] not in signs and n <= address.rfind(".")


@given(st.text("abc@.-", min_size=LONGEST_TOKEN + 1, max_size=200))
def test_a_long_value_is_found_by_all_of_it(value):
    one = Customer(customer_id(), 1, NOON, NOON, external_ids=(ExternalId("shop", value),))
    assert found(one, value)
