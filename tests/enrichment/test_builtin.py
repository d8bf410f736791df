"""What a number and a mail domain say by themselves."""

import pytest

from enrichment.keys import KeyKind, MatchKey
from enrichment.providers.email_domain import EmailDomain
from enrichment.providers.phone_metadata import PhoneMetadata
from enrichment.sources import MatchRequest, Outcome


async def ask(source, kind: KeyKind, value: str, *attributes: str):
    wanted = frozenset(attributes or source.capability.offered())
    (result,) = await source.match([MatchRequest((MatchKey(kind, None, value),), wanted)])
    return result


async def test_a_number_knows_its_country_area_and_time_zones():
    result = await ask(PhoneMetadata(), KeyKind.PHONE, "+12025550123")
    assert result.outcome is Outcome.MATCH
    assert result.values == {
        "phone_country": "US",
        "phone_area": "Washington D.C.",
        "phone_line_type": "FIXED_LINE_OR_MOBILE",
        "phone_time_zones": ("America/New_York",),
    }


async def test_a_mobile_number_knows_whom_its_range_was_given_to():
    result = await ask(PhoneMetadata(), KeyKind.PHONE, "+491713920012", "phone_line_type")
    assert (result.outcome, result.values) == (Outcome.MATCH, {"phone_line_type": "MOBILE"})


async def test_a_number_outside_every_range_is_a_miss():
    result = await ask(PhoneMetadata(), KeyKind.PHONE, "+3800000000")
    assert result.outcome is Outcome.MISS
    assert result.explanation


@pytest.mark.parametrize(
    ("domain", "kind", "country"),
    [
        ("gmail.com", "FREE", None),
        ("GMX.de", "FREE", "DE"),
        ("mailinator.com", "DISPOSABLE", None),
        ("firma.de", "BUSINESS", "DE"),
        ("firm.co.uk", "BUSINESS", "GB"),
        ("startup.io", "BUSINESS", None),
        ("пример.рф", "BUSINESS", "RU"),
        ("example.com", "RESERVED", None),
        ("shop.test", "RESERVED", None),
    ],
)
async def test_a_domain_says_what_kind_of_mailbox_it_serves(domain, kind, country):
    result = await ask(EmailDomain(), KeyKind.EMAIL_DOMAIN, domain)
    assert result.outcome is Outcome.MATCH
    assert result.values["email_kind"] == kind
    assert result.values.get("email_country") == country


async def test_nothing_is_answered_that_was_not_asked():
    result = await ask(EmailDomain(), KeyKind.EMAIL_DOMAIN, "gmail.com", "email_kind")
    assert result.values == {"email_kind": "FREE"}
