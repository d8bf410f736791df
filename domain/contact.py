"""E-mail addresses and phone numbers: normal forms, equality, masks.

Two spellings are the same contact exactly when their ``norm`` is equal. Dots and plus tags of a
mailbox are kept: folding them is one provider's rule, not a property of the address.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from domain.errors import invalid
from domain.personal import Contact, NotPersonal

_BULLETS = "•••"
_PLAIN: Final = re.compile(
    r"(?P<local>[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*)@(?P<domain>[A-Za-z0-9.-]+)",
    re.ASCII,
)
_LONGEST_PLAIN: Final = 254
_LONGEST_EMAIL: Final = 320
_LONGEST_PHONE: Final = 64
_DIGITS: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_CODES: Final = frozenset(str(code) for code in COUNTRY_CODE_TO_REGION_CODE)


@dataclass(frozen=True, slots=True)
class Email:
    """An address as the person wrote it, and its normal form (RFC 5321/6531, IDN as Unicode).

    ``norm`` is NFC and case-folded: mail providers do not tell cases apart, and two customers who
    differ only by case are one.
    """

    address: Annotated[str, Contact]
    norm: Annotated[str, Contact]

    @property
    def masked(self) -> str:
        """Always safe to show: the first letter and the top-level domain."""
        local, _, domain = self.norm.partition("@")
        return f"{local[:1]}{_BULLETS}@{_BULLETS}.{domain.rpartition('.')[2]}"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 and its region (ISO 3166-1 alpha-2, None where unassigned)."""

    e164: Annotated[str, Contact]
    region: Annotated[str | None, NotPersonal]

    @property
    def norm(self) -> str:
        """E.164 is its own normal form."""
        return self.e164

    @property
    def masked(self) -> str:
        """Always safe to show: the country code and the last two digits."""
        return f"+{_country_code(self.e164)} {_BULLETS} {self.e164[-2:]}"

    @property
    def national(self) -> str:
        """As people in its country write it."""
        return phonenumbers.format_number(_number(self.e164), PhoneNumberFormat.NATIONAL)


def email(text: str, *path: str) -> Email:
    """Reads an address; raises Invalid at ``path`` where it is not one."""
    trimmed = text.strip()
    found = _email(trimmed) if len(trimmed) <= _LONGEST_EMAIL else None
    if found is None:
        message = "This is not a valid e-mail address: write it like name@example.com."
        raise invalid(path, "EMAIL_INVALID", message)
    return found


def email_prefix(text: str) -> str:
    """The beginning of an address, as ``norm`` has it."""
    local, at, domain = text.strip().partition("@")
    return f"{_folded(local)}{at}{domain.lower()}"


def _email(text: str) -> Email | None:
    plain = _PLAIN.fullmatch(text)
    if plain is not None and len(text) <= _LONGEST_PLAIN:
        local, domain = plain["local"], plain["domain"].lower()
        # a role such as Postmaster has a normal form of its own (RFC 2142)
        may_be_a_role = local.isalpha() and not local.islower()
        if not may_be_a_role and _checked(f"x@{domain}") == f"x@{domain}":
            return Email(address=f"{local}@{domain}", norm=f"{local.lower()}@{domain}")
    normal = _normal(text)
    if normal is None:
        return None
    local, _, domain = normal.rpartition("@")
    # the domain is normal already (UTS 46): folded once more, straße.de would become strasse.de,
    # which belongs to somebody else
    return Email(address=normal, norm=f"{_folded(local)}@{domain}")


def _normal(text: str) -> str | None:
    try:
        # test_environment admits the reserved names (.test) that demos and tests must use
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized


_checked: Final = lru_cache(maxsize=1024)(_normal)
"""Asked of domains alone: most addresses share few of them, and they are most of the price."""


def _folded(local: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).casefold())


def phone(text: str, region: str | None, *path: str) -> Phone:
    """Reads a number, national ones by ``region``; raises Invalid at ``path``.

    A national number without a region is refused, never guessed: the same digits are different
    lines in different countries.
    """
    if region is None and not _has_country(text):
        message = (
            "This number has no country: write it with + and the country code, "
            "or give the country it is to be read in."
        )
        raise invalid(path, "PHONE_REGION_REQUIRED", message)
    trimmed = text.strip()
    found = _phone(trimmed, region) if len(trimmed) <= _LONGEST_PHONE else None
    if found is None:
        message = "This is not a possible phone number: write it like +1 202 555 0123."
        raise invalid(path, "PHONE_INVALID", message)
    return found


def international_phone(text: str, *path: str) -> Phone:
    """The same where no region can be given with the number."""
    if not _has_country(text):
        message = "This number has no country: write it with + and the country code."
        raise invalid(path, "PHONE_REGION_REQUIRED", message)
    return phone(text, None, *path)


def _has_country(text: str) -> bool:
    return text.strip().startswith(("+", "\uff0b", "tel:"))


def phone_prefix(text: str, *path: str) -> str:
    """The beginning of a number in E.164; raises Invalid at ``path`` where it has no country."""
    international = text.strip().replace("\uff0b", "+")
    if not international.startswith("+"):
        message = "Write the beginning of the number with + and the country code, like +4930."
        raise invalid(path, "PHONE_REGION_REQUIRED", message)
    return "+" + phonenumbers.normalize_digits_only(international)


# whoever imports a row reads its number once to find the person and again to write it
@lru_cache(maxsize=1024)
def _phone(text: str, region: str | None) -> Phone | None:
    plain = _as_written(text)
    try:
        number = plain or phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    # possible, not valid: ranges open faster than metadata; but a number that reaches somebody only
    # from within its own town is nobody's alone, and an extension is another person's desk
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE or number.extension:
        return None
    e164 = text if plain else phonenumbers.format_number(number, PhoneNumberFormat.E164)
    # read again, some would become another number: a zero or a prefix fewer each time
    if e164 != text and not _stays(e164):
        return None
    return Phone(e164=e164, region=phonenumbers.region_code_for_number(number))


def _as_written(text: str) -> PhoneNumber | None:
    """What parsing makes of digits behind a +; None where it would take some for a prefix."""
    code = _country_code(text) if _DIGITS.fullmatch(text) else ""
    if not code:
        return None
    region = COUNTRY_CODE_TO_REGION_CODE[int(code)][0]
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
    prefix = metadata and metadata.national_prefix_for_parsing
    if prefix and re.match(prefix, text[1 + len(code) :]):
        return None
    return _number(text)


def is_shared_line(number: Phone) -> bool:
    """Whether many people sit behind the number (toll-free, premium, pager): no key for a match."""
    kind = phonenumbers.number_type(_number(number.e164))
    return kind in {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
    }


def _stays(e164: str) -> bool:
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.E164) == e164


def _number(e164: str) -> PhoneNumber:
    """What parsing gives too, at a fifth of its price: of E.164 there is nothing to guess."""
    code = _country_code(e164)
    rest = e164[1 + len(code) :]
    national = int(rest)
    zeros = len(rest) - len(str(national))
    return PhoneNumber(
        country_code=int(code),
        national_number=national,
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def _country_code(digits: str) -> str:
    """Empty where there is none: no country's code begins with another's."""
    for end in (2, 3, 4):
        if (code := digits[1:end]) in _CODES:
            return code
    return ""
