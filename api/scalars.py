"""Scalars of the schema: what they look like on the wire, refused where they are malformed."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain import places
from domain.errors import Invalid

LocaleTag = NewType("LocaleTag", str)
CountryCode = NewType("CountryCode", str)
JSON = NewType("JSON", object)
Instant = NewType("Instant", datetime)


def _refusing(read: Any) -> Any:
    def parse(value: object) -> object:
        try:
            return read(str(value))
        except Invalid as problem:
            raise ValueError(str(problem)) from None

    return parse


def _instant(value: object) -> datetime:
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise ValueError("A DateTime is ISO 8601 with an offset, like 2026-05-01T12:00:00Z.")
    utc = parsed.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _shown(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


SCALARS: dict[object, ScalarDefinition] = {
    LocaleTag: strawberry.scalar(
        name="LocaleTag",
        description="A language tag (BCP 47), like uk or en-GB.",
        serialize=str,
        parse_value=_refusing(places.locale),
    ),
    CountryCode: strawberry.scalar(
        name="CountryCode",
        description="A country (ISO 3166-1 alpha-2), like DE.",
        serialize=str,
        parse_value=_refusing(places.country),
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
    Instant: strawberry.scalar(
        name="DateTime",
        description="An instant in ISO 8601 with an offset; answers are in UTC, to milliseconds.",
        serialize=_shown,
        parse_value=_instant,
    ),
}
