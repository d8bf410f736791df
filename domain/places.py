"""Countries, locales and time zones: which codes there are, and their canonical spelling."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS

from domain.errors import invalid

# every ISO 3166-1 territory with telephones, and the few without (ISO 3166-1, 2020)
COUNTRIES: Final = (frozenset(SUPPORTED_REGIONS) - {"001", "AC", "TA"}) | {
    *("AQ", "BV", "GS", "HM", "PN", "TF", "UM")
}
_LONGEST_LOCALE: Final = 64
_LOCALE: Final = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<more>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"  # variants
    r"(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)",  # extensions, private use
    re.IGNORECASE | re.ASCII,
)


def country(text: str, *path: str) -> str:
    """An ISO 3166-1 alpha-2 code in capitals; raises Invalid at ``path``."""
    code = text.strip().upper()
    if code not in COUNTRIES:
        message = "This is not a country code: use ISO 3166-1 alpha-2, like DE or UA."
        raise invalid(path, "COUNTRY_INVALID", message)
    return code


def locale(text: str, *path: str) -> str:
    """A BCP 47 tag (RFC 5646) in its canonical case; raises Invalid at ``path``."""
    found = _LOCALE.fullmatch(text.strip().replace("_", "-"))
    if found is None or len(text) > _LONGEST_LOCALE:
        message = "This is not a language tag: use BCP 47, like uk or en-GB."
        raise invalid(path, "LOCALE_INVALID", message)
    script, region = found["script"], found["region"]
    parts = [found["language"].lower(), script and script.title(), region and region.upper()]
    return "-".join(p for p in parts if p) + found["more"].lower()


def time_zone(text: str, *path: str) -> str:
    """A name of the IANA time zone database, in its own spelling; raises Invalid at ``path``."""
    name = _zones().get(text.strip().lower())
    if name is None:
        message = "This is not a time zone: use an IANA name, like Europe/Kyiv."
        raise invalid(path, "TIME_ZONE_INVALID", message)
    return name


@cache
def _zones() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones() - {"Factory", "localtime"}}
