"""Two spellings are one contact exactly when their normal forms are equal."""

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberFormat

from domain.contact import email, email_prefix, is_shared_line, phone, phone_prefix
from domain.errors import Invalid

LETTERS = "abcxyzABCXYZäöüßÄÖÜéÉłŁжЖїЇσΣςİıŉǅ中あ0123"  # noqa: RUF001 - that is the point
LOCALS = st.text(LETTERS + "._+-", min_size=1, max_size=12)
DOMAINS = st.sampled_from(
    [
        *("example.com", "EXAMPLE.com", "straße.de", "strasse.de", "bücher.example.org"),
        *("xn--bcher-kva.example.org", "приклад.укр", "例え.jp", "faß.de", "mail.example.net"),
    ]
)
REGIONS = st.sampled_from(["US", "GB", "DE", "UA", "FR", "IT", "PL", "BR", "IN", "JP", "CH", "AU"])
DIGITS = st.text("0123456789", min_size=4, max_size=13)
CODES = st.sampled_from(sorted(COUNTRY_CODE_TO_REGION_CODE))
SHARED = (
    *(phonenumbers.PhoneNumberType.TOLL_FREE, phonenumbers.PhoneNumberType.PREMIUM_RATE),
    *(phonenumbers.PhoneNumberType.SHARED_COST, phonenumbers.PhoneNumberType.UAN),
)


def read_email(text):
    try:
        return email(text)
    except Invalid:
        return None


def read_phone(text, region=None):
    try:
        return phone(text, region)
    except Invalid:
        return None


@given(LOCALS, DOMAINS)
def test_normalising_an_address_twice_is_once(local, domain):
    found = read_email(f"{local}@{domain}")
    assume(found is not None)
    again = read_email(found.norm)
    assert again is not None
    assert again.norm == found.norm
    assert read_email(found.address) == found


@given(LOCALS, DOMAINS, st.sampled_from(["", " ", "\t", "\n"]))
def test_case_and_blanks_around_make_no_difference(local, domain, blank):
    plain, loud = (read_email(f"{text}@{domain}") for text in (local, local.swapcase()))
    assume(plain is not None and loud is not None and local.swapcase().swapcase() == local)
    assert read_email(f"{blank}{local}@{domain}{blank}") == plain
    assert local.casefold() != local.swapcase().casefold() or loud.norm == plain.norm


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada@EXAMPLE.com", "ada@example.com", True),
        ("ada@xn--bcher-kva.example.org", "ADA@BÜCHER.example.org", True),
        ("JOSE\u0301@example.com", "jos\u00e9@example.com", True),
        ("ada@stra\u00dfe.de", "ada@strasse.de", False),
        ("ada+x@example.com", "ada@example.com", False),
        ("a.da@example.com", "ada@example.com", False),
    ],
)
def test_one_mailbox_is_one_contact_and_two_are_two(one, other, same):
    assert (email(one).norm == email(other).norm) is same


PLAIN = st.text("abYZ09.-_+'%!@\" ", max_size=8) | st.sampled_from(
    ["Postmaster", "INFO", "postmaster", "Abuse", "a" * 65, "x" * 240]
)
PLACES = DOMAINS | st.sampled_from(
    [
        *("localhost", "mail.local", "example", "example.com.", "-a.com", "a-.com", "a..com"),
        *("ab--c.com", "xn--a.com", "shop.test", "10.0.0.1", "a.b1", f"{'d' * 64}.com", "A-1.Com"),
        *(f"{'a.' * 120}com", "[127.0.0.1]", "x@y.com"),
    ]
)


@given(PLAIN, PLACES)
def test_an_address_is_read_as_the_library_that_knows_the_rules_reads_it(local, domain):
    text = f"{local}@{domain}".strip()
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        assert read_email(text) is None
    else:
        assert read_email(text).address == checked.normalized


