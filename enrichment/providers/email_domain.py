"""What the domain of a mailbox says: free mail or a business, disposable, country.

Only the domain reaches this source, never the address, and nothing leaves the process. The
country is that of a country-code domain (ISO 3166-1; ``uk`` is GB), where the code is not one
that is sold to everybody. Names reserved for examples and tests (RFC 2606) are said to be so.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import phonenumbers

from domain.customer import AttributeValue
from domain.personal import PiiClass
from enrichment.keys import AcceptedKey, KeyKind
from enrichment.providers.mail_domains import DISPOSABLE, FREE, GENERIC_COUNTRY_CODES
from enrichment.sources import (
    MatchedOn,
    MatchRequest,
    MatchResult,
    Outcome,
    SourceCapability,
    Trust,
)
from enrichment.values import EnrichedField, ValueType

_FIELDS: Final = (
    EnrichedField("email_domain", ValueType.STRING, "Domain of the e-mail", PiiClass.CONTACT),
    EnrichedField("email_kind", ValueType.STRING, "Kind of mailbox", PiiClass.CONTACT),
    EnrichedField("email_country", ValueType.STRING, "Country of the domain", PiiClass.LOCATION),
)
_OTHER_NAMES: Final = {
    "uk": "GB",
    "xn--p1ai": "RU",
    "xn--j1amh": "UA",
    "xn--90ais": "BY",
    "xn--90a3ac": "RS",
    "xn--80ao21a": "KZ",
    "xn--90ae": "BG",
    "xn--qxam": "GR",
    "xn--fiqs8s": "CN",
    "xn--fiqz9s": "CN",
    "xn--kpry57d": "TW",
    "xn--j6w193g": "HK",
    "xn--3e0b707e": "KR",
    "xn--o3cw4h": "TH",
    "xn--h2brj9c": "IN",
    "xn--wgbh1c": "EG",
    "xn--mgbaam7a8h": "AE",
    "xn--mgberp4a5d4ar": "SA",
    "xn--4dbrk0ce": "IL",
}
_RESERVED_TOPS: Final = frozenset({"example", "test", "invalid", "localhost", "local"})
_RESERVED_NAMES: Final = frozenset({"example.com", "example.net", "example.org"})


class EmailDomain:
    """Answers about the primary mailbox: FREE, DISPOSABLE, BUSINESS or RESERVED."""

    def __init__(self) -> None:
        self._capability = SourceCapability(
            key="email_domain",
            name="Mail domains",
            licence="Apache-2.0",
            version="2026-10",
            accepts=(AcceptedKey(KeyKind.EMAIL_DOMAIN),),
            fields=_FIELDS,
            trust=Trust.INFERRED,
            calibration={"LISTED": 0.95, "COMPANY": 0.7},
            ttl=timedelta(days=365),
        )

    @property
    def capability(self) -> SourceCapability:
        return self._capability

    async def check(self) -> None:
        """Always ready: the lists are part of the installation."""

    async def match(self, requests: Sequence[MatchRequest]) -> Sequence[MatchResult]:
        return [_answer(request) for request in requests]

    async def aclose(self) -> None:
        """Holds nothing."""


def _answer(request: MatchRequest) -> MatchResult:
    domain = request.keys[0].value.casefold()
    known = {key: value for key, value in _facts(domain).items() if key in request.attributes}
    return MatchResult(
        Outcome.MATCH if known else Outcome.MISS,
        values=known,
        record=domain,
        matched_on=(MatchedOn(KeyKind.EMAIL_DOMAIN),),
        score="COMPANY" if _kind(domain) == "BUSINESS" else "LISTED",
    )


def _facts(domain: str) -> dict[str, AttributeValue]:
    facts: dict[str, AttributeValue] = {"email_domain": domain, "email_kind": _kind(domain)}
    country = _country(domain.rpartition(".")[2])
    if country is not None:
        facts["email_country"] = country
    return facts


def _kind(domain: str) -> str:
    if domain in _RESERVED_NAMES or domain.rpartition(".")[2] in _RESERVED_TOPS:
        return "RESERVED"
    if domain in DISPOSABLE:
        return "DISPOSABLE"
    return "FREE" if domain in FREE else "BUSINESS"


def _country(top: str) -> str | None:
    if top in GENERIC_COUNTRY_CODES:
        return None
    code = _OTHER_NAMES.get(top.encode("idna").decode(), top.upper())
    return code if code in phonenumbers.SUPPORTED_REGIONS else None
