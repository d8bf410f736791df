"""What a phone number says by itself: country, area, carrier, kind of line, time zones.

Source: Google's libphonenumber metadata as the ``phonenumbers`` package carries it. Nothing
leaves the process. Carriers are those the range was given to: numbers move between them.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from domain.customer import AttributeValue
from domain.personal import PiiClass
from enrichment.keys import AcceptedKey, KeyKind
from enrichment.sources import (
    MatchedOn,
    MatchRequest,
    MatchResult,
    Outcome,
    SourceCapability,
    Trust,
)
from enrichment.values import EnrichedField, ValueType

_TYPES: Final = {
    value: name
    for name, value in vars(PhoneNumberType).items()
    if isinstance(value, int) and name != "UNKNOWN"
}
_FIELDS: Final = (
    EnrichedField("phone_country", ValueType.STRING, "Country of the phone", PiiClass.LOCATION),
    EnrichedField("phone_area", ValueType.STRING, "Area of the phone", PiiClass.LOCATION),
    EnrichedField("phone_carrier", ValueType.STRING, "Carrier of the phone", PiiClass.CONTACT),
    EnrichedField("phone_line_type", ValueType.STRING, "Kind of phone line", PiiClass.CONTACT),
    EnrichedField(
        "phone_time_zones", ValueType.STRING_LIST, "Time zones of the phone", PiiClass.LOCATION
    ),
)


class PhoneMetadata:
    """Answers about the primary number only; MISS where no country has given out its range."""

    def __init__(self) -> None:
        self._capability = SourceCapability(
            key="phone_metadata",
            name="Phone numbering plans",
            licence="Apache-2.0",
            version=phonenumbers.__version__,
            accepts=(AcceptedKey(KeyKind.PHONE),),
            fields=_FIELDS,
            trust=Trust.INFERRED,
            plain_keys=True,
            calibration={"VALID": 0.9},
            ttl=timedelta(days=365),
        )

    @property
    def capability(self) -> SourceCapability:
        return self._capability

    async def check(self) -> None:
        """Always ready: the metadata is part of the installation."""

    async def match(self, requests: Sequence[MatchRequest]) -> Sequence[MatchResult]:
        # the tables take seconds to load at first use, and a page of numbers is CPU work
        return await asyncio.to_thread(lambda: [_answer(request) for request in requests])

    async def aclose(self) -> None:
        """Holds nothing."""


def _answer(request: MatchRequest) -> MatchResult:
    number = phonenumbers.parse(request.keys[0].value)
    if not phonenumbers.is_valid_number(number):
        return MatchResult(Outcome.MISS, explanation=("the range is not in use in any country",))
    known = {key: value for key, value in _facts(number) if key in request.attributes and value}
    return MatchResult(
        Outcome.MATCH if known else Outcome.MISS,
        values=known,
        record=phonenumbers.region_code_for_number(number) or "001",
        matched_on=(MatchedOn(KeyKind.PHONE),),
        score="VALID",
    )


def _facts(number: PhoneNumber) -> Iterator[tuple[str, AttributeValue | None]]:
    # each of these imports reads megabytes of tables: nobody pays who never asks
    from phonenumbers import carrier, geocoder, timezone  # noqa: PLC0415

    yield "phone_country", phonenumbers.region_code_for_number(number)
    yield "phone_area", geocoder.description_for_number(number, "en")
    yield "phone_carrier", carrier.name_for_number(number, "en")
    yield "phone_line_type", _TYPES.get(phonenumbers.number_type(number))
    zones = tuple(timezone.time_zones_for_number(number))
    yield "phone_time_zones", () if zones == (timezone.UNKNOWN_TIMEZONE,) else zones