@given(LOCALS, DOMAINS, st.integers(1, 30))
def test_the_beginning_of_an_address_begins_its_normal_form(local, domain, length):
    found = read_email(f"{local}@{domain}")
    assume(found is not None)
    assert found.norm.startswith(email_prefix(found.norm[:length]))
    if (beginning := found.norm[:length]).isascii():
        assert found.norm.startswith(email_prefix(beginning.upper()))


@given(LOCALS, DOMAINS)
def test_a_mask_shows_one_letter_and_no_domain(local, domain):
    found = read_email(f"{local}@{domain}")
    assume(found is not None)
    name, _, place = found.masked.partition("@")
    assert len(name) == 4
    assert place.startswith("•••.")


def test_a_number_is_none_where_each_reading_takes_a_zero_away():
    assert read_phone("0000000000", "BR") is None
    assert read_phone("000001", "DE") is None
    assert read_phone("09040208232", "BR") is None
    assert read_phone("+39 06 6982 0000", None).e164 == "+390669820000"


@given(DIGITS, REGIONS)
@example("00010", "DE")
@example("0050200100000", "GB")
def test_normalising_a_number_twice_is_once(digits, region):
    found = read_phone(digits, region)
    assume(found is not None)
    assert found.e164.startswith("+")
    assert phone(found.e164, None) == found


@given(CODES | st.sampled_from(["2", "999", "210"]), DIGITS)
@example(49, "030901820")
@example(52, "15512345678")
@example(54, "91187654321")
@example(39, "0669820000")
@example(1, "12025550123")
@example(55, "0151123456789")
@example(800, "12345678")
def test_digits_behind_a_plus_are_the_number_that_the_library_parses(code, digits):
    found = read_phone(f"+{code}{digits}")
    assert (found and (found.e164, found.region)) == as_parsed(f"+{code}{digits}")


def as_parsed(text):
    try:
        number = phonenumbers.parse(text)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        again = phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE or e164 not in {text, again}:
        return None
    return e164, phonenumbers.region_code_for_number(number)


# most digits are nobody's number
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(CODES, DIGITS)
@example(39, "0669820000")
@example(359, "000000")
@example(1, "8005550143")
def test_a_number_is_shown_as_parsing_it_once_more_would_show_it(code, digits):
    found = read_phone(f"+{code}{digits}")
    assume(found is not None)
    parsed = phonenumbers.parse(found.e164)
    assert phonenumbers.format_number(parsed, PhoneNumberFormat.E164) == found.e164
    assert found.national == phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    assert found.masked == f"+{parsed.country_code} ••• {found.e164[-2:]}"
    assert is_shared_line(found) is (phonenumbers.number_type(parsed) in SHARED)


@given(DIGITS, REGIONS, st.sampled_from([" ", "-", ".", " / ", "\u00a0"]))
def test_blanks_and_dashes_between_digits_make_no_difference(digits, region, between):
    spaced = f"{digits[:3]}{between}{digits[3:]}"
    assert read_phone(spaced, region) == read_phone(digits, region)


@given(st.text("0123456789 ()-./", min_size=1, max_size=16))
def test_a_national_number_without_a_country_is_always_refused(text):
    with pytest.raises(Invalid) as refused:
        phone(text, None, "phone")
    assert refused.value.issues[0].code == "PHONE_REGION_REQUIRED"


@pytest.mark.parametrize("text", ["tel:030231250", "+", "+0", "5550143", "+1 202 555 0143 ext. 5"])
def test_what_reaches_nobody_or_somebody_else_is_refused(text):
    assert read_phone(text, "US" if text[0] == "5" else None) is None


@given(DIGITS, REGIONS, st.integers(1, 12))
def test_the_beginning_of_a_number_begins_it_however_it_is_written(digits, region, length):
    found = read_phone(digits, region)
    assume(found is not None)
    part = found.e164[: length + 1]
    assert phone_prefix(f" {part[:3]} ({part[3:]}", "phone") == part
